/* A failover's plan, and what is told of an operation. */
#include "tests/unit/flight.h"

#include <criterion/criterion.h>
#include <string.h>

static guint batch(const struct failover_plan *plan, guint i)
{
    return g_array_index(plan->batches, guint, i);
}

Test(failover_plan, batches_double_from_one_tenant_to_five_hundred)
{
    OWN(failover_plan) plan = flight_plan(FAILOVER_FAILOVER, 12);
    failover_plan_seal(plan);
    cr_assert_eq(plan->batches->len, 4);
    cr_expect_eq(batch(plan, 0), 1);
    cr_expect_eq(batch(plan, 1), 2);
    cr_expect_eq(batch(plan, 2), 4);
    cr_expect_eq(batch(plan, 3), 5);
    OWN(failover_plan) large = flight_plan(FAILOVER_FAILOVER, 3000);
    failover_plan_seal(large);
    for (guint i = 0; i < large->batches->len; i++)
        cr_expect_leq(batch(large, i), 500);
}

Test(failover_plan, it_goes_through_json_exactly)
{
    OWN(failover_plan) plan = flight_plan(FAILOVER_MOVE, 7);
    g_strfreev(plan->acks);
    plan->acks = g_strsplit("data,fence", ",", 0);
    plan->rto_ms = 5;
    plan->move_ms = 6;
    ((struct planned_tenant *)g_ptr_array_index(plan->tenants, 1))->declared = true;
    g_clear_pointer(&((struct planned_tenant *)g_ptr_array_index(plan->tenants, 0))->updated_at,
                    g_free);
    struct planned_tenant *shares = g_ptr_array_index(plan->tenants, 2);
    shares->shared_record = g_steal_pointer(&shares->record);
    failover_plan_seal(plan);
    OWN_JSON json = failover_plan_json(plan);
    OWN(failover_plan) again = failover_plan_from_json(json, NULL);
    cr_assert_not_null(again);
    OWN_JSON twice = failover_plan_json(again);
    cr_expect(json_equal(json, twice));
}

Test(failover_plan, one_that_was_changed_is_refused)
{
    OWN(failover_plan) plan = flight_plan(FAILOVER_FAILOVER, 3);
    g_autoptr(GError) error = NULL;
    failover_plan_seal(plan);
    OWN_JSON json = failover_plan_json(plan);
    json_object_set_new(json_array_get(json_object_get(json, "tenants"), 1), "to",
                        json_string("cell-2"));
    cr_expect_null(failover_plan_from_json(json, &error));
    cr_expect(strstr(error->message, "hash"));
}

Test(failover_plan, what_makes_no_sense_is_refused)
{
    OWN(failover_plan) nobody = failover_plan_new(FAILOVER_FAILOVER, "cell-1");
    OWN(failover_plan) twice = flight_plan(FAILOVER_FAILOVER, 2);
    OWN(failover_plan) nowhere = flight_plan(FAILOVER_FAILOVER, 2);
    struct planned_tenant *first = g_ptr_array_index(twice->tenants, 0);
    g_free(first->id);
    first->id = g_strdup("t-1");
    struct planned_tenant *lost = g_ptr_array_index(nowhere->tenants, 0);
    g_free(lost->to);
    lost->to = g_strdup("cell-9");
    struct failover_plan *plans[] = {nobody, twice, nowhere};
    for (size_t i = 0; i < G_N_ELEMENTS(plans); i++) {
        failover_plan_seal(plans[i]);
        g_autofree char *fault = failover_plan_fault(plans[i]);
        cr_expect_not_null(fault);
    }
}

Test(failover_plan, one_change_holds_no_more_than_route_53_takes)
{
    struct failover_plan *plan = flight_plan(FAILOVER_FAILOVER, 7);
    struct planned_target *target = failover_plan_add_target(plan);
    target->cell = g_strdup("cell-4");
    target->dns_name = g_strnfill(12000, 'a'); /* 32,000 letters is the most */
    for (guint i = 3; i < 7; i++) {
        struct planned_tenant *tenant = g_ptr_array_index(plan->tenants, i);
        g_free(tenant->to);
        tenant->to = g_strdup("cell-4");
    }
    OWN(flight) flight = flight_new(plan);
    flight_run_until(flight, "dns.intent", 3);
    const struct event *event = flight_last(flight, "dns.intent");
    cr_expect_eq(json_array_size(json_object_get(event->data, "changes")), 2,
                 "the batch of four is two changes");
}

Test(failover_json, it_tells_how_far_each_tenant_is)
{
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    flight_run_until(flight, "verified", 1);
    OWN_JSON json = failover_json(flight->failover, flight->now_ms);
    cr_assert_not_null(json);
    cr_expect_str_eq(json_string_value(json_object_get(json, "state")), "running");
    const json_t *tenants = json_object_get(json, "tenants");
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(tenants, 0), "step")),
                     "verified");
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(tenants, 1), "step")),
                     "planned");
    const json_t *progress = json_object_get(json, "progress");
    cr_expect_eq(json_integer_value(json_object_get(progress, "done")), 1);
    cr_expect_eq(json_integer_value(json_object_get(progress, "left")), 2);
}

Test(failover_json, the_next_step_is_told_in_a_line_at_every_moment)
{
    OWN(flight) flight = flight_new(flight_plan(FAILOVER_FAILOVER, 3));
    while (!failover_state_final(flight->failover->state)) {
        g_autofree char *next = failover_next(flight->failover);
        cr_expect(strlen(next) > 10, "%s", next);
        OWN_JSON json = failover_json(flight->failover, flight->now_ms);
        cr_expect_not_null(json);
        flight_step(flight);
    }
    g_autofree char *next = failover_next(flight->failover);
    cr_expect_str_eq(next, "nothing: it is over");
}
