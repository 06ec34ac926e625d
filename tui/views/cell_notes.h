/* What gates have written into the journal of a cell's periods, for its SLO's budget: it reaches
 * further back than the metrics that are kept. */
#pragma once

#include "data/journal.h"
#include "data/slo_budget.h"

/* struct slo_note, one a datapoint that the limits and data gates judged; periods come several
 * times, as a gate says the same of one more than once. `events`: struct event *, of one cell. */
GArray *cell_notes_of(const GPtrArray *events);
