/* Where everybody goes, in the words of the fleet's screen: its column, its headline, and what may
 * safely be done next. */
#include "rollout/conductor.h"
#include "tests/unit/flight.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/dies_column.h"
#include "tui/views/fleet_columns.h"
#include "tui/views/headline.h"
#include "tui/views/safe_next.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

/* AWS's own words can be long. */
#define LONG_CAUSE                                                                                  \
    "Route 53 takes no change for now: Route 53 ChangeResourceRecordSets on Z0123456789ABCDEFGHIJ " \
    "answered 400 Throttling: Rate exceeded (request 7f3c2a10-1111-2222-3333-444455556666), and "   \
    "before that PriorRequestNotComplete: The request was rejected because Route 53 was still "     \
    "processing a prior request."

/* A tenant in `home`, one in cell-eu; cell-1's error rate is `errors`. */
static struct deck *deck_with(double errors, const char *home)
{
    OWN(config) config = small_fleet(NULL);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant drafts[] = {
        {.id = "a", .cell = (char *)home, .current_users = 70, .max_users = 90, .max_patients = 10},
        {.id = "b", .cell = "cell-eu", .current_users = 30, .max_users = 40, .max_patients = 10}};
    for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++)
        g_ptr_array_add(tenants, tenant_new(&drafts[i]));
    struct registry *registry = registry_new(tenants, NOW, true);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW, NULL));
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(NOW);
    set_series(&readings[1], METRIC_ERROR_RATE, steady(errors, 10, NOW));
    const struct fleet_input input = {
        .config = config, .readings = readings, .registry = registry, .sources = sources};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    deck_take_evacuations(deck, evacuation_all(snapshot, NULL, NULL));
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    registry_unref(registry);
    return deck;
}

static struct deck *deck_of(double errors)
{
    return deck_with(errors, "cell-1");
}

Test(evacuation_views, a_cell_that_is_ill_and_could_be_failed_over_says_where_to_and_by_which_key)
{
    OWN(deck) deck = deck_of(9);
    g_autofree char *next = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect(g_str_has_prefix(next, "fail over to cell-1-dr: F (with --write)"), "%s", next);
    deck->write = true;
    g_autofree char *may = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect(g_str_has_prefix(may, "fail over to cell-1-dr: F;"), "%s", may);
}

static struct operation *failover_begun(gint64 at_ms)
{
    struct operation *operation = g_new0(struct operation, 1);
    static const char *const cells[] = {"cell-1", "cell-1-dr", NULL};
    operation->id = g_strdup("f1");
    operation->kind = g_strdup("failover");
    operation->state = g_strdup("reverted");
    operation->subject = g_strdup("cell-1");
    operation->actor = g_strdup("alice");
    operation->cells = g_strdupv((char **)cells);
    operation->started_ms = at_ms;
    operation->ended_ms = at_ms + 1000;
    return operation;
}

Test(evacuation_views, of_a_cell_that_comes_and_goes_a_failover_is_proposed_once_an_hour)
{
    OWN(deck) deck = deck_of(9);
    g_ptr_array_set_free_func(deck->operations, (GDestroyNotify)operation_free);
    g_ptr_array_add(deck->operations, failover_begun(NOW - 30 * 60 * 1000));
    g_autofree char *within = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect_null(strstr(within, "fail over"), "%s", within);
    g_ptr_array_set_size(deck->operations, 0);
    g_ptr_array_add(deck->operations, failover_begun(NOW - 60 * 60 * 1000));
    g_autofree char *after = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect(g_str_has_prefix(after, "fail over to cell-1-dr"), "%s", after);
}

Test(evacuation_views, of_a_cell_that_is_left_already_the_column_tells_how_far_that_is)
{
    OWN(deck) deck = deck_of(9);
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    g_autoptr(GString) scratch = g_string_new(NULL);
    flight_run_until(flight, "verified", 1);
    g_ptr_array_set_free_func(deck->failovers, NULL);
    g_ptr_array_add(deck->failovers, flight->failover);
    const char *running = dies_text(deck_cell(deck, "cell-1"), deck, scratch);
    cr_expect(strstr(running, "f1 running: 1 of 3 tenants"), "%s", running);
    flight->dns_code = "away";
    flight_run(flight, 30);
    const char *held = dies_text(deck_cell(deck, "cell-1"), deck, scratch);
    cr_expect(strstr(held, "f1 held: 1 of 3 tenants"), "%s", held);
    flight->dns_code = NULL;
    flight_wish(flight, "resume");
    flight_run(flight, 30);
    const char *over = dies_text(deck_cell(deck, "cell-1"), deck, scratch);
    cr_expect_null(strstr(over, "f1"), "%s", over);
}

