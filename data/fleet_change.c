/* When what was judged may be judged otherwise, and what of it still holds. */
#include "data/fleet_judge.h"

/* The earlier of `next_ms` and the moment at which what was measured until `end_ms` is stale, where
 * that is still to come. */
static gint64 sooner_stale_ms(gint64 next_ms, gint64 end_ms, gint64 period_ms, gint64 now_ms)
{
    gint64 stale_ms = end_ms + stale_after_ms(period_ms) + 1;
    return stale_ms > now_ms && stale_ms < next_ms ? stale_ms : next_ms;
}

/* The newest usable value is stale one day, and what has not begun yet begins. */
static gint64 series_change_ms(const struct series *series, enum metric metric, gint64 period_ms,
                               gint64 now_ms)
{
    gint64 next_ms = G_MAXINT64;
    if (!series)
        return next_ms;
    for (size_t i = series->n; i-- > 0 && series->points[i].at_ms > now_ms;)
        next_ms = MIN(next_ms, series->points[i].at_ms);
    gssize at = series_newest_usable(series, metric, now_ms);
    return at < 0
               ? next_ms
               : sooner_stale_ms(next_ms, series->points[at].at_ms + period_ms, period_ms, now_ms);
}

gint64 cell_change_ms(const struct cell *cell, gint64 period_ms, gint64 now_ms)
{
    const struct cell_reading *reading = &cell->reading;
    gint64 next_ms = series_change_ms(reading->replica_lag, METRIC_COUNT, period_ms, now_ms);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        next_ms =
            MIN(next_ms, series_change_ms(reading->series[metric], metric, period_ms, now_ms));
    next_ms = sooner_stale_ms(next_ms, reading->alarms_at_ms, period_ms, now_ms);
    const GPtrArray *probes = reading->probes;
    if (!probes || !probes->len)
        return next_ms;
    const struct probe *last = probes->pdata[probes->len - 1];
    return sooner_stale_ms(next_ms, last->at_ms, period_ms, now_ms);
}

/* What is shared is the same: readings are immutable. */
static bool same_reading(const struct cell_reading *a, const struct cell_reading *b)
{
    bool same = a->replica_lag == b->replica_lag && a->alarms == b->alarms &&
                a->alarms_at_ms == b->alarms_at_ms && a->probes == b->probes;
    for (int i = 0; same && i < METRIC_COUNT; i++)
        same = a->series[i] == b->series[i];
    return same;
}

/* A clock that was put back asks everything anew. */
bool cell_judged_before(struct cell *cell, const struct cell *before, gint64 before_ms,
                        gint64 now_ms)
{
    if (now_ms < before_ms || now_ms >= before->change_ms || before->tells_age ||
        cell->config != before->config || !same_reading(&cell->reading, &before->reading))
        return false;
    cell->health = before->health;
    cell->reasons = g_strdupv(before->reasons);
    cell->since_ms = before->since_ms;
    cell->closed_to_new = before->closed_to_new;
    cell->version = before->version;
    cell->version_at_ms = before->version_at_ms;
    cell->used_pct = before->used_pct;
    cell->change_ms = before->change_ms;
    return true;
}

gint64 fleet_next_change_ms(const struct snapshot *snapshot)
{
    gint64 period_ms = snapshot->config->metrics.period_ms;
    gint64 next_ms = G_MAXINT64;
    for (size_t i = 0; i < snapshot->n_cells; i++)
        next_ms = MIN(next_ms, snapshot->cells[i].change_ms);
    for (guint i = 0; i < snapshot->sources->len; i++) {
        const struct source *source = snapshot->sources->pdata[i];
        next_ms = sooner_stale_ms(next_ms, source->read_ms, period_ms, snapshot->at_ms);
    }
    return next_ms;
}
