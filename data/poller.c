#include "data/poller_turn.h"

#include "data/base/when.h"

#include <gio/gio.h>

#define TURN_MS 1000
/* Who could read nothing as a leader lets others try for so long, before it tries again. */
#define UNWELL_PERIODS 5

struct job;

struct poller {
    struct config *config;
    struct aws_client *client;
    enum poller_kind kind;
    char *actor;
    feed_fn fn;
    void (*notice)(const char *line, gpointer data);
    gpointer data;

    struct poller_desk *desk; /* the worker's, while `job` is set */
    struct job *job;
    bool again; /* another turn as soon as this one is over */
    guint turn_id;
    enum poller_role role;

    struct feed *feed; /* NULL: we follow */
    struct snapshot *latest;
    bool publish_due; /* `latest` is our feed's, and not published */
    bool from_cache;  /* `latest` is what an earlier run left */
    bool looked;      /* every source of `feed` has answered or failed once */
    gint64 change_ms; /* when folding `latest` again may say something else */

    struct want *want;   /* ours */
    bool want_due;       /* it has changed since the leader was told */
    struct want *others; /* what a leader is asked for, or NULL */
    gint64 refreshed_ms; /* up to when others' wishes to refresh have been served */
    gint64 failed_ms;    /* when we led last and could read nothing */
    char *who, *leader;
    GHashTable *told; /* char *: notices */
};

/* A turn under way. It outlives a poller that is freed meanwhile. */
struct job {
    struct poller *poller; /* NULL: gone */
    struct poller_desk *desk;
    struct poller_turn turn;
    GMutex lock;
    GCond ended_cond;
    bool ended; /* the worker's part is over; under `lock` */
};

static void start_turn(struct poller *poller);

static char *who(const struct poller *poller)
{
    const char *self = poller->kind == POLLER_CONDUCTOR ? "this conductor" : "this console";
    if (poller->from_cache)
        return poller_cache_words(poller->latest);
    if (poller->role == POLLER_FOLLOWS)
        return g_strdup(poller->leader);
    if (poller->role == POLLER_ALONE && poller->kind == POLLER_CONSOLE)
        return g_strdup_printf("%s alone", self);
    return g_strdup(self);
}

static void update_who(struct poller *poller)
{
    g_free(poller->who);
    poller->who = who(poller);
}

/* Takes a reference, and hands it on. */
static void deliver(struct poller *poller, struct snapshot *snapshot)
{
    struct snapshot *before = poller->latest;
    poller->latest = snapshot_ref(snapshot);
    snapshot_unref(before);
    poller->change_ms = fleet_next_change_ms(snapshot);
    update_who(poller);
    if (poller->fn)
        poller->fn(snapshot, poller->data);
}

static bool all_answered(const struct snapshot *snapshot)
{
    for (guint i = 0; i < snapshot->sources->len; i++)
        if (((const struct source *)snapshot->sources->pdata[i])->state == SOURCE_WAITING)
            return false;
    return true;
}

static void on_fed(struct snapshot *snapshot, gpointer data)
{
    struct poller *poller = data;
    poller->looked = poller->looked || all_answered(snapshot);
    poller->from_cache = poller->from_cache && !poller->looked;
    poller->publish_due = true;
    deliver(poller, snapshot);
}

/* What we and, where we lead, the others want. */
static void apply_wishes(struct poller *poller)
{
    OWN(want) all = want_copy(poller->want);
    if (poller->others && poller->role == POLLER_LEADS)
        want_merge(all, poller->others);
    feed_watch(poller->feed, (const char *const *)all->watched);
    GHashTableIter iter;
    gpointer cell, since_ms;
    g_hash_table_iter_init(&iter, all->since);
    while (g_hash_table_iter_next(&iter, &cell, &since_ms))
        feed_want_since(poller->feed, cell, *(const gint64 *)since_ms);
    for (guint i = 0; i < poller->config->cells->len; i++) {
        const struct cell_config *config = poller->config->cells->pdata[i];
        const gint64 *shown_ms = g_hash_table_lookup(all->shown, config->id);
        feed_show_since(poller->feed, config->id, shown_ms ? *shown_ms : 0);
    }
    if (all->refresh_ms > poller->refreshed_ms) {
        poller->refreshed_ms = all->refresh_ms;
        feed_refresh(poller->feed);
    }
}

