#include "data/pace.h"

#include "data/base/when.h"

#include <criterion/criterion.h>
#include <string.h>

#define MINUTE WHEN_MINUTE
#define END    (1764000000000 / MINUTE * MINUTE)

/* 1,000 cells, of which a rollout has 10 and 40 are looked at; 100,000 tenants of 400 bytes. */
static struct pace_load big(void)
{
    return (struct pace_load){.period_ms = MINUTE,
                              .rollout_metrics = 10 * 7,
                              .near_metrics = 40 * 7,
                              .rest_metrics = 950 * 7,
                              .alarm_calls = 4,
                              .alarm_list_calls = 30,
                              .registry_units = 100000 * 400 / 4096.0 / 2};
}

Test(pace, what_an_hour_costs_is_what_the_price_list_says)
{
    /* aws.md: 100 cells x 6 metrics: $2.16/h at 10 s, $0.36/h at 60 s; alarms $0.0036/h. */
    struct pace_load load = {.period_ms = 10 * WHEN_SECOND, .near_metrics = 600};
    cr_expect_float_eq(pace_usd_per_hour(&load, 0), 2.16, 1e-9);
    load.period_ms = MINUTE;
    cr_expect_float_eq(pace_usd_per_hour(&load, 0), 0.36, 1e-9);
    load = (struct pace_load){.period_ms = MINUTE, .alarm_calls = 1};
    cr_expect_float_eq(pace_usd_per_hour(&load, 0), 0.0036, 1e-9);
    load = (struct pace_load){.period_ms = MINUTE, .alarm_calls = 1, .alarm_list_calls = 6};
    cr_expect_float_eq(pace_usd_per_hour(&load, 0), 2 * 0.0036, 1e-9);
    load = (struct pace_load){.period_ms = MINUTE, .registry_units = 1e6 / 60};
    cr_expect_float_eq(pace_usd_per_hour(&load, 0), 0.125, 1e-9);
    load = (struct pace_load){.period_ms = MINUTE, .rest_metrics = 600};
    cr_expect_float_eq(pace_usd_per_hour(&load, 0), 0.18, 1e-9, "every second period");
}

Test(pace, each_step_costs_less_and_no_step_slows_a_rollout_or_its_alarms)
{
    struct pace_load load = big(), rollout = {.period_ms = MINUTE, .rollout_metrics = 70};
    double before = pace_usd_per_hour(&load, 0);
    guint last = pace_choose(&load, 1e-9, 0);
    for (guint step = 1; step <= last; step++) {
        const struct pace pace = pace_at(step);
        cr_expect_lt(pace_usd_per_hour(&load, step), before, "step %u", step);
        cr_expect_eq(pace_usd_per_hour(&rollout, step), pace_usd_per_hour(&rollout, 0));
        cr_expect_leq(pace_alarms_ms(&pace, MINUTE), MINUTE, "gates need them");
        before = pace_usd_per_hour(&load, step);
    }
    cr_expect_geq(last, 8);
}

Test(pace, what_nobody_looks_at_is_slowed_before_anything_else)
{
    struct pace_load load = big();
    guint step = pace_choose(&load, pace_usd_per_hour(&load, 0) - 0.01, 0);
    const struct pace pace = pace_at(step), usual = pace_at(0);
    cr_expect_eq(step, 1);
    cr_expect_gt(pace.rest_periods, usual.rest_periods);
    cr_expect_eq(pace.near_periods, 1);
    cr_expect_eq(pace_alarms_ms(&pace, MINUTE), 10 * WHEN_SECOND);
    cr_expect_eq(pace_registry_ms(&pace, MINUTE), MINUTE);
}

Test(pace, the_step_is_the_first_that_stays_under_the_ceiling)
{
    const struct pace_load load = big();
    for (double max_usd = 0.1; max_usd < 4; max_usd += 0.1) {
        guint step = pace_choose(&load, max_usd, 0);
        bool last = step == pace_choose(&load, 1e-9, 0);
        cr_expect(last || pace_usd_per_hour(&load, step) <= max_usd);
        cr_expect(step == 0 || pace_usd_per_hour(&load, step - 1) > max_usd);
    }
}

Test(pace, without_a_ceiling_nothing_is_slowed)
{
    struct pace_load load = big();
    cr_expect_eq(pace_choose(&load, -1, 0), 0);
    cr_expect_eq(pace_choose(&load, -1, 3), 0);
    cr_expect_null(pace_words(&load, -1, 0));
}

