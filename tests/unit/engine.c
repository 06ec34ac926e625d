/* The rules of rollout.md, from "States" to "Resume", each by its name. */
#include "tests/unit/toy.h"

#include <criterion/criterion.h>

Test(engine, a_good_release_goes_through_all_waves_with_an_approval)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run(toy, 120);
    cr_assert_eq(toy->rollout->state, ROLLOUT_WAITING);
    cr_expect_eq(toy->cells[BIG].deploys, 0);
    toy_approve(toy, "bob@h", "enterprise");
    toy_run(toy, 200);
    cr_assert_eq(toy->rollout->state, ROLLOUT_COMPLETED);
    for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
        cr_expect_eq(toy_cell(toy, id)->state, CELL_PASSED);
        cr_expect_eq(toy->cells[id].deploys, 1);
    }
}

Test(engine, a_bad_canary_is_rolled_back_alone_and_later_waves_hear_nothing)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy_run(toy, 60);
    cr_assert_eq(toy->rollout->state, ROLLOUT_FAILED);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
    cr_expect_eq(toy->cells[DEV].rollbacks, 0);
    cr_expect_eq(toy->cells[MID2].deploys + toy->cells[BIG].deploys, 0);
    cr_expect_str_eq(toy->cells[MID].version, "5.0.2");
}

Test(engine, abort_takes_back_what_is_in_flight_and_leaves_what_passed)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    cr_assert(toy_append(toy, "bob@h", "abort", json_pack("{s:s}", "reason", "no")));
    toy_approve(toy, "bob@h", "enterprise");
    toy_run(toy, 60);
    cr_expect_eq(toy->rollout->state, ROLLOUT_ABORTED);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
    cr_expect_eq(toy->cells[MID2].deploys, 0);
}

Test(engine, paused_it_goes_no_further_but_gates_still_roll_back)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_append(toy, "bob@h", "pause", json_pack("{s:s}", "state", "paused"));
    toy_run(toy, 90);
    cr_expect_eq(toy->rollout->state, ROLLOUT_PAUSED);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy_run(toy, 10);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy->cells[MID2].deploys, 0);
}

Test(engine, resumed_it_goes_on_where_it_was)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy_append(toy, "bob@h", "pause", json_pack("{s:s}", "state", "paused"));
    toy_run(toy, 30);
    toy_append(toy, "bob@h", "resume", json_pack("{s:s}", "state", "running"));
    toy_run(toy, 3);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
}

Test(engine, a_restart_neither_shortens_nor_restarts_a_bake)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    gint64 deployed_ms = toy_cell(toy, DEV)->deployed_at_ms;
    toy->now_ms = deployed_ms + 5 * WHEN_MINUTE;
    toy_crash(toy);
    toy_run(toy, 4);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
    toy_run(toy, 2);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
    cr_expect_eq(toy_cell(toy, DEV)->deployed_at_ms, deployed_ms);
}

Test(engine, a_clock_jump_does_not_end_a_bake)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy->now_ms += WHEN_HOUR;
    toy->credit_ms = WHEN_HOUR;
    toy_run(toy, 2);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
}

Test(engine, a_cell_does_not_pass_while_a_gate_is_anything_but_pass)
{
    const enum verdict others[] = {VERDICT_PENDING, VERDICT_HOLD};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        OWN(toy) toy = toy_new(NULL);
        toy->cells[DEV].verdicts[GATE_DATA] = others[i];
        toy_run(toy, 200);
        cr_expect_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
        cr_expect_eq(toy->rollout->state, ROLLOUT_HELD, "past the deadline a human is called");
    }
}

Test(engine, a_human_is_told_of_the_gate_that_holds_before_one_that_waits)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].verdicts[GATE_LIMITS] = VERDICT_PENDING;
    toy->cells[DEV].verdicts[GATE_DATA] = VERDICT_HOLD;
    toy_run(toy, 200);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, "gate data is still HOLD"), "%s",
              toy->rollout->state_reason);
}

