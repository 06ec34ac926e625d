/* A failover that Route 53 throttles: what the steps say of it, how it is taken back, and how it
 * goes on. */
#include "tests/screen/steering.h"

#include <string.h>

#define SOURCE "cell-2-us-west"

/* What stands still is soon held. */
static const char impatient[] = "dns_time: 300ms\n"
                                "celldeck:\n"
                                "  waves: []\n"
                                "  failover: {deadline: 10s}\n"
                                "  journal: {lease: 3s}\n";

static void throttle(const struct fleet *fleet)
{
    g_free(fleet_ask(fleet, "POST", "/sim/fault",
                     "{\"service\": \"route53\", \"action\": \"ChangeResourceRecordSets\", "
                     "\"kind\": \"throttle\", \"skip\": 1}"));
}

static void begin(struct seat *seat)
{
    const char *const answers[] = {"data", "the storm", "", NULL};
    steer_question(seat, "failover " SOURCE, "s", "Fail " SOURCE " over");
    steer_answer(seat, answers);
    seat_type(seat, SOURCE "\r");
}

static void it_is_held(struct seat *seat)
{
    check("while it is throttled the steps say so, and how many are left",
          seat_row_shows(seat, 1, "f1 failover of " SOURCE " running") &&
              seat_shows(seat, "1 of 12 tenants done; throttled, retrying, 11 left"));
    check("then it is held, and its first line says why",
          seat_row_shows(seat, 1, "f1 failover of " SOURCE " held: ") &&
              seat_shows(seat, "Throttling"));
    check("with what each key does now",
          seat_shows(seat, "p goes on with what is left; b takes back what was done, and only "
                           "that") &&
              seat_row_shows(seat, -1, "p resume  b revert"));
    seat_type(seat, "1");
    check("the fleet's headline has it", seat_shows(seat, "f1 failover of " SOURCE " is held: "));
    steer_command(seat, "steps f1");
    seat_row_shows(seat, 1, "f1 failover of " SOURCE " held: ");
}

static void another_word_takes_nothing_back(struct seat *seat)
{
    const char *const answers[] = {"enough", NULL};
    seat_type(seat, "b");
    check("b asks, and says how far it is and why it is held",
          seat_shows(seat, "Revert f1 (" SOURCE ")") &&
              seat_shows(seat, "By now: 1 of 12 tenants done, 11 left. Held: "));
    steer_answer(seat, answers);
    seat_shows(seat, "Type " SOURCE " to do it");
    seat_type(seat, "f1\r");
    check("another word takes nothing back", seat_shows(seat, "that is not " SOURCE));
    seat_type(seat, "\x1b");
    check("nor does Esc", seat_row_shows(seat, -1, "nothing was done") &&
                              seat_row_shows(seat, 1, "f1 failover of " SOURCE " held: "));
}

/* Key, answers and the cell's name. */
static void act(struct seat *seat, const char *key, const char *title, const char *const *answers)
{
    seat_type(seat, key);
    seat_shows(seat, title);
    steer_answer(seat, answers);
    seat_shows(seat, "Type " SOURCE " to do it");
    seat_type(seat, SOURCE "\r");
}

static bool is_on_record(const struct fleet *fleet, const char *id, const char *type)
{
    const char *const args[] = {"history", "show", id, "--json", NULL};
    g_autofree char *out = fleet_run(fleet, "alice", args);
    g_autofree char *event = g_strdup_printf("\"type\": \"%s\"", type);
    return strstr(out, event) != NULL;
}

static void it_is_taken_back(const struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"enough", NULL};
    g_free(fleet_ask(fleet, "DELETE", "/sim/faults", ""));
    act(seat, "b", "Revert f1", answers);
    check("the cell's name typed takes it back",
          seat_row_shows(seat, 1, "f1 failover of " SOURCE " reverted"));
    check("of those whom it had touched, and nobody else",
          seat_shows(seat, "3 of 3 tenants back") && seat_shows(seat, "planned"));
    check("on record", is_on_record(fleet, "f1", "revert"));
    check("what is over has neither key",
          seat_hides(seat, "p resume") && seat_hides(seat, "b revert"));
}

static void it_goes_on(const struct fleet *fleet, struct seat *seat)
{
    const char *const none[] = {NULL};
    throttle(fleet);
    begin(seat);
    seat_row_shows(seat, 1, "f2 failover of " SOURCE " held: ");
    g_free(fleet_ask(fleet, "DELETE", "/sim/faults", ""));
    act(seat, "p", "Resume f2", none);
    check("p goes on with it, down to the last",
          seat_row_shows(seat, 1, "f2 failover of " SOURCE " completed") &&
              seat_shows(seat, "12 of 12 tenants done"));
    check("and repeats nothing of what it had done",
          is_on_record(fleet, "f2", "resume") && !is_on_record(fleet, "f2", "revert"));
}

void failovers_are_held_and_taken_back(const char *build)
{
    struct fleet *fleet = fleet_playing(build, impatient);
    struct seat *seat = sit(fleet, 40, 120, "--write", NULL, NULL);
    seat_shows(seat, "IF IT DIES");
    throttle(fleet);
    begin(seat);
    it_is_held(seat);
    another_word_takes_nothing_back(seat);
    it_is_taken_back(fleet, seat);
    it_goes_on(fleet, seat);
    seat_type(seat, "q");
    seat_ended(seat);
    seat_free(seat);
    fleet_free(fleet);
}
