#include "data/sim/world.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/sim/value.h"

#include <math.h>
#include <string.h>

static void effect_free(struct sim_effect *effect)
{
    json_decref(effect->cells);
    g_free(effect->dependency);
    g_free(effect);
}

static struct sim_effect *effect_read(const json_t *bad)
{
    struct sim_effect *effect = g_new0(struct sim_effect, 1);
    effect->cells = json_incref(json_object_get(bad, "cells"));
    effect->after_ms = sim_duration(bad, "after", 0);
    effect->ramp_ms = sim_duration(bad, "ramp", 0);
    effect->error_rate_pct = sim_number(bad, "error_rate", NAN);
    effect->latency_ms = sim_number(bad, "latency", NAN);
    effect->cpu_pct = sim_number(bad, "cpu", NAN);
    effect->connections = sim_number(bad, "connections", NAN);
    effect->health = sim_number(bad, "health", NAN);
    effect->traffic = sim_number(bad, "traffic", NAN);
    effect->work = sim_number(bad, "work", NAN);
    effect->dependency = g_strdup(sim_text(bad, "dependency", NULL));
    effect->alarm = sim_flag(bad, "alarm", false);
    effect->deploy_fails = g_strcmp0(sim_text(bad, "deploy", NULL), "fail") == 0;
    return effect;
}

static GPtrArray *release_read(const json_t *release)
{
    GPtrArray *effects = g_ptr_array_new_with_free_func((GDestroyNotify)effect_free);
    size_t i;
    const json_t *bad;
    json_array_foreach (json_object_get(release, "bad"), i, bad)
        g_ptr_array_add(effects, effect_read(bad));
    return effects;
}

static void run_clear(struct sim_run *run)
{
    g_free(run->version);
}

static void cell_free(struct sim_cell *cell)
{
    g_array_unref(cell->runs);
    g_free(cell->account);
    g_free(cell);
}

/* Where the day's peak is, by the region's place on the map: afternoons, in UTC. */
static guint32 peak_offset_s(const char *region)
{
    static const struct {
        const char *prefix;
        guint32 peak_utc_h;
    } zones[] = {{"us-west", 22}, {"us-", 19}, {"ca-", 19}, {"sa-", 17},
                 {"eu-", 13},     {"me-", 11}, {"ap-", 6},  {"", 14}};
    for (size_t i = 0;; i++)
        if (g_str_has_prefix(region, zones[i].prefix))
            return zones[i].peak_utc_h * 3600;
}

/* The cell's own, else that of the role that reaches it. Caller frees. */
static char *account_of(const json_t *config)
{
    const char *account = sim_text(config, "account", NULL);
    g_auto(GStrv) parts = g_strsplit(sim_text(config, "role_arn", ""), ":", 6);
    return g_strdup(account ? account : g_strv_length(parts) == 6 ? parts[4] : NULL);
}

static struct sim_cell *cell_read(const char *id, const json_t *config, const char *region)
{
    const json_t *load = json_object_get(config, "load");
    struct sim_cell *cell = g_new0(struct sim_cell, 1);
    cell->id = id;
    cell->region = sim_text(config, "region", region);
    cell->class = sim_text(config, "class", "shared");
    cell->residency = sim_text(config, "residency", "US");
    cell->primary = sim_text(config, "stands_by_for", NULL);
    cell->account = account_of(config);
    cell->peak_offset_s = peak_offset_s(cell->region);
    cell->load = (struct sim_load){.requests_per_s = sim_number(load, "requests", 100),
                                   .error_rate_pct = sim_number(load, "error_rate", 0.2),
                                   .cpu_pct = sim_number(load, "cpu", 40),
                                   .db_connections = sim_number(load, "db_connections", 100),
                                   .latency_ms = sim_number(load, "latency", 200),
                                   .active_users = sim_number(load, "active_users", 1000),
                                   .replica_lag_s = sim_number(load, "replica_lag", -1),
                                   .rhythm = sim_number(load, "rhythm", 0.3)};
    cell->runs = g_array_new(FALSE, TRUE, sizeof(struct sim_run));
    g_array_set_clear_func(cell->runs, (GDestroyNotify)run_clear);
    sim_world_deployed(cell, sim_text(config, "version", "5.0.2"), G_MININT64);
    return cell;
}

static bool sensible(const struct sim_world *world, GError **error)
{
    const char *what = NULL;
    if (world->cells->len == 0)
        what = "cells: a scenario needs at least one";
    else if (json_object_size(json_object_get(world->scenario, "services")) == 0)
        what = "services: a scenario needs at least one";
    else if (world->period_ms < WHEN_SECOND || world->period_ms % WHEN_SECOND)
        what = "period: a whole number of seconds, at least one, as CloudWatch has it";
    if (what)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "scenario: %s", what);
    return !what;
}