Test(evacuation_views, a_region_without_room_to_lose_a_cell_is_told_before_it_does)
{
    OWN(deck) deck = deck_of(0);
    enum role role;
    g_autoptr(GPtrArray) cells = fleet_in_order(deck);
    g_autofree char *whole = headline(deck, cells, &role);
    cr_expect(strstr(whole, "▲ eu-west-1 can't lose cell-eu"), "%s", whole);
    cr_expect_eq(role, ROLE_NORMAL, "nothing is wrong yet");
    g_autoptr(GPtrArray) lines = headline_lines(deck, cells, 78, 1, &role);
    cr_expect(strstr(lines->pdata[0], "no N+1 in eu-west-1"), "%s", (char *)lines->pdata[0]);
}

/* f1 is held when one of its three tenants is done. */
static struct flight *held_in(struct deck *deck)
{
    struct flight *flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    g_ptr_array_set_free_func(deck->failovers, NULL);
    g_ptr_array_add(deck->failovers, flight->failover);
    flight_run_until(flight, "verified", 1);
    flight->dns_code = "throttled";
    flight_run(flight, 30);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    deck->now_ms = flight->now_ms;
    return flight;
}

static void conducted(struct deck *deck, const struct conductor_info *how)
{
    struct conductor_info *info = g_memdup2(how, sizeof *how);
    info->host = g_strdup("bastion-1");
    g_hash_table_replace(deck->conductors, g_strdup("f1"), info);
}

static char *headline_of(const struct deck *deck, int cols, int most)
{
    enum role role;
    g_autoptr(GPtrArray) cells = fleet_in_order(deck);
    g_autoptr(GPtrArray) lines = headline_lines(deck, cells, cols, most, &role);
    cr_expect_eq(role, ROLE_WARN);
    cr_expect_leq((int)lines->len, most);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

Test(evacuation_views, of_a_held_failover_the_way_out_stays_in_the_headline_whatever_aws_says)
{
    static const struct {
        int cols, most;
        const char *done, *way;
    } sizes[] = {{38, 2, "1 of 3", ":steps f1"},
                 {78, 3, "1 of 3 tenants done, 2 left", ":steps f1 resumes or reverts it"},
                 {118, 3, "1 of 3 tenants done, 2 left", ":steps f1 resumes or reverts it; why: "}};
    OWN(deck) deck = deck_of(0);
    OWN(flight) flight = held_in(deck);
    conducted(deck, &(const struct conductor_info){
                        .alive = true, .heartbeat_ms = deck->now_ms, .lease_ms = 30000});
    deck->write = true;
    g_free(flight->failover->held_cause);
    flight->failover->held_cause = g_strdup(LONG_CAUSE);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *said = headline_of(deck, sizes[i].cols, sizes[i].most);
        g_autofree char *line = g_strdelimit(g_strdup(said), "\n", ' ');
        g_auto(GStrv) words = g_strsplit(line, "  ", -1);
        g_autofree char *joined = g_strjoinv("", words);
        cr_expect(strstr(joined, sizes[i].done), "%s is not in\n%s", sizes[i].done, said);
        cr_expect(strstr(joined, sizes[i].way), "%s is not in\n%s", sizes[i].way, said);
    }
}

Test(evacuation_views, of_several_that_are_under_way_the_headline_tells_the_one_that_is_held)
{
    OWN(deck) deck = deck_of(0);
    OWN(flight) flight = held_in(deck);
    OWN(flight) drill = flight_new(flight_plan(FAILOVER_DRILL, 3));
    g_free(drill->failover->id);
    drill->failover->id = g_strdup("d9");
    g_ptr_array_insert(deck->failovers, 0, drill->failover);
    g_autofree char *said = headline_of(deck, 600, 3);
    cr_expect(strstr(said, "f1 failover of cell-1 is held"), "%s", said);
    cr_expect_null(strstr(said, "d9 drill"), "%s", said);
    g_ptr_array_remove_index(deck->failovers, 1);
    enum role role;
    g_autoptr(GPtrArray) cells = fleet_in_order(deck);
    g_autofree char *alone = headline(deck, cells, &role);
    cr_expect(strstr(alone, "d9 drill of cell-1 planned"), "%s", alone);
}

Test(evacuation_views, of_a_held_failover_a_line_names_the_words_that_are_typed)
{
    OWN(deck) deck = deck_of(0);
    OWN(flight) flight = held_in(deck);
    deck->write = true;
    keymap_by_word(deck->keymap);
    g_autofree char *said = headline_of(deck, 600, 3);
    cr_expect(strstr(said, "2 left; `resume f1` or `revert f1`; why: "), "%s", said);
    deck->write = false;
    g_autofree char *shown = headline_of(deck, 600, 3);
    cr_expect(strstr(shown, "2 left; `steps f1` shows the ways out; why: "), "%s", shown);
}

