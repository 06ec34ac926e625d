/* rollout.md, "Plan": what it freezes, and the order of waves and cells. */
#include "tests/unit/plan_desk.h"

#include <criterion/criterion.h>
#include <string.h>

Test(plan, freezes_version_commit_and_what_each_cell_goes_back_to)
{
    OWN(desk) desk = desk_new();
    expect_allowed(desk);
    cr_expect_str_eq(desk->plan->version, "5.0.3");
    cr_expect_str_eq(desk->plan->commit, desk->release.commit);
    cr_expect_str_eq(planned(desk, 1, 0)->from, "5.0.2");
    cr_expect_str_eq(planned(desk, 1, 0)->from_ref, "td/7");
}

Test(plan, goes_through_json_and_back_exactly)
{
    OWN(desk) desk = desk_new();
    desk->running[DR].reference = NULL;
    desk->config.gates.max_error_rate_pct = 0.1;
    make(desk);
    OWN_JSON json = plan_json(desk->plan);
    OWN(plan) back = plan_from_json(json, NULL);
    cr_assert(back != NULL);
    OWN_JSON again = plan_json(back);
    cr_expect(json_equal(json, again));
    cr_expect_eq(strlen(back->hash), 64);
}

Test(plan, freezes_own_limits_controls_and_what_silence_means)
{
    OWN(desk) desk = desk_new();
    struct own_limit queue = {(char *)"queue_depth", 100};
    char *classes[] = {(char *)"dev", NULL}, *exclude[] = {(char *)"cell-1", NULL};
    struct gates_config *gates = &desk->config.gates;
    g_ptr_array_add(desk->no_limits, &queue);
    g_hash_table_insert(desk->no_labels, (gpointer) "team", (gpointer) "blue");
    gates->controls.classes = classes;
    gates->controls.exclude = exclude;
    gates->alarms_no_data = NO_DATA_IGNORE;
    gates->traffic_no_data = NO_DATA_FAIL;
    make(desk);
    OWN_JSON json = plan_json(desk->plan);
    OWN(plan) back = plan_from_json(json, NULL);
    cr_assert(back != NULL);
    OWN_JSON again = plan_json(back);
    cr_expect(json_equal(json, again));
    const struct own_limit *limit = back->gates.own_limits->pdata[0];
    cr_expect_str_eq(limit->metric, "queue_depth");
    cr_expect_float_eq(limit->limit, 100, 0);
    cr_expect_str_eq(back->gates.controls.classes[0], "dev");
    cr_expect_str_eq(back->gates.controls.exclude[0], "cell-1");
    cr_expect_str_eq(g_hash_table_lookup(back->gates.controls.labels, "team"), "blue");
    cr_expect_eq(back->gates.alarms_no_data, NO_DATA_IGNORE);
    cr_expect_eq(back->gates.traffic_no_data, NO_DATA_FAIL);
}

Test(plan, own_metrics_that_are_told_otherwise_than_planned_are_not_what_its_gates_ask_for)
{
    OWN(desk) desk = desk_new();
    struct own_metric queue = {.name = (char *)"queue_depth",
                               .unit = (char *)"jobs",
                               .stat = (char *)"Average"},
                      other = queue;
    struct own_limit limit = {(char *)"queue_depth", 100};
    other.name = (char *)"other";
    g_autoptr(GPtrArray) own = g_ptr_array_new();
    g_ptr_array_add(own, &queue);
    desk->config.metrics.own = own;
    g_ptr_array_add(desk->no_limits, &limit);
    make(desk);
    OWN_JSON json = plan_json(desk->plan);
    OWN(plan) back = plan_from_json(json, NULL);
    cr_assert(back != NULL);
    cr_expect(plan_has_own_metrics(back, 0, &desk->config));
    queue.unit = (char *)"tasks";
    g_ptr_array_insert(own, 0, &other);
    cr_expect(plan_has_own_metrics(back, 0, &desk->config), "a unit, and another one's place");
    queue.falls = true;
    cr_expect_not(plan_has_own_metrics(back, 0, &desk->config), "the other way round");
    queue.falls = false;
    g_ptr_array_set_size(own, 1);
    cr_expect_not(plan_has_own_metrics(back, 0, &desk->config), "gone");
}

