#include "data/sim/metrics.h"

#include <math.h>

static const char *const names[SIM_METRIC_COUNT] = {
    [SIM_HEALTH] = "cell_health_status",          [SIM_REQUESTS] = "cell_request_count",
    [SIM_ERROR_RATE] = "cell_error_rate",         [SIM_CPU] = "cell_cpu_utilization",
    [SIM_DB_CONNECTIONS] = "cell_db_connections", [SIM_ACTIVE_USERS] = "cell_active_users",
    [SIM_LATENCY] = "cell_latency_p95",           [SIM_REPLICA_LAG] = "cell_replica_lag_seconds",
    [SIM_QUEUE_DEPTH] = "cell_queue_depth",       [SIM_JOBS_DONE] = "cell_jobs_done",
};

const char *sim_metric_name(enum sim_metric metric)
{
    return names[metric];
}

enum sim_metric sim_metric_find(const char *name)
{
    enum sim_metric metric = 0;
    while (metric < SIM_METRIC_COUNT && g_strcmp0(names[metric], name) != 0)
        metric++;
    return metric;
}

bool sim_cell_publishes(const struct sim_cell *cell, enum sim_metric metric)
{
    if (metric == SIM_REPLICA_LAG)
        return cell->load.replica_lag_s >= 0;
    return metric != SIM_LATENCY || cell->load.latency_ms > 0;
}

/* A stream of numbers that depends on nothing but what it was seeded with: splitmix64 (Steele,
 * Lea, Flood 2014). */
struct noise {
    guint64 state;
};

