#include "rollout/request.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/history.h"
#include "tests/unit/scratch.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOW = 1000000 };

struct desk {
    char *dir;
    struct journal *journal;
    struct plan *plan;
};

static struct desk desk_new(void)
{
    struct desk desk = {.dir = scratch_new(), .plan = toy_plan()};
    desk.journal = journal_open_file(desk.dir, NULL);
    cr_assert(desk.journal);
    return desk;
}

static void desk_clear(struct desk *desk)
{
    journal_close(desk->journal);
    plan_free(desk->plan);
    scratch_remove(desk->dir);
}

static const struct person alice = {"alice@10.0.0.7", NULL}, bob = {"bob", NULL};

static char *start_as(struct desk *desk, const struct person *who, const struct start_request *how,
                      GError **error)
{
    struct start_request request = how ? *how : (struct start_request){.reason = "a fix"};
    request.plan = desk->plan;
    return request_start(desk->journal, &request, who, NOW, error);
}

static char *start(struct desk *desk, const struct start_request *how, GError **error)
{
    return start_as(desk, &alice, how, error);
}

static void must_start(struct desk *desk, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *got = start(desk, NULL, &error);
    cr_assert(got, "%s", error ? error->message : "");
    cr_assert_str_eq(got, id);
}

static void put(struct desk *desk, const char *id, const char *type, json_t *data)
{
    OWN(event) last = journal_last(desk->journal, id, NULL);
    g_autofree char *event_id = journal_new_id();
    cr_assert(journal_append(desk->journal, id, last->seq + 1, event_id, NOW, "conductor", type,
                             data, NULL, NULL));
    json_decref(data);
}

static void end_as(struct desk *desk, const char *id, const char *state)
{
    put(desk, id, "state", json_pack("{s:s, s:b}", "state", state, "final", 1));
}

static void expect_refused(GError *error, enum cd_error code, const char *words)
{
    cr_expect(g_error_matches(error, CD_ERROR, (int)code), "%s", error ? error->message : "none");
    cr_expect(error && strstr(error->message, words), "%s", error ? error->message : "none");
    g_clear_error(&error);
}

static const char *first_cell(const struct desk *desk)
{
    const struct plan_wave *wave = g_ptr_array_index(desk->plan->waves, 0);
    return ((struct plan_cell *)g_ptr_array_index(wave->cells, 0))->id;
}

Test(request, a_start_opens_the_rollout_with_all_that_was_asked_raw)
{
    struct desk desk = desk_new();
    const char *hostile = "\x1b]0;x\x07 \"'; DROP TABLE event;-- \xe2\x80\xae, ok";
    const char *const fixes[] = {"cell-2", NULL};
    const struct start_request how = {
        .reason = hostile, .ticket = "OPS-1", .retry_failed = true, .fixes = fixes};
    g_autofree char *id = start(&desk, &how, NULL);
    cr_assert_str_eq(id, "r1");
    OWN(rollout) rollout = rollout_load(desk.journal, id, NULL);
    cr_assert(rollout);
    cr_expect_str_eq(rollout->reason, hostile);
    cr_expect_str_eq(rollout->ticket, "OPS-1");
    cr_expect_str_eq(rollout->requested_by, "alice@10.0.0.7");
    cr_expect_str_eq(rollout->plan->hash, desk.plan->hash);
    OWN(event) opened = journal_last(desk.journal, id, NULL);
    cr_expect(json_is_true(json_object_get(opened->data, "retry_failed")));
    cr_expect_eq(json_array_size(json_object_get(opened->data, "fixes")), 1);
    OWN(operation) operation = history_find(desk.journal, id, NULL);
    cr_expect_str_eq(operation->state, "planned");
    cr_expect_eq(g_strv_length(operation->cells), rollout->cells->len);
    desk_clear(&desk);
}

Test(request, a_start_without_a_reason_or_of_another_plan_than_was_looked_at_is_refused)
{
    struct desk desk = desk_new();
    GError *error = NULL;
    cr_expect(!start(&desk, &(struct start_request){.reason = ""}, &error));
    expect_refused(error, CD_ERROR_USAGE, "--reason");
    error = NULL;
    cr_expect(
        !start(&desk, &(struct start_request){.reason = "x", .expected_hash = "abc"}, &error));
    expect_refused(error, CD_ERROR_REFUSED, "no longer the one");
    const struct start_request same = {.reason = "x", .expected_hash = desk.plan->hash};
    g_autofree char *id = start(&desk, &same, NULL);
    cr_expect(id);
    desk_clear(&desk);
}

