#include "judge_stage.h"

#include "data/base/when.h"
#include "data/config.h"

#include <criterion/criterion.h>
#include <math.h>

#define PAST_MINUTES 240

/* SplitMix64 of who, when and what: no noise depends on any other. */
static double noise(size_t cell, gint64 minute, guint64 what)
{
    guint64 z = ((guint64)cell << 48) + ((guint64)(minute + 100000) << 8) + what;
    z *= G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94D049BB133111EB);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(size_t cell, gint64 minute, guint64 what)
{
    return sqrt(-2 * log(noise(cell, minute, what))) *
           cos(2 * G_PI * noise(cell, minute, what + 1));
}

double row_errors(const struct judge_row *row)
{
    return nearbyint(row->value[METRIC_ERROR_RATE] * row->value[METRIC_REQUESTS] / 100);
}

void row_set_errors(struct judge_row *row, double errors)
{
    row->value[METRIC_ERROR_RATE] = 100 * errors / row->value[METRIC_REQUESTS];
}

static struct judge_row row_of(size_t cell, gint64 minute)
{
    struct judge_row row = {{0}};
    double requests = nearbyint(2000 + sqrt(2000) * normal(cell, minute, 0));
    row.value[METRIC_HEALTH] = 1;
    row.value[METRIC_REQUESTS] = requests;
    row_set_errors(&row, MAX(0, nearbyint(6 + sqrt(6) * normal(cell, minute, 2))));
    row.value[METRIC_CPU] = 30 * exp(0.04 * normal(cell, minute, 4));
    row.value[METRIC_LATENCY_P95] = 200 * exp(0.06 * normal(cell, minute, 6));
    row.value[METRIC_DB_CONNECTIONS] = nearbyint(80 * exp(0.05 * normal(cell, minute, 8)));
    row.value[METRIC_ACTIVE_USERS] = 400;
    return row;
}

struct stage stage_of(stage_change change)
{
    struct gates_config gates;
    gates_config_default(&gates);
    struct stage stage = {.terms = {.period_ms = WHEN_MINUTE,
                                    .warmup_ms = gates.warmup_ms,
                                    .bake_ms = WHEN_HOUR,
                                    .max_ratio = gates.max_ratio,
                                    .min_events = (double)gates.min_events,
                                    .odds = gates.evidence,
                                    .asked = {[METRIC_ERROR_RATE] = true,
                                              [METRIC_CPU] = true,
                                              [METRIC_DB_CONNECTIONS] = true,
                                              [METRIC_LATENCY_P95] = true}},
                          .n_controls = 3,
                          .past = 120,
                          .minutes = 60,
                          .change = change};
    gates_config_clear(&gates);
    return stage;
}

static struct judge_row *rows_at(const struct stage *stage, gint64 minute)
{
    struct judge_row *rows = g_new(struct judge_row, stage->n_controls + 1);
    for (size_t i = 0; i <= stage->n_controls; i++) {
        size_t cell = i && stage->order ? stage->order[i - 1] : i;
        rows[i] = row_of(cell, minute);
        if (stage->change)
            stage->change(&rows[i], cell, minute);
    }
    return rows;
}

void stage_take(const struct stage *stage, struct judge *judge, gint64 minute)
{
    g_autofree struct judge_row *rows = rows_at(stage, minute);
    judge_take(judge, (minute + 1) * WHEN_MINUTE, rows);
}

static struct judge *begin(const struct stage *stage)
{
    struct judge *judge = judge_new(&stage->terms, stage->n_controls);
    for (gint64 minute = -stage->past; minute < 0; minute++) {
        g_autofree struct judge_row *rows = rows_at(stage, minute);
        if (minute < -PAST_MINUTES)
            judge_earlier(judge, rows);
        else
            judge_past(judge, rows);
    }
    judge_begin(judge);
    return judge;
}

struct judge *stage_judge(const struct stage *stage)
{
    struct judge *judge = begin(stage);
    for (gint64 minute = 0; minute < stage->minutes; minute++)
        stage_take(stage, judge, minute);
    return judge;
}

static void note(struct ending *ending, const struct judge *judge, gint64 minute)
{
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        struct judge_finding found = judge_find(judge, m);
        ending->last[m] = found;
        ending->most_odds[m] = MAX(ending->most_odds[m], found.odds);
        if (ending->guilty_at[m] < 0)
            ending->first[m] = found;
        if (found.word == JUDGE_GUILTY && ending->guilty_at[m] < 0)
            ending->guilty_at[m] = minute;
        if (found.word == JUDGE_SHARED && ending->shared_at[m] < 0)
            ending->shared_at[m] = minute;
    }
}

struct ending stage_play(const struct stage *stage)
{
    struct ending ending = {0};
    for (size_t m = 0; m < METRIC_COUNT; m++)
        ending.guilty_at[m] = ending.shared_at[m] = -1;
    OWN(judge) judge = begin(stage);
    for (gint64 minute = 0; minute < stage->minutes; minute++) {
        stage_take(stage, judge, minute);
        note(&ending, judge, minute + 1);
    }
    return ending;
}

void expect_nobody_guilty(const struct ending *ending, const char *story)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        cr_expect_lt(ending->guilty_at[m], 0,
                     "%s: %s guilty after %d min, %.3g where %.3g was expected, odds %.3g", story,
                     metric_name(m), (int)ending->guilty_at[m], ending->first[m].seen,
                     ending->first[m].expected, ending->first[m].odds);
}
