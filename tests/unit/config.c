/* celldeck.yaml: what is taken, from where, and with which defaults. */
#include "tests/unit/config_stage.h"

#include "data/base/when.h"

#include <criterion/criterion.h>

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
