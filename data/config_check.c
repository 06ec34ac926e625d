/* The checks of celldeck.yaml that need more than one key. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/config_schema.h"

#include <string.h>

struct check {
    struct config *config;
    const struct schema_reader *reader;
    struct faults *faults;
};

#define FAULT(check, member, ...)                                                                  \
    faults_add((check)->faults, schema_place((check)->reader, member), __VA_ARGS__)

static void inherit(char **to, const char *from)
{
    if (!*to)
        *to = g_strdup(from);
}

static char *host_of(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    return uri ? g_strdup(g_uri_get_host(uri)) : NULL;
}

/* `id` names no cell: say so at `member`, with the nearest that there is. */
static void say_no_cell(const struct check *check, gconstpointer member, const char *key,
                        const char *id)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < check->config->cells->len; i++)
        g_ptr_array_add(ids, ((struct cell_config *)check->config->cells->pdata[i])->id);
    g_ptr_array_add(ids, NULL);
    const char *near = text_nearest(id, (const char *const *)ids->pdata);
    FAULT(check, member, "%s: there is no cell '%s', expected one of `cells`%s%s%s", key, id,
          near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static void check_cells_named(const struct check *check, const char *key, char *const *ids)
{
    for (char *const *id = ids; *id; id++)
        if (!config_cell(check->config, *id))
            say_no_cell(check, *id, key, *id);
}

static void check_standby(const struct check *check, struct cell_config *cell)
{
    if (!cell->stands_by_for) {
        if (cell->class == CLASS_DR)
            FAULT(check, cell,
                  "cell '%s' is of class dr but stands by for no cell, expected "
                  "stands_by_for: its primary",
                  cell->id);
        return;
    }
    const struct cell_config *primary = config_cell(check->config, cell->stands_by_for);
    if (cell->class != CLASS_DR)
        FAULT(check, &cell->stands_by_for,
              "stands_by_for: cell '%s' is of class %s, expected it on a dr cell only", cell->id,
              cell_class_name(cell->class));
    else if (!primary)
        say_no_cell(check, &cell->stands_by_for, "stands_by_for", cell->stands_by_for);
    else if (primary->class == CLASS_DR)
        FAULT(check, &cell->stands_by_for,
              "stands_by_for: '%s' is a dr cell itself, expected a primary", primary->id);
}

/* A dr cell has its primary's limits unless it names its own. */
static void check_limit(const struct check *check, const struct cell_config *cell, const char *key,
                        gint64 *limit, gint64 of_primary)
{
    if (schema_given(check->reader, limit))
        return;
    *limit = of_primary;
    if (cell->class != CLASS_DR)
        FAULT(check, cell, "'%s' is missing: how many cell '%s' may hold", key, cell->id);
}

static void check_cell(const struct check *check, struct cell_config *cell)
{
    inherit(&cell->region, check->config->aws_region);
    if (!cell->region)
        FAULT(check, cell, "cell '%s' has no region, expected it here or in aws", cell->id);
    if (!cell->dns_name && cell->endpoint)
        cell->dns_name = host_of(cell->endpoint);
    check_cells_named(check, "backups", cell->backups);
    if (g_strv_contains((const char *const *)cell->backups, cell->id))
        FAULT(check, &cell->backups, "backups: cell '%s' names itself, expected another cell",
              cell->id);
    if (!schema_given(check->reader, &cell->class))
        return;
    check_standby(check, cell);
    const struct cell_config *primary =
        cell->stands_by_for ? config_cell(check->config, cell->stands_by_for) : NULL;
    check_limit(check, cell, "max_users", &cell->max_users, primary ? primary->max_users : 0);
    check_limit(check, cell, "max_patients", &cell->max_patients,
                primary ? primary->max_patients : 0);
}

/* GetMetricData: 1, 5, 10, 30 s (high resolution) or whole minutes. */
static void check_metrics(const struct check *check)
{
    struct metrics_config *metrics = &check->config->metrics;
    gint64 s = metrics->period_ms / WHEN_SECOND;
    if (!(s == 1 || s == 5 || s == 10 || s == 30 || s % 60 == 0))
        FAULT(check, &metrics->period_ms,
              "period: CloudWatch has no period of %ds, expected 1s, 5s, 10s, 30s or whole minutes",
              (int)s);
    if (metrics->settle_ms < 0)
        metrics->settle_ms = MIN(15 * WHEN_SECOND, metrics->period_ms / 4);
}

static void check_own_metrics(const struct check *check)
{
    const GPtrArray *own = check->config->metrics.own;
    if (own->len > OWN_METRICS_MAX)
        FAULT(check, own->pdata[OWN_METRICS_MAX],
              "own: %u metrics, expected %d at most: each is paid for, for every cell and period",
              own->len, OWN_METRICS_MAX);
}

/* `name` is none of metrics.own (nor of the gates' own words): say so, with those that are. */
static void say_no_metric(const struct check *check, gconstpointer member, const char *key,
                          const char *name, const char *const *words)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const GPtrArray *own = check->config->metrics.own;
    for (; words && *words; words++)
        g_ptr_array_add(known, (gpointer)*words);
    for (guint i = 0; i < own->len; i++)
        g_ptr_array_add(known, ((const struct own_metric *)own->pdata[i])->name);
    g_ptr_array_add(known, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)known->pdata);
    FAULT(check, member, "%s: there is no metric '%s', expected %s%s", key, name,
          *all ? "one of: " : "it to be told of in metrics.own", all);
}