struct sim_world *sim_world_new(json_t *scenario, gint64 now_ms, GError **error)
{
    OWN(sim_world) world = g_new0(struct sim_world, 1);
    world->scenario = json_incref(scenario);
    world->seed = (guint64)sim_number(scenario, "seed", 0);
    world->start_ms = now_ms;
    world->period_ms = sim_duration(scenario, "period", WHEN_SECOND);
    world->publish_delay_ms = sim_duration(scenario, "publish_delay", 0);
    world->deploy_ms = sim_duration(scenario, "deploy_time", 0);
    world->dns_ms = sim_duration(scenario, "dns_time", 0);
    world->read_lag_ms = sim_duration(scenario, "read_lag", 0);
    world->region = sim_text(scenario, "region", "us-east-1");
    world->table = sim_text(scenario, "table", "cell-registry");
    world->cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
    world->releases =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    const char *key;
    json_t *value;
    json_object_foreach (json_object_get(scenario, "cells"), key, value)
        g_ptr_array_add(world->cells, cell_read(key, value, world->region));
    json_object_foreach (json_object_get(scenario, "releases"), key, value)
        g_hash_table_insert(world->releases, g_strdup(key), release_read(value));
    world->incidents = sim_incidents_new(world->cells);
    const json_t *incidents = json_object_get(scenario, "incidents");
    bool good = sensible(world, error) &&
                (!incidents || sim_incidents_add(world->incidents, incidents, now_ms, error));
    return good ? g_steal_pointer(&world) : NULL;
}

void sim_world_free(struct sim_world *world)
{
    sim_incidents_free(world->incidents);
    g_ptr_array_unref(world->cells);
    g_hash_table_unref(world->releases);
    json_decref(world->scenario);
    g_free(world);
}

struct sim_cell *sim_world_cell(const struct sim_world *world, const char *id)
{
    for (guint i = 0; id && i < world->cells->len; i++) {
        struct sim_cell *cell = world->cells->pdata[i];
        if (g_str_equal(cell->id, id))
            return cell;
    }
    return NULL;
}

void sim_world_deployed(struct sim_cell *cell, const char *version, gint64 at_ms)
{
    struct sim_run run = {.version = g_strdup(version), .from_ms = at_ms};
    g_array_append_val(cell->runs, run);
}

const struct sim_run *sim_cell_run(const struct sim_cell *cell, gint64 at_ms)
{
    guint i = cell->runs->len - 1;
    while (i > 0 && g_array_index(cell->runs, struct sim_run, i).from_ms > at_ms)
        i--;
    return &g_array_index(cell->runs, struct sim_run, i);
}

static bool is_release(const struct sim_world *world, const char *version)
{
    const json_t *history = json_object_get(world->scenario, "history");
    bool first = false;
    for (guint i = 0; i < world->cells->len; i++) {
        const struct sim_cell *cell = world->cells->pdata[i];
        first |= g_str_equal(g_array_index(cell->runs, struct sim_run, 0).version, version);
    }
    if (first || json_array_size(history) == 0)
        return true;
    size_t i;
    const json_t *commit;
    json_array_foreach (history, i, commit) {
        const char *tag = sim_text(commit, "tag", "");
        if (g_str_equal(tag + (*tag == 'v'), version))
            return true;
    }
    return false;
}

static bool concerns(const struct sim_effect *effect, const struct sim_cell *cell)
{
    return !effect->cells || sim_list_has(effect->cells, cell->id);
}

bool sim_world_starts(const struct sim_world *world, const struct sim_cell *cell,
                      const char *version)
{
    const GPtrArray *effects = g_hash_table_lookup(world->releases, version);
    for (guint i = 0; effects && i < effects->len; i++) {
        const struct sim_effect *effect = effects->pdata[i];
        if (effect->deploy_fails && concerns(effect, cell))
            return false;
    }
    return is_release(world, version);
}

double sim_effect_share(const struct sim_effect *effect, const struct sim_cell *cell,
                        const struct sim_run *run, gint64 at_ms)
{
    if (effect->deploy_fails || !concerns(effect, cell))
        return 0;
    if (run->from_ms == G_MININT64)
        return 1;
    gint64 into_ms = at_ms - run->from_ms - effect->after_ms;
    if (into_ms < 0)
        return 0;
    return into_ms >= effect->ramp_ms ? 1 : (double)into_ms / (double)effect->ramp_ms;
}

void sim_world_effects(const struct sim_world *world, const struct sim_cell *cell, gint64 at_ms,
                       sim_effect_fn fn, gpointer data)
{
    const struct sim_run *run = sim_cell_run(cell, at_ms);
    const GPtrArray *effects = g_hash_table_lookup(world->releases, run->version);
    for (guint i = 0; effects && i < effects->len; i++) {
        double share = sim_effect_share(effects->pdata[i], cell, run, at_ms);
        if (share > 0)
            fn(effects->pdata[i], share, data);
    }
}

static void dependency_down(const struct sim_effect *effect, double share, gpointer body)
{
    (void)share;
    if (!effect->dependency)
        return;
    const char *instance = strstr(effect->dependency, "redisInstances.");
    if (instance)
        json_object_set_new(json_object_get(body, "redisInstances"),
                            instance + strlen("redisInstances."), json_false());
    else
        json_object_set_new(body, effect->dependency, json_false());
}

json_t *sim_world_healthcheck(const struct sim_world *world, const struct sim_cell *cell,
                              gint64 now_ms)
{
    const struct sim_run *run = sim_cell_run(cell, now_ms);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, run->version, -1);
    g_autofree char *version = g_strdup_printf("%s-%.7s", run->version, sum);
    json_t *body =
        json_pack("{s:b, s:s, s:s, s:s, s:b, s:b, s:{s:b, s:b, s:b}}", "ok", 1, "version", version,
                  "platform", "linux", "runtime", "v22.12.0", "postgres", 1, "redis", 1,
                  "redisInstances", "cache", 1, "rateLimit", 1, "backgroundJobs", 1);
    sim_world_effects(world, cell, now_ms, dependency_down, body);
    return body;
}
