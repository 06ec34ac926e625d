/* Resume and revert as people ask for them: when they may, what they are shown, and that it is void
 * once the failover has moved on. */
#include "tests/unit/flight.h"
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"
#include "tui/console/keys.h"
#include "tui/views/act.h"

#include <criterion/criterion.h>
#include <string.h>

struct desk {
    struct flight *flight;
    struct deck *deck;
    struct journal *journal;
    char *dir;
    guint kept; /* of the flight's events, in the journal */
};

static void keep(struct desk *desk)
{
    for (; desk->kept < desk->flight->events->len; desk->kept++) {
        const struct event *event = g_ptr_array_index(desk->flight->events, desk->kept);
        g_autofree char *id = journal_new_id();
        g_autoptr(GError) error = NULL;
        cr_assert(journal_append(desk->journal, "f1", event->seq, id, event->at_ms, event->actor,
                                 event->type, event->data, NULL, &error),
                  "%s", error ? error->message : "");
    }
}

/* Takes the plan; until an event of that type has come for the n-th time Route 53 is well. */
static struct desk setup_with(struct failover_plan *plan, const char *until, guint times)
{
    g_autoptr(GError) error = NULL;
    struct desk desk = {.flight = flight_new(plan)};
    desk.dir = scratch_new();
    desk.journal = journal_open_file(desk.dir, &error);
    cr_assert_not_null(desk.journal, "%s", error ? error->message : "");
    OWN(config) config = small_fleet(NULL);
    desk.deck = deck_new(config, desk.dir);
    desk.deck->write = true;
    desk.deck->operation = g_strdup("f1");
    g_ptr_array_set_free_func(desk.deck->failovers, NULL);
    g_ptr_array_add(desk.deck->failovers, desk.flight->failover);
    flight_run_until(desk.flight, until, times);
    desk.flight->dns_code = "throttled";
    return desk;
}

/* Twelve tenants, of whom seven are done when Route 53 throttles. */
static struct desk setup(void)
{
    return setup_with(flight_plan(FAILOVER_FAILOVER, 12), "verified", 3);
}

static void hold(struct desk *desk)
{
    flight_run(desk->flight, 20);
    cr_assert_eq(desk->flight->failover->state, FAILOVER_HELD);
}

static void teardown(struct desk *desk)
{
    deck_free(desk->deck);
    journal_close(desk->journal);
    flight_free(desk->flight);
    scratch_remove(desk->dir);
}

static struct act *prepared(const struct desk *desk, enum request request)
{
    g_autoptr(GError) error = NULL;
    struct act *act = act_prepare(desk->deck, request, NULL, &error);
    cr_assert_not_null(act, "%s", error ? error->message : "");
    return act;
}

static char *refusal(const struct desk *desk, enum request request)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(act_prepare(desk->deck, request, NULL, &error));
    return g_strdup(error ? error->message : "");
}

static enum dialog_result type(struct dialog *dialog, const char *text)
{
    prompt_set(&dialog->prompt, text);
    return dialog_key(dialog, KEY_CODE_ENTER);
}

static bool says(const struct dialog *dialog, const char *what)
{
    for (guint i = 0; i < dialog->lines->len; i++)
        if (strstr(dialog->lines->pdata[i], what))
            return true;
    return false;
}

Test(act_steps, what_runs_is_not_resumed_and_may_be_reverted)
{
    struct desk desk = setup();
    cr_expect_not(act_can(desk.deck, REQUEST_RESUME, NULL));
    cr_expect(act_can(desk.deck, REQUEST_REVERT, NULL));
    g_autofree char *why = refusal(&desk, REQUEST_RESUME);
    cr_expect(strstr(why, "can't resume: f1 is running"), "%s", why);
    hold(&desk);
    cr_expect(act_can(desk.deck, REQUEST_RESUME, NULL));
    cr_expect(act_can(desk.deck, REQUEST_REVERT, NULL));
    teardown(&desk);
}

Test(act_steps, who_only_looks_may_neither)
{
    struct desk desk = setup();
    hold(&desk);
    desk.deck->write = false;
    cr_expect_not(act_can(desk.deck, REQUEST_RESUME, NULL));
    g_autofree char *why = refusal(&desk, REQUEST_REVERT);
    cr_expect(strstr(why, "read-only: nothing was done"), "%s", why);
    teardown(&desk);
}

Test(act_steps, where_no_failover_is_looked_at_there_is_nothing_to_act_on)
{
    struct desk desk = setup();
    g_ptr_array_set_size(desk.deck->failovers, 0);
    cr_expect_not(act_can(desk.deck, REQUEST_REVERT, NULL));
    g_autofree char *why = refusal(&desk, REQUEST_REVERT);
    cr_expect(strstr(why, "no failover or move"), "%s", why);
    teardown(&desk);
}

