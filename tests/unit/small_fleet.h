/* A configuration of four cells, and readings of a cell that is well, for tests of what is read. */
#pragma once

#include "data/fleet.h"

/* cell-dev (dev), cell-1 (dedicated, role_arn), cell-1-dr (dr, replica lag, rpo 60 s), all in
 * us-east-1; cell-eu (shared, eu-west-1). Period 60 s; 1,000 users each. `more` (may be NULL) is
 * put in at the top level. */
struct config *small_fleet(const char *more);

/* A configuration of a file with this text; fails the test if it can't be read. */
struct config *config_of(const char *yaml);

/* n points one minute apart, the last one's period ending at `end_ms`, each of `value`. */
struct series *steady(double value, size_t n, gint64 end_ms);

/* A reading of a cell that is well at `now_ms`, for the caller to spoil and to clear. */
struct cell_reading well_reading(gint64 now_ms);
void set_series(struct cell_reading *reading, enum metric metric, struct series *series);
