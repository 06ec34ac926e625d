/* What regression is asked to compare and can't: silence, no past, and what nobody tells of any
 * more are nothing to pass on. */
#include "tests/unit/gate_bench.h"

#include <string.h>

#define QUEUE METRIC_OWN

static struct own_metric queue = {.name = (char *)"queue_depth",
                                  .unit = (char *)"jobs",
                                  .stat = (char *)"Average",
                                  .no_data = NO_DATA_DEFAULT};
static gpointer owned[] = {&queue};
static GPtrArray own = {owned, 1};
static struct config config = {.metrics.own = &own};
static char *compared[] = {(char *)"error_rate", (char *)"cpu", (char *)"latency",
                           (char *)"queue_depth", NULL};

static void rows_of(struct cell_rows *rows, enum metric metric, int from, int to, double value)
{
    for (int minute = from; minute < to; minute++)
        bench_row(rows, metric, minute, value + abs(minute) % 3);
}

/* Twenty good minutes, in which `silent` has none since `from`, and none at all from -PAST. */
static struct bench *without(enum metric silent, int from)
{
    struct bench *bench = bench_new();
    bench->config = &config;
    bench->policy.regression_metrics = compared;
    bench->policy.max_ratio = 1.3;
    bench->policy.evidence = 100;
    bench_well_until(bench, 20);
    rows_of(&bench->own, METRIC_CPU, -PAST, silent == METRIC_CPU ? from : 20, 40);
    rows_of(&bench->own, QUEUE, -PAST, silent == QUEUE ? from : 20, 40);
    if (silent != METRIC_LATENCY_P95)
        rows_of(&bench->own, METRIC_LATENCY_P95, -PAST, 20, 200);
    return bench;
}

static void expect_held(struct bench *bench, const char *reason)
{
    const struct gate_result *result = bench_judge(bench, 20, GATE_REGRESSION);
    EXPECT(result, VERDICT_HOLD);
    cr_expect_str_eq(result->reason, reason);
}

Test(gate_silence, what_has_fallen_silent_is_no_better_than_its_past)
{
    OWN(bench) all = without(METRIC_COUNT, 20);
    EXPECT(bench_judge(all, 20, GATE_REGRESSION), VERDICT_PASS);
    OWN(bench) of_own = without(QUEUE, 12);
    expect_held(of_own, "no data of queue_depth for 8 settled periods");
    OWN(bench) cpu = without(METRIC_CPU, 0);
    expect_held(cpu, "no data of cell_cpu_utilization for 20 settled periods");
}

Test(gate_silence, two_periods_are_no_silence_yet)
{
    OWN(bench) bench = without(QUEUE, 18);
    EXPECT(bench_judge(bench, 20, GATE_REGRESSION), VERDICT_PASS);
}

Test(gate_silence, a_metric_that_celldeck_has_for_itself_may_never_have_been_there)
{
    OWN(bench) bench = without(METRIC_LATENCY_P95, 0);
    EXPECT(bench_judge(bench, 20, GATE_REGRESSION), VERDICT_PASS);
}

Test(gate_silence, one_of_the_fleets_own_that_never_was_there_holds_unless_it_may_be_ignored)
{
    const struct {
        enum no_data no_data;
        enum verdict verdict;
    } cases[] = {{NO_DATA_DEFAULT, VERDICT_HOLD},
                 {NO_DATA_FAIL, VERDICT_FAIL},
                 {NO_DATA_IGNORE, VERDICT_PASS}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(bench) bench = without(QUEUE, -PAST);
        queue.no_data = cases[i].no_data;
        EXPECT(bench_judge(bench, 20, GATE_REGRESSION), cases[i].verdict);
    }
    queue.no_data = NO_DATA_DEFAULT;
}

Test(gate_silence, one_that_came_with_the_release_waits_and_is_held_when_the_bake_is_over)
{
    OWN(bench) bench = without(QUEUE, -PAST);
    rows_of(&bench->own, QUEUE, 0, 30, 40);
    EXPECT(bench_judge(bench, 20, GATE_REGRESSION), VERDICT_PENDING);
    for (int minute = 20; minute < 30; minute++) {
        bench_well(&bench->own, minute);
        bench_well(&bench->control, minute);
        rows_of(&bench->own, METRIC_CPU, minute, minute + 1, 40);
        rows_of(&bench->own, METRIC_LATENCY_P95, minute, minute + 1, 200);
    }
    const struct gate_result *result = bench_judge(bench, 30, GATE_REGRESSION);
    EXPECT(result, VERDICT_HOLD);
    cr_expect(g_str_has_prefix(result->reason, "nothing to compare queue_depth with"), "%s",
              result->reason);
}

Test(gate_silence, one_that_celldeck_yaml_no_longer_tells_of_holds)
{
    static struct config none;
    OWN(bench) bench = without(METRIC_COUNT, 20);
    bench->config = &none;
    expect_held(
        bench,
        "metrics.own of celldeck.yaml is not what it was when this was planned: queue_depth can't be judged");
}

Test(gate_silence, a_limit_of_the_fleets_own_fails_on_silence_whatever_else_is_held)
{
    static struct own_limit limit = {(char *)"queue_depth", 100};
    static gpointer limits[] = {&limit};
    static GPtrArray all = {limits, 1};
    OWN(bench) bench = without(QUEUE, 0);
    bench->policy.own_limits = &all;
    queue.no_data = NO_DATA_FAIL;
    for (int minute = 18; minute < 20; minute++) {
        g_array_index(bench->own.points[METRIC_ERROR_RATE], struct datapoint, PAST + minute).value =
            9;
        g_array_index(bench->control.points[METRIC_ERROR_RATE], struct datapoint, PAST + minute)
            .value = 9;
    }
    EXPECT(bench_judge(bench, 20, GATE_LIMITS), VERDICT_FAIL);
    queue.no_data = NO_DATA_DEFAULT;
}
