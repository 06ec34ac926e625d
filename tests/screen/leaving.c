/* Tenants taken out of a cell from the console: asked, acknowledged, typed, and looked up in the
 * journal. */
#include "data/base/own.h"
#include "data/base/text.h"
#include "tests/screen/steering.h"

#include <jansson.h>
#include <string.h>

/* The `opened` of that operation; NULL: there is none. */
static json_t *opened(const struct fleet *fleet, const char *id)
{
    const char *const args[] = {"history", "show", id, "--json", NULL};
    g_autofree char *out = fleet_run(fleet, "alice", args);
    json_t *document = json_loads(out, 0, NULL);
    json_t *data = json_object_get(json_array_get(json_object_get(document, "events"), 0), "data");
    json_incref(data);
    json_decref(document);
    return data;
}

static bool text_is(const json_t *data, const char *key, const char *text)
{
    return g_strcmp0(json_string_value(json_object_get(data, key)), text) == 0;
}

static void nobody_leaves_unacknowledged(const struct fleet *fleet, struct seat *seat)
{
    check("s on a cell's plan asks, with what is checked and the blast radius",
          steer_question(seat, "failover cell-2-us-west", "s", "Fail cell-2-us-west over") &&
              seat_shows(seat, "Blast radius: 2 cells, 12 tenants"));
    seat_type(seat, "yes\r");
    check("what is not proven is acknowledged by its name, and by nothing else",
          seat_shows(seat, "type data, as it is named"));
    seat_type(seat, "\x1b");
    check("Esc does nothing", seat_row_shows(seat, -1, "nothing was done"));
    OWN_JSON none = opened(fleet, "f1");
    check("and nothing is on record", !none);
}

static void everybody_leaves(const struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"the storm", "INC-7", NULL};
    steer_question(seat, "failover cell-1-us-east", "s", "Fail cell-1-us-east over");
    steer_answer(seat, answers);
    seat_type(seat, "cell-1\r");
    check("the cell's name has to be typed whole", seat_shows(seat, "that is not cell-1-us-east"));
    for (int i = 0; i < 6; i++)
        seat_type(seat, "\x7f");
    seat_type(seat, "cell-1-us-east\r");
    check("once it is, the steps are shown, down to the last",
          seat_row_shows(seat, 1, "f1 failover of cell-1-us-east completed"));
    check("each tenant's with it", seat_shows(seat, "verified"));
    OWN_JSON data = opened(fleet, "f1");
    check("why, and by which ticket, is on record",
          text_is(data, "reason", "the storm") && text_is(data, "ticket", "INC-7"));
}

static void a_drill_writes_nothing(const struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"monthly", "", NULL};
    check("d asks for a drill", steer_question(seat, "failover cell-2-us-west", "d",
                                               "Drill the failover of cell-2-us-west"));
    steer_answer(seat, answers);
    seat_type(seat, "cell-2-us-west\r");
    check("a drill goes through every step of it",
          seat_row_shows(seat, 1, "d1 drill of cell-2-us-west completed"));
    steer_command(seat, "failover cell-2-us-west");
    check("and the plan tells when that was", seat_shows(seat, "drilled within the last day (d1)"));
    OWN_JSON data = opened(fleet, "d1");
    check("it is on record as a drill", text_is(data, "kind", "drill"));
}

static void one_tenant_moves(const struct fleet *fleet, struct seat *seat)
{
    const char *const answers[] = {"data", "nearer to them", "", NULL};
    check("s on a cell that a tenant could move to asks, of that tenant alone",
          steer_question(seat, "moves bayview-clinic", "s", "Move bayview-clinic") &&
              seat_shows(seat, "nobody else does"));
    steer_answer(seat, answers);
    seat_type(seat, "bayview-clinic\r");
    check("the tenant's id typed moves it",
          seat_row_shows(seat, 1, "m1 move of bayview-clinic from cell-2-us-west"));
    check("to its end", seat_row_shows(seat, 1, "completed"));
    OWN_JSON data = opened(fleet, "m1");
    const json_t *acks = json_object_get(data, "acks");
    const char *ack = json_string_value(json_array_get(acks, 0));
    check("it is on record as a move, with what was acknowledged for it",
          text_is(data, "kind", "move") && g_strcmp0(ack, "data") == 0);
}

static void who_only_looks_begins_nothing(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 40, 120, NULL, NULL, NULL);
    seat_shows(seat, "IF IT DIES");
    steer_command(seat, "failover cell-2-us-west");
    seat_type(seat, "s");
    check("read-only, s asks nothing", seat_row_shows(seat, -1, "read-only: nothing was done"));
    seat_type(seat, "q");
    seat_ended(seat);
    seat_free(seat);
}

void tenants_are_taken_elsewhere(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 40, 120, "--write", NULL, NULL);
    seat_shows(seat, "IF IT DIES");
    nobody_leaves_unacknowledged(fleet, seat);
    a_drill_writes_nothing(fleet, seat);
    one_tenant_moves(fleet, seat);
    everybody_leaves(fleet, seat);
    seat_type(seat, "q");
    seat_ended(seat);
    seat_free(seat);
    who_only_looks_begins_nothing(fleet);
}
