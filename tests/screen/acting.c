/* Every act that people have, done from the console and looked up in the journal. */
#include "tests/screen/steering.h"

#include <jansson.h>
#include <string.h>

/* Nothing has ever enough traffic, so cells are held; the window opens twelve hours from now, for a
 * minute. */
static char *scenario(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    int hour = (g_date_time_get_hour(now) + 12) % 24;
    return g_strdup_printf(
        "deploy_time: 500ms\n"
        "celldeck:\n"
        "  gates: {min_requests: 999999, deadline: 10m}\n"
        "  waves:\n"
        "    - {name: dev, class: dev, bake: 20m, low_traffic: pass}\n"
        "    - {name: mid-size, class: shared, bake: 2s, gates: {off: [regression, slo]}}\n"
        "    - {name: enterprise, class: dedicated, bake: 2s,"
        " window: \"Mon-Sun %02d:30-%02d:31 UTC\"}\n",
        hour, hour);
}

/* The last event of that type in which `key` is `value` ("": any), as `history show` has it. New
 * reference, or NULL. */
static json_t *on_record(const struct fleet *fleet, const char *id, const char *type,
                         const char *key, const char *value)
{
    const char *const args[] = {"history", "show", id, "--json", NULL};
    g_autofree char *out = fleet_run(fleet, "alice", args);
    json_t *document = json_loads(out, 0, NULL), *found = NULL;
    const json_t *events = json_object_get(document, "events");
    for (size_t i = 0; i < json_array_size(events); i++) {
        json_t *event = json_array_get(events, i);
        const json_t *data = json_object_get(event, "data");
        const char *text = json_string_value(json_object_get(data, key));
        if (strcmp(json_string_value(json_object_get(event, "type")), type) == 0 &&
            (!*value || g_strcmp0(text, value) == 0))
            found = event;
    }
    json_incref(found);
    json_decref(document);
    return found;
}

/* Whether alice did that, for that reason. */
static bool alice_did(const struct fleet *fleet, const char *id, const char *type, const char *key,
                      const char *value, const char *reason)
{
    json_t *event = on_record(fleet, id, type, key, value);
    const char *actor = json_string_value(json_object_get(event, "actor"));
    const json_t *data = json_object_get(event, "data");
    const char *why = json_string_value(json_object_get(data, "reason"));
    bool did = actor && g_str_has_prefix(actor, "alice") && g_strcmp0(why, reason) == 0;
    json_decref(event);
    return did;
}

static bool opened_has(const struct fleet *fleet, const char *id, const char *key, json_t *wanted)
{
    json_t *event = on_record(fleet, id, "opened", "kind", "rollout");
    bool has = json_equal(json_object_get(json_object_get(event, "data"), key), wanted);
    json_decref(event);
    json_decref(wanted);
    return has;
}

/* Its bake is over, and a gate is HOLD. */
static bool waits_for_gates(struct seat *seat, const char *cell)
{
    g_autofree char *words = g_strdup_printf("waits for the gates of %s", cell);
    return seat_row_shows(seat, 2, words);
}

static void a_start_with_its_ticket(const struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"monthly", "CHG-7", NULL};
    bool asked = steer_plan(seat, "5.1.0");
    check("a plan says from when on each wave could start, and when all of it could be through",
          asked && seat_shows(seat, ", not before ") && seat_shows(seat, "at best: until "));
    check("and what of that nobody knows", seat_shows(seat, "deploys (none is on record yet)"));
    steer_answer(seat, answers);
    seat_type(seat, "5.1.0\r");
    check("started, the reason and the ticket stand on record",
          seat_row_shows(seat, 1, "r1 5.1.0") &&
              alice_did(fleet, "r1", "opened", "kind", "rollout", "monthly") &&
              opened_has(fleet, "r1", "ticket", json_string("CHG-7")));
}

static void glass_is_broken(const struct fleet *fleet, struct seat *seat)
{
    const char *const shorter[] = {"3s", "urgent", NULL};
    seat_shows(seat, "cell-0-dev               baking");
    seat_type(seat, "U");
    seat_shows(seat, "Bake (as 30m");
    seat_type(seat, "soon\r");
    check("U takes no bake that is no duration", seat_shows(seat, "soon is no duration"));
    seat_type(seat, "\x15"
                    "2h\r");
    check("nor one that is longer than it bakes",
          seat_shows(seat, "it bakes for 20m, and break-glass only shortens"));
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
    check("U shortens the bake of the wave under way, a debt on record",
          steer_act(seat, "U", shorter, "5.1.0") && seat_shows(seat, "bake 3s (shortened)") &&
              alice_did(fleet, "r1", "override", "wave", "dev", "urgent"));
}

static void a_held_cell_is_accepted(const struct fleet *fleet, struct seat *seat)
{
    const char *const reason[] = {"it is well", NULL};
    check("the wave after it is reached, and its cell held",
          waits_for_gates(seat, "cell-2-us-west"));
    seat_type(seat, "gj");
    check("V is offered as soon as a gate holds it", seat_row_shows(seat, -1, "V accept"));
    check("V takes it for good, and says what held it",
          steer_act(seat, "V", reason, "cell-2-us-west") && seat_row_shows(seat, 6, "accepted") &&
              alice_did(fleet, "r1", "cell.accepted", "cell", "cell-2-us-west", "it is well"));
}

