/* The golden files: compared with, or made anew. */
#pragma once

#include <stdbool.h>

struct shelf;
/* `write`: makes them anew. */
struct shelf *shelf_new(const char *folder, bool write);
/* The picture `name` (a path in the folder) looks like this now. */
void shelf_put(struct shelf *shelf, const char *name, const char *text);
/* A screen (enum view_id) was among the pictures. */
void shelf_saw(struct shelf *shelf, int view);
/* Says what differs, which screens have no picture, and which pictures belong to no scene; removes
 * those where it writes. Returns the exit code. */
int shelf_close(struct shelf *shelf);
