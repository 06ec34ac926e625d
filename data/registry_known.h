/* The items of the last whole Scan, known again by their text. A tenant is a function of its item's
 * text and of the configuration alone, so an item whose text has come before is the tenant that it
 * was then: whatever page or segment it comes in now, and whatever has become of its neighbours.
 * What is not known is read, and what is known but does not come again is gone.
 *
 * Texts are compared by a keyed hash of 128 bits (data/base/siphash.h). Immutable and
 * reference-counted: workers look into one at once. Used by data/registry.c and feed_registry.c. */
#pragma once

#include "data/base/siphash.h"
#include "data/fleet.h"

struct registry_item {
    struct siphash hash; /* of its text */
    struct tenant *tenant;
    gint64 place; /* among the tenants of some registry; -1: it is in none */
};

/* An array of them that owns their tenants. */
GArray *registry_items_new(void);

struct registry_known;
/* Nothing is known, under a key of its own. */
struct registry_known *registry_known_new(void);
/* Knows each of `items` (struct registry_item), which are the tenants of `registry` in its order,
 * under the key of `before`. Takes the items, references the registry. */
struct registry_known *registry_known_next(const struct registry_known *before, GArray *items,
                                           struct registry *registry);
struct registry_known *registry_known_ref(struct registry_known *known);
void registry_known_unref(struct registry_known *known);

struct siphash registry_known_hash(const struct registry_known *known, const char *text,
                                   size_t length);
/* Makes an item of its text if it is known: with its place in the registry, and a reference. */
bool registry_known_find(const struct registry_known *known, const char *text, size_t length,
                         struct registry_item *item);
/* Whether places are places in that registry. */
bool registry_known_is_of(const struct registry_known *known, const struct registry *registry);
