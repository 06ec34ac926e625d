/* Windows, freezes and break-glass (rollout.md: they stop forward motion, never a rollback). */
#include "tests/unit/toy.h"

#include "rollout/state.h"

#include <criterion/criterion.h>

/* The toy's clock begins on Tuesday, 2023-11-14 at 22:13:20Z. */
#define OPEN_WEDNESDAY "Wed 09:00-10:00 UTC"
#define OPENS_MS       G_GINT64_CONSTANT(1700038800000) /* 2023-11-15T09:00:00Z */

static struct toy *toy_with_window(size_t wave, const char *window)
{
    struct plan *plan = toy_plan();
    ((struct plan_wave *)g_ptr_array_index(plan->waves, wave))->window = window_new(window);
    return toy_new(plan);
}

static void override(struct toy *toy, const char *wave, gint64 bake_ms)
{
    json_t *data = json_pack("{s:s, s:s, s:b, s:I}", "wave", wave, "reason", "hotfix", "window",
                             bake_ms == 0, "bake_ms", (json_int_t)bake_ms);
    cr_assert(toy_append(toy, "alice@h", "override", data));
}

Test(engine_calendar, a_wave_starts_only_inside_its_window)
{
    OWN(toy) toy = toy_with_window(1, OPEN_WEDNESDAY);
    toy_run(toy, 300);
    cr_assert_eq(toy->rollout->state, ROLLOUT_WAITING);
    cr_expect_str_eq(toy->rollout->state_reason,
                     "wave mid-size opens 2023-11-15T09:00:00Z (its window: " OPEN_WEDNESDAY ")");
    cr_expect_eq(toy_count(toy, "wave.started", NULL), 1);
    toy->now_ms = OPENS_MS;
    toy_run_until(toy, MID, CELL_BAKING);
    cr_expect_eq(toy->cells[MID].deploys, 1);
    cr_expect_eq(toy_count(toy, "state", NULL), 3, "running, waiting, running: said once each");
}

Test(engine_calendar, within_a_wave_no_cell_is_deployed_to_once_its_window_has_shut)
{
    OWN(toy) toy = toy_with_window(1, OPEN_WEDNESDAY);
    toy_run(toy, 300);
    toy->now_ms = OPENS_MS;
    toy_run_until(toy, MID, CELL_BAKING);
    toy->now_ms = OPENS_MS + WHEN_HOUR;
    toy_run_until(toy, MID, CELL_PASSED);
    toy_run(toy, 300);
    cr_expect_eq(toy->cells[MID2].deploys, 0);
    cr_expect_eq(toy->rollout->state, ROLLOUT_WAITING);
    toy->now_ms = OPENS_MS + 7 * WHEN_DAY;
    toy_run_until(toy, MID2, CELL_BAKING);
    cr_expect_eq(toy->cells[MID2].deploys, 1);
}

Test(engine_calendar, a_window_never_stops_a_rollback)
{
    OWN(toy) toy = toy_with_window(1, OPEN_WEDNESDAY);
    toy_run(toy, 300);
    toy->now_ms = OPENS_MS;
    toy_run_until(toy, MID, CELL_BAKING);
    toy->now_ms = OPENS_MS + 2 * WHEN_HOUR;
    toy->cells[MID].verdicts[GATE_LIMITS] = VERDICT_FAIL;
    toy_run(toy, 60);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_ROLLED_BACK);
    cr_expect_eq(toy->rollout->state, ROLLOUT_FAILED);
}

Test(engine_calendar, a_freeze_holds_every_wave_that_it_names)
{
    struct plan *plan = toy_plan();
    struct freeze *freeze = g_new0(struct freeze, 1);
    *freeze = (struct freeze){.from_ms = 0, .to_ms = OPENS_MS, .reason = g_strdup("audit")};
    freeze->waves = g_strsplit("mid-size", " ", -1);
    g_ptr_array_add(plan->freezes, freeze);
    OWN(toy) toy = toy_new(plan);
    toy_run(toy, 300);
    cr_expect_eq(toy_cell(toy, DEV)->state, CELL_PASSED);
    cr_expect_str_eq(toy->rollout->state_reason,
                     "wave mid-size is frozen until 2023-11-15T09:00:00Z (audit)");
    toy->now_ms = OPENS_MS;
    toy_run_until(toy, MID, CELL_BAKING);
}

