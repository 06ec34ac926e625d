/* A plan as JSON and back, exactly: the journal keeps it so, and its hash is taken of it. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "rollout/plan.h"
#include "rollout/plan_make.h"

#include <string.h>

static const char *const on_fail_names[] = {
    [ON_FAIL_ROLLBACK_CELL] = "rollback_cell",
    [ON_FAIL_ROLLBACK_WAVE] = "rollback_wave",
    [ON_FAIL_ROLLBACK_ALL] = "rollback_all",
};
static const char *const no_data_names[] = {[NO_DATA_HOLD] = "hold",
                                            [NO_DATA_FAIL] = "fail",
                                            [NO_DATA_IGNORE] = "ignore",
                                            [NO_DATA_DEFAULT] = "default"};

static json_t *strings_json(char *const *strings)
{
    json_t *array = json_array();
    for (; strings && *strings; strings++)
        json_array_append_new(array, text_json(*strings));
    return array;
}

static json_t *cell_json(const struct plan_cell *cell)
{
    return json_pack("{s:s, s:o, s:o, s:b, s:b, s:b, s:I, s:I}", "id", cell->id, "from",
                     text_json(cell->from), "from_ref", text_json(cell->from_ref), "dr", cell->dr,
                     "rollback_closed", cell->rollback_closed, "fixes", cell->fixes, "tenants",
                     (json_int_t)cell->tenants, "users", (json_int_t)cell->users);
}

static json_t *freeze_json(const struct freeze *freeze)
{
    return json_pack("{s:I, s:I, s:o, s:o}", "from_ms", (json_int_t)freeze->from_ms, "to_ms",
                     (json_int_t)freeze->to_ms, "reason", text_json(freeze->reason), "waves",
                     strings_json(freeze->waves));
}

static json_t *slo_json(const struct gates_config *gates)
{
    return json_pack("{s:f, s:f, s:I}", "fast", gates->slo_fast, "slow", gates->slo_slow,
                     "min_events", (json_int_t)gates->slo_min_events);
}

static json_t *no_data_json(const struct gates_config *gates)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "alarms", no_data_names[gates->alarms_no_data],
                     "probe", no_data_names[gates->probe_no_data], "data",
                     no_data_names[gates->data_no_data], "traffic",
                     no_data_names[gates->traffic_no_data]);
}

static json_t *own_limits_json(const struct gates_config *gates)
{
    json_t *limits = json_array();
    for (guint i = 0; gates->own_limits && i < gates->own_limits->len; i++) {
        const struct own_limit *limit = gates->own_limits->pdata[i];
        json_array_append_new(limits, json_pack("[s,f]", limit->metric, limit->limit));
    }
    return limits;
}

static json_t *controls_json(const struct controls_config *controls)
{
    json_t *labels = json_object();
    GHashTableIter iter;
    gpointer name, value;
    if (controls->labels)
        g_hash_table_iter_init(&iter, controls->labels);
    while (controls->labels && g_hash_table_iter_next(&iter, &name, &value))
        json_object_set_new(labels, name, text_json(value));
    return json_pack("{s:o, s:o, s:o, s:o}", "class", strings_json(controls->classes), "labels",
                     labels, "cells", strings_json(controls->cells), "exclude",
                     strings_json(controls->exclude));
}

static json_t *gates_json(const struct gates_config *gates)
{
    json_t *regression = json_pack(
        "{s:o, s:f, s:I, s:f}", "metrics", strings_json(gates->regression_metrics), "max_ratio",
        gates->max_ratio, "min_events", (json_int_t)gates->min_events, "evidence", gates->evidence);
    json_t *json = json_pack(
        "{s:I, s:I, s:s, s:I, s:f, s:f, s:o, s:o, s:o, s:o}", "warmup_ms",
        (json_int_t)gates->warmup_ms, "min_requests", (json_int_t)gates->min_requests, "no_data",
        no_data_names[gates->no_data], "deadline_ms", (json_int_t)gates->deadline_ms,
        "max_error_rate_pct", gates->max_error_rate_pct, "max_used_pct", gates->max_used_pct,
        "alarm_names", strings_json(gates->alarm_names), "alarm_prefixes",
        strings_json(gates->alarm_prefixes), "regression", regression, "slo", slo_json(gates));
    if (gates->off && *gates->off)
        json_object_set_new(json, "off", strings_json(gates->off));
    json_object_set_new(json, "no_data_of", no_data_json(gates));
    if (gates->own_limits && gates->own_limits->len)
        json_object_set_new(json, "own_limits", own_limits_json(gates));
    if (controls_config_given(&gates->controls))
        json_object_set_new(json, "controls", controls_json(&gates->controls));
    return json;
}

static json_t *wave_json(const struct plan_wave *wave)
{
    json_t *cells = json_array();
    for (guint i = 0; i < wave->cells->len; i++)
        json_array_append_new(cells, cell_json(g_ptr_array_index(wave->cells, i)));
    json_t *json =
        json_pack("{s:s, s:o, s:I, s:i, s:i, s:b, s:i, s:b, s:I, s:s, s:o}", "name", wave->name,
                  "cells", cells, "bake_ms", (json_int_t)wave->bake_ms, "max_in_flight",
                  wave->max_in_flight, "max_failed", wave->max_failed, "low_traffic_pass",
                  wave->low_traffic_pass, "approvals", wave->approvals, "approver_not_requester",
                  wave->approver_not_requester, "approval_expires_ms",
                  (json_int_t)wave->approval_expires_ms, "on_fail", on_fail_names[wave->on_fail],
                  "window", text_json(wave->window ? window_text(wave->window) : NULL));
    if (wave->gates)
        json_object_set_new(json, "gates", gates_json(wave->gates));
    return json;
}

json_t *plan_json(const struct plan *plan)
{
    json_t *waves = json_array(), *notes = json_array(), *freezes = json_array();
    for (guint i = 0; i < plan->waves->len; i++)
        json_array_append_new(waves, wave_json(g_ptr_array_index(plan->waves, i)));
    for (guint i = 0; i < plan->freezes->len; i++)
        json_array_append_new(freezes, freeze_json(g_ptr_array_index(plan->freezes, i)));
    for (guint i = 0; i < plan->notes->len; i++)
        json_array_append_new(notes, text_json(g_ptr_array_index(plan->notes, i)));
    json_t *json = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:b, s:o, s:o, s:o}", "version",
        text_json(plan->version), "tag", text_json(plan->tag), "commit", text_json(plan->commit),
        "waves", waves, "freezes", freezes, "gates", gates_json(&plan->gates), "period_ms",
        (json_int_t)plan->period_ms, "settle_ms", (json_int_t)plan->settle_ms, "deploy_deadline_ms",
        (json_int_t)plan->deploy_deadline_ms, "retry_failed", plan->retry_failed, "policy_hash",
        text_json(plan->policy_hash), "hash", text_json(plan->hash), "notes", notes);
    if (plan->own)
        json_object_set(json, "own", plan->own);
    return json;
}

char *json_sha256(const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    free(text);
    return hash;
}

char *plan_hash(const struct plan *plan)
{
    OWN_JSON json = plan_json(plan);
    json_object_del(json, "hash");
    return json_sha256(json);
}

static int word_index(const char *word, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (word && strcmp(names[i], word) == 0)
            return (int)i;
    return -1;
}

static char **strings_from_json(const json_t *array)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    size_t i;
    json_t *value;
    json_array_foreach (array, i, value)
        if (json_is_string(value))
            g_strv_builder_add(builder, json_string_value(value));
    return g_strv_builder_end(builder);
}

static bool unreadable(GError **error, const json_error_t *why)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "a plan can't be read: %s", why->text);
    return false;
}

/* A copy of a string that may be null. */
static char *text_of(const json_t *json, const char *key)
{
    return g_strdup(json_string_value(json_object_get(json, key)));
}

