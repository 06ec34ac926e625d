/* Moves, drills and refused starts; what is told of them, and what people may ask. */
#include "tests/unit/flight.h"

#include <criterion/criterion.h>
#include <string.h>

static gint64 number(const struct event *event, const char *key)
{
    return json_integer_value(json_object_get(event->data, key));
}

Test(failover_kinds, the_time_to_restore_is_measured_to_the_last_tenant_verified)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 3);
    plan->rto_ms = 15 * WHEN_MINUTE;
    OWN(flight) flight = flight_new(plan);
    flight_run(flight, 10);
    cr_expect_eq(number(flight_last(flight, "state"), "rto_ms"), 15 * WHEN_MINUTE);
    cr_expect_eq(number(flight_last(flight, "state"), "took_ms"),
                 flight_last(flight, "verified")->at_ms - flight->failover->opened_ms);
}

Test(failover_kinds, what_was_reverted_took_until_its_end_and_not_until_somebody_was_verified)
{
    OWN(flight) flight = flight_of(7);
    flight_run_until(flight, "verified", 1);
    flight->dns_code = "throttled";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    flight->dns_code = NULL;
    flight_wish(flight, "revert");
    flight_run(flight, 20);
    const struct failover *failover = flight->failover;
    cr_assert_eq(failover->state, FAILOVER_REVERTED);
    cr_assert_lt(failover->verified_ms, failover->ended_ms);
    cr_expect_eq(failover_took_ms(failover, 0), failover->ended_ms - failover->opened_ms);
    cr_expect_eq(failover_took_ms(failover, 0), number(flight_last(flight, "state"), "took_ms"));
}

Test(failover_kinds, a_move_moves_the_data_between_the_mark_and_the_record)
{
    struct failover_plan *plan = flight_plan(FAILOVER_MOVE, 1);
    plan->move_ms = 10 * WHEN_MINUTE;
    OWN(flight) flight = flight_new(plan);
    flight_run_until(flight, "data.intent", 1);
    cr_expect_str_eq(flight->tenants[0].status, "MIGRATING");
    cr_expect_eq(flight_count(flight, "dns.read"), 0);
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->commands, 1);
}

Test(failover_kinds, data_that_could_not_be_moved_holds_it_and_a_revert_takes_the_mark_back)
{
    struct failover_plan *plan = flight_plan(FAILOVER_MOVE, 1);
    plan->move_ms = 10 * WHEN_MINUTE;
    OWN(flight) flight = flight_new(plan);
    flight->fails = "exit 3";
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->code, FAILOVER_DATA_FAILED);
    flight_wish(flight, "revert");
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect(flight_is_as_before(flight));
    cr_expect_eq(flight->dns_calls, 0);
}

Test(failover_kinds, a_drill_writes_nothing_and_says_who_would_not_have_moved)
{
    struct failover_plan *plan = flight_plan(FAILOVER_DRILL, 7);
    plan->fence_ms = plan->promote_ms = WHEN_MINUTE;
    ((struct planned_target *)g_ptr_array_index(plan->targets, 0))->promote = true;
    OWN(flight) flight = flight_new(plan);
    flight->locked = "cell-2 is locked by r17";
    flight->tenants[3].record_why = "2 sets with a routing policy";
    g_strlcpy(flight->tenants[5].cell, "cell-9", sizeof flight->tenants[5].cell);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->dns_calls + flight->commands, 0);
    cr_expect_eq(flight_count(flight, "fence.intent") + flight_count(flight, "promote.intent"), 0);
    cr_expect_eq(number(flight_last(flight, "state"), "moved"), 5);
    cr_expect_eq(number(flight_last(flight, "state"), "alone"), 2);
    cr_expect_not(failover_wants_locks(flight->failover));
}

Test(failover_kinds, a_drill_that_sees_nothing_ends_by_itself)
{
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_DRILL, 3));
    flight->blind = true;
    flight_run(flight, 60);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(number(flight_last(flight, "state"), "moved"), 0);
}

