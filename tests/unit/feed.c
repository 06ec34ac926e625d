#include "data/feed.h"

#include "data/base/when.h"
#include "tests/unit/feed_stage.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(feed, .init = stage_begin, .fini = stage_end, .timeout = 60);

Test(feed, one_reading_asks_every_source_and_ends_when_all_have_answered)
{
    stage_read_once();
    static const char *const names[] = {
        "registry",         "metrics us-east-1", "alarms us-east-1", "metrics eu-west-1",
        "alarms eu-west-1", "probe us",          "probe eu"};
    cr_expect_eq(stage.latest->sources->len, G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct source *source = stage_source(names[i]);
        cr_assert(source, "%s", names[i]);
        cr_expect_eq(source->state, SOURCE_OK, "%s: %s", names[i], source->error);
    }
    for (size_t i = 0; i < 2; i++)
        cr_expect_eq(stage.latest->cells[i].health, HEALTH_HEALTHY, "%s",
                     stage.latest->cells[i].reasons[0]);
    cr_expect_eq(stage.latest->cells[0].tenants, 2);
    cr_expect(stage.latest->registry->complete);
    cr_expect(stage.latest->cost_usd_per_hour > 0);
}

Test(feed, half_a_registry_is_incomplete_and_breaks_nothing_else)
{
    fake_set_number(&fake.tenants, 8);
    fake_set(&fake.second_fails, true);
    stage_read_once();
    cr_assert(stage.latest->registry);
    cr_expect(!stage.latest->registry->complete);
    cr_expect_eq(stage.latest->registry->tenants->len, 4);
    cr_expect_eq(stage_source("registry")->state, SOURCE_ERROR);
    cr_expect(stage_source("registry")->error != NULL);
    cr_expect_eq(stage_source("metrics us-east-1")->state, SOURCE_OK);
    cr_expect_eq(stage.latest->cells[0].health, HEALTH_HEALTHY);
}

Test(feed, one_reading_waits_for_the_slowest_without_letting_the_others_grow_old)
{
    fake_set(&fake.eu_hangs, true);
    stage_read_once();
    /* A call has at least 5 s, and here 3 s make a value stale. */
    cr_expect_eq(stage.latest->cells[0].health, HEALTH_HEALTHY, "%s",
                 stage.latest->cells[0].reasons[0]);
    cr_expect_eq(stage_source("metrics us-east-1")->state, SOURCE_OK);
    cr_expect_eq(stage_source("metrics eu-west-1")->state, SOURCE_ERROR);
    cr_expect_eq(stage.latest->cells[1].health, HEALTH_UNKNOWN);
}

Test(feed, a_region_that_does_not_answer_leaves_the_others_on_time)
{
    fake_set(&fake.eu_hangs, true);
    stage_poll_until(us_was_asked_three_times);
    cr_expect_eq(stage.latest->cells[1].health, HEALTH_UNKNOWN);
    cr_expect_eq(stage_source("metrics us-east-1")->state, SOURCE_OK);
    cr_expect_neq(stage_source("metrics eu-west-1")->state, SOURCE_OK);
}

Test(feed, a_source_is_never_asked_twice_at_once_nor_for_the_same_period_again)
{
    stage_poll_until(us_was_asked_three_times);
    cr_expect_eq(fake_number(&fake.metrics.most), 1);
    g_autoptr(GArray) ends = fake_ends("us");
    for (guint i = 1; i < ends->len; i++)
        cr_expect_gt(g_array_index(ends, gint64, i), g_array_index(ends, gint64, i - 1));
}

static bool us_is_stale(const struct snapshot *snapshot)
{
    return snapshot->cells[0].health == HEALTH_STALE;
}

Test(feed, a_cell_whose_metrics_stop_turns_stale_while_its_source_answers)
{
    stage_poll_until(us_was_asked_three_times);
    fake_set(&fake.metrics_empty, true);
    stage_poll_until(us_is_stale);
    cr_expect_eq(stage_source("metrics us-east-1")->state, SOURCE_OK);
}

Test(feed, it_begins_with_what_it_was_primed_with)
{
    OWN(snapshot) kept = NULL;
    stage_read_once();
    kept = g_steal_pointer(&stage.latest);
    feed_free(stage.feed);
    fake_set(&fake.eu_hangs, true);
    stage.feed = feed_new(stage.config, stage.client, stage_snapshot, NULL);
    feed_prime(stage.feed, kept);
    feed_start(stage.feed);
    /* The first snapshot, of whichever source answered first, still has the other region's past. */
    while (!stage.latest)
        g_main_context_iteration(NULL, TRUE);
    cr_expect(stage.latest->cells[1].reading.series[METRIC_HEALTH] != NULL);
    cr_expect(stage.latest->registry != NULL);
}