Test(request, a_start_breaks_the_glass_only_on_waves_that_it_means_something_to)
{
    struct desk desk = desk_new();
    struct plan_wave *wave = g_ptr_array_index(desk.plan->waves, 1);
    const struct override_request longer = {.reason = "hotfix", .bake_ms = 7 * WHEN_DAY},
                                  lifted = {.reason = "hotfix"};
    const struct start_request lift = {.reason = "x", .override = lifted};
    const struct start_request lengthen = {.reason = "x", .override = longer};
    GError *error = NULL;
    cr_expect(!start(&desk, &lift, &error));
    expect_refused(error, CD_ERROR_REFUSED, "no wave has a window or a freeze");
    error = NULL;
    cr_expect(!start(&desk, &lengthen, &error));
    expect_refused(error, CD_ERROR_REFUSED, "only shortens");
    wave->window = window_new("Wed 09:00-10:00 UTC");
    g_autofree char *id = start(&desk, &lift, NULL);
    OWN(rollout) rollout = rollout_load(desk.journal, id, NULL);
    cr_assert(rollout && rollout->overrides->len == 1);
    const struct override *given = g_ptr_array_index(rollout->overrides, 0);
    cr_expect_eq(given->wave, 1);
    desk_clear(&desk);
}

Test(request, a_second_rollout_of_a_cell_is_refused_naming_the_first_until_that_has_ended)
{
    struct desk desk = desk_new();
    must_start(&desk, "r1");
    GError *error = NULL;
    cr_expect(!start(&desk, NULL, &error));
    expect_refused(g_error_copy(error), CD_ERROR_BUSY, "r1");
    expect_refused(g_error_copy(error), CD_ERROR_BUSY, "alice@10.0.0.7");
    expect_refused(error, CD_ERROR_BUSY, "since 1970-01-01T00:16:40Z");
    end_as(&desk, "r1", "completed");
    must_start(&desk, "r2");
    desk_clear(&desk);
}

Test(request, of_many_that_start_in_the_same_moment_one_wins)
{
    enum { STARTERS = 4 };
    struct desk desk = desk_new();
    pid_t starters[STARTERS];
    int won = 0, busy = 0;
    for (int i = 0; i < STARTERS; i++) {
        starters[i] = fork();
        if (starters[i] == 0) {
            struct desk own = desk;
            g_autoptr(GError) error = NULL;
            own.journal = journal_open_file(desk.dir, NULL);
            g_autofree char *id = start(&own, NULL, &error);
            _exit(id ? 0 : error->code);
        }
    }
    for (int i = 0; i < STARTERS; i++) {
        int status = -1;
        waitpid(starters[i], &status, 0);
        won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        busy += WIFEXITED(status) && WEXITSTATUS(status) == CD_ERROR_BUSY;
    }
    cr_expect_eq(won, 1);
    cr_expect_eq(busy, STARTERS - 1);
    desk_clear(&desk);
}

Test(request, a_version_that_failed_is_held_until_it_is_retried_on_record)
{
    struct desk desk = desk_new();
    must_start(&desk, "r1");
    end_as(&desk, "r1", "failed");
    GError *error = NULL;
    cr_expect(!start(&desk, NULL, &error));
    expect_refused(error, CD_ERROR_REFUSED, "held fleet-wide");
    const struct start_request retry = {.reason = "x", .retry_failed = true};
    g_autofree char *id = start(&desk, &retry, NULL);
    cr_expect_str_eq(id, "r2");
    desk_clear(&desk);
}

static bool approve(struct desk *desk, const char *wave, const char *actor, const char *arn,
                    GError **error)
{
    const struct person person = {actor, arn};
    return request_approve(desk->journal, "r1", wave, &person, NOW, error);
}

