#include "data/config.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* product.md's own example, with gates spelled out. */
#define EXAMPLE "tests/unit/config/product.yaml"

static char *folder, *file;

static void make_folder(void)
{
    folder = g_dir_make_tmp("celldeck-config-XXXXXX", NULL);
    file = g_build_filename(folder, "celldeck.yaml", NULL);
}

static void remove_folder(void)
{
    g_unlink(file);
    cr_expect_eq(g_rmdir(folder), 0);
    g_free(file);
    g_free(folder);
}

static struct config *load_bytes(const char *text, gssize length, GError **error)
{
    g_unlink(file);
    cr_assert(g_file_set_contents(file, text, length, NULL));
    return config_load(file, error);
}

static struct config *load_good(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct config *config = load_bytes(text, -1, &error);
    cr_assert(config, "%s", error ? error->message : "");
    return config;
}

/* The message of a refusal, without the folder's name. Caller frees. */
static char *refusal(const char *text, gssize length)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = load_bytes(text, length, &error);
    cr_assert(!config, "loaded: %s", text);
    cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
    GString *message = g_string_new(error->message);
    g_autofree char *with_slash = g_strconcat(folder, "/", NULL);
    g_string_replace(message, with_slash, "", 0);
    return g_string_free(message, FALSE);
}

TestSuite(config, .init = make_folder, .fini = remove_folder);

#define CELL                                                                                       \
    "{class: dev, region: us-east-1, residency: US, endpoint: 'http://h:1/x', max_users: 1, "      \
    "max_patients: 1}\n"
/* Three lines; what a case adds begins in line 4. */
#define BASE "name: x\ncells:\n  a: " CELL

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
        "failover: {ttl: 5m, fence: {command: [f]}, promote: {command: [p]},\n"
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

/* What the refusal must say: where, and in words that it must have. */
struct bad {
    const char *text, *place, *words;
};

