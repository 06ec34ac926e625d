/* The doctor's judgements: what was seen in, how bad it is and what to do out. */
#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/doctor_judge.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1800000000000)

static void expect(struct judgement judgement, enum doctor_level level, const char *text,
                   const char *fix)
{
    cr_expect_eq(judgement.level, level, "%s: %s", doctor_level_name(judgement.level),
                 judgement.text);
    cr_expect(strstr(judgement.text, text) != NULL, "\"%s\" has no \"%s\"", judgement.text, text);
    if (fix)
        cr_expect(judgement.fix && strstr(judgement.fix, fix), "\"%s\" has no \"%s\"",
                  judgement.fix ? judgement.fix : "", fix);
    else
        cr_expect_null(judgement.fix);
    judgement_clear(&judgement);
}

static struct judgement judged(enum aws_error code, const char *message, const char *role)
{
    g_autoptr(GError) error = g_error_new_literal(AWS_ERROR, (int)code, message);
    return judge_error(error, role);
}

#define DENIED                                                                                     \
    "DynamoDB Scan in us-east-1: AccessDeniedException: User: arn:aws:iam::1:user/o is not "       \
    "authorized to perform: dynamodb:Scan on resource: arn:aws:dynamodb:us-east-1:1:table/t "
#define REQUEST " (request 1f); the permission it takes is dynamodb:Scan"

Test(doctor, a_denial_names_the_permission_and_the_command_that_prints_the_policy)
{
    expect(judged(AWS_ERROR_DENIED,
                  DENIED "because no identity-based policy allows the dynamodb:Scan action" REQUEST,
                  NULL),
           DOCTOR_FAILURE, "dynamodb:Scan is not permitted", "celldeck iam-policy");
    expect(judged(AWS_ERROR_DENIED, DENIED "because no VPC endpoint policy allows it" REQUEST,
                  "arn:aws:iam::2:role/x"),
           DOCTOR_FAILURE, "dynamodb:Scan is not permitted: no VPC endpoint policy allows it",
           "celldeck iam-policy --role arn:aws:iam::2:role/x");
    expect(judged(AWS_ERROR_DENIED, "SNS Publish in us-east-1: AuthorizationError: no", NULL),
           DOCTOR_FAILURE, "not permitted: AuthorizationError: no", "celldeck iam-policy");
}

Test(doctor, an_explicit_deny_is_not_put_right_by_a_policy)
{
    expect(judged(AWS_ERROR_DENIED,
                  DENIED "with an explicit deny in a service control policy" REQUEST, NULL),
           DOCTOR_FAILURE, "an explicit deny in a service control policy", "outweighs");
}

Test(doctor, errors_of_a_call_are_told_without_what_the_line_says_already)
{
    struct judgement late =
        judged(AWS_ERROR_TIMEOUT,
               "ECS ListTaskDefinitions in eu-west-1: no answer within 10 s (attempt 1: x)", NULL);
    cr_expect_str_eq(late.text, "no answer within 10 s");
    judgement_clear(&late);
    expect(judged(AWS_ERROR_CREDENTIALS, "ECS X in r: no AWS credentials", NULL), DOCTOR_SKIPPED,
           "not asked", NULL);
    expect(judged(AWS_ERROR_THROTTLED, "ECS X in r: ThrottlingException: slow", NULL),
           DOCTOR_WARNING, "ThrottlingException", "quota");
}

Test(doctor, whatever_aws_answers_there_is_something_to_do)
{
    expect(judged(AWS_ERROR_SERVICE, "ECS X in r: ServerException: a", NULL), DOCTOR_FAILURE,
           "ServerException: a", "health.aws.amazon.com");
    expect(judged(AWS_ERROR_ANSWER, "ECS X in r: the answer is no JSON object", NULL),
           DOCTOR_FAILURE, "no JSON", "proxy and endpoint");
    expect(judged(AWS_ERROR_REQUEST, "ECS X in r: AWS_ENDPOINT_URL is no URL", NULL),
           DOCTOR_FAILURE, "AWS_ENDPOINT_URL", "the environment");
}

