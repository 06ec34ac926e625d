/* What gates a wave has, with which metrics, and what of a file is of the policy. */
#include "tests/unit/config_stage.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(config_policy, .init = make_folder, .fini = remove_folder);

Test(config_policy, the_policy_holds_waves_freezes_gates_and_deploy_and_nothing_else)
{
    OWN(config) config = config_load(EXAMPLE, NULL);
    cr_assert(config);
    OWN_JSON policy = config_policy_json(config);
    cr_expect_eq(json_object_size(policy), 4);
    json_t *wave = json_array_get(json_object_get(policy, "waves"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(wave, "name")), "mid-size");
    cr_expect_str_eq(json_string_value(json_object_get(wave, "bake")), "3d");
    json_t *ecs = json_object_get(json_object_get(policy, "deploy"), "ecs");
    json_t *services = json_object_get(ecs, "services");
    cr_expect_str_eq(json_string_value(json_object_get(services, "api")),
                     "medplum/medplum-server:{version}");
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(policy, "gates"), "warmup")),
                     "3m");
}

Test(config_policy, which_way_a_metric_of_ones_own_is_worse_is_of_the_policy)
{
    const char *const directions[] = {"increase", "decrease"};
    json_t *policies[2];
    for (size_t i = 0; i < G_N_ELEMENTS(directions); i++) {
        g_autofree char *yaml =
            g_strdup_printf(BASE "metrics: {own: {logins: {direction: %s}}}\n", directions[i]);
        OWN(config) config = load_good(yaml);
        policies[i] = config_policy_json(config);
    }
    cr_expect(!json_equal(policies[0], policies[1]));
    json_decref(policies[0]);
    json_decref(policies[1]);
}

static json_t *setting(const struct config *config, guint wave, const char *key)
{
    OWN_JSON settings = config_gate_settings(config, config->waves->pdata[wave]);
    size_t i;
    json_t *one;
    json_array_foreach (settings, i, one)
        if (strcmp(json_string_value(json_object_get(one, "key")), key) == 0)
            return json_incref(one);
    return NULL;
}

static void expect_setting(const struct config *config, guint wave, const char *key,
                           const char *text, int line)
{
    OWN_JSON one = setting(config, wave, key);
    cr_assert(one, "%s", key);
    cr_expect_str_eq(json_string_value(json_object_get(one, "text")), text, "%s", key);
    cr_expect_eq(json_integer_value(json_object_get(one, "line")), line, "%s", key);
}

Test(config_policy, a_wave_has_the_file_s_gates_but_for_what_it_says_itself)
{
    OWN(config)
    config = load_good("name: x\naws: {region: us-east-1}\n"
                       "cells: {a: {class: dev, residency: US, endpoint: 'https://a.example.com',\n"
                       "    max_users: 1, max_patients: 1}}\n"
                       "waves:\n"
                       "  - {name: strict, cells: [a], bake: 1h}\n"
                       "  - name: lax\n"
                       "    cells: [a]\n"
                       "    bake: 1h\n"
                       "    gates:\n"
                       "      off: [regression]\n"
                       "      limits: {error_rate: 9%}\n"
                       "gates:\n"
                       "  deadline: 1h\n"
                       "  limits: {used: 80%}\n");
    const struct wave_config *strict = config->waves->pdata[0], *lax = config->waves->pdata[1];
    cr_expect_null(config_own_gates(config, strict));
    cr_expect_eq(config_own_gates(config, lax), &lax->gates);
    cr_expect(gates_config_off(&lax->gates, "regression"));
    cr_expect(!gates_config_off(&strict->gates, "regression"));
    expect_setting(config, 0, "limits.error_rate", "5%", 0);
    expect_setting(config, 1, "limits.error_rate", "9%", 12);
    expect_setting(config, 1, "limits.used", "80%", 15);
    expect_setting(config, 1, "deadline", "1h", 14);
    expect_setting(config, 1, "off", "regression", 11);
    expect_setting(config, 1, "warmup", "3m", 0);
    cr_expect_eq(config_gates_of(config, config->cells->pdata[0]), &strict->gates);
}

