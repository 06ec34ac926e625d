#include "nulls.h"

#include "data/base/when.h"
#include "data/config.h"

#include <math.h>
#include <string.h>

#define DAY_MINUTES  (WHEN_DAY / WHEN_MINUTE)
#define PAST_MINUTES 240
#define JOB_MINUTES  120

/* gates.md: Poisson, over-dispersed, autocorrelated, diurnal by 40 %. */
const struct null_kind null_kinds[] = {
    {"poisson", 0, 0, 0, false, 0, 0},
    {"over-dispersed", 0.3, 0, 0, false, 0, 0},
    {"autocorrelated", 0.3, 0.9, 0, false, 0, 0},
    {"diurnal", 0.3, 0.9, 0.4, false, 0, 0},
    {"diurnal errors", 0.3, 0.9, 0.4, true, 0, 0},
    {"days apart", 0.3, 0.9, 0.4, true, 0, 0.1},
    {"nightly job", 0.3, 0.9, 0.4, true, 3, 0.1},
};

size_t null_kinds_count(void)
{
    return G_N_ELEMENTS(null_kinds);
}

const struct null_kind *null_kind_named(const char *name)
{
    for (size_t i = 0; i < null_kinds_count(); i++)
        if (strcmp(null_kinds[i].name, name) == 0)
            return &null_kinds[i];
    g_assert_not_reached();
}

struct dice {
    guint64 state;
};

/* SplitMix64 (Steele, Lea & Flood 2014): any seed will do. Within (0, 1). */
static double uniform(struct dice *dice)
{
    guint64 z = dice->state += G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94D049BB133111EB);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double between(struct dice *dice, double low, double high)
{
    return low + uniform(dice) * (high - low);
}

static double normal(struct dice *dice)
{
    return sqrt(-2 * log(uniform(dice))) * cos(2 * G_PI * uniform(dice));
}

/* Above 50 the normal distribution is near enough. */
static double poisson(struct dice *dice, double mean)
{
    if (mean > 50)
        return MAX(0, floor(mean + sqrt(mean) * normal(dice) + 0.5));
    double least = exp(-mean), product = uniform(dice);
    int count = 0;
    for (; product > least; count++)
        product *= uniform(dice);
    return count;
}

/* A wandering logarithm: its standard deviation and its correlation from minute to minute. */
struct wander {
    double deviation, memory, now;
};

static double wander(struct wander *it, struct dice *dice)
{
    it->now =
        it->memory * it->now + it->deviation * sqrt(1 - it->memory * it->memory) * normal(dice);
    return it->now;
}

struct null_cell {
    double requests, error_share, cpu_pct, latency_ms, connections; /* on average */
    struct wander traffic, errors, cpu, latency;
    gint64 job_minute; /* of the day, at which its job begins */
    double today;      /* its errors over another day's */
};

struct fleet_of_nulls {
    const struct null_kind *kind;
    struct dice dice;
    double phase; /* of the day */
    size_t n_cells;
    struct null_cell *cells;
};

/* Cells of 50 to 10,000 requests a minute and of 0.02 % to 1 % errors; traffic, CPU and latency
 * wander by some percent, as a service's do. */
static struct null_cell null_cell(struct dice *dice, double spread, double memory, double traffic)
{
    return (struct null_cell){.requests = 50 * pow(200, uniform(dice)),
                              .error_share = 0.0002 * pow(50, uniform(dice)),
                              .cpu_pct = between(dice, 15, 35),
                              .latency_ms = between(dice, 100, 300),
                              .connections = between(dice, 30, 130),
                              .traffic = {traffic, 0.9, 0},
                              .errors = {spread, memory, 0},
                              .cpu = {0.04, 0.8, 0},
                              .latency = {0.06, 0.5, 0},
                              .today = 1};
}

static void fleet_begin(struct fleet_of_nulls *fleet, const struct null_case *given, guint64 seed)
{
    const struct null_kind *kind = given->kind;
    *fleet = (struct fleet_of_nulls){
        .kind = kind, .dice = {seed * 1000003}, .n_cells = given->n_controls + 1};
    struct dice *dice = &fleet->dice;
    fleet->phase = between(dice, 0, 2 * G_PI);
    double spread = between(dice, kind->spread / 3, kind->spread);
    double memory = between(dice, kind->memory / 3, kind->memory);
    double traffic = between(dice, 0.02, 0.07);
    fleet->cells = g_new(struct null_cell, fleet->n_cells);
    for (size_t i = 0; i < fleet->n_cells; i++)
        fleet->cells[i] = null_cell(dice, spread, memory, traffic);
    for (size_t i = 0; i < fleet->n_cells && kind->job > 1; i++)
        fleet->cells[i].job_minute = (gint64)between(dice, 0, DAY_MINUTES);
}

