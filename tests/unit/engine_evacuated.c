/* rollout.md, "Who may act": a failover takes a cell over by a durable event. Calls in flight are
 * settled first, the cell goes to HOLD, and its gates no longer FAIL. */
#include "data/history.h"
#include "rollout/state.h"
#include "rollout/story.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <string.h>

static void evacuate(struct toy *toy, const char *cell)
{
    for (enum toy_id id = DEV; id < TOY_CELLS; id++)
        if (strcmp(toy_cell(toy, id)->plan->id, cell) == 0)
            toy->cells[id].evacuating = true;
    cr_assert(toy_append(toy, "carol@h", "evacuated",
                         json_pack("{s:s, s:s}", "cell", cell, "operation", "f3")));
}

static bool ask(struct toy *toy, const char *what, const char *cell)
{
    g_autofree char *refusal =
        rollout_refuses(toy->rollout, what, rollout_cell(toy->rollout, cell));
    if (refusal)
        return false;
    const char *type = strcmp(what, "accept") == 0 ? "cell.accepted"
                       : strcmp(what, "skip") == 0 ? "cell.skipped"
                                                   : what;
    return toy_append(toy, "bob@h", type,
                      strcmp(what, "rollback") == 0
                          ? json_pack("{s:[s], s:s}", "cells", cell, "reason", "I say so")
                          : json_pack("{s:s, s:s}", "cell", cell, "reason", "I say so"));
}

Test(engine_evacuated, a_baking_cell_is_held_and_named_with_its_failover)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_run(toy, 1);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect(strstr(toy->rollout->state_reason, "evacuated by f3"));
    cr_expect(cell_is_handed_over(toy_cell(toy, MID)), "its lock may be given back");
}

Test(engine_evacuated, its_gates_fail_nothing_any_more_and_nothing_goes_back)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_fail_gate(toy, MID);
    toy->cells[MID].health = HEALTH_UNHEALTHY;
    toy_run(toy, 300);
    cr_expect_eq(toy->cells[MID].rollbacks, 0);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_BAKING);
    cr_expect_not(toy->rollout->failed, "its version is not held for what is not its fault");
}

Test(engine_evacuated, it_never_passes)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_run(toy, 300);
    cr_expect_eq(toy_count(toy, "cell.passed", "cell-2"), 0);
    g_autofree char *why = toy_may_go_forward(toy, MID);
    cr_expect(strstr(why, "evacuated by f3"));
}

Test(engine_evacuated, the_call_in_flight_is_settled_before_the_cell_is_handed_over)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[MID].stays_away = true;
    toy_run_until(toy, MID, CELL_DEPLOYING);
    toy->cells[MID].call = CALL_UNDER_WAY;
    evacuate(toy, "cell-2");
    toy_run(toy, 1);
    cr_expect_not(cell_is_handed_over(toy_cell(toy, MID)));
    toy->cells[MID].call = CALL_TAKEN;
    toy_run(toy, 1);
    cr_expect(cell_is_handed_over(toy_cell(toy, MID)));
    cr_expect(toy_cell(toy, MID)->called, "and its outcome is on record");
}

Test(engine_evacuated, a_deploy_that_fails_or_is_late_there_is_no_failure_of_the_release)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[MID].stays_away = true;
    toy_run_until(toy, MID, CELL_DEPLOYING);
    evacuate(toy, "cell-2");
    toy->cells[MID].call = CALL_FAILED;
    toy_run(toy, 300);
    cr_expect_eq(toy_count(toy, "deploy.failed", NULL), 0);
    cr_expect_eq(toy->cells[MID].rollbacks, 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
}

Test(engine_evacuated, a_deploy_that_completes_there_is_told_and_stays_held)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_DEPLOYING);
    evacuate(toy, "cell-2");
    toy_run(toy, 5);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_BAKING);
    cr_expect(toy_cell(toy, MID)->held);
}

Test(engine_evacuated, a_rollback_under_way_there_is_not_tried_again)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy->cells[MID].stays_away = true;
    toy_run_until(toy, MID, CELL_ROLLING_BACK);
    evacuate(toy, "cell-2");
    toy_run(toy, 300);
    cr_expect_eq(toy->cells[MID].rollbacks, 1);
    cr_expect_eq(toy_count(toy, "rollback.failed", NULL), 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_assert(ask(toy, "accept", "cell-2"));
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ACCEPTED, "a person has a way out");
}

Test(engine_evacuated, a_cell_that_is_yet_to_come_is_not_deployed_to_and_may_be_skipped)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_run(toy, 100);
    cr_expect_eq(toy->cells[MID].deploys, 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_assert(ask(toy, "skip", "cell-2"));
    toy_run_until(toy, MID2, CELL_BAKING);
    cr_expect_eq(toy_cell(toy, MID2)->state, CELL_BAKING, "and the rollout goes on");
}

