/* How a search for keys ended. */
#pragma once

#include "data/aws/credentials.h"

struct found {
    bool ended;
    char *text; /* id of the keys, or the error */
};
void found_keys(struct keys *keys, const GError *error, gpointer found); /* keys_fn */

/* Turns the main loop until the search has ended. Caller frees. */
char *find(struct identity *identity);
