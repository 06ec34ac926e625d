/* A start, from the pick of a release to the record: what lifts a refusal, and a world that moves
 * while the plan is open. */
#include "tests/screen/steering.h"

#include <string.h>

static const char scenario[] = "deploy_time: 500ms\n"
                               "celldeck:\n"
                               "  waves:\n"
                               "    - {name: dev, class: dev, bake: 2s, low_traffic: pass}\n"
                               "    - {name: mid-size, class: shared, bake: 12s}\n"
                               "    - {name: enterprise, class: dedicated, bake: 2s}\n";

#define CTRL_T "\x14"
#define CTRL_X "\x18"

static void a_sick_cell_is_named_with_the_key_that_calls_it_cured(struct fleet *fleet,
                                                                  struct seat *seat)
{
    seat_shows(seat, "all 5 cells are well");
    g_free(fleet_ask(fleet, "POST", "/sim/incident",
                     "{\"cells\": \"cell-3-eu-west\", \"error_rate\": \"x100\"}"));
    seat_shows(seat, "cell-3-eu-west unhealthy");
    seat_type(seat, "s");
    seat_row_shows(seat, 2, "5.1.0");
    seat_type(seat, "s");
    check("s on a release plans it; a cell that is unwell stands against it, and the key for that",
          seat_shows(seat, "cell-3-eu-west is unhealthy already") &&
              seat_shows(seat, "or press Ctrl-X if this"));
    check("no flag of the command line is named", seat_hides(seat, "--fixes"));
    seat_shows(seat, "Esc leaves ─");
    seat_type(seat, CTRL_X);
    check("Ctrl-X says that the release cures it, and it may start",
          seat_shows(seat, "It is the cure of cell-3-eu-west") && seat_shows(seat, "Reason (kept"));
    g_free(fleet_ask(fleet, "DELETE", "/sim/incidents", ""));
    seat_shows(seat, "Reason (kept");
    seat_type(seat, CTRL_X);
    check("Ctrl-X takes that back; well again, nothing stands against it",
          seat_hides(seat, "the cure of") && seat_shows(seat, "Reason (kept"));
    seat_shows(seat, "Reason (kept");
    seat_type(seat, "\x1b");
    check("and Esc starts nothing", seat_row_shows(seat, -1, "nothing was done"));
}

static void another_rollout_begins_under_the_plan(struct fleet *fleet, struct seat *seat)
{
    const char *const other[] = {"rollout", "start", "5.0.3", "--reason", "a fix", "--yes", NULL};
    steer_plan(seat, "5.1.0");
    seat_shows(seat, "Reason (kept");
    seat_type(seat, "because\r\r5.1");
    seat_shows(seat, "> 5.1");
    g_free(fleet_run(fleet, "bob", other));
    check("another rollout begins: the open plan says so, and who has its cells",
          seat_shows(seat, "The world moved, nothing was done") &&
              seat_shows(seat, "5.1.0 can't be started") && seat_shows(seat, "which bob started"));
    check("once for all of them", seat_shows(seat, "the same of cell-2-us-west"));
    check("and no word is asked for", seat_hides(seat, "> 5.1"));
    check("once that one is over, it is asked anew by itself, with the reason as it was typed",
          seat_shows(seat, "> because"));
    seat_shows(seat, "Reason (kept");
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
}

static void a_version_that_failed_is_tried_again(struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"once more", "", NULL};
    const char *const show[] = {"history", "show", "r2", "--json", NULL};
    seat_type(seat, "1s");
    seat_row_shows(seat, 3, "r1 failed");
    seat_type(seat, "gjs");
    check("a version that failed is refused, and the key named that tries it again",
          seat_shows(seat, "5.0.3 failed in r1 (bob") && seat_shows(seat, "Ctrl-T tries it"));
    seat_shows(seat, "Esc leaves ─");
    seat_type(seat, CTRL_T);
    check("Ctrl-T plans that", seat_shows(seat, "Tried again even if it failed before"));
    seat_shows(seat, "Reason (kept");
    steer_answer(seat, answers);
    seat_type(seat, "5.0.3\r");
    seat_row_shows(seat, 1, "r2 5.0.3");
    g_autofree char *record = fleet_run(fleet, "alice", show);
    check("it is on record", strstr(record, "\"retry_failed\": true") &&
                                 strstr(record, "once more") && strstr(record, "\"alice"));
    check("and fails once more", seat_row_shows(seat, 1, "r2 5.0.3 failed"));
}

/* The tag 5.1.0 is where 5.0.3 is. */
static void move_the_tag(const struct fleet *fleet)
{
    g_autofree char *tags = g_build_filename(fleet->dir, "medplum.git", "refs", "tags", NULL);
    g_autofree char *from = g_build_filename(tags, "v5.0.3", NULL);
    g_autofree char *to = g_build_filename(tags, "v5.1.0", NULL);
    g_autofree char *commit = NULL;
    if (!g_file_get_contents(from, &commit, NULL, NULL) ||
        !g_file_set_contents(to, commit, -1, NULL))
        g_error("can't move the tag %s", to);
}

static void a_tag_moves_in_the_last_moment(struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"because", "CHG-9", NULL};
    const char *const show[] = {"history", "show", "r3", "--json", NULL};
    steer_plan(seat, "5.1.0");
    seat_shows(seat, "Reason (kept");
    steer_answer(seat, answers);
    seat_type(seat, "5.1.0");
    seat_shows(seat, "> 5.1.0");
    move_the_tag(fleet);
    seat_type(seat, "\r");
    check("a tag that moves before it is confirmed: nothing is done, and that is said",
          seat_shows(seat, "The world moved, nothing was done: tag v5.1.0 points to"));
    g_autofree char *record = fleet_run(fleet, "alice", show);
    check("no rollout is on record", !*record);
    check("what was typed stands, to be confirmed anew", seat_shows(seat, "> because"));
    seat_shows(seat, "Reason (kept");
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
}

void a_start_is_bound_to_the_world_as_it_was_shown(struct fleet *other)
{
    struct fleet *fleet = fleet_playing(other->build, scenario);
    struct seat *seat = sit(fleet, 34, 110, "--write", NULL, NULL);
    a_sick_cell_is_named_with_the_key_that_calls_it_cured(fleet, seat);
    another_rollout_begins_under_the_plan(fleet, seat);
    a_version_that_failed_is_tried_again(fleet, seat);
    a_tag_moves_in_the_last_moment(fleet, seat);
    seat_free(seat);
    fleet_free(fleet);
}
