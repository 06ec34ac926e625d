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

/* The same, word by word, for whoever has the texts of many rows at hand: `text` is fields as
 * filter_fold() adds them. */
size_t filter_words(const struct filter *filter);
bool filter_word_takes(const struct filter *filter, size_t word, const char *text, gsize length);
/* Whether it looks in one column alone, and whether in that one. */
bool filter_word_chooses(const struct filter *filter, size_t word);
bool filter_word_names(const struct filter *filter, size_t word, const char *column);
/* Whether a row must not be taken by it. */
bool filter_word_negates(const struct filter *filter, size_t word);
/* Whether it is understood, its column aside. */
bool filter_word_makes_sense(const struct filter *filter, size_t word);
/* Whether a row takes so long that a hundred thousand of them are felt. */
bool filter_slow(const struct filter *filter);

/* A field's text (NULL: none) as a filter looks at it: letters of ASCII in lower case, valid UTF-8,
 * ended by its only newline. */
void filter_fold(GString *into, const char *value);

/* What is wrong with the first word that can't be understood: an expression that is none, a column
 * that is not among `columns` (NULL-terminated), with the nearest right one. NULL: nothing. Caller
 * frees. */
char *filter_wrong(const struct filter *filter, const char *const *columns);

/* Whether whatever `longer` takes, `shorter` takes as well, as far as that is sure: `longer` is
 * `shorter` typed on. */
bool filter_narrows(const char *shorter, const char *longer);
