#include "tui/shell/takeaway.h"

#include "data/base/new_file.h"
#include "data/base/when.h"
#include "data/history_export.h"

#include <gio/gio.h>

struct takeaway {
    struct config *config;
    char *state_dir, *operation, *path;
    gint64 now_ms;
    struct exported done;
    takeaway_fn fn;
    gpointer data;
};

static void takeaway_free(gpointer p)
{
    struct takeaway *takeaway = p;
    config_unref(takeaway->config);
    g_free(takeaway->state_dir);
    g_free(takeaway->operation);
    g_free(takeaway->path);
    g_free(takeaway);
}

static bool to_file(const char *text, gpointer data, GError **error)
{
    return new_file_write(data, text, error);
}

static bool write_it(struct takeaway *takeaway, struct journal *journal, GError **error)
{
    const struct history_export wanted = {.fleet = takeaway->config->name,
                                          .operation = takeaway->operation,
                                          .now_ms = takeaway->now_ms};
    OWN(new_file) file = new_file_begin(takeaway->path, error);
    return file && history_export(journal, &wanted, to_file, file, &takeaway->done, error) &&
           new_file_finish(file, error);
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    struct takeaway *takeaway = data;
    GError *error = NULL;
    OWN(journal) journal = journal_open(takeaway->config, takeaway->state_dir, &error);
    if (journal && write_it(takeaway, journal, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

static void on_done(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    const struct takeaway *takeaway = data;
    g_autoptr(GError) error = NULL;
    g_task_propagate_boolean(G_TASK(result), &error);
    g_autofree char *said = g_strdup_printf(
        "%u operation%s with %" G_GINT64_FORMAT " events: %s", takeaway->done.operations,
        takeaway->done.operations == 1 ? "" : "s", takeaway->done.events, takeaway->path);
    takeaway->fn(said, error, takeaway->data);
}

/* "export-r17-20261124T090000Z.jsonl" */
static char *path_of(const struct deck *deck, const char *operation, gint64 now_ms)
{
    g_autofree char *at = when_rfc3339(now_ms / 1000 * 1000);
    g_auto(GStrv) parts = g_strsplit_set(at, "-:", -1);
    g_autofree char *moment = g_strjoinv("", parts);
    g_autofree char *name =
        g_strdup_printf("export-%s-%s.jsonl", operation ? operation : "all", moment);
    g_autofree char *folder = g_canonicalize_filename(deck->state_dir, NULL);
    return g_build_filename(folder, name, NULL);
}

void takeaway_begin(const struct deck *deck, const char *operation, takeaway_fn fn, gpointer data)
{
    struct takeaway *takeaway = g_new0(struct takeaway, 1);
    *takeaway = (struct takeaway){.config = config_ref(deck->config),
                                  .state_dir = g_strdup(deck->state_dir),
                                  .operation = g_strdup(operation),
                                  .now_ms = when_now_ms(),
                                  .fn = fn,
                                  .data = data};
    takeaway->path = path_of(deck, operation, takeaway->now_ms);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, takeaway);
    g_task_set_task_data(task, takeaway, takeaway_free);
    g_task_run_in_thread(task, work);
}
