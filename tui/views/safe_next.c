#include "tui/views/safe_next.h"

#include "data/base/when.h"
#include "rollout/proposal.h"
#include "tui/views/headline.h"
#include "tui/views/safe_next_conductor.h"
#include "tui/views/safe_next_failover.h"

#include <string.h>

/* What is known of a cell and of the newest rollout that lists it. */
struct sight {
    const struct deck *deck;
    const struct cell *cell;
    const struct rollout *rollout; /* NULL: none lists it ... */
    const struct rollout_cell *part;
    bool live; /* ... and it is not over */
};

/* After a rollback metrics tell the old version's for so many periods at the earliest (product.md,
 * "Metrics": 2 of 3). */
enum { SETTLING_PERIODS = 3 };

/* "b"; or "`rollback cell-2`", where a line says it whole. */
static char *key_of(const struct sight *sight, enum request request)
{
    if (!keymap_is_by_word(sight->deck->keymap))
        return keymap_shown(sight->deck->keymap, request);
    const char *name = keymap_bindings(sight->deck->keymap)[request].name;
    const char *of = request == REQUEST_ROLLOUT ? sight->rollout->id : sight->cell->config->id;
    return g_strdup_printf("`%s %s`", name, of);
}

/* Acting is refused without --write, and on other hosts than journal.host. */
static void add_condition(GString *text, const struct sight *sight)
{
    const char *host = sight->deck->config->journal_host;
    if (!sight->deck->write)
        g_string_append_printf(text, " (with --write%s%s)", host ? " on " : "", host ? host : "");
}

/* Those that leave a cell that is not well no worse. To retry or to accept would have the release
 * on it, or keep it there, while something is wrong: people may, but it is not what is safe. */
static const struct {
    const char *what, *verb;
    enum request request;
} acts[] = {
    {"rollback", "roll back", REQUEST_ROLLBACK},
    {"skip", "skip", REQUEST_SKIP},
};

static bool one_way(const struct sight *sight)
{
    return sight->part && sight->part->plan->rollback_closed;
}

/* Where one-way migrations ran, the old version on the new data is a decision, and no safe step
 * (rollout.md, "Fail"). */
static bool can(const struct sight *sight, const char *what)
{
    g_autofree char *why = rollout_refuses(sight->rollout, what, sight->part);
    return !why && !(one_way(sight) && strcmp(what, "rollback") == 0);
}

/* "r, then b to roll back or V to accept": what would be taken now; false where all would be
 * refused. A line that says it whole needs no way there. */
static bool add_acts(GString *text, const struct sight *sight)
{
    g_autofree char *rollout = key_of(sight, REQUEST_ROLLOUT);
    guint n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
        if (!can(sight, acts[i].what))
            continue;
        g_autofree char *key = key_of(sight, acts[i].request);
        if (n++ == 0 && !keymap_is_by_word(sight->deck->keymap))
            g_string_append_printf(text, "%s, then ", rollout);
        g_string_append_printf(text, "%s%s to %s", n > 1 ? " or " : "", key, acts[i].verb);
    }
    if (n > 0)
        add_condition(text, sight);
    return n > 0;
}

static void add_look_at_rollout(GString *text, const struct sight *sight)
{
    g_autofree char *rollout = key_of(sight, REQUEST_ROLLOUT);
    g_string_append_printf(text, "%s shows why", rollout);
}

static void add_acts_or_look(GString *text, const struct sight *sight)
{
    if (!add_acts(text, sight))
        add_look_at_rollout(text, sight);
}

static bool is_in(const struct sight *sight, enum cell_state state)
{
    return sight->part && sight->part->state == state;
}

static bool rolled_back_just_now(const struct sight *sight)
{
    gint64 settling_ms = SETTLING_PERIODS * sight->deck->config->metrics.period_ms;
    return is_in(sight, CELL_ROLLED_BACK) &&
           sight->deck->now_ms - sight->part->state_since_ms < settling_ms;
}

static bool in_flight(const struct sight *sight)
{
    return is_in(sight, CELL_DEPLOYING) || is_in(sight, CELL_BAKING) ||
           is_in(sight, CELL_ROLLING_BACK);
}

/* What others do, or have done, is not seen then. */
static bool cannot_read_journal(const struct sight *sight)
{
    return sight->deck->journal_error || sight->deck->copy_trouble;
}

