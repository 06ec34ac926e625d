/* rollout.md, "Fail": what goes back, what is held because it can't, and what ends a rollout. */
#include "tests/unit/toy.h"

#include <criterion/criterion.h>

Test(engine_failing, a_rollback_failure_is_tried_once_more_and_then_never_again)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy->cells[MID].rollbacks_fail = true;
    toy_fail_gate(toy, MID);
    toy_run(toy, 300);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLBACK_FAILED);
    cr_expect_eq(toy->cells[MID].rollbacks, 2);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
    cr_expect(g_str_has_prefix(toy->rollout->state_reason, "ROLLBACK FAILED on cell-2"));
}

Test(engine_failing, a_rollback_that_leaves_the_cell_unhealthy_has_failed)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy->cells[MID].health = HEALTH_UNHEALTHY;
    toy_fail_gate(toy, MID);
    toy_run(toy, 300);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLBACK_FAILED);
    cr_expect_eq(toy->cells[MID].rollbacks, 2);
}

Test(engine_failing, a_deployer_that_went_back_by_itself_is_a_fail_and_never_deployed_again)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    g_strlcpy(toy->cells[MID].version, "5.0.2", 16);
    g_strlcpy(toy->cells[MID].reference, "cell-2@5.0.2", 32);
    toy_run(toy, 60);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy->cells[MID].deploys, 1);
}

Test(engine_failing, a_deploy_past_its_deadline_is_a_fail)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].stays_away = true;
    toy_run(toy, 29);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_DEPLOYING);
    toy_run(toy, 3);
    cr_expect_eq(toy_count(toy, "deploy.failed", "cell-0"), 1);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_ROLLING_BACK);
}

Test(engine_failing, a_deadline_that_passed_while_nobody_looked_is_judged_by_what_is_found)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].stays_away = true;
    toy_run_until(toy, DEV, CELL_DEPLOYING);
    toy->now_ms += 5 * WHEN_HOUR;
    toy_crash(toy);
    toy->cells[DEV].unlooked = true;
    toy_run(toy, 1);
    cr_assert_eq(toy_cell(toy, DEV)->state, CELL_DEPLOYING);
    toy->cells[DEV].stays_away = toy->cells[DEV].unlooked = false;
    toy->cells[DEV].call = CALL_TAKEN;
    toy_work(toy);
    toy_run(toy, 1);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
    cr_expect_eq(toy_count(toy, "deploy.failed", NULL), 0);
}

Test(engine_failing, a_clock_jump_makes_no_deploy_late)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].stays_away = true;
    toy_run_until(toy, DEV, CELL_DEPLOYING);
    toy->cells[DEV].stays_away = false;
    toy->now_ms += WHEN_DAY;
    toy->credit_ms = WHEN_DAY;
    toy_run(toy, 2);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
    cr_expect_eq(toy_count(toy, "deploy.failed", NULL), 0);
}

Test(engine_failing, a_clock_that_is_put_back_neither_hides_a_rollback_nor_its_deadline)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].verdicts[GATE_LIMITS] = VERDICT_FAIL;
    toy->cells[DEV].rollbacks_fail = false;
    toy_run_until(toy, DEV, CELL_ROLLING_BACK);
    toy->now_ms -= WHEN_DAY;
    toy->credit_ms = -WHEN_DAY;
    toy_run(toy, 3);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_ROLLED_BACK);
}

static struct plan_cell *planned(struct plan *plan, guint wave, guint cell)
{
    struct plan_wave *place = g_ptr_array_index(plan->waves, wave);
    return g_ptr_array_index(place->cells, cell);
}

Test(engine_failing, a_closed_rollback_window_holds_instead_of_rolling_back_by_itself)
{
    struct plan *plan = toy_plan();
    planned(plan, 0, 0)->rollback_closed = true;
    OWN(toy) toy = toy_new(plan);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy_fail_gate(toy, DEV);
    toy_run(toy, 30);
    cr_expect_eq(toy->cells[DEV].rollbacks, 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, "rollback window closed"));
    cr_assert(toy_append(toy, "bob@h", "rollback",
                         json_pack("{s:[s], s:s}", "cells", "cell-0", "reason", "I know")));
    toy_run(toy, 10);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_ROLLED_BACK, "a person may");
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED, "and the version has failed");
}

