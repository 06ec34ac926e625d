/* What CloudWatch still has, asked once (data/past.h). Periods are a second on the small AWS. */
#include "data/past.h"
#include "data/base/when.h"
#include "tests/unit/feed_stage.h"

#include <criterion/criterion.h>

TestSuite(past, .init = stage_begin, .fini = stage_end);

Test(past, is_kept_for_as_long_as_CloudWatch_says)
{
    cr_expect_eq(past_kept_ms(WHEN_SECOND), 3 * WHEN_HOUR);
    cr_expect_eq(past_kept_ms(WHEN_MINUTE), 15 * WHEN_DAY);
    cr_expect_eq(past_kept_ms(5 * WHEN_MINUTE), 63 * WHEN_DAY);
    cr_expect_eq(past_kept_ms(WHEN_HOUR), 455 * WHEN_DAY);
}

static void on_past(struct past *past, gpointer data)
{
    *(struct past **)data = past;
    g_main_loop_quit(stage.loop);
}

/* Of every cell, from and until so many seconds ago. */
static struct past *look_back(gint64 from_s, gint64 until_s)
{
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(guint));
    struct past *past = NULL;
    gint64 now_ms = when_now_ms();
    for (guint i = 0; i < stage.config->cells->len; i++)
        g_array_append_val(cells, i);
    past_read(stage.config, stage.client, cells, now_ms - from_s * WHEN_SECOND,
              now_ms - until_s * WHEN_SECOND, now_ms, on_past, &past);
    g_main_loop_run(stage.loop);
    return past;
}

Test(past, has_the_span_and_no_more)
{
    OWN(past) past = look_back(60, 30);
    const struct series *health = past->readings[0].series[METRIC_HEALTH];
    cr_assert_not_null(health);
    cr_expect_geq(health->points[0].at_ms, past->from_ms);
    cr_expect_lt(series_last(health)->at_ms, past->until_ms);
    cr_expect_eq(past->until_ms - past->from_ms, 30 * WHEN_SECOND);
    cr_expect_eq(past->faults->len, 0);
    cr_expect(!past->unread[0] && !past->unread[1]);
    cr_expect_eq(past->calls, 2, "one call a region");
    cr_expect_eq(past->metrics, 2 * METRIC_OWN);
}

Test(past, of_before_what_is_kept_is_unread_and_costs_nothing)
{
    OWN(past) past = look_back(5 * 3600, 4 * 3600);
    cr_expect(past->unread[0] && past->unread[1]);
    cr_expect_eq(past->calls, 0);
}

Test(past, begins_where_CloudWatch_begins)
{
    OWN(past) past = look_back(5 * 3600, 3600);
    cr_expect_leq(past->until_ms - past->from_ms, 2 * WHEN_HOUR + WHEN_SECOND);
    cr_expect(!past->unread[0]);
}