/* What can be ignored is not what a cell passes on (rollout.md, "no data"). */
static void check_not_ignored(const struct check *check, const enum no_data *no_data,
                              const char *what)
{
    if (*no_data == NO_DATA_IGNORE && schema_given(check->reader, no_data))
        FAULT(check, no_data, "no_data: %s can't be ignored, expected hold or fail", what);
}

/* A selector that takes nobody would leave every bake without controls, for good. */
static void check_controls(const struct check *check, const struct controls_config *controls)
{
    guint taken = 0;
    for (guint i = 0; i < check->config->cells->len; i++) {
        const struct cell_config *cell = check->config->cells->pdata[i];
        taken += cell->class != CLASS_DR && controls_config_takes(controls, cell);
    }
    gconstpointer first = schema_given(check->reader, &controls->classes)  ? &controls->classes
                          : schema_given(check->reader, &controls->labels) ? &controls->labels
                          : schema_given(check->reader, &controls->cells)
                              ? (gconstpointer)&controls->cells
                              : &controls->exclude;
    if (controls_config_given(controls) && taken == 0)
        FAULT(check, first,
              "controls: they take no cell that is not a dr cell, expected at least one");
}

static void check_gates(const struct check *check, const struct gates_config *gates)
{
    static const char *const words[] = {"error_rate", "latency", "cpu", "connections", NULL};
    for (char *const *name = gates->regression_metrics; *name; name++)
        if (!g_strv_contains(words, *name) && config_own_metric(check->config, *name) < 0)
            say_no_metric(check, *name, "metrics", *name, words);
    for (guint i = 0; i < gates->own_limits->len; i++) {
        const struct own_limit *limit = gates->own_limits->pdata[i];
        if (config_own_metric(check->config, limit->metric) < 0)
            say_no_metric(check, limit, "own", limit->metric, NULL);
    }
    check_not_ignored(check, &gates->probe_no_data, "a cell that does not answer");
    check_not_ignored(check, &gates->data_no_data, "silence of health and error rate");
    check_cells_named(check, "cells", gates->controls.cells);
    check_cells_named(check, "exclude", gates->controls.exclude);
    check_controls(check, &gates->controls);
}

