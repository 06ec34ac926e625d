#include "tests/unit/gate_bench.h"

#include <string.h>

void bench_row(struct cell_rows *rows, enum metric metric, int minute, double value)
{
    struct datapoint point = {DEPLOYED_MS + minute * WHEN_MINUTE, value};
    g_array_append_val(rows->points[metric], point);
}

void bench_well(struct cell_rows *rows, int minute)
{
    bench_row(rows, METRIC_HEALTH, minute, 1);
    bench_row(rows, METRIC_REQUESTS, minute, 1000);
    bench_row(rows, METRIC_ERROR_RATE, minute, 0.3);
    bench_row(rows, METRIC_ACTIVE_USERS, minute, 400);
}

void bench_probed(struct cell_rows *rows, int minute, const char *version, bool up)
{
    struct probe *probe = g_new0(struct probe, 1);
    struct dependency *postgres = g_new0(struct dependency, 1);
    *postgres = (struct dependency){g_strdup("postgres"), up};
    *probe = (struct probe){.at_ms = DEPLOYED_MS + minute * WHEN_MINUTE + 20 * WHEN_SECOND,
                            .answered = true,
                            .version = g_strdup(version),
                            .dependencies = g_ptr_array_new()};
    g_ptr_array_add(probe->dependencies, postgres);
    g_ptr_array_add(rows->reading.probes, probe);
}

static void rows_init(struct cell_rows *rows)
{
    for (size_t i = 0; i < METRIC_COUNT; i++)
        rows->points[i] = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    rows->reading.alarms = g_ptr_array_new();
    rows->reading.probes = g_ptr_array_new();
    for (int minute = -PAST; minute < 0; minute++)
        bench_well(rows, minute);
}

static void rows_clear(struct cell_rows *rows)
{
    for (guint i = 0; i < rows->reading.probes->len; i++) {
        struct probe *probe = g_ptr_array_index(rows->reading.probes, i);
        struct dependency *dependency = g_ptr_array_index(probe->dependencies, 0);
        g_free(dependency->name);
        g_free(dependency);
        g_ptr_array_unref(probe->dependencies);
        g_free(probe->version);
        g_free(probe);
    }
    g_ptr_array_unref(rows->reading.probes);
    if (rows->reading.alarms)
        g_ptr_array_unref(rows->reading.alarms);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        series_unref(rows->reading.series[i]);
        g_array_unref(rows->points[i]);
    }
}

struct bench *bench_new(void)
{
    static char *none[] = {NULL};
    static char *prefixes[] = {(char *)"{cell}-", NULL};
    struct bench *bench = g_new0(struct bench, 1);
    bench->policy = (struct gates_config){.warmup_ms = 3 * WHEN_MINUTE,
                                          .alarms_no_data = NO_DATA_DEFAULT,
                                          .probe_no_data = NO_DATA_DEFAULT,
                                          .data_no_data = NO_DATA_DEFAULT,
                                          .traffic_no_data = NO_DATA_DEFAULT,
                                          .min_requests = 300,
                                          .deadline_ms = 15 * WHEN_MINUTE,
                                          .max_error_rate_pct = 5,
                                          .max_used_pct = 90,
                                          .alarm_names = none,
                                          .alarm_prefixes = prefixes};
    bench->cell = (struct cell_config){
        .id = (char *)"cell-2", .source = (char *)"us-west-2", .max_users = 1000, .sla_pct = 99.9};
    bench->memory = gate_memory_new();
    rows_init(&bench->own);
    rows_init(&bench->control);
    rows_init(&bench->well);
    bench->bake_ms = 30 * WHEN_MINUTE;
    bench->period_ms = WHEN_MINUTE;
    return bench;
}

void bench_free(struct bench *bench)
{
    for (size_t i = 0; i < GATE_COUNT; i++)
        gate_result_clear(&bench->results[i]);
    rows_clear(&bench->own);
    rows_clear(&bench->control);
    rows_clear(&bench->well);
    gate_memory_free(bench->memory);
    g_free(bench);
}
void bench_well_until(struct bench *bench, int minutes)
{
    for (int minute = 0; minute < minutes; minute++) {
        bench_well(&bench->own, minute);
        bench_well(&bench->control, minute);
        bench_well(&bench->well, minute);
        bench_probed(&bench->own, minute, "5.0.3", true);
        bench_probed(&bench->control, minute, "5.0.2", true);
    }
}

static void finish(struct cell_rows *rows)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        series_unref(rows->reading.series[i]);
        rows->reading.series[i] =
            series_new((const struct datapoint *)rows->points[i]->data, rows->points[i]->len);
    }
}

const struct gate_result *bench_judge(struct bench *bench, int minute, enum gate gate)
{
    gint64 now_ms = DEPLOYED_MS + minute * WHEN_MINUTE + 15 * WHEN_SECOND;
    finish(&bench->own);
    finish(&bench->control);
    finish(&bench->well);
    bench->controls[0] = (struct gate_control){"cell-1", &bench->control.reading};
    bench->controls[1] = (struct gate_control){"cell-3", &bench->well.reading};
    bench->controls[2] = (struct gate_control){"cell-4", &bench->well.reading};
    bench->own.reading.alarms_at_ms = now_ms;
    bench->view = (struct gate_view){.policy = &bench->policy,
                                     .config = bench->config,
                                     .cell = &bench->cell,
                                     .dr = bench->view.dr,
                                     .low_traffic_pass = bench->view.low_traffic_pass,
                                     .period_ms = bench->period_ms,
                                     .settle_ms = 15 * WHEN_SECOND,
                                     .awaits_past = bench->awaits_past,
                                     .deployed_at_ms = DEPLOYED_MS,
                                     .bake_ms = bench->bake_ms,
                                     .now_ms = now_ms,
                                     .version = "5.0.3",
                                     .reading = &bench->own.reading,
                                     .controls = bench->controls,
                                     .n_controls = bench->no_controls ? 0 : 1 + bench->n_well,
                                     .patience_ms = bench->patience_ms,
                                     .memory = bench->memory};
    for (size_t i = 0; i < GATE_COUNT; i++)
        gate_result_clear(&bench->results[i]);
    gates_judge(&bench->view, bench->results, &bench->samples);
    return &bench->results[gate];
}
