/* rollout.md, "Invariants": thousands of random steps of the toy world, and each rule that can be
 * seen there asked after every event. Numbers in names are the guide's. */
#include "tests/unit/toy.h"

#include <criterion/criterion.h>

#define RUNS  60
#define STEPS 250

/* What was true before the last event, for rules about change. */
struct before {
    enum rollout_state state;
    bool aborted;
    int deploys[TOY_CELLS];
    gint64 deployed_at_ms[TOY_CELLS];
    enum cell_state cells[TOY_CELLS];
};

static void remember(const struct toy *toy, struct before *before)
{
    before->state = toy->rollout->state;
    before->aborted = toy->rollout->aborted;
    for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
        before->deploys[id] = toy->cells[id].deploys;
        before->deployed_at_ms[id] = toy_cell(toy, id)->deployed_at_ms;
        before->cells[id] = toy_cell(toy, id)->state;
    }
}

static bool through(const struct rollout_cell *cell)
{
    return cell->state == CELL_PASSED || cell->state == CELL_ACCEPTED ||
           cell->state == CELL_SKIPPED || (cell->state == CELL_ROLLED_BACK && cell->failed);
}

static void deploys_only_after_earlier_waves_3(const struct toy *toy, const struct before *before,
                                               enum toy_id id)
{
    if (toy->cells[id].deploys == before->deploys[id])
        return;
    for (enum toy_id other = DEV; other < TOY_CELLS; other++)
        if (toy_cell(toy, other)->wave < toy_cell(toy, id)->wave)
            cr_assert(through(toy_cell(toy, other)), "invariant 3");
    cr_assert(!before->aborted, "invariant 9");
    cr_assert(before->state == ROLLOUT_RUNNING, "no forward step unless running");
    cr_assert_eq(toy_cell(toy, id)->state, CELL_DEPLOYING, "invariant 2: the intent is first");
}

static void passes_only_on_pass_4_5(const struct toy *toy, const struct before *before,
                                    enum toy_id id)
{
    const struct rollout_cell *cell = toy_cell(toy, id);
    if (cell->state != CELL_PASSED || before->cells[id] == CELL_PASSED)
        return;
    const struct plan_wave *wave = g_ptr_array_index(toy->rollout->plan->waves, cell->wave);
    for (size_t i = 0; i < GATE_COUNT; i++)
        cr_assert_eq(toy->cells[id].verdicts[i], VERDICT_PASS, "invariant 5");
    cr_assert_geq(toy->now_ms - cell->deployed_at_ms, wave->bake_ms, "invariant 6");
    cr_assert_eq(cell->deployed_at_ms, before->deployed_at_ms[id], "invariant 6");
}

static void rolls_back_at_most_twice_to_what_was_recorded_11_12(const struct toy *toy,
                                                                enum toy_id id)
{
    const struct rollout_cell *cell = toy_cell(toy, id);
    cr_assert_leq(cell->rollback_attempt, 2, "invariant 12");
    cr_assert_leq(toy->cells[id].rollbacks, 2 * toy->cells[id].deploys, "invariant 12");
    if (cell->state == CELL_ROLLED_BACK)
        cr_assert_str_eq(toy->cells[id].running.reference, cell->plan->from_ref, "invariant 11");
}

static void limits_of_the_wave_7(const struct toy *toy)
{
    for (guint w = 0; w < toy->rollout->plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(toy->rollout->plan->waves, w);
        int forward = 0, in_flight_or_failed = 0;
        for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
            const struct rollout_cell *cell = toy_cell(toy, id);
            bool forth = cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING;
            forward += cell->wave == w && forth;
            in_flight_or_failed += cell->wave == w && (forth || cell->failed);
        }
        cr_assert_leq(forward, wave->max_in_flight, "invariant 7");
        cr_assert_leq(in_flight_or_failed, wave->max_in_flight + wave->max_failed, "invariant 7");
    }
}

static void nothing_waits_for_ever_17(const struct toy *toy)
{
    for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
        const struct rollout_cell *cell = toy_cell(toy, id);
        if (cell->state == CELL_DEPLOYING || (cell->state == CELL_ROLLING_BACK && cell->token))
            cr_assert_gt(cell->deadline_ms, 0, "invariant 17");
    }
    g_autofree char *no_way_out = rollout_refuses(toy->rollout, "abort", NULL);
    cr_assert(!no_way_out || toy->rollout->aborted || rollout_state_final(toy->rollout->state),
              "invariant 17");
}