static void check_wave_cells(const struct check *check, const struct wave_config *wave)
{
    bool by_name = *wave->cells, by_kind = wave->has_class || g_hash_table_size(wave->labels) > 0;
    if (by_name == by_kind) {
        FAULT(check, wave, "wave '%s' has %s, expected class or labels, or else cells", wave->name,
              by_name ? "cells as well as class or labels" : "neither class, labels nor cells");
        return;
    }
    for (guint i = 0; i < check->config->cells->len; i++)
        if (wave_takes(wave, check->config->cells->pdata[i]))
            return;
    FAULT(check, wave->has_class ? (gconstpointer)&wave->class : &wave->cells,
          "wave '%s' has no cells, expected at least one%s%s%s", wave->name,
          wave->has_class ? " of class " : "", wave->has_class ? cell_class_name(wave->class) : "",
          g_hash_table_size(wave->labels) > 0 ? " with all these labels" : "");
}

/* 09:00-09:00 would be all day or nothing at all. */
static void check_window(const struct check *check, const struct wave_config *wave)
{
    g_auto(GStrv) words = g_strsplit(wave->window ? wave->window : "", " ", 3);
    const char *hours = words[0] ? words[1] : NULL;
    if (hours && strncmp(hours, hours + strlen("09:00-"), strlen("09:00")) == 0)
        FAULT(check, &wave->window, "window: it opens and closes at the same minute, expected two");
}

static void check_wave(const struct check *check, guint place)
{
    struct wave_config *wave = check->config->waves->pdata[place];
    if (!wave->name)
        return;
    for (guint i = 0; i < place; i++) {
        const struct wave_config *other = check->config->waves->pdata[i];
        if (g_strcmp0(other->name, wave->name) == 0)
            FAULT(check, &wave->name, "two waves are called '%s', expected names of their own",
                  wave->name);
    }
    wave->has_class = schema_given(check->reader, &wave->class);
    check_gates(check, &wave->gates);
    schema_inherit(&config_gates_schema, check->reader, &wave->gates, &check->config->gates);
    check_cells_named(check, "cells", wave->cells);
    check_cells_named(check, "exclude", wave->exclude);
    check_wave_cells(check, wave);
    check_window(check, wave);
    if (wave->approver_not_requester && wave->approvals == 0)
        FAULT(check, &wave->approver_not_requester,
              "not_requester: nobody has to approve wave '%s', expected by: 1 or more", wave->name);
}

static bool is_wave(const struct config *config, const char *name)
{
    for (guint i = 0; i < config->waves->len; i++)
        if (g_strcmp0(((struct wave_config *)config->waves->pdata[i])->name, name) == 0)
            return true;
    return false;
}

/* Both as they are written compare as the days they are; of one day, the first minute is meant by
 * `from` and the last by `to`. */
static void check_freeze(const struct check *check, const struct freeze_config *freeze)
{
    for (char *const *name = freeze->waves; *name; name++)
        if (!is_wave(check->config, *name))
            FAULT(check, *name, "waves: there is no wave '%s', expected one of `waves`", *name);
    if (!freeze->from || !freeze->to)
        return;
    size_t n = MIN(strlen(freeze->from), strlen(freeze->to));
    int order = strncmp(freeze->from, freeze->to, n);
    bool to_the_minute = strlen(freeze->to) > strlen("2026-12-18");
    if (order > 0 || (order == 0 && to_the_minute))
        FAULT(check, &freeze->to, "to: %s is not after %s, expected a later one", freeze->to,
              freeze->from);
}

