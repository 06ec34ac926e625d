/* What the table of an operation's events can show, column by column; its rows are struct event_row
 * (events_rows.h). */
#pragma once

#include "tui/views/events_rows.h"
#include "tui/views/sheet.h"

extern const struct sheet events_sheet;
