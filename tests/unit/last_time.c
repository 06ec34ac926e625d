/* What the gates said of a cell in the last rollout that is over (rollout/last_time.h). */
#include "rollout/last_time.h"

#include "tests/unit/scratch.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <string.h>

struct shelf {
    char *dir;
    struct journal *journal;
};

static void shelf_open(struct shelf *shelf)
{
    shelf->dir = scratch_new();
    shelf->journal = journal_open_file(shelf->dir, NULL);
    cr_assert_not_null(shelf->journal);
}

static void shelf_close(struct shelf *shelf)
{
    journal_close(shelf->journal);
    scratch_remove(shelf->dir);
}

/* Puts what a toy has been through on record, as `id`, so many days later. */
static void keep(struct shelf *shelf, const struct toy *toy, const char *id, int days)
{
    for (guint i = 0; i < toy->events->len; i++) {
        const struct event *event = toy->events->pdata[i];
        g_autofree char *own = journal_new_id();
        OWN_JSON data = json_deep_copy(event->data);
        if (i == 0)
            json_object_set_new(data, "cells", json_pack("[s,s,s]", "cell-0", "cell-2", "cell-3"));
        cr_assert(journal_append(shelf->journal, id, event->seq, own,
                                 event->at_ms + days * WHEN_DAY, event->actor, event->type, data,
                                 NULL, NULL));
    }
}

static struct last_time *behind(struct shelf *shelf, const char *id)
{
    g_autoptr(GPtrArray) operations = history_operations(shelf->journal, 0, NULL);
    OWN(rollout) rollout = rollout_load(shelf->journal, id, NULL);
    cr_assert_not_null(rollout);
    struct last_time *last = last_time_read(shelf->journal, operations, rollout, NULL);
    cr_assert_not_null(last);
    return last;
}

static void fail_on_mid(struct toy *toy)
{
    toy_run_until(toy, MID, CELL_BAKING);
    toy_fail_gate(toy, MID);
    toy_run(toy, 60);
    cr_assert(rollout_state_final(toy->rollout->state));
}

Test(last_time, is_of_the_last_rollout_that_is_over_and_baked_the_cell)
{
    struct shelf shelf;
    shelf_open(&shelf);
    OWN(toy) before = toy_new(NULL);
    fail_on_mid(before);
    keep(&shelf, before, "r1", 0);
    OWN(toy) live = toy_new(NULL);
    toy_run_until(live, DEV, CELL_BAKING);
    keep(&shelf, live, "r2", 1);
    OWN(last_time) last = behind(&shelf, "r2");
    const struct last_cell *mid = last_time_of(last, "cell-2");
    cr_assert_not_null(mid);
    cr_expect_str_eq(mid->rollout->id, "r1");
    cr_expect_eq(mid->cell->gates[GATE_LIMITS].verdict, VERDICT_FAIL);
    g_autofree char *text = last_time_text(mid);
    cr_expect(g_str_has_prefix(text, "r1 5.0.3, rolled back: limits FAIL"), "%s", text);
    OWN_JSON json = last_time_json(mid);
    cr_expect_str_eq(json_string_value(json_object_get(json, "rollout")), "r1");
    cr_expect_gt(json_array_size(json_object_get(json, "gates")), 0);
    cr_expect_null(last_time_of(last, "cell-3"), "it never baked");
    OWN(last_time) first = behind(&shelf, "r1");
    cr_expect_null(last_time_of(first, "cell-2"), "nor is what came later a last time");
    shelf_close(&shelf);
}

Test(last_time, a_rollout_that_goes_on_has_no_last_word)
{
    struct shelf shelf;
    shelf_open(&shelf);
    OWN(toy) live = toy_new(NULL);
    toy_run_until(live, DEV, CELL_BAKING);
    keep(&shelf, live, "r1", 0);
    keep(&shelf, live, "r2", 1);
    OWN(last_time) last = behind(&shelf, "r2");
    cr_expect_null(last_time_of(last, "cell-0"));
    shelf_close(&shelf);
}

Test(last_time, what_was_not_judged_is_no_PASS)
{
    struct plan_cell planned = {.id = (char *)"cell-2"};
    struct plan plan = {.version = (char *)"5.0.2"};
    struct rollout_cell cell = {.plan = &planned, .state = CELL_PASSED};
    const struct rollout rollout = {.id = (char *)"r1", .plan = &plan};
    const struct last_cell last = {&rollout, &cell};
    for (int i = 0; i < GATE_COUNT; i++)
        cell.gates[i] = (struct rollout_gate){.verdict = VERDICT_PASS, .at_ms = 1};
    g_autofree char *all = last_time_text(&last);
    cr_expect_str_eq(all, "r1 5.0.2, passed: all gates PASS");
    cell.gates[GATE_SLO].at_ms = 0;
    g_autofree char *some = last_time_text(&last);
    cr_expect_str_eq(some, "r1 5.0.2, passed: 1 not judged");
    cr_expect(json_is_null(last_time_json(NULL)));
}
