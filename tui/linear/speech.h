/* What is to be said in answer to something: lines of plain text, of which some are items that a
 * number opens ("2. cell-3-eu-west: ..."). */
#pragma once

#include "data/base/own.h"
#include "tui/views/views.h"

#include <glib.h>

/* What the number before a line opens. */
struct speech_item {
    enum view_id view;
    char *subject;
};

struct speech {
    GPtrArray *lines; /* char *, not cleaned: the voice does that */
    GPtrArray *items; /* struct speech_item *: the first is number 1 */
};

struct speech *speech_new(void);
void speech_free(struct speech *speech);
OWNABLE(speech, speech_free);

void speech_line(struct speech *speech, const char *text);
void speech_printf(struct speech *speech, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A sentence of celldeck's own, its signs as words (plain.h). */
void speech_plain(struct speech *speech, const char *text);
/* "label: value", the value's signs as words; nothing where it is NULL or empty. */
void speech_field(struct speech *speech, const char *label, const char *value);
/* "3. text"; `3` opens `view` on `subject`, which is copied. */
void speech_item(struct speech *speech, enum view_id view, const char *subject, const char *text);