Test(pace, a_cell_more_or_less_does_not_make_it_go_to_and_fro)
{
    struct pace_load load = big();
    double max_usd = pace_usd_per_hour(&load, 0) - 0.001;
    guint step = pace_choose(&load, max_usd, 0);
    cr_assert_eq(step, 1);
    load.rest_metrics -= 7 * 7; /* it would fit again, barely */
    cr_assert_leq(pace_usd_per_hour(&load, 0), max_usd);
    cr_expect_eq(pace_choose(&load, max_usd, step), step);
    load.rest_metrics /= 2;
    cr_expect_eq(pace_choose(&load, max_usd, step), 0, "with room to spare it does");
}

Test(pace, more_to_ask_slows_at_once)
{
    struct pace_load load = big();
    guint step = pace_choose(&load, 1, 0);
    load.near_metrics *= 4;
    cr_expect_gt(pace_choose(&load, 1, step), step);
}

static bool says(const struct pace_load *load, double max_usd, guint step, const char *words)
{
    g_autofree char *text = pace_words(load, max_usd, step);
    return text && strstr(text, words);
}

Test(pace, the_sentence_says_what_is_slowed_how_far_and_what_that_means)
{
    struct pace_load load = big();
    g_autofree char *first = pace_words(&load, 3, 1);
    cr_expect_str_eq(first, "polling is slowed down to cost no more than $3.00/h "
                            "(aws.max_usd_per_hour): metrics of cells that nobody looks at every "
                            "3m (STALE between)");
    cr_expect(says(&load, 3, 4, "the registry every 2m, alarms every 60s"));
    cr_expect(says(&load, 3, 5, "the registry every 10m (STALE between)"));
    cr_expect(says(&load, 3, 7, "of the others outside rollouts every 3m (STALE between)"));
    cr_expect(says(&load, 0.01, pace_choose(&load, 0.01, 0), "even so it costs $"));
}

/* A cell that was read up to the last period but one. */
static struct pace_cell rest_cell(guint place)
{
    return (struct pace_cell){.place = place,
                              .every_periods = 2,
                              .read_until_ms = END - MINUTE,
                              .newest_end_ms = END - MINUTE,
                              .period_ms = MINUTE,
                              .settle_ms = 15 * WHEN_SECOND};
}

Test(pace, cells_asked_every_second_period_take_turns)
{
    struct pace_cell even = rest_cell(0), odd = rest_cell(1);
    cr_expect_neq(pace_is_due(&even, END), pace_is_due(&odd, END));
    even.read_until_ms = odd.read_until_ms = END;
    even.newest_end_ms = odd.newest_end_ms = END;
    cr_expect_neq(pace_is_due(&even, END + MINUTE), pace_is_due(&odd, END + MINUTE));
}

Test(pace, a_cell_that_is_near_is_asked_every_period_and_never_twice_for_one)
{
    struct pace_cell cell = rest_cell(0);
    cell.every_periods = 1;
    for (int i = 0; i < 3; i++) {
        cr_expect(pace_is_due(&cell, END + i * MINUTE));
        cell.read_until_ms = END + i * MINUTE;
        cr_expect(!pace_is_due(&cell, END + i * MINUTE));
    }
}

Test(pace, no_value_turns_stale_for_being_asked_for_every_second_period)
{
    /* Published `late` periods after they end: up to one, the second period is soon enough or is
     * not waited for. Value ages are as the judge counts them: from the end of the period. */
    for (gint64 late = 0; late <= 1; late++)
        for (guint place = 0; place < 2; place++) {
            struct pace_cell cell = rest_cell(place);
            for (gint64 end_ms = END; end_ms < END + 20 * MINUTE; end_ms += MINUTE) {
                gint64 now_ms = end_ms + cell.settle_ms;
                cr_expect_leq(now_ms - cell.newest_end_ms, 3 * MINUTE, "stale, %d late", (int)late);
                if (!pace_is_due(&cell, end_ms))
                    continue;
                cell.read_until_ms = end_ms;
                cell.newest_end_ms = end_ms - late * MINUTE;
            }
        }
}

Test(pace, a_cell_never_read_or_that_missed_its_turn_is_due)
{
    for (guint place = 0; place < 2; place++) {
        struct pace_cell cell = rest_cell(place);
        cell.read_until_ms = cell.newest_end_ms = 0;
        cr_expect(pace_is_due(&cell, END), "never read");
        cell = rest_cell(place);
        cell.every_periods = 10;
        cell.read_until_ms = END - 11 * MINUTE;
        cr_expect(pace_is_due(&cell, END), "missed");
    }
}

Test(pace, a_slowed_cell_is_left_stale_until_its_turn)
{
    struct pace_cell cell = rest_cell((guint)(END / MINUTE % 10) + 5);
    cell.every_periods = 10;
    cell.read_until_ms = cell.newest_end_ms = END - 5 * MINUTE;
    cr_expect(!pace_is_due(&cell, END));
    cr_expect(pace_is_due(&cell, END + 5 * MINUTE));
}
