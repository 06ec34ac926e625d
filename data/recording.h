/* Recorded metrics as CSV: `timestamp,cell,metric,value` in a header line, then a row a datum:
 * seconds since 1970 of its period's start, the cell's id, CloudWatch's name of the metric, the
 * value. What `gate record` writes and `gate replay` reads. */
#pragma once

#include "data/fleet.h"

#include <stdio.h>

struct recorded_cell {
    char *id;
    struct cell_reading reading; /* its series only */
    gint64 step_ms; /* how far its rows are apart in the file, holes and strays aside; 0: unknown */
};

struct recording {
    GPtrArray *cells; /* struct recorded_cell *, by id: their order in the file means nothing */
    gint64 first_ms, last_ms; /* the starts of its first and last periods */
};

/* Rows may come in any order; of two of one period the later one in the file counts. Values that no
 * metric can have ("NaN", "", 1e300) are kept as no datum; metrics of other names than celldeck's
 * and (`config` NULL: none) metrics.own are passed over. NULL and CD_ERROR_USAGE with the line for
 * what is no such file; CD_ERROR_FAILED where it can't be read. `period_ms`: of the metrics. */
struct recording *recording_read(const char *path, const struct config *config, gint64 period_ms,
                                 GError **error);
void recording_free(struct recording *recording);
OWNABLE(recording, recording_free);

/* One of no rows, and a cell of it with the rows of `reading` (shared) that end by `until_ms`. */
struct recording *recording_new(void);
void recording_add(struct recording *recording, const char *id, const struct cell_reading *reading,
                   gint64 until_ms, gint64 period_ms);

/* NULL: none. */
const struct recorded_cell *recording_cell(const struct recording *recording, const char *id);

/* The header, and the rows of one cell that start at `from_ms` or later, oldest first. */
void recording_print_header(FILE *to);
void recording_print(FILE *to, const struct config *config, const char *id,
                     const struct cell_reading *reading, gint64 from_ms);
