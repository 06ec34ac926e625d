/* `celldeck status`: the fleet in one answer; `celldeck cells`: its table alone. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"
#include "tui/commands/fleet_json.h"
#include "tui/commands/upkeep.h"

#include <stdlib.h>

static enum out_role health_role(enum health health)
{
    static const enum out_role roles[] = {
        [HEALTH_HEALTHY] = OUT_GOOD, [HEALTH_STANDBY] = OUT_DIM,  [HEALTH_DEGRADED] = OUT_WARN,
        [HEALTH_STALE] = OUT_WARN,   [HEALTH_UNKNOWN] = OUT_WARN, [HEALTH_UNHEALTHY] = OUT_BAD,
    };
    return roles[health];
}

static int by_worst(const void *a, const void *b)
{
    const struct cell *const *x = a, *const *y = b;
    return cell_by_worst(*x, *y);
}

/* "7.1 %", or NULL where the newest value is missing or too old to be shown as one. */
static char *metric_text(const struct snapshot *snapshot, const struct cell *cell,
                         enum metric metric, const char *format)
{
    const struct datapoint *last = series_last(cell->reading.series[metric]);
    if (!last ||
        cell_metric_stale(cell, metric, snapshot->config->metrics.period_ms, snapshot->at_ms))
        return NULL;
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup_printf("%s %%", g_ascii_formatd(text, sizeof text, format, last->value));
}

static char *users_text(const struct cell *cell)
{
    const struct datapoint *active = series_last(cell->reading.series[METRIC_ACTIVE_USERS]);
    if (!active || cell->used_pct < 0)
        return NULL;
    g_autofree char *users = text_count((gint64)active->value);
    g_autofree char *most = text_count(cell->config->max_users);
    return g_strdup_printf("%s of %s", users, most);
}

/* "!" where somebody fits nowhere or something is not proven, so that it is seen without colours.
 */
static char *drain_text(const struct evacuation *evacuation)
{
    static const char *const marks[] = {[DRAIN_NONE] = "-",
                                        [DRAIN_READY] = "",
                                        [DRAIN_UNPROVEN] = "? ",
                                        [DRAIN_NOWHERE] = "! ",
                                        [DRAIN_UNREAD] = "? "};
    return g_strconcat(marks[evacuation_drain(evacuation)], evacuation->why, NULL);
}

static struct out_table *cells_table(const struct snapshot *snapshot,
                                     const struct evacuations *drains)
{
    static const struct out_column columns[] = {
        {"CELL", false},    {"STATE", false},      {"CLASS", false}, {"REGION", false},
        {"VERSION", false}, {"ERRORS", true},      {"USERS", true},  {"CPU", true},
        {"TENANTS", true},  {"IF IT DIES", false}, {"WHY", false}};
    struct out_table *table = out_table_new(columns, G_N_ELEMENTS(columns));
    g_autofree const struct cell **order = g_new(const struct cell *, snapshot->n_cells);
    for (size_t i = 0; i < snapshot->n_cells; i++)
        order[i] = &snapshot->cells[i];
    qsort(order, snapshot->n_cells, sizeof(struct cell *), by_worst);

    for (size_t i = 0; i < snapshot->n_cells; i++) {
        const struct cell *cell = order[i];
        g_autofree char *errors = metric_text(snapshot, cell, METRIC_ERROR_RATE, "%.1f");
        g_autofree char *cpu = metric_text(snapshot, cell, METRIC_CPU, "%.0f");
        g_autofree char *users = users_text(cell);
        g_autofree char *tenants =
            snapshot->registry ? registry_count_text(snapshot->registry, cell->tenants) : NULL;
        g_autofree char *why = g_strjoinv("; ", cell->reasons);
        g_autofree char *drain = drain_text(evacuations_cell(drains, cell->config->id));
        out_table_row(table, health_role(cell->health),
                      (const char *[]){cell->config->id, health_name(cell->health),
                                       cell_class_name(cell->config->class), cell->config->region,
                                       cell->version, errors, users, cpu, tenants, drain, why});
    }
    return table;
}

static void print_tenants_line(const struct context *context, const struct snapshot *snapshot)
{
    const struct registry *registry = snapshot->registry;
    if (!registry) {
        out_line(context->style, OUT_WARN, "Tenants: unknown, the registry was not read");
        return;
    }
    g_autofree char *total = text_count(registry->tenants->len);
    out_line(context->style, registry->complete ? OUT_PLAIN : OUT_WARN,
             registry->complete ? "Tenants: %s, %" G_GINT64_FORMAT " without a cell of this fleet"
                                : "Tenants: at least %s, incomplete (%" G_GINT64_FORMAT
                                  " without a cell of this fleet)",
             total, snapshot->unplaced);
}