Test(act_steps, people_are_shown_whom_it_may_touch_how_far_it_is_and_why_it_is_held)
{
    struct desk desk = setup();
    hold(&desk);
    struct act *act = prepared(&desk, REQUEST_REVERT);
    struct dialog *dialog = act_dialog(act);
    cr_expect_str_eq(dialog->title, "Revert f1 (cell-1)");
    cr_expect(says(dialog, "Blast radius, at most: 3 cells, 12 tenants"));
    cr_expect(says(dialog, "cell-2 → cell-1") && says(dialog, "cell-3 → cell-1"));
    cr_expect(says(dialog, "By now: 7 of 12 tenants done, 5 left. Held: throttled"));
    cr_expect_str_eq(dialog->expected, "cell-1", "the cell's name confirms it");
    cr_expect_str_eq(dialog->asks[0].name, "Reason");
    dialog_free(dialog);
    act_free(act);
    teardown(&desk);
}

Test(act_steps, another_word_than_the_cells_name_confirms_nothing)
{
    struct desk desk = setup();
    hold(&desk);
    struct act *act = prepared(&desk, REQUEST_REVERT);
    struct dialog *dialog = act_dialog(act);
    type(dialog, "enough");
    cr_expect_eq(type(dialog, "f1"), DIALOG_OPEN);
    cr_expect_eq(type(dialog, "cell-1"), DIALOG_CONFIRMED);
    dialog_free(dialog);
    act_free(act);
    teardown(&desk);
}

Test(act_steps, how_far_it_is_may_change_under_the_question_and_what_was_typed_stands)
{
    struct desk desk = setup();
    desk.flight->dns_code = NULL;
    struct act *act = prepared(&desk, REQUEST_REVERT);
    struct dialog *dialog = act_dialog(act);
    type(dialog, "enough");
    flight_run_until(desk.flight, "dns.called", 4);
    cr_expect_not(act_follow(act, desk.deck, &dialog));
    cr_expect_eq(type(dialog, "cell-1"), DIALOG_CONFIRMED);
    dialog_free(dialog);
    act_free(act);
    teardown(&desk);
}

Test(act_steps, somebody_else_who_is_first_takes_the_question_back)
{
    struct desk desk = setup();
    hold(&desk);
    struct act *act = prepared(&desk, REQUEST_RESUME);
    struct dialog *dialog = act_dialog(act);
    flight_wish(desk.flight, "resume");
    cr_expect(act_follow(act, desk.deck, &dialog));
    cr_expect_null(dialog->expected);
    cr_expect(says(dialog, "can't resume: f1 is running"));
    dialog_free(dialog);
    act_free(act);
    teardown(&desk);
}

struct ending {
    bool over;
    char *error;
};

static void take_ending(const char *said, const GError *error, gpointer data)
{
    struct ending *ending = data;
    (void)said;
    ending->error = g_strdup(error ? error->message : NULL);
    ending->over = true;
}

/* Between the last look at the journal and the confirmation, too. */
Test(act_steps, what_has_moved_by_the_time_it_is_to_be_done_is_not_done)
{
    struct desk desk = setup();
    hold(&desk);
    keep(&desk);
    struct act *act = prepared(&desk, REQUEST_REVERT);
    struct dialog *dialog = act_dialog(act);
    type(dialog, "enough");
    cr_expect_eq(type(dialog, "cell-1"), DIALOG_CONFIRMED);
    flight_wish(desk.flight, "resume");
    keep(&desk);
    struct ending ending = {0};
    act_do(act, dialog, take_ending, &ending);
    while (!ending.over)
        g_main_context_iteration(NULL, TRUE);
    cr_expect(ending.error && strstr(ending.error, "f1 has moved on since you were asked"), "%s",
              ending.error);
    g_autoptr(GPtrArray) events = journal_read(desk.journal, "f1", 1, NULL);
    cr_expect_eq(events->len, desk.kept, "nothing is on record of it");
    g_free(ending.error);
    dialog_free(dialog);
    teardown(&desk);
}

Test(act_steps, what_the_fence_did_is_said_before_anybody_goes_back_to_a_cell_that_takes_no_writes)
{
    struct desk desk = setup();
    hold(&desk);
    desk.flight->failover->fence.done = true;
    struct act *revert = prepared(&desk, REQUEST_REVERT), *resume = prepared(&desk, REQUEST_RESUME);
    struct dialog *back = act_dialog(revert), *on = act_dialog(resume);
    cr_expect(says(back, "▲ cell-1 was fenced (failover.fence.command), and stays so"));
    cr_expect_not(says(on, "was fenced"));
    cr_expect_not(says(back, "left to you"));
    dialog_free(back);
    dialog_free(on);
    act_free(revert);
    act_free(resume);
    teardown(&desk);
}

