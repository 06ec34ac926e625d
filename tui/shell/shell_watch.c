/* What people look at: cells that nobody looks at are asked for less often (data/feed.h), and where
 * a tenant lives is asked of the one on the screen alone. */
#include "data/base/when.h"
#include "data/whereabouts.h"
#include "tui/shell/shell_inside.h"

#include <string.h>

void shell_on_watch(struct shell *shell, shell_watch_fn fn, gpointer data)
{
    shell->watch = fn;
    shell->watch_data = data;
}

void shell_on_past(struct shell *shell, shell_past_fn fn, gpointer data)
{
    shell->past = fn;
    shell->past_data = data;
}

void shell_use_keys(struct shell *shell, const struct aws_client *client)
{
    shell->client = client;
}

void shell_use_witnesses(struct shell *shell, struct aws_client *client)
{
    shell->witnesses = whereabouts_new(shell->deck->config, client, shell_want_draw, shell);
}

void shell_ask_witnesses(struct shell *shell)
{
    struct deck *deck = shell->deck;
    if (!shell->witnesses || shell->frozen_ms)
        return;
    const char *tenant = deck->here == VIEW_TENANT ? deck->tenant : NULL;
    deck->whereabouts = whereabouts_look(shell->witnesses, deck->snapshot, tenant, deck->now_ms);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Wherever people look, a rollout that goes on is looked at too: the headline speaks of it. */
static void add_live(const struct deck *deck, GPtrArray *ids)
{
    for (guint i = 0; i < deck->rollouts->len; i++) {
        const struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        for (guint c = 0; !rollout_state_final(rollout->state) && c < rollout->cells->len; c++) {
            const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, c);
            g_ptr_array_add(ids, cell->plan->id);
        }
    }
}

/* Sorted, each once. Owned by the caller. */
static char **watched_now(const struct shell *shell)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    const struct view *view = shell_view(shell);
    if (view->cells)
        view->cells(shell_state(shell), shell->deck, ids);
    add_live(shell->deck, ids);
    deck_add_passage(shell->deck, ids);
    g_ptr_array_sort(ids, by_name);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < ids->len; i++)
        if (i == 0 || strcmp(ids->pdata[i], ids->pdata[i - 1]) != 0)
            g_strv_builder_add(builder, ids->pdata[i]);
    return g_strv_builder_end(builder);
}

/* To the hour: a wish that moves on with the clock would be a new one at every drawing. */
static gint64 past_since_ms(const struct shell *shell)
{
    const struct view *view = shell_view(shell);
    gint64 past_ms = view->past_ms ? view->past_ms(shell_state(shell)) : 0;
    return past_ms && shell->deck->cell ? (shell->deck->now_ms - past_ms) / WHEN_HOUR * WHEN_HOUR
                                        : 0;
}

static void tell_past(struct shell *shell)
{
    gint64 since_ms = past_since_ms(shell);
    const char *cell = since_ms ? shell->deck->cell : NULL;
    bool same_cell = g_strcmp0(shell->past_cell, cell) == 0;
    if (!shell->past || (same_cell && since_ms == shell->past_since_ms))
        return;
    if (shell->past_cell && !same_cell)
        shell->past(shell->past_cell, 0, shell->past_data);
    if (cell)
        shell->past(cell, since_ms, shell->past_data);
    if (!same_cell) {
        g_free(shell->past_cell);
        shell->past_cell = g_strdup(cell);
    }
    shell->past_since_ms = since_ms;
}

void shell_tell_watched(struct shell *shell)
{
    tell_past(shell);
    if (!shell->watch)
        return;
    g_auto(GStrv) now = watched_now(shell);
    if (shell->watched &&
        g_strv_equal((const char *const *)shell->watched, (const char *const *)now))
        return;
    g_strfreev(shell->watched);
    shell->watched = g_steal_pointer(&now);
    shell->watch((const char *const *)shell->watched, shell->watch_data);
}