static bool cell_from_json(json_t *json, GPtrArray *cells, GError **error)
{
    json_error_t why;
    const char *id;
    int dr, closed, fixes;
    json_int_t tenants, users;
    if (json_unpack_ex(json, &why, 0, "{s:s, s:b, s:b, s:b, s:I, s:I}", "id", &id, "dr", &dr,
                       "rollback_closed", &closed, "fixes", &fixes, "tenants", &tenants, "users",
                       &users) != 0)
        return unreadable(error, &why);
    struct plan_cell *cell = g_new0(struct plan_cell, 1);
    *cell = (struct plan_cell){.id = g_strdup(id),
                               .from = text_of(json, "from"),
                               .from_ref = text_of(json, "from_ref"),
                               .dr = dr,
                               .rollback_closed = closed,
                               .fixes = fixes,
                               .tenants = tenants,
                               .users = users};
    g_ptr_array_add(cells, cell);
    return true;
}

/* A plan of before there was such a gate has none. */
static bool regression_from_json(json_t *json, struct gates_config *gates, json_error_t *why)
{
    json_t *metrics;
    json_int_t min_events;
    if (!json)
        return true;
    if (json_unpack_ex(json, why, 0, "{s:o, s:F, s:I, s:F}", "metrics", &metrics, "max_ratio",
                       &gates->max_ratio, "min_events", &min_events, "evidence",
                       &gates->evidence) != 0)
        return false;
    gates->min_events = min_events;
    gates->regression_metrics = strings_from_json(metrics);
    return true;
}

