/* The month's error budget of a cell, and what of it was spent as far as was read. Pure.
 *
 * A month is the last 30 days: at an SLA of 99.9 % a cell may fail for 43.2 minutes of it. A period
 * spends the share of its requests that failed; one whose health is 0, all of itself. A period of
 * which neither is known spends nothing that could be told, and is not counted as measured: what is
 * known is a part of the month, and whoever shows it says which. */
#pragma once

#include "data/fleet.h"

#define SLO_MONTH_MS (30 * G_GINT64_CONSTANT(86400000))

/* One period that is known from elsewhere than the readings: what a gate noted down. */
struct slo_note {
    gint64 at_ms;       /* start of the period */
    enum metric metric; /* METRIC_HEALTH or METRIC_ERROR_RATE; another says nothing */
    double value;
};

struct slo_budget {
    double budget_ms;         /* 0: the SLA leaves none */
    gint64 from_ms, until_ms; /* first and last end of what was read; 0: nothing was */
    gint64 measured_ms;       /* in periods within that of which it is known how they went */
    double spent_ms;          /* in these */
    gint64 noted_from_ms;     /* the earliest note before `from_ms`; 0: none */
    gint64 noted;             /* periods that such notes are about */
    double noted_ms;          /* spent in these */
};

/* `notes` in any order, a period several times if need be: the worst note of one holds, and where a
 * period was read, the reading. */
void slo_budget_count(struct slo_budget *budget, double sla_pct, gint64 period_ms,
                      const struct cell_reading *reading, const struct slo_note *notes, size_t n,
                      gint64 now_ms);

/* How many times faster than evenly over the month it is spent in what was measured; NAN: nothing
 * was, or there is no budget. */
double slo_budget_pace(const struct slo_budget *budget);
