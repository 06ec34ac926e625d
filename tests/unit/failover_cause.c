/* What holds a failover, apart from how far it came and the ways out: rollout/failover.h. */
#include "tests/unit/flight.h"

#include <criterion/criterion.h>

Test(failover_cause, what_holds_it_is_on_record_apart_from_how_far_it_came_and_the_ways_out)
{
    OWN(flight) flight = flight_held(3, 1);
    const char *cause = failover_cause(flight->failover);
    g_autofree char *begin = g_strconcat(cause, "; 1 of 3 tenants done, 2 left: resume it", NULL);
    cr_expect(g_str_has_prefix(flight->failover->state_reason, begin), "%s",
              flight->failover->state_reason);
    flight_crash(flight);
    g_autofree char *again = g_strconcat(failover_cause(flight->failover), ";", NULL);
    cr_expect(g_str_has_prefix(begin, again), "%s", again);
}

Test(failover_cause, what_goes_on_is_held_by_nothing)
{
    OWN(flight) flight = flight_held(3, 1);
    flight_wish(flight, "resume");
    cr_expect_null(failover_cause(flight->failover));
    flight->dns_code = NULL;
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_null(failover_cause(flight->failover));
}

Test(failover_cause, of_a_journal_that_does_not_tell_it_apart_the_whole_reason_is_it)
{
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    cr_assert(flight_append(flight, "conductor", "state",
                            json_pack("{s:s, s:s, s:s}", "state", "held", "reason",
                                      "Route 53: throttled; 0 of 3 tenants done", "code",
                                      "dns_throttled")));
    cr_expect_str_eq(failover_cause(flight->failover), "Route 53: throttled; 0 of 3 tenants done");
}
