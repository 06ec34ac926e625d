/* Metrics of the fleet's own in the gates: limits and comparisons, of what is worse the more there
 * is of it (a queue) and of what is worse the less there is (throughput). */
#include "tests/unit/gate_bench.h"

#include <string.h>

#define QUEUE      METRIC_OWN
#define THROUGHPUT (METRIC_OWN + 1)

static struct own_metric queue = {.name = (char *)"queue_depth",
                                  .unit = (char *)"jobs",
                                  .stat = (char *)"Average",
                                  .no_data = NO_DATA_DEFAULT};
static struct own_metric throughput = {.name = (char *)"throughput",
                                       .unit = (char *)"",
                                       .stat = (char *)"Sum",
                                       .falls = true,
                                       .no_data = NO_DATA_DEFAULT};
static gpointer owned[] = {&queue, &throughput};
static GPtrArray own = {owned, 2};
static struct config config = {.metrics.own = &own};

static struct own_limit queue_limit = {(char *)"queue_depth", 100};
static struct own_limit throughput_limit = {(char *)"throughput", 20};
static gpointer limits[] = {&queue_limit, &throughput_limit};
static GPtrArray both = {limits, 2};
static char *compared[] = {(char *)"queue_depth", (char *)"throughput", NULL};

static struct bench *own_bench(void)
{
    struct bench *bench = bench_new();
    bench->config = &config;
    bench->policy.own_limits = &both;
    bench->policy.max_ratio = 1.3;
    bench->policy.evidence = 100;
    for (int minute = -PAST; minute < 0; minute++) {
        int wave = minute * minute % 7;
        bench_row(&bench->own, QUEUE, minute, 40 + wave);
        bench_row(&bench->control, QUEUE, minute, 40 + (wave + 3) % 7);
        bench_row(&bench->own, THROUGHPUT, minute, 50 + wave);
        bench_row(&bench->control, THROUGHPUT, minute, 50 + (wave + 3) % 7);
    }
    return bench;
}

static void minutes(struct cell_rows *rows, int from, int to, double jobs, double done)
{
    for (int minute = from; minute < to; minute++) {
        bench_well(rows, minute);
        bench_row(rows, QUEUE, minute, jobs);
        bench_row(rows, THROUGHPUT, minute, done);
    }
}

static struct bench *after(double jobs, double done)
{
    struct bench *bench = own_bench();
    minutes(&bench->own, 0, 20, jobs, done);
    minutes(&bench->control, 0, 20, 43, 53);
    return bench;
}

Test(gate_own, a_limit_of_the_fleets_own_is_crossed_by_two_of_three_above_it)
{
    OWN(bench) bench = own_bench();
    minutes(&bench->own, 0, 10, 43, 53);
    minutes(&bench->own, 10, 11, 120, 53);
    minutes(&bench->control, 0, 20, 43, 53);
    EXPECT(bench_judge(bench, 11, GATE_LIMITS), VERDICT_PASS);
    minutes(&bench->own, 11, 12, 140, 53);
    EXPECT(bench_judge(bench, 12, GATE_LIMITS), VERDICT_FAIL);
    cr_expect_str_eq(bench->results[GATE_LIMITS].reason,
                     "queue_depth 120 jobs, 140 jobs (limit 100, 2 of the last 3)");
}

Test(gate_own, one_that_is_worse_the_less_there_is_of_it_is_crossed_below_its_limit)
{
    OWN(bench) more = after(43, 500);
    EXPECT(bench_judge(more, 20, GATE_LIMITS), VERDICT_PASS);
    OWN(bench) less = after(43, 15);
    EXPECT(bench_judge(less, 20, GATE_LIMITS), VERDICT_FAIL);
}

Test(gate_own, what_the_controls_cross_too_is_not_attributable)
{
    OWN(bench) bench = own_bench();
    minutes(&bench->own, 0, 20, 120, 53);
    minutes(&bench->control, 0, 20, 130, 53);
    EXPECT(bench_judge(bench, 20, GATE_LIMITS), VERDICT_HOLD);
}

Test(gate_own, its_silence_means_what_it_says_itself_or_else_the_gates)
{
    const struct {
        enum no_data of_metric, of_gates;
        enum verdict verdict;
    } cases[] = {{NO_DATA_DEFAULT, NO_DATA_HOLD, VERDICT_HOLD},
                 {NO_DATA_DEFAULT, NO_DATA_FAIL, VERDICT_FAIL},
                 {NO_DATA_FAIL, NO_DATA_HOLD, VERDICT_FAIL},
                 {NO_DATA_IGNORE, NO_DATA_FAIL, VERDICT_PASS}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(bench) bench = own_bench();
        for (int minute = 0; minute < 20; minute++) {
            bench_well(&bench->own, minute);
            bench_row(&bench->own, THROUGHPUT, minute, 53);
        }
        queue.no_data = cases[i].of_metric;
        bench->policy.no_data = cases[i].of_gates;
        EXPECT(bench_judge(bench, 20, GATE_LIMITS), cases[i].verdict);
    }
    queue.no_data = NO_DATA_DEFAULT;
}

Test(gate_own, a_limit_of_a_metric_that_celldeck_yaml_no_longer_has_holds)
{
    OWN(bench) bench = after(43, 53);
    static struct config without;
    bench->config = &without;
    EXPECT(bench_judge(bench, 20, GATE_LIMITS), VERDICT_HOLD);
    cr_expect(strstr(bench->results[GATE_LIMITS].reason, "queue_depth"));
}

Test(gate_own, it_is_compared_where_regression_names_it_and_only_there)
{
    OWN(bench) named = after(90, 53);
    named->policy.regression_metrics = compared;
    EXPECT(bench_judge(named, 20, GATE_REGRESSION), VERDICT_FAIL);
    cr_expect(g_str_has_prefix(named->results[GATE_REGRESSION].reason, "queue_depth 2.1×"), "%s",
              named->results[GATE_REGRESSION].reason);
    OWN(bench) unnamed = after(90, 53);
    unnamed->policy.regression_metrics = compared + 1;
    EXPECT(bench_judge(unnamed, 20, GATE_REGRESSION), VERDICT_PASS);
}

Test(gate_own, less_of_it_is_worse_where_its_direction_says_so_and_more_is_not)
{
    OWN(bench) less = after(43, 25);
    less->policy.regression_metrics = compared;
    EXPECT(bench_judge(less, 20, GATE_REGRESSION), VERDICT_FAIL);
    cr_expect(g_str_has_prefix(less->results[GATE_REGRESSION].reason, "throughput 0.5×"), "%s",
              less->results[GATE_REGRESSION].reason);
    OWN(bench) better = after(20, 110);
    better->policy.regression_metrics = compared;
    EXPECT(bench_judge(better, 20, GATE_REGRESSION), VERDICT_PASS);
}

Test(gate_own, a_fall_that_the_controls_share_is_not_the_releases)
{
    OWN(bench) bench = own_bench();
    bench->policy.regression_metrics = compared;
    minutes(&bench->own, 0, 20, 43, 25);
    minutes(&bench->control, 0, 20, 43, 24);
    EXPECT(bench_judge(bench, 20, GATE_REGRESSION), VERDICT_HOLD);
}

Test(gate_own, what_is_worse_by_less_than_min_change_is_no_fail)
{
    OWN(bench) bench = after(90, 53);
    bench->policy.regression_metrics = compared;
    queue.min_change = 60;
    EXPECT(bench_judge(bench, 20, GATE_REGRESSION), VERDICT_PASS);
    queue.min_change = 0;
}
