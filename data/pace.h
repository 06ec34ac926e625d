/* How often what is asked, and what that costs. Pure: counts and times in, numbers and words out.
 *
 * Whatever somebody looks at, or that is in trouble, is asked for metrics every period, the rest
 * every second one. Under a ceiling (aws.max_usd_per_hour) the pace slows down step by step, what
 * is looked at least first: the rest's metrics, then registry and alarms, then the others'
 * metrics. The cells of a rollout are always asked every period, and alarms once a period at the
 * least, as gates need them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* aws.md, "Limits and prices"; a read request unit of an on-demand table is $0.125 a million. */
#define USD_PER_METRIC          (0.01 / 1000)
#define USD_PER_CLOUDWATCH_CALL (0.01 / 1000) /* all but GetMetricData */
#define USD_PER_READ_UNIT       (0.125 / 1e6)

/* A step of the pace: 0 is the usual one. */
struct pace {
    gint64 rest_periods;   /* metrics of what nobody looks at: once in so many periods */
    gint64 near_periods;   /* of what is looked at, or in trouble */
    gint64 registry_times; /* as seldom as usual */
    bool alarms_rarely;    /* once a period */
};
struct pace pace_at(guint step);

gint64 pace_alarms_ms(const struct pace *pace, gint64 period_ms);
gint64 pace_registry_ms(const struct pace *pace, gint64 period_ms);

/* What there is to ask: one reading of each kind. */
struct pace_load {
    gint64 period_ms;
    guint rollout_metrics, near_metrics, rest_metrics; /* GetMetricData is billed by them */
    guint alarm_calls;      /* the cheap first signal: which are in ALARM */
    guint alarm_list_calls; /* all of them, once a period; 0: where the signal is the list */
    double registry_units;  /* DynamoDB's */
};
double pace_usd_per_hour(const struct pace_load *load, guint step);

/* The first step that stays under `max_usd` an hour, else the last there is; 0 where `max_usd` < 0.
 * It goes back from `step` only where a fifth of the ceiling is left, so that a cell more or less
 * does not make it go to and fro. */
guint pace_choose(const struct pace_load *load, double max_usd, guint step);

/* What `step` slows down, how far, and what that means, as a sentence; NULL for step 0. Caller
 * frees. */
char *pace_words(const struct pace_load *load, double max_usd, guint step);

/* A cell's place in the turns. Times are ends of periods. */
struct pace_cell {
    guint place;          /* in the configuration; spreads the cells over the periods */
    gint64 every_periods; /* of this cell: 1, pace.rest_periods, ... */
    gint64 read_until_ms; /* how far its metrics were read; 0: never */
    gint64 newest_end_ms; /* of its oldest newest value that counts; 0: none */
    gint64 period_ms, settle_ms;
};
/* Whether the cell is asked in the turn that reads up to `end_ms`: in its own turn, if it has
 * missed that, and, as long as it is asked every second period at least, if its values would be
 * stale (three periods, product.md) before the next turn could renew them. */
bool pace_is_due(const struct pace_cell *cell, gint64 end_ms);
