/* rollout.md, "Plan": the order of waves and cells, and every refusal by its name. */
#include "data/base/when.h"
#include "rollout/plan_make.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1795489200000) /* 2026-11-24T03:00:00Z */

enum { DEV, MID, BIG, DR, CELLS };
static const char *const ids[CELLS] = {"cell-0", "cell-2", "cell-1", "cell-1-dr"};
static const enum cell_class classes[CELLS] = {CLASS_DEV, CLASS_SHARED, CLASS_DEDICATED, CLASS_DR};

/* A fleet where nothing stands in the way of 5.0.3; each test breaks one thing. */
struct desk {
    struct config config;
    struct cell_config cells[CELLS];
    struct wave_config waves[3];
    GHashTable *no_labels;
    struct cell known[CELLS];
    struct running running[CELLS], other;
    struct registry registry;
    struct tenant tenant;
    struct source source;
    struct snapshot snapshot;
    struct release release;
    struct changes changes;
    struct operation operation;
    struct survey survey;
    struct plan_options options;
    GPtrArray *refusals;
    struct plan *plan;
};

static char *nothing[] = {NULL};

static void lay_cells(struct desk *desk)
{
    for (int i = 0; i < CELLS; i++) {
        desk->cells[i] = (struct cell_config){.id = (char *)ids[i],
                                              .class = classes[i],
                                              .backups = nothing,
                                              .rollback_window_open = true};
        desk->known[i] = (struct cell){.config = &desk->cells[i],
                                       .health = HEALTH_HEALTHY,
                                       .reasons = nothing,
                                       .registered_users = 100 * i};
        desk->known[i].reading.alarms = g_ptr_array_new();
        desk->running[i] = (struct running){(char *)"5.0.2", (char *)"td/7", NULL};
        g_ptr_array_add(desk->config.cells, &desk->cells[i]);
        g_hash_table_insert(desk->survey.running, (char *)ids[i], &desk->running[i]);
    }
    desk->cells[DR].stands_by_for = (char *)"cell-1";
}

static struct desk *desk_new(void)
{
    struct desk *desk = g_new0(struct desk, 1);
    desk->config.cells = g_ptr_array_new();
    desk->config.waves = g_ptr_array_new();
    desk->config.releases.migrations = nothing;
    desk->config.metrics.period_ms = WHEN_MINUTE;
    desk->config.gates = (struct gates_config){.alarm_names = nothing, .alarm_prefixes = nothing};
    desk->config.deploy.exec_command = desk->config.deploy.exec_current = nothing;
    desk->config.notify_command = nothing;
    desk->config.deploy.ecs_services = g_ptr_array_new();
    desk->survey.running = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.changes = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.verified = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.pinned = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.operations = g_ptr_array_new();
    lay_cells(desk);
    config_index_cells(&desk->config);
    desk->no_labels = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < 3; i++) {
        desk->waves[i] = (struct wave_config){.name = (char *)cell_class_name(classes[i]),
                                              .has_class = true,
                                              .class = classes[i],
                                              .labels = desk->no_labels,
                                              .cells = nothing,
                                              .exclude = nothing,
                                              .bake_ms = WHEN_HOUR,
                                              .max_in_flight = 1};
        g_ptr_array_add(desk->config.waves, &desk->waves[i]);
    }
    desk->registry = (struct registry){.complete = true, .tenants = g_ptr_array_new()};
    desk->snapshot = (struct snapshot){.config = &desk->config,
                                       .registry = &desk->registry,
                                       .cells = desk->known,
                                       .n_cells = CELLS,
                                       .sources = g_ptr_array_new()};
    desk->source = (struct source){.name = (char *)"registry", .state = SOURCE_OK};
    g_ptr_array_add(desk->snapshot.sources, &desk->source);
    desk->release = (struct release){(char *)"5.0.3", (char *)"v5.0.3", (char *)"aaaaaaaaaaaaaaaa",
                                     0, (char *)"x"};
    desk->changes.migrations = g_ptr_array_new();
    g_hash_table_insert(desk->survey.changes, (char *)"5.0.2", &desk->changes);
    desk->survey.config = &desk->config;
    desk->survey.snapshot = &desk->snapshot;
    desk->survey.release = &desk->release;
    desk->survey.version = "v5.0.3";
    return desk;
}

static void forget_plan(struct desk *desk)
{
    if (desk->refusals)
        g_ptr_array_unref(g_steal_pointer(&desk->refusals));
    plan_free(g_steal_pointer(&desk->plan));
}

