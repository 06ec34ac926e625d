/* Which cells the feed asks how often, and what that costs. */
#include "data/base/when.h"
#include "tests/unit/feed_stage.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(feed_pace, .init = stage_begin, .fini = stage_end, .timeout = 60);

static const char *const nobody[] = {NULL};
static const char *const only_us[] = {"us", NULL};

static bool eu_was_asked_four_times(const struct snapshot *snapshot)
{
    (void)snapshot;
    return stage_times_asked("eu") >= 4;
}

Test(feed_pace, what_nobody_looks_at_is_asked_every_second_period)
{
    stage_poll_watching(only_us, eu_was_asked_four_times);
    g_autoptr(GArray) ends = fake_ends("eu");
    for (guint i = 2; i < ends->len; i++) /* the first came whenever it was started */
        cr_expect_geq(g_array_index(ends, gint64, i) - g_array_index(ends, gint64, i - 1), 2);
    cr_expect_gt(stage_times_asked("us"), stage_times_asked("eu"));
}

/* At two periods that follow one another. */
static bool us_was_asked_running(const struct snapshot *snapshot)
{
    (void)snapshot;
    g_autoptr(GArray) ends = fake_ends("us");
    guint n = ends->len;
    return n > 2 && g_array_index(ends, gint64, n - 1) == g_array_index(ends, gint64, n - 2) + 1;
}

Test(feed_pace, a_cell_that_goes_into_alarm_is_asked_every_period_at_once)
{
    stage_poll_watching(nobody, eu_was_asked_four_times);
    guint before = stage_times_asked("us");
    fake_set(&fake.alarm, true);
    stage_poll_until(us_was_asked_running);
    cr_expect_gt(stage_times_asked("us"), before);
    cr_expect_eq(stage.latest->cells[0].health, HEALTH_DEGRADED);
}

Test(feed_pace, a_cell_that_comes_into_view_is_asked_every_period)
{
    stage_poll_watching(nobody, eu_was_asked_four_times);
    feed_watch(stage.feed, only_us);
    stage_poll_until(us_was_asked_running);
}

Test(feed_pace, looking_further_back_asks_no_cell_more_often)
{
    stage_poll_watching(only_us, eu_was_asked_four_times);
    guint before = stage_times_asked("eu");
    feed_show_since(stage.feed, "us", when_now_ms() - WHEN_DAY);
    while (stage_times_asked("eu") < before + 3)
        g_main_context_iteration(NULL, TRUE);
    g_autoptr(GArray) ends = fake_ends("eu");
    for (guint i = before + 1; i < ends->len; i++)
        cr_expect_geq(g_array_index(ends, gint64, i) - g_array_index(ends, gint64, i - 1), 2);
}

static bool us_alarms(const struct snapshot *snapshot)
{
    return snapshot->cells[0].health == HEALTH_DEGRADED;
}

static bool two_signals(const struct snapshot *snapshot)
{
    (void)snapshot;
    return fake_number(&fake.signals) >= 2;
}

Test(feed_pace, more_alarms_than_a_page_holds_are_listed_once_a_period_or_when_the_signal_changes)
{
    config_unref(stage.config);
    g_autofree char *yaml =
        g_strdup_printf("name: fed\naws: {region: us-east-1}\nmetrics: {period: 30s}\ncells:\n"
                        "  us: {class: shared, residency: US, endpoint: '%s/us', max_users: 100, "
                        "max_patients: 1}\n",
                        stage.url);
    stage.config = config_of(yaml);
    fake_set(&fake.more_alarms, true);
    stage_poll_until(two_signals);
    cr_expect_eq(fake_number(&fake.lists), 1, "the signal said nothing new");
    cr_expect_eq(stage.latest->cells[0].reading.alarms->len, 151);
    fake_set(&fake.alarm, true);
    stage_poll_until(us_alarms);
    cr_expect_eq(fake_number(&fake.lists), 2);
}

static bool is_slowed(const struct snapshot *snapshot)
{
    return snapshot->slowed != NULL;
}

Test(feed_pace, a_ceiling_slows_it_down_and_says_so)
{
    stage_fleet(", max_usd_per_hour: 0.3", "");
    stage_poll_watching(nobody, is_slowed);
    cr_expect(strstr(stage.latest->slowed, "$0.30/h"), "%s", stage.latest->slowed);
    cr_expect_leq(stage.latest->cost_usd_per_hour, 0.3);
    cr_expect_gt(stage.latest->cost_usd_per_hour, 0);
}

static bool us_was_asked_six_times(const struct snapshot *snapshot)
{
    (void)snapshot;
    return stage_times_asked("us") >= 6;
}

Test(feed_pace, what_it_costs_is_what_asking_every_period_costs_from_the_start)
{
    /* 14 metrics, two calls for alarms and a Scan of 16 pages, each second. */
    double usd = 3600 * (14 * 0.01 / 1000 + 2 * 0.01 / 1000 + 16 * 0.5 * 0.125 / 1e6);
    stage_poll_until(us_was_asked_three_times);
    cr_expect_float_eq(stage.latest->cost_usd_per_hour, usd, usd / 4, "%g, not %g",
                       stage.latest->cost_usd_per_hour, usd);
    /* A busy machine may miss a turn, or count one in the period after. */
    stage_poll_until(us_was_asked_six_times);
    cr_expect_float_eq(stage.latest->cost_usd_per_hour, usd, usd / 2, "%g, not %g",
                       stage.latest->cost_usd_per_hour, usd);
}