Test(plan, freezes_the_gates_of_a_wave_that_has_its_own)
{
    OWN(desk) desk = desk_new();
    char *off[] = {(char *)"regression", NULL};
    desk->waves[1].gates.off = off;
    desk->waves[1].gates.max_error_rate_pct = 9;
    make(desk);
    OWN_JSON json = plan_json(desk->plan);
    OWN(plan) back = plan_from_json(json, NULL);
    cr_assert(back != NULL);
    cr_expect_str_eq(back->notes->pdata[0], "wave shared has gates of its own, and does not ask "
                                            "regression: `celldeck gate list` shows them");
    cr_expect_eq(plan_gates(back, 0), &back->gates);
    cr_expect_float_eq(plan_gates(back, 1)->max_error_rate_pct, 9, 1e-9);
    cr_expect(gates_config_off(plan_gates(back, 1), "regression"));
    g_autofree char *hash = plan_hash(back);
    cr_expect_str_eq(hash, desk->plan->hash);
}

Test(plan, fewest_users_come_first_and_a_dr_cell_right_after_its_primary)
{
    OWN(desk) desk = desk_new();
    desk->waves[1].has_class = false;
    desk->waves[1].cells = (char *[]){(char *)"cell-1", (char *)"cell-2", NULL};
    g_ptr_array_remove_index(desk->config.waves, 2);
    desk->known[BIG].registered_users = 50;
    desk->known[DR].registered_users = 0;
    expect_allowed(desk);
    cr_expect_str_eq(planned(desk, 1, 0)->id, "cell-1");
    cr_expect_str_eq(planned(desk, 1, 1)->id, "cell-1-dr");
    cr_expect_str_eq(planned(desk, 1, 2)->id, "cell-2");
    cr_expect(planned(desk, 1, 1)->dr);
}

Test(plan, a_cell_that_runs_the_version_already_goes_back_to_the_last_other_verified_one)
{
    OWN(desk) desk = desk_new();
    desk->running[MID].version = (char *)"5.0.3";
    expect_allowed(desk);
    cr_expect(planned(desk, 1, 0)->from == NULL);
    desk->other = (struct running){(char *)"5.0.1", (char *)"td/5", NULL};
    g_hash_table_insert(desk->survey.verified, (char *)"cell-2", &desk->other);
    g_hash_table_insert(desk->survey.changes, (char *)"5.0.1", &desk->changes);
    expect_allowed(desk);
    cr_expect_str_eq(planned(desk, 1, 0)->from, "5.0.1");
}

Test(plan, migrations_close_the_way_back_where_the_cells_window_is_closed)
{
    OWN(desk) desk = desk_new();
    g_ptr_array_add(desk->changes.migrations, (char *)"migrations/1.sql");
    desk->cells[MID].rollback_window_open = false;
    expect_allowed(desk);
    cr_expect(planned(desk, 1, 0)->rollback_closed);
    cr_expect(!planned(desk, 2, 0)->rollback_closed);
    cr_expect_eq(desk->plan->notes->len, CELLS);
}

Test(plan, a_wave_that_never_opens_is_refused_and_one_that_opens_is_not)
{
    OWN(desk) desk = desk_new();
    desk->survey.now_ms = NOW;
    desk->waves[2].window = (char *)"Mon-Thu 09:00-16:00 America/New_York";
    expect_allowed(desk);
    desk->waves[2].window = (char *)"Mon-Thu 09:00-16:00 Atlantis/Harbour";
    expect_refused(desk, REFUSE_WINDOW, NULL, 5);
}