static void start_feed(struct poller *poller)
{
    poller->feed = feed_new(poller->config, poller->client, on_fed, poller);
    if (poller->latest)
        feed_prime(poller->feed, poller->latest);
    poller->looked = false;
    poller->refreshed_ms = when_boot_ms();
    apply_wishes(poller);
    feed_start(poller->feed);
}

static void say(struct poller *poller, const char *trouble)
{
    if (!trouble || g_hash_table_contains(poller->told, trouble))
        return;
    g_hash_table_add(poller->told, g_strdup(trouble));
    if (poller->notice)
        poller->notice(trouble, poller->data);
}

/* The same readings grow old. */
static void fold_again(struct poller *poller)
{
    const struct snapshot *latest = poller->latest;
    OWN(snapshot) snapshot = snapshot_again(latest, when_now_ms());
    deliver(poller, snapshot);
}

static void take_up_role(struct poller *poller, struct poller_turn *turn)
{
    poller->role = turn->role;
    g_free(poller->leader);
    poller->leader = g_steal_pointer(&turn->leader);
    if (turn->wants_changed || poller->role != POLLER_LEADS) {
        want_free(poller->others);
        poller->others = g_steal_pointer(&turn->wanted);
    }
    if (poller->role == POLLER_FOLLOWS) {
        g_clear_pointer(&poller->feed, feed_free);
        poller->from_cache = poller->from_cache && !turn->snapshot;
        poller->publish_due = false;
    }
    if (poller->role != POLLER_FOLLOWS && !poller->latest)
        poller->from_cache = turn->snapshot != NULL;
    if (turn->snapshot && !poller->feed)
        deliver(poller, turn->snapshot);
    if (poller->role == POLLER_FOLLOWS)
        return;
    if (!poller->feed)
        start_feed(poller);
    else if (turn->wants_changed)
        apply_wishes(poller);
}

static void on_turned(GObject *object, GAsyncResult *result, gpointer data)
{
    (void)object, (void)result;
    struct job *job = data;
    struct poller *poller = job->poller;
    if (poller) {
        poller->job = NULL;
        if (!job->turn.published && job->turn.publish && job->turn.role == POLLER_LEADS)
            poller->publish_due = true;
        if (job->turn.role == POLLER_LEADS && !poller->desk->well)
            poller->failed_ms = job->turn.boot_ms;
        say(poller, job->turn.trouble);
        take_up_role(poller, &job->turn);
        if (!poller->feed && poller->latest && poller->change_ms <= when_now_ms())
            fold_again(poller);
        update_who(poller);
        if (poller->again)
            start_turn(poller);
    }
    poller_turn_clear(&job->turn);
    g_mutex_clear(&job->lock);
    g_cond_clear(&job->ended_cond);
    g_free(job);
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    struct job *job = data;
    poller_turn_run(job->desk, &job->turn);
    g_mutex_lock(&job->lock);
    job->ended = true;
    g_cond_signal(&job->ended_cond);
    g_mutex_unlock(&job->lock);
    g_task_return_boolean(task, TRUE);
}

/* A conductor's gates stand on what it has read itself, so it has nothing to publish before it has
 * asked every source. */
static bool may_lead(const struct poller *poller)
{
    return poller->kind != POLLER_CONDUCTOR || poller->looked;
}

static void start_turn(struct poller *poller)
{
    if (poller->job) {
        poller->again = true;
        return;
    }
    gint64 boot_ms = when_boot_ms();
    gint64 rest_ms = UNWELL_PERIODS * poller->config->metrics.period_ms;
    struct job *job = g_new0(struct job, 1);
    g_mutex_init(&job->lock);
    g_cond_init(&job->ended_cond);
    job->poller = poller;
    job->desk = poller->desk;
    job->turn = (struct poller_turn){
        .now_ms = when_now_ms(),
        .boot_ms = boot_ms,
        .may_lead = may_lead(poller),
        .may_replace_unwell = !poller->failed_ms || boot_ms - poller->failed_ms > rest_ms,
        .publish = poller->publish_due && may_lead(poller) ? snapshot_ref(poller->latest) : NULL,
        .want = poller->want_due ? want_copy(poller->want) : NULL};
    poller->again = poller->want_due = poller->publish_due = false;
    poller->job = job;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_turned, job);
    g_task_set_task_data(task, job, NULL);
    g_task_run_in_thread(task, work);
}

