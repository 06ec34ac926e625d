/* What CloudWatch still has of the metrics of some cells, over a span of the past: asked once, with
 * the questions of metrics.h, for whoever looks at a bake that is over (`gate record`, `gate replay
 * --rollout`). Cells that are reached in one way are asked one call after the other, and ways fail
 * on their own. A call asks for no more than one page's datapoints where that can be done: what
 * is paid for is metrics, and a further page might be paid for again. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"

struct past {
    size_t n_cells;
    struct cell_reading *readings; /* one a cell of the configuration; empty where not asked for */
    bool *unread;                  /* one a cell: asked for, and not read whole */
    gint64 from_ms, until_ms;      /* whole periods, as far as they could be asked for */
    GPtrArray *faults;             /* char *: "metrics us-east-1: why", one a way that failed */
    guint64 metrics, calls;        /* what was asked, and in how many calls */
};
void past_free(struct past *past);
OWNABLE(past, past_free);

/* How long CloudWatch keeps values of periods so long: 3 h below a minute, 15 days below five
 * minutes, 63 days below an hour, 455 days ("Metrics retention" in its user guide). */
gint64 past_kept_ms(gint64 period_ms);

/* Asks for `cells` (guint, places in config->cells; copied) from `from_ms` until `until_ms`, no
 * later than what has settled at `now_ms` and no earlier than what CloudWatch keeps. `done` gets
 * the answer, to free, and is never called from within. `client` is to stay until then. */
typedef void (*past_fn)(struct past *past, gpointer data);
void past_read(struct config *config, struct aws_client *client, const GArray *cells,
               gint64 from_ms, gint64 until_ms, gint64 now_ms, past_fn done, gpointer data);
