#include "tui/views/kept.h"

#include "data/base/when.h"
#include "data/cache.h"

#include <gio/gio.h>

#define KEEP_EVERY_MS WHEN_MINUTE

struct keeping {
    char *dir;
    struct snapshot *snapshot;
};

static void keeping_free(gpointer p)
{
    struct keeping *keeping = p;
    g_free(keeping->dir);
    snapshot_unref(keeping->snapshot);
    g_free(keeping);
}

void kept_show(struct deck *deck)
{
    g_autoptr(GError) error = NULL;
    OWN(snapshot) snapshot = cache_load(deck->state_dir, deck->config, when_now_ms(), &error);
    if (error)
        deck_say(deck, ROLE_DIM, "%s", error->message);
    if (snapshot)
        deck_set_snapshot(deck, snapshot);
    deck->from_cache = snapshot != NULL;
}

/* A cache that could not be written only makes the next start slower. */
static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct keeping *keeping = data;
    g_task_return_boolean(task, cache_save(keeping->dir, keeping->snapshot, NULL));
}

void kept_save(struct deck *deck)
{
    gint64 now_ms = when_mono_ms();
    if (!deck->snapshot || (deck->kept_ms && now_ms - deck->kept_ms < KEEP_EVERY_MS))
        return;
    deck->kept_ms = now_ms;
    struct keeping *keeping = g_new(struct keeping, 1);
    *keeping = (struct keeping){g_strdup(deck->state_dir), snapshot_ref(deck->snapshot)};
    g_autoptr(GTask) task = g_task_new(NULL, NULL, NULL, NULL);
    g_task_set_task_data(task, keeping, keeping_free);
    g_task_run_in_thread(task, work);
}