static bool slo_from_json(json_t *json, struct gates_config *gates, json_error_t *why)
{
    json_int_t min_events = 0;
    if (json && json_unpack_ex(json, why, 0, "{s:F, s:F, s:I}", "fast", &gates->slo_fast, "slow",
                               &gates->slo_slow, "min_events", &min_events) != 0)
        return false;
    gates->slo_min_events = min_events;
    return true;
}

static enum no_data no_data_of(json_t *json, const char *gate)
{
    const char *word = json_string_value(json_object_get(json, gate));
    int index = word ? word_index(word, no_data_names, G_N_ELEMENTS(no_data_names)) : -1;
    return index < 0 ? NO_DATA_DEFAULT : (enum no_data)index;
}

static void own_limits_from_json(json_t *json, struct gates_config *gates)
{
    size_t i;
    json_t *one;
    gates->own_limits = g_ptr_array_new();
    json_array_foreach (json, i, one) {
        struct own_limit *limit = g_new0(struct own_limit, 1);
        limit->metric = g_strdup(json_string_value(json_array_get(one, 0)));
        limit->limit = json_number_value(json_array_get(one, 1));
        g_ptr_array_add(gates->own_limits, limit);
    }
}

static void controls_from_json(json_t *json, struct controls_config *controls)
{
    const char *name;
    json_t *value;
    controls->classes = strings_from_json(json_object_get(json, "class"));
    controls->cells = strings_from_json(json_object_get(json, "cells"));
    controls->exclude = strings_from_json(json_object_get(json, "exclude"));
    controls->labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    json_object_foreach (json_object_get(json, "labels"), name, value)
        g_hash_table_insert(controls->labels, g_strdup(name), g_strdup(json_string_value(value)));
}

/* What a plan of before there was any of it has not is as if nothing were said. */
static void later_settings_from_json(json_t *json, struct gates_config *gates)
{
    json_t *no_data = json_object_get(json, "no_data_of");
    gates->alarms_no_data = no_data_of(no_data, "alarms");
    gates->probe_no_data = no_data_of(no_data, "probe");
    gates->data_no_data = no_data_of(no_data, "data");
    gates->traffic_no_data = no_data_of(no_data, "traffic");
    own_limits_from_json(json_object_get(json, "own_limits"), gates);
    controls_from_json(json_object_get(json, "controls"), &gates->controls);
}

static bool gates_from_json(json_t *json, struct gates_config *gates, GError **error)
{
    json_error_t why;
    json_int_t warmup_ms, min_requests, deadline_ms;
    const char *no_data;
    json_t *names, *prefixes, *regression = NULL, *slo = NULL;
    if (json_unpack_ex(json, &why, 0, "{s:I, s:I, s:s, s:I, s:F, s:F, s:o, s:o, s?o, s?o}",
                       "warmup_ms", &warmup_ms, "min_requests", &min_requests, "no_data", &no_data,
                       "deadline_ms", &deadline_ms, "max_error_rate_pct",
                       &gates->max_error_rate_pct, "max_used_pct", &gates->max_used_pct,
                       "alarm_names", &names, "alarm_prefixes", &prefixes, "regression",
                       &regression, "slo", &slo) != 0 ||
        !regression_from_json(regression, gates, &why) || !slo_from_json(slo, gates, &why))
        return unreadable(error, &why);
    int index = word_index(no_data, no_data_names, G_N_ELEMENTS(no_data_names));
    gates->warmup_ms = warmup_ms;
    gates->min_requests = min_requests;
    gates->deadline_ms = deadline_ms;
    gates->no_data = index < 0 ? NO_DATA_HOLD : (enum no_data)index;
    gates->off = strings_from_json(json_object_get(json, "off"));
    gates->alarm_names = strings_from_json(names);
    gates->alarm_prefixes = strings_from_json(prefixes);
    later_settings_from_json(json, gates);
    return true;
}

