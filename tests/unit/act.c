/* What people are asked before they act is bound to what they were shown: whatever moves while the
 * question is open, it says so, and nothing is done. */
#include "tui/views/act.h"
#include "data/base/own.h"
#include "rollout/plan_make.h"
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"
#include "tests/unit/toy.h"
#include "tui/console/keys.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

struct desk {
    struct toy *toy;
    struct deck *deck;
    struct journal *journal;
    char *dir;
    guint kept; /* of the toy's events, in the journal */
};

static struct plan *plan_with_a_window(void)
{
    struct plan *plan = toy_plan();
    for (guint i = 0; i < plan->waves->len; i++) {
        struct plan_wave *wave = g_ptr_array_index(plan->waves, i);
        for (guint c = 0; c < wave->cells->len; c++)
            ((struct plan_cell *)g_ptr_array_index(wave->cells, c))->users = 1000;
    }
    struct plan_wave *big = g_ptr_array_index(plan->waves, 2);
    big->window = window_new("Mon-Sun 00:00-23:59 UTC");
    return plan;
}

/* What the toy's world has come to is in the journal, as the conductor would have put it there. */
static void keep(struct desk *desk)
{
    for (; desk->kept < desk->toy->events->len; desk->kept++) {
        const struct event *event = g_ptr_array_index(desk->toy->events, desk->kept);
        g_autoptr(GError) error = NULL;
        cr_assert(journal_append(desk->journal, "r1", event->seq, event->id, event->at_ms,
                                 event->actor, event->type, event->data, NULL, &error),
                  "%s", error ? error->message : "");
    }
}

static void setup(struct desk *desk)
{
    g_autoptr(GError) error = NULL;
    *desk = (struct desk){.toy = toy_new(plan_with_a_window())};
    desk->dir = scratch_new();
    desk->journal = journal_open_file(desk->dir, &error);
    cr_assert(desk->journal != NULL, "%s", error ? error->message : "");
    OWN(config) config = small_fleet(NULL);
    desk->deck = deck_new(config, desk->dir);
    desk->deck->write = true;
    g_free(desk->deck->actor);
    desk->deck->actor = g_strdup("bob");
    desk->deck->operation = g_strdup("r1");
    g_ptr_array_set_free_func(desk->deck->rollouts, NULL);
    g_ptr_array_add(desk->deck->rollouts, desk->toy->rollout);
}

static void teardown(struct desk *desk)
{
    deck_free(desk->deck);
    journal_close(desk->journal);
    toy_free(desk->toy);
    scratch_remove(desk->dir);
}

/* Somebody else's event. */
static void carol(struct toy *toy, const char *type, json_t *data)
{
    cr_assert(toy_append(toy, "carol", type, data));
}

static void nothing(struct toy *toy)
{
    (void)toy;
}

static void dev_bakes(struct toy *toy)
{
    toy_run_until(toy, DEV, CELL_BAKING);
}

static void dev_is_through(struct toy *toy)
{
    toy_run_until(toy, MID, CELL_DEPLOYING);
}

static void it_waits_for_an_approval(struct toy *toy)
{
    toy_run_until(toy, MID2, CELL_PASSED);
    while (toy_step(toy))
        continue;
}

static void dev_is_taken_back(struct toy *toy)
{
    dev_bakes(toy);
    carol(toy, "rollback", json_pack("{s:[s], s:s}", "cells", "cell-0", "reason", "slow"));
    toy_run_until(toy, DEV, CELL_ROLLED_BACK);
}

static void dev_is_held(struct toy *toy)
{
    dev_bakes(toy);
    toy->cells[DEV].verdicts[GATE_TRAFFIC] = VERDICT_HOLD;
    toy_run(toy, 60);
}

static void it_pauses(struct toy *toy)
{
    carol(toy, "pause", json_pack("{s:s}", "state", "paused"));
}

static void it_resumes(struct toy *toy)
{
    carol(toy, "resume", json_pack("{s:s}", "state", "running"));
}

static void she_approves(struct toy *toy)
{
    toy_approve(toy, "carol", "enterprise");
    while (toy_step(toy))
        continue;
}

static void she_rolls_dev_back(struct toy *toy)
{
    carol(toy, "rollback", json_pack("{s:[s], s:s}", "cells", "cell-0", "reason", "slow"));
}

