/* rollout.md, "Plan": every refusal by its name. */
#include "tests/unit/plan_desk.h"

#include <criterion/criterion.h>
#include <string.h>

Test(plan_refusals, an_unknown_release_is_refused)
{
    OWN(desk) desk = desk_new();
    desk->survey.release = NULL;
    expect_refused(desk, REFUSE_UNKNOWN_RELEASE, NULL, 5);
}

Test(plan_refusals, a_moved_tag_is_refused)
{
    OWN(desk) desk = desk_new();
    g_hash_table_insert(desk->survey.pinned, (char *)"5.0.3", (char *)"bbbbbbbbbbbbbbbb");
    expect_refused(desk, REFUSE_TAG_MOVED, NULL, 5);
}

Test(plan_refusals, a_cell_in_two_waves_is_refused)
{
    OWN(desk) desk = desk_new();
    desk->waves[2].cells = (char *[]){(char *)"cell-2", NULL};
    const struct refusal *refusal = make(desk);
    cr_assert(refusal != NULL);
    cr_expect_eq(refusal->kind, REFUSE_CELL_TWICE);
    cr_expect_str_eq(refusal->cell, "cell-2");
}

Test(plan_refusals, a_cell_in_no_wave_is_refused_unless_excluded_by_name)
{
    OWN(desk) desk = desk_new();
    desk->cells[DR].stands_by_for = NULL;
    expect_refused(desk, REFUSE_CELL_NOWHERE, "cell-1-dr", 5);
    desk->waves[2].exclude = (char *[]){(char *)"cell-1-dr", NULL};
    expect_allowed(desk);
}

Test(plan_refusals,
     production_tenants_in_the_first_wave_are_refused_unless_the_wave_says_production)
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

Test(plan_refusals, an_unhealthy_cell_is_refused_unless_this_release_fixes_it)
{
    OWN(desk) desk = desk_new();
    desk->known[MID].health = HEALTH_UNHEALTHY;
    expect_refused(desk, REFUSE_CELL_UNHEALTHY, "cell-2", 5);
    desk->options.fixes = (const char *const[]){"cell-2", NULL};
    expect_allowed(desk);
    cr_expect(planned(desk, 1, 0)->fixes, "on record");
}

Test(plan_refusals, a_cell_in_alarm_is_refused)
{
    OWN(desk) desk = desk_new();
    struct alarm alarm = {.name = (char *)"cell-2-errors", .state = ALARM_ALARM};
    g_ptr_array_add(desk->known[MID].reading.alarms, &alarm);
    expect_refused(desk, REFUSE_CELL_ALARM, "cell-2", 5);
}

Test(plan_refusals, a_cell_of_another_live_operation_is_busy_and_the_operation_named)
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

Test(plan_refusals, a_failover_keeps_a_rollout_that_runs_from_its_own_cells_alone)
{
    OWN(desk) desk = desk_new();
    char *cells[] = {(char *)"cell-2", NULL};
    desk->operation = (struct operation){.id = (char *)"f3",
                                         .kind = (char *)"failover",
                                         .subject = (char *)"cell-2",
                                         .state = (char *)"held",
                                         .actor = (char *)"carol@b1",
                                         .cells = cells};
    g_ptr_array_add(desk->survey.operations, &desk->operation);
    expect_refused(desk, REFUSE_CELL_BUSY, "cell-2", 6);
    bool unread = true;
    cr_expect_null(plan_check_again(desk->plan, &desk->survey, "r7", &unread));
    cr_expect_null(plan_cell_busy(desk->plan, &desk->survey, "r7", "cell-0"));
    g_autofree char *why = plan_cell_busy(desk->plan, &desk->survey, "r7", "cell-2");
    cr_expect(why && strstr(why, "failover f3") && strstr(why, "revert it, or skip the cell"), "%s",
              why);
    desk->operation.kind = (char *)"drill";
    cr_expect_null(plan_cell_busy(desk->plan, &desk->survey, "r7", "cell-2"));
    desk->operation.kind = (char *)"rollout";
    g_autofree char *shared = plan_check_again(desk->plan, &desk->survey, "r7", &unread);
    cr_expect(shared && strstr(shared, "rollout f3"), "two rollouts never share a cell");
}

Test(plan_refusals, a_skipped_minor_version_is_refused_where_no_skip_says_so)
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