Test(request, an_approver_whom_aws_takes_for_the_requester_is_the_requester)
{
    static const char sso[] =
        "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_0a1b/alice@corp.example.com";
    struct desk desk = desk_new();
    const struct person requester = {alice.actor, sso};
    g_autofree char *id = start_as(&desk, &requester, NULL, NULL);
    GError *error = NULL;
    cr_expect(!approve(&desk, NULL, "deploy@h", sso, &error));
    expect_refused(error, CD_ERROR_REFUSED, "to AWS the same person");
    error = NULL;
    cr_expect(!approve(&desk, NULL, "deploy@h", NULL, &error), "with AWS out of reach");
    expect_refused(error, CD_ERROR_REFUSED, "is not known");
    cr_expect(approve(&desk, NULL, "bob@h", "arn:aws:iam::123456789012:user/bob", NULL));
    OWN(rollout) rollout = rollout_load(desk.journal, "r1", NULL);
    cr_assert_eq(rollout->approvals->len, 1);
    cr_expect_str_eq(rollout->requester_arn, sso);
    desk_clear(&desk);
}

Test(request, an_approval_is_bound_to_the_plan_and_comes_from_somebody_else)
{
    struct desk desk = desk_new();
    must_start(&desk, "r1");
    GError *error = NULL;
    cr_expect(!approve(&desk, NULL, "alice@elsewhere", NULL, &error));
    expect_refused(error, CD_ERROR_REFUSED, "alice");
    error = NULL;
    cr_expect(!approve(&desk, "dev", "bob", NULL, &error));
    expect_refused(error, CD_ERROR_REFUSED, "no approval");
    error = NULL;
    cr_expect(!approve(&desk, "nowhere", "bob", NULL, &error));
    expect_refused(error, CD_ERROR_USAGE, "no wave 'nowhere'");
    cr_expect(approve(&desk, NULL, "bob@10.0.0.8", NULL, NULL));
    OWN(event) given = journal_last(desk.journal, "r1", NULL);
    cr_expect_str_eq(json_string_value(json_object_get(given->data, "wave")), "enterprise");
    cr_expect_str_eq(json_string_value(json_object_get(given->data, "plan_hash")), desk.plan->hash);
    cr_expect_str_eq(json_string_value(json_object_get(given->data, "version")),
                     desk.plan->version);
    error = NULL;
    cr_expect(!approve(&desk, NULL, "bob@10.0.0.9", NULL, &error));
    expect_refused(error, CD_ERROR_REFUSED, "already");
    desk_clear(&desk);
}

Test(request, pause_resume_and_abort_make_sense_only_once)
{
    struct desk desk = desk_new();
    must_start(&desk, "r1");
    GError *error = NULL;
    cr_expect(!request_resume(desk.journal, "r1", &bob, NOW, &error));
    expect_refused(error, CD_ERROR_REFUSED, "not paused");
    cr_expect(request_pause(desk.journal, "r1", "lunch", &bob, NOW, NULL));
    OWN(operation) paused = history_find(desk.journal, "r1", NULL);
    cr_expect_str_eq(paused->state, "paused");
    error = NULL;
    cr_expect(!request_pause(desk.journal, "r1", NULL, &bob, NOW, &error));
    expect_refused(error, CD_ERROR_REFUSED, "paused already");
    cr_expect(request_resume(desk.journal, "r1", &bob, NOW, NULL));
    cr_expect(request_abort(desk.journal, "r1", "no", &bob, NOW, NULL));
    error = NULL;
    cr_expect(!request_abort(desk.journal, "r1", "no", &bob, NOW, &error));
    expect_refused(error, CD_ERROR_REFUSED, "aborted already");
    desk_clear(&desk);
}

Test(request, every_request_keeps_the_login_and_the_arn_of_who_asked)
{
    static const char arn[] = "arn:aws:iam::123456789012:user/bob";
    const struct person person = {"bob@h", arn};
    struct desk desk = desk_new();
    must_start(&desk, "r1");
    const char *cell = first_cell(&desk);
    const struct override_request glass = {.reason = "urgent", .bake_ms = WHEN_MINUTE};
    bool asked[] = {
        request_pause(desk.journal, "r1", "lunch", &person, NOW, NULL),
        request_resume(desk.journal, "r1", &person, NOW, NULL),
        request_override(desk.journal, "r1", NULL, &glass, &person, NOW, NULL),
        request_cell(desk.journal, "r1", "skip", cell, "broken", &person, NOW, NULL),
        request_abort(desk.journal, "r1", "no", &person, NOW, NULL),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        cr_expect(asked[i], "request %zu", i);
        g_autoptr(GPtrArray) events = journal_read(desk.journal, "r1", 2 + i, NULL);
        const struct event *first = g_ptr_array_index(events, 0);
        cr_expect_str_eq(first->actor, "bob@h");
        cr_expect_str_eq(json_string_value(json_object_get(first->data, "arn")), arn);
    }
    desk_clear(&desk);
}

