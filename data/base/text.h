/* Text that people read. Whatever comes from outside (tenant names, tags, commit
 * messages, AWS errors) goes through text_clean() before it reaches a terminal:
 * the console's screen and the commands' output each call it in one place. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* `s` with everything that could steer a terminal or mislead an eye made visible: C0, DEL and C1
 * as \x1b, bidi and zero-width and other format characters as \u202e, bytes that are no UTF-8 as
 * \xff. A backslash stays. Newline and tab are escaped too. NULL gives "". Caller frees. */
char *text_clean(const char *s);

/* Valid UTF-8 (bad bytes become U+FFFD), otherwise as it was: for JSON and SQLite, which keep
 * the data itself and do their own escaping. Caller frees. */
char *text_utf8(const char *s, gssize length);

/* Columns that clean text takes on a terminal: wide characters count two, combining ones none. */
int text_width(const char *s);

/* `s` in exactly `columns` columns: padded with spaces on the right (left if `right` is set), or
 * cut with `…` (`~` where `ascii`) as its last column. Caller frees. */
char *text_fit(const char *s, int columns, bool right, bool ascii);

/* 4011 -> "4,011". Caller frees. */
char *text_count(gint64 n);
/* Three digits of a figure, or all of them where it is large: "0.0312", "7.65", "12,345", never
 * "1.2e+04". Caller frees. */
char *text_figure(double figure);
/* "1 request", "4,011 requests". Caller frees. */
char *text_counted(gint64 n, const char *noun);

/* The candidate (NULL-terminated list) nearest to `word` by edit distance, if it is near enough to
 * be what was meant (at most a third of the letters differ, at least one may); else NULL. */
const char *text_nearest(const char *word, const char *const *candidates);

/* A JSON string of any bytes (see text_utf8); JSON null for NULL. New reference. */
json_t *text_json(const char *s);

/* One JSON document as celldeck prints it: ASCII, keys in the order they were set, indented if
 * `pretty`. No newline at the end. Caller frees with g_free(). */
char *text_json_dump(const json_t *json, bool pretty);

/* A field of CSV (RFC 4180); one that starts with = + - @ gets a ' before it, so that no
 * spreadsheet runs it. Caller frees. */
char *text_csv(const char *field);