Test(failover_kinds, a_drill_that_would_be_refused_says_why)
{
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_DRILL, 3));
    flight->unfit = "cell-2 has room for 2,000 of 8,000 users";
    flight_run(flight, 60);
    cr_expect_eq(flight->failover->state, FAILOVER_REFUSED);
    cr_expect(strstr(flight->failover->state_reason, "room"));
}

Test(failover_kinds, a_person_resumes_only_what_is_held_and_reverts_only_what_is_not_over)
{
    OWN(flight) flight = flight_of(1);
    g_autofree char *early = failover_refuses(flight->failover, "resume");
    cr_expect_not_null(early);
    flight_run(flight, 5);
    g_autofree char *late = failover_refuses(flight->failover, "revert");
    cr_expect(strstr(late, "going back is another failover"));
}

Test(failover_kinds, what_people_ask_too_late_is_kept_and_changes_nothing)
{
    OWN(flight) flight = flight_of(1);
    flight_run(flight, 5);
    cr_assert(flight_append(flight, "bob@h", "revert", json_pack("{s:s}", "state", "reverting")));
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover_kinds, events_out_of_order_are_refused_and_change_nothing)
{
    OWN(flight) flight = flight_of(3);
    flight_run_until(flight, "registry.intent", 1);
    cr_expect_not(flight_append(flight, "x", "dns.called", json_object()));
    cr_expect_not(flight_append(flight, "x", "fence.done", json_object()));
    cr_expect_not(flight_append(flight, "x", "opened", json_object()));
    cr_expect_not(flight_append(flight, "x", "state", json_pack("{s:s}", "state", "completed")));
    cr_expect_not(flight_append(flight, "x", "registry.done",
                                json_pack("{s:s, s:i, s:b, s:[s]}", "step", "mark", "batch", 1,
                                          "back", 0, "tenants", "t-1")));
    cr_expect_not(
        flight_append(flight, "x", "verified",
                      json_pack("{s:i, s:b, s:[s]}", "batch", 1, "back", 0, "tenants", "t-0")));
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover_kinds, a_batch_out_of_turn_is_refused)
{
    OWN(flight) flight = flight_of(3);
    flight_run_until(flight, "state", 1);
    cr_expect_not(
        flight_append(flight, "x", "registry.intent",
                      json_pack("{s:s, s:i, s:b, s:s, s:[s]}", "step", "mark", "batch", 2, "back",
                                0, "stamp", "2027-01-15T08:00:01.000Z", "tenants", "t-1")));
}

Test(failover_kinds, what_is_not_over_has_a_deadline_and_a_way_out_by_hand)
{
    OWN(flight) flight = flight_of(3);
    while (!failover_state_final(flight->failover->state)) {
        g_autofree char *refusal = failover_refuses(flight->failover, "revert");
        cr_expect_null(refusal);
        flight_step(flight);
    }
}

Test(failover_kinds, a_refused_start_is_on_record_and_over)
{
    OWN(failover) failover = failover_new("f2");
    struct event event = {.stream = (char *)"f2",
                          .seq = 1,
                          .at_ms = 1,
                          .actor = (char *)"alice@h",
                          .type = (char *)"opened"};
    OWN_JSON data =
        json_pack("{s:s, s:s, s:s, s:b, s:[s]}", "kind", "failover", "subject", "cell-1", "state",
                  "refused", "final", 1, "refusals", "120 %, over by 2,000");
    event.data = data;
    cr_assert(failover_apply(failover, &event, NULL));
    cr_expect_eq(failover->state, FAILOVER_REFUSED);
    OWN_JSON json = failover_json(failover, 2);
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(json, "refusals"), 0)),
                     "120 %, over by 2,000");
    cr_expect_str_eq(json_string_value(json_object_get(json, "cell")), "cell-1");
}

Test(failover_kinds, a_move_that_is_taken_back_says_that_its_data_is_not)
{
    struct failover_plan *plan = flight_plan(FAILOVER_MOVE, 1);
    plan->move_ms = 10 * WHEN_MINUTE;
    OWN(flight) flight = flight_new(plan);
    flight_run_until(flight, "data.done", 1);
    flight_wish(flight, "revert");
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect(strstr(flight->failover->state_reason, "nothing here moves it back"), "%s",
              flight->failover->state_reason);
}
