/* What goes wrong, and how often; and the people. */
#include "rollout/lock.h"
#include "tests/simulation/failover/evac.h"

bool trouble_comes(struct sim *sim, enum trouble_kind kind, int in)
{
    return run_troubles(&sim->run, kind, in, !sim->settling);
}

static gint64 until_ms(struct sim *sim, enum trouble_kind kind, const char *what)
{
    gint64 most = sim_between(sim->run.dice[kind], 5, 400);
    gint64 ms = sim_between(sim->run.dice[kind], 3, most) * WHEN_SECOND;
    sim_tell(sim, "%s for %d s", what, (int)(ms / WHEN_SECOND));
    return sim->now_ms + ms;
}

static struct shell *any_shell(struct sim *sim, enum trouble_kind kind)
{
    return &sim->shells[sim_between(sim->run.dice[kind], 0, sim->n_shells - 1)];
}

static struct resident *any_tenant(struct sim *sim, enum trouble_kind kind)
{
    return &sim->tenants[sim_between(sim->run.dice[kind], 0, sim->n - 1)];
}

static void crash(struct sim *sim)
{
    struct shell *shell = any_shell(sim, ON_CRASH);
    int touches = (int)sim_between(sim->run.dice[ON_CRASH], 1, 12);
    if (touches == 12)
        shell_kill(shell, "between two turns");
    else if (shell->alive)
        shell->crash_in = touches;
}

static void stall(struct sim *sim)
{
    any_shell(sim, ON_STALL)->stalled_until_ms = until_ms(sim, ON_STALL, "a conductor is stopped");
}

static void away(struct sim *sim)
{
    any_shell(sim, ON_AWAY)->away_until_ms = until_ms(sim, ON_AWAY, "the journal is away");
}

static void jump(struct sim *sim)
{
    static const gint64 jumps[] = {-WHEN_HOUR, -5 * WHEN_MINUTE, 5 * WHEN_MINUTE, WHEN_DAY};
    struct host *host = &sim->hosts[sim_between(sim->run.dice[ON_CLOCK], 0, HOSTS - 1)];
    gint64 ms = jumps[sim_between(sim->run.dice[ON_CLOCK], 0, G_N_ELEMENTS(jumps) - 1)];
    host->wall_offset_ms = host->wall_offset_ms ? 0 : ms;
    sim_tell(sim, "the clock of %s is now %d s from true time", host->name,
             (int)(host->wall_offset_ms / WHEN_SECOND));
}

static void throttled(struct sim *sim)
{
    if (sim_between(sim->run.dice[ON_THROTTLED], 0, 1))
        sim->registry_throttled_until_ms = until_ms(sim, ON_THROTTLED, "the registry throttles");
    else
        sim->zone_throttled_until_ms = until_ms(sim, ON_THROTTLED, "Route 53 throttles");
}

static void blind(struct sim *sim)
{
    if (sim_between(sim->run.dice[ON_BLIND], 0, 1))
        sim->registry_blind_until_ms = until_ms(sim, ON_BLIND, "the registry can't be read");
    else
        sim->zone_blind_until_ms = until_ms(sim, ON_BLIND, "Route 53 can't be read");
}

static void refused(struct sim *sim)
{
    sim->zone_refuses_until_ms = until_ms(sim, ON_REFUSED_CALL, "Route 53 refuses changes");
}

static void others_item(struct sim *sim)
{
    struct resident *tenant = any_tenant(sim, ON_OTHERS_ITEM);
    struct kept_item item = {.region = "eu-central-1", .status = "DOWN"};
    bool moved = sim_between(sim->run.dice[ON_OTHERS_ITEM], 0, 1);
    g_strlcpy(item.cell, moved ? "cell-9" : tenant->item.cell, sizeof item.cell);
    g_snprintf(item.stamp, sizeof item.stamp, "others-%d", sim->run.used[ON_OTHERS_ITEM]);
    tenant->item = item;
    tenant->item_by = OTHERS;
    sim_tell(sim, "somebody else changes the item of %s", tenant->id);
}

static void others_record(struct sim *sim)
{
    static const struct kept_record records[] = {
        {true, false, "elsewhere.example.net", 60},
        {true, true, "weighted.example.net", 60},
        {false, false, "", 0},
        {true, false, "cell-2.example.com", 30},
    };
    struct resident *tenant = any_tenant(sim, ON_OTHERS_RECORD);
    if (!tenant->has_record)
        return;
    tenant->record =
        records[sim_between(sim->run.dice[ON_OTHERS_RECORD], 0, G_N_ELEMENTS(records) - 1)];
    tenant->record_by = OTHERS;
    sim_tell(sim, "somebody else changes the record of %s: %s", tenant->id, tenant->record.leads);
}

static void unfit(struct sim *sim)
{
    bool unread = sim_between(sim->run.dice[ON_UNFIT], 0, 1);
    sim->unfit_until_ms = until_ms(sim, ON_UNFIT, unread ? "preflight is blind" : "cell-2 is ill");
    sim->fit_read = !unread;
    sim->fit = unread;
}

static void command(struct sim *sim)
{
    sim->commands_fail_until_ms = until_ms(sim, ON_COMMAND, "commands fail");
}