static bool has_job(const struct null_cell *cell, const struct null_kind *kind, gint64 minute)
{
    gint64 into_day = (minute % DAY_MINUTES + DAY_MINUTES) % DAY_MINUTES;
    gint64 into_job = (into_day - cell->job_minute + DAY_MINUTES) % DAY_MINUTES;
    return kind->job > 1 && into_job < JOB_MINUTES;
}

static struct judge_row null_row(struct null_cell *cell, const struct null_kind *kind,
                                 struct dice *dice, double day, double job)
{
    bool errors_follow = kind->errors_follow;
    struct judge_row row = {{0}};
    double requests = poisson(dice, cell->requests * day * exp(wander(&cell->traffic, dice)));
    double variance = cell->errors.deviation * cell->errors.deviation;
    double share = cell->error_share * exp(wander(&cell->errors, dice) - variance / 2);
    share *= (errors_follow ? day : 1) * job * cell->today;
    double errors = MIN(requests, poisson(dice, requests * share));
    row.value[METRIC_HEALTH] = 1;
    row.value[METRIC_REQUESTS] = requests;
    row.value[METRIC_ERROR_RATE] = requests > 0 ? 100 * errors / requests : 0;
    row.value[METRIC_CPU] =
        cell->cpu_pct * (0.15 + 0.85 * day) * sqrt(job) * exp(wander(&cell->cpu, dice));
    row.value[METRIC_LATENCY_P95] = cell->latency_ms * (errors_follow ? day : (1 + day) / 2) *
                                    sqrt(job) * exp(wander(&cell->latency, dice));
    row.value[METRIC_DB_CONNECTIONS] =
        floor(cell->connections * day * sqrt(job) * exp(0.05 * normal(dice)));
    row.value[METRIC_ACTIVE_USERS] = floor(cell->requests * day);
    return row;
}

static void fleet_rows(struct fleet_of_nulls *fleet, gint64 minute, struct judge_row *rows)
{
    double angle = 2 * G_PI * (double)minute / (double)DAY_MINUTES + fleet->phase;
    double day = 1 + fleet->kind->rhythm * sin(angle);
    for (size_t i = 0; i < fleet->n_cells; i++) {
        struct null_cell *cell = &fleet->cells[i];
        if (minute % DAY_MINUTES == 0 && fleet->kind->days > 0)
            cell->today = exp(fleet->kind->days * normal(&fleet->dice));
        double job = has_job(cell, fleet->kind, minute) ? fleet->kind->job : 1;
        rows[i] = null_row(cell, fleet->kind, &fleet->dice, day, job);
    }
}

/* As celldeck.yaml has them where it says nothing. */
static struct judge_terms default_terms(const struct null_case *given)
{
    struct gates_config gates;
    gates_config_default(&gates);
    struct judge_terms terms = {.period_ms = WHEN_MINUTE,
                                .warmup_ms = gates.warmup_ms,
                                .bake_ms = given->bake_hours * WHEN_HOUR,
                                .max_ratio = gates.max_ratio,
                                .min_events = (double)gates.min_events,
                                .odds = gates.evidence * given->rigour,
                                .asked = {[METRIC_ERROR_RATE] = true,
                                          [METRIC_CPU] = true,
                                          [METRIC_DB_CONNECTIONS] = true,
                                          [METRIC_LATENCY_P95] = true}};
    gates_config_clear(&gates);
    return terms;
}

/* The worst that is said of any metric. */
static enum judge_word worst(const struct judge *judge, struct null_run *run)
{
    enum judge_word word = JUDGE_QUIET;
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        struct judge_finding found = judge_find(judge, m);
        run->most_odds = MAX(run->most_odds, found.odds);
        enum judge_word said = found.word;
        if (said <= word)
            continue;
        word = said;
        run->metric = m;
    }
    return word;
}

struct null_run null_run(const struct null_case *given, guint64 seed)
{
    struct judge_terms terms = default_terms(given);
    struct fleet_of_nulls fleet;
    struct null_run run = {.end = NULL_PASSED};
    enum judge_word word = JUDGE_QUIET;
    fleet_begin(&fleet, given, seed);
    g_autofree struct judge_row *rows = g_new(struct judge_row, fleet.n_cells);
    OWN(judge) judge = judge_new(&terms, given->n_controls);
    for (gint64 minute = -(gint64)given->past_rows; minute < 0; minute++) {
        fleet_rows(&fleet, minute, rows);
        if (minute < -PAST_MINUTES)
            judge_earlier(judge, rows);
        else
            judge_past(judge, rows);
    }
    judge_begin(judge);
    for (; word != JUDGE_GUILTY && run.minute < given->bake_hours * 60; run.minute++) {
        fleet_rows(&fleet, run.minute, rows);
        judge_take(judge, (run.minute + 1) * WHEN_MINUTE, rows);
        word = worst(judge, &run);
    }
    if (word != JUDGE_QUIET)
        run.end = word == JUDGE_GUILTY ? NULL_FAILED : NULL_HELD;
    g_free(fleet.cells);
    return run;
}
