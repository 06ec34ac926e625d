/* The language of `/`: words that must all be there, in any letter case; `!word` must not;
 * `col:value` looks in one column alone (its name may be cut short: `st:stale`). */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct field {
    const char *name, *value; /* value may be NULL */
};

struct filter;
/* NULL or "" takes every row. */
struct filter *filter_parse(const char *text);
void filter_free(struct filter *filter);
bool filter_takes(const struct filter *filter, const struct field *fields, size_t n);