static void say_no_journal(GString *text, const struct sight *sight)
{
    g_string_append_printf(text,
                           "act on nothing here: the journal %s, so what is done to it now "
                           "is not known",
                           sight->deck->journal_error ? "can't be read"
                                                      : "could not be read of late");
}

static bool nobody_conducts(const struct sight *sight)
{
    if (!sight->live)
        return false;
    const struct conducted what = conducted_rollout(sight->rollout);
    return headline_nobody_conducts(sight->deck, &what);
}

static void say_conductor(GString *text, const struct sight *sight)
{
    safe_next_conduct(text, sight->deck, sight->rollout->id);
}

static bool is_left_alone(const struct sight *sight)
{
    if (!sight->live)
        return false;
    const struct conducted what = conducted_rollout(sight->rollout);
    return headline_conductor_is_silent(sight->deck, &what);
}

static void say_left_alone(GString *text, const struct sight *sight)
{
    safe_next_wake_conductor(text, sight->deck, sight->rollout->id);
    g_string_append(text, ": nothing watches it meanwhile");
}

static bool is_unseen(const struct sight *sight)
{
    return sight->cell->health == HEALTH_STALE || sight->cell->health == HEALTH_UNKNOWN;
}

static bool is_held(const struct sight *sight)
{
    return sight->live && sight->part->held;
}

static void say_held(GString *text, const struct sight *sight)
{
    bool unseen = is_unseen(sight);
    if (unseen)
        add_look_at_rollout(text, sight);
    else
        add_acts_or_look(text, sight);
    g_string_append_printf(text, ": %s holds it for a person%s", sight->rollout->id,
                           unseen ? ", and how it is now is not known" : "");
}

static bool is_going_back(const struct sight *sight)
{
    return sight->live && (is_in(sight, CELL_ROLLING_BACK) || sight->part->rollback_wanted) &&
           !is_in(sight, CELL_ROLLED_BACK) && !is_in(sight, CELL_ROLLBACK_FAILED);
}

static void say_going_back(GString *text, const struct sight *sight)
{
    g_string_append_printf(text, "wait: %s is rolling it back", sight->rollout->id);
}

static bool runs_recorded(const struct sight *sight)
{
    return sight->part->plan->from && sight->cell->version &&
           strcmp(sight->part->plan->from, sight->cell->version) == 0;
}

static bool could_not_go_back(const struct sight *sight)
{
    return is_in(sight, CELL_ROLLBACK_FAILED) && (sight->live || !runs_recorded(sight));
}

static void say_could_not(GString *text, const struct sight *sight)
{
    add_acts_or_look(text, sight);
    g_string_append_printf(text, ": %s could not roll it back and tries no more",
                           sight->rollout->id);
}

static bool is_deploying(const struct sight *sight)
{
    return sight->live && in_flight(sight);
}

static void say_deploying(GString *text, const struct sight *sight)
{
    bool blind = sight->rollout->troubles[TROUBLE_BLIND].reason != NULL;
    g_string_append(text, "wait");
    if (can(sight, "rollback") && !is_unseen(sight)) {
        g_string_append(text, ", or ");
        add_acts(text, sight);
    }
    g_string_append_printf(
        text, ": %s %s %s there and %s", sight->rollout->id,
        is_in(sight, CELL_BAKING) ? "bakes" : "deploys", sight->rollout->plan->version,
        blind ? "goes no further while its conductor is blind" : "its gates judge it");
}

/* For a day: after that what is wrong with it is another story. */
static bool is_back(const struct sight *sight)
{
    return is_in(sight, CELL_ROLLED_BACK) && runs_recorded(sight) &&
           sight->deck->now_ms - sight->part->state_since_ms < WHEN_DAY;
}

static bool is_just_back(const struct sight *sight)
{
    return is_back(sight) && rolled_back_just_now(sight);
}

static void say_just_back(GString *text, const struct sight *sight)
{
    g_string_append_printf(text, "wait for its next periods: %s has it back on %s",
                           sight->rollout->id, sight->part->plan->from);
}

static void say_unseen(GString *text, const struct sight *sight)
{
    g_autofree char *key = key_of(sight, REQUEST_CELL);
    g_string_append_printf(text,
                           "act on nothing here: how it is now is not known (%s shows what "
                           "can't be read)",
                           key);
}

