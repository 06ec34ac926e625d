/* What stands against changing a plan's cells: whom they serve, how they are, who else is at work
 * on them. */
#include "data/base/when.h"
#include "rollout/refusals.h"

#include <string.h>

static gint64 production_tenants(const struct survey *survey, const char *cell)
{
    const struct registry *registry = survey->snapshot ? survey->snapshot->registry : NULL;
    const struct cell_config *config = config_cell(survey->config, cell);
    gint64 n = 0;
    for (guint i = 0; registry && i < registry->tenants->len; i++) {
        const struct tenant *tenant = g_ptr_array_index(registry->tenants, i);
        n += g_strcmp0(tenant->cell, cell) == 0 && tenant_is_production(tenant, config);
    }
    return n;
}

void first_wave_is_no_production(struct asking *asking)
{
    const struct config *config = asking->survey->config;
    if (asking->plan->waves->len == 0 ||
        ((const struct wave_config *)g_ptr_array_index(config->waves, 0))->production)
        return;
    const struct plan_wave *first = g_ptr_array_index(asking->plan->waves, 0);
    for (guint i = 0; i < first->cells->len; i++) {
        const struct plan_cell *cell = g_ptr_array_index(first->cells, i);
        gint64 n = production_tenants(asking->survey, cell->id);
        if (n > 0)
            refuse(asking, REFUSE_PRODUCTION_FIRST, cell->id,
                   "%s in the first wave, %s, has %" G_GINT64_FORMAT
                   " production tenant%s; begin with a cell that has none, or say "
                   "`production: true` in that wave",
                   cell->id, first->name, n, n == 1 ? "" : "s");
    }
}

void registry_is_whole(struct asking *asking)
{
    const struct snapshot *snapshot = asking->survey->snapshot;
    const struct source *source = snapshot ? snapshot_source(snapshot, "registry") : NULL;
    if (!snapshot || !snapshot->registry)
        refuse(asking, REFUSE_NOT_READ, NULL,
               "the registry was not read, so nobody can say whose tenants the first wave has; try "
               "again when `celldeck status` shows it");
    else if (!snapshot->registry->complete)
        refuse(asking, REFUSE_NOT_READ, NULL,
               "the registry was read only in part (at least %u tenants), so production tenants in "
               "the first wave can't be ruled out; try again",
               snapshot->registry->tenants->len);
    else if (source && source->state != SOURCE_OK)
        refuse(asking, REFUSE_NOT_READ, NULL,
               "what is known of the registry is old (%s), so production tenants in the first wave "
               "can't be ruled out; try again",
               source->error ? source->error : "it was not read again since");
}

static void running_is_known(struct asking *asking, const struct plan_cell *cell)
{
    const struct running *running = running_of(asking->survey, cell->id);
    if (running && !running->error && running->version)
        return;
    refuse(asking, REFUSE_NOT_READ, cell->id,
           "what %s runs was not read (%s), so there would be no way back; `celldeck config check` "
           "and the deployer's own tool tell more",
           cell->id, running && running->error ? running->error : "the deployer could not tell");
}

static void health_is_good(struct asking *asking, const struct plan_cell *plan)
{
    const struct snapshot *snapshot = asking->survey->snapshot;
    const struct cell *cell = snapshot ? snapshot_cell(snapshot, plan->id) : NULL;
    if (plan->fixes)
        return;
    if (!cell || cell->health == HEALTH_UNKNOWN || cell->health == HEALTH_STALE) {
        refuse(asking, REFUSE_NOT_READ, plan->id,
               "the health of %s was not read (%s); nothing unread counts as healthy", plan->id,
               cell ? health_name(cell->health) : "unknown");
        return;
    }
    if (cell->health == HEALTH_UNHEALTHY)
        refuse(asking, REFUSE_CELL_UNHEALTHY, plan->id,
               "%s is unhealthy already (%s); cure it first", plan->id,
               cell->reasons && cell->reasons[0] ? cell->reasons[0] : "no reason given");
}

