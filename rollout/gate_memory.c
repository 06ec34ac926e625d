/* A bake's judge, fed by what the readings have: every settled period once, in order. The past is
 * the rows before the deploy; the controls are those of the first look, by their ids. One that has
 * left (it got the new version too) has no rows any more. */
#include "rollout/gate_rows.h"
#include "rollout/judge_constants.h"

#include <math.h>
#include <string.h>

/* Rows added up so far; a datum that came late shows by their number and has them added anew. */
struct rows_sum {
    struct rows_tally tally;
    gint64 until_ms; /* exclusive; 0: nothing yet */
    size_t points;   /* that the series had by then */
};

struct gate_memory {
    struct judge *judge;
    GPtrArray *controls; /* ids */
    gint64 deployed_at_ms, bake_ms;
    gint64 next_ms;     /* the first period not yet taken */
    size_t past_points; /* that there were before the deploy, of all cells */
    size_t points;      /* of the cell's own requests in the periods taken */
    struct rows_sum sums[METRIC_COUNT];
    struct usual_traffic own_traffic, *traffic; /* and of each control */
};

gint64 gates_past_ms(gint64 period_ms)
{
    return MAX(GATES_PAST_MS, JUDGE_SHORT_PAST * period_ms);
}

gint64 gates_own_past_ms(gint64 period_ms)
{
    return MAX(GATES_OWN_PAST_MS, gates_past_ms(period_ms));
}

struct gate_memory *gate_memory_new(void)
{
    return g_new0(struct gate_memory, 1);
}

static void forget(struct gate_memory *memory)
{
    g_clear_pointer(&memory->judge, judge_free);
    g_clear_pointer(&memory->controls, g_ptr_array_unref);
    g_clear_pointer(&memory->traffic, g_free);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        memory->sums[m] = (struct rows_sum){0};
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
    return memory->judge;
}

/* The datum of the period that starts at `at_ms`; NAN: none. */
static double datum_at(const struct series *series, gint64 at_ms, gint64 period_ms)
{
    size_t place = series_place(series, at_ms);
    bool there = series && place < series->n && series->points[place].at_ms < at_ms + period_ms;
    return there ? series->points[place].value : NAN;
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
    gint64 earlier = MIN(whole, gates_own_past_ms(period_ms) / period_ms);
    gint64 past = MIN(MIN(whole, JUDGE_PAST_ROWS), gates_past_ms(period_ms) / period_ms);
    for (gint64 i = earlier; i > past; i--) {
        const struct judge_row row = row_of(view->reading, last_ms - i * period_ms, period_ms);
        judge_earlier(memory->judge, &row);
    }
    for (gint64 i = past; i >= 1; i--) {
        g_autofree struct judge_row *rows = rows_at(memory, view, last_ms - i * period_ms);
        judge_past(memory->judge, rows);
    }
}

/* What celldeck.yaml lists is compared. */
static void ask(struct judge_terms *terms, const struct gate_view *view)
{
    const char *const *listed = (const char *const *)view->policy->regression_metrics;
    for (enum metric m = 0; listed && m < metric_count(view->config); m++) {
        const char *word = metric_word_in(view->config, m);
        const struct own_metric *own = metric_own(view->config, m);
        terms->asked[m] = word && g_strv_contains(listed, word);
        if (own)
            terms->own[m - METRIC_OWN] = (struct own_terms){own->falls, own->min_change};
    }
}

static size_t points_before(const struct cell_reading *reading, gint64 before_ms)
{
    return reading ? series_place(reading->series[METRIC_REQUESTS], before_ms) : 0;
}

static size_t past_points(const struct gate_memory *memory, const struct gate_view *view)
{
    size_t points = points_before(view->reading, view->deployed_at_ms);
    for (guint i = 0; i < memory->controls->len; i++)
        points += points_before(reading_of(view, memory->controls->pdata[i]), view->deployed_at_ms);
    return points;
}

/* Of the periods taken. */
static size_t points_taken(const struct gate_memory *memory, const struct gate_view *view)
{
    return points_before(view->reading, memory->next_ms) -
           points_before(view->reading, first_period_ms(view));
}

/* Of another deploy, or of this one with more of its past, more controls, or many rows that were
 * not there: a process that has just begun gets the newest rows first, and learns of the cells'
 * versions one by one. */
static bool has_to_begin(const struct gate_memory *memory, const struct gate_view *view)
{
    return !memory->judge || memory->deployed_at_ms != view->deployed_at_ms ||
           memory->bake_ms != view->bake_ms || view->n_controls > memory->controls->len ||
           past_points(memory, view) > memory->past_points ||
           points_taken(memory, view) > memory->points + JUDGE_STANDS;
}

/* Whether the day before the deploy was one of a weekend, or part of it: by UTC, which is no
 * further off than another's clock. */
