/* The feed keeps asking AWS and the cells, and hands out a new snapshot whenever something came or
 * grew old. Each source (registry; metrics and alarms of each region, of each role and account in
 * it where there are several; each cell's probe) is asked, fails and ages on its own. Within one,
 * all that can go at once does. Everything happens in the caller's GLib main context.
 *
 * What it costs is counted from what was really sent, over the last ten periods; with a ceiling
 * (aws.max_usd_per_hour) it is slowed down as data/pace.h says, and snapshots say so (`slowed`). */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"

struct feed;

/* Called with each new snapshot (borrowed; take a reference to keep it). */
typedef void (*feed_fn)(struct snapshot *snapshot, gpointer data);

/* Borrows `client`, references `config`. Nothing is asked before feed_start or feed_read_once. */
struct feed *feed_new(struct config *config, struct aws_client *client, feed_fn fn, gpointer data);
/* Begins with what `snapshot` was folded from (cache_load), until each source has been read. Before
 * feed_start; the snapshot must be of the same configuration. */
void feed_prime(struct feed *feed, const struct snapshot *snapshot);
void feed_free(struct feed *feed); /* cancels what is under way; fn is not called again */

/* Before feed_start or feed_read_once: a reader who wants to know how the fleet is, not how it got
 * there, has no use for the last 3 h. A cell's first question then goes back 15 periods only: as
 * far as judging looks, and far enough to say how long ago metrics stopped. No cell's
 * `since_ms` lies further back then. What this costs is the same (aws.md: the price is per metric),
 * what it weighs is not. */
void feed_brief(struct feed *feed);

/* Before feed_read_once: the registry is read as it is now, not as it was a moment ago
 * (ConsistentRead, which costs twice as much), for who acts on the whole list of a cell's tenants.
 */
void feed_consistent(struct feed *feed);

/* The cells (ids, NULL-terminated; copied) that somebody looks at now. These, and those that are
 * alarming, not healthy or of feed_want_since, are asked for metrics every period; the rest every
 * second one, which never alone makes a value stale. NULL, and a feed never told: all of them. */
void feed_watch(struct feed *feed, const char *const *cells);

/* Asks at once, then: metrics and probes once a period, just after it has settled; alarms every
 * 10 s or period, whichever is less; the registry every 60 s or period, whichever is less. A cell
 * that turns out to be in trouble (an alarm is the first sign) has its metrics asked for at once,
 * where this period's were not. */
void feed_start(struct feed *feed);

/* Asks every source once; `fn` gets every snapshot on the way, and `done` the last one, when all
 * have answered or failed. For commands that print one answer. */
void feed_read_once(struct feed *feed, feed_fn done, gpointer data);

/* Ask everything again now (key `r` in the console); never more often than a metrics period. */
void feed_refresh(struct feed *feed);
/* Somebody has seen that the registry is another than was read last: it is read at once, as it is
 * now; one that is being read, which may be of before, once more after that. */
void feed_read_registry(struct feed *feed);

/* Keep (and fetch, where missing) the cell's metrics back to `since_ms`: the conductor wants the
 * whole bake and some past. Without it the last 3 h are kept. From then on all cells but the dr
 * ones are asked every period, whatever it costs: they are the controls that gates compare with. */
void feed_want_since(struct feed *feed, const char *cell, gint64 since_ms);

/* The same for people who look at the cell and nothing else: what is missing is fetched at once,
 * and no cell is asked more often for it. 0: they look no further than 3 h back any more, and what
 * is older goes. */
void feed_show_since(struct feed *feed, const char *cell, gint64 since_ms);