static void she_tries_dev_again(struct toy *toy)
{
    carol(toy, "retry", json_pack("{s:s, s:s}", "cell", "cell-0", "reason", "again"));
}

static void she_accepts_dev(struct toy *toy)
{
    carol(toy, "cell.accepted", json_pack("{s:s, s:s}", "cell", "cell-0", "reason", "well"));
}

static void she_lifts_the_window(struct toy *toy)
{
    carol(toy, "override",
          json_pack("{s:s, s:b, s:s}", "wave", "enterprise", "window", 1, "reason", "night"));
}

static void she_shortens_the_bake(struct toy *toy)
{
    carol(toy, "override",
          json_pack("{s:s, s:b, s:I, s:s}", "wave", "dev", "window", 0, "bake_ms",
                    (json_int_t)(5 * WHEN_MINUTE), "reason", "night"));
}

static const struct {
    enum request request;
    const char *cell;
    void (*before)(struct toy *toy), (*moves)(struct toy *toy);
    const char *word;
} cases[] = {
    {REQUEST_APPROVE, "cell-1", it_waits_for_an_approval, she_approves, "5.0.3"},
    {REQUEST_PAUSE, "cell-0", dev_bakes, it_pauses, "5.0.3"},
    {REQUEST_PAUSE, "cell-0", it_pauses, it_resumes, "5.0.3"},
    {REQUEST_ABORT, "cell-0", dev_bakes, dev_is_through, "5.0.3"},
    {REQUEST_ROLLBACK, "cell-0", dev_bakes, she_rolls_dev_back, "cell-0"},
    {REQUEST_ROLLBACK_WAVE, "cell-0", dev_bakes, she_rolls_dev_back, "5.0.3"},
    {REQUEST_ROLLBACK_ALL, "cell-0", dev_bakes, dev_is_through, "5.0.3"},
    {REQUEST_RETRY, "cell-0", dev_is_taken_back, she_tries_dev_again, "cell-0"},
    {REQUEST_SKIP, "cell-0", nothing, dev_bakes, "cell-0"},
    {REQUEST_ACCEPT, "cell-0", dev_is_held, she_accepts_dev, "cell-0"},
    {REQUEST_LIFT_WINDOW, "cell-1", dev_bakes, she_lifts_the_window, "5.0.3"},
    {REQUEST_SHORTEN_BAKE, "cell-0", dev_bakes, she_shortens_the_bake, "5.0.3"},
};

static enum dialog_result type(struct dialog *dialog, const char *text)
{
    for (const char *at = text; *at; at++)
        dialog_key(dialog, (guint32)*at);
    return dialog_key(dialog, KEY_CODE_ENTER);
}

static void answer(struct dialog *dialog)
{
    for (size_t i = 0; dialog->asks && i < DIALOG_ASKS && dialog->asks[i].name; i++)
        type(dialog, strcmp(dialog->asks[i].name, "Bake") == 0 ? "2m" : "because");
}

static struct act *prepared(const struct desk *desk, size_t i)
{
    g_autoptr(GError) error = NULL;
    struct act *act = act_prepare(desk->deck, cases[i].request, cases[i].cell, &error);
    cr_assert(act, "case %zu: %s", i, error ? error->message : "");
    return act;
}

Test(act, the_open_question_says_that_the_world_has_moved_and_takes_no_word_for_it)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct desk desk;
        setup(&desk);
        cases[i].before(desk.toy);
        struct act *act = prepared(&desk, i);
        struct dialog *dialog = act_dialog(act);
        cr_expect(!act_follow(act, desk.deck, &dialog), "case %zu: nothing has moved yet", i);
        answer(dialog);
        cases[i].moves(desk.toy);
        cr_expect(act_follow(act, desk.deck, &dialog), "case %zu", i);
        cr_expect_neq(type(dialog, cases[i].word), DIALOG_CONFIRMED, "case %zu", i);
        dialog_free(dialog);
        act_free(act);
        teardown(&desk);
    }
}

struct ending {
    GMainLoop *loop;
    char *error;
};

static void take_ending(const char *said, const GError *error, gpointer data)
{
    struct ending *ending = data;
    (void)said;
    ending->error = g_strdup(error ? error->message : NULL);
    g_main_loop_quit(ending->loop);
}

