/* celldeck.yaml: what is taken, from where, and with which defaults. */
#include "tests/unit/config_stage.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(config, .init = make_folder, .fini = remove_folder);

Test(config, the_example_of_the_product_loads_with_every_value)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = config_load(EXAMPLE, &error);
    cr_assert(config, "%s", error ? error->message : "");
    cr_expect_str_eq(config->name, "medplum-prod");
    cr_expect_str_eq(config->aws_region, "us-east-1");
    cr_expect_str_eq(config->registry_region, "us-east-1", "default aws.region");
    cr_expect_lt(config->aws_max_usd_per_hour, 0, "no ceiling");
    cr_expect_eq(config->metrics.period_ms, 60 * WHEN_SECOND);
    cr_expect_eq(config->metrics.settle_ms, 15 * WHEN_SECOND);
    cr_assert_eq(config->cells->len, 5);
    cr_expect_str_eq(((struct cell_config *)config->cells->pdata[0])->id, "cell-0-dev");
    const struct cell_config *east = config_cell(config, "cell-1-us-east");
    cr_assert(east);
    cr_expect_eq(east->class, CLASS_DEDICATED);
    cr_expect_eq(east->max_patients, 100000);
    cr_expect_str_eq(east->backups[0], "cell-1-dr");
    cr_expect_str_eq(east->dns_name, "cell1.example.com", "default the endpoint's host");
    cr_expect_float_eq(east->sla_pct, 99.99, 1e-9);
    cr_expect_float_eq(east->cost_per_month, 673, 1e-9);
    cr_expect_lt(east->rpo_ms, 0, "not given");
    cr_expect(east->rollback_window_open);
    const struct cell_config *dr = config_cell(config, "cell-1-dr");
    cr_expect_str_eq(dr->stands_by_for, "cell-1-us-east");
    cr_expect_eq(dr->rpo_ms, 5 * WHEN_MINUTE);
    cr_expect_eq(dr->max_users, 10000, "its primary's");
    cr_expect_lt(dr->cost_per_month, 0);
    cr_expect(!config_cell(config, "cell-9"));
    cr_expect_str_eq(config->failover.record, "{subdomain}.example.com");
    cr_expect_eq(config->failover.ttl_ms, 60 * WHEN_SECOND, "a bare number is seconds");
    cr_expect_str_eq(config->failover.check_url, "https://{record}/healthcheck");
    cr_expect_null(config->failover.resolver, "the machine's own");
    cr_expect_str_eq(config->journal_host, "bastion-1");
    cr_expect_eq(config->lease_ms, 30 * WHEN_SECOND);
}

Test(config, the_example_says_how_a_release_goes_over_the_fleet)
{
    OWN(config) config = config_load(EXAMPLE, NULL);
    cr_assert(config);
    cr_expect_eq(config->deploy.driver, DRIVER_ECS);
    cr_expect_str_eq(config->deploy.ecs_cluster, "{cell}");
    cr_assert_eq(config->deploy.ecs_services->len, 2);
    const struct ecs_service_config *web = config->deploy.ecs_services->pdata[1];
    cr_expect_str_eq(web->service, "web");
    cr_expect_str_eq(web->image, "medplum/medplum-app:{version}");
    cr_assert_eq(config->waves->len, 3);
    const struct wave_config *dev = config->waves->pdata[0], *last = config->waves->pdata[2];
    cr_expect(dev->has_class && dev->class == CLASS_DEV);
    cr_expect_eq(dev->bake_ms, 24 * WHEN_HOUR);
    cr_expect_eq(dev->max_in_flight, 1);
    cr_expect_eq(dev->approvals, 0);
    cr_expect(!dev->window);
    cr_expect_eq(last->approvals, 1);
    cr_expect(last->approver_not_requester);
    cr_expect_eq(last->approval_expires_ms, 24 * WHEN_HOUR);
    cr_expect_str_eq(last->window, "Mon-Thu 09:00-16:00 America/New_York");
    cr_expect_str_eq(config->releases.migrations[0], "packages/server/src/migrations/**");
    cr_expect_str_eq(config->gates.alarm_prefixes[0], "{cell}");
    cr_expect_float_eq(config->gates.max_error_rate_pct, 5, 1e-9);
}

