/* What a gate's word is about (rollout/finding.h). */
#include "rollout/finding.h"

#include <criterion/criterion.h>
#include <math.h>

static const struct gates_config policy = {
    .max_error_rate_pct = 5, .max_used_pct = 90, .slo_fast = 14.4, .slo_slow = 6};
static const struct cell_config cell = {.max_users = 1000, .sla_pct = 99.9};

static struct finding found(enum gate gate, enum verdict verdict, const char *code,
                            const char *evidence)
{
    OWN_JSON data = json_loads(evidence, 0, NULL);
    cr_assert_not_null(data);
    const struct rollout_gate said = {.verdict = verdict, .code = (char *)code, .evidence = data};
    return finding_of(NULL, &policy, &cell, false, gate, &said);
}

Test(finding, limits_is_about_the_metric_that_is_beyond_its_own)
{
    struct finding users = found(GATE_LIMITS, VERDICT_FAIL, "used capacity",
                                 "[{\"metric\": \"cell_health_status\", \"value\": 1},"
                                 " {\"metric\": \"cell_error_rate\", \"value\": 0.4},"
                                 " {\"metric\": \"cell_active_users\", \"value\": 950}]");
    cr_expect_eq(users.metric, METRIC_ACTIVE_USERS);
    cr_expect_float_eq(users.limit, 900, 1e-9);
    cr_expect_not(users.below);
    struct finding health = found(GATE_LIMITS, VERDICT_FAIL, "health",
                                  "[{\"metric\": \"cell_health_status\", \"value\": 0}]");
    cr_expect_eq(health.metric, METRIC_HEALTH);
    cr_expect(health.below);
    struct finding none = found(GATE_LIMITS, VERDICT_PASS, "ok", "[]");
    cr_expect_eq(none.metric, METRIC_ERROR_RATE);
    cr_expect_float_eq(none.limit, 5, 1e-9);
}

Test(finding, regression_is_about_the_metric_that_has_its_verdict)
{
    static const char evidence[] =
        "[{\"metric\": \"cell_error_rate\", \"verdict\": \"PASS\", \"expected\": 26,"
        "  \"requests\": 13000},"
        " {\"metric\": \"cell_cpu_utilization\", \"verdict\": \"FAIL\", \"expected\": 41}]";
    struct finding cpu = found(GATE_REGRESSION, VERDICT_FAIL, "regression", evidence);
    cr_expect_eq(cpu.metric, METRIC_CPU);
    cr_expect_float_eq(cpu.expected, 41, 1e-9);
    struct finding errors = found(GATE_REGRESSION, VERDICT_PASS, "ok", evidence);
    cr_expect_eq(errors.metric, METRIC_ERROR_RATE);
    cr_expect_float_eq(errors.expected, 0.2, 1e-9, "of events, their share of the requests");
    cr_expect(isnan(errors.limit));
}

Test(finding, slo_shows_the_error_rate_that_the_alert_allows)
{
    struct finding slow = found(GATE_SLO, VERDICT_FAIL, "budget",
                                "[{\"metric\": \"cell_error_rate\", \"value\": 9, \"limit\": 14.4},"
                                " {\"metric\": \"cell_error_rate\", \"value\": 7, \"limit\": 6}]");
    cr_expect_float_eq(slow.limit, 0.6, 1e-9);
    cr_expect_float_eq(found(GATE_SLO, VERDICT_PASS, "ok", "[]").limit, 1.44, 1e-9);
}

Test(finding, what_asks_no_metric_and_a_metric_of_another_name_have_none)
{
    cr_expect_eq(found(GATE_PROBE, VERDICT_FAIL, "probe", "[]").metric, METRIC_COUNT);
    cr_expect_eq(found(GATE_ALARMS, VERDICT_PASS, "ok", "[]").metric, METRIC_COUNT);
    cr_expect_eq(found(GATE_REGRESSION, VERDICT_FAIL, "regression",
                       "[{\"metric\": \"queue_length\", \"verdict\": \"FAIL\"}]")
                     .metric,
                 METRIC_COUNT);
}

Test(finding, traffic_shows_what_was_expected_of_each_period)
{
    static const char evidence[] =
        "[{\"metric\": \"cell_request_count\", \"value\": 60},"
        " {\"metric\": \"cell_request_count\", \"value\": 216, \"periods\": 3,"
        "  \"expected\": 210, \"least\": 55}]";
    struct finding usual = found(GATE_TRAFFIC, VERDICT_PASS, "ok", evidence);
    cr_expect_eq(usual.metric, METRIC_REQUESTS);
    cr_expect_float_eq(usual.expected, 70, 1e-9);
    cr_expect(isnan(found(GATE_TRAFFIC, VERDICT_PASS, "ok", "[]").expected), "nothing was");
}

Test(finding, data_is_about_the_metric_that_fell_silent)
{
    static const char evidence[] = "[{\"metric\": \"cell_health_status\", \"value\": 1},"
                                   " {\"metric\": \"cell_error_rate\", \"value\": 0.1}]";
    cr_expect_eq(found(GATE_DATA, VERDICT_HOLD, "no data", evidence).metric, METRIC_ERROR_RATE);
    cr_expect_eq(found(GATE_DATA, VERDICT_PASS, "ok", evidence).metric, METRIC_HEALTH);
}