static const struct bad bad_files[] = {
    {BASE "aws: {regoin: us-east-1}\n", ":4:7:", "'regoin'|did you mean 'region'"},
    {BASE "colour: red\n", ":4:1:", "'colour'|expected one of|waves"},
    {BASE "name: y\n", ":4:1:", "'name'|twice|line 1"},
    {BASE "gates: [1]\n", ":4:1:", "a list|expected a mapping"},
    {BASE "waves: {a: b}\n", ":4:1:", "a mapping|expected a list"},
    {BASE "waves: [x]\n", ":4:9:", "a text|expected a mapping"},
    {BASE "waves: [{name: w, class: dev, bake: 0s}]\n", ":4:37:", "'0s'|duration|more than 0"},
    {BASE "waves: [{name: w, class: dev, bake: 24}]\n", ":4:37:", "'24'|24h"},
    {BASE "waves: [{name: w, class: dev, bake: 106751991167d}]\n",
     ":4:37:", "'106751991167d'|duration|at most 3650d"},
    {BASE "waves: [{name: w, class: dev, bake: [1h]}]\n", ":4:38:", "a list|duration"},
    {BASE "waves:\n- name: w\n  class: dev\n", ":5:3:", "'bake' is missing"},
    {BASE "waves: [{name: w, class: devv, bake: 1h}]\n", ":4:26:", "'devv'|did you mean 'dev'"},
    {BASE "waves: [{name: w, class: shared, bake: 1h}]\n", ":4:26:", "no cells|shared"},
    {BASE "waves: [{name: w, bake: 1h}]\n", ":4:16:", "neither class, labels nor cells"},
    {BASE "waves: [{name: w, class: dev, cells: [a], bake: 1h}]\n", ":4:16:", "as well as"},
    {BASE "waves: [{name: w, cells: [b], bake: 1h}]\n", ":4:27:", "no cell 'b'"},
    {BASE "waves: [{name: w, class: dev, exclude: [a], bake: 1h}]\n", ":4:26:", "no cells"},
    {BASE "waves: [{name: w, class: dev, bake: 1h}, {name: w, class: dev, bake: 1h}]\n",
     ":4:49:", "two waves|'w'"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, max_in_flight: 0}]\n", ":4:56:", "more than 0"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, max_failed: -1}]\n", ":4:53:", "whole number"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, window: whenever}]\n", ":4:49:", "window|Mon"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, window: Mon 09:00-16:00 America/New_Yorc}]\n",
     ":4:49:", "window|time zone"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, window: Mon 09:00-09:00 UTC}]\n",
     ":4:49:", "same minute"},
    {BASE "waves: [{name: w, class: dev, labels: {ring: 0}, bake: 1h}]\n",
     ":4:26:", "no cells|of class dev with all these labels"},
    {BASE "waves: [{name: w, labels: {ring: 0}, cells: [a], bake: 1h}]\n",
     ":4:16:", "cells as well as class or labels"},
    {BASE "freezes: [{from: 2026-02-30, to: 2026-03-01}]\n", ":4:18:", "from|day that there is"},
    {BASE "freezes: [{from: 2026-12-18, to: 2026-12-17}]\n", ":4:34:", "not after 2026-12-18"},
    {BASE "freezes: [{from: 2026-12-18, to: 2026-12-19, waves: [nope]}]\n",
     ":4:54:", "no wave 'nope'"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, production: 'true'}]\n",
     ":4:53:", "true or false"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, approval: {not_requester: true}}]\n",
     ":4:67:", "by: 1"},
    {BASE "metrics: {period: 45s}\n", ":4:19:", "CloudWatch|45s|whole minutes"},
    {BASE "metrics: {error_rate_unit: permille}\n", ":4:28:", "percent, fraction"},
    {BASE "gates: {no_data: pass}\n", ":4:18:", "hold, fail, ignore"},
    {BASE "gates: {limits: {used: 120%}}\n", ":4:24:", "'120%'|from 0 to 100"},
    {BASE "gates: {limits: {used: nan}}\n", ":4:24:", "'nan'|percentage"},
    {BASE "gates: {min_requests: 1e3}\n", ":4:23:", "'1e3'|whole number"},
    {BASE "gates: {min_requests: 99999999999999999999}\n", ":4:23:", "whole number"},
    {BASE "gates: {warmup:}\n", ":4:9:", "nothing|duration"},
    {BASE "deploy: {}\n", ":4:1:", "'driver' is missing"},
    {BASE "deploy: {driver: ecs}\n", ":4:18:", "deploy.ecs"},
    {BASE "deploy: {driver: ecs, ecs: {services: {}}}\n", ":4:18:", "deploy.ecs"},
    {BASE "deploy: {driver: exec}\n", ":4:18:", "deploy.exec"},
    {BASE "deploy: {driver: ecs, ecs: {services: {api: 'image:latest'}}}\n",
     ":4:45:", "'image:latest'|{version}"},
    {BASE "  b: " CELL "deploy: {driver: ecs, ecs: {cluster: one, services: {s: 'i:{version}'}}}\n",
     ":5:38:", "'a' and 'b'|{cell}"},
    {BASE "deploy: {driver: git, git: {repo: r, file: cells.yaml}}\n", ":4:44:", "{cell}"},
    {BASE "notify: {sns_topic: ops}\n", ":4:21:", "ARN"},
    {BASE "notify: {heartbeat: {namespace: AWS/ECS}}\n", ":4:33:", "not begin with AWS/"},
    {BASE "notify: {heartbeat: {every: 60s}}\n", ":4:10:", "'namespace' is missing"},
    {BASE "journal: {store: postgres}\n", ":4:18:", "sqlite or dynamodb"},
    {BASE "journal: {store: dynamodb}\n", ":4:18:", "no table|journal.table"},
    {BASE "journal: {table: deeds}\n", ":4:18:", "on this host alone|store: dynamodb"},
    {BASE "journal: {region: us-east-1}\n", ":4:19:", "no table anywhere|store: dynamodb"},
    {BASE "journal: {store: dynamodb, table: deeds, host: bastion-1}\n",
     ":4:48:", "several hosts|either journal.host or store: dynamodb"},
    {BASE "aws: {max_usd_per_hour: 0}\n", ":4:25:", "max_usd_per_hour|a number"},
    {BASE "aws: {region: Frankfurt}\n", ":4:15:", "us-east-1"},
    {BASE "  b: {class: shared, endpoint: 'http://h'}\n",
     ":4:3:", "'residency' is missing|'max_users' is missing|no region"},
    {BASE "  b: " CELL "  b: " CELL, ":5:3:", "'b'|twice|line 4"},
    {BASE "  ../b: " CELL, ":4:3:", "'../b'|letters"},
    {BASE "  b:\n", ":4:3:", "nothing|mapping"},
    {"name: x\ncells: {}\n", ":2:1:", "none|at least one"},
    {"name: x\n", ":1:1:", "'cells' is missing"},
    {"cells:\n  a: " CELL, ":1:1:", "'name' is missing"},
    {"name:\ncells:\n  a: " CELL, ":1:1:", "name: nothing"},
    {"- a\n", ":1:3:", "a list|expected a mapping"},
    {"just text\n", ":1:1:", "a text|expected a mapping"},
    {"", ":1:1:", "nothing"},
    {"# only this\n\n", ":1:1:", "nothing"},
    {"name: [1\n", ":2:1:", "not YAML"},
    {"a: 1\n b: 2\n", ":1:4:", "not YAML"},
    {BASE "? [a]\n: b\n", ":4:4:", "key|a list"},
    {BASE "---\nname: y\n", ":5:1:", "second YAML document"},
    {BASE "gates: {warmup: &w 3m, deadline: *w}\n", ":4:34:", "alias"},
    {BASE "notify: {command: [\"a\\0b\"]}\n", ":4:20:", "NUL"},
};

