/* `celldeck tenants` and `celldeck tenant where|move ID`. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/whereabouts.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"
#include "tui/commands/failover.h"
#include "tui/commands/fleet_json.h"
#include "tui/commands/named.h"

#include <string.h>

static void print_tenants(const struct context *context, const struct registry *registry)
{
    static const struct out_column columns[] = {
        {"TENANT", false}, {"NAME", false}, {"CELL", false}, {"TIER", false},
        {"STATUS", false}, {"USERS", true}, {"QUOTA", true}, {"FAULT", false}};
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < registry->tenants->len; i++) {
        const struct tenant *tenant = registry->tenants->pdata[i];
        g_autofree char *users =
            tenant->current_users < 0 ? NULL : text_count(tenant->current_users);
        g_autofree char *quota = tenant->max_users < 0 ? NULL : text_count(tenant->max_users);
        out_table_row(table, tenant->fault ? OUT_BAD : OUT_PLAIN,
                      (const char *[]){tenant->id, tenant->name, tenant->cell,
                                       tenant_tier_name(tenant->tier),
                                       tenant_status_name(tenant->status), users, quota,
                                       tenant->fault ? tenant->fault : ""});
    }
    if (context->csv)
        out_table_print_csv(table);
    else
        out_table_print(table, context->style);
}

static void print_tenants_json(const struct snapshot *snapshot)
{
    const struct registry *registry = snapshot->registry;
    json_t *tenants = json_array();
    for (guint i = 0; i < registry->tenants->len; i++)
        json_array_append_new(tenants, fleet_tenant_json(registry->tenants->pdata[i]));
    out_json("tenants", json_pack("{s:i, s:I, s:b, s:o}", "total", (int)registry->tenants->len,
                                  "unplaced", (json_int_t)snapshot->unplaced, "complete",
                                  registry->complete, "tenants", tenants));
}

/* Reads the fleet; NULL with CD_ERROR_SOURCE where not even a part of the registry came. */
static struct snapshot *read_registry(struct context *context, GError **error)
{
    if (!context_open_config(context, error))
        return NULL;
    struct snapshot *snapshot = context_read_fleet(context);
    if (snapshot->registry)
        return snapshot;
    context_sources_exit_code(snapshot);
    snapshot_unref(snapshot);
    g_set_error(error, CD_ERROR, CD_ERROR_SOURCE, "nothing of the registry %s could be read",
                context->config->registry_table);
    return NULL;
}

static int run_tenants(int argc, char **argv, GError **error)
{
    struct context context = {.about = command_tenants.summary, .forms = FORM_JSON | FORM_CSV};
    int code = CD_ERROR_FAILED;
    OWN(snapshot) snapshot = NULL;
    if (context_parse(&context, argc, argv, NULL, "", 0, 0, error) &&
        (snapshot = read_registry(&context, error))) {
        if (context.json)
            print_tenants_json(snapshot);
        else
            print_tenants(&context, snapshot->registry);
        if (!snapshot->registry->complete)
            out_message("at least %u tenants, incomplete", snapshot->registry->tenants->len);
        code = context_sources_exit_code(snapshot);
    }
    context_clear(&context);
    return code;
}

/* Until everybody who was asked has answered: that is a matter of seconds (whereabouts.h). */
static void on_witness(gpointer data)
{
    (void)data; /* the loop turns by itself */
}

static const struct whereabouts *ask_witnesses(struct whereabouts_desk *desk,
                                               const struct snapshot *snapshot, const char *id)
{
    const struct whereabouts *where = whereabouts_look(desk, snapshot, id, when_now_ms());
    while (whereabouts_waits(where))
        g_main_context_iteration(NULL, TRUE);
    return where;
}

static void print_witnesses(const struct context *context, const struct whereabouts *where)
{
    enum agreement agreement;
    g_autofree char *verdict = witness_verdict(where->witnesses, &agreement);
    static const enum out_role styles[] = {
        [AGREEMENT_NONE] = OUT_PLAIN, [AGREEMENT_FULL] = OUT_GOOD, [AGREEMENT_BROKEN] = OUT_BAD};
    out_line(context->style, styles[agreement], "%s", verdict);
    for (int i = WITNESS_ZONE; i < WITNESSES; i++) {
        const struct witness *witness = &where->witnesses[i];
        out_line(context->style, witness->state == WITNESS_FAILED ? OUT_BAD : OUT_PLAIN,
                 "%-8s  %s%s%s", witness_name((enum witness_kind)i),
                 witness->cell ? witness->cell : "-", witness->told ? ": " : "",
                 witness->told ? witness->told : "");
    }
}