static void a_cell_is_taken_back_tried_again_and_left_out(const struct fleet *fleet,
                                                          struct seat *seat)
{
    const char *const slow[] = {"slow", NULL}, *const again[] = {"once more", NULL};
    const char *const enough[] = {"enough", NULL};
    const char *cell = "cell-3-eu-west";
    waits_for_gates(seat, cell);
    seat_type(seat, "ggjj");
    check("b takes a cell back", steer_act(seat, "b", slow, cell) &&
                                     seat_shows(seat, "cell-3-eu-west           rolled back") &&
                                     alice_did(fleet, "r1", "rollback", "reason", "slow", "slow"));
    check("y deploys to it once more, on record",
          steer_act(seat, "y", again, cell) && waits_for_gates(seat, cell) &&
              alice_did(fleet, "r1", "retry", "cell", cell, "once more"));
    check("b again", steer_act(seat, "b", slow, cell) &&
                         seat_shows(seat, "cell-3-eu-west           rolled back"));
    check("x leaves it out, on record",
          steer_act(seat, "x", enough, cell) &&
              seat_shows(seat, "cell-3-eu-west           skipped") &&
              alice_did(fleet, "r1", "cell.skipped", "cell", cell, "enough"));
}

static void a_window_is_lifted(const struct fleet *fleet, struct seat *seat)
{
    const char *const night[] = {"the night is long", NULL};
    check("it waits for the window", seat_row_shows(seat, 1, "waiting"));
    seat_type(seat, "gO");
    check("O asks about the wave that is under way",
          seat_shows(seat, "lift the window of wave enterprise"));
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
    check("lifted, it goes on, and the debt is on record",
          steer_act(seat, "O", night, "5.1.0") && waits_for_gates(seat, "cell-1-us-east") &&
              alice_did(fleet, "r1", "override", "wave", "enterprise", "the night is long"));
    seat_type(seat, "GO");
    check("a window that is lifted is not lifted again, and the key of what would do is named",
          seat_row_shows(seat, -1, "waits for no window or freeze any more; U shortens its bake"));
    steer_rest(seat);
}

static void all_of_it_goes_back(const struct fleet *fleet, struct seat *seat)
{
    const char *const reason[] = {"all wrong", NULL};
    seat_type(seat, "gB");
    check("B shows every cell that it has changed",
          seat_shows(seat, "Roll back all of r1") && seat_shows(seat, "Blast radius: 3 cells"));
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
    check("they go back, on record",
          steer_act(seat, "B", reason, "5.1.0") &&
              seat_shows(seat, "cell-0-dev               rolled back") &&
              seat_shows(seat, "cell-2-us-west           rolled back") &&
              seat_shows(seat, "cell-1-us-east           rolled back") &&
              alice_did(fleet, "r1", "rollback", "reason", "all wrong", "all wrong"));
    check("aborted, it is over", steer_act(seat, "A", reason, "5.1.0") &&
                                     seat_row_shows(seat, 1, "aborted") &&
                                     alice_did(fleet, "r1", "abort", "", "", "all wrong"));
}

static void glass_is_broken_at_the_start(const struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"monthly", "", "the night is long", NULL};
    const char *const bakes[] = {"monthly", "", NULL};
    bool asked = steer_plan(seat, "5.1.0");
    seat_type(seat, "\x14");
    check("a key that would change nothing of the plan says so",
          seat_shows(seat, "Ctrl-T changes nothing of this plan"));
    seat_type(seat, "\x0f");
    check("Ctrl-O lifts windows from the start",
          asked && seat_shows(seat, "BREAK-GLASS: no window or freeze holds it"));
    seat_type(seat, "\x0f");
    check("Ctrl-O again shortens bakes instead",
          seat_shows(seat, "BREAK-GLASS: no bake is longer than you say"));
    steer_answer(seat, bakes);
    seat_type(seat, "3h\r");
    check("by less than every bake nothing would be changed",
          seat_shows(seat, "no wave bakes longer than 3h"));
    seat_type(seat, "\x0f\x0f");
    seat_shows(seat, "BREAK-GLASS: no window or freeze holds it");
    check("what was typed stands, to be confirmed anew", seat_shows(seat, "> monthly"));
    seat_type(seat, "\x15");
    steer_answer(seat, answers);
    seat_type(seat, "5.1.0\r");
    check("it is started so, and the debt stands in what opened it",
          seat_row_shows(seat, 1, "r2 5.1.0") &&
              alice_did(fleet, "r2", "opened", "kind", "rollout", "monthly") &&
              opened_has(fleet, "r2", "override",
                         json_pack("{s:s, s:b}", "reason", "the night is long", "window", 1)));
}

/* Enter and q at once: the answer comes when the screen is gone. */
static void who_leaves_at_once_is_told(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 34, 110, "--write", NULL, NULL);
    seat_shows(seat, "r2 5.1.0");
    steer_command(seat, "rollout r2");
    seat_row_shows(seat, 1, "r2 5.1.0");
    seat_type(seat, "p");
    seat_shows(seat, "Reason (kept");
    seat_type(seat, "lunch\r5.1.0\rq");
    check("whoever leaves before it is on record is told what came of it",
          seat_ended(seat) && seat_shows(seat, "celldeck: Pause r2: on record") &&
              alice_did(fleet, "r2", "pause", "", "", "lunch"));
    seat_free(seat);
}

void acts_go_through_and_stand_on_record(struct fleet *other)
{
    g_autofree char *played = scenario();
    struct fleet *fleet = fleet_playing(other->build, played);
    struct seat *seat = sit(fleet, 34, 110, "--write", NULL, NULL);
    a_start_with_its_ticket(fleet, seat);
    glass_is_broken(fleet, seat);
    a_held_cell_is_accepted(fleet, seat);
    a_cell_is_taken_back_tried_again_and_left_out(fleet, seat);
    a_window_is_lifted(fleet, seat);
    all_of_it_goes_back(fleet, seat);
    glass_is_broken_at_the_start(fleet, seat);
    who_leaves_at_once_is_told(fleet);
    seat_free(seat);
    fleet_free(fleet);
}
