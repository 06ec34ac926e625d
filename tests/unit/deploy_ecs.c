#include "data/base/when.h"
#include "data/sim/http.h"
#include "data/sim/scenario.h"
#include "tests/unit/deploy_bench.h"

#include <criterion/criterion.h>
#include <string.h>

/* The simulator in this very process and loop, and a deployer that talks to it over the wire. */
struct cloud_bench {
    struct bench bench;
    struct sim_world *world;
    struct sim_faults *faults;
    struct sim_cloud *cloud;
    struct sim_server server;
    struct sim_http *http;
    struct aws_client *client;
};

static const char deploy[] =
    "deploy:\n  driver: ecs\n  ecs:\n    cluster: \"{cell}\"\n    poll: 1s\n    services:\n"
    "      api: \"medplum/medplum-server:{version}\"\n"
    "      web: \"medplum/medplum-app:{version}\"\n";

static void cloud_open_as(struct cloud_bench *all, const char *config)
{
    *all = (struct cloud_bench){.world = NULL};
    g_autoptr(GError) error = NULL;
    OWN_JSON scenario = sim_scenario_load(NULL, &error);
    cr_assert(scenario != NULL, "%s", error ? error->message : "");
    json_object_set_new(scenario, "deploy_time", json_string("200ms"));
    /* The bench's only cell goes by a shorter name than the built-in fleet's. */
    json_t *cells = json_object_get(scenario, "cells");
    json_t *cell = json_deep_copy(json_object_get(cells, "cell-2-us-west"));
    json_object_clear(cells);
    json_object_clear(json_object_get(scenario, "tenants"));
    json_object_set_new(cells, "cell-2", cell);
    gint64 now_ms = when_now_ms();
    all->world = sim_world_new(scenario, now_ms, &error);
    all->faults = sim_faults_new(json_object_get(scenario, "faults"), now_ms, &error);
    cr_assert(all->world && all->faults, "%s", error ? error->message : "");
    all->cloud = sim_cloud_new(all->world, all->faults, now_ms);
    all->server = (struct sim_server){.cloud = all->cloud, .calls = json_array()};
    all->http = sim_http_new(&all->server, 0, &error);
    cr_assert(all->http != NULL, "%s", error ? error->message : "");
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u", sim_http_port(all->http));
    g_setenv("AWS_ENDPOINT_URL", url, TRUE);
    g_setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", TRUE);
    g_setenv("AWS_SECRET_ACCESS_KEY", "secret", TRUE);
    g_setenv("AWS_EC2_METADATA_DISABLED", "true", TRUE);
    all->client = aws_client_new(NULL, "us-west-2");
    bench_open(&all->bench, config, all->client);
}

static void cloud_open(struct cloud_bench *all)
{
    cloud_open_as(all, deploy);
}

static void cloud_close(struct cloud_bench *all)
{
    bench_close(&all->bench);
    aws_client_free(all->client);
    sim_http_free(all->http);
    json_decref(all->server.calls);
    sim_cloud_free(all->cloud);
    sim_faults_free(all->faults);
    sim_world_free(all->world);
}

/* How often `action` was asked for and answered with 200. */
static int calls_of(const struct cloud_bench *all, const char *action)
{
    int n = 0;
    for (size_t i = 0; i < json_array_size(all->server.calls); i++) {
        const json_t *call = json_array_get(all->server.calls, i);
        const char *asked = json_string_value(json_object_get(call, "action"));
        n += g_strcmp0(asked, action) == 0 &&
             json_integer_value(json_object_get(call, "status")) == 200;
    }
    return n;
}

static void add_fault(struct cloud_bench *all, const char *fault)
{
    OWN_JSON json = json_loads(fault, 0, NULL);
    g_autoptr(GError) error = NULL;
    cr_assert(sim_faults_add(all->faults, json, when_now_ms(), &error), "%s",
              error ? error->message : "");
}

static void expect_runs(const struct cloud_bench *all, const char *version)
{
    struct reply runs = bench_current(&all->bench);
    cr_assert(runs.error == NULL, "%s", runs.error);
    cr_expect_str_eq(runs.version, version);
    reply_clear(&runs);
}

Test(deploy_ecs, a_deploy_is_seen_through_and_a_rollback_returns_to_the_recorded_definitions)
{
    struct cloud_bench all;
    cloud_open(&all);
    struct reply before = bench_current(&all.bench);
    cr_assert(before.error == NULL, "%s", before.error);
    cr_expect_str_eq(before.version, "5.0.2");
    struct reply begun = bench_deploy(&all.bench, "5.0.3", "r1-cell-2");
    cr_assert(begun.error == NULL, "%s", begun.error);
    struct reply done = bench_settle(&all.bench, begun.reference);
    cr_expect_eq(done.progress, DEPLOY_DONE, "%s", done.note);
    struct reply after = bench_current(&all.bench);
    cr_expect_str_eq(after.version, "5.0.3");
    cr_expect_str_eq(after.reference, done.reference);
    cr_expect_str_neq(after.reference, before.reference);

    struct reply back = bench_rollback(&all.bench, before.reference, "5.0.2", "r1-back");
    cr_assert(back.error == NULL, "%s", back.error);
    struct reply gone_back = bench_settle(&all.bench, back.reference);
    cr_expect_eq(gone_back.progress, DEPLOY_DONE, "%s", gone_back.note);
    cr_expect_str_eq(gone_back.reference, before.reference);
    expect_runs(&all, "5.0.2");
    struct reply *replies[] = {&before, &begun, &done, &after, &back, &gone_back};
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++)
        reply_clear(replies[i]);
    cloud_close(&all);
}

