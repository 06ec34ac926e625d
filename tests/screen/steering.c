/* A rollout from the console alone: started, paused, resumed, approved, rolled back, aborted. */
#include "tests/screen/steering.h"

#include <string.h>

void steer_command(struct seat *seat, const char *line)
{
    g_autofree char *shown = g_strconcat(":", line, NULL);
    seat_type(seat, shown);
    seat_row_shows(seat, -1, shown);
    seat_type(seat, "\r");
    seat_hides(seat, shown);
}

bool steer_plan(struct seat *seat, const char *version)
{
    g_autofree char *line = g_strconcat("start ", version, NULL);
    steer_command(seat, line);
    return seat_shows(seat, "Reason (kept");
}

void steer_answer(struct seat *seat, const char *const *answers)
{
    for (; *answers; answers++) {
        g_autofree char *taken = g_strconcat(": ", *answers, NULL);
        seat_type(seat, *answers);
        seat_type(seat, "\r");
        if (**answers)
            seat_shows(seat, taken);
    }
}

void steer_rest(struct seat *seat)
{
    for (int ticks = 0; ticks < 3;) {
        g_autofree char *before = seat_row(seat, 0);
        if (!seat_draw(seat, 10000))
            return;
        g_autofree char *after = seat_row(seat, 0);
        ticks += strcmp(strrchr(before, ':') ? strrchr(before, ':') : "",
                        strrchr(after, ':') ? strrchr(after, ':') : "") != 0;
    }
}

bool steer_question(struct seat *seat, const char *command, const char *key, const char *title)
{
    steer_command(seat, command);
    for (int tries = 0; tries < 60; tries++) {
        steer_rest(seat);
        seat_type(seat, key);
        seat_settled(seat);
        g_autofree char *text = seat_text(seat);
        if (strstr(text, title) && strstr(text, "> "))
            return true;
        if (strstr(text, "Esc leaves"))
            seat_type(seat, "\x1b");
    }
    return false;
}

/* The notice comes with a frame after the one that ends the question, or says that it was refused.
 */
static bool is_on_record(struct seat *seat)
{
    enum { LOOKS = 100, LOOK_MS = 50 };
    for (int i = 0; i < LOOKS; i++) {
        g_autofree char *bottom = seat_row(seat, -1);
        g_autofree char *above = seat_row(seat, -2);
        if (strstr(bottom, "on record") || strstr(above, "on record"))
            return true;
        seat_draw(seat, LOOK_MS);
    }
    return false;
}

bool steer_act(struct seat *seat, const char *key, const char *const *answers, const char *word)
{
    for (int i = 0; i < 10; i++) {
        seat_type(seat, key);
        if (!seat_shows(seat, "Blast radius: "))
            return false;
        if (answers)
            steer_answer(seat, answers);
        seat_shows(seat, "to do it");
        seat_type(seat, word);
        seat_type(seat, "\r");
        seat_hides(seat, "Esc leaves");
        seat_hides(seat, "putting it on record");
        if (is_on_record(seat))
            return true;
    }
    return false;
}

/* With a reason, or none. */
static bool act(struct seat *seat, const char *key, const char *reason, const char *word)
{
    const char *const answers[] = {reason, NULL};
    return steer_act(seat, key, answers, word);
}

/* As the screen is now: what plans goes on by itself. */
static bool plans_nothing(struct seat *seat)
{
    g_autofree char *text = seat_text(seat);
    return !strstr(text, "Esc leaves") && !strstr(text, "planning ");
}

static void nothing_starts_read_only(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 30, 100, NULL, NULL, NULL);
    seat_shows(seat, "cell-0-dev");
    check("without --write, starting is not offered", seat_hides(seat, "s start"));
    steer_command(seat, "start 5.1.0");
    check("and refused, without a plan",
          seat_row_shows(seat, -1, "read-only: nothing was done") && plans_nothing(seat));
    seat_free(seat);
}