static void add_look(GString *text, const struct sight *sight)
{
    g_autofree char *key = key_of(sight, REQUEST_CELL);
    g_string_append_printf(text, "%s for its alarms and its probe: ", key);
}

static void say_back(GString *text, const struct sight *sight)
{
    add_look(text, sight);
    g_string_append_printf(text, "%s is back and it is still not well, so %s was not all of it",
                           sight->part->plan->from, sight->rollout->plan->version);
}

static bool has_passed(const struct sight *sight)
{
    return sight->live && (is_in(sight, CELL_PASSED) || is_in(sight, CELL_ACCEPTED));
}

/* The condition comes first: what is cut at the end of a narrow line must not be that. */
static void say_passed(GString *text, const struct sight *sight)
{
    const char *id = sight->rollout->id, *version = sight->rollout->plan->version;
    if (can(sight, "rollback")) {
        g_string_append_printf(text, "if it is %s's %s that it is not well with: ", id, version);
        add_acts(text, sight);
        return;
    }
    add_look(text, sight);
    g_string_append_printf(text, "%s's %s runs there, and nothing is sure to go back to", id,
                           version);
}

static bool is_ahead(const struct sight *sight)
{
    return sight->live && is_in(sight, CELL_PENDING);
}

static void say_ahead(GString *text, const struct sight *sight)
{
    add_look(text, sight);
    g_string_append_printf(text, "%s has not touched it yet", sight->rollout->id);
}

static bool is_left(const struct sight *sight)
{
    return safe_next_left_by(sight->deck, sight->cell) != NULL;
}

static void say_left(GString *text, const struct sight *sight)
{
    add_look(text, sight);
    g_string_append_printf(text, "nobody lives there since %s took everybody out",
                           safe_next_left_by(sight->deck, sight->cell)->id);
}

static bool always(const struct sight *sight)
{
    (void)sight;
    return true;
}

static void say_untouched(GString *text, const struct sight *sight)
{
    add_look(text, sight);
    g_string_append(text, "no rollout touches it now");
}

static bool is_failing_over(const struct sight *sight)
{
    const struct failover *failover = deck_cell_failover(sight->deck, sight->cell->config->id);
    return failover && failover->plan->kind != FAILOVER_DRILL;
}

static void say_failing_over(GString *text, const struct sight *sight)
{
    safe_next_failing_over(text, sight->deck, sight->cell);
}

/* Whoever is ill of a release that can go back is better off with that; and of a cell that comes
 * and goes there is one proposal an hour (rollout.md, "Failover"). */
static bool may_fail_over(const struct sight *sight)
{
    const struct deck *deck = sight->deck;
    struct proposal proposal =
        proposal_of(deck->snapshot, sight->cell, deck->operations, deck->now_ms);
    bool made = proposal.made;
    proposal_clear(&proposal);
    return made && safe_next_has_failover(deck, sight->cell);
}

static void say_fail_over(GString *text, const struct sight *sight)
{
    safe_next_fail_over(text, sight->deck, sight->cell);
}

/* The first that is true says it. What is under way comes before what could be done; what can't be
 * seen comes before what it would be judged by. */
static const struct {
    bool (*holds)(const struct sight *sight);
    void (*say)(GString *text, const struct sight *sight);
} rules[] = {
    {cannot_read_journal, say_no_journal},
    {is_failing_over, say_failing_over},
    {nobody_conducts, say_conductor},
    {is_left_alone, say_left_alone},
    {could_not_go_back, say_could_not},
    {is_held, say_held},
    {is_going_back, say_going_back},
    {is_deploying, say_deploying},
    {is_just_back, say_just_back},
    {is_unseen, say_unseen},
    {has_passed, say_passed},
    {may_fail_over, say_fail_over},
    {is_back, say_back},
    {is_ahead, say_ahead},
    {is_left, say_left},
    {always, say_untouched},
};

char *safe_next(const struct deck *deck, const struct cell *cell)
{
    struct sight sight = {.deck = deck, .cell = cell};
    struct rollout *rollout = NULL;
    sight.part = deck_cell_rollout(deck, cell->config->id, &rollout);
    sight.rollout = sight.part ? rollout : NULL;
    sight.live = sight.part && !rollout_state_final(rollout->state);
    GString *text = g_string_new(NULL);
    size_t i = 0;
    while (!rules[i].holds(&sight))
        i++;
    rules[i].say(text, &sight);
    return g_string_free(text, FALSE);
}