static bool is_after_weekend(gint64 deployed_at_ms)
{
    enum { SUNDAY, SATURDAY = 6, A_WEEK, FIRST_OF_1970 = 4 /* a Thursday */ };
    gint64 days = (deployed_at_ms - GATES_OWN_PAST_MS) / WHEN_DAY;
    gint64 weekday = (days + FIRST_OF_1970) % A_WEEK;
    return weekday == SATURDAY || weekday == SUNDAY;
}

static void begin(struct gate_memory *memory, const struct gate_view *view)
{
    struct judge_terms terms = {.period_ms = view->period_ms,
                                .warmup_ms = view->policy->warmup_ms,
                                .bake_ms = view->bake_ms,
                                .after_weekend = is_after_weekend(view->deployed_at_ms),
                                .max_ratio = view->policy->max_ratio,
                                .min_events = (double)view->policy->min_events,
                                .odds = view->policy->evidence};
    ask(&terms, view);
    forget(memory);
    memory->deployed_at_ms = view->deployed_at_ms;
    memory->bake_ms = view->bake_ms;
    memory->next_ms = first_period_ms(view);
    memory->controls = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < view->n_controls; i++)
        g_ptr_array_add(memory->controls, g_strdup(view->controls[i].id));
    memory->judge = judge_new(&terms, view->n_controls);
    memory->past_points = past_points(memory, view);
    take_past(memory, view);
    judge_begin(memory->judge);
    memory->own_traffic = usual_traffic_of(view, view->reading);
    memory->traffic = g_new0(struct usual_traffic, view->n_controls + 1);
    for (size_t i = 0; i < view->n_controls; i++)
        memory->traffic[i] = usual_traffic_of(view, view->controls[i].reading);
}

/* Rows of several regions come one after the other. Who has been silent for long is not waited for:
 * without data is what `data` is about. */
static bool is_in(const struct gate_view *view, const struct cell_reading *reading, gint64 at_ms)
{
    const struct datapoint *newest = reading ? series_last(reading->series[METRIC_REQUESTS]) : NULL;
    return !newest || newest->at_ms >= at_ms ||
           newest->at_ms < at_ms - RECENT_PERIODS * view->period_ms;
}

static bool may_take(const struct gate_memory *memory, const struct gate_view *view, gint64 at_ms)
{
    if (view->now_ms >= at_ms + view->period_ms + view->settle_ms + view->patience_ms)
        return true;
    bool all = is_in(view, view->reading, at_ms);
    for (guint i = 0; all && i < memory->controls->len; i++)
        all = is_in(view, reading_of(view, memory->controls->pdata[i]), at_ms);
    return all;
}

static void add_up(struct rows_sum *sum, const struct gate_view *view, enum metric metric)
{
    const struct series *series = view->reading ? view->reading->series[metric] : NULL;
    size_t first = series_place(series, rows_from_ms(view));
    if (sum->until_ms && series_place(series, sum->until_ms) - first != sum->points)
        *sum = (struct rows_sum){0}; /* one came late */
    gint64 settled_ms = rows_settled_ms(view);
    if (!sum->until_ms)
        *sum = (struct rows_sum){.tally.newest_ms = G_MININT64, .until_ms = rows_from_ms(view)};
    g_autoptr(GArray) rows = rows_between(view->reading, metric, sum->until_ms, settled_ms);
    for (guint i = 0; i < rows->len; i++) {
        sum->tally.read++;
        sum->tally.sum += row_at(rows, i)->value;
        sum->tally.newest_ms = row_at(rows, i)->at_ms;
    }
    sum->until_ms = MAX(sum->until_ms, settled_ms);
    sum->points = series_place(series, sum->until_ms) - first;
}

struct rows_tally gate_memory_rows(const struct gate_memory *memory, enum metric metric)
{
    return memory->sums[metric].tally;
}

struct usual_traffic gate_memory_traffic(const struct gate_memory *memory, const char *control)
{
    if (!control)
        return memory->own_traffic;
    for (guint i = 0; i < memory->controls->len; i++)
        if (strcmp(memory->controls->pdata[i], control) == 0)
            return memory->traffic[i];
    return (struct usual_traffic){0};
}

void gate_memory_follow(struct gate_memory *memory, const struct gate_view *view)
{
    if (has_to_begin(memory, view))
        begin(memory, view);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        add_up(&memory->sums[m], view, m);
    gint64 settled_ms = first_period_ms(view) + periods_due(view) * view->period_ms;
    for (; memory->next_ms < settled_ms && may_take(memory, view, memory->next_ms);
         memory->next_ms += view->period_ms) {
        g_autofree struct judge_row *rows = rows_at(memory, view, memory->next_ms);
        judge_take(memory->judge, memory->next_ms + view->period_ms - view->deployed_at_ms, rows);
    }
    memory->points = points_taken(memory, view);
}
