/* "Before every forward step all of the plan's checks are asked again", and what a cell passes on:
 * each question alone stops it. */
#include "data/history.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <string.h>

static struct plan_cell *planned(const struct plan *plan, guint wave, guint cell)
{
    const struct plan_wave *at = g_ptr_array_index(plan->waves, wave);
    return g_ptr_array_index(at->cells, cell);
}

static void expect_held_before_the_next_cell(struct toy *toy, const char *why)
{
    toy_run(toy, 30);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, why), "%s", toy->rollout->state_reason);
    cr_expect_eq(toy->cells[MID].deploys, 0);
}

Test(engine_forward, a_check_of_the_plan_that_fails_now_holds_the_next_cell)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy->check_failed = "a minor version is skipped";
    expect_held_before_the_next_cell(toy, "a minor version is skipped");
}

Test(engine_forward, a_passed_cell_that_fails_its_gates_now_holds_the_next_cell)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[MID].alarm = true; /* until then nothing goes forward */
    toy_run_until(toy, DEV, CELL_PASSED);
    toy->cells[MID].alarm = false;
    toy_fail_gate(toy, DEV);
    expect_held_before_the_next_cell(toy, "cell-0 passed with 5.0.3 and fails its gates now");
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
}

Test(engine_forward, a_cell_without_a_verified_version_to_go_back_to_is_not_deployed_to)
{
    struct plan *plan = toy_plan();
    struct plan_cell *cell = planned(plan, 1, 0);
    g_clear_pointer(&cell->from, g_free);
    g_clear_pointer(&cell->from_ref, g_free);
    OWN(toy) toy = toy_new(plan);
    strcpy(toy->cells[MID].version, "5.0.3"); /* it runs that already, from nobody knows what */
    expect_held_before_the_next_cell(toy, "no version is verified that cell-2 could go back to");
}

Test(engine_forward, a_cell_that_is_ill_already_is_not_deployed_to)
{
    const struct {
        enum health health;
        bool alarm;
        const char *why;
    } ills[] = {{HEALTH_UNHEALTHY, false, "unhealthy already"},
                {HEALTH_HEALTHY, true, "in ALARM already"},
                {HEALTH_STALE, false, "is not known"},
                {HEALTH_UNKNOWN, false, "is not known"}};
    for (size_t i = 0; i < G_N_ELEMENTS(ills); i++) {
        OWN(toy) toy = toy_new(NULL);
        toy->cells[MID].health = ills[i].health;
        toy->cells[MID].alarm = ills[i].alarm;
        expect_held_before_the_next_cell(toy, ills[i].why);
    }
}

#define FAILOVER "cell-2 belongs to failover f3; wait for its end, or skip the cell"

Test(engine_forward, a_cell_that_is_failed_over_is_gone_around_and_gets_its_turn_when_that_is_over)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[MID].busy = FAILOVER;
    toy_run_until(toy, MID2, CELL_BAKING);
    cr_expect_eq(toy_cell(toy, MID2)->state, CELL_BAKING, "the other cell of its wave goes first");
    cr_expect_eq(toy->rollout->state, ROLLOUT_RUNNING, "and nobody is called for that");
    toy_run_until(toy, MID2, CELL_PASSED);
    toy_run(toy, 60);
    cr_expect_eq(toy->cells[MID].deploys, 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect_str_eq(toy->rollout->state_reason, FAILOVER);
    cr_expect_eq(toy_count(toy, "wave.started", NULL), 2, "its wave has not ended without it");
    toy->cells[MID].busy = NULL;
    toy_run_until(toy, MID, CELL_PASSED);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_PASSED);
}

Test(engine_forward, a_dr_cell_waits_for_its_primary_also_around_another_dr_cell_of_that)
{
    struct plan *plan = toy_plan();
    struct plan_wave *mid = g_ptr_array_index(plan->waves, 1);
    GPtrArray *big = ((struct plan_wave *)g_ptr_array_index(plan->waves, 2))->cells;
    mid->max_in_flight = 2;
    planned(plan, 1, 1)->dr = planned(plan, 2, 0)->dr = true;
    planned(plan, 2, 1)->dr = false;
    g_ptr_array_add(mid->cells, g_ptr_array_steal_index(big, 0));
    OWN(toy) toy = toy_new(plan);
    toy->cells[MID2].busy = FAILOVER;
    toy_run_until(toy, MID, CELL_BAKING);
    toy_run(toy, 5);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_BAKING);
    cr_expect_eq(toy->cells[BIG].deploys, 0, "never both at once");
    toy_run_until(toy, MID, CELL_PASSED);
    toy_run_until(toy, BIG, CELL_PASSED);
    cr_expect_eq(toy_cell(toy, BIG)->state, CELL_PASSED);
}

