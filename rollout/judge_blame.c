/* Attribution: what the controls do over their own past tells what the world is doing (difference
 * in differences). */
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <stdlib.h>

static double tally_ratio(const struct tally *tally)
{
    return (tally->errors + 0.5) / (tally->expected + 0.5);
}

static int by_ratio(const void *a, const void *b)
{
    double x = tally_ratio(a), y = tally_ratio(b);
    return (x > y) - (x < y);
}

double tally_pool(const struct tally *tallies, size_t n)
{
    g_autofree struct tally *sorted = g_new(struct tally, n + 1);
    struct tally sum = {0};
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (tallies[i].expected > 0)
            sorted[kept++] = tallies[i];
    qsort(sorted, kept, sizeof *sorted, by_ratio);
    size_t out = kept >= 3;
    for (size_t i = out; i + out < kept; i++) {
        sum.errors += sorted[i].errors;
        sum.expected += sorted[i].expected;
    }
    return kept ? log(tally_ratio(&sum)) : 0;
}

static struct tally own_tally(const struct judge *judge, size_t rows)
{
    struct tally sum = {0};
    for (size_t i = JUDGE_WORLD_MAX - MIN(rows, JUDGE_WORLD_MAX); i < JUDGE_WORLD_MAX; i++) {
        sum.errors += judge->cells[0].rows[i].errors;
        sum.expected += judge->cells[0].rows[i].expected;
    }
    return sum;
}

/* The controls' traffic of the last ten rows over what was usual. */
static double traffic_ratio(const struct judge *judge)
{
    g_autofree double *ratios = g_new(double, judge->n_cells);
    size_t n = 0;
    for (size_t i = 1; i < judge->n_cells; i++) {
        const struct judged_cell *control = &judge->cells[i];
        double now = stat_median(control->requests, JUDGE_STANDS);
        if (!isnan(now) && control->usual_requests > 0)
            ratios[n++] = now / control->usual_requests;
    }
    return n ? stat_median(ratios, n) : 1;
}

/* In an incident of everybody's the ratio of two ratios has the counting noise of four counts. */
static double needed_in_incident(const struct judge *judge, const struct tally *own,
                                 const struct tally *world, double least)
{
    double now = 0, before = 0;
    for (size_t i = 0; i < n_controls(judge); i++) {
        now += world[i].errors;
        before += judge->cells[i + 1].past_errors;
    }
    double deviation = sqrt(1 / (now + 0.5) + 1 / (before + 0.5) + 1 / (own->errors + 0.5) +
                            1 / (judge->cells[0].level.errors + 0.5));
    return MAX(least, JUDGE_WORSE * exp(2 * deviation));
}

/* Few errors of few controls make a ratio of 1.4 by chance; one in forty makes two deviations. */
static bool is_no_chance(const struct judge *judge, const struct tally *world)
{
    struct tally sum = {0};
    for (size_t i = 0; i < n_controls(judge); i++) {
        sum.errors += world[i].errors;
        sum.expected += world[i].expected;
    }
    return sum.errors >= sum.expected + 2 * sqrt(sum.expected);
}

bool beyond_controls(const struct judge *judge, struct tally own, const struct tally *world)
{
    double ratio = own.errors / MAX(own.expected, 1e-9), needed = JUDGE_WORSE;
    if (!judge->compares[METRIC_ERROR_RATE])
        return ratio >= needed;
    double theirs = exp(tally_pool(world, n_controls(judge))), traffic = traffic_ratio(judge);
    /* what the hours of the day before had, too, is the day's doing and no incident */
    double unlike_then = theirs / exp(day_shown_log(judge, METRIC_ERROR_RATE));
    bool incident = unlike_then >= JUDGE_INCIDENT && is_no_chance(judge, world);
    bool crowd = traffic > JUDGE_INCIDENT || traffic < 2 - JUDGE_INCIDENT;
    if (incident || crowd)
        needed = needed_in_incident(judge, &own, world, incident ? JUDGE_FAR_WORSE : JUDGE_CROWD);
    return ratio / theirs >= needed;
}

bool last_rows_beyond_controls(const struct judge *judge, size_t rows)
{
    g_autofree struct tally *world = g_new0(struct tally, judge->n_cells);
    for (size_t i = 0; i < n_controls(judge); i++)
        for (size_t row = JUDGE_WORLD_MAX - MIN(rows, JUDGE_WORLD_MAX); row < JUDGE_WORLD_MAX;
             row++) {
            world[i].errors += judge->cells[i + 1].rows[row].errors;
            world[i].expected += judge->cells[i + 1].rows[row].expected;
        }
    return beyond_controls(judge, own_tally(judge, rows), world);
}

/* One in a thousand makes three deviations, and of what follows an incident some will. */
bool last_rows_are_worse(const struct judge *judge, size_t rows)
{
    struct tally own = own_tally(judge, rows);
    return own.errors >= JUDGE_WORSE * own.expected &&
           own.errors >= own.expected + 3 * sqrt(own.expected);
}

static struct tally *world_since(const struct judge *judge, const struct spell *spell)
{
    struct tally *world = g_new0(struct tally, judge->n_cells);
    for (size_t i = 0; i < n_controls(judge); i++) {
        const struct tally *total = &judge->cells[i + 1].total;
        world[i] = (struct tally){total->errors - spell->world[i].errors,
                                  total->expected - spell->world[i].expected};
    }
    return world;
}

bool spell_beyond_controls(const struct judge *judge, const struct spell *spell)
{
    g_autofree struct tally *world = world_since(judge, spell);
    return beyond_controls(judge, (struct tally){spell->errors, spell->own}, world);
}

double spell_world_ratio(const struct judge *judge, const struct spell *spell)
{
    g_autofree struct tally *world = world_since(judge, spell);
    return judge->compares[METRIC_ERROR_RATE] ? exp(tally_pool(world, n_controls(judge))) : NAN;
}

double judge_usual_requests(const struct judge *judge)
{
    return isnan(judge->cells[0].usual_requests) ? 0 : judge->cells[0].usual_requests;
}
