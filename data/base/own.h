/* g_autoptr() takes a type of one word, and ours are `struct thing`. OWN(thing) declares a pointer
 * that is released at the end of its scope: OWN(config) config = config_load(path, &error);
 * A header makes its type ownable with OWNABLE(thing, release_function). */
#pragma once

#include <glib.h>
#include <jansson.h>

#define OWNABLE(thing, release)                                                                    \
    static inline void own_release_##thing(struct thing **p)                                       \
    {                                                                                              \
        if (*p)                                                                                    \
            release(*p);                                                                           \
    }                                                                                              \
    struct own_needs_a_semicolon

#define OWN(thing) __attribute__((cleanup(own_release_##thing))) struct thing *

static inline void own_release_json(json_t **p)
{
    json_decref(*p);
}
/* The same for jansson's values: OWN_JSON doc = json_object(); */
#define OWN_JSON __attribute__((cleanup(own_release_json))) json_t *
