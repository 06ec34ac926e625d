#include "data/base/when.h"
#include "data/sim/deployment.h"
#include "data/sim/fault.h"
#include "data/sim/metrics.h"
#include "data/sim/scenario.h"
#include "data/sim/value.h"

#include <criterion/criterion.h>
#include <math.h>

#define NOW (G_GINT64_CONSTANT(1764206159) * 1000)

static struct sim_world *world_of(const char *over)
{
    OWN_JSON scenario = sim_scenario_load(NULL, NULL);
    OWN_JSON more = sim_yaml(over, strlen(over), "test", NULL);
    json_object_update(scenario, more);
    struct sim_world *world = sim_world_new(scenario, NOW, NULL);
    cr_assert(world);
    return world;
}

static double mean(const struct sim_world *world, const char *cell, enum sim_metric metric,
                   gint64 from_ms, int periods)
{
    double sum = 0;
    for (int i = 0; i < periods; i++)
        sum += sim_metric_value(world, sim_world_cell(world, cell), metric,
                                from_ms + i * world->period_ms);
    return sum / periods;
}

Test(sim_world, the_built_in_fleet_is_the_guides)
{
    OWN(sim_world) world = world_of("{}");
    cr_expect_eq(world->cells->len, 5);
    const struct sim_cell *cell = sim_world_cell(world, "cell-3-eu-west");
    cr_expect_str_eq(cell->region, "eu-west-1");
    cr_expect_str_eq(cell->residency, "EU");
    cr_expect(sim_world_cell(world, "cell-9") == NULL);
}

Test(sim_world, the_same_seed_gives_the_same_metrics_and_another_seed_others)
{
    OWN(sim_world) one = world_of("seed: 1");
    OWN(sim_world) again = world_of("seed: 1");
    OWN(sim_world) two = world_of("seed: 2");
    int differ = 0;
    for (int i = 0; i < 20; i++) {
        double a = mean(one, "cell-2-us-west", SIM_REQUESTS, NOW + i * 1000, 1);
        cr_expect_float_eq(a, mean(again, "cell-2-us-west", SIM_REQUESTS, NOW + i * 1000, 1), 0);
        differ += a != mean(two, "cell-2-us-west", SIM_REQUESTS, NOW + i * 1000, 1);
    }
    cr_expect_gt(differ, 10);
}

Test(sim_world, load_swings_with_the_day)
{
    OWN(sim_world) world = world_of("{}");
    double low = INFINITY, high = 0;
    for (int hour = 0; hour < 24; hour++) {
        double rate = mean(world, "cell-3-eu-west", SIM_REQUESTS, NOW + hour * WHEN_HOUR, 60);
        low = fmin(low, rate);
        high = fmax(high, rate);
    }
    cr_expect_gt(high, low * 1.4);
    cr_expect_gt(low * 8, 300, "an 8 s bake always sees enough requests");
}

Test(sim_world, a_release_goes_bad_where_and_when_it_says_and_its_end_ends_it)
{
    OWN(sim_world)
    world = world_of("releases: {5.0.3: {bad: [{cells: [cell-2-us-west], after: 5s, "
                     "ramp: 2s, error_rate: 50, health: 0}]}}");
    struct sim_cell *bad = sim_world_cell(world, "cell-2-us-west");
    sim_world_deployed(bad, "5.0.3", NOW);
    sim_world_deployed(sim_world_cell(world, "cell-3-eu-west"), "5.0.3", NOW);
    cr_expect_lt(mean(world, "cell-2-us-west", SIM_ERROR_RATE, NOW, 5), 3);
    cr_expect_float_eq(mean(world, "cell-2-us-west", SIM_ERROR_RATE, NOW + 7000, 30), 50, 3);
    cr_expect_float_eq(mean(world, "cell-2-us-west", SIM_HEALTH, NOW + 7000, 5), 0, 0);
    cr_expect_lt(mean(world, "cell-3-eu-west", SIM_ERROR_RATE, NOW + 7000, 30), 3);
    sim_world_deployed(bad, "5.0.2", NOW + WHEN_MINUTE);
    cr_expect_lt(mean(world, "cell-2-us-west", SIM_ERROR_RATE, NOW + WHEN_MINUTE, 30), 3);
}

