/* What stands over a failover's tenants. */
#include "tui/views/steps_head.h"

#include "tests/unit/flight.h"

#include <criterion/criterion.h>

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
