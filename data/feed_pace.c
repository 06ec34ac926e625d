/* Which of the feed's cells are asked for metrics when, and what polling costs. */
#include "data/base/when.h"
#include "data/feed_source.h"

enum cell_pace feed_cell_pace(const struct feed *feed, guint cell)
{
    const struct cell_config *config = feed->config->cells->pdata[cell];
    if (feed->progress[cell].want_from_ms || (feed->rollout && config->class != CLASS_DR))
        return CELL_ROLLOUT;
    return feed->watched[cell] || feed->troubled[cell] ? CELL_NEAR : CELL_REST;
}

static gint64 every_periods(const struct feed *feed, guint cell)
{
    const struct pace pace = pace_at(feed->step);
    const gint64 every[] = {
        [CELL_REST] = pace.rest_periods, [CELL_NEAR] = pace.near_periods, [CELL_ROLLOUT] = 1};
    return every[feed_cell_pace(feed, cell)];
}

/* Where the first of the cell's values to turn stale ends; 0: one was never read. */
static gint64 newest_end_ms(const struct feed *feed, guint cell)
{
    const struct cell_reading *reading = &feed->readings[cell];
    gint64 end_ms = G_MAXINT64;
    for (enum metric metric = 0; metric < METRIC_OWN; metric++) {
        const struct datapoint *last = series_last(reading->series[metric]);
        if (metric_is_required(feed->config->cells->pdata[cell], metric))
            end_ms = MIN(end_ms, last ? last->at_ms + feed->config->metrics.period_ms : 0);
    }
    return end_ms;
}

GArray *feed_cells_due(const struct feed_source *source)
{
    const struct feed *feed = source->feed;
    const struct metrics_config *metrics = &feed->config->metrics;
    gint64 end_ms = metrics_settled_until_ms(feed->config, source->asked_ms);
    GArray *due = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < source->cells->len; i++) {
        guint cell = g_array_index(source->cells, guint, i);
        const struct pace_cell at = {cell,
                                     every_periods(feed, cell),
                                     feed->progress[cell].have_until_ms,
                                     newest_end_ms(feed, cell),
                                     metrics->period_ms,
                                     metrics->settle_ms};
        if (source->everything || pace_is_due(&at, end_ms) ||
            metrics_lack_past(feed->config, &feed->progress[cell], source->asked_ms))
            g_array_append_val(due, cell);
    }
    return due;
}

void feed_hurry(struct feed *feed, guint cell)
{
    gint64 now_ms = when_now_ms();
    gint64 settled_ms = metrics_settled_until_ms(feed->config, now_ms);
    bool read = feed->progress[cell].have_until_ms >= settled_ms &&
                !metrics_lack_past(feed->config, &feed->progress[cell], now_ms);
    if (!feed->started || read)
        return;
    struct feed_source *source = feed->metrics_of[cell];
    source->due_ms = MIN(source->due_ms, now_ms);
    feed_schedule(feed);
}

/* The next turn but one of metrics begins the first whole period to go by: what has just been asked
 * out of turn, the very first reading above all, is over by then. */
void feed_begin_count(struct feed *feed)
{
    gint64 now_ms = when_now_ms();
    gint64 period_ms = feed->config->metrics.period_ms;
    gint64 wait_ms = metrics_next_settled_ms(feed->config, now_ms) + period_ms - now_ms;
    spending_begin(&feed->spending, period_ms, when_mono_ms() + wait_ms);
}

void feed_count(struct feed *feed)
{
    const struct aws_counters *now = aws_client_counters(feed->client);
    struct aws_counters *before = &feed->counted;
    guint64 metrics = now->metrics_asked - before->metrics_asked;
    guint64 calls = now->requests[AWS_CLOUDWATCH] - before->requests[AWS_CLOUDWATCH] -
                    (now->metric_requests - before->metric_requests);
    double usd = (double)metrics * USD_PER_METRIC + (double)calls * USD_PER_CLOUDWATCH_CALL +
                 feed->read_units * USD_PER_READ_UNIT;
    *before = *now;
    feed->read_units = 0;
    feed->spent = feed->spent || usd > 0;
    spending_add(&feed->spending, usd, when_mono_ms());
}

static guint metrics_of(const struct feed *feed, guint cell)
{
    const struct cell_config *config = feed->config->cells->pdata[cell];
    return metric_count(feed->config) + (config->replica_lag_metric != NULL);
}

static struct pace_load load_of(const struct feed *feed)
{
    struct pace_load load = {.period_ms = feed->config->metrics.period_ms};
    guint *const metrics[] = {[CELL_REST] = &load.rest_metrics,
                              [CELL_NEAR] = &load.near_metrics,
                              [CELL_ROLLOUT] = &load.rollout_metrics};
    for (guint i = 0; i < feed->config->cells->len; i++)
        *metrics[feed_cell_pace(feed, i)] += metrics_of(feed, i);
    for (guint i = 0; i < feed->sources->len; i++) {
        const struct feed_source *source = feed->sources->pdata[i];
        if (source->kind->load)
            source->kind->load(source, &load);
    }
    return load;
}

/* Before a whole period has gone by, what it will have cost. */
double feed_usd_per_hour(struct feed *feed)
{
    double usd = spending_usd_per_hour(&feed->spending, when_mono_ms());
    if (usd >= 0 && feed->started)
        return usd;
    const struct pace_load load = load_of(feed);
    return feed->spent ? pace_usd_per_hour(&load, feed->step) : 0;
}

/* A cell that is stale because it was not asked is in no trouble for it, nor out of it; nor is one
 * that was never asked. */
void feed_look_for_trouble(struct feed *feed, const struct snapshot *snapshot)
{
    for (guint i = 0; i < snapshot->n_cells; i++) {
        enum health health = snapshot->cells[i].health;
        bool before = feed->troubled[i];
        if (health != HEALTH_STALE && feed->progress[i].have_until_ms)
            feed->troubled[i] = health != HEALTH_HEALTHY && health != HEALTH_STANDBY;
        if (feed->troubled[i] && !before)
            feed_hurry(feed, i);
    }
}

void feed_set_pace(struct feed *feed)
{
    const struct pace_load load = load_of(feed);
    guint step = pace_choose(&load, feed->config->aws_max_usd_per_hour, feed->step);
    if (step == feed->step)
        return;
    feed->step = step;
    feed_begin_count(feed);
}

char *feed_slowed(const struct feed *feed)
{
    const struct pace_load load = load_of(feed);
    return pace_words(&load, feed->config->aws_max_usd_per_hour, feed->step);
}
