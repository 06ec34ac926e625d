#include "rollout/observer.h"

#include "data/base/when.h"

#include <gio/gio.h>
#include <string.h>

struct job;

struct observer {
    struct config *config;
    struct observer_desk *desk; /* the worker's, while `job` is set */
    struct job *job;
    gint64 read_ms; /* of the last reading looked at */
    void (*notice)(const char *line, gpointer data);
    gpointer data;
    GHashTable *told; /* char *: troubles */
};

/* A look under way. It outlives an observer that is freed meanwhile. */
struct job {
    struct observer *observer; /* NULL: gone */
    struct observer_desk *desk;
    struct registry *registry;
    gint64 read_ms, now_ms;
    GPtrArray *recorded; /* NULL: see `error` */
    GError *error;
    GMutex lock;
    GCond ended_cond;
    bool ended; /* the worker's part is over; under `lock` */
};

struct observer *observer_new(struct config *config, const char *state_dir,
                              void (*notice)(const char *line, gpointer data), gpointer data)
{
    if (config->journal_host && strcmp(config->journal_host, g_get_host_name()) != 0)
        return NULL;
    struct observer *observer = g_new0(struct observer, 1);
    observer->config = config_ref(config);
    observer->desk = observer_desk_new(config, state_dir);
    observer->notice = notice;
    observer->data = data;
    observer->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return observer;
}

static void await(struct job *job)
{
    g_mutex_lock(&job->lock);
    while (!job->ended)
        g_cond_wait(&job->ended_cond, &job->lock);
    g_mutex_unlock(&job->lock);
}

void observer_free(struct observer *observer)
{
    if (!observer)
        return;
    if (observer->job) {
        await(observer->job);
        observer->job->observer = NULL;
    }
    observer_desk_free(observer->desk);
    g_hash_table_unref(observer->told);
    config_unref(observer->config);
    g_free(observer);
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    struct job *job = data;
    job->recorded =
        observer_desk_look(job->desk, job->registry, job->read_ms, job->now_ms, &job->error);
    g_mutex_lock(&job->lock);
    job->ended = true;
    g_cond_signal(&job->ended_cond);
    g_mutex_unlock(&job->lock);
    g_task_return_boolean(task, TRUE);
}

static void tell(struct observer *observer, const struct job *job)
{
    for (guint i = 0; job->recorded && i < job->recorded->len; i++)
        observer->notice(job->recorded->pdata[i], observer->data);
    if (!job->error || g_hash_table_contains(observer->told, job->error->message))
        return;
    g_hash_table_add(observer->told, g_strdup(job->error->message));
    g_autofree char *line = g_strdup_printf(
        "failovers that celldeck did not do are not recorded: %s", job->error->message);
    observer->notice(line, observer->data);
}

static void on_looked(GObject *object, GAsyncResult *result, gpointer data)
{
    (void)object, (void)result;
    struct job *job = data;
    if (job->observer) {
        job->observer->job = NULL;
        tell(job->observer, job);
    }
    registry_unref(job->registry);
    g_clear_pointer(&job->recorded, g_ptr_array_unref);
    g_clear_error(&job->error);
    g_mutex_clear(&job->lock);
    g_cond_clear(&job->ended_cond);
    g_free(job);
}

static void start(struct observer *observer, struct registry *registry, gint64 read_ms)
{
    struct job *job = g_new0(struct job, 1);
    g_mutex_init(&job->lock);
    g_cond_init(&job->ended_cond);
    job->observer = observer;
    job->desk = observer->desk;
    job->registry = registry_ref(registry);
    job->read_ms = read_ms;
    job->now_ms = when_now_ms();
    observer->job = job;
    observer->read_ms = read_ms;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_looked, job);
    g_task_set_task_data(task, job, NULL);
    g_task_run_in_thread(task, work);
}

void observer_see(struct observer *observer, const struct snapshot *snapshot)
{
    const struct source *source = snapshot_source(snapshot, "registry");
    struct registry *registry = snapshot->registry;
    bool whole = registry && registry->complete && source && source->state == SOURCE_OK;
    if (whole && !observer->job && source->read_ms > observer->read_ms)
        start(observer, registry, source->read_ms);
}
