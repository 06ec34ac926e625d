#include "data/base/when.h"
#include "data/sim/metrics.h"
#include "data/sim/scenario.h"
#include "data/sim/value.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW     (G_GINT64_CONSTANT(1764206159) * 1000)
#define PERIODS 40

static json_t *yaml(const char *text)
{
    return sim_yaml(text, strlen(text), "test", NULL);
}

static struct sim_world *world_of(const char *over, GError **error)
{
    OWN_JSON scenario = sim_scenario_load(NULL, NULL);
    OWN_JSON more = yaml(over);
    json_object_update(scenario, more);
    return sim_world_new(scenario, NOW, error);
}

static double sum(const struct sim_world *world, const char *cell, enum sim_metric metric,
                  gint64 into_ms)
{
    double sum = 0;
    for (int i = 0; i < PERIODS; i++)
        sum += sim_metric_value(world, sim_world_cell(world, cell), metric,
                                NOW + into_ms + i * world->period_ms);
    return sum;
}

/* The incident over the same periods without it. */
static double times(const struct sim_world *world, const char *cell, enum sim_metric metric,
                    gint64 into_ms)
{
    OWN(sim_world) quiet = world_of("{}", NULL);
    return sum(world, cell, metric, into_ms) / sum(quiet, cell, metric, into_ms);
}

Test(sim_incident, everybody_has_it_from_its_beginning_to_its_end_and_nobody_else_ever)
{
    OWN(sim_world) world = world_of("incidents: [{at: 60s, for: 40s, latency: x2}]", NULL);
    cr_assert(world);
    const char *const cells[] = {"cell-0-dev", "cell-2-us-west", "cell-1-us-east"};
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        cr_expect_float_eq(times(world, cells[i], SIM_LATENCY, 20 * WHEN_SECOND), 1, 0);
        cr_expect_float_eq(times(world, cells[i], SIM_LATENCY, 60 * WHEN_SECOND), 2, 0.01);
        cr_expect_float_eq(times(world, cells[i], SIM_LATENCY, 100 * WHEN_SECOND), 1, 0);
    }
}