Test(deploy_ecs, the_same_token_registers_and_deploys_once)
{
    struct cloud_bench all;
    cloud_open(&all);
    struct reply first = bench_deploy(&all.bench, "5.0.3", "t");
    struct reply again = bench_deploy(&all.bench, "5.0.3", "t");
    cr_assert(first.error == NULL && again.error == NULL, "%s", first.error);
    cr_expect_str_eq(again.reference, first.reference);
    struct reply done = bench_settle(&all.bench, first.reference);
    struct reply after = bench_deploy(&all.bench, "5.0.3", "t");
    cr_expect_str_eq(after.reference, first.reference);
    cr_expect_eq(calls_of(&all, "RegisterTaskDefinition"), 2);
    cr_expect_eq(calls_of(&all, "UpdateService"), 2);
    struct reply *replies[] = {&first, &again, &done, &after};
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++)
        reply_clear(replies[i]);
    cloud_close(&all);
}

Test(deploy_ecs, the_circuit_breakers_rollback_is_a_failure_and_not_deployed_again)
{
    struct cloud_bench all;
    cloud_open(&all);
    struct reply before = bench_current(&all.bench);
    struct reply begun = bench_deploy(&all.bench, "6.6.6", "t"); /* an image that is not there */
    cr_assert(begun.error == NULL, "%s", begun.error);
    struct reply failed = bench_settle(&all.bench, begun.reference);
    cr_expect_eq(failed.progress, DEPLOY_FAILED, "%s", failed.note);
    /* As a successor would that lost the first answer. */
    struct reply again = bench_deploy(&all.bench, "6.6.6", "t");
    cr_assert(again.error == NULL, "%s", again.error);
    struct reply still = bench_progress(&all.bench, again.reference);
    cr_expect_eq(still.progress, DEPLOY_FAILED, "%s", still.note);
    cr_expect_eq(calls_of(&all, "RegisterTaskDefinition"), 2);
    cr_expect_eq(calls_of(&all, "UpdateService"), 2);

    struct reply back = bench_rollback(&all.bench, before.reference, "5.0.2", "b");
    cr_assert(back.error == NULL, "%s", back.error);
    struct reply gone_back = bench_settle(&all.bench, back.reference);
    cr_expect_eq(gone_back.progress, DEPLOY_DONE, "%s", gone_back.note);
    cr_expect_str_eq(gone_back.reference, before.reference);
    expect_runs(&all, "5.0.2");
    struct reply *replies[] = {&before, &begun, &failed, &again, &still, &back, &gone_back};
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++)
        reply_clear(replies[i]);
    cloud_close(&all);
}

Test(deploy_ecs, a_rollback_in_the_middle_of_a_deploy_brings_every_service_back)
{
    struct cloud_bench all;
    cloud_open(&all);
    struct reply before = bench_current(&all.bench);
    struct reply begun = bench_deploy(&all.bench, "5.0.3", "t");
    struct reply back = bench_rollback(&all.bench, before.reference, "5.0.2", "b");
    struct reply gone_back = bench_settle(&all.bench, back.reference);
    cr_expect_eq(gone_back.progress, DEPLOY_DONE, "%s", gone_back.note);
    struct reply overtaken = bench_progress(&all.bench, begun.reference);
    cr_expect_eq(overtaken.progress, DEPLOY_FAILED, "%s", overtaken.note);
    expect_runs(&all, "5.0.2");
    struct reply *replies[] = {&before, &begun, &back, &gone_back, &overtaken};
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++)
        reply_clear(replies[i]);
    cloud_close(&all);
}

Test(deploy_ecs, throttling_is_waited_out_or_told_and_the_token_goes_on_from_there)
{
    struct cloud_bench all;
    cloud_open(&all);
    add_fault(&all, "{\"at\": 0, \"service\": \"ecs\", \"kind\": \"throttle\"}");
    struct reply told = bench_deploy(&all.bench, "5.0.3", "t");
    cr_assert(told.error != NULL);
    cr_expect(strstr(told.error, "cell-2"), "%s", told.error);
    sim_faults_clear(all.faults, when_now_ms());
    struct reply begun = bench_deploy(&all.bench, "5.0.3", "t");
    cr_assert(begun.error == NULL, "%s", begun.error);
    cr_expect_eq(calls_of(&all, "RegisterTaskDefinition"), 2);
    reply_clear(&told);
    reply_clear(&begun);
    cloud_close(&all);
}

Test(deploy_ecs, nothing_is_written_while_any_service_has_another_image_than_is_configured)
{
    struct cloud_bench all;
    cloud_open_as(&all, "deploy:\n  driver: ecs\n  ecs:\n    cluster: \"{cell}\"\n    services:\n"
                        "      api: \"medplum/medplum-server:{version}\"\n"
                        "      web: \"somebody-elses/app:{version}\"\n");
    struct reply refused = bench_deploy(&all.bench, "5.0.3", "t");
    cr_assert(refused.error != NULL);
    cr_expect(strstr(refused.error, "web"), "%s", refused.error);
    cr_expect_eq(calls_of(&all, "RegisterTaskDefinition"), 0);
    cr_expect_eq(calls_of(&all, "UpdateService"), 0);
    reply_clear(&refused);
    cloud_close(&all);
}

Test(deploy_ecs, a_reference_of_another_driver_is_refused)
{
    struct cloud_bench all;
    cloud_open(&all);
    struct reply refused = bench_rollback(&all.bench, "5.0.2", "5.0.2", "t");
    cr_assert(refused.error != NULL);
    cr_expect(strstr(refused.error, "no reference that the ecs deployer made"), "%s",
              refused.error);
    reply_clear(&refused);
    cloud_close(&all);
}
