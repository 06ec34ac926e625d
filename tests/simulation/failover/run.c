/* One run: a plan, its conductors and its people from a seed, and time that passes for them until
 * the operation is over, or nothing more will come of it. */
#include "tests/simulation/base/memory_store.h"
#include "tests/simulation/failover/evac.h"

#include <string.h>

#define SETTLED_AFTER_MS (6 * WHEN_HOUR)

const char *const sim_cells[CELLS] = {"cell-1", "cell-2", "cell-3"};

static struct sim *seated;

struct sim *sim_seated(void)
{
    return seated;
}

void sim_tell(struct sim *sim, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    run_tell(&sim->run, sim->now_ms - sim->began_ms, format, args);
    va_end(args);
}

void sim_broke(struct sim *sim, int rule, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    run_broke(&sim->run, sim->now_ms - sim->began_ms, rule, format, args);
    va_end(args);
}

struct resident *sim_tenant(struct sim *sim, const char *id)
{
    for (guint i = 0; id && i < sim->n; i++)
        if (strcmp(sim->tenants[i].id, id) == 0)
            return &sim->tenants[i];
    return NULL;
}

static bool chance(struct sim *sim, int in)
{
    return sim_between(sim->run.chance, 1, in) == 1;
}

/* Mostly as one would wish; a few have no record, one that is not ours to change, or one elsewhere.
 */
static void settle_in(struct sim *sim, struct resident *tenant, guint i)
{
    g_snprintf(tenant->id, sizeof tenant->id, "t-%u", i);
    g_strlcpy(tenant->to, sim_cells[1 + i % TARGETS], sizeof tenant->to);
    tenant->item = (struct kept_item){.region = "us-east-1", .status = "ACTIVE"};
    g_strlcpy(tenant->item.cell, sim_cells[0], sizeof tenant->item.cell);
    g_strlcpy(tenant->item.stamp, "2026-01-01T00:00:00Z", sizeof tenant->item.stamp);
    if (chance(sim, 12))
        g_strlcpy(tenant->item.status, "DOWN", sizeof tenant->item.status);
    tenant->has_record = !chance(sim, 10);
    tenant->record = (struct kept_record){tenant->has_record && !chance(sim, 10), chance(sim, 20),
                                          "cell-1.example.com", 300};
    tenant->item_before = tenant->item;
    tenant->record_before = tenant->record;
}

static void plan_tenant(struct failover_plan *plan, const struct resident *tenant)
{
    struct planned_tenant *planned = failover_plan_add_tenant(plan);
    planned->id = g_strdup(tenant->id);
    planned->from = g_strdup(sim_cells[0]);
    planned->to = g_strdup(tenant->to);
    planned->region_from = g_strdup(tenant->item.region);
    planned->region_to = g_strdup("us-west-2");
    planned->status = g_strdup(tenant->item.status);
    planned->updated_at = g_strdup(tenant->item.stamp);
    planned->record = tenant->has_record ? g_strdup_printf("%s.example.com", tenant->id) : NULL;
}

static void make_plan(struct sim *sim)
{
    enum failover_kind kind = chance(sim, 10)  ? FAILOVER_DRILL
                              : chance(sim, 8) ? FAILOVER_MOVE
                                               : FAILOVER_FAILOVER;
    struct failover_plan *plan = failover_plan_new(kind, sim_cells[0]);
    sim->n = kind == FAILOVER_MOVE ? 1 : (guint)sim_between(sim->run.chance, 1, MOST_TENANTS);
    plan->dns = !chance(sim, 8);
    plan->ttl_s = 60;
    plan->step_ms = STEP_MS;
    plan->fence_ms = chance(sim, 2) ? 30 * WHEN_SECOND : 0;
    plan->promote_ms = chance(sim, 2) ? 30 * WHEN_SECOND : 0;
    plan->move_ms = kind == FAILOVER_MOVE && chance(sim, 2) ? 30 * WHEN_SECOND : 0;
    for (int i = 1; i < CELLS; i++) {
        struct planned_target *target = failover_plan_add_target(plan);
        target->cell = g_strdup(sim_cells[i]);
        target->dns_name = g_strdup_printf("%s.example.com", sim_cells[i]);
        target->promote = chance(sim, 2);
    }
    for (guint i = 0; i < sim->n; i++) {
        settle_in(sim, &sim->tenants[i], i);
        plan_tenant(plan, &sim->tenants[i]);
    }
    failover_plan_seal(plan);
    sim->plan = plan;
}