Test(request, what_is_over_or_was_never_there_takes_no_requests)
{
    struct desk desk = desk_new();
    GError *error = NULL;
    cr_expect(!request_pause(desk.journal, "r1", NULL, &bob, NOW, &error));
    expect_refused(error, CD_ERROR_USAGE, "no rollout r1");
    must_start(&desk, "r1");
    end_as(&desk, "r1", "aborted");
    error = NULL;
    cr_expect(!request_abort(desk.journal, "r1", NULL, &bob, NOW, &error));
    expect_refused(error, CD_ERROR_REFUSED, "over");
    desk_clear(&desk);
}

Test(request, what_is_asked_of_a_cell_needs_a_reason_a_cell_and_a_state_where_it_makes_sense)
{
    struct desk desk = desk_new();
    must_start(&desk, "r1");
    const char *cell = first_cell(&desk);
    GError *error = NULL;
    cr_expect(!request_cell(desk.journal, "r1", "skip", cell, NULL, &bob, NOW, &error));
    expect_refused(error, CD_ERROR_USAGE, "--reason");
    error = NULL;
    cr_expect(!request_cell(desk.journal, "r1", "skip", "cell-x", "r", &bob, NOW, &error));
    expect_refused(error, CD_ERROR_USAGE, "no cell 'cell-x'");
    error = NULL;
    cr_expect(!request_cell(desk.journal, "r1", "accept", cell, "r", &bob, NOW, &error));
    expect_refused(error, CD_ERROR_REFUSED, "only a cell that is held");
    error = NULL;
    cr_expect(!request_cell(desk.journal, "r1", "retry", cell, "r", &bob, NOW, &error));
    expect_refused(error, CD_ERROR_REFUSED, "rolled back");
    error = NULL;
    cr_expect(!request_cell(desk.journal, "r1", "explode", cell, "r", &bob, NOW, &error));
    expect_refused(error, CD_ERROR_USAGE, "explode");
    error = NULL;
    cr_expect(!request_rollback(desk.journal, "r1", (const char *const[]){cell, NULL}, "r", &bob,
                                NOW, &error));
    expect_refused(error, CD_ERROR_REFUSED, "nothing there to take back");
    error = NULL;
    cr_expect(!request_rollback(desk.journal, "r1", (const char *const[]){NULL}, NULL, &bob, NOW,
                                &error));
    expect_refused(error, CD_ERROR_REFUSED, "no cell");
    cr_expect(request_cell(desk.journal, "r1", "skip", cell, "broken", &bob, NOW, NULL));
    OWN(rollout) rollout = rollout_load(desk.journal, "r1", NULL);
    cr_expect_eq(rollout_cell(rollout, cell)->state, CELL_SKIPPED);
    desk_clear(&desk);
}

Test(request, the_actor_is_login_and_ssh_address_on_one_line)
{
    g_unsetenv("SSH_CONNECTION");
    g_unsetenv("SUDO_USER");
    g_setenv("LOGNAME", "somebody-else", TRUE);
    g_setenv("SSH_CLIENT", "10.0.0.7 51234 22", TRUE);
    g_autofree char *remote = actor_name();
    cr_expect(g_str_has_suffix(remote, "@10.0.0.7"), "%s", remote);
    g_setenv("SSH_CLIENT", "10.0.0.7\nevil\x1b[2J 1 2", TRUE);
    g_autofree char *hostile = actor_name();
    cr_expect(!strpbrk(hostile, "\n\x1b"), "%s", hostile);
    g_unsetenv("SSH_CLIENT");
    g_autofree char *local = actor_name();
    cr_expect(!strchr(local, '@'), "%s", local);
    cr_expect_str_eq(local, getpwuid(getuid())->pw_name);
    g_setenv("SUDO_USER", "carol", TRUE);
    g_autofree char *root = actor_name();
    cr_expect_eq(strcmp(root, "carol") == 0, getuid() == 0, "only root's is believed: %s", root);
    g_unsetenv("SUDO_USER");
}
