/* What a rollout's events tell of its bakes (rollout/bakes.h). */
#include "rollout/bakes.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct bake *bake_at(const GPtrArray *bakes, guint i, const char *cell)
{
    cr_assert_gt(bakes->len, i);
    const struct bake *bake = bakes->pdata[i];
    cr_expect_str_eq(bake->cell->plan->id, cell);
    return bake;
}

Test(bakes, a_cell_that_passed_has_one_from_its_deploy_to_then)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    g_autoptr(GPtrArray) bakes = bakes_of(toy->rollout, toy->events);
    cr_assert_eq(bakes->len, 2);
    const struct bake *first = bake_at(bakes, 0, "cell-0"), *second = bake_at(bakes, 1, "cell-2");
    cr_expect_eq(first->verdict, VERDICT_PASS);
    cr_expect_eq(first->deployed_at_ms, toy_cell(toy, DEV)->deployed_at_ms);
    cr_expect_eq(first->bake_ms, rollout_bake_ms(toy->rollout, 0));
    cr_expect_geq(first->ended_ms, first->deployed_at_ms + first->bake_ms);
    cr_expect_eq(second->verdict, VERDICT_PENDING);
    cr_expect_eq(second->ended_ms, 0, "it bakes");
}

Test(bakes, a_gate_that_said_FAIL_is_named_and_the_bake_ends_with_the_rollback)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy_run_until(toy, MID, CELL_ROLLED_BACK);
    g_autoptr(GPtrArray) bakes = bakes_of(toy->rollout, toy->events);
    const struct bake *bake = bake_at(bakes, 1, "cell-2");
    cr_expect_eq(bake->verdict, VERDICT_FAIL);
    cr_expect_str_eq(bake->gate, "limits");
    cr_assert_not_null(bake->reason);
    cr_expect_geq(bake->said_ms, bake->deployed_at_ms);
    cr_expect_geq(bake->ended_ms, bake->said_ms);
    cr_expect_lt(bake->ended_ms, bake->deployed_at_ms + bake->bake_ms);
}

Test(bakes, an_aborted_one_never_came_to_a_word)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_BAKING);
    toy_append(toy, "alice", "abort", json_pack("{s:s}", "reason", "lunch"));
    toy_run_until(toy, DEV, CELL_ROLLED_BACK);
    g_autoptr(GPtrArray) bakes = bakes_of(toy->rollout, toy->events);
    const struct bake *bake = bake_at(bakes, 0, "cell-0");
    cr_expect_eq(bake->verdict, VERDICT_PENDING);
    cr_expect_eq(bake->said_ms, 0);
    cr_expect_str_eq(bake->reason, "the rollout was aborted");
    cr_expect_gt(bake->ended_ms, 0);
}

Test(bakes, what_was_held_and_accepted_was_a_HOLD)
{
    OWN(toy) toy = toy_new(NULL);
    toy->cells[DEV].verdicts[GATE_TRAFFIC] = VERDICT_HOLD;
    toy_run_until(toy, DEV, CELL_BAKING);
    toy_run(toy, 600);
    cr_assert_not_null(toy_cell(toy, DEV)->held);
    toy_append(toy, "bob", "cell.accepted",
               json_pack("{s:s, s:s}", "cell", "cell-0", "reason", "ok"));
    g_autoptr(GPtrArray) bakes = bakes_of(toy->rollout, toy->events);
    const struct bake *bake = bake_at(bakes, 0, "cell-0");
    cr_expect_eq(bake->verdict, VERDICT_HOLD);
    cr_assert_not_null(bake->reason);
    cr_expect_gt(bake->ended_ms, bake->said_ms);
}

Test(bakes, a_control_is_one_until_the_version_comes_to_it)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    gint64 dev_ms = toy_cell(toy, DEV)->deployed_at_ms, mid_ms = toy_cell(toy, MID)->deployed_at_ms;
    cr_expect_eq(bakes_control_until_ms(toy->events, "cell-2", dev_ms),
                 toy_cell(toy, MID)->intent_at_ms);
    cr_expect_eq(bakes_control_until_ms(toy->events, "cell-0", mid_ms), 0);
    cr_expect_eq(bakes_control_until_ms(toy->events, "cell-3", mid_ms), G_MAXINT64);
    cr_expect_eq(bakes_control_until_ms(toy->events, "stranger", mid_ms), G_MAXINT64);
}

Test(bakes, a_cell_that_is_back_is_a_control_again)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    gint64 baking_ms = toy_cell(toy, MID)->deployed_at_ms;
    toy_fail_gate(toy, MID);
    toy_run_until(toy, MID, CELL_ROLLED_BACK);
    cr_expect_eq(bakes_control_until_ms(toy->events, "cell-2", baking_ms), 0);
    cr_expect_eq(bakes_control_until_ms(toy->events, "cell-2", toy->now_ms), G_MAXINT64);
}
