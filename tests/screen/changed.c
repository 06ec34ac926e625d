/* The world changes while people are asked whether everybody shall leave a cell: somebody comes to
 * live there, the target falls ill, another failover begins. What was typed is void then. And what
 * they could not see is seen by who carries it on, before anything is done. */
#include "tests/screen/steering.h"

#include <string.h>

#define SOURCE "cell-2-us-west"
#define TARGET "cell-1-us-east"

static const char changing[] = "dns_time: 300ms\n"
                               "celldeck:\n"
                               "  waves: []\n"
                               "  failover: {deadline: 60s}\n"
                               "  journal: {lease: 3s}\n";

/* All but the last key of the name. Where what is asked about changes meanwhile, what was answered
 * is void, and it is asked anew. */
static bool asked(struct seat *seat)
{
    enum { TRIES = 3 };
    const char *const answers[] = {"data", "the storm", "", NULL};
    for (int i = 0; i < TRIES; i++) {
        bool asks = steer_question(seat, "failover " SOURCE, "s", "Fail " SOURCE " over");
        steer_answer(seat, answers);
        if (asks && seat_shows(seat, "to do it")) {
            seat_type(seat, "cell-2-us-wes");
            return seat_shows(seat, "> cell-2-us-wes");
        }
        seat_type(seat, "\x1b");
        seat_hides(seat, "Esc leaves");
    }
    return false;
}

static bool nothing_is_on_record(const struct fleet *fleet, const char *id)
{
    const char *const args[] = {"history", "list", "--json", NULL};
    g_autofree char *out = fleet_run(fleet, "alice", args);
    g_autofree char *named = g_strdup_printf("\"%s\"", id);
    return !strstr(out, named);
}

static void newcomer(const struct fleet *fleet)
{
    g_free(fleet_dynamodb(
        fleet, "PutItem",
        "{\"TableName\": \"cell-registry\", \"Item\": {\"tenantId\": {\"S\": \"newcomer\"}, "
        "\"cellId\": {\"S\": \"" SOURCE "\"}, \"region\": {\"S\": \"us-west-2\"}, \"tier\": "
        "{\"S\": \"STANDARD\"}, \"status\": {\"S\": \"ACTIVE\"}, \"subdomain\": {\"S\": "
        "\"newcomer\"}, \"capacity\": {\"M\": {\"maxUsers\": {\"N\": \"20\"}, \"maxPatients\": "
        "{\"N\": \"100\"}, \"currentUsers\": {\"N\": \"7\"}}}, \"createdAt\": {\"S\": "
        "\"2026-01-01T00:00:00Z\"}, \"updatedAt\": {\"S\": \"2026-01-01T00:00:00Z\"}}}"));
}

static void somebody_comes(const struct fleet *fleet, struct seat *seat)
{
    bool asks = asked(seat);
    newcomer(fleet);
    check("somebody comes to live there: the open question says that it has changed",
          asks && seat_shows(seat, "it has changed since you were asked: read it again"));
    check("and is of one tenant more", seat_shows(seat, "2 cells, 13 tenants"));
    seat_type(seat, "t\r");
    steer_rest(seat);
    check("what was typed for the one before does nothing",
          seat_shows(seat, "Fail " SOURCE " over") && nothing_is_on_record(fleet, "f1"));
    seat_type(seat, "\x1b");
    check("Esc leaves it", seat_hides(seat, "Esc leaves"));
}

static void the_target_falls_ill(const struct fleet *fleet, struct seat *seat)
{
    bool asks = asked(seat);
    g_free(fleet_ask(fleet, "POST", "/sim/incident",
                     "{\"cells\": \"" TARGET "\", \"health\": \"x0\"}"));
    check("the target falls ill: the question says who has no place, and takes no word",
          asks && seat_shows(seat, "Esc leaves ─") && seat_shows(seat, "✖ bayview-clinic") &&
              seat_hides(seat, "> cell-2-us-wes"));
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
    g_free(fleet_ask(fleet, "DELETE", "/sim/incidents", ""));
    check("and nothing is on record", nothing_is_on_record(fleet, "f1"));
}

static void another_failover_begins(const struct fleet *fleet, struct seat *seat)
{
    const char *const args[] = {"failover", "start",    SOURCE, "--ack", "data",
                                "--yes",    "--reason", "bob",  NULL};
    bool asks = asked(seat);
    g_free(fleet_ask(fleet, "POST", "/sim/fault",
                     "{\"service\": \"route53\", \"kind\": \"throttle\"}"));
    g_autofree char *id = fleet_run(fleet, "bob", args);
    check("another failover begins: the question names it, and takes no word",
          asks && g_str_has_prefix(id, "f1") &&
              seat_shows(seat, "is to be changed by failover f1") &&
              seat_shows(seat, "Esc leaves ─") && seat_hides(seat, "> cell-2-us-wes"));
    check("and nothing but that is on record", nothing_is_on_record(fleet, "f2"));
    seat_type(seat, "\x1b");
    seat_hides(seat, "Esc leaves");
}

/* What was read of the registry is long behind what stands there. */
static const char lagging[] = "read_lag: 10m\n"
                              "celldeck:\n"
                              "  waves: []\n"
                              "  journal: {lease: 3s}\n";

static void what_is_refused_as_it_begins_is_told(const char *build)
{
    struct fleet *fleet = fleet_playing(build, lagging);
    struct seat *seat = sit(fleet, 45, 120, "--write", NULL, NULL);
    seat_shows(seat, "IF IT DIES");
    newcomer(fleet);
    bool asks = asked(seat);
    seat_type(seat, "t\r");
    check("what is refused as it begins is told, and why",
          asks && seat_shows(seat, "f1 was begun, and refused: 1 tenant came to " SOURCE));
    check("and nothing stands beside it that says otherwise",
          seat_row_shows(seat, 1, "f1 failover of " SOURCE " refused") &&
              seat_hides(seat, "is begun: on record"));
    seat_type(seat, "q");
    seat_ended(seat);
    seat_free(seat);
    fleet_free(fleet);
}

void the_world_changes_under_the_question(const char *build)
{
    struct fleet *fleet = fleet_playing(build, changing);
    struct seat *seat = sit(fleet, 45, 120, "--write", NULL, NULL);
    seat_shows(seat, "IF IT DIES");
    somebody_comes(fleet, seat);
    the_target_falls_ill(fleet, seat);
    another_failover_begins(fleet, seat);
    seat_type(seat, "q");
    seat_ended(seat);
    seat_free(seat);
    fleet_free(fleet);
    what_is_refused_as_it_begins_is_told(build);
}