Test(sim_incident, each_key_is_of_its_metric_and_leaves_the_others_alone)
{
    static const struct {
        const char *incident;
        enum sim_metric metric;
        double times, within;
    } cases[] = {{"incidents: [{error_rate: x8}]", SIM_ERROR_RATE, 8, 2},
                 {"incidents: [{latency: x3}]", SIM_LATENCY, 3, 0.01},
                 {"incidents: [{cpu: x1.5}]", SIM_CPU, 1.5, 0.01},
                 {"incidents: [{connections: x2}]", SIM_DB_CONNECTIONS, 2, 0.01},
                 {"incidents: [{traffic: x4}]", SIM_REQUESTS, 4, 0.1},
                 {"incidents: [{traffic: x0}]", SIM_REQUESTS, 0, 0},
                 {"incidents: [{work: x0.5}]", SIM_JOBS_DONE, 0.5, 0.03},
                 {"incidents: [{health: x0}]", SIM_HEALTH, 0, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(sim_world) world = world_of(cases[i].incident, NULL);
        cr_assert(world);
        cr_expect_float_eq(times(world, "cell-2-us-west", cases[i].metric, 0), cases[i].times,
                           cases[i].within, "%s", cases[i].incident);
        enum sim_metric other = cases[i].metric == SIM_CPU ? SIM_LATENCY : SIM_CPU;
        cr_expect_float_eq(times(world, "cell-2-us-west", other, 0), 1, 0, "%s", cases[i].incident);
    }
}

Test(sim_incident, a_replica_may_fall_behind)
{
    OWN(sim_world) world = world_of("incidents: [{cells: cell-1-dr, replica_lag: x200}]", NULL);
    cr_assert(world);
    cr_expect_float_eq(times(world, "cell-1-dr", SIM_REPLICA_LAG, 0), 200, 2);
}

Test(sim_incident, a_cell_is_down_from_its_first_x0_until_its_last_has_ended)
{
    OWN(sim_world)
    world = world_of("incidents: [{at: 10s, for: 20s, cells: cell-1-us-east, health: x0},"
                     " {at: 15s, for: 20s, class: dedicated, health: x0}]",
                     NULL);
    cr_assert(world);
    const struct sim_cell *cell = sim_world_cell(world, "cell-1-us-east");
    static const struct {
        gint64 into_ms, since_ms;
    } cases[] = {{9999, G_MAXINT64},
                 {10000, NOW + 10000},
                 {29999, NOW + 10000},
                 {31000, NOW + 15000},
                 {35000, G_MAXINT64}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_eq(sim_incidents_down_since(world->incidents, cell, NOW + cases[i].into_ms),
                     cases[i].since_ms, "case %zu", i);
    cr_expect_eq(
        sim_incidents_down_since(world->incidents, sim_world_cell(world, "cell-1-dr"), NOW + 20000),
        G_MAXINT64);
}

Test(sim_incident, it_grows_over_its_ramp)
{
    OWN(sim_world) world = world_of("incidents: [{at: 10s, ramp: 4s, latency: x3}]", NULL);
    cr_assert(world);
    const struct sim_cell *cell = sim_world_cell(world, "cell-0-dev");
    static const struct {
        gint64 into_ms;
        double times;
    } cases[] = {{9999, 1}, {10000, 1}, {12000, 2}, {14000, 3}, {90000, 3}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_float_eq(
            sim_incidents_times(world->incidents, cell, SIM_TIMES_LATENCY, NOW + cases[i].into_ms),
            cases[i].times, 1e-9, "case %zu", i);
}

static bool has(const struct sim_world *world, const char *cell)
{
    return sim_incidents_times(world->incidents, sim_world_cell(world, cell), SIM_TIMES_CPU,
                               NOW + WHEN_MINUTE) > 1;
}

Test(sim_incident, it_is_of_the_region_class_cells_and_version_that_it_names)
{
    static const struct {
        const char *incident;
        const char *of, *not_of;
    } cases[] = {
        {"{region: us-west-2, cpu: x2}", "cell-2-us-west", "cell-3-eu-west"},
        {"{class: [shared, dev], cpu: x2}", "cell-0-dev", "cell-1-us-east"},
        {"{cells: [cell-3-eu-west, cell-1-dr], cpu: x2}", "cell-1-dr", "cell-2-us-west"},
        {"{cells: cell-3-eu-west, cpu: x2}", "cell-3-eu-west", "cell-1-dr"},
        {"{class: shared, region: eu-west-1, cpu: x2}", "cell-3-eu-west", "cell-2-us-west"},
        {"{version: 5.1.0, cpu: x2}", "cell-0-dev", "cell-2-us-west"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(sim_world) world = world_of("{}", NULL);
        OWN_JSON incident = yaml(cases[i].incident);
        sim_world_deployed(sim_world_cell(world, "cell-0-dev"), "5.1.0", NOW);
        cr_assert(sim_incidents_add(world->incidents, incident, NOW, NULL));
        cr_expect(has(world, cases[i].of), "%s", cases[i].incident);
        cr_expect(!has(world, cases[i].not_of), "%s", cases[i].incident);
    }
}

Test(sim_incident, several_at_once_and_a_bad_version_are_multiplied)
{
    OWN(sim_world)
    world = world_of("{incidents: [{latency: x2}, {class: shared, latency: x3}],"
                     " releases: {5.0.3: {bad: [{latency: 1000}]}}}",
                     NULL);
    cr_assert(world);
    cr_expect_float_eq(times(world, "cell-0-dev", SIM_LATENCY, 0), 2, 0.01);
    cr_expect_float_eq(times(world, "cell-2-us-west", SIM_LATENCY, 0), 6, 0.01);
    sim_world_deployed(sim_world_cell(world, "cell-2-us-west"), "5.0.3", NOW);
    cr_expect_float_eq(sum(world, "cell-2-us-west", SIM_LATENCY, 0) / PERIODS, 6000, 600);
}

Test(sim_incident, one_that_is_ended_stays_in_the_past_and_one_to_come_is_forgotten)
{
    OWN(sim_world) world = world_of("incidents: [{cpu: x2}, {at: 30s, cpu: x5}]", NULL);
    cr_assert(world);
    const struct sim_cell *cell = sim_world_cell(world, "cell-0-dev");
    sim_incidents_end(world->incidents, NOW + 20 * WHEN_SECOND);
    static const struct {
        gint64 into_ms;
        double times;
    } cases[] = {{0, 2}, {19999, 2}, {20000, 1}, {40000, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_float_eq(
            sim_incidents_times(world->incidents, cell, SIM_TIMES_CPU, NOW + cases[i].into_ms),
            cases[i].times, 1e-9, "case %zu", i);
}

Test(sim_incident, what_makes_no_sense_is_refused_by_its_key)
{
    static const struct {
        const char *incidents, *says;
    } cases[] = {
        {"[{cpu: x2}, {latnecy: x2}]", "incident 2: unknown key latnecy, did you mean latency"},
        {"[{latency: 2}]", "latency: 2: expected so many times the usual"},
        {"[{latency: x-2}]", "latency: \"x-2\""},
        {"[{traffic: twice}]", "traffic: \"twice\""},
        {"[{cpu: x1e999}]", "cpu: \"x1e999\""},
        {"[{cpu: x}]", "cpu: \"x\""},
        {"[{cpu: x2, at: soon}]", "at: \"soon\": expected a duration"},
        {"[{cpu: x2, for: -5}]", "for: -5: expected a duration"},
        {"[{cpu: x2, ramp: fewms}]", "ramp: \"fewms\": expected a duration"},
        {"[{cpu: x2, at: 1e300}]", "at: 1e300: expected a duration"},
        {"[{cpu: x2, class: sharde}]", "class: \"sharde\": expected what a cell"},
        {"[{cpu: x2, cells: [cell-0-dev, cell-9]}]", "cells: [\"cell-0-dev\", \"cell-9\"]"},
        {"[{cpu: x2, cells: []}]", "cells: []"},
        {"[{cpu: x2, version: 5}]", "version: 5"},
        {"[{class: shared}]", "it changes nothing: expected one of error_rate"},
        {"[much]", "incident 1: expected a map"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *over = g_strconcat("incidents: ", cases[i].incidents, NULL);
        OWN(sim_world) world = world_of(over, &error);
        cr_expect(!world, "%s", over);
        cr_expect(error && strstr(error->message, cases[i].says), "%s: %s", over,
                  error ? error->message : "taken");
    }
}

Test(sim_incident, of_a_list_with_a_wrong_one_none_begins)
{
    OWN(sim_world) world = world_of("{}", NULL);
    OWN_JSON list = yaml("[{cpu: x2}, {cpu: 2}]");
    cr_expect(!sim_incidents_add(world->incidents, list, NOW, NULL));
    cr_expect(!has(world, "cell-0-dev"));
}