/* Deploying one cell must never reach another one's services. */
static void check_ecs_apart(const struct check *check)
{
    const struct deploy_config *deploy = &check->config->deploy;
    g_autoptr(GHashTable) owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < check->config->cells->len; i++) {
        struct cell_config *cell = check->config->cells->pdata[i];
        for (guint j = 0; j < deploy->ecs_services->len; j++) {
            const struct ecs_service_config *service = deploy->ecs_services->pdata[j];
            g_autofree char *where = g_strjoin(
                "\n", cell->region ? cell->region : "", cell->account ? cell->account : "",
                cell->role_arn ? cell->role_arn : "", deploy->ecs_cluster, service->service, NULL);
            g_autoptr(GString) own = g_string_new(where);
            g_string_replace(own, "{cell}", cell->id, 0);
            const char *other = g_hash_table_lookup(owners, own->str);
            if (other) {
                FAULT(check, &deploy->ecs_cluster,
                      "cluster: cells '%s' and '%s' would share one cluster and service, expected "
                      "{cell} in the cluster's or the service's name",
                      other, cell->id);
                return;
            }
            g_hash_table_insert(owners, g_strdup(own->str), cell->id);
        }
    }
}

static void check_deploy(const struct check *check)
{
    const struct deploy_config *deploy = &check->config->deploy;
    const struct {
        enum deploy_driver driver;
        const char *section;
        bool there;
    } needs[] = {{DRIVER_ECS, "ecs", deploy->ecs_services->len > 0},
                 {DRIVER_GIT, "git", deploy->git_repo && deploy->git_file},
                 {DRIVER_EXEC, "exec", *deploy->exec_command != NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
        if (deploy->driver == needs[i].driver && !needs[i].there)
            FAULT(check, &deploy->driver,
                  "driver: %s has nothing to go by, expected deploy.%s: "
                  "{...} with its keys",
                  needs[i].section, needs[i].section);
    if (deploy->driver == DRIVER_ECS)
        check_ecs_apart(check);
}

bool config_journal_is_shared(const struct config *config)
{
    return g_strcmp0(config->journal_store, "dynamodb") == 0;
}

/* A journal that several bastions believe to share and do not would be worse than none. */
static void check_journal(const struct check *check)
{
    struct config *config = check->config;
    if (config_journal_is_shared(config)) {
        if (!config->journal_table)
            FAULT(check, &config->journal_store,
                  "store: dynamodb has no table, expected journal.table: celldeck-journal");
        if (config->journal_host)
            FAULT(check, &config->journal_host,
                  "host: a journal in DynamoDB is there so that several hosts may act, expected "
                  "either journal.host or store: dynamodb");
        inherit(&config->journal_region, config->aws_region);
        return;
    }
    if (config->journal_table)
        FAULT(check, &config->journal_table,
              "table: store: sqlite keeps the journal on this host alone, expected store: dynamodb "
              "beside it");
    if (config->journal_region)
        FAULT(check, &config->journal_region,
              "region: store: sqlite has no table anywhere, expected store: dynamodb beside it");
}

/* A relative path counts from the file's folder: the conductor runs in another one. */
static void anchor(char **path, const char *file)
{
    if (!*path)
        return;
    g_autofree char *whole_file = g_canonicalize_filename(file, NULL);
    g_autofree char *folder = g_path_get_dirname(whole_file);
    char *whole = g_canonicalize_filename(*path, folder);
    g_free(*path);
    *path = whole;
}

void config_check(struct config *config, const struct schema_reader *reader, struct faults *faults)
{
    const struct check check = {config, reader, faults};
    inherit(&config->registry_region, config->aws_region);
    anchor(&config->releases.repo, config->path);
    anchor(&config->journal_path, config->path);
    check_metrics(&check);
    if (config->cells->len == 0 && schema_given(reader, &config->cells))
        FAULT(&check, &config->cells, "cells: there are none, expected at least one");
    for (guint i = 0; i < config->cells->len; i++)
        check_cell(&check, config->cells->pdata[i]);
    config_name_sources(config);
    check_own_metrics(&check);
    check_gates(&check, &config->gates);
    for (guint i = 0; i < config->waves->len; i++)
        check_wave(&check, i);
    for (guint i = 0; i < config->freezes->len; i++)
        check_freeze(&check, config->freezes->pdata[i]);
    check_deploy(&check);
    check_journal(&check);
}
