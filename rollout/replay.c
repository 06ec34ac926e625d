#include "rollout/replay.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <string.h>

static GArray *controls_of(const struct replay *replay)
{
    GArray *controls = g_array_new(FALSE, FALSE, sizeof(struct gate_control));
    for (guint i = 0; i < replay->recording->cells->len; i++) {
        const struct recorded_cell *cell = g_ptr_array_index(replay->recording->cells, i);
        const struct gate_control control = {cell->id, &cell->reading};
        if (strcmp(cell->id, replay->cell) != 0)
            g_array_append_val(controls, control);
    }
    return controls;
}

static void leave_out(struct gate_result *result)
{
    gate_result_clear(result);
    *result = (struct gate_result){.verdict = VERDICT_PASS,
                                   .code = "not recorded",
                                   .reason = g_strdup("not asked: a recording has none"),
                                   .evidence = json_array()};
}

static enum verdict evaluate(const struct gate_view *view, struct gate_result *results)
{
    struct bake_samples samples;
    gates_judge(view, results, &samples);
    leave_out(&results[GATE_ALARMS]);
    leave_out(&results[GATE_PROBE]);
    enum verdict verdict = gates_sum(results);
    bool over = view->now_ms >= view->deployed_at_ms + view->bake_ms;
    if (verdict == VERDICT_PASS && (!over || !samples.enough))
        verdict = VERDICT_PENDING;
    return verdict == VERDICT_PENDING && over ? VERDICT_HOLD : verdict;
}

static bool check(const struct replay *replay, GError **error)
{
    if (!recording_cell(replay->recording, replay->cell)) {
        const GPtrArray *cells = replay->recording->cells;
        const struct recorded_cell *first = cells->len ? cells->pdata[0] : NULL;
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "the recording has no cell '%s'; of cells it has %u%s%s%s", replay->cell,
                    cells->len, first ? ": " : "", first ? first->id : "",
                    cells->len > 1 ? ", ..." : "");
        return false;
    }
    if (replay->bake_ms >= replay->period_ms)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "a bake shorter than a period shows nothing");
    return false;
}

static char *span_text(gint64 from_ms, gint64 to_ms)
{
    g_autofree char *from = when_rfc3339(from_ms), *to = when_rfc3339(to_ms);
    return g_strdup_printf("%s to %s", from, to);
}

static bool spans_meet(const struct replay *replay, GError **error)
{
    const struct recording *recording = replay->recording;
    gint64 ends_ms = recording->last_ms + replay->period_ms;
    bool after = replay->deployed_at_ms > ends_ms;
    if (!after && replay->deployed_at_ms + replay->bake_ms > recording->first_ms)
        return true;
    g_autofree char *has = span_text(recording->first_ms, ends_ms);
    g_autofree char *asked =
        span_text(replay->deployed_at_ms, replay->deployed_at_ms + replay->bake_ms);
    g_set_error(
        error, CD_ERROR, CD_ERROR_USAGE,
        "--deployed-at: the recording has %s, %s the bake asked for, %s; its timestamps are "
        "seconds since 1970",
        has, after ? "which is over before" : "which begins after", asked);
    return false;
}

/* Twice as far apart, each second period would be missing; half as far, each second row. */
static bool steps_meet(const struct replay *replay, GError **error)
{
    gint64 step_ms = recording_cell(replay->recording, replay->cell)->step_ms;
    if (!step_ms || (step_ms < 2 * replay->period_ms && 2 * step_ms > replay->period_ms))
        return true;
    g_autofree char *step = duration_config_text(step_ms);
    g_autofree char *period = duration_config_text(replay->period_ms);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "--period: it is %s, and the recording's rows of %s are %s apart; give --period %s",
                period, replay->cell, step, step);
    return false;
}

bool replay_fits(const struct replay *replay, GError **error)
{
    return check(replay, error) && steps_meet(replay, error) && spans_meet(replay, error);
}

char *replay_shortfall(const struct replay *replay)
{
    const struct recorded_cell *cell = recording_cell(replay->recording, replay->cell);
    gint64 first_ms = G_MAXINT64, last_ms = G_MININT64;
    gint64 bake_ends_ms = replay->deployed_at_ms + replay->bake_ms;
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        const struct series *series = cell->reading.series[m];
        if (!series)
            continue;
        first_ms = MIN(first_ms, series->points[0].at_ms);
        last_ms = MAX(last_ms, series_last(series)->at_ms);
    }
    if (last_ms == G_MININT64)
        return g_strdup_printf("the recording has no values of %s", replay->cell);
    if (last_ms + 2 * replay->period_ms > bake_ends_ms) /* up to its last whole period */
        return NULL;
    g_autofree char *has = span_text(first_ms, last_ms + replay->period_ms);
    g_autofree char *asked = span_text(replay->deployed_at_ms, bake_ends_ms);
    return g_strdup_printf("the recording has %s of %s, and the bake is %s", has, replay->cell,
                           asked);
}

enum verdict replay_run(const struct replay *replay, replay_fn fn, gpointer data, gint64 *at_ms,
                        GError **error)
{
    if (!check(replay, error))
        return VERDICT_PENDING;
    g_autoptr(GArray) controls = controls_of(replay);
    OWN(gate_memory) memory = gate_memory_new();
    const struct cell_config nobody = {
        .id = (char *)replay->cell, .source = (char *)"recording", .sla_pct = replay->sla_pct};
    struct gate_view view = {.policy = replay->policy,
                             .config = replay->config,
                             .cell = replay->known ? replay->known : &nobody,
                             .dr = replay->dr,
                             .low_traffic_pass = replay->low_traffic_pass,
                             .period_ms = replay->period_ms,
                             .deployed_at_ms = replay->deployed_at_ms,
                             .bake_ms = replay->bake_ms,
                             .reading = &recording_cell(replay->recording, replay->cell)->reading,
                             .controls = (const struct gate_control *)controls->data,
                             .n_controls = controls->len,
                             .memory = memory};
    enum verdict verdict = VERDICT_PENDING;
    gint64 end_ms = replay->deployed_at_ms + replay->bake_ms;
    if (replay->until_ms)
        end_ms = MIN(end_ms, replay->until_ms);
    for (*at_ms = replay->deployed_at_ms; verdict != VERDICT_FAIL && *at_ms < end_ms;) {
        struct gate_result results[GATE_COUNT] = {0};
        *at_ms = MIN(end_ms, *at_ms + replay->period_ms);
        view.now_ms = *at_ms;
        verdict = evaluate(&view, results);
        fn(*at_ms, results, verdict, data);
        for (size_t i = 0; i < GATE_COUNT; i++)
            gate_result_clear(&results[i]);
    }
    return verdict;
}