Test(config, every_other_key_of_the_product_is_taken)
{
    OWN(config)
    config = load_good(
        "name: x\naws: {region: eu-west-1, max_usd_per_hour: 0.5}\ncells:\n"
        "  a: {class: shared, residency: EU, endpoint: 'http://h:1/x/', dns_name: lb.example.com,\n"
        "      max_users: 1, max_patients: 1, account: 123456789012,\n"
        "      role_arn: 'arn:aws:iam::123456789012:role/celldeck', rollback_window: closed,\n"
        "      labels: {team: blue, tier: 1}}\n"
        "metrics: {period: 1s, settle: 2s, error_rate_unit: fraction}\n"
        "releases: {repo: sub/medplum.git, no_skip: minor}\n"
        "deploy: {driver: exec, git: {repo: r, branch: b, file: 'cells/{cell}.yaml', key: k},\n"
        "  exec: {command: [deploy, --cell], current: [current], timeout: 1m},\n"
        "  ecs: {services: {api: 'i:{version}'}, poll: 1s}}\n"
        "waves: [{name: w, cells: [a], bake: 1s, low_traffic: pass, production: true,\n"
        "  on_fail: rollback_all, exclude: [], max_in_flight: 2, max_failed: 1,\n"
        "  approval: {by: 2, expires: 1h}, window: 'Mon,Wed-Fri 22:00-24:00 UTC', order: listed},\n"
        "  {name: blue, labels: {team: blue}, bake: 1s}]\n"
        "freezes: [{from: 2026-12-18, to: '2027-01-03 12:00', zone: Europe/Berlin, reason: x,\n"
        "  waves: [w]}, {from: 2026-11-26, to: 2026-11-26}]\n"
        "gates: {warmup: 0s, min_requests: 0, no_data: fail, deadline: 1m,\n"
        "  limits: {error_rate: 0.5, used: 80%}, alarms: {names: [n], prefixes: [p, q]}}\n"
        "failover: {ttl: 5m, rto: 15m, deadline: 90s, fence: {command: [f, x], timeout: 1m}, promote: {command: "
        "[p]},\n"
        "  check_url: 'https://{record}/healthcheck'}\n"
        "notify: {command: [mail]}\nmove: {command: [m]}\n"
        "journal: {store: dynamodb, table: celldeck-journal, path: state, lease: 10s}\n");
    const struct cell_config *cell = config_cell(config, "a");
    cr_expect_str_eq(cell->region, "eu-west-1", "default aws.region");
    cr_expect_float_eq(config->aws_max_usd_per_hour, 0.5, 1e-9);
    cr_expect_str_eq(cell->dns_name, "lb.example.com");
    cr_expect_str_eq(cell->account, "123456789012");
    cr_expect(!cell->rollback_window_open);
    cr_expect_str_eq(g_hash_table_lookup(cell->labels, "tier"), "1");
    cr_expect_eq(config->metrics.settle_ms, 2 * WHEN_SECOND);
    cr_expect_eq(config->metrics.error_rate_unit, ERROR_RATE_FRACTION);
    cr_expect(config->releases.no_skip_minor);
    cr_expect(g_str_has_prefix(config->releases.repo, folder), "counted from the file's folder");
    cr_expect(g_str_has_prefix(config->journal_path, folder));
    cr_expect_str_eq(config->deploy.exec_command[1], "--cell");
    cr_expect_eq(config->deploy.exec_timeout_ms, WHEN_MINUTE);
    cr_expect_str_eq(config->deploy.git_file, "cells/{cell}.yaml");
    cr_expect_str_eq(config->failover.fence.argv[1], "x");
    cr_expect_eq(config->failover.fence.timeout_ms, WHEN_MINUTE);
    cr_expect_str_eq(config->failover.promote.argv[0], "p");
    cr_expect_eq(config->failover.promote.timeout_ms, 10 * WHEN_MINUTE);
    cr_expect_eq(config->failover.rto_ms, 15 * WHEN_MINUTE);
    cr_expect_eq(config->failover.deadline_ms, 90 * WHEN_SECOND);
    cr_expect_str_eq(config->move.argv[0], "m");
    const struct wave_config *wave = config->waves->pdata[0];
    cr_expect(!wave->has_class && wave->low_traffic_pass && wave->production);
    cr_expect_eq(wave->on_fail, ON_FAIL_ROLLBACK_ALL);
    cr_expect_eq(wave->approval_expires_ms, WHEN_HOUR);
    cr_expect_eq(config->gates.no_data, NO_DATA_FAIL);
    cr_expect_float_eq(config->gates.max_error_rate_pct, 0.5, 1e-9);
    cr_expect_eq(g_strv_length(config->gates.alarm_prefixes), 2);
    cr_expect_eq(config->failover.ttl_ms, 5 * WHEN_MINUTE);
    cr_expect_str_eq(config->notify_command[0], "mail");
    cr_expect_str_eq(config->journal_store, "dynamodb");
}

