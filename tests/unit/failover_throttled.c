/* Route 53 that takes no change for now: who is sent already, what is told of it, and what is left.
 */
#include "tests/unit/flight.h"

#include <criterion/criterion.h>
#include <string.h>

/* At the moment when the fourth batch's change is asked for, the second and the third are not
 * everywhere yet. */
Test(failover_throttled,
     who_is_sent_already_is_not_kept_waiting_by_a_change_that_route_53_refuses_for_now)
{
    static const char *const codes[] = {"throttled", "away"};
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        OWN(flight) flight = flight_of(12);
        flight_run_until(flight, "dns.called", 3);
        flight->dns_code = codes[i];
        flight_run(flight, 20);
        cr_assert_eq(flight->failover->state, FAILOVER_HELD);
        cr_expect_eq(failover_progress(flight->failover).done, 7, "%s", codes[i]);
        cr_expect(strstr(flight->failover->state_reason, "7 of 12 tenants done, 5 left"), "%s",
                  flight->failover->state_reason);
        flight->dns_code = NULL;
        flight_wish(flight, "resume");
        flight_run(flight, 20);
        cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
        for (guint t = 0; t < 12; t++)
            cr_expect_eq(flight->tenants[t].changes, 1, "t-%u is changed once", t);
    }
}

Test(failover_throttled, a_change_lets_those_before_it_go_first_once_and_not_for_ever)
{
    OWN(flight) flight = flight_of(12);
    flight_run_until(flight, "dns.called", 3);
    flight->dns_code = "throttled";
    flight->pending = true;
    flight_run(flight, 40);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    cr_expect_eq(flight->failover->code, FAILOVER_DNS_PENDING, "what it waits for is told");
    cr_expect_eq(flight_count(flight, "dns.failed"), 1);
    flight->dns_code = NULL;
    flight->pending = false;
    flight_wish(flight, "revert");
    flight_run(flight, 40);
    cr_assert_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect_eq(flight_in(flight, "cell-1"), 12);
    cr_expect_eq(flight_led_to(flight, "cell-1"), 12);
}

Test(failover_throttled,
     twelve_tenants_throttled_from_the_eighth_leave_seven_done_and_resume_does_five)
{
    OWN(flight) flight = flight_of(12);
    flight_run_until(flight, "verified", 3);
    flight->dns_code = "throttled";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    cr_expect_eq(flight->failover->code, FAILOVER_DNS_THROTTLED);
    cr_expect(strstr(flight->failover->state_reason, "7 of 12 tenants done, 5 left"), "%s",
              flight->failover->state_reason);
    cr_expect_eq(failover_progress(flight->failover).done, 7);
    cr_expect_eq(flight_led_to(flight, "cell-1"), 5);
    flight->dns_code = NULL;
    flight_wish(flight, "resume");
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    for (guint i = 0; i < 12; i++)
        cr_expect_eq(flight->tenants[i].changes, 1, "t-%u is changed once", i);
}

static void expect_words(const struct flight *flight, const char *wanted)
{
    g_autofree char *words = failover_progress_words(flight->failover);
    cr_expect_str_eq(words, wanted);
}

Test(failover_throttled,
     what_keeps_a_change_from_route_53_is_not_guessed_at_in_the_line_of_progress)
{
    OWN(flight) flight = flight_of(3);
    flight->dns_code = "away";
    flight_run_until(flight, "delayed", 1);
    expect_words(flight, "0 of 3 tenants done; Route 53 takes no change, retrying, 3 left");
}

/* With 5 minutes until it is held, "running" alone would say that all is well. */
Test(failover_throttled,
     a_throttled_change_is_told_while_it_is_tried_again_once_and_until_it_is_through)
{
    OWN(flight) flight = flight_of(12);
    flight_run_until(flight, "verified", 3);
    flight->dns_code = "throttled";
    flight_run_until(flight, "delayed", 1);
    gint64 since_ms = flight->failover->since_ms;
    flight_run(flight, 2);
    cr_assert_eq(flight->failover->state, FAILOVER_RUNNING);
    cr_expect_eq(flight_count(flight, "delayed"), 1, "said once");
    cr_expect_eq(flight->failover->since_ms, since_ms, "and it puts no deadline off");
    expect_words(flight, "7 of 12 tenants done; throttled, retrying, 5 left");
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    expect_words(flight, "7 of 12 tenants done, 5 left");
    flight_wish(flight, "resume");
    flight_run_until(flight, "delayed", 2);
    flight->dns_code = NULL;
    flight_run_until(flight, "dns.called", 4);
    expect_words(flight, "7 of 12 tenants done, 5 left");
    flight_run(flight, 20);
    expect_words(flight, "12 of 12 tenants done");
}

Test(failover_throttled,
     what_is_put_off_until_those_before_it_are_through_is_told_as_throttled_meanwhile)
{
    OWN(flight) flight = flight_of(12);
    flight_run_until(flight, "dns.called", 3);
    flight->dns_code = "throttled";
    flight->pending = true;
    flight_run_until(flight, "dns.failed", 1);
    flight->pending = false;
    flight_run_until(flight, "verified", 2);
    expect_words(flight, "3 of 12 tenants done; throttled, retrying, 9 left");
    flight->dns_code = NULL;
    flight_run(flight, 20);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover_throttled, progress_is_told_of_one_tenant_and_of_none)
{
    OWN(flight) one = flight_of(1);
    OWN(flight) none = flight_of(2);
    flight_run(one, 20);
    expect_words(one, "1 of 1 tenant done");
    flight_wish(none, "revert");
    flight_run(none, 20);
    cr_assert_eq(none->failover->state, FAILOVER_REVERTED);
    expect_words(none, "no tenant had been touched");
}
