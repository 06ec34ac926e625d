/* A file that is written once: nobody sees half of it, nothing that is there is ever written over,
 * and nobody but us may read it (mode 0600), as it may tell of people. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

struct new_file;

/* Begins it in the folder of `path`, without a name, so that nothing is left of it should we be
 * killed; or under another name, where the file system can't do that. An error where something is
 * there already. */
struct new_file *new_file_begin(const char *path, GError **error);
bool new_file_write(struct new_file *file, const char *text, GError **error);
/* Gives it its name, durably. An error, and no file, where something has come there meanwhile. */
bool new_file_finish(struct new_file *file, GError **error);
/* Without new_file_finish() nothing is left of it. */
void new_file_free(struct new_file *file);
OWNABLE(new_file, new_file_free);