static void nothing_is_done_from_a_frozen_picture(struct seat *seat)
{
    static const char words[] = "nothing is done from a frozen picture";
    seat_type(seat, "Z");
    seat_row_shows(seat, 1, "FROZEN");
    seat_type(seat, "A");
    bool acts = !seat_row_shows(seat, -1, words) || !seat_hides(seat, "Esc leaves");
    seat_type(seat, "j");
    seat_hides(seat, words);
    steer_command(seat, "start 5.1.0");
    bool starts = !seat_row_shows(seat, -1, words) || !plans_nothing(seat);
    check("a frozen picture asks for no act, and plans nothing", !acts && !starts);
    seat_type(seat, "Z");
    seat_hides(seat, "FROZEN");
}

/* Each key that acts, by its name in the refusal. */
static void nothing_is_done_read_only(struct fleet *fleet)
{
    static const char *const keys[][2] = {
        {"a", "may approve"},  {"p", "may resume"},   {"A", "may abort"},   {"b", "may rollback"},
        {"W", "may rollback"}, {"B", "may rollback"}, {"y", "may retry"},   {"x", "may skip"},
        {"V", "may accept"},   {"O", "may override"}, {"U", "may override"}};
    struct seat *seat = sit(fleet, 30, 100, NULL, NULL, NULL);
    bool refused = true;
    seat_shows(seat, "cell-0-dev");
    steer_command(seat, "rollout r1");
    seat_row_shows(seat, 1, "r1 5.1.0");
    for (size_t i = 0; refused && i < G_N_ELEMENTS(keys); i++) {
        seat_type(seat, keys[i][0]);
        refused = seat_row_shows(seat, -1, keys[i][1]) && seat_hides(seat, "Esc leaves");
    }
    check("without --write, no key asks for anything, and each says what it would have done",
          refused);
    seat_free(seat);
}

static void a_release_leads_to_its_plan(struct seat *seat)
{
    seat_type(seat, "R");
    seat_row_shows(seat, 2, "5.1.0");
    seat_type(seat, "\rs");
    check("s on a release plans that one", seat_shows(seat, "Blast radius: 5 cells, 30 tenants"));
    seat_type(seat, "\x1b");
    check("and Esc starts nothing", seat_row_shows(seat, -1, "nothing was done"));
    seat_type(seat, "1");
    seat_shows(seat, "IF IT DIES");
}

/* What people type on without looking is not what a dialog that opens meanwhile asks for. */
static void what_is_typed_ahead_starts_nothing(struct seat *seat)
{
    steer_command(seat, "start 9.9.9");
    seat_type(seat, "q\r9.9.9\r");
    check("keys typed while it plans, or as it opens, do nothing",
          seat_shows(seat, "9.9.9 can't be started") && seat_shows(seat, "Esc leaves ─"));
    seat_type(seat, "\x1b");
    check("and Esc leaves it", seat_hides(seat, "Esc leaves"));
}

static void the_start(struct seat *seat)
{
    seat_type(seat, "s");
    check("s leads to the releases, to pick one",
          seat_row_shows(seat, -1, "which release? s plans the selected one") &&
              seat_row_shows(seat, 2, "5.1.0") && seat_row_shows(seat, 4, "all 5 cells"));
    seat_type(seat, "1:start ");
    check(":start lists them", seat_row_shows(seat, -2, "5.1.0  5.0.3"));
    seat_type(seat, "5.1\t");
    check("Tab completes it", seat_row_shows(seat, -1, ":start 5.1.0"));
    seat_type(seat, "\x1b");
    steer_command(seat, "start --help");
    check("what is no version goes nowhere", seat_row_shows(seat, -1, "--help is no version"));
    steer_command(seat, "start 9.9.9");
    check("a version that there is not is refused by the plan",
          seat_shows(seat, "9.9.9 can't be started") && seat_shows(seat, "Esc leaves ─"));
    seat_type(seat, "5.1.0\r");
    check("and no typing starts it", seat_hides(seat, "Esc leaves"));
    check("a plan shows its blast radius",
          steer_plan(seat, "5.1.0") && seat_shows(seat, "Blast radius: 5 cells, 30 tenants"));
    check("its waves and cells",
          seat_shows(seat, "enterprise: bake 20m") && seat_shows(seat, "cell-1-dr: 0 tenants"));
    seat_type(seat, "\r");
    check("it wants a reason", seat_shows(seat, "a reason is needed"));
    seat_type(seat, "a screen test\r");
    check("and takes a ticket", seat_shows(seat, "Ticket (Enter for none)?"));
    seat_type(seat, "CHG-7\r");
    seat_shows(seat, "Type 5.1.0 to do it");
    seat_type(seat, "yes\r");
    check("another word starts nothing", seat_shows(seat, "that is not 5.1.0"));
    seat_type(seat, "\x15"
                    "5.1.0\r");
    check("the version, typed, starts it, and its screen opens",
          seat_row_shows(seat, 1, "r1 5.1.0"));
    seat_hides(seat, "this opened by itself");
    check("with who and why",
          seat_row_shows(seat, 1, "alice") && seat_row_shows(seat, 1, "a screen test"));
    check("its waves", seat_shows(seat, "enterprise  bake"));
    check("what comes next", seat_row_shows(seat, 2, "next: "));
    check("a cell's gates", seat_shows(seat, "gates of ") && seat_shows(seat, "traffic"));
}