Test(evacuation_views, who_was_left_alone_is_news_until_they_were_moved_whatever_else_was_done)
{
    OWN(deck) deck = deck_of(0);
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    g_ptr_array_set_free_func(deck->failovers, NULL);
    g_ptr_array_add(deck->failovers, flight->failover);
    flight->tenants[1].record_why = "2 sets with a routing policy";
    flight_run(flight, 30);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    deck->now_ms = flight->now_ms;
    g_autofree char *said = headline_of(deck, 250, 3);
    cr_expect(strstr(said, "▲ f1 failover of cell-1 completed: 2 of 3 tenants done, 1 left alone"),
              "%s", said);
    cr_expect(strstr(said, "(:steps f1 shows who)"), "%s", said);
    OWN(flight) move = flight_new(flight_plan(FAILOVER_MOVE, 1));
    OWN(flight) whole = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    flight_run(move, 30);
    flight_run(whole, 30);
    enum role role;
    g_autoptr(GPtrArray) cells = fleet_in_order(deck);
    g_ptr_array_insert(deck->failovers, 0, move->failover);
    g_autofree char *after_a_move = headline(deck, cells, &role);
    cr_expect(strstr(after_a_move, "1 left alone"), "it was of another: %s", after_a_move);
    g_ptr_array_insert(deck->failovers, 0, whole->failover);
    g_autofree char *after_all = headline(deck, cells, &role);
    cr_expect_null(strstr(after_all, "left alone"), "%s", after_all);
}

Test(evacuation_views, a_failovers_conductor_that_is_silent_is_looked_after_and_no_other_is_begun)
{
    OWN(deck) deck = deck_of(9);
    OWN(flight) flight = held_in(deck);
    conducted(deck, &(const struct conductor_info){.alive = true,
                                                   .pid = 77,
                                                   .heartbeat_ms = deck->now_ms - 45000,
                                                   .lease_ms = 30000});
    g_autofree char *silent = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect(strstr(silent, "see conductor.log on bastion-1, and if process 77 is stuck, kill it"),
              "%s", silent);
    conducted(deck, &(const struct conductor_info){.lease_ms = 30000});
    g_autofree char *dead = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect(g_str_has_prefix(dead, "run `celldeck conductor --until-idle`: nobody carries f1 on"),
              "%s", dead);
}

Test(evacuation_views, that_the_credentials_of_a_failovers_conductor_end_is_told_while_it_goes_on)
{
    OWN(deck) deck = deck_of(0);
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    flight_run_until(flight, "verified", 1);
    deck->now_ms = flight->now_ms + WHEN_MINUTE;
    conducted(deck, &(const struct conductor_info){
                        .alive = true, .heartbeat_ms = deck->now_ms, .lease_ms = 30000});
    cr_expect_null(headline_failover_conductor(deck, flight->failover));
    flight_append(
        flight, "conductor", "note",
        json_pack("{s:s, s:s}", "trouble", "credentials", "reason", "profile ops: they end in 4m"));
    g_autofree char *told = headline_failover_conductor(deck, flight->failover);
    cr_expect(told && strstr(told, "credentials of f1's conductor, said"), "%s", told);
    flight_run(flight, 30);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_null(headline_failover_conductor(deck, flight->failover), "it is over");
}

Test(evacuation_views, of_a_cell_that_is_left_already_no_other_failover_is_offered)
{
    OWN(deck) deck = deck_of(0);
    deck->write = true;
    deck_choose(deck, "cell-1", NULL, NULL);
    void *state = view_failover.open();
    const struct area area = {1, 0, 22, 80};
    view_failover.prepare(state, deck, &area);
    cr_expect(view_failover.can(state, deck, REQUEST_FAIL_OVER));
    OWN(flight) flight = held_in(deck);
    cr_expect_not(view_failover.can(state, deck, REQUEST_FAIL_OVER));
    cr_expect(view_failover.can(state, deck, REQUEST_DRILL), "a drill keeps nobody");
    view_failover.close(state);
}

Test(evacuation_views, of_an_ill_cell_that_everybody_has_left_it_is_said_that_nobody_lives_there)
{
    OWN(deck) deck = deck_with(9, "cell-1-dr");
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    flight_run(flight, 30);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    g_autofree char *before = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect_null(strstr(before, "nobody lives there"), "%s", before);
    g_ptr_array_set_free_func(deck->failovers, NULL);
    g_ptr_array_add(deck->failovers, flight->failover);
    g_autofree char *after = safe_next(deck, deck_cell(deck, "cell-1"));
    cr_expect(g_str_has_suffix(after, "nobody lives there since f1 took everybody out"), "%s",
              after);
    OWN(deck) lived_in = deck_of(9);
    g_ptr_array_set_free_func(lived_in->failovers, NULL);
    g_ptr_array_add(lived_in->failovers, flight->failover);
    g_autofree char *again = safe_next(lived_in, deck_cell(lived_in, "cell-1"));
    cr_expect_null(strstr(again, "nobody lives there"), "%s", again);
}
