#include "tui/views/versions.h"

#include "data/releases.h"

#include <gio/gio.h>

struct reading {
    struct config *config;
    versions_fn fn;
    gpointer data;
};

static void reading_free(gpointer p)
{
    struct reading *reading = p;
    config_unref(reading->config);
    g_free(reading);
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct reading *reading = data;
    GPtrArray *versions = g_ptr_array_new_with_free_func(g_free);
    OWN(releases) releases = releases_open(reading->config, NULL);
    g_autoptr(GPtrArray) list = releases ? releases_list(releases, NULL) : NULL;
    for (guint i = 0; list && i < list->len; i++)
        g_ptr_array_add(versions,
                        g_strdup(((const struct release *)g_ptr_array_index(list, i))->version));
    g_task_return_pointer(task, versions, NULL);
}

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    const struct reading *reading = data;
    reading->fn(g_task_propagate_pointer(G_TASK(result), NULL), reading->data);
}

void versions_read(struct config *config, versions_fn fn, gpointer data)
{
    struct reading *reading = g_new0(struct reading, 1);
    *reading = (struct reading){config_ref(config), fn, data};
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_read, reading);
    g_task_set_task_data(task, reading, reading_free);
    g_task_run_in_thread(task, work);
}
