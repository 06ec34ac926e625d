/* What stands over a failover's tenants. */
#include "tui/views/steps_head.h"

#include "tests/unit/flight.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/cell_look.h"

#include <criterion/criterion.h>
#include <string.h>

/* Route 53 throttles it when seven of its twelve tenants are done, until it is held. */
static struct flight *held_half_way(void)
{
    struct flight *flight = flight_new(flight_plan(FAILOVER_FAILOVER, 12));
    flight_run_until(flight, "verified", 3);
    flight->dns_code = "throttled";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    return flight;
}

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