static guint64 noise_next(struct noise *noise)
{
    guint64 z = (noise->state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static struct noise noise_for(guint64 seed, const char *cell, enum sim_metric metric, gint64 slot)
{
    struct noise noise = {seed ^ ((guint64)g_str_hash(cell) << 32) ^ ((guint64)metric << 24)};
    noise.state = noise_next(&noise) ^ (guint64)slot;
    return noise;
}

static double uniform(struct noise *noise)
{
    return ((double)(noise_next(noise) >> 11) + 0.5) * 0x1p-53;
}

static double normal(struct noise *noise)
{
    double radius = sqrt(-2 * log(uniform(noise)));
    return radius * cos(2 * G_PI * uniform(noise));
}

/* Knuth's product for small means, the normal approximation above. */
static double poisson(struct noise *noise, double mean)
{
    if (mean > 30)
        return fmax(0, round(mean + sqrt(mean) * normal(noise)));
    double limit = exp(-mean), product = uniform(noise), count = 0;
    for (; product > limit; count++)
        product *= uniform(noise);
    return count;
}

/* Slow wandering between -1 and 1: noise at knots five minutes apart, joined smoothly. */
static double wander(const struct sim_world *world, const struct sim_cell *cell,
                     enum sim_metric metric, gint64 at_ms)
{
    const gint64 knot_ms = 300000;
    gint64 knot = at_ms / knot_ms;
    double t = (double)(at_ms % knot_ms) / (double)knot_ms;
    struct noise a = noise_for(world->seed + 1, cell->id, metric, knot);
    struct noise b = noise_for(world->seed + 1, cell->id, metric, knot + 1);
    double smooth = t * t * (3 - 2 * t);
    return (2 * uniform(&a) - 1) * (1 - smooth) + (2 * uniform(&b) - 1) * smooth;
}

static double rhythm(const struct sim_cell *cell, gint64 at_ms)
{
    double day = ((double)at_ms / 1000 - (double)cell->peak_offset_s) / 86400.0;
    return 1 + cell->load.rhythm * cos(2 * G_PI * day);
}

/* What the running version and the world's incidents make of the cell's usual load. */
struct shape {
    struct sim_load load;
    double traffic, work, health;
};

static double between(double usual, double bad, double share)
{
    return isnan(bad) ? usual : usual + (bad - usual) * share;
}

static void bend(const struct sim_effect *effect, double share, gpointer data)
{
    struct shape *shape = data;
    struct sim_load *load = &shape->load;
    load->error_rate_pct = between(load->error_rate_pct, effect->error_rate_pct, share);
    load->latency_ms = between(load->latency_ms, effect->latency_ms, share);
    load->cpu_pct = between(load->cpu_pct, effect->cpu_pct, share);
    load->db_connections = between(load->db_connections, effect->connections, share);
    shape->traffic = between(shape->traffic, effect->traffic, share);
    shape->work = between(shape->work, effect->work, share);
    if (!isnan(effect->health))
        shape->health = effect->health;
}

static void multiply(struct shape *shape, const struct sim_world *world,
                     const struct sim_cell *cell, gint64 at_ms)
{
    double *const of[SIM_FACTORS] = {
        [SIM_TIMES_ERRORS] = &shape->load.error_rate_pct,
        [SIM_TIMES_LATENCY] = &shape->load.latency_ms,
        [SIM_TIMES_CPU] = &shape->load.cpu_pct,
        [SIM_TIMES_CONNECTIONS] = &shape->load.db_connections,
        [SIM_TIMES_TRAFFIC] = &shape->traffic,
        [SIM_TIMES_WORK] = &shape->work,
        [SIM_TIMES_LAG] = &shape->load.replica_lag_s,
        [SIM_TIMES_HEALTH] = &shape->health,
    };
    for (enum sim_factor factor = 0; factor < SIM_FACTORS; factor++)
        *of[factor] *= sim_incidents_times(world->incidents, cell, factor, at_ms);
}

static void shape_init(struct shape *shape, const struct sim_world *world,
                       const struct sim_cell *cell, gint64 at_ms)
{
    *shape = (struct shape){.load = cell->load, .traffic = 1, .work = 1, .health = 1};
    double day = rhythm(cell, at_ms);
    shape->load.cpu_pct *= 0.5 + 0.5 * day;
    shape->load.latency_ms *= 0.8 + 0.2 * day;
    shape->load.db_connections *= 0.7 + 0.3 * day;
    sim_world_effects(world, cell, at_ms, bend, shape);
    multiply(shape, world, cell, at_ms);
}

static double mean_requests(const struct sim_world *world, const struct sim_cell *cell,
                            const struct shape *shape, gint64 at_ms)
{
    return cell->load.requests_per_s * (double)world->period_ms / 1000 * rhythm(cell, at_ms) *
           (1 + 0.1 * wander(world, cell, SIM_REQUESTS, at_ms)) * shape->traffic;
}

static double requests(const struct sim_world *world, const struct sim_cell *cell,
                       const struct shape *shape, gint64 at_ms)
{
    struct noise noise = noise_for(world->seed, cell->id, SIM_REQUESTS, at_ms);
    return poisson(&noise, mean_requests(world, cell, shape, at_ms));
}

/* One request in four leaves a job behind. */
static double jobs_done(const struct sim_world *world, const struct sim_cell *cell,
                        const struct shape *shape, gint64 at_ms)
{
    struct noise noise = noise_for(world->seed, cell->id, SIM_JOBS_DONE, at_ms);
    return poisson(&noise, mean_requests(world, cell, shape, at_ms) / 4 * shape->work);
}

static double error_rate_pct(const struct sim_world *world, const struct sim_cell *cell,
                             const struct shape *shape, gint64 at_ms)
{
    double asked = requests(world, cell, shape, at_ms);
    if (asked <= 0)
        return 0;
    struct noise noise = noise_for(world->seed, cell->id, SIM_ERROR_RATE, at_ms);
    double failed = poisson(&noise, asked * shape->load.error_rate_pct / 100);
    return fmin(100, 100 * failed / asked);
}

/* `usual` with slow wandering and quick noise, each as a share of it. */
static double around(const struct sim_world *world, const struct sim_cell *cell,
                     enum sim_metric metric, gint64 at_ms, double usual, double slow, double quick)
{
    struct noise noise = noise_for(world->seed, cell->id, metric, at_ms);
    double factor = 1 + slow * wander(world, cell, metric, at_ms) + quick * normal(&noise);
    return fmax(0, usual * factor);
}

static double rounded(double value, double step)
{
    return round(value / step) * step;
}

double sim_metric_value(const struct sim_world *world, const struct sim_cell *cell,
                        enum sim_metric metric, gint64 start_ms)
{
    struct shape shape;
    shape_init(&shape, world, cell, start_ms);
    const struct sim_load *load = &shape.load;
    switch (metric) {
    case SIM_REQUESTS:
        return requests(world, cell, &shape, start_ms);
    case SIM_ERROR_RATE:
        return rounded(error_rate_pct(world, cell, &shape, start_ms), 0.0001);
    case SIM_CPU:
        return fmin(
            100, rounded(around(world, cell, metric, start_ms, load->cpu_pct, 0.08, 0.04), 0.01));
    case SIM_DB_CONNECTIONS:
        return round(around(world, cell, metric, start_ms, load->db_connections, 0.06, 0.02));
    case SIM_ACTIVE_USERS:
        return round(load->active_users * rhythm(cell, start_ms) *
                     (1 + 0.05 * wander(world, cell, metric, start_ms)) *
                     fmin(1, 0.2 + shape.traffic));
    case SIM_LATENCY:
        return rounded(around(world, cell, metric, start_ms, load->latency_ms, 0.08, 0.05), 0.1);
    case SIM_REPLICA_LAG:
        return rounded(around(world, cell, metric, start_ms, load->replica_lag_s, 0.3, 0.1), 0.01);
    case SIM_QUEUE_DEPTH:
        return round(
            around(world, cell, metric, start_ms, 10 * (1 + load->error_rate_pct), 0.08, 0.05));
    case SIM_JOBS_DONE:
        return jobs_done(world, cell, &shape, start_ms);
    default:
        return shape.health > 0 ? 1 : 0;
    }
}