/* Types `ack` where the fence failed, and the cell's name: what stands on record then. */
static char *resumed_with(const char *ack)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 2);
    plan->fence_ms = 2 * WHEN_MINUTE;
    struct desk desk = setup_with(plan, "fence.intent", 1);
    desk.flight->fails = "exit 1";
    hold(&desk);
    keep(&desk);
    desk.deck->actor = g_strdup("bob");
    struct act *act = prepared(&desk, REQUEST_RESUME);
    struct dialog *dialog = act_dialog(act);
    cr_assert_str_eq(dialog->asks[0].name, "fence");
    type(dialog, "yes");
    cr_expect_eq(dialog->at, 0, "another word acknowledges nothing");
    type(dialog, ack);
    cr_expect_eq(type(dialog, "cell-1"), DIALOG_CONFIRMED);
    struct ending ending = {0};
    act_do(act, dialog, take_ending, &ending);
    while (!ending.over)
        g_main_context_iteration(NULL, TRUE);
    g_autoptr(GPtrArray) events = journal_read(desk.journal, "f1", (gint64)desk.kept + 1, NULL);
    cr_assert_eq(events->len, 1, "%s", ending.error);
    const struct event *event = events->pdata[0];
    char *said = g_strdup_printf("%s %s", event->type,
                                 json_string_value(json_object_get(event->data, "ack")) ?: "-");
    g_free(ending.error);
    dialog_free(dialog);
    teardown(&desk);
    return said;
}

Test(act_steps, a_fence_that_failed_is_acknowledged_by_its_name_or_run_again)
{
    g_autofree char *without = resumed_with("fence"), *again = resumed_with("");
    cr_expect_str_eq(without, "resume fence");
    cr_expect_str_eq(again, "resume -");
}

/* Somebody else resumes meanwhile, and it fails once more, or at something else. */
Test(act_steps, an_acknowledgement_is_of_the_failure_that_was_seen_and_of_no_other)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 2);
    plan->fence_ms = plan->promote_ms = 2 * WHEN_MINUTE;
    ((struct planned_target *)g_ptr_array_index(plan->targets, 0))->promote = true;
    struct desk desk = setup_with(plan, "fence.intent", 1);
    desk.flight->fails = "exit 1";
    hold(&desk);
    struct act *act = prepared(&desk, REQUEST_RESUME);
    struct dialog *dialog = act_dialog(act);
    cr_expect(says(dialog, "▲ Acknowledged, it goes on without fencing cell-1: it may still take "
                           "writes"));
    type(dialog, "fence");
    flight_wish(desk.flight, "resume");
    hold(&desk);
    cr_expect(act_follow(act, desk.deck, &dialog), "it was run again, and failed again");
    cr_expect_eq(dialog->at, 0, "what was typed is taken back");
    flight_resume_without(desk.flight, "fence");
    hold(&desk);
    cr_assert_str_eq(failover_may_ack(desk.flight->failover), "promote");
    cr_expect(act_follow(act, desk.deck, &dialog));
    cr_expect(says(dialog, "it is held by something else now"));
    cr_expect_null(dialog->expected);
    dialog_free(dialog);
    act_free(act);
    teardown(&desk);
}

Test(act_steps, whoever_has_changed_records_by_hand_is_told_to_change_them_back)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 12);
    plan->dns = false;
    struct desk desk = setup_with(plan, "verified", 3);
    struct act *revert = prepared(&desk, REQUEST_REVERT);
    struct dialog *back = act_dialog(revert);
    cr_expect(says(back, "▲ The records were left to you"));
    dialog_free(back);
    act_free(revert);
    teardown(&desk);
}

Test(act_steps, that_the_data_of_a_tenant_has_moved_is_said_before_the_tenant_goes_back)
{
    struct failover_plan *plan = flight_plan(FAILOVER_MOVE, 1);
    plan->move_ms = 10 * WHEN_MINUTE;
    struct desk desk = setup_with(plan, "data.done", 1);
    struct act *revert = prepared(&desk, REQUEST_REVERT);
    struct dialog *back = act_dialog(revert);
    cr_expect(says(back, "▲ The data of t-0 was moved by move.command, and nothing here moves it "
                         "back"));
    dialog_free(back);
    act_free(revert);
    teardown(&desk);
}