Test(plan_refusals, a_live_drill_is_in_nobodys_way)
{
    OWN(desk) desk = desk_new();
    char *cells[] = {(char *)"cell-2", NULL};
    desk->operation = (struct operation){.id = (char *)"d1",
                                         .kind = (char *)"drill",
                                         .subject = (char *)"cell-2",
                                         .state = (char *)"running",
                                         .cells = cells};
    g_ptr_array_add(desk->survey.operations, &desk->operation);
    expect_allowed(desk);
}

Test(plan_refusals, a_version_that_failed_is_held_until_retry_failed)
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

Test(plan_refusals, what_was_not_read_is_refused)
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

Test(plan_refusals, a_registry_that_could_not_be_read_again_is_old_and_refused)
{
    const enum source_state states[] = {SOURCE_ERROR, SOURCE_STALE, SOURCE_WAITING};
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        OWN(desk) desk = desk_new();
        desk->source.state = states[i];
        desk->source.error = (char *)"Throttling";
        expect_refused(desk, REFUSE_NOT_READ, NULL, 5);
    }
}

Test(plan_refusals, a_version_that_fails_elsewhere_meanwhile_is_held_before_the_next_step)
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

Test(plan_refusals, credentials_of_a_session_are_refused_unless_somebody_stays)
{
    OWN(desk) desk = desk_new();
    desk->survey.keys = (struct aws_tenure){"environment", 0, G_MININT64};
    cr_expect(make(desk) == NULL, "looking is not starting");
    desk->options.unattended = true;
    expect_refused(desk, REFUSE_CREDENTIALS, NULL, 5);
    desk->survey.keys = (struct aws_tenure){0};
    cr_expect(make(desk) == NULL);
}

Test(plan_refusals,
     a_clock_that_is_not_awss_is_refused_as_before_and_after_a_deploy_are_told_by_both)
{
    OWN(desk) desk = desk_new();
    desk->survey.skew_ms = G_MININT64; /* nobody knows */
    expect_allowed(desk);
    desk->survey.skew_ms = -29 * WHEN_SECOND; /* may be the answer's own time */
    expect_allowed(desk);
    desk->survey.skew_ms = 4 * WHEN_MINUTE; /* AWS's signatures would still let it pass */
    expect_refused(desk, REFUSE_CLOCK, NULL, 5);
}

Test(plan_refusals, credentials_have_to_last_as_long_as_the_plan_takes_at_best)
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

Test(plan_refusals,
     short_credentials_are_refused_with_their_end_the_plans_length_and_whom_they_reach)
{
    OWN(desk) desk = desk_new();
    desk->cells[BIG].role_arn = (char *)"arn:aws:iam::123456789012:role/watch";
    desk->survey.now_ms = NOW;
    desk->survey.keys = (struct aws_tenure){"profile ops (SSO session corp)", 0, NOW + WHEN_HOUR};
    desk->options.unattended = true;
    const struct refusal *refusal = make(desk);
    cr_assert(refusal != NULL);
    static const char *const said[] = {"takes 4h at best", "profile ops (SSO session corp)",
                                       "ends 2026-11-24T04:00:00Z, in 60m", "the roles of cell-1,"};
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        cr_expect(strstr(refusal->why, said[i]), "%s: %s", said[i], refusal->why);
    cr_expect_eq(refusal_way_out(refusal->kind), WAY_ATTENDED);
}

/* The command line has flags for what lifts a refusal, and the console keys. */
Test(plan_refusals, what_lifts_a_refusal_is_told_by_its_kind_and_by_no_sentence)
{
    OWN(desk) desk = desk_new();
    desk->known[MID].health = HEALTH_UNHEALTHY;
    const struct refusal *unhealthy = make(desk);
    cr_expect_eq(refusal_way_out(unhealthy->kind), WAY_FIXES);
    cr_expect(!strstr(unhealthy->why, "--"), "%s", unhealthy->why);
    cr_expect_str_eq(refusal_kind_name(unhealthy->kind), "cell_unhealthy");
    cr_expect_eq(refusal_way_out(REFUSE_VERSION_HELD), WAY_RETRY_FAILED);
    cr_expect_eq(refusal_way_out(REFUSE_CELL_BUSY), WAY_NONE);
    cr_expect_eq(refusal_way_out(REFUSE_WINDOW), WAY_NONE);
}

Test(plan_refusals, no_waves_are_refused)
{
    OWN(desk) desk = desk_new();
    g_ptr_array_set_size(desk->config.waves, 0);
    expect_refused(desk, REFUSE_NO_WAVES, NULL, 5);
}

Test(plan_refusals, a_clock_that_goes_wrong_stops_a_rollout_that_runs_and_says_so_in_the_same_words)
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
