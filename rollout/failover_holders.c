/* Who else is at work on the cells of a failover, by the journal. */
#include "data/history.h"
#include "rollout/failover_preflight.h"
#include "rollout/lock.h"

#include <string.h>

void preflight_holder_free(gpointer data)
{
    struct preflight_holder *holder = data;
    g_free(holder->cell);
    g_free(holder->operation);
    g_free(holder->kind);
    g_free(holder->state);
    g_free(holder->actor);
    g_free(holder);
}

static bool is_rollout(const struct operation *operation)
{
    return strcmp(operation->kind, "rollout") == 0;
}

/* Whether it will take the locks of all its cells before it writes anything: it may have none yet.
 */
static bool takes_all(const struct operation *operation)
{
    enum failover_kind kind;
    return failover_kind_parse(operation->kind, &kind) && kind != FAILOVER_DRILL;
}

static void add(GPtrArray *holders, const char *cell, const struct operation *operation,
                bool locked, bool is_source)
{
    struct preflight_holder *holder = g_new0(struct preflight_holder, 1);
    *holder = (struct preflight_holder){.cell = g_strdup(cell),
                                        .operation = g_strdup(operation->id),
                                        .kind = g_strdup(operation->kind),
                                        .state = g_strdup(operation->state),
                                        .actor = g_strdup(operation->actor),
                                        .since_ms = operation->started_ms,
                                        .locked = locked,
                                        .yielded = is_source && is_rollout(operation)};
    g_ptr_array_add(holders, holder);
}

const char **preflight_cells(const struct evacuation *evacuation)
{
    const char **cells = g_new0(const char *, evacuation->targets->len + 2);
    cells[0] = evacuation->cell->id;
    for (guint i = 0; i < evacuation->targets->len; i++)
        cells[i + 1] = ((const struct placement_target *)evacuation->targets->pdata[i])->cell->id;
    return cells;
}

GPtrArray *preflight_holders(struct journal *journal, const char *const *cells, const char *own,
                             GError **error)
{
    g_autoptr(GPtrArray) operations = history_operations(journal, 0, error);
    if (!operations)
        return NULL;
    g_autoptr(GPtrArray) holders = g_ptr_array_new_with_free_func(preflight_holder_free);
    for (const char *const *cell = cells; *cell; cell++) {
        g_autoptr(GError) failure = NULL;
        g_autofree char *locker = lock_holder(journal, *cell, NULL, &failure);
        if (failure) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return NULL;
        }
        for (guint i = 0; i < operations->len; i++) {
            const struct operation *other = operations->pdata[i];
            bool locked = g_strcmp0(locker, other->id) == 0;
            bool listed =
                takes_all(other) && g_strv_contains((const char *const *)other->cells, *cell);
            if (!other->ended_ms && g_strcmp0(own, other->id) != 0 && (locked || listed))
                add(holders, *cell, other, locked, cell == cells);
        }
    }
    return g_steal_pointer(&holders);
}
