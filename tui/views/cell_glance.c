/* The lines on top of a cell's page: who is affected, what it costs, what is left of the month's
 * error budget; and, on a screen too small for charts, what these would have told. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/chart.h"
#include "tui/views/affected.h"
#include "tui/views/cell_look.h"
#include "tui/views/departure.h"
#include "tui/views/dies_column.h"
#include "tui/views/drills.h"
#include "tui/views/marks.h"

#include <math.h>

static char *affected_words(const struct cell_look *look, enum role *role)
{
    const struct registry *registry = look->deck->snapshot->registry;
    g_autofree char *age = affected_age(look->deck);
    *role = !registry || !registry->complete || *age ? ROLE_UNKNOWN : ROLE_NORMAL;
    g_autofree char *tenants = registry_count_text(registry, look->cell->tenants);
    g_autofree char *users = registry_count_text(registry, look->cell->registered_users);
    g_autofree char *patients = text_count(look->cell->most_patients);
    return g_strdup_printf("%s tenant%s · %s registered users · %s patients at most%s", tenants,
                           registry && look->cell->tenants == 1 ? "" : "s", users, patients, age);
}

/* Cents where there are few dollars. */
static char *usd_text(double usd)
{
    g_autofree char *whole = text_count((gint64)llround(usd));
    return usd < 100 ? g_strdup_printf("$%.2f", usd) : g_strdup_printf("$%s", whole);
}

static char *cost_words(const struct cell_look *look)
{
    const struct registry *registry = look->deck->snapshot->registry;
    double cost = look->cell->config->cost_per_month;
    if (cost < 0)
        return g_strdup("cost –");
    g_autofree char *month = usd_text(cost);
    if (!registry || look->cell->registered_users <= 0)
        return g_strdup_printf("cost %s a month, – a user", month);
    g_autofree char *user = usd_text(cost / (double)look->cell->registered_users);
    return g_strdup_printf("cost %s a month, %s%s a registered user", month,
                           registry->complete ? "" : "at most ", user);
}

static double minutes(double ms)
{
    return ms / (double)WHEN_MINUTE;
}

/* How fast it is spent, where that is too fast. */
static void add_pace(GString *text, const struct slo_budget *budget)
{
    double pace = slo_budget_pace(budget);
    if (pace > 1)
        g_string_append_printf(text, ", %.*f× too fast", pace < 10 ? 1 : 0, pace);
}

/* Hours to a tenth: whole ones would make two of three less a period. */
static char *span_text(gint64 span_ms)
{
    return span_ms < 2 * WHEN_HOUR ? duration_short(span_ms)
                                   : g_strdup_printf("%.1f h", (double)span_ms / (double)WHEN_HOUR);
}

static void add_span(GString *text, const struct cell_look *look)
{
    const struct slo_budget *budget = &look->budget;
    gint64 span_ms = budget->until_ms - budget->from_ms;
    g_autofree char *read = span_text(span_ms);
    g_autofree char *stale = cell_stale_words(look->deck, budget->until_ms);
    g_string_append_printf(text, " in %s read", read);
    if (stale)
        g_string_append_printf(text, " (%s)", stale);
    if (span_ms > budget->measured_ms) {
        g_autofree char *unknown = duration_short(span_ms - budget->measured_ms);
        g_string_append_printf(text, ", of which %s is not known", unknown);
    }
}

/* "SLO 99.9 %: 1.3 of 43.2 min a month spent (3 %) in 3.0 h read". Nothing is said of the rest
 * of the month but what gates have noted of it. */
static char *budget_words(const struct cell_look *look, enum role *role)
{
    const struct slo_budget *budget = &look->budget;
    double spent_ms = budget->spent_ms + budget->noted_ms;
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "SLO %.5g %%: ", look->cell->config->sla_pct);
    *role = ROLE_UNKNOWN;
    if (budget->budget_ms <= 0) {
        g_string_append(text, "leaves no budget");
    } else if (!budget->measured_ms) {
        g_string_append_printf(text, "%.1f min a month, nothing is known of what was spent",
                               minutes(budget->budget_ms));
    } else {
        *role = spent_ms > budget->budget_ms  ? ROLE_BAD
                : slo_budget_pace(budget) > 1 ? ROLE_WARN
                                              : ROLE_NORMAL;
        g_string_append_printf(text, "%.1f of %.1f min a month spent (%.0f %%)",
                               minutes(budget->spent_ms), minutes(budget->budget_ms),
                               budget->spent_ms / budget->budget_ms * 100);
        add_span(text, look);
        add_pace(text, budget);
    }
    if (budget->noted) {
        g_autofree char *since = mark_time(budget->noted_from_ms, look->deck->now_ms);
        g_string_append_printf(
            text, "; %.1f min more in %" G_GINT64_FORMAT " periods that gates noted since %s",
            minutes(budget->noted_ms), budget->noted, since);
    }
    return g_string_free(text, FALSE);
}

