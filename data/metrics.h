/* CloudWatch's metrics: what to ask next, the questions, and what the answers say. Pure: JSON in,
 * values out.
 *
 * One period's datum is, by metric: the Minimum of health (a period that was down for a moment was
 * down), the Sum of requests, the Maximum of connections, active users and replica lag (what is
 * short is short at its peak), the Average of the rest. Only settled periods are asked for. The
 * price is per metric and not per datapoint (aws.md), so a poll always asks some periods again, and
 * what came late is still found. */
#pragma once

#include "data/fleet.h"

/* How far a cell's metrics have been read. All zero: not at all. */
struct metrics_progress {
    gint64 want_from_ms;  /* feed_want_since(); 0: no more than the usual past */
    gint64 shown_from_ms; /* feed_show_since(); 0: the same */
    gint64 past_ms;       /* the usual past; 0: 3 h */
    gint64 have_from_ms, have_until_ms;
};

struct metric_query {
    guint cell;         /* place in config->cells */
    enum metric metric; /* METRIC_COUNT: replica lag */
    GArray *points;     /* struct datapoint: what has come so far */
    guint refused;      /* values that were left out, being none that the metric can have */
    char *fault;        /* why it is not whole; NULL: it is */
};

/* At most 500 queries (aws.md) that go out in one GetMetricData call, and on its further pages. */
struct metrics_batch {
    gint64 start_ms, end_ms;
    GArray *queries; /* struct metric_query */
};

/* Everything that is to be asked about `cells` (guint, places in config->cells; all reached in one
 * way): struct metrics_batch *, freed with the array. Cells that need the same span go together.
 * Empty where no period has settled since. */
GPtrArray *metrics_plan(const struct config *config, const GArray *cells,
                        const struct cell_reading *readings,
                        const struct metrics_progress *progress, gint64 now_ms);

/* Whether it was read up to now, and yet not as far back as people want to look. */
bool metrics_lack_past(const struct config *config, const struct metrics_progress *progress,
                       gint64 now_ms);

/* The body of a GetMetricData call; `token` NULL: the first page. New reference. */
json_t *metrics_request(const struct config *config, const struct metrics_batch *batch,
                        const char *token);

/* Puts a page's datapoints into the batch. What is no usable value (metric_value_usable) or lies
 * outside the span is left out. *token (caller frees) is NULL after the last page. False with a
 * CD_ERROR_SOURCE where the answer is no such list. */
bool metrics_take(const struct config *config, struct metrics_batch *batch, json_t *reply,
                  char **token, GError **error);

/* Puts what a batch brought into `readings` and moves `progress` forward, for every cell of which
 * all queries were whole. Returns what was not whole, for people, or NULL. Caller frees. */
char *metrics_apply(const struct config *config, const struct metrics_batch *batch,
                    struct cell_reading *readings, struct metrics_progress *progress,
                    gint64 now_ms);

/* How far a reading's metrics were read, as far as it shows: for one that comes from the cache. */
void metrics_resume(const struct config *config, const struct cell_reading *reading,
                    struct metrics_progress *progress);

/* The end of the last period that has settled at `now_ms`. */
gint64 metrics_settled_until_ms(const struct config *config, gint64 now_ms);
/* The first moment after `now_ms` at which another period has settled. */
gint64 metrics_next_settled_ms(const struct config *config, gint64 now_ms);
