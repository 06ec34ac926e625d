#include "tui/views/released.h"

#include <string.h>

struct reading {
    struct config *config;
    char *version; /* of changes */
    released_fn on_list;
    release_changes_fn on_changes;
    gpointer data;
};

static void reading_free(gpointer p)
{
    struct reading *reading = p;
    config_unref(reading->config);
    g_free(reading->version);
    g_free(reading);
}

static void start(const struct reading *draft, GCancellable *cancel, GTaskThreadFunc work,
                  GAsyncReadyCallback done)
{
    struct reading *reading = g_memdup2(draft, sizeof *draft);
    config_ref(reading->config);
    g_autoptr(GTask) task = g_task_new(NULL, cancel, done, reading);
    g_task_set_task_data(task, reading, reading_free);
    g_task_set_return_on_cancel(task, TRUE);
    g_task_run_in_thread(task, work);
}

static void read_list(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct reading *reading = data;
    GError *error = NULL;
    OWN(releases) releases = releases_open(reading->config, &error);
    GPtrArray *list = releases ? releases_list(releases, &error) : NULL;
    if (list)
        g_task_return_pointer(task, list, (GDestroyNotify)g_ptr_array_unref);
    else
        g_task_return_error(task, error);
}

static void on_list(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    const struct reading *reading = data;
    g_autoptr(GError) error = NULL;
    GPtrArray *list = g_task_propagate_pointer(G_TASK(result), &error);
    reading->on_list(list, error ? g_strdup(error->message) : NULL, reading->data);
}

void released_read(struct config *config, GCancellable *cancel, released_fn fn, gpointer data)
{
    const struct reading reading = {.config = config, .on_list = fn, .data = data};
    start(&reading, cancel, read_list, on_list);
}

void release_changes_free(struct release_changes *changes)
{
    if (!changes)
        return;
    if (changes->changes)
        changes_free(changes->changes);
    g_free(changes->version);
    g_free(changes->since);
    g_free(changes->error);
    g_free(changes);
}

/* The version that stands after it, or NULL. */
static char *next_older(const GPtrArray *list, const char *version)
{
    for (guint i = 0; i + 1 < list->len; i++) {
        const struct release *release = list->pdata[i], *older = list->pdata[i + 1];
        if (strcmp(release->version, version) == 0 && strcmp(older->version, version) != 0)
            return g_strdup(older->version);
    }
    return NULL;
}

static void read_changes(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct reading *reading = data;
    struct release_changes *changes = g_new0(struct release_changes, 1);
    g_autoptr(GError) error = NULL;
    OWN(releases) releases = releases_open(reading->config, &error);
    g_autoptr(GPtrArray) list = releases ? releases_list(releases, &error) : NULL;
    struct release *release = list ? releases_resolve(releases, reading->version, &error) : NULL;
    changes->version = g_strdup(reading->version);
    changes->since = release ? next_older(list, release->version) : NULL;
    if (changes->since)
        changes->changes = releases_changes(releases, changes->since, release->version, &error);
    changes->error = error ? g_strdup(error->message) : NULL;
    if (release)
        release_free(release);
    g_task_return_pointer(task, changes, (GDestroyNotify)release_changes_free);
}

static void on_changes(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    const struct reading *reading = data;
    reading->on_changes(g_task_propagate_pointer(G_TASK(result), NULL), reading->data);
}

void released_read_changes(struct config *config, const char *version, GCancellable *cancel,
                           release_changes_fn fn, gpointer data)
{
    const struct reading reading = {
        .config = config, .version = g_strdup(version), .on_changes = fn, .data = data};
    start(&reading, cancel, read_changes, on_changes);
}
