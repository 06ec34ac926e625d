/* The conductor's process: its loop, its signals, and which operations are live. */
#include "rollout/conductor.h"

#include "data/base/when.h"
#include "data/history.h"
#include "rollout/conduct.h"
#include "rollout/conductor_lock.h"
#include "rollout/service.h"

#include <glib-unix.h>
#include <string.h>

/* TICK_MS is what a person's request may wait; SCAN_MS what a new operation may;
 * FIRST_LOOK_MS is how long a source that hangs may hold up the first step. */
enum { TICK_MS = 250, SCAN_MS = 1000, FIRST_LOOK_MS = 20000 };

struct conductor {
    struct world world;
    struct conductor_options options;
    GMainLoop *loop;
    GHashTable *conducts; /* id -> struct conduct *, kept until the end: answers come to them */
    struct service *service;
    int lock_fd; /* -1: another process has it; leases decide */
    gint64 scanned_version, next_scan_mono_ms;
    guint tick, wake, term, interrupt;
    gint64 began_mono_ms;
    gint64 folder_seen_mono_ms;
    bool has_looked, stopping;
    const char *stop_cause;
    char *keys_said; /* in conductor.lock, by this process since it has the lock; NULL: nothing */
};

/* `why`: people are told of what is left behind. */
static void stop(struct conductor *conductor, const char *why)
{
    conductor->stopping = true;
    conductor->stop_cause = why;
    g_main_loop_quit(conductor->loop);
}

static void add(struct conductor *conductor, const struct operation *operation)
{
    if (operation->ended_ms || g_hash_table_contains(conductor->conducts, operation->id))
        return;
    struct conduct *conduct = conduct_new(&conductor->world, operation->kind, operation->id);
    if (conduct)
        g_hash_table_insert(conductor->conducts, conduct->id, conduct);
}

static void scan(struct conductor *conductor)
{
    struct world *world = &conductor->world;
    g_autoptr(GError) error = NULL;
    gint64 version = journal_version(world->journal);
    if (version == conductor->scanned_version)
        return;
    g_autoptr(GPtrArray) operations = history_operations(world->journal, 0, &error);
    if (!operations) {
        conductor_log(world, LOG_LEVEL_WARN, "%s", error->message);
        return;
    }
    for (guint i = 0; i < operations->len; i++)
        add(conductor, g_ptr_array_index(operations, i));
    conductor->scanned_version = version;
}

/* Operations that another conductor works on count: should that one die, they are ours. So does
 * what is still to be recorded. */
static bool is_idle(struct conductor *conductor)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, conductor->conducts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct conduct *conduct = value;
        if (conduct->unrecorded.length)
            return false;
        if (conduct_is_over(conduct))
            continue;
        OWN(operation) operation = history_find(conductor->world.journal, conduct->id, NULL);
        if (!operation || operation->ended_ms == 0)
            return false;
    }
    return true;
}

static void take_lock(struct conductor *conductor)
{
    g_clear_pointer(&conductor->keys_said, g_free);
    conductor->lock_fd = conductor_lock_take(conductor->options.state_dir);
}

/* Whoever starts an operation now leaves it to us, and to our credentials. */
static void say_keys(struct conductor *conductor)
{
    const struct aws_tenure *keys = world_keys(&conductor->world);
    if (conductor->lock_fd < 0 || !keys->origin)
        return;
    g_autofree char *text = conductor_lock_text(keys);
    if (g_strcmp0(text, conductor->keys_said) == 0)
        return;
    conductor_lock_write(conductor->lock_fd, text);
    g_free(conductor->keys_said);
    conductor->keys_said = g_steal_pointer(&text);
}

/* Whoever starts an operation while we have the lock leaves it to us: so the lock goes first, and
 * then there is one more look. */
static void end_if_idle(struct conductor *conductor)
{
    if (!conductor->options.until_idle || !is_idle(conductor) ||
        notifier_busy(conductor->world.notifier))
        return;
    conductor_lock_release(&conductor->lock_fd);
    conductor->scanned_version = -1;
    scan(conductor);
    if (is_idle(conductor))
        stop(conductor, "nothing is live");
    else
        take_lock(conductor);
}