Test(doctor, an_error_of_this_machine_says_what_to_do_itself_or_the_check_does)
{
    g_autoptr(GError) advised = g_error_new(CD_ERROR, CD_ERROR_USAGE, "no folder /s; name another");
    g_autoptr(GError) bare = g_error_new(CD_ERROR, CD_ERROR_FAILED, "no folder /s");
    expect(judge_local(advised, "look"), DOCTOR_FAILURE, "no folder /s", "name another");
    expect(judge_local(bare, "look"), DOCTOR_FAILURE, "no folder /s", "look");
}

Test(doctor, a_write_that_is_refused_for_its_content_was_permitted)
{
    g_autoptr(GError) content =
        g_error_new(AWS_ERROR, AWS_ERROR_REQUEST, "ECS R in r: ClientException: Container list");
    g_autoptr(GError) denied =
        g_error_new(AWS_ERROR, AWS_ERROR_DENIED, "ECS R in r: AccessDeniedException: no");
    g_autoptr(GError) hangs = g_error_new(AWS_ERROR, AWS_ERROR_TIMEOUT, "ECS R in r: no answer");
    expect(judge_write("ecs:R", content, NULL), DOCTOR_OK, "ecs:R is permitted, as far as", NULL);
    expect(judge_write("ecs:R", denied, NULL), DOCTOR_FAILURE, "not permitted", "iam-policy");
    expect(judge_write("ecs:R", hangs, NULL), DOCTOR_FAILURE, "no answer", "network");
    expect(judge_write("ecs:R", NULL, NULL), DOCTOR_WARNING, "had to refuse", "look for");
}

Test(doctor, a_clock_is_judged_by_what_aws_bears)
{
    expect(judge_clock(900), DOCTOR_OK, "agrees", NULL);
    expect(judge_clock(-45 * WHEN_SECOND), DOCTOR_WARNING, "45 s ahead of AWS's", "set-ntp");
    expect(judge_clock(10 * WHEN_MINUTE), DOCTOR_FAILURE, "600 s behind AWS's", "set-ntp");
}

Test(doctor, a_disk_is_judged_by_what_the_journal_needs)
{
    expect(judge_disk("/s", G_GUINT64_CONSTANT(5000000000)), DOCTOR_OK, "local disk, 5.0", NULL);
    expect(judge_disk("/s", 100000000), DOCTOR_WARNING, "100.0", "make room on the disk of /s");
    expect(judge_disk("/s", 1000000), DOCTOR_FAILURE, "1.0", "make room");
}

Test(doctor, keys_that_end_with_a_session_are_told_from_those_that_renew_themselves)
{
    const struct aws_tenure own = {"instance role", NOW + WHEN_HOUR, 0};
    const struct aws_tenure signed_in = {"profile ops", NOW + WHEN_HOUR, NOW + 8 * WHEN_HOUR};
    const struct aws_tenure ending = {"profile ops", NOW + WHEN_HOUR, NOW + 5 * WHEN_MINUTE};
    const struct aws_tenure ended = {"profile ops", NOW - 1, NOW - 1};
    const struct aws_tenure unknown = {"environment", 0, G_MININT64};
    expect(judge_tenure(&own, NOW), DOCTOR_OK, "instance role", NULL);
    expect(judge_tenure(&signed_in, NOW), DOCTOR_OK, "--attended", NULL);
    expect(judge_tenure(&ending, NOW), DOCTOR_WARNING, "soon", "sign in again");
    expect(judge_tenure(&ended, NOW), DOCTOR_FAILURE, "over", "sign in again");
    expect(judge_tenure(&unknown, NOW), DOCTOR_WARNING, "nobody knows", "--attended");
}

#define ITEM(id, cell)                                                                             \
    "{\"tenantId\":{\"S\":\"" id "\"},\"cellId\":{\"S\":\"" cell "\"},\"region\":{\"S\":"          \
    "\"us-east-1\"},\"tier\":{\"S\":\"STANDARD\"},\"status\":{\"S\":\"ACTIVE\"},\"createdAt\":"    \
    "{\"S\":\"2026-01-01T00:00:00Z\"},\"updatedAt\":{\"S\":\"2026-01-01T00:00:00Z\"},"             \
    "\"capacity\":{\"M\":{\"maxUsers\":{\"N\":\"9\"},\"maxPatients\":{\"N\":\"9\"},"               \
    "\"currentUsers\":{\"N\":\"1\"}}}}"