static void desk_free(struct desk *desk)
{
    forget_plan(desk);
    for (int i = 0; i < CELLS; i++)
        if (desk->known[i].reading.alarms)
            g_ptr_array_unref(desk->known[i].reading.alarms);
    g_ptr_array_unref(desk->config.cells);
    g_hash_table_unref(desk->config.places);
    g_ptr_array_unref(desk->config.waves);
    g_ptr_array_unref(desk->config.deploy.ecs_services);
    g_hash_table_unref(desk->no_labels);
    g_ptr_array_unref(desk->registry.tenants);
    g_ptr_array_unref(desk->snapshot.sources);
    g_ptr_array_unref(desk->changes.migrations);
    g_ptr_array_unref(desk->survey.operations);
    g_hash_table_unref(desk->survey.running);
    g_hash_table_unref(desk->survey.changes);
    g_hash_table_unref(desk->survey.verified);
    g_hash_table_unref(desk->survey.pinned);
    g_free(desk);
}
OWNABLE(desk, desk_free);

static const struct refusal *make(struct desk *desk)
{
    forget_plan(desk);
    desk->plan = plan_make(&desk->survey, &desk->options, &desk->refusals);
    return desk->refusals->len ? g_ptr_array_index(desk->refusals, 0) : NULL;
}

static void expect_refused(struct desk *desk, enum refusal_kind kind, const char *cell, int exit)
{
    const struct refusal *refusal = make(desk);
    cr_assert(refusal != NULL, "nothing refused");
    cr_expect_eq(desk->refusals->len, 1, "only that");
    cr_expect_eq(refusal->kind, kind, "%s", refusal->why);
    cr_expect_eq(g_strcmp0(refusal->cell, cell), 0);
    cr_expect_eq(refusals_exit_code(desk->refusals), exit);
}

static void expect_allowed(struct desk *desk)
{
    const struct refusal *refusal = make(desk);
    cr_expect(refusal == NULL, "%s", refusal ? refusal->why : "");
    cr_expect_eq(refusals_exit_code(desk->refusals), 0);
}

static const struct plan_cell *planned(const struct desk *desk, guint wave, guint cell)
{
    const struct plan_wave *place = g_ptr_array_index(desk->plan->waves, wave);
    return g_ptr_array_index(place->cells, cell);
}

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

Test(plan, an_unknown_release_is_refused)
{
    OWN(desk) desk = desk_new();
    desk->survey.release = NULL;
    expect_refused(desk, REFUSE_UNKNOWN_RELEASE, NULL, 5);
}

Test(plan, a_moved_tag_is_refused)
{
    OWN(desk) desk = desk_new();
    g_hash_table_insert(desk->survey.pinned, (char *)"5.0.3", (char *)"bbbbbbbbbbbbbbbb");
    expect_refused(desk, REFUSE_TAG_MOVED, NULL, 5);
}

Test(plan, a_cell_in_two_waves_is_refused)
{
    OWN(desk) desk = desk_new();
    desk->waves[2].cells = (char *[]){(char *)"cell-2", NULL};
    const struct refusal *refusal = make(desk);
    cr_assert(refusal != NULL);
    cr_expect_eq(refusal->kind, REFUSE_CELL_TWICE);
    cr_expect_str_eq(refusal->cell, "cell-2");
}

Test(plan, a_cell_in_no_wave_is_refused_unless_excluded_by_name)
{
    OWN(desk) desk = desk_new();
    desk->cells[DR].stands_by_for = NULL;
    expect_refused(desk, REFUSE_CELL_NOWHERE, "cell-1-dr", 5);
    desk->waves[2].exclude = (char *[]){(char *)"cell-1-dr", NULL};
    expect_allowed(desk);
}

Test(plan, production_tenants_in_the_first_wave_are_refused_unless_the_wave_says_production)
{
    OWN(desk) desk = desk_new();
    desk->tenant = (struct tenant){.id = (char *)"hospital-a", .cell = (char *)"cell-2"};
    g_ptr_array_add(desk->registry.tenants, &desk->tenant);
    g_ptr_array_remove_index(desk->config.waves, 0);
    desk->waves[1].exclude = (char *[]){(char *)"cell-0", NULL};
    expect_refused(desk, REFUSE_PRODUCTION_FIRST, "cell-2", 5);
    desk->tenant.environment = (char *)"staging";
    expect_allowed(desk);
    desk->tenant.environment = (char *)"production";
    desk->waves[1].production = true;
    expect_allowed(desk);
}

