/* Takes the names of tenants out of texts that leave the house. Every name, id and subdomain of the
 * registry, wherever it stands as a word of its own, becomes "tenant-" and ten hex digits: of one
 * tenant the same throughout, and by a key that is made anew each time and never kept, so that
 * nobody finds a name by trying them all. A name of several words ("st-lukes") is found within
 * longer ones too ("st-lukes-db"); one of a single word ("dev") there is not, for it would spoil
 * the ids of cells ("cell-0-dev"). Capitals, blanks and ways to write an accent make no difference.
 */
#pragma once

#include "data/fleet.h"

struct mask;

struct mask *mask_new(const struct registry *registry);
void mask_free(struct mask *mask);
OWNABLE(mask, mask_free);

/* Caller frees. */
char *mask_text(const struct mask *mask, const char *text);
/* Every text in it but keys. New reference. */
json_t *mask_json(const struct mask *mask, const json_t *json);