/* "errors 7.1 % ▁▂▁▆█ limit 5 %" */
static void add_errors(GArray *lines, const struct cell_look *look)
{
    enum { PERIODS = 12 };
    const struct deck *deck = look->deck;
    gint64 period_ms = deck->config->metrics.period_ms;
    bool stale;
    double values[PERIODS],
        limit = config_gates_of(deck->config, look->cell->config)->max_error_rate_pct;
    double value = mark_metric(look->cell, METRIC_ERROR_RATE, period_ms, deck->now_ms, &stale);
    mark_periods(look->cell, METRIC_ERROR_RATE, period_ms, deck->now_ms, values, PERIODS);
    double top = limit;
    for (int i = 0; i < PERIODS; i++)
        top = isnan(values[i]) ? top : MAX(top, values[i]);
    g_autofree char *spark = chart_spark(values, PERIODS, top);
    g_autofree char *figure = mark_value(METRIC_ERROR_RATE, value);
    g_autofree char *age = duration_short(
        MAX(0, cell_metric_age_ms(look->cell, METRIC_ERROR_RATE, period_ms, deck->now_ms)));
    g_autofree char *text =
        stale && !isnan(value)
            ? g_strdup_printf("errors STALE %s, were %s", age, figure)
            : g_strdup_printf("errors %s %s limit %.3g %%", figure, spark, limit);
    enum role role = stale || isnan(value) ? ROLE_UNKNOWN : value > limit ? ROLE_BAD : ROLE_NORMAL;
    cell_lines_one(lines, role, text);
}

static void add_small(GArray *lines, const struct cell_look *look)
{
    enum role role;
    add_errors(lines, look);
    g_autofree char *probe = cell_probe_words(look, &role);
    g_autofree char *asked = g_strconcat("probe ", probe, NULL);
    cell_lines_one(lines, role, asked);
    g_autofree char *alarms = cell_alarms_words(look, &role);
    g_autofree char *told = g_strconcat("alarms ", alarms, NULL);
    cell_lines_one(lines, role, told);
}

/* "everybody leaves it: ◔ f1 running: 7 of 12 tenants done, 5 left" */
static void add_leaving(GArray *lines, const struct cell_look *look, int cols)
{
    g_autoptr(GString) scratch = g_string_new(NULL);
    const char *how = dies_text(look->cell, look->deck, scratch);
    g_autofree char *text = g_strconcat("everybody leaves it: ", how, NULL);
    cell_lines_add(lines, dies_role(look->cell, look->deck), cols, text);
}

/* "if it dies: ✔ cell-1-dr, lag 2 s · its failover was drilled 12 days ago (d2)" */
static void add_dies(GArray *lines, const struct cell_look *look, int cols)
{
    const char *cell = look->cell->config->id;
    const struct evacuation *plan = deck_evacuation(look->deck, cell);
    enum drain drain = plan ? evacuation_drain(plan) : DRAIN_UNREAD;
    const struct mark mark = mark_drain(drain);
    g_autofree char *drilled = drill_words(look->deck, cell);
    if (departure_is_under_way(look->deck, cell)) {
        add_leaving(lines, look, cols);
        return;
    }
    if (drain == DRAIN_NONE)
        return;
    g_autofree char *text =
        plan ? g_strdup_printf("if it dies: %s %s · %s", mark.shape,
                               plan->refused ? plan->refused : plan->why, drilled)
             : g_strdup("if it dies: ? not planned yet");
    cell_lines_add(lines, drain == DRAIN_READY ? ROLE_NORMAL : mark.role, cols, text);
}

static GArray *glance_lines(const struct cell_look *look, int cols)
{
    enum role role;
    GArray *lines = cell_lines_new();
    if (look->small)
        add_small(lines, look);
    for (guint i = 0; i < look->more_reasons->len; i++)
        cell_lines_add(lines, mark_health(look->cell->health).role, cols,
                       look->more_reasons->pdata[i]);
    g_autofree char *affected = affected_words(look, &role);
    g_autofree char *cost = cost_words(look);
    g_autofree char *both = g_strconcat(affected, " · ", cost, NULL);
    bool one_line = text_width(both) <= cols;
    cell_lines_add(lines, role, cols, one_line ? both : affected);
    if (!one_line)
        cell_lines_add(lines, ROLE_NORMAL, cols, cost);
    g_autofree char *budget = budget_words(look, &role);
    cell_lines_add(lines, role, cols, budget);
    add_dies(lines, look, cols);
    return lines;
}

static int glance_rows(const struct cell_look *look, int cols)
{
    g_autoptr(GArray) lines = glance_lines(look, cols);
    return (int)lines->len;
}

static void glance_draw(const struct cell_look *look, struct canvas *canvas,
                        const struct area *area)
{
    g_autoptr(GArray) lines = glance_lines(look, area->cols);
    cell_lines_draw(lines, canvas, area);
}

const struct cell_part cell_glance = {glance_rows, glance_draw};
