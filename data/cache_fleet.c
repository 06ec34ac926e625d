/* Which configurations may share what was read: those that ask the same of the same. */
#include "data/cache.h"

#include "data/base/text.h"

#include <string.h>

static void add_environment(json_t *json)
{
    g_auto(GStrv) names = g_listenv();
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "AWS_ENDPOINT_URL") || g_str_equal(*name, "AWS_PROFILE") ||
            g_str_equal(*name, "AWS_DEFAULT_PROFILE") || g_str_equal(*name, "AWS_REGION") ||
            g_str_equal(*name, "AWS_DEFAULT_REGION"))
            json_object_set_new(json, *name, text_json(g_getenv(*name)));
}

static json_t *cell_json(const struct cell_config *cell)
{
    return json_pack("[o,o,o,o,o,o]", text_json(cell->id), text_json(cell->region),
                     text_json(cell->account), text_json(cell->role_arn), text_json(cell->endpoint),
                     text_json(cell->replica_lag_metric));
}

char *cache_fleet(const struct config *config)
{
    const struct metrics_config *metrics = &config->metrics;
    OWN_JSON json = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:[o,o,I,I,i]}", "name", text_json(config->name), "region",
        text_json(config->aws_region), "profile", text_json(config->aws_profile), "table",
        text_json(config->registry_table), "table_region", text_json(config->registry_region),
        "metrics", text_json(metrics->namespace), text_json(metrics->dimension),
        (json_int_t)metrics->period_ms, (json_int_t)metrics->settle_ms, metrics->error_rate_unit);
    json_t *cells = json_array();
    for (guint i = 0; i < config->cells->len; i++)
        json_array_append_new(cells, cell_json(config->cells->pdata[i]));
    json_object_set_new(json, "cells", cells);
    json_t *own = json_array();
    for (enum metric m = METRIC_OWN; m < metric_count(config); m++)
        json_array_append_new(own, json_pack("[o,o]", text_json(metric_own(config, m)->name),
                                             text_json(metric_own(config, m)->stat)));
    json_object_set_new(json, "own", own);
    json_t *environment = json_object();
    add_environment(environment);
    json_object_set_new(json, "environment", environment);
    g_autofree char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}