#define AT(id, region, more)                                                                       \
    "  " id ": {class: shared, residency: US, endpoint: 'http://h/" id "', max_users: 1, "         \
    "max_patients: 1, region: " region more "}\n"
#define ROLE(account, name) ", role_arn: 'arn:aws:iam::" account ":role/" name "'"

Test(config, sources_are_called_after_what_tells_the_ways_to_a_regions_cells_apart)
{
    static const char *const sources[] = {"eu-west-1",
                                          "us-east-1",
                                          "us-east-1 111111111111",
                                          "us-east-1 111111111111",
                                          "us-east-1 222222222222 watch",
                                          "us-east-1 222222222222 a/b",
                                          "us-east-1 333333333333",
                                          "us-west-2"};
    OWN(config)
    config = load_good("name: x\ncells:\n" AT("a", "eu-west-1", ROLE("111111111111", "watch"))
                           AT("b", "us-east-1", "") AT("c", "us-east-1", ROLE("111111111111", "w"))
                               AT("d", "us-east-1", ROLE("111111111111", "w"))
                                   AT("e", "us-east-1", ROLE("222222222222", "watch"))
                                       AT("f", "us-east-1", ROLE("222222222222", "a/b"))
                                           AT("g", "us-east-1", ", account: 333333333333")
                                               AT("h", "us-west-2", ", account: 333333333333"));
    for (guint i = 0; i < config->cells->len; i++)
        cr_expect_str_eq(((const struct cell_config *)config->cells->pdata[i])->source, sources[i]);
}

Test(config, a_shorter_period_settles_in_a_quarter_of_it)
{
    OWN(config) config = load_good(BASE "metrics: {period: 5s}\n");
    cr_expect_eq(config->metrics.settle_ms, 1250);
}

Test(config, the_policy_holds_waves_freezes_gates_and_deploy_and_nothing_else)
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

Test(config, which_way_a_metric_of_ones_own_is_worse_is_of_the_policy)
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

Test(config, a_wave_has_the_file_s_gates_but_for_what_it_says_itself)
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

Test(config, a_gate_s_no_data_is_listed_as_what_it_comes_to)
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

Test(config, metrics_of_ones_own_are_read_and_asked_by_wave)
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

Test(config, the_file_named_first_is_the_one_that_is_read)
{
    g_setenv("CELLDECK_CONFIG", "/from/environment.yaml", TRUE);
    g_autofree char *given = config_find("/given.yaml", NULL);
    cr_expect_str_eq(given, "/given.yaml");
    g_autofree char *environment = config_find(NULL, NULL);
    cr_expect_str_eq(environment, "/from/environment.yaml");
    g_unsetenv("CELLDECK_CONFIG");
    g_autofree char *here = g_get_current_dir();
    cr_assert_eq(g_chdir(folder), 0);
    cr_assert(g_file_set_contents("celldeck.yaml", "", 0, NULL));
    g_autofree char *local = config_find(NULL, NULL);
    cr_expect_str_eq(local, "./celldeck.yaml");
    cr_assert_eq(g_chdir(here), 0);
}

