#include "data/spending.h"

#include "data/base/when.h"

#include <criterion/criterion.h>

#define FIRST 1000000 /* the first whole period begins */

static struct spending spending;

static void begin(void)
{
    spending_begin(&spending, WHEN_MINUTE, FIRST);
}

TestSuite(spending, .init = begin);

static gint64 at(gint64 period, gint64 ms)
{
    return FIRST + period * WHEN_MINUTE + ms;
}

Test(spending, before_a_whole_period_has_passed_it_is_not_known)
{
    spending_add(&spending, 5, FIRST - 1);
    cr_expect_lt(spending_usd_per_hour(&spending, FIRST - 1), 0);
    spending_add(&spending, 0.01, at(0, 0));
    cr_expect_lt(spending_usd_per_hour(&spending, at(0, 59999)), 0);
}

Test(spending, it_is_right_from_the_first_whole_period_on)
{
    spending_add(&spending, 100, FIRST - 1); /* asking for everything at the start is no habit */
    for (gint64 period = 0; period < 30; period++) {
        spending_add(&spending, 0.01, at(period, 3));
        for (gint64 ms = 3; ms < WHEN_MINUTE && period > 0; ms += 20000)
            cr_expect_float_eq(spending_usd_per_hour(&spending, at(period, ms)), 0.6, 1e-9);
    }
}

Test(spending, what_comes_every_second_period_is_evened_out)
{
    for (gint64 period = 0; period < 30; period++) {
        spending_add(&spending, period % 2 ? 0 : 0.02, at(period, 3));
        if (period >= SPENDING_PERIODS)
            cr_expect_float_eq(spending_usd_per_hour(&spending, at(period, 500)), 0.6, 1e-9);
    }
}

Test(spending, what_is_older_than_the_window_is_forgotten)
{
    spending_add(&spending, 10, at(0, 0));
    cr_expect_float_eq(spending_usd_per_hour(&spending, at(10, 0)), 10 * 60 / 10.0, 1e-9);
    cr_expect_eq(spending_usd_per_hour(&spending, at(11, 0)), 0);
    spending_add(&spending, 1, at(5000, 0));
    cr_expect_float_eq(spending_usd_per_hour(&spending, at(5001, 0)), 6, 1e-9,
                       "a night without a look leaves nothing behind");
}