static void open_operation(struct sim *sim)
{
    g_autofree char *id = journal_new_id();
    g_autoptr(GError) error = NULL;
    OWN_JSON data =
        json_pack("{s:s, s:s, s:s, s:[s,s,s], s:o}", "kind", failover_kind_name(sim->plan->kind),
                  "subject", sim_cells[0], "state", "planned", "cells", sim_cells[0], sim_cells[1],
                  sim_cells[2], "plan", failover_plan_json(sim->plan));
    if (!journal_append(sim->desk, sim->ledger->id, 1, id, sim->now_ms, "alice@h", "opened", data,
                        NULL, &error))
        sim_broke(sim, -1, "%s", error->message);
}

static void add_shells(struct sim *sim)
{
    sim->n_shells = (int)sim_between(sim->run.chance, 1, SHELLS);
    hosts_begin(sim->hosts, sim->now_ms);
    for (int i = 0; i < sim->n_shells; i++) {
        struct shell *shell = &sim->shells[i];
        shell->sim = sim;
        shell->number = i;
        shell->host = &sim->hosts[i % HOSTS];
        shell_start(shell);
    }
}

struct sim *sim_new(const struct sim_options *options)
{
    struct sim *sim = g_new0(struct sim, 1);
    seated = sim;
    run_begin(&sim->run, options);
    sim->now_ms = sim->began_ms = 1800000000000 + options->seed % 1000 * 61 * WHEN_SECOND;
    sim->troubles_end_ms = sim->now_ms + sim_between(sim->run.chance, 8, 40) * WHEN_MINUTE;
    sim->fit = sim->fit_read = true;
    sim->calls = g_ptr_array_new_with_free_func(evac_call_free);
    sim->commands = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sim->changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    sim->ledger = failover_new("f1");
    sim->config = g_new0(struct config, 1);
    sim->config->failover.zone_id = (char *)"Z";
    sim->truth = memory_store_new();
    sim->desk = journal_for(sim, NULL);
    make_plan(sim);
    strangers_settle(sim);
    open_operation(sim);
    add_shells(sim);
    return sim;
}

void sim_free(struct sim *sim)
{
    sim->run.options.told = false;
    for (int i = 0; i < sim->n_shells; i++)
        shell_kill(&sim->shells[i], "at the end");
    journal_close(sim->desk);
    sim->truth->ops->close(sim->truth);
    g_ptr_array_unref(sim->calls);
    g_hash_table_unref(sim->commands);
    g_hash_table_unref(sim->changes);
    g_free(sim->config);
    failover_free(sim->ledger);
    failover_plan_free(sim->plan);
    for (int i = 0; i < CELLS; i++)
        g_free(sim->lock_of[i]);
    run_clear(&sim->run);
    g_free(sim);
    seated = NULL;
}

static bool is_over(const struct sim *sim)
{
    if (failover_state_final(sim->ledger->state) && sim->calls->len == 0)
        return true;
    if (sim->run.options.kills && sim->ledger->state == FAILOVER_HELD && sim->settling)
        return true;
    return sim->now_ms - sim->troubles_end_ms > SETTLED_AFTER_MS;
}

bool sim_run(struct sim *sim)
{
    while (!sim->run.broken && !is_over(sim)) {
        sim->now_ms += sim_between(sim->run.chance, 200, 3000);
        if (!sim->settling)
            troubles_tick(sim);
        if (!sim->settling && sim->now_ms >= sim->troubles_end_ms)
            troubles_end(sim);
        people_tick(sim);
        world_tick(sim);
        int first = (int)sim_between(sim->run.chance, 0, sim->n_shells - 1);
        for (int i = 0; i < sim->n_shells && !sim->run.broken; i++)
            shell_step(&sim->shells[(first + i) % sim->n_shells]);
    }
    rules_end(sim);
    return !sim->run.broken;
}