/* The words for people, by the journal's list of operations, have to name what the engine does. */
Test(engine_forward, what_comes_next_is_told_around_a_cell_that_is_failed_over)
{
    OWN(toy) toy = toy_new(NULL);
    char *cells[] = {(char *)"cell-2", NULL};
    struct operation other = {.id = (char *)"f3", .kind = (char *)"failover", .cells = cells};
    g_autoptr(GPtrArray) operations = g_ptr_array_new();
    g_ptr_array_add(operations, &other);
    toy->cells[MID].busy = FAILOVER;
    toy_run_until(toy, DEV, CELL_BAKING);
    g_autofree char *around = rollout_next(toy->rollout, operations, toy->now_ms);
    cr_expect(g_str_has_suffix(around, ", then cell-3"), "%s", around);
    toy_run_until(toy, MID2, CELL_BAKING);
    g_autofree char *waits = rollout_next(toy->rollout, operations, toy->now_ms);
    cr_expect(g_str_has_suffix(waits, ", then cell-2 once failover f3 is over"), "%s", waits);
    other.ended_ms = toy->now_ms;
    g_autofree char *free = rollout_next(toy->rollout, operations, toy->now_ms);
    cr_expect(g_str_has_suffix(free, ", then cell-2"), "%s", free);
}

static char *next_of(const struct toy *toy, struct operation *other)
{
    g_autoptr(GPtrArray) operations = g_ptr_array_new();
    g_ptr_array_add(operations, other);
    return rollout_next(toy->rollout, operations, toy->now_ms);
}

Test(engine_forward, a_rollout_that_only_a_failover_holds_says_that_it_goes_on_by_itself)
{
    OWN(toy) toy = toy_new(NULL);
    char *cells[] = {(char *)"cell-2", NULL};
    struct operation other = {.id = (char *)"f3", .kind = (char *)"failover", .cells = cells};
    toy->cells[MID].busy = FAILOVER;
    toy_run_until(toy, MID2, CELL_PASSED);
    toy_run(toy, 5);
    cr_assert_eq(toy->rollout->state, ROLLOUT_HELD);
    toy_crash(toy);
    g_autofree char *next = next_of(toy, &other);
    cr_expect_str_eq(next, "goes on by itself: deploys 5.0.3 to cell-2 once failover f3 is over");
    other.ended_ms = toy->now_ms;
    g_autofree char *soon = next_of(toy, &other);
    cr_expect_str_eq(soon, "goes on by itself: deploys 5.0.3 to cell-2");
    toy->cells[MID].busy = NULL;
    toy_run(toy, 1);
    cr_expect_eq(toy->rollout->state, ROLLOUT_RUNNING, "and it does");
}

Test(engine_forward, a_rollback_that_waits_for_anothers_lock_says_that_it_goes_on_by_itself)
{
    OWN(toy) toy = toy_new(NULL);
    char *cells[] = {(char *)"cell-2", NULL};
    struct operation other = {.id = (char *)"f1", .kind = (char *)"failover", .cells = cells};
    toy->cells[MID2].locked_by = toy->cells[MID2].busy = "f2";
    toy_run_until(toy, MID, CELL_PASSED);
    toy->cells[MID].locked_by = "f1";
    cr_assert(toy_append(toy, "bob@h", "rollback",
                         json_pack("{s:[s], s:s}", "cells", "cell-2", "reason", "I say so")));
    toy_run(toy, 5);
    cr_assert_eq(toy->rollout->state, ROLLOUT_HELD);
    toy_crash(toy);
    g_autofree char *next = next_of(toy, &other);
    cr_expect_str_eq(next,
                     "goes on by itself: rolls cell-2 back to 5.0.2 once failover f1 is over");
    other.ended_ms = toy->now_ms;
    g_autofree char *soon = next_of(toy, &other);
    cr_expect_str_eq(soon, "goes on by itself: rolls cell-2 back to 5.0.2 once f1 gives it back");
    toy->cells[MID].locked_by = NULL;
    toy_run_until(toy, MID, CELL_ROLLED_BACK);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK, "and it does");
}

