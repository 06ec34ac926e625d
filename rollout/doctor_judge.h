/* The doctor's judgements: what was seen in, how bad it is and what to do out. Pure: no I/O, no
 * clock. */
#pragma once

#include "data/fleet.h"
#include "rollout/doctor.h"

/* Texts are the caller's; finding_set takes them. */
struct judgement {
    enum doctor_level level;
    char *text;
    char *fix; /* or NULL */
};
struct judgement judge_ok(const char *format, ...) G_GNUC_PRINTF(1, 2);
struct judgement judge_skipped(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* `fix` may be NULL; copied. */
struct judgement judge_warning(const char *fix, const char *format, ...) G_GNUC_PRINTF(2, 3);
struct judgement judge_failure(const char *fix, const char *format, ...) G_GNUC_PRINTF(2, 3);
void judgement_clear(struct judgement *judgement);

/* A call that ended in `error`. Missing credentials are told once, by the check of credentials:
 * here the call was simply not made. `role_arn` (may be NULL) is who was refused. */
struct judgement judge_error(const GError *error, const char *role_arn);
/* An error of this machine's: what, and what to do about it where its message has that after a
 * semicolon; else `fix`. */
struct judgement judge_local(const GError *error, const char *fix);
/* A role of cells that could not be assumed. */
struct judgement judge_role(const GError *error);
/* A write that AWS had to refuse for its content: it looks at who may do it first, as far as is
 * known, so anything but AccessDenied speaks for the permission. `error` NULL: it was taken. */
struct judgement judge_write(const char *permission, const GError *error, const char *role_arn);

/* How long celldeck's own keys last; a rollout takes days. */
struct judgement judge_tenure(const struct aws_tenure *tenure, gint64 now_ms);

/* AWS refuses what is signed five minutes off; events of several hosts are compared by far less. */
struct judgement judge_clock(gint64 skew_ms);
/* Room for the journal, on the disk of `folder`. */
struct judgement judge_disk(const char *folder, guint64 free_bytes);
/* A page of the registry's table, as Scan answers it: items that look like tenants? */
struct judgement judge_registry(struct config *config, const char *text);

/* What the last `span_ms` brought of one cell's metrics. */
struct metrics_seen {
    const GArray *points[METRIC_COUNT]; /* struct datapoint, in the order of time; may be NULL */
    guint refused[METRIC_COUNT];        /* values that can be none (metric_value_usable) */
    const GArray *replica_lag;          /* the same, where the cell has such a metric */
    gint64 now_ms, span_ms;
};
/* Do they arrive, in time, and at the period that is configured? */
struct judgement judge_arrival(const struct config *config, const struct cell_config *cell,
                               const struct metrics_seen *seen);

/* What the values of cell_error_rate say of metrics.error_rate_unit. Of N requests at least one
 * fails or none: a rate that as a percentage would be less than half a failed request is none. */
enum rate_unit {
    RATE_UNSEEN, /* too few values to tell */
    RATE_FITS,
    RATE_IS_FRACTION, /* ... under `percent` */
    RATE_IS_PERCENT   /* ... under `fraction` */
};
enum rate_unit judge_rate_unit(enum error_rate_unit configured, const struct metrics_seen *seen);
