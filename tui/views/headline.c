#include "tui/views/headline.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/views/marks.h"

#include <math.h>
#include <string.h>

static void add_affected(GString *text, const struct deck *deck, const struct cell *cell)
{
    const struct registry *registry = deck->snapshot->registry;
    g_autofree char *tenants = registry_count_text(registry, cell->tenants);
    g_autofree char *users = registry_count_text(registry, cell->registered_users);
    if (!registry)
        g_string_append(text, " · tenants not read");
    else
        g_string_append_printf(text, " · %s tenant%s, %s users", tenants,
                               cell->tenants == 1 ? "" : "s", users);
}

/* What a rollout has changed there, and what it is doing about it. */
static void add_change(GString *text, const struct deck *deck, const struct cell *cell)
{
    struct rollout *rollout = NULL;
    const struct rollout_cell *part = deck_cell_rollout(deck, cell->config->id, &rollout);
    if (!part || !part->deployed_at_ms)
        return;
    g_autofree char *since = mark_time(part->deployed_at_ms, deck->now_ms);
    g_string_append_printf(text, " · %s since %s", rollout->plan->version, since);
    static const char *const doing[] = {[CELL_BAKING] = "bakes it",
                                        [CELL_ROLLING_BACK] = "is rolling it back",
                                        [CELL_ROLLED_BACK] = "rolled it back",
                                        [CELL_ROLLBACK_FAILED] = "could not roll it back",
                                        [CELL_PASSED] = "passed it",
                                        [CELL_ACCEPTED] = "accepted it"};
    if ((gsize)part->state < G_N_ELEMENTS(doing) && doing[part->state])
        g_string_append_printf(text, " · %s %s", rollout->id, doing[part->state]);
}

/* A conductor that has just been started needs a moment until it holds the lease. */
#define FIRST_LEASE_MS (5 * WHEN_SECOND)

/* What the conductor itself says that it lacks. */
static char *own_trouble(const struct deck *deck, const struct rollout *rollout)
{
    for (size_t i = 0; i < TROUBLE_COUNT; i++) {
        const struct rollout_trouble *trouble = &rollout->troubles[i];
        if (!trouble->reason)
            continue;
        g_autofree char *since = duration_short(MAX(0, deck->now_ms - trouble->since_ms));
        return g_strdup_printf(i == TROUBLE_BLIND
                                   ? "▲ the conductor of %s has been blind for %s: %s"
                                   : "▲ credentials of %s's conductor, said %s ago: %s",
                               rollout->id, since, trouble->reason);
    }
    return NULL;
}

char *headline_conductor(const struct deck *deck, const struct rollout *rollout)
{
    const struct conductor_info *info = g_hash_table_lookup(deck->conductors, rollout->id);
    if (rollout_state_final(rollout->state) || deck->now_ms - rollout->opened_ms < FIRST_LEASE_MS)
        return NULL;
    if (deck->copy_trouble) /* then it is we who have not heard of anybody */
        return g_strdup_printf("▲ %s", deck->copy_trouble);
    gint64 silent_ms = info ? deck->now_ms - info->heartbeat_ms : 0;
    g_autofree char *since = duration_short(MAX(0, silent_ms));
    if (info && info->alive && silent_ms <= info->lease_ms)
        return own_trouble(deck, rollout);
    if (info && info->alive)
        return g_strdup_printf("▲ the conductor of %s (process %" G_GINT64_FORMAT
                               " on %s) has been silent for %s",
                               rollout->id, info->pid, info->host, since);
    return g_strdup_printf("▲ nobody conducts %s%s%s: run `celldeck conductor --until-idle`",
                           rollout->id, info ? ", for " : "", info ? since : "");
}

/* The first trouble with a conductor that there is, or NULL. */
static char *any_conductor(const struct deck *deck)
{
    char *trouble = NULL;
    for (guint i = 0; !trouble && i < deck->rollouts->len; i++)
        trouble = headline_conductor(deck, g_ptr_array_index(deck->rollouts, i));
    return trouble;
}

