/* Where everybody goes, in the words of the fleet's screen: its column, its headline, and what may
 * safely be done next. */
#include "rollout/conductor.h"
#include "tests/unit/flight.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/dies_column.h"
#include "tui/views/fleet_columns.h"
#include "tui/views/headline.h"
#include "tui/views/safe_next.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

/* A tenant in cell-1, one in cell-eu; cell-1's error rate is `errors`. */
static struct deck *deck_of(double errors)
{
    OWN(config) config = small_fleet(NULL);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant drafts[] = {
        {.id = "a", .cell = "cell-1", .current_users = 70, .max_users = 90, .max_patients = 10},
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