/* From regression, which is shown where nothing calls, round to alarms. */
static void the_gates_one_by_one(struct seat *seat)
{
    check("a gate's chart, in words too", seat_shows(seat, "since the deploy"));
    seat_type(seat, "eeeeee");
    check("e goes through the gates", seat_shows(seat, "no chart: this gate asks no metric"));
    seat_resize(seat, 24, 80);
    check("80x24: the chosen gate stays", seat_shows(seat, "no chart: this gate asks no metric"));
    seat_type(seat, "\x1b");
    check("Esc lets go of it, and the rollout stays",
          seat_hides(seat, "asks no metric") && seat_row_shows(seat, 1, "r1 5.1.0"));
    seat_resize(seat, 34, 100);
}

static void wrong_keys_do_nothing(struct seat *seat)
{
    seat_type(seat, "u");
    check("a key without a use says so", seat_row_shows(seat, -1, "u does nothing here"));
    seat_type(seat, "A");
    check("abort asks, and shows what is in flight as its blast radius",
          seat_shows(seat, "Blast radius: 1 cell, 3 tenants, 73 users"));
    seat_type(seat, "because\rr1\r");
    check("the wrong word aborts nothing", seat_shows(seat, "that is not 5.1.0"));
    seat_type(seat, "\x1b");
    check("nor does Esc", seat_row_shows(seat, -1, "nothing was done"));
    seat_type(seat, "Gb");
    check("what was not begun can't be rolled back", seat_row_shows(seat, -1, "can't rollback"));
    steer_rest(seat);
}

/* Nobody looks while typing, and the act is refused: "A" of the reason would ask for another. */
static void what_was_typed_for_a_refused_act_does_no_other(struct seat *seat)
{
    seat_type(seat, "GbAlarm rings\r5.1.0\r");
    steer_rest(seat);
    check("what is typed ahead for an act that is refused goes to no other",
          seat_hides(seat, "Esc leaves"));
    steer_command(seat, "messages");
    check("and that is told", seat_shows(seat, "nothing is asked while keys come"));
    steer_command(seat, "rollout r1");
    check("nothing was done", seat_row_shows(seat, 1, "paused: lunch"));
    seat_type(seat, "gA");
    check("after half a second without a key the key asks again", seat_shows(seat, "Reason (kept"));
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
}

static void cells_are_retried_and_skipped(struct seat *seat)
{
    seat_type(seat, "g");
    check("b rolls the selected cell back, its name typed",
          act(seat, "b", "slow", "cell-0-dev") &&
              seat_shows(seat, "cell-0-dev               rolled back"));
    check("y is offered then, and deploys to it once more",
          seat_row_shows(seat, -1, "y retry") && act(seat, "y", "once more", "cell-0-dev") &&
              seat_shows(seat, "cell-0-dev               baking"));
    check("W rolls its wave back, the version typed",
          act(seat, "W", "slow again", "5.1.0") &&
              seat_shows(seat, "cell-0-dev               rolled back"));
    check("x leaves it out", act(seat, "x", "not today", "cell-0-dev") &&
                                 seat_shows(seat, "cell-0-dev               skipped"));
    seat_type(seat, "V");
    check("what is not held can't be accepted", seat_row_shows(seat, -1, "can't accept"));
    seat_type(seat, "O");
    check("where there is no window, none is lifted", seat_row_shows(seat, -1, "can't override"));
    steer_rest(seat);
}

