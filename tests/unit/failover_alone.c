/* What a failover finds changed, refused or unanswered under its hands. */
#include "tests/unit/flight.h"

#include <criterion/criterion.h>
#include <string.h>

static gint64 number(const struct event *event, const char *key)
{
    return json_integer_value(json_object_get(event->data, key));
}

Test(failover_alone, a_tenant_that_changed_before_its_mark_is_left_alone_and_the_others_go)
{
    OWN(flight) flight = flight_of(3);
    g_strlcpy(flight->tenants[2].stamp, "2026-02-02T00:00:00Z", sizeof flight->tenants[2].stamp);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->tenants[2].writes + flight->tenants[2].changes, 0);
    cr_expect_eq(failover_tenant(flight->failover, "t-2")->step, TENANT_LEFT);
    cr_expect_eq(number(flight_last(flight, "state"), "moved"), 2);
    cr_expect_eq(number(flight_last(flight, "state"), "alone"), 1);
    cr_expect(strstr(flight->failover->state_reason, "t-2"));
}

Test(failover_alone, an_item_that_changed_after_its_record_is_left_alone_and_said_where_it_leads)
{
    OWN(flight) flight = flight_of(1);
    flight_run_until(flight, "dns.called", 1);
    g_strlcpy(flight->tenants[0].cell, "cell-9", sizeof flight->tenants[0].cell);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_str_eq(flight->tenants[0].cell, "cell-9");
    cr_expect(strstr(failover_tenant(flight->failover, "t-0")->why, "led to cell-2 already"));
}

Test(failover_alone, an_item_that_changed_after_it_was_placed_is_left_alone_by_the_verification)
{
    OWN(flight) flight = flight_of(1);
    flight->tenants[0].unverified = "not yet";
    flight_run_until(flight, "registry.done", 2);
    g_strlcpy(flight->tenants[0].cell, "cell-9", sizeof flight->tenants[0].cell);
    flight_run(flight, 10);
    cr_expect_eq(flight_count(flight, "tenant.left"), 1);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover_alone,
     a_record_that_changed_after_it_was_switched_is_left_alone_and_a_revert_restores_its_item)
{
    OWN(flight) flight = flight_of(3);
    flight_run_until(flight, "registry.done", 4);
    g_strlcpy(flight->tenants[1].record, "cdn.example.net", sizeof flight->tenants[1].record);
    flight->pending = true; /* t-1 can't be verified before the revert is asked for */
    flight_run_until(flight, "tenant.left", 1);
    cr_expect_eq(failover_tenant(flight->failover, "t-1")->step, TENANT_LEFT);
    cr_expect_not(failover_state_final(flight->failover->state));
    flight_wish(flight, "revert");
    flight->pending = false;
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect_str_eq(flight->tenants[1].record, "cdn.example.net");
    cr_expect_str_eq(flight->tenants[1].cell, "cell-1");
    cr_expect_str_eq(flight->tenants[1].status, "ACTIVE");
}

Test(failover_alone, a_record_that_cannot_be_changed_gives_its_tenant_its_mark_back)
{
    OWN(flight) flight = flight_of(3);
    flight->tenants[1].record_why = "2 sets with a routing policy";
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_str_eq(flight->tenants[1].cell, "cell-1");
    cr_expect_str_eq(flight->tenants[1].status, "ACTIVE");
    cr_expect_eq(flight->tenants[1].changes, 0);
    cr_expect_eq(flight_in(flight, "cell-2"), 2);
}

Test(failover_alone, a_record_that_changed_since_it_was_read_is_left_alone_and_the_others_go)
{
    OWN(flight) flight = flight_of(3);
    flight_run_until(flight, "dns.intent", 2);
    g_strlcpy(flight->tenants[1].record, "cdn.example.net", sizeof flight->tenants[1].record);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight_count(flight, "dns.failed"), 1);
    cr_expect_str_eq(flight->tenants[1].record, "cdn.example.net");
    cr_expect(strstr(failover_tenant(flight->failover, "t-1")->why, "cdn.example.net"));
    cr_expect_eq(flight_in(flight, "cell-2"), 2);
}

Test(failover_alone, a_record_that_leads_to_its_target_already_is_not_changed)
{
    OWN(flight) flight = flight_of(1);
    g_strlcpy(flight->tenants[0].record, "cell-2.example.com", sizeof flight->tenants[0].record);
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->dns_calls, 0);
    cr_expect_eq(flight_in(flight, "cell-2"), 1);
}

Test(failover_alone, a_change_that_route_53_refuses_although_no_record_has_changed_is_held)
{
    OWN(flight) flight = flight_of(1);
    flight_run_until(flight, "registry.done", 1);
    for (int i = 0; i < 2; i++) {
        flight_run_until(flight, "dns.intent", (guint)i + 1);
        cr_assert(flight_append(flight, "conductor@h", "dns.failed",
                                json_pack("{s:i, s:b, s:s, s:s}", "batch", 1, "back", 0, "error",
                                          "InvalidChangeBatch", "code", "changed")));
    }
    flight_run(flight, 1);
    cr_expect_eq(flight->failover->code, FAILOVER_DNS_REFUSED);
}

Test(failover_alone, a_record_that_was_not_there_is_made_and_a_revert_takes_it_away)
{
    OWN(flight) flight = flight_of(1);
    *flight->tenants[0].record = '\0';
    flight_run_until(flight, "verified", 1);
    cr_expect_str_eq(flight->tenants[0].record, "cell-2.example.com");
    flight_wish(flight, "revert");
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect_str_eq(flight->tenants[0].record, "");
}

Test(failover_alone, one_tenant_that_does_not_verify_keeps_no_others_from_being_told_as_done)
{
    OWN(flight) flight = flight_of(7);
    flight->tenants[4].unverified = "cell-2 does not answer";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->code, FAILOVER_VERIFY);
    cr_expect(
        strstr(flight->failover->state_reason, "t-4 is not verified: cell-2 does not answer"));
    cr_expect_eq(failover_progress(flight->failover).done, 6);
    flight->tenants[4].unverified = NULL;
    flight_run(flight, 1);
    flight_wish(flight, "resume");
    flight_run(flight, 5);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover_alone, a_registry_that_does_not_take_it_holds_and_says_so)
{
    OWN(flight) flight = flight_of(3);
    flight_run_until(flight, "verified", 1);
    flight->tenants[2].throttled = true;
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->code, FAILOVER_REGISTRY_AWAY);
    cr_expect_str_eq(flight->tenants[1].status, "MIGRATING", "its write was taken");
    flight->tenants[2].throttled = false;
    flight_wish(flight, "resume");
    flight_run(flight, 20);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->tenants[1].writes, 2);
}

Test(failover_alone, an_answer_that_was_lost_is_looked_for_before_anything_else)
{
    OWN(flight) flight = flight_of(1);
    flight_run_until(flight, "registry.intent", 1);
    flight->lost = true;
    flight_run(flight, 3);
    cr_expect_eq(flight->failover->state, FAILOVER_RUNNING);
    cr_expect_eq(flight_count(flight, "registry.done"), 0);
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->code, FAILOVER_REGISTRY_AWAY);
    flight_wish(flight, "revert");
    cr_expect_not(flight_step(flight), "not even a revert goes on before that");
    flight->lost = false;
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect(flight_is_as_before(flight));
}