static const char cell_start[] =
    "name: x\ncells:\n  a: " CELL "  b: {residency: US, region: us-east-1, ";

static const struct bad bad_cells[] = {
    {"class: big, ", ":4:48:", "'big'|dev, shared, dedicated, dr"},
    {"class: dev, max_users: 0, ", ":4:64:", "max_users|more than 0"},
    {"class: dev, max_users: ten, ", ":4:64:", "'ten'|whole number"},
    {"class: dev, backups: [a, c], ", ":4:66:", "no cell 'c'"},
    {"class: dev, backups: [b], ", ":4:63:", "names itself"},
    {"class: dev, stands_by_for: a, ", ":4:68:", "dr cell only"},
    {"class: dr, stands_by_for: aa, ", ":4:67:", "no cell 'aa'|did you mean 'a'"},
    {"class: dr, stands_by_for: b, ", ":4:67:", "dr cell itself"},
    {"class: dr, ", ":4:3:", "stands by for no cell"},
    {"class: dev, account: 12, ", ":4:62:", "12 digits"},
    {"class: dev, sla: 101%, ", ":4:58:", "from 0 to 100"},
    {"class: dev, cost_per_month: -5, ", ":4:69:", "a number"},
    {"class: dev, labels: [a], ", ":4:62:", "a mapping"},
};

static void expect_refusal(const struct bad *bad, const char *text)
{
    g_autofree char *message = refusal(text, -1);
    g_autofree char *place = g_strconcat("celldeck.yaml", bad->place, " ", NULL);
    cr_expect(strstr(message, place), "%s\nshould be at %s but says:\n%s", text, bad->place,
              message);
    g_auto(GStrv) words = g_strsplit(bad->words, "|", -1);
    for (char **word = words; *word; word++)
        cr_expect(strstr(message, *word), "%s\nshould say %s but says:\n%s", text, *word, message);
}

Test(config, each_fault_is_told_with_its_place_and_what_was_expected)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad_files); i++)
        expect_refusal(&bad_files[i], bad_files[i].text);
}

Test(config, each_fault_of_a_cell_is_told_with_its_place_and_what_was_expected)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad_cells); i++) {
        g_autofree char *text =
            g_strconcat(cell_start, bad_cells[i].text, "endpoint: 'http://h'}\n", NULL);
        expect_refusal(&bad_cells[i], text);
    }
}

Test(config, an_endpoint_is_a_url_that_a_path_can_be_appended_to_and_holds_no_password)
{
    const char *const bad[] = {"ftp://h",        "h.example.com", "https://",    "https://u:p@h",
                               "https://h/?a=b", "https://h/#x",  "https://h h/"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text =
            g_strdup_printf("%sclass: dev, endpoint: '%s'}\n", cell_start, bad[i]);
        const struct bad expected = {NULL, ":4:63:", "endpoint"};
        expect_refusal(&expected, text);
    }
}

Test(config, all_faults_are_told_at_once_in_the_order_of_the_file)
{
    g_autofree char *message =
        refusal("nam: x\ncells:\n  a: {class: dve}\nwaves:\n- {bake: 0s}\n", -1);
    const char *const order[] = {":1:1: 'name' is missing",
                                 ":1:1: unknown key 'nam'",
                                 ":3:3: 'residency'",
                                 ":3:3: 'endpoint'",
                                 ":3:14: class: 'dve'",
                                 ":5:4: 'name'",
                                 ":5:10: bake"};
    const char *from = message;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        const char *at = strstr(from, order[i]);
        cr_assert(at || (at = strstr(message, order[i])), "%s is not in:\n%s", order[i], message);
        cr_expect(i < 2 || at >= from, "%s comes too early in:\n%s", order[i], message);
        from = at;
    }
}

Test(config, the_line_is_shown_with_a_caret_under_the_spot)
{
    g_autofree char *message = refusal(BASE "gates: {warmup: soon}\r\n", -1);
    cr_expect_str_eq(message, "celldeck.yaml:4:17: warmup: 'soon', expected a duration such as "
                              "90s, 15m, 24h or 7d, at most 3650d\n"
                              "    gates: {warmup: soon}\n"
                              "                    ^");
}

