#include "data/sim/scenario.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/sim/cloud.h"
#include "data/sim/value.h"
#include "data/sim/zone.h"

extern const char sim_default_start[] __asm__("_binary_data_sim_default_yaml_start");
extern const char sim_default_end[] __asm__("_binary_data_sim_default_yaml_end");

static void lay_over(json_t *below, json_t *above)
{
    const char *key;
    json_t *value;
    json_object_foreach (above, key, value) {
        json_t *old = json_object_get(below, key);
        if (json_is_null(value))
            json_object_del(below, key);
        else if (json_is_object(old) && json_is_object(value))
            lay_over(old, value);
        else
            json_object_set(below, key, value);
    }
}

static bool known_keys(const json_t *scenario, json_t *file, const char *path, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)scenario, key, value)
        g_ptr_array_add(known, (gpointer)key);
    g_ptr_array_add(known, NULL);
    json_object_foreach (file, key, value) {
        if (json_object_get(scenario, key))
            continue;
        const char *meant = text_nearest(key, (const char *const *)known->pdata);
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: unknown key %s%s%s", path, key,
                    meant ? ", did you mean " : "", meant ? meant : "");
        return false;
    }
    return true;
}

json_t *sim_scenario_load(const char *path, GError **error)
{
    OWN_JSON scenario = sim_yaml(sim_default_start, (size_t)(sim_default_end - sim_default_start),
                                 "the built-in scenario", error);
    if (!scenario || !path)
        return json_incref(scenario);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) {
        if (error && *error)
            (*error)->domain = CD_ERROR, (*error)->code = CD_ERROR_USAGE;
        return NULL;
    }
    OWN_JSON file = sim_yaml(text, length, path, error);
    if (!file)
        return NULL;
    if (!json_is_object(file)) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: a scenario is a map of keys", path);
        return NULL;
    }
    if (!known_keys(scenario, file, path, error))
        return NULL;
    lay_over(scenario, file);
    return json_incref(scenario);
}

static json_t *cells_config(const json_t *scenario, const char *endpoint, bool with_dns)
{
    json_t *cells = json_object();
    const char *id;
    json_t *cell;
    json_object_foreach (json_object_get(scenario, "cells"), id, cell) {
        json_t *config = json_copy(cell);
        json_object_del(config, "version");
        json_object_del(config, "load");
        g_autofree char *url = g_strdup_printf("%s/cells/%s", endpoint, id);
        json_object_set_new(config, "endpoint", json_string(url));
        g_autofree char *dns_name = with_dns ? sim_zone_cell_name(scenario, id) : NULL;
        if (dns_name)
            json_object_set_new(config, "dns_name", json_string(dns_name));
        json_object_set_new(cells, id, config);
    }
    return cells;
}

static json_t *deploy_config(const json_t *scenario)
{
    json_t *services = json_object();
    const char *name;
    json_t *service;
    json_object_foreach (json_object_get(scenario, "services"), name, service) {
        g_autofree char *image = g_strconcat(sim_text(service, "image", name), ":{version}", NULL);
        json_object_set_new(services, name, json_string(image));
    }
    return json_pack("{s:s, s:{s:s, s:o}}", "driver", "ecs", "ecs", "cluster", "{cell}", "services",
                     services);
}

/* The names are the simulator's own, so its server is asked for them, and its port answers. */
static json_t *failover_config(const json_t *scenario, const char *endpoint, guint16 dns)
{
    const json_t *names = json_object_get(scenario, "dns");
    const char *domain = sim_text(names, "domain", "");
    if (!dns || !*domain)
        return NULL;
    g_autofree char *record = g_strconcat("{subdomain}.", domain, NULL);
    g_autofree char *url = g_strdup_printf("http://{record}%s/healthcheck", strrchr(endpoint, ':'));
    g_autofree char *resolver = g_strdup_printf("127.0.0.1:%u", dns);
    g_autofree char *ttl = duration_config_text(sim_duration(names, "ttl", WHEN_MINUTE));
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "zone_id", sim_text(names, "zone", ""), "record",
                     record, "ttl", ttl, "check_url", url, "resolver", resolver);
}

char *sim_scenario_config(const json_t *scenario, const char *endpoint, guint16 dns,
                          const char *dir)
{
    g_autofree char *repo = g_build_filename(dir, "medplum.git", NULL);
    g_autofree char *period = duration_config_text(sim_duration(scenario, "period", WHEN_SECOND));
    const char *region = sim_text(scenario, "region", "us-east-1");
    json_t *extra = json_object_get(scenario, "celldeck");
    OWN_JSON config = json_pack(
        "{s:s, s:{s:s}, s:{s:s}, s:{s:s, s:s, s:s, s:s}, s:o, s:{s:s}, s:o}", "name", "simulated",
        "aws", "region", region, "registry", "table", sim_text(scenario, "table", "cell-registry"),
        "metrics", "namespace", "Medplum/Cells", "dimension", "CellId", "period", period,
        "error_rate_unit", "percent", "cells", cells_config(scenario, endpoint, dns > 0),
        "releases", "repo", repo, "deploy", deploy_config(scenario));
    json_t *failover = failover_config(scenario, endpoint, dns);
    if (failover)
        json_object_set_new(config, "failover", failover);
    if (json_is_object(extra))
        lay_over(config, extra);
    g_autofree char *yaml = sim_yaml_text(config, 2);
    return g_strdup_printf("# Written by celldeck-sim for the simulator at %s.\n%s", endpoint,
                           yaml);
}