static void no_alarm_rings(struct asking *asking, const struct plan_cell *plan)
{
    const struct snapshot *snapshot = asking->survey->snapshot;
    const struct cell *cell = snapshot ? snapshot_cell(snapshot, plan->id) : NULL;
    if (!cell || plan->fixes)
        return;
    if (!cell->reading.alarms) {
        refuse(asking, REFUSE_NOT_READ, plan->id,
               "the alarms of %s were not read, so one in ALARM can't be ruled out; try again",
               plan->id);
        return;
    }
    for (guint i = 0; i < cell->reading.alarms->len; i++) {
        const struct alarm *alarm = g_ptr_array_index(cell->reading.alarms, i);
        if (alarm->state != ALARM_ALARM)
            continue;
        refuse(asking, REFUSE_CELL_ALARM, plan->id, "%s has alarm %s in ALARM; cure it first",
               plan->id, alarm->name);
        return;
    }
}

void everything_was_read(struct asking *asking)
{
    registry_is_whole(asking);
    each_cell(asking, running_is_known);
}

void cells_are_well(struct asking *asking)
{
    each_cell(asking, health_is_good);
    each_cell(asking, no_alarm_rings);
}

static bool is_rollout(const struct operation *operation)
{
    return g_strcmp0(operation->kind, "rollout") == 0;
}

/* A drill changes nothing, and is in nobody's way. */
static bool is_in_the_way(const struct operation *operation, const char *own, const char *cell)
{
    return !operation->ended_ms && g_strcmp0(operation->id, own) != 0 &&
           g_strcmp0(operation->kind, "drill") != 0 && operation->cells &&
           g_strv_contains((const char *const *)operation->cells, cell);
}

/* The first, of rollouts alone or of all kinds; NULL: none. */
static const struct operation *in_the_way(const GPtrArray *operations, const char *own,
                                          const char *cell, bool rollouts)
{
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        if (is_in_the_way(operation, own, cell) && (!rollouts || is_rollout(operation)))
            return operation;
    }
    return NULL;
}

const struct operation *plan_cell_taken(const GPtrArray *operations, const char *own,
                                        const char *cell)
{
    return in_the_way(operations, own, cell, false);
}

static char *busy_words(const struct asking *asking, const struct operation *operation,
                        const char *cell)
{
    g_autofree char *since = when_rfc3339(operation->started_ms / WHEN_SECOND * WHEN_SECOND);
    const GHashTable *hosts = asking->survey->conducted;
    const char *host = hosts ? g_hash_table_lookup((GHashTable *)hosts, operation->id) : NULL;
    return g_strdup_printf("%s belongs to %s %s (%s), which %s started at %s%s%s and is %s; wait "
                           "for its end or %s it",
                           cell, operation->kind, operation->id, operation->subject,
                           operation->actor ? operation->actor : "somebody", since,
                           host ? ", conducted on " : "", host ? host : "", operation->state,
                           is_rollout(operation) ? "abort" : "revert");
}

static void refuse_busy(struct asking *asking, const char *cell, bool rollouts)
{
    const struct operation *operation =
        in_the_way(asking->survey->operations, asking->own, cell, rollouts);
    g_autofree char *why = operation ? busy_words(asking, operation, cell) : NULL;
    if (why)
        refuse(asking, REFUSE_CELL_BUSY, cell, "%s", why);
}

static void cell_is_free(struct asking *asking, const struct plan_cell *cell)
{
    refuse_busy(asking, cell->id, false);
}

static void cell_is_in_no_rollout(struct asking *asking, const struct plan_cell *cell)
{
    refuse_busy(asking, cell->id, true);
}

void cells_are_free(struct asking *asking)
{
    each_cell(asking, cell_is_free);
}

void cells_are_in_no_rollout(struct asking *asking)
{
    each_cell(asking, cell_is_in_no_rollout);
}

char *plan_cell_busy(const struct plan *plan, const struct survey *survey, const char *own,
                     const char *cell)
{
    const struct asking asking = {plan, survey, NULL, own, NULL};
    const struct operation *operation = plan_cell_taken(survey->operations, own, cell);
    g_autofree char *why = operation ? busy_words(&asking, operation, cell) : NULL;
    return why ? g_strconcat(why, ", or skip the cell", NULL) : NULL;
}
