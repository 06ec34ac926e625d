/* A bake's judge, fed by what the readings have: every settled period once, in order. The past is
 * the rows before the deploy; the controls are those of the first look, by their ids. One that has
 * left (it got the new version too) has no rows any more. */
#include "rollout/gate_rows.h"
#include "rollout/judge_constants.h"

#include <math.h>
#include <string.h>

struct gate_memory {
    struct judge *judge;
    GPtrArray *controls; /* ids */
    gint64 deployed_at_ms, bake_ms;
    gint64 next_ms; /* the first period not yet taken */
};

struct gate_memory *gate_memory_new(void)
{
    return g_new0(struct gate_memory, 1);
}

static void forget(struct gate_memory *memory)
{
    g_clear_pointer(&memory->judge, judge_free);
    g_clear_pointer(&memory->controls, g_ptr_array_unref);
}

void gate_memory_free(struct gate_memory *memory)
{
    if (!memory)
        return;
    forget(memory);
    g_free(memory);
}

const struct judge *gate_memory_judge(const struct gate_memory *memory)
{
    return memory ? memory->judge : NULL;
}

/* The datum of the period that starts at `at_ms`; NAN: none. */
static double datum_at(const struct series *series, gint64 at_ms, gint64 period_ms)
{
    size_t low = 0, high = series ? series->n : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (series->points[middle].at_ms < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    bool there = series && low < series->n && series->points[low].at_ms < at_ms + period_ms;
    return there ? series->points[low].value : NAN;
}

static struct judge_row row_of(const struct cell_reading *reading, gint64 at_ms, gint64 period_ms)
{
    struct judge_row row;
    for (size_t m = 0; m < METRIC_COUNT; m++)
        row.value[m] = datum_at(reading ? reading->series[m] : NULL, at_ms, period_ms);
    return row;
}

static const struct cell_reading *reading_of(const struct gate_view *view, const char *id)
{
    for (size_t i = 0; i < view->n_controls; i++)
        if (strcmp(view->controls[i].id, id) == 0)
            return view->controls[i].reading;
    return NULL;
}

static struct judge_row *rows_at(const struct gate_memory *memory, const struct gate_view *view,
                                 gint64 at_ms)
{
    struct judge_row *rows = g_new(struct judge_row, memory->controls->len + 1);
    rows[0] = row_of(view->reading, at_ms, view->period_ms);
    for (guint i = 0; i < memory->controls->len; i++)
        rows[i + 1] = row_of(reading_of(view, memory->controls->pdata[i]), at_ms, view->period_ms);
    return rows;
}

static gint64 earliest(const struct cell_reading *reading, gint64 other_ms)
{
    for (size_t m = 0; reading && m < METRIC_COUNT; m++)
        if (reading->series[m] && reading->series[m]->n)
            other_ms = MIN(other_ms, reading->series[m]->points[0].at_ms);
    return other_ms;
}

static void take_past(struct gate_memory *memory, const struct gate_view *view)
{
    gint64 first_ms = earliest(view->reading, memory->next_ms), period_ms = view->period_ms;
    for (size_t i = 0; i < view->n_controls; i++)
        first_ms = earliest(view->controls[i].reading, first_ms);
    gint64 whole = (view->deployed_at_ms - first_ms) / period_ms;
    gint64 last_ms = view->deployed_at_ms / period_ms * period_ms;
    for (gint64 i = MIN(whole, JUDGE_PAST_ROWS); i >= 1; i--) {
        g_autofree struct judge_row *rows = rows_at(memory, view, last_ms - i * period_ms);
        judge_past(memory->judge, rows);
    }
}

/* As celldeck.yaml calls them. */
static const struct {
    const char *name;
    enum metric metric;
} comparable[] = {{"error_rate", METRIC_ERROR_RATE},
                  {"latency", METRIC_LATENCY_P95},
                  {"cpu", METRIC_CPU},
                  {"connections", METRIC_DB_CONNECTIONS}};

static bool compares(const struct gates_config *policy, const char *name)
{
    return policy->regression_metrics &&
           g_strv_contains((const char *const *)policy->regression_metrics, name);
}

static void begin(struct gate_memory *memory, const struct gate_view *view)
{
    struct judge_terms terms = {.period_ms = view->period_ms,
                                .warmup_ms = view->policy->warmup_ms,
                                .bake_ms = view->bake_ms,
                                .max_ratio = view->policy->max_ratio,
                                .min_events = (double)view->policy->min_events,
                                .odds = view->policy->evidence};
    for (size_t i = 0; i < G_N_ELEMENTS(comparable); i++)
        terms.asked[comparable[i].metric] = compares(view->policy, comparable[i].name);
    forget(memory);
    memory->deployed_at_ms = view->deployed_at_ms;
    memory->bake_ms = view->bake_ms;
    memory->next_ms = first_period_ms(view);
    memory->controls = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < view->n_controls; i++)
        g_ptr_array_add(memory->controls, g_strdup(view->controls[i].id));
    memory->judge = judge_new(&terms, view->n_controls);
    take_past(memory, view);
    judge_begin(memory->judge);
}

void gate_memory_follow(struct gate_memory *memory, const struct gate_view *view)
{
    if (!memory)
        return;
    if (!memory->judge || memory->deployed_at_ms != view->deployed_at_ms ||
        memory->bake_ms != view->bake_ms)
        begin(memory, view);
    gint64 settled_ms = first_period_ms(view) + periods_due(view) * view->period_ms;
    for (; memory->next_ms < settled_ms; memory->next_ms += view->period_ms) {
        g_autofree struct judge_row *rows = rows_at(memory, view, memory->next_ms);
        judge_take(memory->judge, memory->next_ms + view->period_ms - view->deployed_at_ms, rows);
    }
}