static char *of_cell(const struct deck *deck, const struct cell *cell, guint others)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s %s", mark_health(cell->health).shape, cell->config->id);
    g_string_append_printf(text, " %s", health_name(cell->health));
    if (cell->since_ms > 0) {
        g_autofree char *age = duration_short(MAX(0, deck->now_ms - cell->since_ms));
        g_string_append_printf(text, " for %s", age);
    }
    if (cell->reasons[0])
        g_string_append_printf(text, ": %s", cell->reasons[0]);
    add_affected(text, deck, cell);
    add_change(text, deck, cell);
    if (others)
        g_string_append_printf(text, " · and %u more", others);
    g_autofree char *trouble = any_conductor(deck);
    if (trouble)
        g_string_append_printf(text, " · %s", trouble);
    return g_string_free(text, FALSE);
}

/* A rollout that went wrong is news for a day: its version is on some cells and held for others. */
#define NEWS_MS WHEN_DAY

static char *last_rollout(const struct deck *deck, const struct rollout *rollout, enum role *role)
{
    const struct operation *operation = rollout ? deck_operation(deck, rollout->id) : NULL;
    if (!operation || deck->now_ms - operation->ended_ms > NEWS_MS ||
        rollout->state == ROLLOUT_COMPLETED)
        return g_strdup("no rollout under way");
    *role = ROLE_WARN;
    g_autofree char *ended = mark_time(operation->ended_ms, deck->now_ms);
    const char *name = rollout_state_name(rollout->state), *why = rollout->state_reason;
    bool told = why && *why && strcmp(why, name) != 0;
    return g_strdup_printf("%s %s %s at %s%s%s", rollout->id, rollout->plan->version, name, ended,
                           told ? ": " : "", told ? why : "");
}

static char *all_well(const struct deck *deck, enum role *role)
{
    *role = ROLE_NORMAL;
    const struct snapshot *snapshot = deck->snapshot;
    double users = 0;
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        bool stale;
        double value = mark_metric(&snapshot->cells[i], METRIC_ACTIVE_USERS,
                                   deck->config->metrics.period_ms, deck->now_ms, &stale);
        users += stale || isnan(value) ? 0 : value;
    }
    const struct registry *registry = snapshot->registry;
    g_autofree char *tenants =
        registry ? registry_count_text(registry, registry->tenants->len) : NULL;
    g_autofree char *users_text = text_count((gint64)users);
    const struct rollout *rollout = deck_first_rollout(deck);
    bool live = rollout && !rollout_state_final(rollout->state);
    g_autofree char *next = live ? rollout_next(rollout, deck->now_ms) : NULL;
    g_autofree char *doing =
        live ? g_strdup_printf("%s %s %s: %s", rollout->id, rollout->plan->version,
                               rollout_state_name(rollout->state), next)
             : last_rollout(deck, rollout, role);
    g_autofree char *trouble = any_conductor(deck);
    if (trouble)
        *role = ROLE_WARN;
    return g_strdup_printf("● all %zu cells are well · %s%s, %s users on · %s", snapshot->n_cells,
                           tenants ? tenants : "tenants not read", tenants ? " tenants" : "",
                           users_text, trouble ? trouble : doing);
}

char *headline(const struct deck *deck, const GPtrArray *cells, enum role *role)
{
    *role = ROLE_UNKNOWN;
    if (!deck->snapshot)
        return g_strdup("? nothing read yet: asking the registry, the metrics and every cell …");
    guint bad = 0;
    for (guint i = 0; i < cells->len; i++) {
        const struct cell *cell = g_ptr_array_index(cells, i);
        bad += cell->health != HEALTH_HEALTHY && cell->health != HEALTH_STANDBY;
    }
    if (bad > 0) {
        const struct cell *worst = g_ptr_array_index(cells, 0);
        *role = mark_health(worst->health).role;
        return of_cell(deck, worst, bad - 1);
    }
    return all_well(deck, role);
}