/* Before every source has answered or failed once, what is missing is no reason to hold anybody. */
static bool has_looked(struct conductor *conductor)
{
    const struct snapshot *snapshot = conductor->world.snapshot;
    bool waiting = !snapshot;
    for (guint i = 0; snapshot && i < snapshot->sources->len; i++)
        waiting =
            waiting || ((const struct source *)g_ptr_array_index(snapshot->sources, i))->state ==
                           SOURCE_WAITING;
    conductor->has_looked = conductor->has_looked || !waiting ||
                            when_boot_ms() - conductor->began_mono_ms >= FIRST_LOOK_MS;
    return conductor->has_looked;
}

static void step_all(struct conductor *conductor)
{
    if (!has_looked(conductor))
        return;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, conductor->conducts);
    while (!conductor->stopping && g_hash_table_iter_next(&iter, NULL, &value))
        conduct_step(value);
}

/* `kind` NULL: of any. */
static guint live_conducts(const struct conductor *conductor, const struct conduct_kind *kind,
                           bool seen_only)
{
    guint n = 0;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, conductor->conducts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct conduct *conduct = value;
        n += conduct->held && !conduct_is_over(conduct) && (!kind || conduct->kind == kind) &&
             (!seen_only || conduct->kind->sees(conduct));
    }
    return n;
}

static void beat(struct conductor *conductor, gint64 mono_ms)
{
    const struct world *world = &conductor->world;
    guint live = live_conducts(conductor, NULL, false);
    bool sees = conductor->has_looked && live == live_conducts(conductor, NULL, true);
    enum heartbeat_kind kind = live > 0                        ? HEARTBEAT_AT_WORK
                               : conductor->options.until_idle ? HEARTBEAT_NONE
                                                               : HEARTBEAT_IDLE;
    heartbeat_tick(world->heartbeat, sees ? kind : HEARTBEAT_NONE, mono_ms);
}

/* "2 rollouts, 1 failover or move" of those that are conducted. Caller frees. */
static char *conducted_words(const struct conductor *conductor)
{
    static const struct conduct_kind *const kinds[] = {&rollout_conduct, &failover_conduct};
    GString *words = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        guint n = live_conducts(conductor, kinds[i], false);
        if (n)
            g_string_append_printf(words, "%s%u %s", words->len ? ", " : "", n,
                                   n == 1 ? kinds[i]->one : kinds[i]->many);
    }
    return g_string_free(words, FALSE);
}

static void tell_service(struct conductor *conductor, gint64 mono_ms)
{
    guint live = live_conducts(conductor, NULL, false);
    guint seen = live_conducts(conductor, NULL, true);
    g_autofree char *words = conducted_words(conductor);
    g_autofree char *status =
        live == 0 ? g_strdup("waits for an operation")
                  : g_strdup_printf("conducts %s%s", words,
                                    conductor->has_looked && seen < live
                                        ? ", and can't read what some of their gates are asked of"
                                        : "");
    service_ready(conductor->service, status);
    service_alive(conductor->service, mono_ms);
}

/* Without its state folder nothing may be done, and whoever removed it may have had no way to end
 * us. A file system that comes back within the longest lease and its grace finds us still here. */
static void end_if_folder_is_gone(struct conductor *conductor, gint64 mono_ms)
{
    const struct world *world = &conductor->world;
    gint64 patience_ms = world->config->lease_ms + 3 * deployer_deadline_ms(world->deployer);
    if (g_file_test(conductor->options.state_dir, G_FILE_TEST_IS_DIR))
        conductor->folder_seen_mono_ms = mono_ms;
    else if (mono_ms - conductor->folder_seen_mono_ms > patience_ms)
        stop(conductor, "its state folder is gone");
}