Test(feed, segments_of_the_registry_and_batches_of_metrics_go_side_by_side)
{
    g_autoptr(GString) cells = g_string_new(NULL);
    for (int i = 0; i < 71; i++)
        g_string_append_printf(cells,
                               "  c%d: {class: shared, residency: US, endpoint: '%s/c%d', "
                               "max_users: 100, max_patients: 1}\n",
                               i, stage.url, i);
    stage_fleet("", cells->str);
    /* 72 cells with 7 metrics each are two batches. One after another, they would wait here. */
    fake.metrics.wanted = 2;
    fake.scanning.wanted = 4;
    stage_read_once();
    cr_expect_eq(stage_source("metrics us-east-1")->state, SOURCE_OK);
    cr_expect_eq(stage_source("registry")->state, SOURCE_OK);
    cr_expect_eq(stage.latest->cells[0].tenants, 2);
}

Test(feed, a_segment_that_fails_makes_it_at_least_so_many)
{
    fake_set_number(&fake.tenants, 8);
    fake_set_number(&fake.segment_fails, 3);
    stage_read_once();
    cr_expect(!stage.latest->registry->complete);
    cr_expect_eq(stage.latest->registry->tenants->len, 6);
    cr_expect_eq(stage_source("registry")->state, SOURCE_ERROR);
}

static bool registry_failed(const struct snapshot *snapshot)
{
    return snapshot_source(snapshot, "registry")->state == SOURCE_ERROR;
}

static bool registry_is_read(const struct snapshot *snapshot)
{
    return snapshot_source(snapshot, "registry")->state == SOURCE_OK;
}

Test(feed, a_registry_that_can_not_be_read_any_more_stays_as_it_was_and_says_so)
{
    stage_poll_until(registry_is_read);
    fake_set(&fake.scans_fail, true);
    stage_poll_until(registry_failed);
    cr_expect(stage.latest->registry->complete);
    cr_expect_eq(stage.latest->registry->tenants->len, 2);
    cr_expect_neq(stage_source("registry")->read_ms, 0);
}

static bool scanned_three_times(const struct snapshot *snapshot)
{
    (void)snapshot;
    return fake_number(&fake.scans) >= 3 * 4 * 2;
}

static bool us_has_lost_one(const struct snapshot *snapshot)
{
    return snapshot->cells[0].tenants == 3;
}

Test(feed, a_registry_that_has_not_changed_stays_the_same_one_and_any_change_is_seen)
{
    fake_set_number(&fake.tenants, 4);
    stage_poll_until(registry_is_read);
    OWN(snapshot) first = snapshot_ref(stage.latest);
    stage_poll_until(scanned_three_times);
    cr_expect_eq(stage.latest->registry, first->registry);
    cr_expect_gt(stage_source("registry")->read_ms, first->registry->at_ms);
    fake_set_number(&fake.moved, 3);
    stage_poll_until(us_has_lost_one);
    cr_expect_eq(stage.latest->cells[1].tenants, 1, "moved");
    fake_set_number(&fake.moved, 0);
    fake_set_number(&fake.tenants, 3);
    stage_poll_until(us_has_lost_one);
    while (stage.latest->registry->tenants->len != 3)
        g_main_context_iteration(NULL, TRUE);
    cr_expect_eq(stage.latest->cells[1].tenants, 0, "deleted");
}

static int scans_before;

static bool scanned_since(const struct snapshot *snapshot)
{
    (void)snapshot;
    return fake_number(&fake.scans) > scans_before;
}

Test(feed, a_registry_that_somebody_has_seen_to_be_another_is_read_before_its_turn)
{
    stage.config->metrics.period_ms = 10 * WHEN_MINUTE; /* its turn would not come in this test */
    stage_poll_until(registry_is_read);
    scans_before = fake_number(&fake.scans);
    feed_read_registry(stage.feed);
    stage_poll_until(scanned_since);
}

static bool read_as_it_is_now(const struct snapshot *snapshot)
{
    return fake_number(&fake.consistent) > 0 && registry_is_read(snapshot);
}

Test(feed, a_registry_that_is_being_read_meanwhile_is_read_once_more_as_it_is_then)
{
    stage.config->metrics.period_ms = 10 * WHEN_MINUTE; /* its turn would not come in this test */
    stage.feed = feed_new(stage.config, stage.client, stage_snapshot, NULL);
    feed_start(stage.feed);
    while (!fake_number(&fake.scans))
        g_main_context_iteration(NULL, TRUE);
    feed_read_registry(stage.feed);
    cr_expect_eq(fake_number(&fake.consistent), 0, "what is under way may be of before");
    stage_poll_until(read_as_it_is_now);
}

static const struct tenant *latest_tenant(const char *id)
{
    return snapshot_tenant(stage.latest, id);
}

Test(feed, a_tenant_that_has_not_changed_is_shared_by_the_registries_before_and_after)
{
    fake_set_number(&fake.tenants, 4);
    stage_poll_until(registry_is_read);
    OWN(snapshot) first = snapshot_ref(stage.latest);
    fake_set_number(&fake.moved, 3);
    stage_poll_until(us_has_lost_one);
    cr_expect_neq(stage.latest->registry, first->registry);
    cr_expect_eq(latest_tenant("t1"), snapshot_tenant(first, "t1"));
    cr_expect_neq(latest_tenant("t3"), snapshot_tenant(first, "t3"));
}