Test(engine_evacuated, a_cell_that_has_passed_holds_the_rollout_until_somebody_accepts_it)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_PASSED);
    evacuate(toy, "cell-0");
    toy_run(toy, 30);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
    cr_expect_eq(toy->cells[MID].deploys, 1, "what was in flight goes on");
    cr_assert(ask(toy, "accept", "cell-0"));
    toy_run_until(toy, MID2, CELL_BAKING);
    cr_expect_eq(toy_cell(toy, MID2)->state, CELL_BAKING);
}

Test(engine_evacuated, an_abort_begins_nothing_there_and_waits_for_a_person)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_append(toy, "bob@h", "abort", json_pack("{s:s}", "reason", "enough"));
    toy_run(toy, 100);
    cr_expect_eq(toy->cells[MID].rollbacks, 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_HELD);
}

Test(engine_evacuated, a_rollback_that_is_asked_for_begins_when_the_failover_is_over)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_run(toy, 2);
    cr_assert(ask(toy, "rollback", "cell-2"));
    toy_run(toy, 100);
    cr_expect_eq(toy->cells[MID].rollbacks, 0, "not while f3 has the cell");
    toy->cells[MID].evacuating = false;
    toy_run(toy, 10);
    cr_expect_eq(toy->cells[MID].rollbacks, 1);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
}

Test(engine_evacuated, a_retry_that_is_asked_for_begins_when_the_failover_is_over)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    evacuate(toy, "cell-2");
    cr_assert(ask(toy, "retry", "cell-2"));
    toy_run(toy, 100);
    cr_expect_eq(toy->cells[MID].deploys, 0);
    toy->cells[MID].evacuating = false;
    toy_run_until(toy, MID, CELL_BAKING);
    cr_expect_eq(toy->cells[MID].deploys, 1);
}

Test(engine_evacuated, a_conductor_that_has_not_read_of_it_is_refused_by_the_fold)
{
    static const char *const types[] = {"rollback.intent", "gate", "cell.passed", "deploy.failed"};
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        cr_expect_not(toy_append(toy, "conductor", types[i],
                                 json_pack("{s:s, s:s, s:s, s:s}", "cell", "cell-2", "gate",
                                           "limits", "verdict", "FAIL", "reason", "late")),
                      "%s", types[i]);
}

Test(engine_evacuated, it_is_told_in_the_status_and_in_the_story)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    g_autofree char *sentence = story_sentence(toy_last(toy, "evacuated", "cell-2"));
    cr_expect_str_eq(sentence, "evacuated by f3 (carol@h): nothing more is begun here");
    OWN_JSON json = rollout_json(toy->rollout, NULL, toy->now_ms);
    const json_t *wave = json_array_get(json_object_get(json, "waves"), 1);
    const json_t *cell = json_array_get(json_object_get(wave, "cells"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(cell, "evacuated")), "f3");
}

/* What was recorded while f3 was under way stays as it is; whoever reads it afterwards does not
 * wait for f3. */
static void reads_after(struct toy *toy, enum toy_id cell, const char *before, const char *after)
{
    char *cells[] = {(char *)"cell-2", NULL};
    struct operation f3 = {.id = (char *)"f3",
                           .kind = (char *)"failover",
                           .state = (char *)"completed",
                           .cells = cells};
    g_autoptr(GPtrArray) operations = g_ptr_array_new();
    g_ptr_array_add(operations, &f3);
    for (f3.ended_ms = 0; f3.ended_ms <= 1; f3.ended_ms++) {
        const char *words = f3.ended_ms ? after : before;
        g_autofree char *whole = g_strdup_printf("cell-2: %s", words);
        g_autofree char *held = rollout_held_words(toy_cell(toy, cell), operations);
        g_autofree char *state = rollout_state_words(toy->rollout, operations);
        g_autofree char *next = rollout_next(toy->rollout, operations, toy->now_ms);
        cr_expect_str_eq(held, words);
        cr_expect_str_eq(state, whole);
        cr_expect(strstr(next, words), "%s", next);
        OWN_JSON json = rollout_json(toy->rollout, operations, toy->now_ms);
        cr_expect_str_eq(json_string_value(json_object_get(json, "reason")), whole);
    }
    cr_expect_str_eq(toy_cell(toy, cell)->held, before, "as recorded");
}

Test(engine_evacuated, of_a_cell_to_come_it_is_told_once_its_failover_is_over)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_run(toy, 100);
    cr_assert_eq(toy->rollout->state, ROLLOUT_HELD);
    reads_after(
        toy, MID,
        "evacuated by f3, so nothing more is begun here: skip it, or ask for a retry, which "
        "begins after f3",
        "evacuated by f3, which is over (completed); nothing is begun here by itself: skip "
        "it, or ask for a retry");
}

Test(engine_evacuated, of_a_cell_in_flight_it_is_told_once_its_failover_is_over)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    evacuate(toy, "cell-2");
    toy_run(toy, 3);
    reads_after(
        toy, MID,
        "evacuated by f3, so nothing more is begun here: accept it as it is, or ask for its "
        "rollback, which begins after f3",
        "evacuated by f3, which is over (completed); nothing is begun here by itself: accept "
        "it as it is, or ask for its rollback");
}
