#include "data/feed_source.h"

#include "data/base/when.h"

#define FOLD_APART_MS   200 /* architecture.md, "Speed": no timer is faster */
#define DEADLINE_MIN_MS (5 * WHEN_SECOND)
#define DEADLINE_MAX_MS (20 * WHEN_SECOND)
#define BRIEF_PERIODS   15

/* aws.md, "Limits and prices"; a read request unit of an on-demand table is $0.125 a million. */
#define USD_PER_METRIC     (0.01 / 1000)
#define USD_PER_ALARM_CALL (0.01 / 1000)
#define USD_PER_READ_UNIT  (0.125 / 1e6)

static void schedule(struct feed *feed);

GPtrArray *region_roles(const struct config *config, const char *region)
{
    GPtrArray *roles = g_ptr_array_new();
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        bool known = g_strcmp0(cell->region, region) != 0;
        for (guint r = 0; r < roles->len && !known; r++)
            known = g_strcmp0(roles->pdata[r], cell->role_arn) == 0;
        if (!known)
            g_ptr_array_add(roles, cell->role_arn);
    }
    return roles;
}

bool error_is_of_the_line(const GError *error)
{
    return g_error_matches(error, AWS_ERROR, AWS_ERROR_NETWORK) ||
           g_error_matches(error, AWS_ERROR, AWS_ERROR_TIMEOUT);
}

static double cost_usd_per_hour(const struct feed *feed)
{
    guint64 metrics = aws_client_counters(feed->client)->metrics_asked - feed->metrics_asked_before;
    double usd = (double)metrics * USD_PER_METRIC + (double)feed->alarm_calls * USD_PER_ALARM_CALL +
                 feed->read_units * USD_PER_READ_UNIT;
    gint64 spent_ms = when_mono_ms() - feed->started_mono_ms;
    /* What the first turn cost is what every period costs. */
    return usd * (double)WHEN_HOUR / (double)MAX(spent_ms, feed->config->metrics.period_ms);
}

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
    struct fleet_input input = {feed->config, feed->readings,          feed->registry,
                                sources,      cost_usd_per_hour(feed), NULL};
    struct snapshot *snapshot = fleet_fold(&input, now_ms);
    feed->change_ms = fleet_next_change_ms(snapshot, now_ms);
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
    OWN(snapshot) snapshot = fold(feed);
    schedule(feed);
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

/* Something came: there is a new snapshot soon, one for all that comes at about the same time. */
static void changed(struct feed *feed)
{
    bool last = feed->done && all_have_answered(feed);
    gint64 wait_ms = feed->folded_mono_ms + FOLD_APART_MS - when_mono_ms();
    if (last)
        g_clear_handle_id(&feed->fold_id, g_source_remove);
    if (!feed->fold_id)
        feed->fold_id = g_timeout_add(last || wait_ms < 0 ? 0 : (guint)wait_ms, on_fold, feed);
}

static void end_turn(struct feed_source *source)
{
    struct feed *feed = source->feed;
    source->busy = source->awaited = false;
    source->answered = true;
    g_free(source->error);
    source->error = source->kind->end(source, true);
    source->turn = NULL;
    if (!source->error)
        source->read_ms = source->asked_ms;
    changed(feed);
    schedule(feed);
}

static void go_on(struct feed_source *source)
{
    if (!source->kind->ask(source))
        end_turn(source);
}

static gint64 call_deadline_ms(const struct feed *feed)
{
    return CLAMP(2 * feed->config->metrics.period_ms, DEADLINE_MIN_MS, DEADLINE_MAX_MS);
}

static void on_reply(json_t *reply, const GError *error, gpointer data)
{
    struct feed_source *source = data;
    source->call = NULL;
    source->kind->take(source, reply, error);
    go_on(source);
}

void source_call(struct feed_source *source, const struct aws_target *target, const char *action,
                 json_t *body)
{
    source->call = aws_json(source->feed->client, target, action, body, AWS_CALL_READ,
                            call_deadline_ms(source->feed), on_reply, source);
}

static void on_answer(int status, const char *body, const GError *error, gpointer data)
{
    struct feed_source *source = data;
    source->call = NULL;
    source->kind->answer(source, status, body, error);
    go_on(source);
}

void source_get(struct feed_source *source, const char *url)
{
    source->call =
        aws_http_get(source->feed->client, url, call_deadline_ms(source->feed), on_answer, source);
}

static void begin_turn(struct feed_source *source, gint64 now_ms)
{
    source->busy = true;
    source->asked_ms = now_ms;
    source->due_ms = source->kind->due_ms(source->feed->config, now_ms);
    source->kind->begin(source);
    go_on(source);
}

/* A due time that lies further ahead than the kind would ever set it is of a clock that has been
 * put back since. */
static gint64 due_ms(const struct feed_source *source, gint64 now_ms)
{
    return MIN(source->due_ms, source->kind->due_ms(source->feed->config, now_ms));
}

static gboolean on_tick(gpointer data)
{
    struct feed *feed = data;
    feed->tick_id = 0;
    gint64 now_ms = when_now_ms();
    for (guint i = 0; i < feed->sources->len; i++) {
        struct feed_source *source = feed->sources->pdata[i];
        if (feed->polling && !source->busy && due_ms(source, now_ms) <= now_ms)
            begin_turn(source, now_ms);
    }
    if (feed->change_ms <= now_ms)
        changed(feed);
    schedule(feed);
    return G_SOURCE_REMOVE;
}

