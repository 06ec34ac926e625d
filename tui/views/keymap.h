/* Which keys stand for which request: those of requests.h, until console.yaml says otherwise. */
#pragma once

#include "data/base/own.h"
#include "tui/views/requests.h"

struct keymap;

struct keymap *keymap_new(void);
void keymap_free(struct keymap *keymap);
OWNABLE(keymap, keymap_free);

/* REQUEST_COUNT bindings, in the table's order; borrowed. */
const struct binding *keymap_bindings(const struct keymap *keymap);
/* The key that is shown for a request: the first of its keys, "" where it has none. Caller frees.
 */
char *keymap_shown(const struct keymap *keymap, enum request request);
/* From now on a request is shown as the word that is typed for it, "`rollback`": where people type
 * lines, they press no keys. */
void keymap_by_word(struct keymap *keymap);
bool keymap_is_by_word(const struct keymap *keymap);

/* `keys` (by name, separated by blanks; none: "") in place of those that the request `name` has. A
 * key is taken from whatever else it stands for on the same screens. NULL, or what is wrong (caller
 * frees); then nothing has changed. Ctrl-C is no key to give: it always leaves. */
char *keymap_bind(struct keymap *keymap, const char *name, const char *keys);