Test(engine, a_held_gate_that_passes_after_all_lets_the_cell_pass)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].verdicts[GATE_DATA] = VERDICT_HOLD;
    toy_run(toy, 60);
    toy->cells[DEV].verdicts[GATE_DATA] = VERDICT_PASS;
    toy_run(toy, 2);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
}

Test(engine, a_gate_is_recorded_when_its_verdict_changes_and_not_every_minute)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_PASSED);
    cr_expect_eq(toy_count(toy, "gate", "cell-0"), GATE_COUNT);
}

Test(engine, a_requester_who_approves_their_own_wave_is_not_counted)
{
    OWN(toy) toy = toy_new(NULL);
    toy_approve(toy, "alice@elsewhere", "enterprise");
    toy_run(toy, 120);
    cr_expect_eq(toy->rollout->state, ROLLOUT_WAITING);
}

Test(engine, an_approval_of_another_plan_is_not_counted)
{
    OWN(toy) toy = toy_new(NULL);
    cr_assert(toy_append(toy, "bob@h", "approve",
                         json_pack("{s:s, s:s, s:s}", "wave", "enterprise", "version", "5.0.3",
                                   "plan_hash", "another")));
    toy_run(toy, 120);
    cr_expect_eq(toy->rollout->state, ROLLOUT_WAITING);
}

Test(engine, a_moved_tag_holds_before_the_next_cell)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy->tag_moved = true;
    toy_run(toy, 30);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect_eq(toy->cells[MID].deploys, 0);
}

Test(engine, a_cell_that_runs_neither_from_nor_to_is_held_showing_both)
{
    OWN(toy) toy = toy_new(NULL);
    g_strlcpy(toy->cells[DEV].version, "4.9.9", 16);
    g_strlcpy(toy->cells[DEV].reference, "other", 32);
    toy_run(toy, 3);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, "4.9.9"));
    cr_expect(strstr(toy->rollout->state_reason, "5.0.2"));
    cr_expect_eq(toy->cells[DEV].deploys, 0);
}

Test(engine, a_passed_cell_that_no_longer_runs_the_new_version_holds_the_next_step)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_PASSED);
    g_strlcpy(toy->cells[MID].reference, "cell-2@5.0.2", 32);
    toy_run_until(toy, MID, CELL_BAKING);
    g_strlcpy(toy->cells[DEV].reference, "someone-elses", 32);
    toy_run(toy, 60);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_PASSED);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect_eq(toy->cells[MID2].deploys, 0);
}

Test(engine, a_vanished_cell_is_skipped_visibly)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[MID].gone = true;
    toy_run(toy, 60);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_SKIPPED);
    cr_expect_eq(toy_count(toy, "cell.skipped", "cell-2"), 1);
    cr_expect_eq(toy->cells[MID2].deploys, 1);
}

Test(engine, a_new_cell_is_not_in_the_rollout_and_that_is_said_once)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy->new_cell = "cell-9";
    toy_run(toy, 20);
    toy_crash(toy);
    toy_run(toy, 20);
    cr_expect_eq(toy->rollout->new_cells->len, 1, "one note of it");
    cr_expect_eq(toy->rollout->cells->len, TOY_CELLS);
}

Test(engine, a_deploy_is_not_seen_complete_while_something_else_than_it_brought_runs)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].done_as = "cell-0@another";
    toy_run(toy, 29);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_DEPLOYING);
    toy->cells[DEV].done_as = "cell-0@5.0.3";
    toy_run(toy, 1);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
}

Test(engine, a_cell_does_not_pass_before_the_last_period_of_its_bake_has_settled)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].unsettled = true;
    toy_run(toy, 20);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
    toy->cells[DEV].unsettled = false;
    toy_run(toy, 1);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
}

Test(engine, a_dr_cell_follows_its_primary_and_is_never_in_flight_with_it)
{
    struct plan *plan = toy_plan();
    ((struct plan_wave *)g_ptr_array_index(plan->waves, 2))->max_in_flight = 2;
    OWN(toy) toy = toy_new(plan);
    toy_approve(toy, "bob@h", "enterprise");
    toy_run_until(toy, BIG, CELL_BAKING);
    toy_run(toy, 10);
    cr_expect_eq(toy_cell(toy, DR)->state, CELL_PENDING);
    toy_run_until(toy, BIG, CELL_PASSED);
    toy_run(toy, 5);
    cr_expect_eq(toy_cell(toy, DR)->state, CELL_BAKING);
}