Test(plan, an_unhealthy_cell_is_refused_unless_this_release_fixes_it)
{
    OWN(desk) desk = desk_new();
    desk->known[MID].health = HEALTH_UNHEALTHY;
    expect_refused(desk, REFUSE_CELL_UNHEALTHY, "cell-2", 5);
    desk->options.fixes = (const char *const[]){"cell-2", NULL};
    expect_allowed(desk);
    cr_expect(planned(desk, 1, 0)->fixes, "on record");
}

Test(plan, a_cell_in_alarm_is_refused)
{
    OWN(desk) desk = desk_new();
    struct alarm alarm = {.name = (char *)"cell-2-errors", .state = ALARM_ALARM};
    g_ptr_array_add(desk->known[MID].reading.alarms, &alarm);
    expect_refused(desk, REFUSE_CELL_ALARM, "cell-2", 5);
}

Test(plan, a_cell_of_another_live_operation_is_busy_and_the_operation_named)
{
    OWN(desk) desk = desk_new();
    char *cells[] = {(char *)"cell-2", NULL};
    desk->operation = (struct operation){.id = (char *)"r7",
                                         .kind = (char *)"rollout",
                                         .subject = (char *)"4.9.0",
                                         .state = (char *)"running",
                                         .actor = (char *)"carol@b1",
                                         .cells = cells};
    g_ptr_array_add(desk->survey.operations, &desk->operation);
    expect_refused(desk, REFUSE_CELL_BUSY, "cell-2", 6);
    bool unread = true;
    const struct refusal *refusal = g_ptr_array_index(desk->refusals, 0);
    cr_expect(strstr(refusal->why, "r7") && strstr(refusal->why, "carol@b1"));
    g_autofree char *again = plan_check_again(desk->plan, &desk->survey, "r7", &unread);
    cr_expect(again == NULL, "its own operation is not another");
    cr_expect(!unread);
    desk->operation.ended_ms = 1;
    expect_allowed(desk);
}

Test(plan, a_skipped_minor_version_is_refused_where_no_skip_says_so)
{
    OWN(desk) desk = desk_new();
    desk->running[BIG].version = (char *)"4.8.0";
    desk->release.version = (char *)"5.0.3";
    expect_allowed(desk);
    desk->config.releases.no_skip_minor = true;
    desk->release.version = (char *)"4.10.0";
    for (int i = 0; i < CELLS; i++)
        desk->running[i].version = (char *)(i == BIG ? "4.8.0" : "4.9.1");
    expect_refused(desk, REFUSE_SKIPS_MINOR, "cell-1", 5);
}

Test(plan, a_version_that_failed_is_held_until_retry_failed)
{
    OWN(desk) desk = desk_new();
    desk->operation = (struct operation){.id = (char *)"r7",
                                         .kind = (char *)"rollout",
                                         .subject = (char *)"5.0.3",
                                         .state = (char *)"failed",
                                         .ended_ms = 1};
    g_ptr_array_add(desk->survey.operations, &desk->operation);
    expect_refused(desk, REFUSE_VERSION_HELD, NULL, 5);
    desk->options.retry_failed = true;
    expect_allowed(desk);
    cr_expect(desk->plan->retry_failed, "on record");
}

Test(plan, what_was_not_read_is_refused)
{
    OWN(desk) desk = desk_new();
    desk->running[MID].error = (char *)"AccessDenied";
    expect_refused(desk, REFUSE_NOT_READ, "cell-2", 5);
    desk->running[MID].error = NULL;
    desk->known[MID].health = HEALTH_STALE;
    expect_refused(desk, REFUSE_NOT_READ, "cell-2", 5);
    desk->known[MID].health = HEALTH_HEALTHY;
    desk->registry.complete = false;
    expect_refused(desk, REFUSE_NOT_READ, NULL, 5);
    desk->registry.complete = true;
    g_ptr_array_unref(g_steal_pointer(&desk->known[MID].reading.alarms));
    expect_refused(desk, REFUSE_NOT_READ, "cell-2", 5);
}

Test(plan, a_registry_that_could_not_be_read_again_is_old_and_refused)
{
    const enum source_state states[] = {SOURCE_ERROR, SOURCE_STALE, SOURCE_WAITING};
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        OWN(desk) desk = desk_new();
        desk->source.state = states[i];
        desk->source.error = (char *)"Throttling";
        expect_refused(desk, REFUSE_NOT_READ, NULL, 5);
    }
}