static void print_where(const struct context *context, const struct snapshot *snapshot,
                        const struct tenant *tenant, const struct whereabouts *where)
{
    const struct cell *cell = snapshot_cell(snapshot, tenant->cell ? tenant->cell : "");
    out_line(context->style, OUT_BOLD, "%s%s%s", tenant->id, tenant->name ? "  " : "",
             tenant->name ? tenant->name : "");
    print_witnesses(context, where);
    out_line(context->style, OUT_PLAIN, "registry  %s, %s, %s", tenant->cell ? tenant->cell : "-",
             tenant_tier_name(tenant->tier), tenant_status_name(tenant->status));
    if (cell)
        out_line(context->style, OUT_PLAIN, "cell      %s, %s, %s, version %s",
                 cell->config->region, cell->config->residency, health_name(cell->health),
                 cell->version ? cell->version : "unknown");
    if (where->record && where->shared_with)
        out_line(context->style, OUT_WARN, "shared    %s is the record of %s, too", where->record,
                 where->shared_with);
    if (tenant->fault)
        out_line(context->style, OUT_BAD, "fault     %s", tenant->fault);
}

static void print_where_json(const struct snapshot *snapshot, const struct tenant *tenant,
                             const struct whereabouts *where)
{
    static const char *const words[] = {
        [AGREEMENT_NONE] = "unproven", [AGREEMENT_FULL] = "agree", [AGREEMENT_BROKEN] = "disagree"};
    const struct cell *cell = snapshot_cell(snapshot, tenant->cell ? tenant->cell : "");
    enum agreement agreement;
    g_autofree char *verdict = witness_verdict(where->witnesses, &agreement);
    out_json("tenant",
             json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "tenant",
                       fleet_tenant_json(tenant), "cell", text_json(cell ? cell->config->id : NULL),
                       "health", text_json(cell ? health_name(cell->health) : NULL), "record",
                       text_json(where->record), "record_shared_with",
                       text_json(where->shared_with), "agreement", words[agreement], "verdict",
                       text_json(verdict), "witnesses",
                       witness_json(where->witnesses, when_now_ms())));
}

static int show_where(struct context *context, const struct snapshot *snapshot, const char *id,
                      GError **error)
{
    const struct tenant *tenant = named_tenant(snapshot, id, error);
    if (!tenant)
        return CD_ERROR_FAILED;
    OWN(whereabouts_desk)
    desk = whereabouts_new(context->config, context_client(context), on_witness, NULL);
    const struct whereabouts *where = ask_witnesses(desk, snapshot, id);
    if (context->json)
        print_where_json(snapshot, tenant, where);
    else
        print_where(context, snapshot, tenant, where);
    bool unread = where && where->witnesses[WITNESS_ZONE].state == WITNESS_FAILED;
    int code = context_sources_exit_code(snapshot);
    return code == 0 && unread ? CD_ERROR_SOURCE : code;
}

static int run_where(struct context *context, GError **error)
{
    OWN(snapshot) snapshot = read_registry(context, error);
    return snapshot ? show_where(context, snapshot, context->args[0], error) : CD_ERROR_FAILED;
}

static int run_move(struct context *context, GError **error)
{
    if (failover_options(context)->to)
        return failover_start(context, FAILOVER_MOVE, context->args[0], error);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "tenant move: --to CELL is missing: where to?");
    return CD_ERROR_USAGE;
}

static const struct subcommand subcommands[] = {
    {"where", "ID [--json]",
     "where a tenant lives, by the registry, Route 53, DNS and the cell that answers", FORM_JSON, 1,
     false, false, NULL, 0, run_where},
    {"move", "ID --to CELL [--ack NAME...] [--reason TEXT] [--yes] [--wait]",
     "moves one tenant into another cell; its data by move.command", FORM_TEXT, 1, true, true,
     tenant_move_options, sizeof(struct failover_options), run_move},
    {0}};

static int run_tenant(int argc, char **argv, GError **error)
{
    return subcommand_run(subcommands, argc, argv, error);
}

const struct command command_tenants = {
    .name = "tenants",
    .usage = "[--json|--csv]",
    .summary = "every tenant of the registry, and what is wrong with its item",
    .run = run_tenants,
};

const struct command command_tenant = {
    .name = "tenant",
    .usage = "where|move ID",
    .summary = "where a tenant lives, by all who know; moves it into another cell",
    .run = run_tenant,
};
