/* What holds a cell in flight, so that a human has to look (rollout.md, "Fail", "Out-of-band
 * change", "No state without a deadline"). */
#include "rollout/forward.h"
#include "rollout/state.h"

static char *stuck_hold(const struct rollout_cell *cell)
{
    if (!cell->plan->from)
        return g_strdup_printf("%s; there is no verified version to go back to: accept it, or "
                               "deploy another by hand",
                               cell->cause);
    return g_strdup_printf("rollback window closed: one-way migrations ran, so nothing is rolled "
                           "back by itself (%s); accept it, or ask for the rollback",
                           cell->cause);
}

/* The gate that does not pass, by what was last recorded of it: the first that holds, which says
 * why, or else the first that waits. GATE_COUNT: all pass. */
static enum gate unpassed_gate(const struct rollout_cell *cell)
{
    enum gate waits = GATE_COUNT;
    for (enum gate i = GATE_COUNT; i-- > 0;)
        if (cell->gates[i].verdict != VERDICT_PASS)
            waits = i;
    for (enum gate i = 0; i < GATE_COUNT; i++)
        if (cell->gates[i].verdict == VERDICT_HOLD)
            return i;
    return waits;
}

/* As it says now, where it was asked since this process began; of what was recorded, the verdict
 * and what it is about still hold, and only figures are older. */
static const char *reason_of(const struct rollout_cell *cell, const struct observed_cell *there,
                             enum gate gate)
{
    const char *reason = there->gates ? there->gates[gate].reason : cell->gates[gate].reason;
    return reason ? reason : "it was never judged";
}

static char *overdue_hold(const struct rollout *rollout, const struct rollout_cell *cell,
                          const struct observed_cell *there, char **code)
{
    enum gate gate = unpassed_gate(cell);
    if (gate < GATE_COUNT) {
        const struct rollout_gate *said = &cell->gates[gate];
        const char *verdict = verdict_name(said->verdict);
        *code = g_strdup_printf("%s %s %s", gate_name(gate), verdict, said->code ? said->code : "");
        return g_strdup_printf("gate %s is still %s past the bake and its deadline: %s",
                               gate_name(gate), verdict, reason_of(cell, there, gate));
    }
    if (rollout->paused) /* it would pass, were it allowed to */
        return NULL;
    return g_strdup("the new version or enough datapoints are not seen, past the bake and its "
                    "deadline");
}

static char *baking_hold(const struct rollout *rollout, const struct rollout_cell *cell,
                         const struct observation *seen, char **code)
{
    const struct observed_cell *there = observed(rollout, seen, cell);
    const struct running *running = there->running;
    gint64 limit_ms =
        rollout_bake_ms(rollout, cell->wave) + plan_gates(rollout->plan, cell->wave)->deadline_ms;
    if (running && !running->error &&
        !runs_exactly(running, rollout->plan->version, cell->running_reference))
        return g_strdup_printf("%s was changed by somebody else: it bakes %s (%s) and runs %s (%s)",
                               cell->plan->id, rollout->plan->version,
                               or_nothing(cell->running_reference), or_nothing(running->version),
                               or_nothing(running->reference));
    if (bake_elapsed_ms(cell, there->bake_credit_ms, seen->now_ms) >= limit_ms)
        return overdue_hold(rollout, cell, there, code);
    return NULL;
}

char *evacuated_words(const struct rollout_cell *cell, const char *ended)
{
    bool pending = cell->state == CELL_PENDING;
    const char *ways =
        pending ? "skip it, or ask for a retry" : "accept it as it is, or ask for its rollback";
    return ended ? g_strdup_printf("evacuated by %s, which is over (%s); nothing is begun here by "
                                   "itself: %s",
                                   cell->evacuated, ended, ways)
                 : g_strdup_printf("evacuated by %s, so nothing more is begun here: %s, which "
                                   "begins after %s",
                                   cell->evacuated, ways, cell->evacuated);
}

/* Called when the call in flight, if any, is settled: from then on its failover may have it. */
static char *evacuated_hold(const struct rollout_cell *cell, const struct observed_cell *there,
                            char **code)
{
    bool pending = cell->state == CELL_PENDING;
    if ((!pending && !cell_in_flight(cell) && cell->state != CELL_PASSED) ||
        there->call == CALL_UNDER_WAY)
        return NULL;
    *code = g_strdup(HELD_EVACUATED);
    return evacuated_words(cell, NULL);
}

char *cell_hold_due(const struct rollout *rollout, const struct rollout_cell *cell,
                    const struct observation *seen, char **code)
{
    const struct observed_cell *there = observed(rollout, seen, cell);
    const char *back = rollback_due(rollout, cell);
    if (cell_is_out(cell, there->evacuating))
        return evacuated_hold(cell, there, code);
    if (!cell_in_flight(cell) && !back)
        return NULL;
    if (!there->present)
        return g_strdup_printf("%s is no longer in celldeck.yaml, and not through%s%s: put it back "
                               "there and begin the conductor anew, or accept it as it is",
                               cell->plan->id, back ? ", to be rolled back: " : "",
                               back ? back : "");
    if (back && there->lock_holder && !there->lock_ours) {
        *code = g_strconcat(HELD_LOCKED, there->lock_holder, NULL);
        return g_strdup_printf("%s is to be rolled back (%s) and is locked by %s", cell->plan->id,
                               back, there->lock_holder);
    }
    if (back)
        return NULL;
    if (cell_is_stuck(cell))
        return stuck_hold(cell);
    if (rollout->aborted && cell->state != CELL_ROLLING_BACK)
        return g_strdup_printf("aborted, but %s can't be rolled back by itself: %s; accept it, or "
                               "ask for the rollback",
                               cell->plan->id,
                               cell->plan->from ? "its rollback window is closed"
                                                : "no earlier version is verified");
    return cell->state == CELL_BAKING ? baking_hold(rollout, cell, seen, code) : NULL;
}
