#include "data/feed.h"

#include "data/base/when.h"
#include "data/feed_source.h"

#define BRIEF_PERIODS 15

static struct feed_source *add_source(struct feed *feed, const struct source_kind *kind,
                                      const char *what, const char *of)
{
    char *name = of ? g_strdup_printf("%s %s", what, of) : g_strdup(what);
    struct feed_source *source = feed_source_new(feed, kind, name);
    g_ptr_array_add(feed->sources, source);
    return source;
}

/* Sources of metrics and of alarms: one each for all cells that are reached in one way. */
static void add_way(struct feed *feed, GHashTable *metrics, GHashTable *alarms, guint cell)
{
    const char *of = ((const struct cell_config *)feed->config->cells->pdata[cell])->source;
    if (!g_hash_table_contains(metrics, of)) {
        g_hash_table_insert(metrics, (gpointer)of,
                            add_source(feed, &metrics_source, "metrics", of));
        g_hash_table_insert(alarms, (gpointer)of, add_source(feed, &alarms_source, "alarms", of));
    }
    feed->metrics_of[cell] = g_hash_table_lookup(metrics, of);
    g_array_append_val(feed->metrics_of[cell]->cells, cell);
    g_array_append_val(((struct feed_source *)g_hash_table_lookup(alarms, of))->cells, cell);
}

static void add_sources(struct feed *feed)
{
    g_autoptr(GHashTable) metrics = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) alarms = g_hash_table_new(g_str_hash, g_str_equal);
    add_source(feed, &registry_source, "registry", NULL);
    for (guint i = 0; i < feed->config->cells->len; i++)
        add_way(feed, metrics, alarms, i);
    for (guint i = 0; i < feed->config->cells->len; i++) {
        const struct cell_config *cell = feed->config->cells->pdata[i];
        g_array_append_val(add_source(feed, &probe_source, "probe", cell->id)->cells, i);
    }
}

struct feed *feed_new(struct config *config, struct aws_client *client, feed_fn fn, gpointer data)
{
    struct feed *feed = g_new0(struct feed, 1);
    guint n_cells = config->cells->len;
    feed->config = config_ref(config);
    feed->client = client;
    feed->fn = fn;
    feed->data = data;
    feed->readings = g_new0(struct cell_reading, n_cells);
    feed->progress = g_new0(struct metrics_progress, n_cells);
    feed->watched = g_new0(bool, n_cells);
    feed->troubled = g_new0(bool, n_cells);
    feed->metrics_of = g_new0(struct feed_source *, n_cells);
    feed->sources = g_ptr_array_new_with_free_func((GDestroyNotify)feed_source_free);
    feed->folded_mono_ms = G_MININT64 / 2;
    feed->counted = *aws_client_counters(client);
    feed->change_ms = G_MAXINT64;
    for (guint i = 0; i < n_cells; i++)
        feed->watched[i] = true;
    add_sources(feed);
    feed_begin_count(feed);
    return feed;
}

void feed_prime(struct feed *feed, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        cell_reading_clear(&feed->readings[i]);
        feed->readings[i] = cell_reading_share(&snapshot->cells[i].reading);
        metrics_resume(feed->config, &feed->readings[i], &feed->progress[i]);
    }
    registry_unref(feed->registry);
    feed->registry = snapshot->registry ? registry_ref(snapshot->registry) : NULL;
    for (guint i = 0; i < feed->sources->len; i++) {
        struct feed_source *source = feed->sources->pdata[i];
        const struct source *kept = snapshot_source(snapshot, source->name);
        if (kept)
            source->read_ms = kept->read_ms;
    }
}

void feed_free(struct feed *feed)
{
    if (!feed)
        return;
    g_clear_handle_id(&feed->tick_id, g_source_remove);
    g_clear_handle_id(&feed->fold_id, g_source_remove);
    g_ptr_array_unref(feed->sources);
    for (guint i = 0; i < feed->config->cells->len; i++)
        cell_reading_clear(&feed->readings[i]);
    g_free(feed->readings);
    g_free(feed->progress);
    g_free(feed->watched);
    g_free(feed->troubled);
    g_free(feed->metrics_of);
    snapshot_unref(feed->folded);
    registry_unref(feed->registry);
    registry_known_unref(feed->known);
    config_unref(feed->config);
    g_free(feed);
}

void feed_brief(struct feed *feed)
{
    for (guint i = 0; i < feed->config->cells->len; i++)
        feed->progress[i].past_ms = BRIEF_PERIODS * feed->config->metrics.period_ms;
}

void feed_consistent(struct feed *feed)
{
    feed->consistent = true;
}

void feed_watch(struct feed *feed, const char *const *cells)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (; cells && *cells; cells++)
        g_hash_table_add(ids, (gpointer)*cells);
    for (guint i = 0; i < feed->config->cells->len; i++) {
        const struct cell_config *cell = feed->config->cells->pdata[i];
        bool before = feed->watched[i];
        feed->watched[i] = !cells || g_hash_table_contains(ids, cell->id);
        if (feed->watched[i] && !before)
            feed_hurry(feed, i);
    }
}

void feed_start(struct feed *feed)
{
    feed->started = feed->polling = true;
    feed_ask_all(feed, 0);
}

void feed_read_once(struct feed *feed, feed_fn done, gpointer data)
{
    feed->done = done;
    feed->done_data = data;
    feed->polling = true;
    for (guint i = 0; i < feed->sources->len; i++)
        ((struct feed_source *)feed->sources->pdata[i])->awaited = true;
    feed_ask_all(feed, G_MAXINT64);
    feed_changed(feed);
}

void feed_refresh(struct feed *feed)
{
    feed_ask_all(feed, when_now_ms() - feed->config->metrics.period_ms);
}

void feed_read_registry(struct feed *feed)
{
    for (guint i = 0; i < feed->sources->len; i++) {
        struct feed_source *source = feed->sources->pdata[i];
        if (source->kind != &registry_source)
            continue;
        source->anew = true;
        source->due_ms = 0;
    }
    feed_schedule(feed);
}

void feed_want_since(struct feed *feed, const char *cell, gint64 since_ms)
{
    feed->rollout = true;
    gssize place = config_place(feed->config, cell);
    if (place >= 0)
        feed->progress[place].want_from_ms = since_ms;
}

void feed_show_since(struct feed *feed, const char *cell, gint64 since_ms)
{
    gssize place = config_place(feed->config, cell);
    if (place < 0 || feed->progress[place].shown_from_ms == since_ms)
        return;
    feed->progress[place].shown_from_ms = since_ms;
    feed_hurry(feed, (guint)place);
}