/* Between the last look at the journal and the confirmation, too. */
Test(act, what_has_moved_by_the_time_it_is_to_be_done_is_not_done)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct desk desk;
        setup(&desk);
        cases[i].before(desk.toy);
        keep(&desk);
        struct act *act = prepared(&desk, i);
        struct dialog *dialog = act_dialog(act);
        answer(dialog);
        cr_expect_eq(type(dialog, cases[i].word), DIALOG_CONFIRMED, "case %zu", i);
        cases[i].moves(desk.toy);
        keep(&desk);
        struct ending ending = {.loop = g_main_loop_new(NULL, FALSE)};
        act_do(act, dialog, take_ending, &ending);
        g_main_loop_run(ending.loop);
        cr_expect(ending.error != NULL, "case %zu", i);
        g_autoptr(GPtrArray) events = journal_read(desk.journal, "r1", 1, NULL);
        cr_expect_eq(events->len, desk.kept, "case %zu: %s", i, ending.error);
        g_main_loop_unref(ending.loop);
        g_free(ending.error);
        dialog_free(dialog);
        teardown(&desk);
    }
}

Test(act, whoever_has_approved_a_wave_is_not_asked_to_once_more)
{
    struct desk desk;
    setup(&desk);
    struct plan_wave *big = g_ptr_array_index(desk.toy->rollout->plan->waves, 2);
    big->approvals = 2;
    big->approval_expires_ms = G_MAXINT64 / 4;
    it_waits_for_an_approval(desk.toy);
    cr_assert(act_can(desk.deck, REQUEST_APPROVE, "cell-1"));
    toy_approve(desk.toy, "bob", "enterprise");
    g_autoptr(GError) error = NULL;
    cr_expect_null(act_prepare(desk.deck, REQUEST_APPROVE, "cell-1", &error));
    cr_expect(error && strstr(error->message, "bob has approved it already"), "%s",
              error ? error->message : "none");
    teardown(&desk);
}

/* The record stands, so people must not be told that nothing was done. */
Test(act, what_is_on_record_is_said_to_be_though_no_conductor_can_be_started)
{
    struct desk desk;
    setup(&desk);
    dev_bakes(desk.toy);
    keep(&desk);
    g_autofree char *log = g_build_filename(desk.dir, "conductor.log", NULL);
    cr_assert_eq(g_mkdir(log, 0700), 0); /* where a file should be */
    struct act *act = prepared(&desk, 1);
    struct dialog *dialog = act_dialog(act);
    answer(dialog);
    cr_assert_eq(type(dialog, "5.0.3"), DIALOG_CONFIRMED);
    struct ending ending = {.loop = g_main_loop_new(NULL, FALSE)};
    act_do(act, dialog, take_ending, &ending);
    g_main_loop_run(ending.loop);
    cr_expect(ending.error && g_str_has_prefix(ending.error, "Pause r1: on record, but nobody "),
              "%s", ending.error);
    g_autoptr(GPtrArray) events = journal_read(desk.journal, "r1", 1, NULL);
    cr_expect_eq(events->len, desk.kept + 1);
    g_main_loop_unref(ending.loop);
    g_free(ending.error);
    dialog_free(dialog);
    teardown(&desk);
}

Test(act, a_refusal_names_the_key_of_what_would_do_instead)
{
    struct desk desk;
    setup(&desk);
    dev_bakes(desk.toy);
    g_autoptr(GError) error = NULL;
    cr_expect_null(act_prepare(desk.deck, REQUEST_LIFT_WINDOW, "cell-0", &error));
    cr_expect(error && strstr(error->message, "neither window nor freeze to lift; U shortens its"),
              "%s", error ? error->message : "none");
    g_clear_error(&error);
    g_autofree char *wrong = keymap_bind(desk.deck->keymap, "shorten-bake", "Q");
    cr_expect_null(wrong);
    act_prepare(desk.deck, REQUEST_LIFT_WINDOW, "cell-0", &error);
    cr_expect(error && strstr(error->message, "; Q shortens its bake"));
    g_clear_error(&error);
    act_prepare(desk.deck, REQUEST_RETRY, "cell-0", &error);
    cr_expect(error && !strstr(error->message, "anew"), "while it goes on, nothing begins anew");
    g_clear_error(&error);
    carol(desk.toy, "abort", json_pack("{s:s}", "reason", "enough"));
    act_prepare(desk.deck, REQUEST_RETRY, "cell-0", &error);
    cr_expect(error && strstr(error->message, "; s begins a rollout anew"), "%s",
              error ? error->message : "none");
    teardown(&desk);
}