Test(plan, a_version_that_fails_elsewhere_meanwhile_is_held_before_the_next_step)
{
    OWN(desk) desk = desk_new();
    cr_assert(make(desk) == NULL);
    bool unread;
    cr_expect(plan_check_again(desk->plan, &desk->survey, "r1", &unread) == NULL);
    desk->operation = (struct operation){.id = (char *)"r2",
                                         .kind = (char *)"rollout",
                                         .subject = (char *)"5.0.3",
                                         .state = (char *)"failed",
                                         .cells = nothing,
                                         .ended_ms = 1};
    g_ptr_array_add(desk->survey.operations, &desk->operation);
    g_autofree char *why = plan_check_again(desk->plan, &desk->survey, "r1", &unread);
    cr_assert(why != NULL);
    cr_expect(strstr(why, "failed in r2"), "%s", why);
    cr_expect(!unread);
    cr_expect(plan_check_again(desk->plan, &desk->survey, "r2", &unread) == NULL,
              "its own failure is the engine's affair");
}

Test(plan, credentials_of_a_session_are_refused_unless_somebody_stays)
{
    OWN(desk) desk = desk_new();
    desk->survey.keys = (struct aws_tenure){"environment", 0, G_MININT64};
    cr_expect(make(desk) == NULL, "looking is not starting");
    desk->options.unattended = true;
    expect_refused(desk, REFUSE_CREDENTIALS, NULL, 5);
    desk->survey.keys = (struct aws_tenure){0};
    cr_expect(make(desk) == NULL);
}

Test(plan, a_clock_that_is_not_awss_is_refused_as_before_and_after_a_deploy_are_told_by_both)
{
    OWN(desk) desk = desk_new();
    desk->survey.skew_ms = G_MININT64; /* nobody knows */
    expect_allowed(desk);
    desk->survey.skew_ms = -29 * WHEN_SECOND; /* may be the answer's own time */
    expect_allowed(desk);
    desk->survey.skew_ms = 4 * WHEN_MINUTE; /* AWS's signatures would still let it pass */
    expect_refused(desk, REFUSE_CLOCK, NULL, 5);
}

Test(plan, credentials_have_to_last_as_long_as_the_plan_takes_at_best)
{
    OWN(desk) desk = desk_new();
    desk->options.unattended = true;
    make(desk);
    gint64 length_ms = plan_at_best_ms(desk->plan, desk->survey.now_ms);
    desk->survey.now_ms = NOW;
    desk->survey.keys = (struct aws_tenure){"profile ops", NOW + WHEN_HOUR, NOW + length_ms};
    expect_allowed(desk);
    desk->survey.keys.lasts_until_ms--;
    expect_refused(desk, REFUSE_CREDENTIALS, NULL, 5);
    desk->survey.keys.lasts_until_ms = 0;
    expect_allowed(desk);
}

Test(plan, short_credentials_are_refused_with_their_end_the_plans_length_and_whom_they_reach)
{
    OWN(desk) desk = desk_new();
    desk->cells[BIG].role_arn = (char *)"arn:aws:iam::123456789012:role/watch";
    desk->survey.now_ms = NOW;
    desk->survey.keys = (struct aws_tenure){"profile ops (SSO session corp)", 0, NOW + WHEN_HOUR};
    desk->options.unattended = true;
    const struct refusal *refusal = make(desk);
    cr_assert(refusal != NULL);
    static const char *const said[] = {"takes 4h at best", "profile ops (SSO session corp)",
                                       "ends 2026-11-24T04:00:00Z, in 60m", "the roles of cell-1,",
                                       "--attended"};
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        cr_expect(strstr(refusal->why, said[i]), "%s: %s", said[i], refusal->why);
}

Test(plan, no_waves_are_refused)
{
    OWN(desk) desk = desk_new();
    g_ptr_array_set_size(desk->config.waves, 0);
    expect_refused(desk, REFUSE_NO_WAVES, NULL, 5);
}

Test(plan, a_clock_that_goes_wrong_stops_a_rollout_that_runs_and_says_so_in_the_same_words)
{
    OWN(desk) desk = desk_new();
    bool unread = true;
    make(desk);
    desk->survey.skew_ms = 31 * WHEN_SECOND;
    g_autofree char *why = plan_check_again(desk->plan, &desk->survey, "r1", &unread);
    cr_assert(why && strstr(why, "half a minute or more"), "%s", why);
    cr_expect_not(unread, "a human has to look");
    desk->survey.skew_ms = -10 * WHEN_MINUTE;
    g_autofree char *later = plan_check_again(desk->plan, &desk->survey, "r1", &unread);
    cr_expect_str_eq(later, why);
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