Test(config, hostile_text_of_the_file_is_escaped_and_the_caret_still_fits)
{
    g_autofree char *message = refusal(BASE "\"\\e[2J\xe2\x80\xae\": 1 # 東\x7f\n", -1);
    cr_expect(!strpbrk(message, "\x1b\x7f") && !strstr(message, "\xe2\x80\xae"), "%s", message);
    cr_expect(strstr(message, ":4:1: unknown key '\\x1b[2J\\u202e'"), "%s", message);
    g_autofree char *wide = refusal(BASE "gates: {\"東京\": 1, warmup: x}\n", -1);
    cr_expect(strstr(wide, "\n    gates: {\"東京\": 1, warmup: x}\n"
                           "                               ^"),
              "%s", wide);
}

Test(config, a_long_line_is_cut_around_the_spot)
{
    g_autofree char *blanks = g_strnfill(5000, ' ');
    g_autofree char *text = g_strconcat(BASE "gates: {", blanks, "warmup: x,", blanks, "}\n", NULL);
    g_autofree char *message = refusal(text, -1);
    cr_expect_lt(strlen(message), 400);
    cr_expect(strstr(message, ":4:5017:"), "%s", message);
}

Test(config, more_faults_than_anybody_reads_are_counted)
{
    g_autoptr(GString) text = g_string_new(BASE);
    for (int i = 0; i < 70; i++)
        g_string_append_printf(text, "unknown%d: 1\n", i);
    g_autofree char *message = refusal(text->str, -1);
    cr_expect(g_str_has_suffix(message, "... and 20 more"), "%s", message);
}

Test(config, bytes_that_are_no_text_are_refused_with_their_place)
{
    g_autofree char *bad = refusal("name: x\nab\xff: 1\n", -1);
    cr_expect(strstr(bad, ":2:3: byte 0xff is not UTF-8"), "%s", bad);
    g_autofree char *nul = refusal("name: x\0y\n", 10);
    cr_expect(strstr(nul, ":1:8: byte 0x00"), "%s", nul);
}

Test(config, what_is_no_small_file_is_refused_and_named)
{
    g_autofree char *large = g_strnfill(10 * 1024 * 1024, '#');
    g_autofree char *message = refusal(large, -1);
    cr_expect(strstr(message, "larger than 1 MiB"), "%s", message);
    const char *const odd[] = {folder, "/nonexistent/celldeck.yaml", "/dev/zero"};
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect(!config_load(odd[i], &error));
        cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
        cr_expect(strstr(error->message, odd[i]), "%s", error->message);
    }
}

Test(config, bombs_of_aliases_and_of_nesting_are_refused)
{
    g_autoptr(GString) bomb = g_string_new(BASE "notify: &a0 {command: [x]}\n");
    for (int i = 1; i < 40; i++)
        g_string_append_printf(bomb, "k%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1);
    g_autofree char *aliases = refusal(bomb->str, -1);
    cr_expect(strstr(aliases, "unknown key 'k1'"), "%s", aliases);
    g_autofree char *brackets = g_strnfill(100000, '[');
    g_autofree char *deep = g_strconcat(BASE "notify: {command: ", brackets, NULL);
    g_autofree char *nesting = refusal(deep, -1);
    cr_expect(strstr(nesting, "not YAML"), "%s", nesting);
}

/* Either a configuration or a refusal, and the sanitizers have nothing to say. */
static void expect_an_answer(void)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = config_load(file, &error);
    cr_assert((config != NULL) != (error != NULL));
}

Test(config, the_example_cut_off_at_any_byte_gives_an_answer)
{
    g_autofree char *text = NULL;
    gsize length;
    cr_assert(g_file_get_contents(EXAMPLE, &text, &length, NULL));
    cr_assert(g_file_set_contents(file, text, (gssize)length, NULL));
    for (gsize cut = length; cut-- > 0;) {
        cr_assert_eq(truncate(file, (off_t)cut), 0);
        expect_an_answer();
    }
}

Test(config, the_example_with_any_byte_changed_gives_an_answer)
{
    static const char changes[] = "\n{}[]:,*&'\"%-#\xff\t ";
    g_autofree char *text = NULL;
    gsize length;
    cr_assert(g_file_get_contents(EXAMPLE, &text, &length, NULL));
    cr_assert(g_file_set_contents(file, text, (gssize)length, NULL));
    int fd = open(file, O_WRONLY | O_CLOEXEC, 0);
    for (gsize i = 0; i < length; i++) {
        cr_assert_eq(pwrite(fd, &changes[i % (sizeof changes - 1)], 1, (off_t)i), 1);
        expect_an_answer();
        cr_assert_eq(pwrite(fd, &text[i], 1, (off_t)i), 1);
    }
    close(fd);
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
