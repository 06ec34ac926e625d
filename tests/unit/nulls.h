/* Good releases of a made-up fleet, minute by minute: whatever the judge finds in one is a false
 * alarm. Rows are made as they are judged, so that a bake of a week takes no memory. Used by the
 * unit tests (few, sanitized) and by `make nulls` (many). */
#pragma once

#include "rollout/judge.h"

/* How the fleet behaves. Requests and errors are counts, so Poisson noise is in every kind. */
struct null_kind {
    const char *name;
    double spread;      /* of each cell's own error rate (log's standard deviation), at most */
    double memory;      /* its correlation from minute to minute, at most */
    double rhythm;      /* of the day: traffic, CPU, connections and latency follow by +- so much */
    bool errors_follow; /* the error rate has the day's rhythm, too */
    double job;  /* each cell's own job, two hours of the day: so many times its errors, too */
    double days; /* how much one day's errors are unlike another's (log's sd) */
};
extern const struct null_kind null_kinds[];
size_t null_kinds_count(void);
const struct null_kind *null_kind_named(const char *name);

struct null_case {
    const struct null_kind *kind;
    gint64 bake_hours;
    size_t n_controls, past_rows; /* of which the last four hours are the past */
    double rigour; /* of the evidence that celldeck.yaml asks for by default: 1; 0.1: a tenth */
};

enum null_end { NULL_PASSED, NULL_HELD, NULL_FAILED };
struct null_run {
    enum null_end end;
    enum metric metric; /* whose, where it did not pass */
    gint64 minute;      /* since the deploy, of the failure */
    double most_odds;   /* that there ever were, of any metric and even where it was no size */
};
/* One bake of `terms`; the same `seed`, the same bake. */
struct null_run null_run(const struct null_case *given, guint64 seed);
