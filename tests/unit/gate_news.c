/* What the journal keeps of a bake's gates (rollout/gate_news.h). */
#include "rollout/gate_news.h"
#include "rollout/story.h"

#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <string.h>

/* A bake of the dev cell's of that length, and of such periods. */
static struct toy *baking(gint64 bake_ms, gint64 period_ms)
{
    OWN(plan) plan = toy_plan();
    struct plan_wave *dev = g_ptr_array_index(plan->waves, 0);
    dev->bake_ms = bake_ms;
    plan->period_ms = period_ms;
    struct toy *toy = toy_new(g_steal_pointer(&plan));
    toy->step_ms = period_ms;
    while (toy_cell(toy, DEV)->state != CELL_BAKING)
        toy_run(toy, 1);
    return toy;
}

static char *said_now(const struct toy *toy)
{
    return g_strdup_printf("as the test says at %" G_GINT64_FORMAT " s", toy->now_ms / WHEN_SECOND);
}

/* What the gate's word is that the event carries. */
static const char *word_in(const struct event *event, enum gate gate, const char *key)
{
    size_t i;
    const json_t *word;
    json_array_foreach (json_object_get(event->data, "evidence"), i, word)
        if (g_strcmp0(json_string_value(json_object_get(word, "gate")), gate_name(gate)) == 0)
            return json_string_value(json_object_get(word, key));
    return NULL;
}

static void expect_all_say(const struct toy *toy, enum toy_id id, const char *reason)
{
    for (int i = 0; i < GATE_COUNT; i++)
        cr_expect_str_eq(toy_cell(toy, id)->gates[i].reason, reason, "%s", gate_name((enum gate)i));
}

Test(gate_news, figures_are_never_older_than_a_quarter_of_the_bakes_age_before)
{
    OWN(toy) toy = baking(7 * WHEN_DAY, WHEN_MINUTE);
    const struct rollout_cell *cell = toy_cell(toy, DEV);
    while (cell->state == CELL_BAKING) {
        gint64 age_ms = toy->now_ms - cell->deployed_at_ms;
        gint64 written_ms = cell->gates[GATE_DATA].at_ms - cell->deployed_at_ms;
        cr_assert_leq(age_ms - written_ms, MAX(written_ms / 4, 5 * WHEN_MINUTE) + WHEN_MINUTE);
        toy_run(toy, 1);
    }
    cr_expect_eq(cell->state, CELL_PASSED);
}

Test(gate_news, a_week_of_minutes_costs_some_thirty_records_of_figures)
{
    OWN(toy) toy = baking(7 * WHEN_DAY, WHEN_MINUTE);
    while (toy_cell(toy, DEV)->state == CELL_BAKING)
        toy_run(toy, 1);
    size_t records = toy_count(toy, "note", "cell-0");
    cr_expect_geq(records, 25, "%zu", records);
    cr_expect_leq(records, 35, "%zu", records);
    cr_expect_eq(toy_count(toy, "gate", "cell-0"), GATE_COUNT, "no news, no `gate`");
}

Test(gate_news, ten_minutes_of_seconds_are_no_flood)
{
    OWN(toy) toy = baking(10 * WHEN_MINUTE, WHEN_SECOND);
    while (toy_cell(toy, DEV)->state == CELL_BAKING)
        toy_run(toy, 1);
    size_t records = toy_count(toy, "note", "cell-0");
    cr_expect_leq(records, 20, "%zu", records);
}

Test(gate_news, a_bake_of_a_few_periods_has_no_figures_but_its_last)
{
    OWN(toy) toy = baking(4 * WHEN_SECOND, WHEN_SECOND);
    while (toy_cell(toy, DEV)->state == CELL_BAKING)
        toy_run(toy, 1);
    cr_expect_eq(toy_count(toy, "note", NULL), 0);
    cr_expect_eq(toy_cell(toy, DEV)->samples, 4);
}