static gboolean on_turn(gpointer data)
{
    struct poller *poller = data;
    if (!poller->job)
        start_turn(poller);
    return G_SOURCE_CONTINUE;
}

struct poller *poller_new(struct config *config, struct aws_client *client,
                          const struct poller_options *options, feed_fn fn, gpointer data)
{
    struct poller *poller = g_new0(struct poller, 1);
    poller->config = config_ref(config);
    poller->client = client;
    poller->kind = options->kind;
    poller->fn = fn;
    poller->notice = options->notice;
    poller->data = data;
    const struct lead_self self = {g_uuid_string_random(),
                                   g_strdup(options->actor ? options->actor : "somebody"),
                                   (int)options->kind, holder_self()};
    poller->desk = poller_desk_new(options->state_dir, config, &self);
    poller->want = want_new();
    poller->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    poller->change_ms = G_MAXINT64;
    update_who(poller);
    return poller;
}

/* The worker's part of a turn ends within SQLite's patience; what it would come to nobody hears. */
static void end_job(struct job *job)
{
    g_mutex_lock(&job->lock);
    while (!job->ended)
        g_cond_wait(&job->ended_cond, &job->lock);
    g_mutex_unlock(&job->lock);
    job->poller = NULL;
}

void poller_free(struct poller *poller)
{
    if (!poller)
        return;
    g_clear_handle_id(&poller->turn_id, g_source_remove);
    g_clear_pointer(&poller->feed, feed_free);
    if (poller->job)
        end_job(poller->job);
    poller_desk_free(poller->desk);
    snapshot_unref(poller->latest);
    want_free(poller->want);
    want_free(poller->others);
    g_hash_table_unref(poller->told);
    g_free(poller->who);
    g_free(poller->leader);
    config_unref(poller->config);
    g_free(poller);
}

void poller_prime(struct poller *poller)
{
    g_autoptr(GError) error = NULL;
    OWN(snapshot) snapshot = poller_desk_first(poller->desk, when_now_ms(), &error);
    g_autofree char *trouble = error ? poller_desk_trouble(poller->desk, error->message) : NULL;
    say(poller, trouble);
    if (!snapshot)
        return;
    poller->from_cache = true;
    deliver(poller, snapshot);
}

void poller_start(struct poller *poller)
{
    poller->turn_id = g_timeout_add(TURN_MS, on_turn, poller);
    if (poller->kind == POLLER_CONDUCTOR)
        start_feed(poller);
    start_turn(poller);
}

static void wish(struct poller *poller)
{
    poller->want_due = true;
    if (poller->feed)
        apply_wishes(poller);
}

void poller_watch(struct poller *poller, const char *const *cells)
{
    g_strfreev(poller->want->watched);
    poller->want->watched = g_strdupv((char **)cells);
    wish(poller);
}

void poller_want_since(struct poller *poller, const char *cell, gint64 since_ms)
{
    if (want_since(poller->want, cell, since_ms))
        wish(poller);
}

void poller_want_only_since(struct poller *poller, const char *cell, gint64 since_ms)
{
    if (want_only_since(poller->want, cell, since_ms))
        wish(poller);
}

void poller_show_since(struct poller *poller, const char *cell, gint64 since_ms)
{
    want_shown(poller->want, cell, since_ms);
    wish(poller);
}

void poller_refresh(struct poller *poller)
{
    poller->want->refresh_ms = when_boot_ms();
    poller->want_due = true;
    if (poller->feed)
        apply_wishes(poller);
    else if (poller->turn_id)
        start_turn(poller);
}

void poller_read_registry(struct poller *poller)
{
    if (poller->feed)
        feed_read_registry(poller->feed);
}

bool poller_shows_cache(const struct poller *poller)
{
    return poller->from_cache;
}

bool poller_leads(const struct poller *poller)
{
    return poller->role == POLLER_LEADS || poller->role == POLLER_ALONE;
}

const char *poller_who(const struct poller *poller)
{
    return poller->who;
}
