#include "data/journal.h"
#include "tests/monkey/hostile.h"
#include "tests/monkey/monkey.h"

#include <stdio.h>
#include <string.h>

/* Who asked for the rollout; at the keys sits alice (stage.c). */
#define ASKER "carol"

/* The second wave wants an approval that whoever sits there could give, and nobody gives: the
 * rollout stands there. */
static const char scenario[] =
    "deploy_time: 500ms\n"
    "celldeck:\n"
    "  waves:\n"
    "    - {name: dev, class: dev, bake: 4s, low_traffic: pass}\n"
    "    - {name: mid-size, class: shared, bake: 2s, approval: {by: 1, not_requester: true}}\n"
    "    - {name: enterprise, class: dedicated, bake: 2s}\n";

static size_t writes(const struct fleet *fleet)
{
    g_autofree char *text = fleet_ask(fleet, "GET", "/sim/writes", "");
    OWN_JSON calls = json_loads(text, 0, NULL);
    return json_array_size(calls);
}

/* AWS comes and goes by turns. */
static bool turn_aws(struct seat *seat, gpointer data)
{
    static const char *const faults[] = {"{\"kind\": \"hang\"}", "{\"kind\": \"half_body\"}",
                                         "{\"kind\": \"throttle\"}", NULL};
    const struct fleet *fleet = data;
    guint turn = (guint)(seat->said->len / 4096) % G_N_ELEMENTS(faults);
    g_autofree char *over = fleet_ask(fleet, "DELETE", "/sim/faults", "");
    g_autofree char *begun =
        faults[turn] ? fleet_ask(fleet, "POST", "/sim/fault", faults[turn]) : NULL;
    return true;
}

/* Its id, or NULL; asked for when another console has seen that all is well, for it is refused
 * before that. */
static char *rollout_begun(const struct fleet *fleet)
{
    static const char *const start[] = {"rollout",  "start",           "5.1.0", "--yes",
                                        "--reason", "to be stared at", NULL};
    enum { TRIES = 20 };
    for (int i = 0; i < TRIES; i++) {
        g_autofree char *id = g_strstrip(fleet_run(fleet, ASKER, start));
        if (*id)
            return g_steal_pointer(&id);
    }
    printf("  none was ever begun\n");
    return NULL;
}

/* The same once it waits, as another console shows it; NULL: it never does. */
static char *rollout_waits(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 100, NULL, NULL, NULL);
    g_autofree char *id = seat_shows(seat, "cells are well") ? rollout_begun(fleet) : NULL;
    seat_type(seat, "r");
    bool waits = id && seat_row_shows(seat, 1, id) && seat_row_shows(seat, 1, "waiting");
    seat_free(seat);
    return waits ? g_steal_pointer(&id) : NULL;
}

/* Events whose actor is whoever sits at the keys. */
static int on_record(const struct fleet *fleet)
{
    g_autofree char *dir = g_build_filename(fleet->dir, "state", NULL);
    g_autoptr(GError) error = NULL;
    OWN(journal) journal = journal_open_read_only(dir, &error);
    g_auto(GStrv) streams = journal ? journal_streams(journal, "", &error) : NULL;
    int found = 0, all = 0;
    for (char **stream = streams; stream && *stream; stream++) {
        g_autoptr(GPtrArray) events = journal_read(journal, *stream, 1, NULL);
        for (guint i = 0; i < events->len; i++, all++)
            found += g_str_has_prefix(((const struct event *)events->pdata[i])->actor, "alice");
    }
    if (all == 0)
        printf("  no journal: %s\n", error ? error->message : "it is empty");
    return all == 0 ? -1 : found;
}

void a_monkey_at_the_program_itself(const char *build, guint keys)
{
    g_autofree char *tenants = hostile_scenario();
    g_autofree char *whole = g_strconcat(scenario, tenants, NULL);
    struct fleet *fleet = fleet_playing(build, whole);
    g_autofree char *id = rollout_waits(fleet);
    check("a rollout waits for an approval", id);
    size_t before = writes(fleet);
    struct seat *seat = sit(fleet, 24, 80, "--write", NULL, NULL);
    struct monkey monkey;
    monkey_init(&monkey, 3);
    bool there = seat_shows(seat, id ? id : "–") && seat_shows(seat, "WRITE");
    check("celldeck --write lives through it, AWS coming and going",
          there && monkey_plays(&monkey, seat, keys, turn_aws, fleet));
    printf("        %u keys of seed 3\n", monkey.keys);
    check("AWS has heard of no write", before > 0 && writes(fleet) == before);
    check("nothing is on record as the monkey's", on_record(fleet) == 0);
    monkey_release(&monkey);
    seat_free(seat);
    const char *const abort_it[] = {"rollout", "abort", id, "--yes", "--reason", "over", NULL};
    g_free(fleet_ask(fleet, "DELETE", "/sim/faults", ""));
    g_free(fleet_run(fleet, ASKER, abort_it));
    fleet_free(fleet);
}