Test(gate_news, a_cell_that_passed_shows_what_it_passed_on)
{
    OWN(toy) toy = baking(22 * WHEN_MINUTE, WHEN_MINUTE);
    while (toy_cell(toy, DEV)->state == CELL_BAKING)
        toy_run(toy, 1);
    const struct event *passed = toy_last(toy, "cell.passed", "cell-0");
    expect_all_say(toy, DEV, word_in(passed, GATE_LIMITS, "reason"));
    cr_expect_eq(toy_cell(toy, DEV)->gates[GATE_LIMITS].at_ms, passed->at_ms);
    cr_expect_eq(toy_cell(toy, DEV)->samples, 22);
}

Test(gate_news, samples_are_told_while_it_bakes)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    cr_expect_lt(toy_cell(toy, DEV)->samples, 5);
    toy_run(toy, 20);
    cr_expect_geq(toy_cell(toy, DEV)->samples, 15);
    cr_expect_lt(toy_cell(toy, DEV)->samples, 22);
}

Test(gate_news, a_cell_that_fails_goes_back_with_the_last_word_of_its_other_gates)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    toy_run(toy, 33);
    g_autofree char *now = said_now(toy);
    toy_fail_gate(toy, DEV);
    while (toy_step(toy)) {
    }
    cr_assert_eq(toy_cell(toy, DEV)->state, CELL_ROLLING_BACK);
    expect_all_say(toy, DEV, now);
    const struct event *back = toy_last(toy, "rollback.intent", "cell-0");
    cr_expect_str_eq(word_in(back, GATE_DATA, "reason"), now);
    cr_expect_null(word_in(back, GATE_LIMITS, "reason"), "it is on record as it failed by it");
    cr_expect_eq(toy_cell(toy, DEV)->gates[GATE_LIMITS].verdict, VERDICT_FAIL);
}

Test(gate_news, what_a_cell_failed_by_stands_though_the_gate_is_content_when_it_goes_back)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    toy->cells[DEV].locked_by = "r0";
    toy_fail_gate(toy, DEV);
    toy_run(toy, 1);
    cr_assert_eq(toy_cell(toy, DEV)->state, CELL_BAKING);
    toy->cells[DEV].verdicts[GATE_LIMITS] = VERDICT_PASS;
    toy->cells[DEV].locked_by = NULL;
    toy_step(toy);
    cr_assert_eq(toy_cell(toy, DEV)->state, CELL_ROLLING_BACK);
    cr_expect_eq(toy_cell(toy, DEV)->gates[GATE_LIMITS].verdict, VERDICT_FAIL);
}

Test(gate_news, a_cell_is_held_by_what_its_gate_says_now)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    toy->cells[DEV].verdicts[GATE_DATA] = VERDICT_HOLD;
    while (!toy_cell(toy, DEV)->held)
        toy_run(toy, 1);
    const struct event *held = toy_last(toy, "cell.held", "cell-0");
    const char *said = word_in(held, GATE_DATA, "reason");
    cr_expect(strstr(toy_cell(toy, DEV)->held, said), "%s", toy_cell(toy, DEV)->held);
    expect_all_say(toy, DEV, said);
}

Test(gate_news, newer_figures_call_nobody_to_a_held_cell_again)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    toy->cells[DEV].verdicts[GATE_DATA] = VERDICT_HOLD;
    toy_run(toy, 600);
    cr_expect_gt(toy_count(toy, "note", "cell-0"), 10, "they are written");
    cr_expect_eq(toy_count(toy, "cell.held", "cell-0"), 1);
    cr_expect_eq(toy_count(toy, "state", NULL), 2, "running, held");
    toy_crash(toy);
    toy_run(toy, 10);
    cr_expect_eq(toy_count(toy, "cell.held", "cell-0"), 1);
    toy->cells[DEV].verdicts[GATE_TRAFFIC] = toy->cells[DEV].verdicts[GATE_DATA];
    toy->cells[DEV].verdicts[GATE_DATA] = VERDICT_PASS;
    toy_run(toy, 2);
    cr_expect_eq(toy_count(toy, "cell.held", "cell-0"), 2, "another gate is another reason");
}

