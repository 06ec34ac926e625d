/* What the table of alarms can show, column by column, and its rows. */
#pragma once

#include "tui/views/marks.h"
#include "tui/views/sheet.h"

/* In the order of the screen. */
enum standing { RINGS, NEVER_READ, OLD, NO_DATA, WELL, STANDINGS };

struct alarm_row {
    char *id;
    const struct cell *cell;   /* of the deck's snapshot, as is the alarm */
    const struct alarm *alarm; /* NULL: this cell's alarms were never read */
    enum standing standing;
    const char *before; /* "ok": its state at the mark, where that was another; NULL: it was not */
};

/* struct alarm_row *, those that ring first and the newest of them on top. */
GPtrArray *alarm_rows(const struct deck *deck);
struct mark alarm_mark(enum standing standing);
/* Why it is as it is, in AWS's words, or what keeps that from being known. Caller frees. */
char *alarm_reason(const struct alarm_row *row);

extern const struct sheet alarms_sheet;
