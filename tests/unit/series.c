/* Datapoints in time order, and how fresh ones are put in. */
#include "data/fleet.h"

#include <criterion/criterion.h>

/* What series_merge() comes to, point by point. */
static void put_in(GTree *periods, const struct datapoint *points, size_t n, gint64 keep_from_ms)
{
    for (size_t i = 0; i < n; i++)
        if (points[i].at_ms >= keep_from_ms)
            g_tree_replace(periods, GINT_TO_POINTER((gint)points[i].at_ms),
                           GINT_TO_POINTER((gint)points[i].value));
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b);
}

static void expect_periods(const struct series *merged, GTree *periods, int seed)
{
    cr_assert_eq((gint)merged->n, g_tree_nnodes(periods), "seed %d", seed);
    gint64 before_ms = 0;
    for (size_t i = 0; i < merged->n; i++) {
        const struct datapoint *point = &merged->points[i];
        gpointer value = g_tree_lookup(periods, GINT_TO_POINTER((gint)point->at_ms));
        cr_assert_eq(GPOINTER_TO_INT(value), (gint)point->value, "seed %d", seed);
        cr_assert_lt(before_ms, point->at_ms, "seed %d: in time order", seed);
        before_ms = point->at_ms;
    }
}

Test(series, whatever_comes_is_put_in_as_it_would_be_point_by_point)
{
    for (int seed = 0; seed < 3000; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)seed);
        g_autoptr(GTree) periods = g_tree_new(by_number);
        struct datapoint points[12];
        struct series *series = NULL;
        gint64 keep_from_ms = 0;
        for (int turn = 0; turn < 4; turn++) {
            size_t n = (size_t)g_rand_int_range(rand, 0, G_N_ELEMENTS(points) + 1);
            for (size_t i = 0; i < n; i++)
                points[i] =
                    (struct datapoint){g_rand_int_range(rand, 1, 40), g_rand_int_range(rand, 1, 4)};
            keep_from_ms += g_rand_int_range(rand, 0, 6);
            put_in(periods, points, n, keep_from_ms);
            for (gint64 gone = 0; gone < keep_from_ms; gone++)
                g_tree_remove(periods, GINT_TO_POINTER((gint)gone));
            struct series *merged = series_merge(series, points, n, keep_from_ms);
            series_unref(series);
            series = merged;
            expect_periods(series, periods, seed);
        }
        series_unref(series);
    }
}

Test(series, what_it_has_already_is_no_other_series)
{
    const struct datapoint points[] = {{10, 1}, {20, 2}, {30, 3}}, other[] = {{30, 4}};
    struct series *old = series_new(points, 3);
    struct series *same = series_merge(old, points + 1, 2, 10);
    struct series *shorter = series_merge(old, points + 1, 2, 11);
    struct series *changed = series_merge(old, other, 1, 10);
    cr_expect_eq(same, old);
    cr_expect_eq(shorter->n, 2, "the first one is too old");
    cr_expect_eq(series_last(changed)->value, 4);
    cr_expect_eq(series_last(old)->value, 3, "whoever has the old one keeps it");
    series_unref(same);
    series_unref(shorter);
    series_unref(changed);
    series_unref(old);
}

Test(series, a_period_in_both_takes_the_fresh_value_and_what_is_too_old_goes)
{
    const struct datapoint old_points[] = {{10, 1}, {20, 2}, {30, 3}};
    const struct datapoint fresh[] = {{40, 4}, {20, 22}, {25, 5}};
    struct series *old = series_new(old_points, 3);
    struct series *merged = series_merge(old, fresh, 3, 20);
    const struct datapoint want[] = {{20, 22}, {25, 5}, {30, 3}, {40, 4}};
    cr_assert_eq(merged->n, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(merged->points[i].at_ms, want[i].at_ms);
        cr_expect_eq(merged->points[i].value, want[i].value);
    }
    cr_expect_eq(series_last(merged)->value, 4);
    cr_expect(series_last(NULL) == NULL);
    series_unref(old);
    series_unref(merged);
}