/* While the question is open, another console does what it asks. */
static void the_open_question_follows_the_world(struct fleet *fleet, struct seat *seat)
{
    seat_type(seat, "A");
    seat_shows(seat, "Reason (kept");
    seat_type(seat, "because\r5.1");
    seat_shows(seat, "> 5.1");
    struct seat *other = sit(fleet, 34, 100, "--write", NULL, NULL);
    seat_type(other, "r");
    seat_row_shows(other, 1, "r1 5.1.0");
    check("another console aborts it",
          act(other, "A", "enough for today", "5.1.0") && seat_row_shows(other, 1, "aborted"));
    check("the question that is open says so, and takes no word any more",
          seat_shows(seat, "nothing was done") && seat_hides(seat, "> 5.1"));
    seat_type(seat, "\x1b");
    seat_free(other);
}

static void the_record_has_it(struct seat *seat)
{
    seat_type(seat, "H");
    check("history has it",
          seat_row_shows(seat, 2, "rollout") && seat_row_shows(seat, 2, "aborted"));
    seat_resize(seat, 34, 250); /* for the notice, with its path, to have one line */
    seat_row_shows(seat, 2, "rollout");
    seat_type(seat, "e");
    check("e writes its whole record to a file, and tells which",
          seat_row_shows(seat, -1, "1 operation with") && seat_row_shows(seat, -1, "export-r1-"));
    seat_resize(seat, 34, 100);
    seat_type(seat, "\r/abort");
    check("its events are found, with the reason that was typed",
          seat_row_shows(seat, 3, "abort") && seat_shows(seat, "enough for today"));
}

static void cells_lead_to_their_rollout(struct seat *seat)
{
    seat_type(seat, "\x1b");
    seat_hides(seat, "/abort");
    seat_type(seat, "1G");
    seat_row_shows(seat, 1, "5 cells");
    seat_type(seat, "r");
    check("r on a cell opens its rollout, and the way to it is on top",
          seat_row_shows(seat, 1, "r1 5.1.0") && seat_row_shows(seat, 0, "fleet › r1  "));
    seat_type(seat, "E");
    check("E has what is on record of it", seat_row_shows(seat, 0, "r1 › events  "));
    seat_type(seat, "[");
    check("[ goes back to it", seat_row_shows(seat, 1, "r1 5.1.0"));
    check("what is over can't be approved, and that is not offered",
          seat_row_shows(seat, -1, "s start") && seat_hides(seat, "a approve"));
    seat_type(seat, "a");
    check("the key says why not", seat_row_shows(seat, -1, "can't approve"));
}

void a_rollout_is_started_and_steered(struct fleet *fleet)
{
    nothing_starts_read_only(fleet);
    struct seat *seat = sit(fleet, 34, 100, "--write", NULL, NULL);
    check("WRITE is on top", seat_row_shows(seat, 0, "WRITE"));
    a_release_leads_to_its_plan(seat);
    what_is_typed_ahead_starts_nothing(seat);
    the_start(seat);
    the_gates_one_by_one(seat);
    check("p pauses", act(seat, "p", "lunch", "5.1.0") && seat_row_shows(seat, 1, "paused: lunch"));
    wrong_keys_do_nothing(seat);
    what_was_typed_for_a_refused_act_does_no_other(seat);
    nothing_is_done_read_only(fleet);
    nothing_is_done_from_a_frozen_picture(seat);
    check("p resumes", act(seat, "p", NULL, "5.1.0") && seat_row_shows(seat, 1, "running"));
    check("it waits for approval", seat_row_shows(seat, 1, "waiting"));
    seat_type(seat, "a");
    check("approving shows the wave that waits, and no other cell",
          seat_shows(seat, "Approve wave enterprise") && seat_shows(seat, "Blast radius: 2 cells"));
    seat_type(seat, "\x1b");
    check("a approves", act(seat, "a", NULL, "5.1.0") && seat_shows(seat, "1 of 1 approvals"));
    cells_are_retried_and_skipped(seat);
    the_open_question_follows_the_world(fleet, seat);
    the_record_has_it(seat);
    cells_lead_to_their_rollout(seat);
    seat_free(seat);
}