Test(doctor, a_table_is_the_registry_if_its_items_look_like_tenants_of_these_cells)
{
    OWN(config) config = small_fleet(NULL);
    expect(judge_registry(config, "{\"Items\":[" ITEM("a", "cell-1") "]}"), DOCTOR_OK,
           "tenants of these cells", NULL);
    expect(judge_registry(config, "{\"Items\":[" ITEM("a", "cell-1") "," ITEM("b", "cell-9") "]}"),
           DOCTOR_WARNING, "1 of 2 items are faulty: b: unknown cellId", "celldeck tenants");
    expect(judge_registry(config, "{\"Items\":[{\"order\":{\"N\":\"1\"}}]}"), DOCTOR_FAILURE,
           "none of 1 items looks like a tenant", "celldeck tenants");
    expect(judge_registry(config, "{\"Items\":[]}"), DOCTOR_WARNING, "no item", "registry.table");
    expect(judge_registry(config,
                          "{\"Items\":[" ITEM(
                              "a", "cell-1") "],\"LastEvaluatedKey\":"
                                             "{\"tenantId\":{\"S\":\"a\"},\"at\":{\"N\":\"1\"}}}"),
           DOCTOR_FAILURE, "another one than the string tenantId", "registry.table");
    expect(judge_registry(config, "{\"Tables\":[]}"), DOCTOR_FAILURE, "", "ask again");
}

/* n values, `gap_ms` apart, the last period ending at NOW. */
static GArray *values(guint n, gint64 gap_ms, const double *value, guint different)
{
    GArray *points = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (guint i = 0; i < n; i++) {
        struct datapoint point = {NOW - (gint64)(n - i) * gap_ms, value[i % different]};
        g_array_append_val(points, point);
    }
    return points;
}

static GArray *steadily(double value, gint64 gap_ms)
{
    return values(30, gap_ms, &value, 1);
}

static struct metrics_seen well(void)
{
    struct metrics_seen seen = {.now_ms = NOW, .span_ms = WHEN_HOUR};
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        if (metric != METRIC_LATENCY_P95)
            seen.points[metric] = steadily(1, WHEN_MINUTE);
    return seen;
}

static void replace(const GArray **place, GArray *points)
{
    if (*place)
        g_array_unref((GArray *)*place);
    *place = points;
}

static void clear(struct metrics_seen *seen)
{
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        replace(&seen->points[metric], NULL);
    replace(&seen->replica_lag, NULL);
}

Test(doctor, metrics_that_arrive_at_their_period_are_good_and_latency_is_nobodys_duty)
{
    OWN(config) config = small_fleet(NULL);
    struct metrics_seen seen = well();
    expect(judge_arrival(config, config_cell(config, "cell-1"), &seen), DOCTOR_OK, "arrive", NULL);
    clear(&seen);
}

Test(doctor, a_cell_of_which_nothing_comes_is_looked_for_under_the_wrong_name)
{
    OWN(config) config = small_fleet("metrics: {namespace: Mine, dimension: Cell}\n");
    const struct metrics_seen seen = {.now_ms = NOW, .span_ms = WHEN_HOUR};
    expect(judge_arrival(config, config_cell(config, "cell-1"), &seen), DOCTOR_FAILURE,
           "asked for Mine, Cell = the cell's id", "metrics.namespace");
}

Test(doctor, a_metric_that_is_missing_is_named_and_a_standby_needs_only_its_health_and_lag)
{
    OWN(config) config = small_fleet(NULL);
    struct metrics_seen seen = well();
    replace(&seen.points[METRIC_CPU], NULL);
    expect(judge_arrival(config, config_cell(config, "cell-1"), &seen), DOCTOR_FAILURE,
           "missing for the last 60m: cell_cpu_utilization", "publish");
    expect(judge_arrival(config, config_cell(config, "cell-1-dr"), &seen), DOCTOR_FAILURE,
           "missing for the last 60m: lag_s", "publish");
    replace(&seen.replica_lag, steadily(2, WHEN_MINUTE));
    expect(judge_arrival(config, config_cell(config, "cell-1-dr"), &seen), DOCTOR_OK, "arrive",
           NULL);
    clear(&seen);
}