Test(engine_calendar, an_approval_is_asked_for_before_its_window_is_waited_for)
{
    OWN(toy) toy = toy_with_window(2, OPEN_WEDNESDAY);
    toy_run(toy, 600);
    cr_expect(strstr(toy->rollout->state_reason, "waits for 1 approval"));
    toy_approve(toy, "bob@h", "enterprise");
    toy_run(toy, 1);
    cr_expect(strstr(toy->rollout->state_reason, "its window: "));
}

Test(engine_calendar, the_console_asks_the_same_question)
{
    OWN(toy) toy = toy_with_window(1, OPEN_WEDNESDAY);
    toy_run(toy, 300);
    g_autofree char *next = rollout_next(toy->rollout, NULL, toy->now_ms);
    cr_expect(g_str_has_prefix(next, "deploys 5.0.3 to cell-2: wave mid-size opens 2023-"), "%s",
              next);
}

Test(engine_calendar, break_glass_lifts_a_window_of_one_wave_and_stands_on_record)
{
    OWN(toy) toy = toy_with_window(1, OPEN_WEDNESDAY);
    toy_run(toy, 300);
    override(toy, "mid-size", 0);
    toy_run_until(toy, MID, CELL_BAKING);
    cr_expect_eq(toy->cells[MID].deploys, 1);
    toy_crash(toy);
    cr_assert_eq(toy->rollout->overrides->len, 1);
    const struct override *given = g_ptr_array_index(toy->rollout->overrides, 0);
    cr_expect_str_eq(given->actor, "alice@h");
    cr_expect_str_eq(given->reason, "hotfix");
}

Test(engine_calendar, break_glass_shortens_a_bake_and_never_lengthens_one)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    gint64 bake_ms = rollout_bake_ms(toy->rollout, 1);
    override(toy, "mid-size", bake_ms * 2);
    cr_expect_eq(rollout_bake_ms(toy->rollout, 1), bake_ms);
    override(toy, "mid-size", 5 * WHEN_MINUTE);
    cr_expect_eq(rollout_bake_ms(toy->rollout, 1), 5 * WHEN_MINUTE);
    cr_expect_eq(rollout_bake_ms(toy->rollout, 2), WHEN_HOUR, "of that wave alone");
    toy_run(toy, 6);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_PASSED);
}

Test(engine_calendar, break_glass_widens_no_wave_and_skips_no_gate)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    toy->cells[MID].verdicts[GATE_DATA] = VERDICT_HOLD;
    override(toy, "mid-size", 5 * WHEN_MINUTE);
    toy_run(toy, 10);
    cr_expect_eq(toy_cell(toy, MID)->state, CELL_BAKING, "a gate holds it all the same");
    cr_expect_eq(toy->cells[MID2].deploys, 0, "one at a time");
}

Test(engine_calendar, break_glass_that_has_no_sense_changes_nothing)
{
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, MID, CELL_BAKING);
    override(toy, "mid-size", 0); /* it has no window */
    override(toy, "dev", WHEN_MINUTE);
    override(toy, "nowhere", 0);
    override(toy, "enterprise", 1); /* shorter than a period */
    cr_expect_eq(toy->rollout->overrides->len, 0);
}

Test(engine_calendar, what_is_lifted_is_not_lifted_again)
{
    OWN(toy) toy = toy_with_window(1, OPEN_WEDNESDAY);
    toy_run(toy, 300);
    override(toy, "mid-size", 0);
    g_autofree char *refusal = rollout_refuses_override(toy->rollout, 1, 0);
    cr_expect_str_eq(refusal, "wave mid-size waits for no window or freeze any more");
    override(toy, "mid-size", 0);
    cr_expect_eq(toy->rollout->overrides->len, 1, "one debt");
}
