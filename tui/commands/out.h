/* What a command prints. Everything for people passes through text_clean() here, and only here, so
 * that no tenant's name can steer a terminal; JSON and CSV do their own escaping. Messages go to
 * stderr, answers to stdout. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum out_role { OUT_PLAIN, OUT_DIM, OUT_BOLD, OUT_GOOD, OUT_WARN, OUT_BAD };

/* Where and how to print: from --no-color, NO_COLOR, --ascii, the locale and whether `to` (stdout
 * or stderr) is a terminal. */
struct out_style {
    FILE *to;
    bool colour, ascii;
};
struct out_style out_style_detect(FILE *to, bool no_color, bool ascii);

/* Writes out what is left of stdout. False, with a message, where it or anything before could not
 * be written (a full disk); a reader that has gone away (`| head -1`) is no fault of anybody's. */
bool out_finish(void);
/* Whether nobody reads stdout any more, so that there is no use in going on. */
bool out_is_closed(void);

/* One line of text, cleaned, in `role`'s colour. Lines and tables are ASCII where the style is:
 * other letters become their nearest, or `?`. */
void out_line(struct out_style style, enum out_role role, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* One message to stderr, "celldeck: " before it; its own line breaks are kept, all else cleaned. */
void out_message(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* One JSON document and a newline; "schema": "celldeck.NAME/1" is put first. Steals `document`. */
void out_json(const char *schema, json_t *document);
/* The same without a schema: a document of somebody else's form. Steals it. */
void out_document(json_t *document);
/* One JSON value on a line of its own (for watch). Steals it. */
void out_json_line(json_t *value);

/* A table: columns as wide as their widest cell, no lines, two spaces between. */
struct out_table;
struct out_column {
    const char *title;
    bool right;
};
struct out_table *out_table_new(const struct out_column *columns, size_t n);
/* Takes one string a column (NULL prints "-" for people); copies them. `role` colours the first
 * column. */
void out_table_row(struct out_table *table, enum out_role role, const char *const *cells);
void out_table_print(struct out_table *table, struct out_style style);
/* RFC 4180; a field that starts with = + - @ is prefixed with ' so that no spreadsheet runs it,
 * control characters are escaped as everywhere; what is missing is an empty field. */
void out_table_print_csv(struct out_table *table);
void out_table_free(struct out_table *table);
OWNABLE(out_table, out_table_free);
