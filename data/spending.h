/* What was spent, by periods: US dollars an hour over the last ten whole ones. Whole ones, because
 * what is asked comes in turns, one a period: half a period says nothing. Pure. Times are of the
 * monotonic clock, so that setting the other one changes nothing. */
#pragma once

#include <glib.h>

#define SPENDING_PERIODS 10

struct spending {
    gint64 period_ms, first_ms; /* the first whole period begins */
    gint64 newest; /* number of the period that `usd` ends with; -1: before the first */
    double usd[SPENDING_PERIODS + 1]; /* by number % length */
};

/* Begins anew: what is spent before `first_ms`, when the next turn is due, counts for nothing. */
void spending_begin(struct spending *spending, gint64 period_ms, gint64 first_ms);
void spending_add(struct spending *spending, double usd, gint64 now_ms);
/* < 0: no period has passed yet since spending_begin. */
double spending_usd_per_hour(struct spending *spending, gint64 now_ms);