Test(engine_failing, a_part_that_went_back_by_itself_is_a_fail_and_the_rest_is_brought_back_too)
{
    struct plan *plan = toy_plan();
    g_free(planned(plan, 1, 0)->from_ref);
    planned(plan, 1, 0)->from_ref = g_strdup("{\"a\":\"5.0.2\",\"w\":\"5.0.2\"}");
    OWN(toy) toy = toy_new(plan);
    toy->cells[MID].parts = true;
    g_strlcpy(toy->cells[MID].reference, "{\"a\":\"5.0.2\",\"w\":\"5.0.2\"}", 32);
    toy_run_until(toy, MID, CELL_BAKING);
    g_strlcpy(toy->cells[MID].reference, "{\"a\":\"5.0.3\",\"w\":\"5.0.2\"}", 32);
    toy_run(toy, 30);
    cr_expect_eq(toy_count(toy, "deploy.failed", "cell-2"), 1);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy->cells[MID].rollbacks, 1);
    cr_expect_eq(toy->cells[MID].deploys, 1);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
}

Test(engine_failing, a_part_that_runs_a_third_thing_is_somebody_elses_change_and_held)
{
    struct plan *plan = toy_plan();
    g_free(planned(plan, 1, 0)->from_ref);
    planned(plan, 1, 0)->from_ref = g_strdup("{\"a\":\"5.0.2\",\"w\":\"5.0.2\"}");
    OWN(toy) toy = toy_new(plan);
    toy->cells[MID].parts = true;
    g_strlcpy(toy->cells[MID].reference, "{\"a\":\"5.0.2\",\"w\":\"5.0.2\"}", 32);
    toy_run_until(toy, MID, CELL_BAKING);
    g_strlcpy(toy->cells[MID].reference, "{\"a\":\"4.9.9\",\"w\":\"5.0.2\"}", 32);
    toy_run(toy, 5);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, "4.9.9"));
    cr_expect_eq(toy->cells[MID].rollbacks, 0);
}

Test(engine_failing, a_vanished_cell_that_has_to_go_back_is_held_and_may_be_accepted)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy->cells[MID].gone = true;
    toy_append(toy, "bob@h", "abort", json_pack("{s:s}", "reason", "no"));
    toy_run(toy, 5);
    cr_assert_eq(toy->rollout->state, ROLLOUT_HELD, "no state without a way out");
    cr_expect(strstr(toy->rollout->state_reason, "no longer in celldeck.yaml"));
    toy_append(toy, "bob@h", "cell.accepted",
               json_pack("{s:s, s:s}", "cell", "cell-2", "reason", "it was torn down"));
    toy_run(toy, 2);
    cr_expect_eq(toy->rollout->state, ROLLOUT_ABORTED);
}

Test(engine_failing, a_passed_cell_that_vanished_and_is_to_go_back_is_held_and_may_be_accepted)
{
    struct plan *plan = toy_plan();
    ((struct plan_wave *)g_ptr_array_index(plan->waves, 1))->on_fail = ON_FAIL_ROLLBACK_ALL;
    OWN(toy) toy = toy_new(plan);
    toy_run_until(toy, MID, CELL_BAKING);
    toy->cells[DEV].gone = true;
    toy_fail_gate(toy, MID);
    toy_run(toy, 10);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_assert_eq(toy->rollout->state, ROLLOUT_HELD, "no state without a way out");
    toy_append(toy, "bob@h", "cell.accepted",
               json_pack("{s:s, s:s}", "cell", "cell-0", "reason", "it was torn down"));
    toy_run(toy, 2);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
}

Test(engine_failing, a_failed_cell_that_another_operation_has_locked_is_held_until_it_is_free)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy->cells[MID].locked_by = "f1";
    toy_fail_gate(toy, MID);
    toy_run(toy, 5);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, "locked by f1"), "%s", toy->rollout->state_reason);
    cr_expect_eq(toy->cells[MID].rollbacks, 0);
    toy->cells[MID].locked_by = NULL;
    toy_run(toy, 5);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
}

Test(engine_failing, accepting_a_cell_whose_rollback_is_under_way_changes_nothing)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy->cells[MID].stays_away = true;
    toy_run(toy, 2);
    cr_assert_eq(toy_cell(toy, MID)->state, CELL_ROLLING_BACK);
    toy_append(toy, "bob@h", "cell.accepted",
               json_pack("{s:s, s:s}", "cell", "cell-2", "reason", "wait"));
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLING_BACK);
}

Test(engine_failing, failures_within_max_failed_let_the_rollout_go_on)
{
    struct plan *plan = toy_plan();
    ((struct plan_wave *)g_ptr_array_index(plan->waves, 1))->max_failed = 1;
    OWN(toy) toy = toy_new(plan);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy_run(toy, 90);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy_cell(toy, MID2)->state, CELL_PASSED);
    cr_expect_eq(toy->rollout->state, ROLLOUT_WAITING);
}