Test(feed, two_items_of_one_id_stay_two_and_are_no_news_while_they_do)
{
    fake_set_number(&fake.tenants, 4);
    fake_set_number(&fake.moved, 3);
    fake_set_number(&fake.twin, 3);
    stage_poll_until(registry_is_read);
    OWN(snapshot) first = snapshot_ref(stage.latest);
    stage_poll_until(scanned_three_times);
    cr_expect_eq(stage.latest->registry, first->registry);
    cr_expect_eq(stage.latest->registry->tenants->len, 4);
    cr_expect_eq(stage.latest->cells[0].tenants, 3);
    fake_set_number(&fake.moved, 0);
    while (stage.latest->cells[0].tenants != 4)
        g_main_context_iteration(NULL, TRUE);
    cr_expect_eq(stage.latest->cells[1].tenants, 0, "the twin that has changed is read");
}

Test(feed, a_scan_in_part_takes_nothing_from_the_whole_one_after_it)
{
    fake_set_number(&fake.tenants, 8);
    stage_poll_until(registry_is_read);
    OWN(snapshot) first = snapshot_ref(stage.latest);
    fake_set_number(&fake.segment_fails, 3);
    stage_poll_until(registry_failed);
    cr_expect(!stage.latest->registry->complete);
    cr_expect_null(latest_tenant("t3"));
    fake_set_number(&fake.segment_fails, 0);
    stage_poll_until(registry_is_read);
    cr_expect(stage.latest->registry->complete);
    cr_expect_eq(stage.latest->registry->tenants->len, 8);
    cr_expect_eq(latest_tenant("t3"), snapshot_tenant(first, "t3"), "known all the while");
}

Test(feed, a_registry_that_hangs_leaves_everything_else_on_time)
{
    fake_set(&fake.registry_hangs, true);
    stage_poll_until(us_was_asked_three_times);
    cr_expect_eq(stage_source("metrics us-east-1")->state, SOURCE_OK);
    cr_expect_eq(stage_source("alarms us-east-1")->state, SOURCE_OK);
    cr_expect_eq(stage_source("probe us")->state, SOURCE_OK);
    cr_expect_neq(stage_source("registry")->state, SOURCE_OK);
    cr_expect_null(stage.latest->registry);
}

#define CELL(id, more)                                                                             \
    "  " id ": {class: shared, residency: US, endpoint: 'http://127.0.0.1:1/" id "', "             \
    "max_users: 100, max_patients: 1" more "}\n"

Test(feed, a_role_that_is_refused_leaves_the_regions_other_accounts_alone)
{
    stage_fleet("", CELL("good", ", role_arn: 'arn:aws:iam::111111111111:role/watch'")
                        CELL("bad", ", role_arn: 'arn:aws:iam::222222222222:role/denied'"));
    stage_read_once();
    static const struct {
        const char *name;
        enum source_state state;
    } want[] = {{"metrics us-east-1", SOURCE_OK},
                {"metrics us-east-1 111111111111", SOURCE_OK},
                {"metrics us-east-1 222222222222", SOURCE_ERROR},
                {"alarms us-east-1 111111111111", SOURCE_OK},
                {"alarms us-east-1 222222222222", SOURCE_ERROR}};
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++)
        cr_expect_eq(stage_source(want[i].name)->state, want[i].state, "%s", want[i].name);
    cr_expect_not_null(stage.latest->cells[2].reading.series[METRIC_HEALTH]);
    cr_expect_null(stage.latest->cells[3].reading.series[METRIC_HEALTH]);
}

Test(feed, alarms_that_a_monitoring_account_can_not_show_are_unread_not_none)
{
    stage_fleet("", CELL("far", ", account: 333333333333"));
    stage_read_once();
    cr_expect_not_null(stage.latest->cells[2].reading.series[METRIC_HEALTH]);
    cr_expect_null(stage.latest->cells[2].reading.alarms);
    cr_expect_neq(stage.latest->cells[2].health, HEALTH_HEALTHY);
    const struct source *alarms = stage_source("alarms us-east-1 333333333333");
    cr_expect_eq(alarms->state, SOURCE_ERROR);
    cr_expect(strstr(alarms->error, "role_arn"), "%s", alarms->error);
}

Test(feed, after_a_restart_only_what_is_missing_is_asked_for)
{
    stage_read_once();
    OWN(snapshot) kept = g_steal_pointer(&stage.latest);
    feed_free(stage.feed);
    stage.feed = feed_new(stage.config, stage.client, stage_snapshot, NULL);
    feed_prime(stage.feed, kept);
    feed_start(stage.feed);
    stage_poll_until(us_was_asked_three_times);
    cr_expect_eq(fake_number(&fake.whole_pasts), 2, "of each cell once, before the restart");
}