Test(doctor, a_metric_of_the_fleets_own_that_is_missing_is_named_but_not_of_a_standby)
{
    OWN(config) config = small_fleet("metrics: {own: {queue_depth: {}, jobs_done: {}}}\n");
    struct metrics_seen seen = well();
    replace(&seen.points[METRIC_OWN], NULL);
    expect(judge_arrival(config, config_cell(config, "cell-1"), &seen), DOCTOR_WARNING,
           "of metrics.own missing for the last 60m: queue_depth", "no_data: ignore");
    replace(&seen.replica_lag, steadily(2, WHEN_MINUTE));
    expect(judge_arrival(config, config_cell(config, "cell-1-dr"), &seen), DOCTOR_OK, "arrive",
           NULL);
    replace(&seen.points[METRIC_OWN], steadily(7, WHEN_MINUTE));
    expect(judge_arrival(config, config_cell(config, "cell-1"), &seen), DOCTOR_OK, "arrive", NULL);
    clear(&seen);
}

Test(doctor, a_period_that_is_finer_than_the_values_is_told_with_the_right_one)
{
    OWN(config) config = small_fleet("metrics: {period: 10s}\n");
    struct metrics_seen seen = well();
    expect(judge_arrival(config, config_cell(config, "cell-1"), &seen), DOCTOR_WARNING,
           "values come every 1m, and metrics.period is 10s", "metrics: {period: 1m}");
    clear(&seen);
}

Test(doctor, values_that_have_stopped_are_told_by_their_age)
{
    OWN(config) config = small_fleet(NULL);
    struct metrics_seen seen = well();
    seen.now_ms = NOW + 20 * WHEN_MINUTE;
    expect(judge_arrival(config, config_cell(config, "cell-1"), &seen), DOCTOR_WARNING, "20m old",
           "publishes");
    clear(&seen);
}

static enum rate_unit unit_of(enum error_rate_unit configured, double requests, double most,
                              double least)
{
    const double rates[] = {0, most, least};
    struct metrics_seen seen = {.now_ms = NOW, .span_ms = WHEN_HOUR};
    seen.points[METRIC_ERROR_RATE] = values(30, WHEN_MINUTE, rates, 3);
    seen.points[METRIC_REQUESTS] = steadily(requests, WHEN_MINUTE);
    enum rate_unit unit = judge_rate_unit(configured, &seen);
    clear(&seen);
    return unit;
}

Test(doctor, a_rate_that_would_be_less_than_a_failed_request_is_a_fraction)
{
    /* 1 and 3 of 400 failed: 0.25 % and 0.75 %, or 0.0025 and 0.0075 */
    cr_expect_eq(unit_of(ERROR_RATE_PERCENT, 400, 0.75, 0.25), RATE_FITS);
    cr_expect_eq(unit_of(ERROR_RATE_PERCENT, 400, 0.0075, 0.0025), RATE_IS_FRACTION);
    cr_expect_eq(unit_of(ERROR_RATE_PERCENT, 400, 7, 0.0025), RATE_FITS);
}

Test(doctor, without_requests_or_errors_nothing_is_said_of_the_unit)
{
    const struct metrics_seen nothing = {.now_ms = NOW};
    cr_expect_eq(judge_rate_unit(ERROR_RATE_PERCENT, &nothing), RATE_UNSEEN);
    cr_expect_eq(judge_rate_unit(ERROR_RATE_FRACTION, &nothing), RATE_UNSEEN);
    cr_expect_eq(unit_of(ERROR_RATE_PERCENT, 400, 0, 0), RATE_UNSEEN);
    cr_expect_eq(unit_of(ERROR_RATE_PERCENT, 0, 0.01, 0.02), RATE_UNSEEN);
}

Test(doctor, fractions_above_one_are_percentages)
{
    struct metrics_seen seen = {.now_ms = NOW};
    seen.points[METRIC_ERROR_RATE] = steadily(30, WHEN_MINUTE);
    cr_expect_eq(judge_rate_unit(ERROR_RATE_FRACTION, &seen), RATE_FITS);
    seen.refused[METRIC_ERROR_RATE] = 1;
    cr_expect_eq(judge_rate_unit(ERROR_RATE_FRACTION, &seen), RATE_IS_PERCENT);
    clear(&seen);
}