Test(config_policy, a_gate_s_no_data_is_listed_as_what_it_comes_to)
{
    OWN(config)
    config = load_good("name: x\naws: {region: us-east-1}\n"
                       "cells: {a: {class: dev, residency: US, endpoint: 'https://a.example.com',\n"
                       "    max_users: 1, max_patients: 1}}\n"
                       "waves:\n"
                       "  - {name: dev, cells: [a], bake: 1h}\n"
                       "gates:\n"
                       "  no_data: ignore\n"
                       "  traffic: {no_data: fail}\n");
    expect_setting(config, 0, "alarms.no_data", "ignore, as no_data", 0);
    expect_setting(config, 0, "traffic.no_data", "fail", 9);
    expect_setting(config, 0, "probe.no_data", "hold", 0);
    expect_setting(config, 0, "data.no_data", "hold", 0);
}

Test(config_policy, metrics_of_ones_own_are_read_and_asked_by_wave)
{
    OWN(config)
    config = load_good("name: x\naws: {region: us-east-1}\n"
                       "metrics:\n"
                       "  own:\n"
                       "    queue_depth: {unit: jobs, stat: Maximum, no_data: ignore}\n"
                       "    throughput: {direction: decrease, min_change: 2.5}\n"
                       "cells: {a: {class: dev, residency: US, endpoint: 'https://a.example.com',\n"
                       "    max_users: 1, max_patients: 1, labels: {team: blue}}}\n"
                       "waves:\n"
                       "  - {name: w, cells: [a], bake: 1h}\n"
                       "  - {name: v, cells: [a], bake: 1h, gates: {limits: {own: {}},\n"
                       "     controls: {cells: [a]}}}\n"
                       "gates:\n"
                       "  limits: {own: {queue_depth: 500, throughput: 0.5}}\n"
                       "  regression: {metrics: [error_rate, throughput]}\n"
                       "  controls: {class: [shared, dev], labels: {team: blue}}\n"
                       "  no_data: fail\n"
                       "  alarms: {no_data: hold}\n");
    const struct own_metric *queue = config->metrics.own->pdata[0],
                            *throughput = config->metrics.own->pdata[1];
    cr_expect_str_eq(queue->unit, "jobs");
    cr_expect_str_eq(queue->stat, "Maximum");
    cr_expect_eq(queue->no_data, NO_DATA_IGNORE);
    cr_expect(!queue->falls && throughput->falls);
    cr_expect_str_eq(throughput->unit, "");
    cr_expect_str_eq(throughput->stat, "Average");
    cr_expect_float_eq(throughput->min_change, 2.5, 0);
    cr_expect_eq(config_own_metric(config, "throughput"), 1);
    expect_setting(config, 0, "limits.own", "queue_depth: 500, throughput: 0.5", 14);
    expect_setting(config, 0, "controls.class", "shared, dev", 16);
    expect_setting(config, 0, "controls.labels", "team: blue", 16);
    expect_setting(config, 1, "limits.own", "", 11);
    expect_setting(config, 1, "controls.cells", "a", 12);
    expect_setting(config, 0, "alarms.no_data", "hold", 18);
    expect_setting(config, 0, "probe.no_data", "fail, as no_data", 0);
    const struct wave_config *wave = config->waves->pdata[0];
    cr_expect_eq(gates_config_no_data(&wave->gates, wave->gates.alarms_no_data), NO_DATA_HOLD);
    cr_expect_eq(gates_config_no_data(&wave->gates, wave->gates.probe_no_data), NO_DATA_FAIL);
}

Test(config_policy, every_statistic_that_cloudwatch_documents_is_taken_as_it_is_written)
{
    static const char *const stats[] = {
        "Average",
        "Sum",
        "Minimum",
        "Maximum",
        "SampleCount",
        "p0",
        "p95",
        "p99.9",
        "p100",
        "p99.0123456789",
        "p100.0",
        "tm99",
        "wm98",
        "tc90",
        "ts90.5",
        "IQM",
        "TM(2%:98%)",
        "TM(150:1000)",
        "TM(25%:)",
        "WM(10%:90%)",
        "TS(80%:)",
        "TC(:0.030)",
        "TC(0.005:0.030)",
        "PR(:300)",
        "PR(100:2000)",
        "TM(:100%)",
        "PR(2000.5:)",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(stats); i++) {
        g_autofree char *text =
            g_strdup_printf(BASE "metrics: {own: {latency_ms: {stat: %s}}}\n", stats[i]);
        OWN(config) config = load_good(text);
        const struct own_metric *own = config->metrics.own->pdata[0];
        cr_expect_str_eq(own->stat, stats[i]);
    }
}
