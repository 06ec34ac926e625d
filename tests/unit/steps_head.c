/* What stands over a failover's tenants. */
#include "tui/views/steps_head.h"

#include "tests/unit/flight.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/cell_look.h"

#include <criterion/criterion.h>
#include <string.h>

/* Of twelve tenants seven are done by then. */
#define held_half_way() flight_held(12, 3)

Test(steps_head, how_long_a_failover_takes_yet_is_not_told_by_how_long_it_was_held)
{
    OWN(flight) flight = held_half_way();
    flight->now_ms += 8 * WHEN_HOUR;
    flight_wish(flight, "resume");
    cr_expect_eq(steps_left_ms(flight->failover, flight->now_ms), -1, "it has no pace yet");
    flight->dns_code = NULL;
    flight_run_until(flight, "verified", 4);
    gint64 left_ms = steps_left_ms(flight->failover, flight->now_ms);
    cr_expect(left_ms >= 0 && left_ms < 10 * WHEN_MINUTE, "%" G_GINT64_FORMAT, left_ms);
    cr_expect_geq(failover_took_ms(flight->failover, flight->now_ms), 8 * WHEN_HOUR);
}

Test(steps_head, one_that_is_refused_shows_the_key_under_which_it_is_planned_again)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 2));
    flight->stranger = "late";
    flight_run(flight, 1);
    cr_assert_eq(flight->failover->state, FAILOVER_REFUSED);
    g_autoptr(GArray) head = steps_head(deck, flight->failover, 200);
    bool shown = false;
    for (guint i = 0; i < head->len; i++)
        shown |= g_str_has_prefix(g_array_index(head, struct cell_line, i).text, "F 7: where ") ||
                 g_str_has_prefix(g_array_index(head, struct cell_line, i).text, "F: where ");
    cr_expect(shown);
}

/* The lines over the tenants, those for which a screen of that width and so many rows has room. */
static char *head_of(const struct flight *flight, int cols, guint rows)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    deck->write = true;
    deck->now_ms = flight->now_ms;
    g_autoptr(GArray) head = steps_head(deck, flight->failover, cols);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < MIN(head->len, rows); i++)
        g_string_append_printf(text, "%s\n", g_array_index(head, struct cell_line, i).text);
    return g_strdup(text->str);
}

Test(steps_head, of_a_held_one_the_smallest_screen_shows_both_ways_out_and_how_far_it_came)
{
    OWN(flight) flight = held_half_way();
    g_autofree char *small = head_of(flight, 38, 5);
    cr_expect(strstr(small, "7 of 12 tenants"), "%s", small);
    cr_expect(strstr(small, "p resumes; b reverts"), "%s", small);
}

Test(steps_head, what_holds_it_how_far_it_came_and_the_ways_out_are_each_said_once)
{
    OWN(flight) flight = held_half_way();
    g_autofree char *head = head_of(flight, 200, 3);
    g_auto(GStrv) lines = g_strsplit(head, "\n", -1);
    cr_expect(g_str_has_suffix(lines[0], "held: Route 53 takes no change for now: throttled") ||
                  g_str_has_suffix(lines[0], "held: throttled"),
              "%s", lines[0]);
    cr_expect(strstr(lines[1], "7 of 12 tenants done, 5 left"), "%s", head);
    cr_expect(g_str_has_prefix(lines[2], "p goes on with what is left; b takes back"), "%s", head);
    flight_wish(flight, "revert");
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    g_autofree char *back = head_of(flight, 200, 3);
    cr_expect(strstr(back, "p goes on taking back what is left"), "%s", back);
    cr_expect_null(strstr(back, "b takes"), "%s", back);
}

Test(steps_head, of_one_that_left_the_zone_alone_it_is_said_that_people_have_records_to_change)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 3);
    plan->dns = false;
    OWN(flight) flight = flight_new(plan);
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    g_autofree char *head = head_of(flight, 200, 9);
    cr_expect(strstr(head, "▲ 3 records are yours to change: `celldeck failover status f1`"), "%s",
              head);
    OWN(flight) zone = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    flight_run(zone, 20);
    g_autofree char *other = head_of(zone, 200, 9);
    cr_expect_null(strstr(other, "yours to change"), "%s", other);
}

Test(steps_head,
     of_a_fence_that_failed_the_way_without_it_is_shown_and_what_was_done_without_says_so)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 2);
    plan->fence_ms = 2 * WHEN_MINUTE;
    OWN(flight) flight = flight_new(plan);
    flight->fails = "exit 1";
    flight_run(flight, 5);
    g_autofree char *failed = head_of(flight, 120, 20);
    flight_resume_without(flight, "fence");
    flight_run(flight, 5);
    g_autofree char *over = head_of(flight, 120, 20);
    cr_expect(strstr(failed, "fence FAILED: ") && strstr(failed, "acknowledge fence there"), "%s",
              failed);
    cr_expect(strstr(over, "fence done without, acknowledged: "), "%s", over);
}
