/* Tenants whom the plan does not have: they come into the source after it was made, and go again.
 * Their rule: nothing is begun while one of them lives there, and whoever is there when it is over
 * is told. */
#include "tests/simulation/failover/evac.h"

#include <string.h>

/* Who has just come may be missed: a reading takes its time, and is good for a while. */
#define SEEN_AFTER_MS (CALL_DEADLINE_MS + 20 * WHEN_SECOND)

static void come_or_go(struct sim *sim, struct stranger *stranger)
{
    stranger->there = !stranger->there;
    stranger->since_ms = sim->now_ms;
    sim_tell(sim, "%s %s %s, and the plan does not have it", stranger->id,
             stranger->there ? "comes into" : "leaves", sim_cells[0]);
}

void strangers_settle(struct sim *sim)
{
    for (int i = 0; i < STRANGERS; i++)
        g_snprintf(sim->strangers[i].id, sizeof sim->strangers[i].id, "u-%d", i);
    if (!trouble_comes(sim, ON_STRANGER, 12))
        return;
    come_or_go(sim, &sim->strangers[0]);
    sim->strangers[0].since_ms -= WHEN_MINUTE;
}

void stranger_moves(struct sim *sim)
{
    come_or_go(sim, &sim->strangers[sim_between(sim->run.dice[ON_STRANGER], 0, STRANGERS - 1)]);
}

GPtrArray *world_residents(struct sim *sim)
{
    GPtrArray *ids = g_ptr_array_new();
    for (guint i = 0; i < sim->n; i++)
        if (strcmp(sim->tenants[i].item.cell, sim_cells[0]) == 0)
            g_ptr_array_add(ids, sim->tenants[i].id);
    for (int i = 0; i < STRANGERS; i++)
        if (sim->strangers[i].there)
            g_ptr_array_add(ids, sim->strangers[i].id);
    return ids;
}

static bool has_to_be_seen(const struct sim *sim, const struct stranger *stranger)
{
    return stranger->there && sim->now_ms - stranger->since_ms > SEEN_AFTER_MS;
}

static void nobody_else_lives_there(struct sim *sim, const struct event *event)
{
    for (int i = 0; i < STRANGERS; i++)
        if (has_to_be_seen(sim, &sim->strangers[i]))
            sim_broke(sim, RULE_NOBODY_BEHIND, "%s although %s lives in %s, whom it does not have",
                      event->type, sim->strangers[i].id, sim_cells[0]);
}

static void is_told(struct sim *sim, const char *id)
{
    if (!g_strv_contains((const char *const *)sim->ledger->behind.first, id))
        sim_broke(sim, RULE_NOBODY_BEHIND, "it is completed, %s lives in %s, and that is not told",
                  id, sim_cells[0]);
}

/* Of a drill, which moves nobody, those whom its plan does not have. */
static void whoever_is_there_is_told(struct sim *sim)
{
    const struct failover *ledger = sim->ledger;
    if (ledger->plan->kind == FAILOVER_MOVE || ledger->behind.why)
        return;
    for (int i = 0; i < STRANGERS; i++)
        if (has_to_be_seen(sim, &sim->strangers[i]))
            is_told(sim, sim->strangers[i].id);
    for (guint i = 0; i < sim->n && ledger->plan->kind == FAILOVER_FAILOVER; i++)
        if (strcmp(sim->tenants[i].item.cell, sim_cells[0]) == 0)
            is_told(sim, sim->tenants[i].id);
}

/* A drill may be for anything that would keep a failover. */
static void is_refused_for_somebody(struct sim *sim)
{
    const struct failover_behind *behind = &sim->ledger->behind;
    if (sim->run.touches > 0)
        sim_broke(sim, RULE_NOBODY_BEHIND, "it is refused, and something was written");
    if (sim->plan->kind == FAILOVER_DRILL)
        return;
    if (behind->n <= 0 || !*behind->first || sim_tenant(sim, *behind->first))
        sim_broke(sim, RULE_NOBODY_BEHIND, "it is refused, and for nobody");
}

void rules_strangers(struct sim *sim, const struct event *event, bool first)
{
    bool asks = sim->plan->kind != FAILOVER_MOVE;
    bool ends = strcmp(event->type, "state") == 0;
    if (asks && first && g_str_has_suffix(event->type, ".intent"))
        nobody_else_lives_there(sim, event);
    if (ends && sim->ledger->state == FAILOVER_COMPLETED)
        whoever_is_there_is_told(sim);
    if (ends && sim->ledger->state == FAILOVER_REFUSED)
        is_refused_for_somebody(sim);
}