static void print_operations(const struct context *context, const GPtrArray *operations)
{
    if (!operations)
        out_line(context->style, OUT_WARN, "Operations: unknown, the journal was not read");
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        if (operation->ended_ms)
            continue;
        g_autofree char *age = duration_short(when_now_ms() - operation->started_ms);
        out_line(context->style, OUT_BOLD, "%s %s %s: %s, for %s, by %s (%s)", operation->id,
                 operation->kind, operation->subject, operation->state, age, operation->actor,
                 operation->reason ? operation->reason : "no reason given");
    }
}

/* What is well is not said: regions that could not lose their largest cell are. */
static void print_spares(const struct context *context, const struct evacuations *drains)
{
    for (guint i = 0; i < drains->spares->len; i++) {
        const struct spare *spare = drains->spares->pdata[i];
        if (!spare->ok)
            out_line(context->style, OUT_WARN, "No spare: %s", spare->why);
    }
}

static void print_json(struct context *context, const struct snapshot *snapshot,
                       const struct evacuations *drains, const GPtrArray *operations)
{
    json_t *document = fleet_status_json(snapshot, drains, operations);
    upkeep_json(document, snapshot, &context->seen, context_client(context));
    out_json("status", document);
}

static void print_status(struct context *context, const struct snapshot *snapshot,
                         const struct evacuations *drains, const GPtrArray *operations)
{
    size_t well = 0;
    for (size_t i = 0; i < snapshot->n_cells; i++)
        well += snapshot->cells[i].health == HEALTH_HEALTHY ||
                snapshot->cells[i].health == HEALTH_STANDBY;
    out_line(context->style, OUT_BOLD, "%s: %zu of %zu cells well", snapshot->config->name, well,
             snapshot->n_cells);
    OWN(out_table) table = cells_table(snapshot, drains);
    out_table_print(table, context->style);
    print_tenants_line(context, snapshot);
    print_spares(context, drains);
    print_operations(context, operations);
    upkeep_print(context->style, snapshot, &context->seen, context_client(context), when_now_ms());
}

/* NULL where the journal can't be read. */
static GPtrArray *read_operations(struct context *context)
{
    g_autoptr(GError) wrong = NULL;
    GPtrArray *operations = NULL;
    if (context_open_journal(context, &wrong))
        operations = history_operations(context->journal, 0, &wrong);
    if (operations)
        return operations;
    out_message("operations are not shown, and nobody is said to go back where they came from: %s",
                wrong->message);
    return NULL;
}

static int run_status(int argc, char **argv, GError **error)
{
    struct context context = {.about = command_status.summary, .forms = FORM_JSON};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, NULL, "", 0, 0, error) &&
        context_open_config(&context, error)) {
        OWN(snapshot) snapshot = context_read_fleet(&context);
        g_autoptr(GPtrArray) operations = read_operations(&context);
        OWN(origins) origins = operations ? context_read_origins(&context) : NULL;
        OWN(evacuations) drains = evacuation_all(snapshot, origins, NULL);
        if (context.json)
            print_json(&context, snapshot, drains, operations);
        else
            print_status(&context, snapshot, drains, operations);
        code = context_sources_exit_code(snapshot);
        if (!origins)
            code = CD_ERROR_SOURCE;
    }
    context_clear(&context);
    return code;
}

static int run_cells(int argc, char **argv, GError **error)
{
    struct context context = {.about = command_cells.summary, .forms = FORM_JSON | FORM_CSV};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, NULL, "", 0, 0, error) &&
        context_open_config(&context, error)) {
        OWN(snapshot) snapshot = context_read_fleet(&context);
        OWN(origins) origins = context_read_origins(&context);
        OWN(evacuations) drains = evacuation_all(snapshot, origins, NULL);
        if (context.json) {
            out_json("cells", json_pack("{s:o}", "cells", fleet_cells_json(snapshot, drains)));
        } else {
            OWN(out_table) table = cells_table(snapshot, drains);
            if (context.csv)
                out_table_print_csv(table);
            else
                out_table_print(table, context.style);
        }
        code = context_sources_exit_code(snapshot);
        if (!origins)
            code = CD_ERROR_SOURCE;
    }
    context_clear(&context);
    return code;
}

const struct command command_status = {
    .name = "status",
    .usage = "[--json]",
    .summary = "the fleet in one answer",
    .run = run_status,
};

const struct command command_cells = {
    .name = "cells",
    .usage = "[--json|--csv]",
    .summary = "one line a cell, worst first",
    .run = run_cells,
};
