#include "data/slo_budget.h"

#include <math.h>

/* The metric's usable value for the period that starts at `at_ms`, else NAN. */
static double value_at(const struct cell_reading *reading, enum metric metric, gint64 at_ms)
{
    const struct series *series = reading->series[metric];
    size_t at = series_place(series, at_ms);
    if (!series || at == series->n || series->points[at].at_ms != at_ms ||
        !metric_value_usable(metric, series->points[at].value))
        return NAN;
    return series->points[at].value;
}

/* What a value says failed, from 0 to 1. Health of 1 is no proof that requests went well. */
static double share_of(enum metric metric, double value)
{
    if (metric == METRIC_HEALTH)
        return value < 1 ? 1 : NAN;
    return metric == METRIC_ERROR_RATE && metric_value_usable(metric, value) ? value / 100 : NAN;
}

/* NAN where it is not known. A period without requests has no error rate, and failed nobody. */
static double share_read(const struct cell_reading *reading, gint64 at_ms)
{
    if (value_at(reading, METRIC_HEALTH, at_ms) < 1)
        return 1;
    double errors = value_at(reading, METRIC_ERROR_RATE, at_ms);
    if (isnan(errors) && value_at(reading, METRIC_REQUESTS, at_ms) == 0)
        return 0;
    return share_of(METRIC_ERROR_RATE, errors);
}

static void count_period(struct slo_budget *budget, const struct cell_reading *reading,
                         gint64 at_ms, gint64 period_ms)
{
    if (!budget->from_ms)
        budget->from_ms = at_ms;
    budget->until_ms = at_ms + period_ms;
    double share = share_read(reading, at_ms);
    if (isnan(share))
        return;
    budget->measured_ms += period_ms;
    budget->spent_ms += share * (double)period_ms;
}

/* Periods of which anything was read are those of health and errors, each once. */
static void count_reading(struct slo_budget *budget, const struct cell_reading *reading,
                          gint64 since_ms, gint64 period_ms)
{
    const struct series *health = reading->series[METRIC_HEALTH];
    const struct series *errors = reading->series[METRIC_ERROR_RATE];
    size_t h = series_place(health, since_ms), e = series_place(errors, since_ms);
    while ((health && h < health->n) || (errors && e < errors->n)) {
        gint64 of_health = health && h < health->n ? health->points[h].at_ms : G_MAXINT64;
        gint64 of_errors = errors && e < errors->n ? errors->points[e].at_ms : G_MAXINT64;
        count_period(budget, reading, MIN(of_health, of_errors), period_ms);
        h += of_health <= of_errors;
        e += of_errors <= of_health;
    }
}

static bool is_beyond(const struct slo_budget *budget, const struct slo_note *note, gint64 since_ms)
{
    return note->at_ms >= since_ms && (!budget->from_ms || note->at_ms < budget->from_ms) &&
           !isnan(share_of(note->metric, note->value));
}

/* The worst that is noted of each period before what was read. */
static GHashTable *worst_noted(const struct slo_budget *budget, const struct slo_note *notes,
                               size_t n, gint64 since_ms)
{
    GHashTable *worst = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    for (size_t i = 0; i < n; i++) {
        if (!is_beyond(budget, &notes[i], since_ms))
            continue;
        double share = share_of(notes[i].metric, notes[i].value);
        const double *before = g_hash_table_lookup(worst, &notes[i].at_ms);
        if (!before || *before < share)
            g_hash_table_replace(worst, g_memdup2(&notes[i].at_ms, sizeof notes[i].at_ms),
                                 g_memdup2(&share, sizeof share));
    }
    return worst;
}

static void count_notes(struct slo_budget *budget, GHashTable *worst, gint64 period_ms)
{
    GHashTableIter iter;
    gpointer at_ms, share;
    g_hash_table_iter_init(&iter, worst);
    while (g_hash_table_iter_next(&iter, &at_ms, &share)) {
        gint64 at = *(const gint64 *)at_ms;
        budget->noted++;
        budget->noted_ms += *(const double *)share * (double)period_ms;
        budget->noted_from_ms = budget->noted_from_ms ? MIN(budget->noted_from_ms, at) : at;
    }
}

void slo_budget_count(struct slo_budget *budget, double sla_pct, gint64 period_ms,
                      const struct cell_reading *reading, const struct slo_note *notes, size_t n,
                      gint64 now_ms)
{
    gint64 since_ms = now_ms - SLO_MONTH_MS;
    *budget =
        (struct slo_budget){.budget_ms = MAX(0, (100 - sla_pct) / 100 * (double)SLO_MONTH_MS)};
    count_reading(budget, reading, since_ms, period_ms);
    g_autoptr(GHashTable) worst = worst_noted(budget, notes, n, since_ms);
    count_notes(budget, worst, period_ms);
}

double slo_budget_pace(const struct slo_budget *budget)
{
    if (!budget->measured_ms || budget->budget_ms <= 0)
        return NAN;
    return budget->spent_ms / (double)budget->measured_ms /
           (budget->budget_ms / (double)SLO_MONTH_MS);
}