Test(plan, it_freezes_the_windows_and_the_freezes_that_are_not_over)
{
    OWN(desk) desk = desk_new();
    struct freeze_config over = {.from = (char *)"2020-01-01",
                                 .to = (char *)"2020-01-02",
                                 .zone = (char *)"UTC",
                                 .waves = nothing};
    struct freeze_config ahead = {.from = (char *)"2099-12-18",
                                  .to = (char *)"2099-12-24",
                                  .zone = (char *)"UTC",
                                  .reason = (char *)"holidays",
                                  .waves = nothing};
    desk->survey.now_ms = NOW;
    desk->waves[2].window = (char *)"Mon-Thu 09:00-16:00 America/New_York";
    desk->config.freezes = g_ptr_array_new();
    g_ptr_array_add(desk->config.freezes, &over);
    g_ptr_array_add(desk->config.freezes, &ahead);
    make(desk);
    OWN_JSON json = plan_json(desk->plan);
    OWN(plan) again = plan_from_json(json, NULL);
    cr_assert(again && again->freezes->len == 1);
    const struct freeze *freeze = g_ptr_array_index(again->freezes, 0);
    cr_expect_str_eq(freeze->reason, "holidays");
    cr_expect_eq(freeze->to_ms - freeze->from_ms, 7 * WHEN_DAY);
    cr_expect_str_eq(window_text(((struct plan_wave *)again->waves->pdata[2])->window),
                     "Mon-Thu 09:00-16:00 America/New_York");
    g_autofree char *hash = plan_hash(again);
    cr_expect_str_eq(hash, desk->plan->hash);
    g_ptr_array_unref(desk->config.freezes);
}

Test(plan, one_that_knows_of_no_windows_and_freezes_is_read_as_one_without)
{
    OWN(desk) desk = desk_new();
    make(desk);
    OWN_JSON json = plan_json(desk->plan);
    size_t i;
    json_t *wave;
    json_object_del(json, "freezes");
    json_array_foreach (json_object_get(json, "waves"), i, wave)
        json_object_del(wave, "window");
    OWN(plan) again = plan_from_json(json, NULL);
    cr_assert(again && again->freezes->len == 0 && again->waves->len == desk->plan->waves->len);
    const struct plan_wave *first = again->waves->pdata[0];
    const struct calendar calendar = plan_calendar(again, first);
    cr_expect_null(first->window);
    cr_expect_null(calendar_closed(&calendar, NOW));
}

static void label(struct desk *desk, int cell, const char *ring)
{
    desk->cells[cell].labels = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(desk->cells[cell].labels, (char *)"ring", (char *)ring);
}

Test(plan, a_wave_takes_the_cells_that_have_all_its_labels)
{
    OWN(desk) desk = desk_new();
    g_autoptr(GHashTable) early = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(early, (char *)"ring", (char *)"early");
    for (int i = 0; i < CELLS; i++)
        label(desk, i, i == 1 ? "early" : "late");
    desk->waves[1].labels = early;
    make(desk);
    const struct plan_wave *wave = desk->plan->waves->pdata[1];
    cr_assert_eq(wave->cells->len, 1);
    cr_expect_str_eq(((struct plan_cell *)wave->cells->pdata[0])->id, ids[1]);
    for (int i = 0; i < CELLS; i++)
        g_hash_table_unref(desk->cells[i].labels);
}

Test(plan, a_wave_goes_in_the_order_that_its_cells_are_listed_in_where_it_says_so)
{
    OWN(desk) desk = desk_new();
    char *listed[] = {(char *)ids[2], (char *)ids[0], (char *)ids[1], NULL};
    desk->waves[0] = desk->waves[1];
    desk->waves[0].has_class = false;
    desk->waves[0].cells = listed;
    desk->waves[0].order = WAVE_ORDER_LISTED;
    desk->waves[0].production = true;
    make(desk);
    const struct plan_wave *wave = desk->plan->waves->pdata[0];
    static const char *const expected[] = {"cell-1", "cell-1-dr", "cell-0", "cell-2"};
    cr_assert_eq(wave->cells->len, G_N_ELEMENTS(expected), "the dr cell follows its primary");
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        cr_expect_str_eq(((struct plan_cell *)wave->cells->pdata[i])->id, expected[i]);
}