static void check(const struct toy *toy, const struct before *before)
{
    cr_assert(!rollout_state_final(before->state) || toy->rollout->state == before->state,
              "final is final");
    cr_assert(!before->aborted || toy->rollout->aborted, "invariant 9");
    cr_assert_eq(toy->rollout->cells->len, TOY_CELLS, "invariant 14");
    if (before->cells[BIG] == CELL_PENDING && toy_cell(toy, BIG)->state == CELL_DEPLOYING)
        cr_assert_gt(toy->rollout->approvals->len, 0, "invariant 10");
    limits_of_the_wave_7(toy);
    nothing_waits_for_ever_17(toy);
    for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
        deploys_only_after_earlier_waves_3(toy, before, id);
        passes_only_on_pass_4_5(toy, before, id);
        rolls_back_at_most_twice_to_what_was_recorded_11_12(toy, id);
    }
}

static void person_acts(struct toy *toy, GRand *rand)
{
    static const char *const types[] = {"pause", "resume",        "abort",        "rollback",
                                        "retry", "cell.accepted", "cell.skipped", "approve"};
    const char *cell = toy_cell(toy, g_rand_int_range(rand, 0, TOY_CELLS))->plan->id;
    const char *type = types[g_rand_int_range(rand, 0, G_N_ELEMENTS(types))];
    const char *who = g_rand_boolean(rand) ? "alice@h" : "bob@h";
    if (strcmp(type, "approve") == 0)
        toy_approve(toy, who, "enterprise");
    else if (strcmp(type, "abort") != 0 || g_rand_int_range(rand, 0, 4) == 0)
        toy_append(toy, who, type,
                   json_pack("{s:s, s:[s], s:s}", "cell", cell, "cells", cell, "reason", "chance"));
}

static void world_changes(struct toy *toy, GRand *rand)
{
    struct toy_cell *cell = &toy->cells[g_rand_int_range(rand, 0, TOY_CELLS)];
    switch (g_rand_int_range(rand, 0, 40)) {
    case 0:
        cell->verdicts[g_rand_int_range(rand, 0, GATE_COUNT)] = g_rand_int_range(rand, 0, 4);
        break;
    case 1:
        cell->deploys_fail = !cell->deploys_fail;
        break;
    case 2:
        cell->rollbacks_fail = !cell->rollbacks_fail;
        break;
    case 3:
        cell->health = g_rand_boolean(rand) ? HEALTH_UNHEALTHY : HEALTH_STALE;
        break;
    case 4:
        toy_crash(toy);
        break;
    case 5:
        person_acts(toy, rand);
        break;
    default:
        cell->health = HEALTH_HEALTHY;
        for (size_t i = 0; i < GATE_COUNT; i++)
            cell->verdicts[i] = VERDICT_PASS;
        break;
    }
}

static enum rollout_state random_run(guint32 seed)
{
    GRand *rand = g_rand_new_with_seed(seed);
    struct plan *plan = toy_plan();
    struct plan_wave *mid = g_ptr_array_index(plan->waves, 1);
    mid->max_in_flight = g_rand_int_range(rand, 1, 3);
    mid->max_failed = g_rand_int_range(rand, 0, 2);
    mid->on_fail = g_rand_int_range(rand, 0, 3);
    OWN(toy) toy = toy_new(plan);
    struct before before;
    for (int i = 0; i < STEPS && !rollout_state_final(toy->rollout->state); i++) {
        remember(toy, &before);
        world_changes(toy, rand);
        check(toy, &before);
        remember(toy, &before);
        for (int n = 0; toy_step(toy); n++) {
            check(toy, &before);
            remember(toy, &before);
            cr_assert_lt(n, 200, "the engine comes to rest");
        }
        toy_work(toy);
        toy->now_ms += 3 * WHEN_MINUTE;
    }
    enum rollout_state end = toy->rollout->state;
    g_rand_free(rand);
    return end;
}

Test(engine_invariants, hold_after_every_event_of_random_runs)
{
    int ends[ROLLOUT_ABORTED + 1] = {0};
    for (guint32 seed = 1; seed <= RUNS; seed++)
        ends[random_run(seed)]++;
    cr_expect_gt(ends[ROLLOUT_COMPLETED], 0, "the runs must reach every kind of end");
    cr_expect_gt(ends[ROLLOUT_FAILED], 0, "the runs must reach every kind of end");
    cr_expect_gt(ends[ROLLOUT_ABORTED], 0, "the runs must reach every kind of end");
}