Test(engine_forward, a_rollout_that_something_else_holds_too_waits_for_a_human)
{
    OWN(toy) toy = toy_new(NULL);
    char *cells[] = {(char *)"cell-2", NULL};
    struct operation other = {.id = (char *)"f3", .kind = (char *)"failover", .cells = cells};
    toy->cells[MID].busy = FAILOVER;
    toy_run_until(toy, MID2, CELL_PASSED);
    toy->tag_moved = true;
    toy_run(toy, 5);
    cr_assert_eq(toy->rollout->state, ROLLOUT_HELD);
    g_autofree char *next = next_of(toy, &other);
    cr_expect(g_str_has_prefix(next, "nothing until a human acts: tag "), "%s", next);
}

Test(engine_forward, a_hold_that_an_older_celldeck_recorded_reads_as_it_did)
{
    OWN(toy) toy = toy_new(NULL);
    char *cells[] = {(char *)"cell-2", NULL};
    struct operation other = {.id = (char *)"f3", .kind = (char *)"failover", .cells = cells};
    toy->cells[MID].busy = FAILOVER;
    toy_run_until(toy, MID2, CELL_PASSED);
    cr_assert(toy_append(toy, "conductor", "state",
                         json_pack("{s:s, s:s}", "state", "held", "reason", FAILOVER)));
    g_autofree char *next = next_of(toy, &other);
    cr_expect_str_eq(next, "nothing until a human acts: " FAILOVER);
}

Test(engine_forward, a_cell_of_a_later_wave_that_is_failed_over_stops_nobody_before_its_turn)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[BIG].busy = toy->cells[BIG].locked_by = "f3";
    toy_run_until(toy, MID2, CELL_PASSED);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_PASSED);
    cr_expect_eq(toy_cell(toy, MID2)->state, CELL_PASSED);
}

Test(engine_forward, a_dr_cell_does_not_go_before_its_primary_that_is_failed_over)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[BIG].busy = "f3";
    toy_run_until(toy, MID2, CELL_PASSED);
    toy_approve(toy, "bob@h", "enterprise");
    toy_run(toy, 60);
    cr_expect_eq(toy->cells[DR].deploys + toy->cells[BIG].deploys, 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    toy_append(toy, "bob@h", "cell.skipped",
               json_pack("{s:s, s:s}", "cell", "cell-1", "reason", "it is being failed over"));
    toy_run_until(toy, DR, CELL_BAKING);
    cr_expect_eq(toy->cells[DR].deploys, 1, "a person has skipped its primary");
}

static void expect_no_pass(struct toy *toy)
{
    toy_run(toy, 60);
    cr_expect_eq(toy_count(toy, "cell.passed", "cell-0"), 0);
    cr_expect_eq(toy->cells[MID].deploys, 0);
}

Test(engine_forward, a_cell_does_not_pass_on_too_few_datapoints)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].sparse = true;
    expect_no_pass(toy);
}

Test(engine_forward, a_cell_whose_healthcheck_names_another_version_does_not_pass)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy->cells[DEV].shows = "5.0.2";
    expect_no_pass(toy);
}

Test(engine_forward, a_cell_of_which_the_deployer_can_not_be_asked_does_not_pass)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy->cells[DEV].unread = true;
    expect_no_pass(toy);
}

Test(engine_forward, a_cell_that_is_to_go_back_and_can_not_yet_does_not_pass_meanwhile)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy->cells[DEV].locked_by = "f1";
    toy_fail_gate(toy, DEV);
    toy_run(toy, 1);
    toy->cells[DEV].verdicts[GATE_LIMITS] = VERDICT_PASS; /* too late */
    expect_no_pass(toy);
}

Test(engine_forward, a_cell_that_failed_behind_a_one_way_door_does_not_pass_when_it_is_well_again)
{
    struct plan *plan = toy_plan();
    planned(plan, 0, 0)->rollback_closed = true;
    OWN(toy) toy = toy_new(plan);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy_fail_gate(toy, DEV);
    toy_run(toy, 1);
    toy->cells[DEV].verdicts[GATE_LIMITS] = VERDICT_PASS;
    expect_no_pass(toy);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
}

Test(engine_forward, a_deploy_is_not_seen_complete_before_the_deployer_says_so)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].stays_away = true;
    toy_run_until(toy, DEV, CELL_DEPLOYING);
    strcpy(toy->cells[DEV].version, "5.0.3");
    toy_run(toy, 10);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_DEPLOYING);
}
