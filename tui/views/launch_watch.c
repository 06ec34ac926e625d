#include "tui/views/launch_watch.h"

#include "data/base/text.h"
#include "tui/views/releases.h"

#include <string.h>

/* What plans are refused for. */
static const char *standing(const struct cell *cell)
{
    bool unread = cell->health == HEALTH_UNKNOWN || cell->health == HEALTH_STALE;
    return cell->health == HEALTH_UNHEALTHY ? "unwell" : unread ? "unread" : "well";
}

static guint alarms_ringing(const struct cell *cell)
{
    guint n = 0;
    for (guint i = 0; cell->reading.alarms && i < cell->reading.alarms->len; i++)
        n += ((const struct alarm *)g_ptr_array_index(cell->reading.alarms, i))->state ==
             ALARM_ALARM;
    return n;
}

static void add_cells(GString *seen, const struct snapshot *snapshot)
{
    for (size_t i = 0; snapshot && i < snapshot->n_cells; i++) {
        const struct cell *cell = &snapshot->cells[i];
        g_string_append_printf(seen, "%s %s %s %u %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                               cell->config->id, cell->version ? cell->version : "?",
                               standing(cell), alarms_ringing(cell), cell->reading.alarms != NULL,
                               cell->tenants, cell->registered_users);
    }
    if (snapshot && snapshot->registry)
        g_string_append(seen, snapshot->registry->complete ? "whole\n" : "in part\n");
}

char *launch_seen(const struct deck *deck, const char *version, const struct plan *plan)
{
    GString *seen = g_string_new(NULL);
    const struct release *release = release_of(deck, version);
    add_cells(seen, deck->snapshot);
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        g_string_append_printf(seen, "%s %s\n", operation->id, operation->state);
    }
    if (release && plan && g_strcmp0(release->commit, plan->commit) != 0)
        g_string_append(seen, release->commit);
    return g_string_free(seen, FALSE);
}

static const struct plan_cell *cell_of(const struct plan *plan, const char *id)
{
    for (guint w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        for (guint i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, i);
            if (strcmp(cell->id, id) == 0)
                return cell;
        }
    }
    return NULL;
}

/* How one cell of the plan differs from what it was, or NULL. */
static char *cell_moved(const struct plan_cell *was, const struct plan_cell *is)
{
    if (g_strcmp0(was->from, is->from) != 0)
        return g_strdup_printf("%s goes back to %s now, not to %s", is->id,
                               is->from ? is->from : "nothing", was->from ? was->from : "nothing");
    if (g_strcmp0(was->from_ref, is->from_ref) != 0)
        return g_strdup_printf("%s was deployed to by somebody else (%s)", is->id,
                               is->from_ref ? is->from_ref : "?");
    if (was->tenants != is->tenants || was->users != is->users) {
        g_autofree char *tenants = text_count(is->tenants), *users = text_count(is->users);
        return g_strdup_printf("%s serves %s tenants, %s users now", is->id, tenants, users);
    }
    return NULL;
}

static GPtrArray *cells_moved(const struct plan *was, const struct plan *is)
{
    GPtrArray *news = g_ptr_array_new_with_free_func(g_free);
    for (guint w = 0; w < is->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(is->waves, w);
        for (guint i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, i);
            const struct plan_cell *before = cell_of(was, cell->id);
            char *text = before ? cell_moved(before, cell)
                                : g_strdup_printf("%s has come into it", cell->id);
            if (text)
                g_ptr_array_add(news, text);
        }
    }
    return news;
}

char *launch_moved(const struct plan *was, const struct plan *is)
{
    if (g_strcmp0(was->hash, is->hash) == 0)
        return NULL;
    if (g_strcmp0(was->commit, is->commit) != 0)
        return g_strdup_printf("tag %s points to %.12s now, not to %.12s",
                               is->tag ? is->tag : "unknown", is->commit ? is->commit : "nothing",
                               was->commit ? was->commit : "nothing");
    if (g_strcmp0(was->policy_hash, is->policy_hash) != 0)
        return g_strdup("celldeck.yaml tells of other waves or gates");
    g_autoptr(GPtrArray) news = cells_moved(was, is);
    if (news->len == 0)
        return g_strdup("it is another plan than the one you were shown");
    const char *first = g_ptr_array_index(news, 0);
    return news->len == 1 ? g_strdup(first)
                          : g_strdup_printf("%s, and %u more", first, news->len - 1);
}