/* One timer for all: the next moment at which a source is due or a value grows stale. */
static void schedule(struct feed *feed)
{
    gint64 now_ms = when_now_ms();
    gint64 next_ms = feed->fold_id ? G_MAXINT64 : feed->change_ms;
    for (guint i = 0; i < feed->sources->len && feed->polling; i++) {
        const struct feed_source *source = feed->sources->pdata[i];
        if (!source->busy)
            next_ms = MIN(next_ms, due_ms(source, now_ms));
    }
    g_clear_handle_id(&feed->tick_id, g_source_remove);
    if (next_ms != G_MAXINT64)
        feed->tick_id = g_timeout_add((guint)CLAMP(next_ms - now_ms, 0, WHEN_HOUR), on_tick, feed);
}

static struct feed_source *add_source(struct feed *feed, const struct source_kind *kind,
                                      const char *what, const char *of)
{
    struct feed_source *source = g_new0(struct feed_source, 1);
    source->feed = feed;
    source->kind = kind;
    source->name = of ? g_strdup_printf("%s %s", what, of) : g_strdup(what);
    g_ptr_array_add(feed->sources, source);
    return source;
}

static void feed_source_free(gpointer p)
{
    struct feed_source *source = p;
    if (source->call)
        aws_call_cancel(source->call);
    if (source->turn)
        g_free(source->kind->end(source, false));
    g_free(source->name);
    g_free(source->error);
    g_free(source);
}

static void add_sources(struct feed *feed)
{
    g_autoptr(GHashTable) regions = g_hash_table_new(g_str_hash, g_str_equal);
    add_source(feed, &registry_source, "registry", NULL);
    for (guint i = 0; i < feed->config->cells->len; i++) {
        const struct cell_config *cell = feed->config->cells->pdata[i];
        if (!cell->region || !g_hash_table_add(regions, cell->region))
            continue;
        add_source(feed, &metrics_source, "metrics", cell->region)->region = cell->region;
        add_source(feed, &alarms_source, "alarms", cell->region)->region = cell->region;
    }
    for (guint i = 0; i < feed->config->cells->len; i++) {
        const struct cell_config *cell = feed->config->cells->pdata[i];
        add_source(feed, &probe_source, "probe", cell->id)->cell = i;
    }
}

struct feed *feed_new(struct config *config, struct aws_client *client, feed_fn fn, gpointer data)
{
    struct feed *feed = g_new0(struct feed, 1);
    feed->config = config_ref(config);
    feed->client = client;
    feed->fn = fn;
    feed->data = data;
    feed->readings = g_new0(struct cell_reading, config->cells->len);
    feed->progress = g_new0(struct metrics_progress, config->cells->len);
    feed->watched = g_new0(bool, config->cells->len);
    feed_watch(feed, NULL);
    feed->sources = g_ptr_array_new_with_free_func(feed_source_free);
    feed->started_mono_ms = when_mono_ms();
    feed->folded_mono_ms = feed->started_mono_ms - FOLD_APART_MS;
    feed->metrics_asked_before = aws_client_counters(client)->metrics_asked;
    feed->change_ms = G_MAXINT64;
    add_sources(feed);
    return feed;
}

void feed_prime(struct feed *feed, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        cell_reading_clear(&feed->readings[i]);
        feed->readings[i] = cell_reading_share(&snapshot->cells[i].reading);
    }
    registry_unref(feed->registry);
    feed->registry = snapshot->registry ? registry_ref(snapshot->registry) : NULL;
    for (guint i = 0; i < feed->sources->len; i++) {
        struct feed_source *source = feed->sources->pdata[i];
        for (guint s = 0; s < snapshot->sources->len; s++) {
            const struct source *kept = snapshot->sources->pdata[s];
            if (g_str_equal(kept->name, source->name))
                source->read_ms = kept->read_ms;
        }
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
    registry_unref(feed->registry);
    config_unref(feed->config);
    g_free(feed);
}

void feed_brief(struct feed *feed)
{
    for (guint i = 0; i < feed->config->cells->len; i++)
        feed->progress[i].past_ms = BRIEF_PERIODS * feed->config->metrics.period_ms;
}

void feed_watch(struct feed *feed, const char *const *cells)
{
    for (guint i = 0; i < feed->config->cells->len; i++) {
        const struct cell_config *cell = feed->config->cells->pdata[i];
        feed->watched[i] = !cells || g_strv_contains(cells, cell->id);
    }
}

static void ask_all(struct feed *feed, gint64 not_since_ms)
{
    gint64 now_ms = when_now_ms();
    for (guint i = 0; i < feed->sources->len; i++) {
        struct feed_source *source = feed->sources->pdata[i];
        if (!source->busy && source->asked_ms <= not_since_ms)
            begin_turn(source, now_ms);
    }
    schedule(feed);
}

void feed_start(struct feed *feed)
{
    feed->started = feed->polling = true;
    ask_all(feed, 0);
}

void feed_read_once(struct feed *feed, feed_fn done, gpointer data)
{
    feed->done = done;
    feed->done_data = data;
    feed->polling = true;
    for (guint i = 0; i < feed->sources->len; i++)
        ((struct feed_source *)feed->sources->pdata[i])->awaited = true;
    ask_all(feed, G_MAXINT64);
    changed(feed);
}

void feed_refresh(struct feed *feed)
{
    ask_all(feed, when_now_ms() - feed->config->metrics.period_ms);
}

void feed_want_since(struct feed *feed, const char *cell, gint64 since_ms)
{
    for (guint i = 0; i < feed->config->cells->len; i++)
        if (g_str_equal(((const struct cell_config *)feed->config->cells->pdata[i])->id, cell))
            feed->progress[i].want_from_ms = since_ms;
}
