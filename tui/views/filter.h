/* The language of `/`: words that must all be there, in any letter case.
 *
 *   lukes          somewhere in the row           !lukes        nowhere in it
 *   st:stale       in one column (its name may be cut short)
 *   ~lukes.*7$     a regular expression, in one field; /lukes.*7$/ is the same
 *   ?cl2w          these letters in this order, others between them
 *
 * The marks go together: `!cell:~^cell-[12]$`. A blank ends a word (\s stands for one in an
 * expression), `\:` is a colon that names no column. A word that can't be understood takes no row
 * away; filter_wrong() says what is wrong with it. */
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
/* The same, where words without a column are not looked for in the fields that are `quiet` (as many
 * as fields). */
bool filter_takes_loud(const struct filter *filter, const struct field *fields, const bool *quiet,
                       size_t n);
/* Whether a word looks in that column by its name. */
bool filter_names(const struct filter *filter, const char *column);

/* What is wrong with the first word that can't be understood: an expression that is none, a column
 * that is not among `columns` (NULL-terminated), with the nearest right one. NULL: nothing. Caller
 * frees. */
char *filter_wrong(const struct filter *filter, const char *const *columns);

/* Whether whatever `longer` takes, `shorter` takes as well, as far as that is sure: `longer` is
 * `shorter` typed on. */
bool filter_narrows(const char *shorter, const char *longer);