Test(config, where_there_is_no_file_every_place_looked_at_is_told)
{
    g_unsetenv("CELLDECK_CONFIG");
    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
    cr_assert_eq(g_chdir(folder), 0);
    if (g_file_test("/etc/celldeck/celldeck.yaml", G_FILE_TEST_EXISTS))
        cr_skip_test("this machine has an /etc/celldeck/celldeck.yaml");
    g_autoptr(GError) error = NULL;
    cr_expect(!config_find(NULL, &error));
    cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
    const char *const places[] = {"-c", "$CELLDECK_CONFIG", "./celldeck.yaml", folder, "/etc/"};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        cr_expect(strstr(error->message, places[i]), "%s", error->message);
}

Test(config, every_statistic_that_cloudwatch_documents_is_taken_as_it_is_written)
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

static void expect_state(const struct config *config, const char *sub, bool personal)
{
    g_autofree char *expected = g_build_filename(folder, sub, NULL);
    bool told = !personal;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = state_dir(config, &told, &error);
    cr_assert(path, "%s", error ? error->message : "");
    cr_expect_str_eq(path, expected);
    cr_expect_eq(told, personal);
    struct stat info;
    cr_assert_eq(stat(path, &info), 0);
    cr_expect_eq(info.st_mode & 0777, 0700);
    cr_expect_eq(g_rmdir(path), 0);
}

Test(config, the_state_folder_is_the_environments_else_the_files_else_ones_own)
{
    OWN(config) config = load_good(BASE "journal: {path: from-file}\n");
    g_autofree char *from_environment = g_build_filename(folder, "from-environment", NULL);
    g_setenv("CELLDECK_STATE", from_environment, TRUE);
    expect_state(config, "from-environment", false);
    g_unsetenv("CELLDECK_STATE");
    expect_state(config, "from-file", false);
    if (g_file_test("/var/lib/celldeck", G_FILE_TEST_IS_DIR))
        return;
    g_setenv("XDG_STATE_HOME", folder, TRUE);
    OWN(config) plain = load_good(BASE);
    expect_state(plain, "celldeck", true);
}

Test(config, a_state_folder_that_cannot_be_made_is_named)
{
    OWN(config) config = load_good(BASE);
    g_autofree char *below_a_file = g_build_filename(file, "state", NULL);
    g_setenv("CELLDECK_STATE", below_a_file, TRUE);
    bool personal;
    g_autoptr(GError) error = NULL;
    cr_expect(!state_dir(config, &personal, &error));
    cr_assert(error);
    cr_expect(strstr(error->message, below_a_file), "%s", error->message);
}

Test(config, a_shared_journal_is_where_aws_region_says_unless_it_says_so_itself)
{
    OWN(config) alone = load_good(BASE);
    cr_expect(!config_journal_is_shared(alone) && !alone->journal_region);
    OWN(config)
    config = load_good("aws: {region: eu-west-1}\n" BASE
                       "journal: {store: dynamodb, table: celldeck-journal}\n");
    cr_expect(config_journal_is_shared(config));
    cr_expect_str_eq(config->journal_table, "celldeck-journal");
    cr_expect_str_eq(config->journal_region, "eu-west-1");
    OWN(config)
    other = load_good("aws: {region: eu-west-1}\n" BASE
                      "journal: {store: dynamodb, table: celldeck-journal, region: us-west-2}\n");
    cr_expect_str_eq(other->journal_region, "us-west-2");
}

Test(config, network_file_systems_are_told_from_local_ones)
{
    /* NFS, CIFS and FUSE's magic numbers are those of statfs(2)'s manual page. */
    cr_expect_str_eq(network_file_system(0x6969, "nfs4"), "NFS");
    cr_expect_str_eq(network_file_system((gint32)0xff534d42, "cifs"), "CIFS", "sign-extended");
    cr_expect_str_eq(network_file_system(0x65735546, "fuse.sshfs"), "FUSE");
    cr_expect(!network_file_system(0x65735546, "fuse.fuse-overlayfs"));
    cr_expect(!network_file_system(0xef53, "ext4"));
}
