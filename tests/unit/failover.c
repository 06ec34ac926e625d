/* The rules of rollout.md, "Failover", for the operation: each by its name. */
#include "tests/unit/flight.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *text(const struct event *event, const char *key)
{
    return json_string_value(json_object_get(event->data, key));
}

static gint64 number(const struct event *event, const char *key)
{
    return json_integer_value(json_object_get(event->data, key));
}

Test(failover, all_tenants_go_to_their_targets_by_registry_and_dns)
{
    OWN(flight) flight = flight_of(12);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight_in(flight, "cell-2"), 6);
    cr_expect_eq(flight_in(flight, "cell-3"), 6);
    cr_expect_eq(flight_led_to(flight, "cell-2"), 6);
    cr_expect_eq(flight_led_to(flight, "cell-3"), 6);
    cr_expect_eq(number(flight_last(flight, "state"), "moved"), 12);
    cr_expect_eq(failover_progress(flight->failover).done, 12);
}

Test(failover, each_tenant_gets_two_registry_writes_and_one_change)
{
    OWN(flight) flight = flight_of(12);
    flight_run(flight, 10);
    for (guint i = 0; i < 12; i++) {
        cr_expect_eq(flight->tenants[i].writes, 2);
        cr_expect_eq(flight->tenants[i].changes, 1);
    }
    cr_expect_eq(flight->dns_calls, 4, "batches of 1, 2, 4 and 5");
}

Test(failover, the_steps_of_a_batch_come_in_their_order)
{
    static const char *const order[] = {
        "opened",     "state",      "registry.intent", "registry.done", "dns.read", "dns.intent",
        "dns.called", "dns.insync", "registry.intent", "registry.done", "verified", "state"};
    OWN(flight) flight = flight_of(1);
    flight_run(flight, 5);
    cr_assert_eq(flight->events->len, G_N_ELEMENTS(order));
    for (guint i = 0; i < G_N_ELEMENTS(order); i++)
        cr_expect_str_eq(((struct event *)g_ptr_array_index(flight->events, i))->type, order[i]);
}

Test(failover, the_first_tenant_is_verified_before_the_second_is_touched)
{
    OWN(flight) flight = flight_of(3);
    flight->tenants[0].unverified = "the cell does not answer";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    cr_expect_eq(flight->failover->code, FAILOVER_VERIFY);
    cr_expect_eq(flight->tenants[1].writes + flight->tenants[2].writes, 0);
}

Test(failover, later_batches_begin_before_the_one_before_is_insync)
{
    OWN(flight) flight = flight_of(12);
    flight_run_until(flight, "verified", 1);
    flight->pending = true;
    flight_run(flight, 20);
    cr_expect_eq(flight_led_to(flight, "cell-1"), 0, "Route 53 has them all");
    cr_expect_eq(flight_count(flight, "verified"), 1);
    cr_expect_eq(flight->failover->code, FAILOVER_DNS_PENDING);
}

Test(failover, it_waits_for_insync_before_the_registry_names_the_new_cell)
{
    OWN(flight) flight = flight_of(1);
    flight->pending = true;
    flight_run(flight, 3);
    cr_expect_str_eq(flight->tenants[0].cell, "cell-1");
    cr_expect_str_eq(flight->tenants[0].status, "MIGRATING");
    flight->pending = false;
    flight_run(flight, 3);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover, nothing_is_touched_while_preflight_says_no)
{
    OWN(flight) flight = flight_of(3);
    flight->unfit = "cell-2 is unhealthy";
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_HELD);
    cr_expect_eq(flight->failover->code, FAILOVER_PREFLIGHT);
    cr_expect(strstr(flight->failover->state_reason, "cell-2 is unhealthy"));
    cr_expect_eq(flight->tenants[0].writes + flight->dns_calls, 0);
}

Test(failover, a_target_that_falls_ill_half_way_gets_no_more_tenants)
{
    OWN(flight) flight = flight_of(7);
    flight_run_until(flight, "verified", 1);
    flight->unfit = "cell-2 is unhealthy";
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->code, FAILOVER_PREFLIGHT);
    cr_expect_eq(flight_led_to(flight, "cell-1"), 6);
}