static bool wave_from_json(json_t *json, GPtrArray *waves, GError **error)
{
    json_error_t why;
    const char *name, *on_fail;
    json_t *cells, *cell;
    int in_flight, failed, low_traffic, approvals, not_requester;
    json_int_t bake_ms, expires_ms;
    if (json_unpack_ex(json, &why, 0, "{s:s, s:o, s:I, s:i, s:i, s:b, s:i, s:b, s:I, s:s}", "name",
                       &name, "cells", &cells, "bake_ms", &bake_ms, "max_in_flight", &in_flight,
                       "max_failed", &failed, "low_traffic_pass", &low_traffic, "approvals",
                       &approvals, "approver_not_requester", &not_requester, "approval_expires_ms",
                       &expires_ms, "on_fail", &on_fail) != 0)
        return unreadable(error, &why);
    int index = word_index(on_fail, on_fail_names, G_N_ELEMENTS(on_fail_names));
    const char *window = json_string_value(json_object_get(json, "window"));
    struct plan_wave *wave = plan_wave_new(name);
    g_ptr_array_add(waves, wave);
    wave->bake_ms = bake_ms;
    wave->max_in_flight = in_flight;
    wave->max_failed = failed;
    wave->low_traffic_pass = low_traffic;
    wave->approvals = approvals;
    wave->approver_not_requester = not_requester;
    wave->approval_expires_ms = expires_ms;
    wave->on_fail = index < 0 ? ON_FAIL_ROLLBACK_CELL : (enum on_fail)index;
    wave->window = window ? window_new(window) : NULL;
    json_t *gates = json_object_get(json, "gates");
    wave->gates = gates ? g_new0(struct gates_config, 1) : NULL;
    if (gates && !gates_from_json(gates, wave->gates, error))
        return false;
    size_t i;
    json_array_foreach (cells, i, cell)
        if (!cell_from_json(cell, wave->cells, error))
            return false;
    return true;
}

static bool freeze_from_json(json_t *json, GPtrArray *freezes, GError **error)
{
    json_error_t why;
    json_int_t from_ms, to_ms;
    json_t *waves;
    if (json_unpack_ex(json, &why, 0, "{s:I, s:I, s:o}", "from_ms", &from_ms, "to_ms", &to_ms,
                       "waves", &waves) != 0)
        return unreadable(error, &why);
    struct freeze *freeze = g_new0(struct freeze, 1);
    *freeze = (struct freeze){.from_ms = from_ms,
                              .to_ms = to_ms,
                              .reason = text_of(json, "reason"),
                              .waves = strings_from_json(waves)};
    g_ptr_array_add(freezes, freeze);
    return true;
}

struct plan *plan_from_json(const json_t *json, GError **error)
{
    OWN(plan) plan = plan_new();
    json_error_t why;
    json_t *waves, *gates, *notes, *item;
    json_int_t period_ms, settle_ms, deadline_ms;
    int retry;
    if (json_unpack_ex((json_t *)json, &why, 0, "{s:o, s:o, s:I, s:I, s:I, s:b, s:o}", "waves",
                       &waves, "gates", &gates, "period_ms", &period_ms, "settle_ms", &settle_ms,
                       "deploy_deadline_ms", &deadline_ms, "retry_failed", &retry, "notes",
                       &notes) != 0) {
        unreadable(error, &why);
        return NULL;
    }
    plan->version = text_of(json, "version");
    plan->tag = text_of(json, "tag");
    plan->commit = text_of(json, "commit");
    plan->policy_hash = text_of(json, "policy_hash");
    plan->hash = text_of(json, "hash");
    plan->period_ms = period_ms;
    plan->settle_ms = settle_ms;
    plan->deploy_deadline_ms = deadline_ms;
    plan->retry_failed = retry;
    if (!gates_from_json(gates, &plan->gates, error))
        return NULL;
    plan->own = json_incref(json_object_get(json, "own"));
    size_t i;
    json_array_foreach (waves, i, item)
        if (!wave_from_json(item, plan->waves, error))
            return NULL;
    json_array_foreach (json_object_get(json, "freezes"), i, item)
        if (!freeze_from_json(item, plan->freezes, error))
            return NULL;
    json_array_foreach (notes, i, item)
        if (json_is_string(item))
            g_ptr_array_add(plan->notes, g_strdup(json_string_value(item)));
    return g_steal_pointer(&plan);
}