Test(engine, a_person_may_roll_a_passed_cell_back_and_then_retry_or_skip_it)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_append(toy, "bob@h", "rollback",
               json_pack("{s:[s], s:s}", "cells", "cell-0", "reason", "odd"));
    toy_run(toy, 60);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect_eq(toy->cells[MID2].deploys, 0);
    toy_append(toy, "bob@h", "retry", json_pack("{s:s}", "cell", "cell-0"));
    toy_run(toy, 200);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
    cr_expect_eq(toy->cells[DEV].deploys, 2);
    cr_expect_eq(toy_cell(toy, MID2)->state, CELL_PASSED);
}

Test(engine, a_held_cell_may_be_accepted_and_is_not_called_passed)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].verdicts[GATE_TRAFFIC] = VERDICT_HOLD;
    toy_run(toy, 60);
    toy_append(toy, "bob@h", "cell.accepted",
               json_pack("{s:s, s:s}", "cell", "cell-0", "reason", "quiet cell"));
    toy_run(toy, 5);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_ACCEPTED);
    cr_expect_eq(toy->cells[MID].deploys, 1);
}

Test(engine, an_outcome_without_its_intent_is_refused_and_changes_nothing)
{
    OWN(toy) toy = toy_new(NULL);
    gint64 seq = toy->rollout->seq;
    const char *orphans[] = {"deploy.called", "deploy.seen", "cell.passed", "rollback.done",
                             "rollback.intent"};
    for (size_t i = 0; i < G_N_ELEMENTS(orphans); i++) {
        OWN_JSON data = json_pack("{s:s, s:s, s:i}", "cell", "cell-0", "token", "t", "attempt", 1);
        struct event event = {.stream = (char *)"r1",
                              .seq = seq + 1,
                              .actor = (char *)"x",
                              .type = (char *)orphans[i],
                              .data = data};
        g_autoptr(GError) error = NULL;
        cr_expect(!rollout_apply(toy->rollout, &event, &error), "%s", orphans[i]);
        cr_expect(error != NULL);
        cr_expect_eq(toy->rollout->seq, seq);
        cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PENDING);
    }
}

Test(engine, what_may_not_go_forward_says_why)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    g_autofree char *baking = toy_may_go_forward(toy, DEV);
    g_autofree char *later = toy_may_go_forward(toy, MID);
    cr_expect(strstr(baking, "bakes for another"), "%s", baking);
    cr_expect(strstr(later, "not"), "%s", later);
}

Test(engine, what_comes_next_of_a_paused_rollout_is_nothing_new)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    g_autofree char *going = rollout_next(toy->rollout, NULL, toy->now_ms);
    cr_expect(g_str_has_suffix(going, ", then cell-2"), "%s", going);
    toy->rollout->paused = true;
    g_autofree char *paused = rollout_next(toy->rollout, NULL, toy->now_ms);
    cr_expect(g_str_has_prefix(paused, "nothing new until it is resumed; meanwhile bakes cell-0"),
              "%s", paused);
}

Test(engine, status_json_has_what_product_md_names)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    OWN_JSON json = rollout_json(toy->rollout, NULL, toy->now_ms);
    const char *keys[] = {"id",           "version", "commit", "state", "reason",
                          "requested_by", "waves",   "next",   "events"};
    cr_assert(json != NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        cr_expect(json_object_get(json, keys[i]), "%s", keys[i]);
    json_t *wave = json_array_get(json_object_get(json, "waves"), 0);
    json_t *cell = json_array_get(json_object_get(wave, "cells"), 0);
    const char *of_cell[] = {"id", "state", "from", "to", "deployed_at", "bake", "gates"};
    for (size_t i = 0; i < G_N_ELEMENTS(of_cell); i++)
        cr_expect(json_object_get(cell, of_cell[i]), "%s", of_cell[i]);
    cr_expect_eq(json_array_size(json_object_get(cell, "gates")), GATE_COUNT);
}