Test(failover, a_cell_that_somebody_else_has_locked_is_not_touched)
{
    OWN(flight) flight = flight_of(1);
    flight->locked = "cell-2 is locked by r17";
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->code, FAILOVER_LOCKED);
    cr_expect(strstr(flight->failover->state_reason, "r17"));
    cr_expect_eq(flight->tenants[0].writes, 0);
    flight->locked = NULL;
    flight_wish(flight, "resume");
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

static struct failover_plan *plan_with_commands(void)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 2);
    plan->fence_ms = plan->promote_ms = 2 * WHEN_MINUTE;
    ((struct planned_target *)g_ptr_array_index(plan->targets, 0))->promote = true;
    return plan;
}

Test(failover, the_source_is_fenced_and_then_the_replica_promoted_before_any_tenant_goes)
{
    static const char *const order[] = {"opened",         "state",          "fence.intent",
                                        "fence.done",     "promote.intent", "promote.done",
                                        "registry.intent"};
    OWN(flight) flight = flight_new(plan_with_commands());
    flight_run(flight, 5);
    for (guint i = 0; i < G_N_ELEMENTS(order); i++)
        cr_expect_str_eq(((struct event *)g_ptr_array_index(flight->events, i))->type, order[i]);
    cr_expect_str_eq(text(flight_last(flight, "promote.intent"), "cell"), "cell-2");
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover, a_fence_that_fails_holds_it_and_a_resume_runs_it_again)
{
    OWN(flight) flight = flight_new(plan_with_commands());
    flight->fails = "exit 1";
    flight_run(flight, 5);
    cr_assert_eq(flight->failover->code, FAILOVER_FENCE_FAILED);
    cr_expect_eq(flight->tenants[0].writes, 0);
    g_autofree char *token = g_strdup(text(flight_last(flight, "fence.intent"), "token"));
    flight->fails = NULL;
    flight_wish(flight, "resume");
    flight_run(flight, 5);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_str_neq(text(flight_last(flight, "fence.intent"), "token"), token);
}

static bool may_ack(const struct flight *flight, const char *name)
{
    g_autofree char *why = failover_refuses_ack(flight->failover, name);
    return !why;
}

/* The cell is dead, and so may be whatever would fence it. */
Test(failover, a_fence_that_fails_is_acknowledged_by_name_and_not_run_again)
{
    OWN(flight) flight = flight_new(plan_with_commands());
    cr_expect_not(may_ack(flight, "fence"), "it has not failed");
    flight->fails = "exit 1";
    flight_run(flight, 5);
    cr_expect(may_ack(flight, "fence"));
    cr_expect_not(may_ack(flight, "promote") || may_ack(flight, "data"), "nothing else has failed");
    cr_expect(strstr(flight->failover->state_reason, "(--ack fence)"), "%s",
              flight->failover->state_reason);
    flight->fails = NULL;
    flight_resume_without(flight, "fence");
    flight_crash(flight);
    flight_run(flight, 5);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight_count(flight, "fence.intent"), 1);
    cr_expect_eq(flight_count(flight, "promote.done"), 1, "what has not failed is run");
    cr_expect(flight->failover->fence.acked && !flight->failover->fence.done);
    OWN_JSON json = failover_json(flight->failover, flight->now_ms);
    const json_t *fence = json_array_get(json_object_get(json, "commands"), 0);
    cr_expect(json_is_true(json_object_get(fence, "acknowledged")) &&
              json_is_false(json_object_get(fence, "done")));
}

Test(failover, a_promotion_that_fails_is_acknowledged_by_name_and_a_resume_alone_runs_it_again)
{
    OWN(flight) flight = flight_new(plan_with_commands());
    flight_run_until(flight, "fence.done", 1);
    flight->fails = "exit 1";
    flight_run(flight, 5);
    cr_assert_eq(flight->failover->code, FAILOVER_PROMOTE_FAILED);
    flight_wish(flight, "resume");
    flight_run(flight, 5);
    cr_assert_eq(flight->failover->code, FAILOVER_PROMOTE_FAILED);
    flight_resume_without(flight, "promote");
    flight_run(flight, 5);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight_count(flight, "promote.intent"), 2);
    cr_expect_eq(flight_count(flight, "promote.done"), 0);
}

