/* What the feed has read becomes a snapshot, whenever something came or grew old. */
#include "data/base/when.h"
#include "data/feed_source.h"

#define FOLD_APART_MS 200 /* architecture.md, "Speed": no timer is faster */

static enum source_state state_of(const struct feed_source *source, gint64 now_ms)
{
    if (!source->answered)
        return SOURCE_WAITING;
    if (source->error)
        return SOURCE_ERROR;
    gint64 age_ms = now_ms - source->read_ms;
    return age_ms > stale_after_ms(source->feed->config->metrics.period_ms) ? SOURCE_STALE
                                                                            : SOURCE_OK;
}

static struct snapshot *fold(struct feed *feed)
{
    gint64 now_ms = when_now_ms();
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    for (guint i = 0; i < feed->sources->len; i++) {
        const struct feed_source *source = feed->sources->pdata[i];
        g_ptr_array_add(sources, source_new(source->name, state_of(source, now_ms), source->read_ms,
                                            source->error));
    }
    g_autofree char *slowed = feed_slowed(feed);
    struct fleet_input input = {feed->config, feed->readings,          feed->registry,
                                sources,      feed_usd_per_hour(feed), slowed};
    struct snapshot *snapshot = fleet_fold_after(feed->folded, &input, now_ms);
    feed->change_ms = fleet_next_change_ms(snapshot);
    snapshot_unref(feed->folded);
    feed->folded = snapshot_ref(snapshot);
    return snapshot;
}

static bool all_have_answered(const struct feed *feed)
{
    for (guint i = 0; i < feed->sources->len; i++)
        if (((const struct feed_source *)feed->sources->pdata[i])->awaited)
            return false;
    return true;
}

static gboolean on_fold(gpointer data)
{
    struct feed *feed = data;
    feed->fold_id = 0;
    feed->folded_mono_ms = when_mono_ms();
    feed_count(feed);
    feed_set_pace(feed);
    OWN(snapshot) snapshot = fold(feed);
    feed_look_for_trouble(feed, snapshot);
    feed_schedule(feed);
    feed_fn done = feed->done && all_have_answered(feed) ? feed->done : NULL;
    if (done) {
        feed->done = NULL;
        feed->polling = feed->started;
    }
    gpointer done_data = feed->done_data;
    if (feed->fn)
        feed->fn(snapshot, feed->data);
    if (done)
        done(snapshot, done_data);
    return G_SOURCE_REMOVE;
}

void feed_changed(struct feed *feed)
{
    bool last = feed->done && all_have_answered(feed);
    gint64 wait_ms = feed->folded_mono_ms + FOLD_APART_MS - when_mono_ms();
    if (last)
        g_clear_handle_id(&feed->fold_id, g_source_remove);
    if (!feed->fold_id)
        feed->fold_id =
            g_timeout_add(last ? 0 : (guint)CLAMP(wait_ms, 0, FOLD_APART_MS), on_fold, feed);
}
