/* How long a plan takes at best: what credentials have to outlast. */
#include "data/base/when.h"
#include "rollout/plan_make.h"

#include <criterion/criterion.h>

/* A plan with a period of 1 m that settles in 15 s, and one wave of `cells` cells. */
static struct plan *plan_of(guint cells, int max_in_flight, gint64 bake_ms)
{
    struct plan *plan = plan_new();
    plan->period_ms = WHEN_MINUTE;
    plan->settle_ms = 15 * WHEN_SECOND;
    struct plan_wave *wave = plan_wave_new("wave");
    wave->bake_ms = bake_ms;
    wave->max_in_flight = max_in_flight;
    for (guint i = 0; i < cells; i++)
        g_ptr_array_add(wave->cells, g_new0(struct plan_cell, 1));
    g_ptr_array_add(plan->waves, wave);
    return plan;
}

#define TURN_MS (WHEN_DAY + WHEN_MINUTE + 15 * WHEN_SECOND)

Test(plan_length, a_cell_takes_its_deploy_its_bake_and_the_settling_of_the_last_period)
{
    OWN(plan) plan = plan_of(1, 1, WHEN_DAY);
    cr_expect_eq(plan_at_best_ms(plan, 0), TURN_MS);
}

Test(plan_length, cells_beyond_max_in_flight_wait_for_those_before_them)
{
    OWN(plan) five = plan_of(5, 2, WHEN_DAY);
    cr_expect_eq(plan_at_best_ms(five, 0), 3 * TURN_MS);
    OWN(plan) together = plan_of(5, 8, WHEN_DAY);
    cr_expect_eq(plan_at_best_ms(together, 0), TURN_MS);
}

Test(plan_length, waves_come_one_after_the_other)
{
    OWN(plan) plan = plan_of(1, 1, WHEN_DAY);
    OWN(plan) other = plan_of(2, 1, WHEN_DAY);
    g_ptr_array_add(plan->waves, g_ptr_array_steal_index(other->waves, 0));
    cr_expect_eq(plan_at_best_ms(plan, 0), 3 * TURN_MS);
    OWN(plan) none = plan_new();
    cr_expect_eq(plan_at_best_ms(none, 0), 0);
}

Test(plan_length, each_turn_waits_for_its_waves_window)
{
    gint64 noon_ms = G_GINT64_CONSTANT(1795694400000); /* 2026-11-26T12:00:00Z, a Thursday */
    OWN(plan) plan = plan_of(2, 1, WHEN_HOUR);
    struct plan_wave *wave = g_ptr_array_index(plan->waves, 0);
    gint64 turn_ms = WHEN_HOUR + WHEN_MINUTE + 15 * WHEN_SECOND;
    wave->window = window_new("Thu-Fri 13:00-14:00 UTC");
    cr_expect_eq(plan_at_best_ms(plan, noon_ms), WHEN_HOUR + WHEN_DAY + turn_ms);
}