Test(failover, of_two_replicas_the_one_that_failed_alone_is_done_without)
{
    struct failover_plan *plan = plan_with_commands();
    ((struct planned_target *)g_ptr_array_index(plan->targets, 1))->promote = true;
    OWN(flight) flight = flight_new(plan);
    flight_run_until(flight, "fence.done", 1);
    flight->fails = "exit 1";
    flight_run(flight, 5);
    json_t *other = failover_wish(flight->failover, "resume", NULL, "promote");
    json_object_set_new(other, "cell", json_string("cell-3"));
    cr_assert(flight_append(flight, "bob@h", "resume", other));
    flight_run(flight, 5);
    cr_assert_eq(flight->failover->code, FAILOVER_PROMOTE_FAILED, "another one was meant");
    flight_resume_without(flight, "promote");
    flight_run(flight, 5);
    cr_assert_eq(flight->failover->code, FAILOVER_PROMOTE_FAILED, "the next one's turn has come");
    g_autoptr(GPtrArray) without = failover_done_without(flight->failover);
    cr_assert_eq(without->len, 1);
    g_autofree char *words = failover_without_words(flight->failover, without->pdata[0]);
    cr_expect(g_str_has_prefix(words, "without promoting cell-2: "), "%s", words);
    flight_wish(flight, "revert");
    flight_run(flight, 5);
    cr_expect(strstr(flight->failover->state_reason, "; what was done by hand to fence or to "
                                                     "promote stands as it is"),
              "%s", flight->failover->state_reason);
}

/* A conductor of before there were acknowledgements runs it again. */
Test(failover, a_fence_that_was_acknowledged_and_is_run_all_the_same_breaks_no_journal)
{
    OWN(flight) flight = flight_new(plan_with_commands());
    flight->fails = "exit 1";
    flight_run(flight, 5);
    flight_resume_without(flight, "fence");
    cr_expect(
        flight_append(flight, "bastion", "fence.intent",
                      json_pack("{s:s, s:s}", "token", "t", "deadline", "2026-01-01T00:00:00Z")));
    cr_expect(flight_append(flight, "bastion", "fence.done", json_pack("{s:s}", "token", "t")));
}

/* Whoever writes it into the journal all the same, as two at once may. */
Test(failover, an_acknowledgement_of_what_has_not_failed_acknowledges_nothing)
{
    OWN(flight) flight = flight_new(plan_with_commands());
    flight->unfit = "cell-2 is unhealthy";
    flight_run(flight, 10);
    flight->unfit = NULL;
    flight_resume_without(flight, "fence");
    flight_run(flight, 5);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight_count(flight, "fence.done"), 1);
}

Test(failover, a_revert_restores_exactly_the_seven_that_were_done)
{
    OWN(flight) flight = flight_of(12);
    flight_run_until(flight, "verified", 3);
    flight->dns_code = "throttled";
    flight_run(flight, 20);
    flight->dns_code = NULL;
    flight_wish(flight, "revert");
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect(flight_is_as_before(flight));
    for (guint i = 0; i < 12; i++)
        cr_expect_eq(flight->tenants[i].changes, i < 7 ? 2 : 0, "t-%u", i);
}

Test(failover, a_revert_takes_the_batches_in_reverse)
{
    OWN(flight) flight = flight_of(7);
    flight_run_until(flight, "verified", 3);
    flight_wish(flight, "revert");
    gint64 seq = flight->failover->seq, last = G_MAXINT64;
    flight_run(flight, 20);
    for (guint i = (guint)seq; i < flight->events->len; i++) {
        const struct event *event = g_ptr_array_index(flight->events, i);
        if (strcmp(event->type, "dns.called") != 0)
            continue;
        cr_expect_lt(number(event, "batch"), last);
        last = number(event, "batch");
    }
    cr_expect_eq(last, 1);
    cr_expect(flight_is_as_before(flight));
}