Test(gate_news, figures_put_off_no_deadline)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    gint64 last_ms = toy->rollout->last_ms;
    toy_run(toy, 30);
    cr_expect_gt(toy_count(toy, "note", "cell-0"), 3);
    cr_expect_eq(toy->rollout->last_ms, last_ms);
}

Test(gate_news, evidence_that_is_on_record_already_is_not_written_again)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    OWN_JSON evidence = json_pack("[{s:s, s:f}]", "metric", "cell_cpu_utilization", "value", 41.0);
    OWN_JSON newer = json_pack("[{s:s, s:f}]", "metric", "cell_cpu_utilization", "value", 42.0);
    toy->evidence = evidence;
    toy_run(toy, 12);
    const struct event *note = toy_last(toy, "note", "cell-0");
    cr_expect(json_equal(toy_cell(toy, DEV)->gates[GATE_SLO].evidence, evidence));
    cr_expect_null(
        json_object_get(json_array_get(json_object_get(note->data, "evidence"), 0), "evidence"));
    toy->evidence = newer;
    toy_run(toy, 12);
    cr_expect(json_equal(toy_cell(toy, DEV)->gates[GATE_SLO].evidence, newer));
    toy->evidence = NULL;
}

Test(gate_news, a_clock_that_is_put_back_neither_stops_figures_nor_floods)
{
    OWN(toy) toy = baking(6 * WHEN_HOUR, WHEN_MINUTE);
    toy_run(toy, 30);
    size_t before = toy_count(toy, "note", "cell-0");
    toy->now_ms -= WHEN_HOUR;
    toy->credit_ms -= WHEN_HOUR;
    toy_run(toy, 30);
    size_t since = toy_count(toy, "note", "cell-0") - before;
    cr_expect_geq(since, 2, "%zu", since);
    cr_expect_leq(since, 6, "%zu", since);
}

Test(gate_news, newer_figures_are_no_news_to_people)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    toy_run(toy, 12);
    const struct event *note = toy_last(toy, "note", "cell-0");
    g_autofree char *told = story_sentence(note);
    cr_expect_not(story_is_news(note));
    cr_expect_eq(story_tone(note), STORY_PLAIN);
    cr_expect(g_str_has_prefix(told, "note: its gates' figures after "), "%s", told);
    cr_expect(story_is_news(toy_last(toy, "gate", "cell-0")));
    cr_expect(story_is_news(toy_last(toy, "deploy.seen", "cell-0")));
}

Test(gate_news, events_of_an_earlier_celldeck_fold_as_they_did)
{
    OWN(toy) toy = baking(WHEN_HOUR, WHEN_MINUTE);
    gint64 at_ms = toy_cell(toy, DEV)->gates[GATE_DATA].at_ms;
    cr_assert(toy_append(toy, "c", "note", json_pack("{s:s}", "reason", "worth keeping")));
    cr_assert(toy_append(toy, "c", "cell.held",
                         json_pack("{s:s, s:s}", "cell", "cell-0", "reason", "because")));
    cr_expect_str_eq(toy_cell(toy, DEV)->held, "because");
    cr_expect_eq(toy_cell(toy, DEV)->gates[GATE_DATA].at_ms, at_ms);
    cr_assert(toy_append(toy, "c", "cell.passed",
                         json_pack("{s:s, s:i, s:[{s:s, s:s, s:s, s:s, s:[]}]}", "cell", "cell-0",
                                   "samples", 50, "evidence", "gate", "data", "verdict", "PASS",
                                   "code", "ok", "reason", "enough data", "evidence")));
    cr_expect_str_eq(toy_cell(toy, DEV)->gates[GATE_DATA].reason, "enough data");
    cr_expect_eq(toy_cell(toy, DEV)->samples, 50);
}