static void pending(struct sim *sim)
{
    if (sim_between(sim->run.dice[ON_PENDING], 0, 1))
        sim->pending_until_ms = until_ms(sim, ON_PENDING, "no change comes to INSYNC");
    else
        any_tenant(sim, ON_PENDING)->unverified_until_ms =
            until_ms(sim, ON_PENDING, "a tenant does not verify");
}

static void say_of_rival(struct sim *sim, const char *type, const char *state, bool final)
{
    g_autofree char *stream = g_strdup_printf("r%d", sim->rivals);
    g_autofree char *id = journal_new_id();
    OWN(event) last = journal_last(sim->desk, stream, NULL);
    OWN_JSON data = json_pack("{s:s, s:s, s:s, s:b, s:[s]}", "kind", "rollout", "subject", "5.0.4",
                              "state", state, "final", final, "cells", sim->rival_cell);
    journal_append(sim->desk, stream, last ? last->seq + 1 : 1, id, sim->now_ms, "carol@h", type,
                   data, NULL, NULL);
}

static void rival(struct sim *sim)
{
    if (sim->rival_cell)
        return;
    sim->rivals++;
    sim->rival_cell = sim_cells[sim_between(sim->run.dice[ON_RIVAL], 0, CELLS - 1)];
    sim->rival_ends_ms = until_ms(sim, ON_RIVAL, "another operation wants a cell");
    say_of_rival(sim, "opened", "running", false);
    g_autofree char *id = g_strdup_printf("r%d", sim->rivals);
    bool had = lock_take(sim->desk, sim->rival_cell, id, "carol@h", sim->now_ms, NULL);
    sim_tell(sim, "%s %s %s", id, had ? "locks" : "does not get", sim->rival_cell);
}

static void end_rival(struct sim *sim)
{
    say_of_rival(sim, "state", "completed", true);
    sim->rival_cell = NULL;
}

static const struct {
    enum trouble_kind kind;
    int in; /* one tick of so many */
    void (*strike)(struct sim *sim);
} strikes[] = {
    {ON_CRASH, 40, crash},
    {ON_STALL, 120, stall},
    {ON_AWAY, 200, away},
    {ON_CLOCK, 300, jump},
    {ON_THROTTLED, 150, throttled},
    {ON_BLIND, 150, blind},
    {ON_REFUSED_CALL, 500, refused},
    {ON_OTHERS_ITEM, 200, others_item},
    {ON_OTHERS_RECORD, 200, others_record},
    {ON_UNFIT, 200, unfit},
    {ON_RIVAL, 200, rival},
    {ON_COMMAND, 150, command},
    {ON_PENDING, 150, pending},
    {ON_STRANGER, 200, stranger_moves},
};

void troubles_tick(struct sim *sim)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strikes); i++)
        if (trouble_comes(sim, strikes[i].kind, strikes[i].in))
            strikes[i].strike(sim);
    if (sim->now_ms >= sim->unfit_until_ms)
        sim->fit = sim->fit_read = true;
    if (sim->rival_cell && sim->now_ms >= sim->rival_ends_ms)
        end_rival(sim);
}

void troubles_end(struct sim *sim)
{
    sim->settling = true;
    sim->fit = sim->fit_read = true;
    sim->registry_throttled_until_ms = sim->zone_throttled_until_ms = 0;
    sim->registry_blind_until_ms = sim->zone_blind_until_ms = sim->zone_refuses_until_ms = 0;
    sim->commands_fail_until_ms = sim->pending_until_ms = 0;
    for (guint i = 0; i < sim->n; i++)
        sim->tenants[i].unverified_until_ms = 0;
    for (int i = 0; i < HOSTS; i++)
        sim->hosts[i].wall_offset_ms = 0;
    for (int i = 0; i < sim->n_shells; i++) {
        sim->shells[i].stalled_until_ms = sim->shells[i].away_until_ms = 0;
        sim->shells[i].crash_in = 0;
    }
    if (sim->rival_cell)
        end_rival(sim);
    sim_tell(sim, "nothing goes wrong any more");
}

/* Where a command has failed some go on without it. */
static void wish(struct sim *sim, const char *what)
{
    const char *ack = sim->ledger->seq % 3 == 0 ? failover_may_ack(sim->ledger) : NULL;
    bool resumes = strcmp(what, "resume") == 0;
    g_autofree char *refusal = failover_refuses(sim->ledger, what);
    if (refusal)
        return;
    g_autofree char *id = journal_new_id();
    OWN_JSON data = failover_wish(sim->ledger, what, NULL, resumes ? ack : NULL);
    journal_append(sim->desk, sim->ledger->id, sim->ledger->seq + 1, id, sim->now_ms, "bob@h", what,
                   data, NULL, NULL);
}

/* Some resume at once, some think; and now and then somebody wants it all back. Whoever is asked
 * for the same again and again gives up. */
void people_tick(struct sim *sim)
{
    bool held = sim->ledger->state == FAILOVER_HELD;
    if (sim->run.options.kills)
        return;
    if (trouble_comes(sim, ON_PEOPLE, 400))
        wish(sim, "revert");
    if (held && sim_between(sim->run.chance, 1, 25) == 1)
        wish(sim,
             sim->settling && !sim->ledger->reverting && sim_between(sim->run.chance, 1, 8) == 1
                 ? "revert"
                 : "resume");
}