Test(failover, nothing_goes_back_or_on_by_itself_once_it_is_held)
{
    OWN(flight) flight = flight_of(12);
    flight_run_until(flight, "verified", 2);
    flight->dns_code = "throttled";
    flight_run(flight, 20);
    guint events = flight->events->len;
    flight->dns_code = NULL;
    for (int i = 0; i < 100; i++) {
        cr_assert_not(flight_step(flight));
        flight->now_ms += WHEN_HOUR;
    }
    cr_expect_eq(flight->events->len, events);
}

Test(failover, a_revert_of_what_was_never_begun_ends_at_once)
{
    OWN(flight) flight = flight_of(3);
    flight->unfit = "cell-2 is unhealthy";
    flight_run(flight, 10);
    flight_wish(flight, "revert");
    flight_run(flight, 1);
    cr_expect_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect_str_eq(flight->failover->state_reason, "no tenant had been touched");
}

/* The last words of one that was taken back before any tenant was touched. */
static void expect_taken_back(const char *after, const char *words)
{
    OWN(flight) flight = flight_new(plan_with_commands());
    flight_run_until(flight, after, 1);
    flight_wish(flight, "revert");
    flight_run(flight, 5);
    cr_expect_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect_str_eq(flight->failover->state_reason, words);
}

Test(failover, a_revert_names_the_commands_that_ran_and_no_other)
{
    expect_taken_back("opened", "no tenant had been touched");
    expect_taken_back("fence.done", "no tenant had been touched; what the fence command did stands "
                                    "as it is");
    expect_taken_back("promote.done", "no tenant had been touched; what the fence and promote "
                                      "commands did stands as it is");
}

Test(failover, without_a_zone_only_the_registry_is_changed)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 3);
    plan->dns = false;
    OWN(flight) flight = flight_new(plan);
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->dns_calls, 0);
    cr_expect_eq(flight_in(flight, "cell-2"), 2);
}

Test(failover, a_tenant_without_a_record_goes_by_the_registry_alone)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 3);
    struct planned_tenant *tenant = g_ptr_array_index(plan->tenants, 1);
    g_clear_pointer(&tenant->record, g_free);
    OWN(flight) flight = flight_new(plan);
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->tenants[1].changes, 0);
    cr_expect_str_eq(flight->tenants[1].cell, "cell-3");
}

Test(failover, killed_between_any_two_events_it_ends_the_same)
{
    for (guint at = 1; at < 60; at++) {
        OWN(flight) flight = flight_of(7);
        for (guint i = 0; i < 2000 && !failover_state_final(flight->failover->state); i++) {
            if (flight->events->len >= at)
                flight_crash(flight);
            if (!flight_step(flight))
                flight->now_ms += WHEN_SECOND;
        }
        cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED, "killed at %u", at);
        for (guint i = 0; i < 7; i++)
            cr_expect_eq(flight->tenants[i].writes * 10 + flight->tenants[i].changes, 21);
    }
}

Test(failover, reverted_after_any_event_everything_is_as_it_was)
{
    for (guint at = 1; at < 60; at++) {
        OWN(flight) flight = flight_of(7);
        while (flight->events->len < at && !failover_state_final(flight->failover->state))
            flight_step(flight);
        if (failover_state_final(flight->failover->state))
            break;
        flight_wish(flight, "revert");
        flight_run(flight, 60);
        cr_assert_eq(flight->failover->state, FAILOVER_REVERTED, "reverted at %u", at);
        cr_assert(flight_is_as_before(flight), "reverted at %u", at);
    }
}

Test(failover, a_clock_that_jumps_ends_no_deadline)
{
    OWN(flight) flight = flight_of(1);
    flight->pending = true;
    flight_run(flight, 2);
    flight->now_ms += WHEN_DAY;
    flight->credit_ms += WHEN_DAY;
    flight_run(flight, 1);
    cr_expect_eq(flight->failover->state, FAILOVER_RUNNING);
}