Test(sim_world, a_release_that_does_half_of_the_work_shows_it_nowhere_else)
{
    OWN(sim_world) world = world_of("releases: {5.0.3: {bad: [{work: 0.5}]}}");
    double before = mean(world, "cell-2-us-west", SIM_JOBS_DONE, NOW, 40);
    double cpu = mean(world, "cell-2-us-west", SIM_CPU, NOW, 40);
    double requests = mean(world, "cell-2-us-west", SIM_REQUESTS, NOW, 40);
    sim_world_deployed(sim_world_cell(world, "cell-2-us-west"), "5.0.3", NOW);
    cr_expect_float_eq(mean(world, "cell-2-us-west", SIM_JOBS_DONE, NOW, 40) / before, 0.5, 0.05);
    cr_expect_float_eq(mean(world, "cell-2-us-west", SIM_CPU, NOW, 40), cpu, 0);
    cr_expect_float_eq(mean(world, "cell-2-us-west", SIM_REQUESTS, NOW, 40), requests, 0);
}

Test(sim_world, an_effect_grows_over_its_ramp)
{
    struct sim_effect effect = {.after_ms = 1000, .ramp_ms = 4000};
    struct sim_run run = {.version = (char *)"5.0.3", .from_ms = NOW};
    struct sim_cell cell = {.id = "any"};
    const struct {
        gint64 into_ms;
        double share;
    } cases[] = {{0, 0}, {999, 0}, {3000, 0.5}, {5000, 1}, {90000, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_float_eq(sim_effect_share(&effect, &cell, &run, NOW + cases[i].into_ms),
                           cases[i].share, 1e-9);
}

static struct sim_service *service_in(struct sim_world *world)
{
    struct sim_service *service =
        sim_service_new(sim_world_cell(world, "cell-0-dev"), "api", 4, "td:1", "5.0.2", NOW);
    service->names_version = true;
    return service;
}

static const char *version_at(const struct sim_service *service, gint64 at_ms)
{
    return sim_cell_run(service->cell, at_ms)->version;
}

Test(sim_deployment, tasks_come_up_one_by_one_and_the_version_answers_when_all_do)
{
    OWN(sim_world) world = world_of("deploy_time: 4s");
    struct sim_service *service = service_in(world);
    sim_service_update(service, "td:2", "5.0.3", NOW);
    sim_service_settle(world, service, NOW + 2500);
    const struct sim_deployment *primary = service->deployments->pdata[0];
    cr_expect_eq(primary->state, SIM_IN_PROGRESS);
    cr_expect_eq(sim_deployment_running(world, service, primary, NOW + 2500), 2);
    cr_expect_eq(sim_deployment_running(world, service, service->deployments->pdata[1], NOW + 2500),
                 2);
    cr_expect_str_eq(version_at(service, NOW + 2500), "5.0.2");
    sim_service_settle(world, service, NOW + 9000);
    cr_expect_eq(primary->state, SIM_COMPLETED);
    cr_expect_eq(service->deployments->len, 1);
    cr_expect_str_eq(version_at(service, NOW + 3999), "5.0.2");
    cr_expect_str_eq(version_at(service, NOW + 4000), "5.0.3");
    sim_service_free(service);
}

Test(sim_deployment, the_circuit_breaker_goes_back_to_what_completed_last)
{
    OWN(sim_world)
    world = world_of("{deploy_time: 4s, releases: {5.0.3: {bad: [{deploy: fail}]}}}");
    struct sim_service *service = service_in(world);
    sim_service_update(service, "td:2", "5.0.3", NOW);
    sim_service_settle(world, service, NOW + 5000);
    const struct sim_deployment *primary = service->deployments->pdata[0];
    cr_expect_str_eq(primary->task_definition, "td:1");
    cr_expect_eq(primary->state, SIM_IN_PROGRESS);
    cr_expect_eq(((struct sim_deployment *)service->deployments->pdata[1])->state, SIM_FAILED);
    sim_service_settle(world, service, NOW + 8000);
    cr_expect_eq(primary->state, SIM_COMPLETED);
    cr_expect_str_eq(version_at(service, NOW + 9000), "5.0.2");
    sim_service_free(service);
}

Test(sim_deployment, a_version_that_is_no_release_has_no_image)
{
    OWN(sim_world) world = world_of("{}");
    const struct sim_cell *cell = sim_world_cell(world, "cell-0-dev");
    cr_expect(sim_world_starts(world, cell, "5.1.0"));
    cr_expect(!sim_world_starts(world, cell, "9.9.9"));
}

Test(sim_deployment, an_update_in_the_middle_of_another_supersedes_it)
{
    OWN(sim_world) world = world_of("deploy_time: 4s");
    struct sim_service *service = service_in(world);
    sim_service_update(service, "td:2", "5.0.3", NOW);
    sim_service_update(service, "td:1", "5.0.2", NOW + 1000);
    sim_service_settle(world, service, NOW + 60000);
    cr_expect_eq(service->deployments->len, 1);
    cr_expect_str_eq(version_at(service, NOW + 60000), "5.0.2");
    cr_expect_eq(service->begun, 3);
    sim_service_free(service);
}

Test(sim_fault, a_fault_is_on_only_in_its_time_and_about_its_subject)
{
    const char *yaml = "- {at: 6s, for: 10s, service: ecs, region: us-east-1, kind: throttle}";
    OWN_JSON table = sim_yaml(yaml, strlen(yaml), "test", NULL);
    OWN(sim_faults) faults = sim_faults_new(table, NOW, NULL);
    const struct {
        const char *service, *region;
        gint64 into_ms;
        bool on;
    } cases[] = {{"ecs", "us-east-1", 6000, true},  {"ecs", "us-east-1", 15999, true},
                 {"ecs", "us-east-1", 5999, false}, {"ecs", "us-east-1", 16000, false},
                 {"ecs", "eu-west-1", 7000, false}, {"sts", "us-east-1", 7000, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct sim_subject subject = {.service = cases[i].service, .region = cases[i].region};
        cr_expect_eq(sim_fault_on(faults, SIM_THROTTLE, &subject, NOW + cases[i].into_ms) != NULL,
                     cases[i].on, "case %zu", i);
    }
    struct sim_subject ecs = {.service = "ecs", .region = "us-east-1"};
    cr_expect(!sim_fault_on(faults, SIM_HANG, &ecs, NOW + 7000));
    sim_faults_clear(faults, NOW + 8000);
    cr_expect(!sim_fault_on(faults, SIM_THROTTLE, &ecs, NOW + 8000));
}

Test(sim_fault, a_fault_takes_its_share_of_the_calls_and_no_more_than_its_number)
{
    const char *yaml = "[{kind: throttle, one_in: 3}, {kind: reset, calls: 2, action: Scan}]";
    OWN_JSON table = sim_yaml(yaml, strlen(yaml), "test", NULL);
    OWN(sim_faults) faults = sim_faults_new(table, NOW, NULL);
    struct sim_subject scan = {.service = "dynamodb", .action = "Scan"};
    struct sim_subject other = {.service = "dynamodb", .action = "GetItem"};
    int throttled = 0, reset = 0;
    for (int i = 0; i < 9; i++) {
        throttled += sim_fault_strikes(faults, SIM_THROTTLE, &scan, NOW) != NULL;
        cr_expect(!sim_fault_strikes(faults, SIM_RESET, &other, NOW));
        reset += sim_fault_strikes(faults, SIM_RESET, &scan, NOW) != NULL;
    }
    cr_expect_eq(throttled, 3);
    cr_expect_eq(reset, 2);
}

Test(sim_fault, a_fault_of_one_role_leaves_others_alone)
{
    OWN_JSON one = json_pack("{s:s, s:s}", "kind", "denied", "role", "watch");
    OWN(sim_faults) faults = sim_faults_new(one, NOW, NULL);
    struct sim_subject watch = {.role = "watch"}, other = {.role = "ops"}, nobody = {0};
    cr_expect(sim_fault_on(faults, SIM_DENIED, &watch, NOW));
    cr_expect(!sim_fault_on(faults, SIM_DENIED, &other, NOW));
    cr_expect(!sim_fault_on(faults, SIM_DENIED, &nobody, NOW));
}

Test(sim_fault, a_misspelt_key_is_refused_as_it_would_widen_the_fault)
{
    g_autoptr(GError) error = NULL;
    OWN_JSON table = json_pack("[{s:s, s:s}]", "kind", "hang", "regoin", "eu-west-1");
    cr_assert(!sim_faults_new(table, NOW, &error));
    cr_expect(strstr(error->message, "regoin"));
    g_clear_error(&error);
    OWN_JSON digits = json_pack("[{s:s, s:i}]", "kind", "hang", "account", 5);
    cr_assert(!sim_faults_new(digits, NOW, &error));
    cr_expect(strstr(error->message, "account"));
}

Test(sim_fault, an_unknown_kind_is_refused_with_the_known_ones)
{
    g_autoptr(GError) error = NULL;
    OWN_JSON table = json_pack("[{s:s}]", "kind", "trottle");
    cr_assert(!sim_faults_new(table, NOW, &error));
    cr_expect(strstr(error->message, "throttle"));
}