static gboolean on_tick(gpointer data)
{
    struct conductor *conductor = data;
    gint64 mono_ms = when_boot_ms();
    if (mono_ms >= conductor->next_scan_mono_ms) {
        conductor->next_scan_mono_ms = mono_ms + SCAN_MS;
        if (conductor->lock_fd < 0)
            take_lock(conductor);
        say_keys(conductor);
        conductor_lock_touch(conductor->lock_fd);
        scan(conductor);
        end_if_idle(conductor);
        end_if_folder_is_gone(conductor, mono_ms);
    }
    step_all(conductor);
    beat(conductor, mono_ms);
    tell_service(conductor, mono_ms);
    return G_SOURCE_CONTINUE;
}

static gboolean on_wake(gpointer data)
{
    struct conductor *conductor = data;
    conductor->wake = 0;
    step_all(conductor);
    return G_SOURCE_REMOVE;
}

static void wake(gpointer data)
{
    struct conductor *conductor = data;
    if (!conductor->wake)
        conductor->wake = g_idle_add(on_wake, conductor);
}

static gboolean on_signal(gpointer data)
{
    struct conductor *conductor = data;
    stop(conductor, "it was told to (SIGTERM or SIGINT)");
    return G_SOURCE_CONTINUE;
}

/* What it leaves behind, holding: nobody sees to it any more. */
static void tell_of_the_end(const struct conductor *conductor)
{
    const struct world *world = &conductor->world;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, conductor->conducts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct conduct *conduct = value;
        if (!conduct->held || conduct_is_over(conduct))
            continue;
        g_autofree char *reason = g_strdup_printf(
            "the conductor on %s (process %" G_GINT64_FORMAT ") ends: %s. Unless another one goes "
            "on, %s: `celldeck conductor --until-idle`",
            world->self->host, world->self->pid, conductor->stop_cause, conduct->kind->left_undone);
        conduct_tell(conduct, "unconducted", "is no longer conducted", reason, when_now_ms());
    }
}

static void run_loop(struct conductor *conductor)
{
    const struct world *world = &conductor->world;
    conductor_log(world, LOG_LEVEL_INFO, "conductor begins: process %" G_GINT64_FORMAT " on %s",
                  world->self->pid, world->self->host);
    conductor->loop = g_main_loop_new(NULL, FALSE);
    conductor->term = g_unix_signal_add(SIGTERM, on_signal, conductor);
    conductor->interrupt = g_unix_signal_add(SIGINT, on_signal, conductor);
    conductor->tick = g_timeout_add(TICK_MS, on_tick, conductor);
    poller_start(world->poller);
    on_tick(conductor);
    if (!conductor->stopping)
        g_main_loop_run(conductor->loop);
    service_stopping(conductor->service);
    tell_of_the_end(conductor);
    g_source_remove(conductor->tick);
    g_source_remove(conductor->term);
    g_source_remove(conductor->interrupt);
    if (conductor->wake)
        g_source_remove(conductor->wake);
    g_main_loop_unref(conductor->loop);
    conductor_log(world, LOG_LEVEL_INFO, "conductor ends");
}

bool conductor_run(struct config *config, const struct conductor_options *options, GError **error)
{
    struct conductor conductor = {
        .options = *options,
        .conducts =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)conduct_free),
        .lock_fd = conductor_lock_take(options->state_dir),
        .scanned_version = -1,
        .began_mono_ms = when_boot_ms(),
        .folder_seen_mono_ms = when_boot_ms(),
    };
    g_auto(GStrv) env = g_get_environ();
    conductor.service = service_new(env);
    conductor.world.wake = wake;
    conductor.world.conductor = &conductor;
    bool begun = world_open(&conductor.world, config, options->state_dir, error);
    if (begun)
        run_loop(&conductor);
    world_stop(&conductor.world);
    g_hash_table_destroy(conductor.conducts);
    conductor_lock_release(&conductor.lock_fd);
    world_close(&conductor.world);
    g_free(conductor.keys_said);
    service_free(conductor.service);
    return begun;
}
