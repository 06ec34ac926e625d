/* What of the month's error budget is spent (data/slo_budget.h). */
#include "data/slo_budget.h"

#include "data/base/when.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <math.h>

#define NOW G_GINT64_CONSTANT(1795485600000)

/* Ten minutes up to NOW with this health, share of errors and number of requests; NAN: none of it
 * was read. */
static struct cell_reading minutes(double health, double errors, double requests)
{
    struct cell_reading reading = {0};
    const double values[] = {
        [METRIC_HEALTH] = health, [METRIC_REQUESTS] = requests, [METRIC_ERROR_RATE] = errors};
    for (enum metric metric = METRIC_HEALTH; metric <= METRIC_ERROR_RATE; metric++)
        if (!isnan(values[metric]))
            reading.series[metric] = steady(values[metric], 10, NOW);
    return reading;
}

static struct slo_budget counted(double sla_pct, struct cell_reading reading,
                                 const struct slo_note *notes, size_t n)
{
    struct slo_budget budget;
    slo_budget_count(&budget, sla_pct, WHEN_MINUTE, &reading, notes, n, NOW);
    cell_reading_clear(&reading);
    return budget;
}

static struct slo_budget of(double health, double errors, double requests)
{
    return counted(99.9, minutes(health, errors, requests), NULL, 0);
}

static double minutes_of(double ms)
{
    return ms / (double)WHEN_MINUTE;
}

Test(slo_budget, three_nines_leave_43_2_minutes_of_a_month)
{
    struct slo_budget budget = of(1, 0, 100);
    cr_expect_float_eq(minutes_of(budget.budget_ms), 43.2, 1e-6);
    budget = counted(100, minutes(1, 5, 100), NULL, 0);
    cr_expect_float_eq(budget.budget_ms, 0, 1e-6);
    cr_expect(isnan(slo_budget_pace(&budget)));
}

Test(slo_budget, a_period_spends_the_share_of_it_that_failed_and_all_of_it_without_health)
{
    struct slo_budget budget = of(1, 5, 100);
    cr_expect_float_eq(minutes_of(budget.spent_ms), 0.5, 1e-6);
    cr_expect_float_eq(slo_budget_pace(&budget), 50, 1e-6);
    budget = of(0, 5, 100);
    cr_expect_float_eq(minutes_of(budget.spent_ms), 10, 1e-6);
    budget = of(0, NAN, NAN);
    cr_expect_float_eq(minutes_of(budget.spent_ms), 10, 1e-6, "health alone is enough for that");
}

Test(slo_budget, what_is_not_known_is_not_measured_and_never_counts_as_well)
{
    struct slo_budget budget = of(1, NAN, NAN);
    cr_expect_eq(budget.measured_ms, 0, "health of 1 does not say how requests went");
    cr_expect(isnan(slo_budget_pace(&budget)));
    cr_expect_eq(budget.until_ms - budget.from_ms, 10 * WHEN_MINUTE);
    budget = of(NAN, NAN, NAN);
    cr_expect_eq(budget.from_ms, 0);
    budget = of(1, NAN, 0);
    cr_expect_eq(budget.measured_ms, 10 * WHEN_MINUTE, "nobody asked, nobody was failed");
    cr_expect_float_eq(budget.spent_ms, 0, 1e-9);
}

Test(slo_budget, a_reading_that_is_no_share_at_all_is_none)
{
    struct slo_budget budget = of(1, 250, 100);
    cr_expect_eq(budget.measured_ms, 0);
    budget = of(-1, 5, 100);
    cr_expect_float_eq(minutes_of(budget.spent_ms), 0.5, 1e-6);
}

Test(slo_budget, notes_count_once_a_period_before_what_was_read_and_within_the_month)
{
    const struct slo_note notes[] = {
        {NOW - WHEN_HOUR, METRIC_ERROR_RATE, 10},        {NOW - WHEN_HOUR, METRIC_ERROR_RATE, 20},
        {NOW - WHEN_HOUR, METRIC_ERROR_RATE, 20},        {NOW - 2 * WHEN_HOUR, METRIC_HEALTH, 0},
        {NOW - 3 * WHEN_HOUR, METRIC_HEALTH, 1},         {NOW - 3 * WHEN_HOUR, METRIC_CPU, 90},
        {NOW - 5 * WHEN_MINUTE, METRIC_ERROR_RATE, 100}, {NOW - 31 * WHEN_DAY, METRIC_HEALTH, 0},
    };
    struct slo_budget budget = counted(99.9, minutes(1, 0, 100), notes, G_N_ELEMENTS(notes));
    cr_expect_eq(budget.noted, 2);
    cr_expect_float_eq(minutes_of(budget.noted_ms), 1.2, 1e-6);
    cr_expect_eq(budget.noted_from_ms, NOW - 2 * WHEN_HOUR);
    cr_expect_float_eq(budget.spent_ms, 0, 1e-9, "where it was read, the reading holds");
}
