/* What the gates read rows by: only data measured after the deploy, only once settled, and only
 * values that can be true. Private to the gates. */
#pragma once

#include "rollout/gate.h"
#include "rollout/judge.h"

/* The constants of all gates, each with where it comes from. */
#define RECENT_PERIODS 3   /* rollout.md: 2 of 3 over the limit; 3 periods without data */
#define LAST_PERIODS   6   /* rollout.md: no stretch without data reaches into a bake's last six */
#define ENOUGH_SHARE   0.7 /* rollout.md: 70 % of the bake's periods */
#define PROBES_RUNNING 3   /* rollout.md: 3 times running */
#define WARMUP_FACTOR  2.0 /* rollout.md: a limit twice as bad counts even while warming up */
#define PAST_LIKELY                                                                                \
    0.01 /* gates.md: at most 1 % false rollbacks: what one past row in a hundred                  \
            did as well is likely */
#define SAME_HOUR_MS     (WHEN_HOUR / 2) /* jobs begin late, or last */
#define SHARED_SHARE     0.5 /* at least half of the controls: the world's doing, not the release's */
#define RHYTHM_FACTOR    1.4  /* gates.md: users and traffic follow the day by +-40 % */
#define DRAINED_SHARE    0.06 /* gates.md: under 6 % of what one is led to expect */
#define DRAINED_OF_LEAST 0.5  /* gates.md: and under half of the least ever seen (row_tells_of) */
#define PAST_ROWS        30   /* gates.md: a past shorter than 30 minutes tells too little */
#define NOISE_SDS                                                                                  \
    5.0 /* slo: by chance, a count of errors strays so many sd in a million looks,                 \
         */
#define NOISE_ERRORS     6.0  /* and of few, whose chance is not normal, by so many more */
#define DRAINED_EXPECTED 30.0 /* requests: of fewer, silence is chance (Poisson: e^-30 at 0) */

/* The first period that starts at or after the deploy, and how many have settled since. */
gint64 first_period_ms(const struct gate_view *view);
gint64 periods_due(const struct gate_view *view);
/* How many periods a whole bake has; at least 1. */
gint64 periods_of_bake(const struct gate_view *view);
bool bake_is_over(const struct gate_view *view);
bool is_warming_up(const struct gate_view *view, gint64 at_ms);

/* Where the rows that count begin, and where those that have settled end (exclusive). */
gint64 rows_from_ms(const struct gate_view *view);
gint64 rows_settled_ms(const struct gate_view *view);

/* The usable rows of a metric in a span, oldest first: struct datapoint. `reading` may be NULL. */
GArray *rows_between(const struct cell_reading *reading, enum metric metric, gint64 from_ms,
                     gint64 before_ms);
/* Those that ended before the deploy: a pass over the past. */
GArray *rows_before(const struct gate_view *view, const struct cell_reading *reading,
                    enum metric metric);
/* Whether one of them tells what is likely at `at_ms`. rollout.md: the last hours, and the same
 * hours of earlier days. What was at another hour, such as an outage, is over. */
bool row_tells_of(const struct gate_view *view, gint64 past_ms, gint64 at_ms);
/* Those since the deploy in the last `periods` settled periods. */
GArray *rows_recent(const struct gate_view *view, const struct cell_reading *reading,
                    enum metric metric, gint64 periods);

static inline const struct datapoint *row_at(const GArray *rows, guint i)
{
    return &g_array_index(rows, struct datapoint, i);
}

/* Takes the rows that have settled since the last time. */
void gate_memory_follow(struct gate_memory *memory, const struct gate_view *view);
const struct judge *gate_memory_judge(const struct gate_memory *memory);

/* Settled periods since the metric's newest row of the bake; all where it has none. */
gint64 periods_silent(const struct gate_view *view, enum metric metric);

/* All settled rows of the cell's own since the deploy, added up. */
struct rows_tally {
    gint64 read;
    double sum;
    gint64 newest_ms; /* start of the newest; G_MININT64: none */
};
struct rows_tally gate_memory_rows(const struct gate_memory *memory, enum metric metric);

/* What three rows of traffic before the deploy lead one to expect (requests). */
struct usual_traffic {
    bool known; /* the past is long and busy enough to say */
    double three;
};
struct usual_traffic usual_traffic_of(const struct gate_view *view,
                                      const struct cell_reading *reading);
/* The same, once it was found. NULL: the cell's own; else of a control, by its id. */
struct usual_traffic gate_memory_traffic(const struct gate_memory *memory, const char *control);

/* Results. `reason` is printf's; evidence starts as an empty array. */
G_GNUC_PRINTF(4, 5)
void gate_says(struct gate_result *result, enum verdict verdict, const char *code,
               const char *reason, ...);
void gate_evidence(struct gate_result *result, const struct gate_view *view, enum metric metric,
                   const struct datapoint *point);
/* HOLD: the plan asks for a metric of the fleet's own that celldeck.yaml tells of no more, or
 * otherwise. */
void say_not_as_planned(const char *metric, struct gate_result *result);
/* What no data means to a gate (or own metric) that has it `of_gate`. `may_ignore`: not health,
 * error rate or probe. */
enum verdict no_data_verdict(const struct gate_view *view, enum no_data of_gate, bool may_ignore);

typedef void (*gate_fn)(const struct gate_view *view, struct gate_result *result);
void gate_limits(const struct gate_view *view, struct gate_result *result);
void gate_alarms(const struct gate_view *view, struct gate_result *result);
void gate_probe(const struct gate_view *view, struct gate_result *result);
void gate_regression(const struct gate_view *view, struct gate_result *result);
void gate_slo(const struct gate_view *view, struct gate_result *result);
void gate_data(const struct gate_view *view, struct gate_result *result);
void gate_traffic(const struct gate_view *view, struct gate_result *result);
struct bake_samples gate_samples(const struct gate_view *view, enum metric metric);