Test(engine_failing, on_fail_rollback_all_takes_passed_cells_back_newest_first)
{
    struct plan *plan = toy_plan();
    ((struct plan_wave *)g_ptr_array_index(plan->waves, 1))->on_fail = ON_FAIL_ROLLBACK_ALL;
    OWN(toy) toy = toy_new(plan);
    toy_run_until(toy, MID2, CELL_BAKING);
    toy_fail_gate(toy, MID2);
    toy_run(toy, 30);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_lt(toy_cell(toy, MID)->rollback_attempt, 2);
    gint64 order[2] = {0, 0};
    for (guint i = 0; i < toy->events->len; i++) {
        const struct event *event = g_ptr_array_index(toy->events, i);
        const char *cell = json_string_value(json_object_get(event->data, "cell"));
        if (strcmp(event->type, "rollback.intent") == 0 && strcmp(cell, "cell-3") != 0)
            order[strcmp(cell, "cell-0") == 0] = event->seq;
    }
    cr_expect_lt(order[0], order[1], "cell-2 was deployed after cell-0, and goes back before it");
}

Test(engine_failing, what_a_healthcheck_said_before_a_rollback_does_not_confirm_it)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy->cells[MID].shows = "5.0.2";
    toy->cells[MID].shown_ms = toy->now_ms - WHEN_HOUR;
    toy_fail_gate(toy, MID);
    toy_run(toy, 5);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLING_BACK);
    toy->cells[MID].shown_ms = 0;
    toy_run(toy, 1);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
}

Test(engine_failing, a_deploy_call_under_way_is_settled_before_the_rollback_begins)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].stays_away = true;
    toy_run_until(toy, DEV, CELL_DEPLOYING);
    toy->cells[DEV].call = CALL_UNDER_WAY;
    cr_assert(toy_append(toy, "bob@h", "abort", json_pack("{s:s}", "reason", "no")));
    toy_run(toy, 5);
    cr_expect_eq(toy->cells[DEV].rollbacks, 0);
    toy->cells[DEV].call = CALL_TAKEN;
    toy->cells[DEV].stays_away = false;
    toy_run(toy, 5);
    cr_expect_eq(toy->cells[DEV].rollbacks, 1);
}

/* Or its version would not be held. */
Test(engine_failing, a_rollout_that_is_aborted_after_it_failed_has_failed)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy_step(toy);
    cr_assert(toy_append(toy, "bob@h", "abort", json_pack("{s:s}", "reason", "no")));
    toy_run(toy, 30);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
}

Test(engine_failing, what_an_abort_may_not_take_back_is_held_and_said)
{
    struct plan *plan = toy_plan();
    planned(plan, 0, 0)->rollback_closed = true;
    OWN(toy) toy = toy_new(plan);
    toy_run_until(toy, DEV, CELL_BAKING);
    cr_assert(toy_append(toy, "bob@h", "abort", json_pack("{s:s}", "reason", "no")));
    toy_run(toy, 60);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, "its rollback window is closed"), "%s",
              toy->rollout->state_reason);
    cr_expect_eq(toy->cells[DEV].rollbacks, 0);
    cr_expect_eq(toy_count(toy, "cell.passed", "cell-0"), 0);
}

Test(engine_failing, what_does_not_pass_waits_as_long_as_its_wave_says_and_then_for_a_human)
{
    struct plan *plan = toy_plan();
    struct plan_wave *dev = plan->waves->pdata[0];
    dev->gates = g_new0(struct gates_config, 1);
    gates_config_copy(dev->gates, &plan->gates);
    dev->gates->deadline_ms = 4 * plan->gates.deadline_ms;
    gint64 bake_min = dev->bake_ms / WHEN_MINUTE, late_min = plan->gates.deadline_ms / WHEN_MINUTE;
    OWN(toy) toy = toy_new(plan);
    toy->cells[DEV].verdicts[GATE_TRAFFIC] = VERDICT_HOLD;
    toy_run_until(toy, DEV, CELL_BAKING);
    toy_run(toy, (int)(bake_min + 2 * late_min));
    cr_expect_null(toy_cell(toy, DEV)->held);
    toy_run(toy, (int)(3 * late_min));
    cr_expect_not_null(toy_cell(toy, DEV)->held);
}

Test(engine_failing, what_can_not_be_read_before_a_deploy_is_waited_for_as_long_as_its_wave_says)
{
    struct plan *plan = toy_plan();
    struct plan_wave *dev = plan->waves->pdata[0];
    dev->gates = g_new0(struct gates_config, 1);
    gates_config_copy(dev->gates, &plan->gates);
    dev->gates->deadline_ms = 4 * plan->gates.deadline_ms;
    gint64 late_min = plan->gates.deadline_ms / WHEN_MINUTE;
    OWN(toy) toy = toy_new(plan);
    toy->cells[DEV].health = HEALTH_UNKNOWN;
    toy_run(toy, (int)(2 * late_min));
    cr_expect_eq(toy->rollout->state, ROLLOUT_RUNNING, "%s", toy->rollout->state_reason);
    toy_run(toy, (int)(3 * late_min));
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
}
