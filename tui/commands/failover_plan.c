/* `celldeck failover plan`: where everybody goes, and what stands against it. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "rollout/failover_draft.h"
#include "rollout/failover_origins.h"
#include "rollout/placement_json.h"
#include "tui/commands/failover.h"

const GOptionEntry failover_plan_options[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, FAILOVER_OPTION(to), "Only into this cell", "CELL"}, {0}};

static bool is_cell(const struct config *config, const char *id, GError **error)
{
    if (!id || config_cell(config, id))
        return true;
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < config->cells->len; i++)
        g_ptr_array_add(ids, ((const struct cell_config *)config->cells->pdata[i])->id);
    g_ptr_array_add(ids, NULL);
    const char *near = text_nearest(id, (const char *const *)ids->pdata);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "the fleet has no cell %s%s%s%s", id,
                near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return false;
}

/* Why nothing can be planned for that tenant. */
static void no_plan(const struct snapshot *snapshot, const char *id, GError **error)
{
    const struct tenant *tenant = snapshot_tenant(snapshot, id);
    bool whole = snapshot->registry && snapshot->registry->complete;
    if (tenant)
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "tenant %s lives in no cell of the fleet (%s), so nobody can move it", id,
                    tenant->cell ? tenant->cell : "no cellId");
    else
        g_set_error(error, CD_ERROR, whole ? CD_ERROR_FAILED : CD_ERROR_SOURCE,
                    whole ? "the registry has no tenant %s"
                          : "tenant %s is not in what could be read of the registry",
                    id);
}

/* Where its tenants came from is known where the journal is. */
static struct evacuation *plan_of(const struct context *context, const struct snapshot *snapshot,
                                  enum failover_kind kind, const char *of, GError **error)
{
    bool move = kind == FAILOVER_MOVE;
    const struct tenant *tenant = move ? snapshot_tenant(snapshot, of) : NULL;
    const char *cell = !move ? of : tenant ? tenant->cell : NULL;
    g_autoptr(GHashTable) origins = NULL;
    if (cell && context->journal) {
        origins = failover_origins(context->journal, cell, error);
        if (!origins)
            return NULL;
    }
    const struct evacuation_ask ask = {.cell = move ? NULL : of,
                                       .tenant = move ? of : NULL,
                                       .to = failover_options(context)->to,
                                       .origins = origins};
    struct evacuation *evacuation = evacuation_plan(snapshot, &ask);
    if (!evacuation)
        no_plan(snapshot, of, error);
    return evacuation;
}

static GPtrArray *holders_of(struct context *context, const struct evacuation *evacuation,
                             GError **error)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    g_ptr_array_add(cells, evacuation->cell->id);
    for (guint i = 0; i < evacuation->targets->len; i++)
        g_ptr_array_add(cells,
                        ((const struct placement_target *)evacuation->targets->pdata[i])->cell->id);
    g_ptr_array_add(cells, NULL);
    return preflight_holders(context->journal, (const char *const *)cells->pdata, NULL, error);
}

bool failover_plan_read(struct context *context, enum failover_kind kind, const char *of,
                        struct failover_planned *planned, GError **error)
{
    const char *to = failover_options(context)->to;
    if (!context_open_config(context, error) || !is_cell(context->config, to, error) ||
        (kind != FAILOVER_MOVE && !is_cell(context->config, of, error)))
        return false;
    context->consistent = true; /* nobody who has just come is left behind */
    planned->snapshot = context_read_fleet(context);
    planned->evacuation = plan_of(context, planned->snapshot, kind, of, error);
    if (!planned->evacuation)
        return false;
    if (!context->journal)
        return true;
    planned->holders = holders_of(context, planned->evacuation, error);
    return planned->holders != NULL;
}

void failover_planned_clear(struct failover_planned *planned)
{
    g_clear_pointer(&planned->evacuation, evacuation_unref);
    g_clear_pointer(&planned->snapshot, snapshot_unref);
    g_clear_pointer(&planned->holders, g_ptr_array_unref);
}

static json_t *acks_json(const struct evacuation *evacuation)
{
    unsigned needs = failover_plan_needs(evacuation, FAILOVER_FAILOVER);
    json_t *names = json_array();
    for (int i = 0; i < PROOFS; i++)
        if (needs & 1u << i)
            json_array_append_new(names, json_string(proof_name((enum proof)i)));
    return names;
}

static void print_plan(const struct context *context, const struct failover_planned *planned,
                       const GPtrArray *refusals)
{
    if (!context->json) {
        failover_plan_print(planned->evacuation, context->style);
        return;
    }
    json_t *document = evacuation_json(planned->evacuation);
    json_object_set_new(document, "acks", acks_json(planned->evacuation));
    json_object_set_new(document, "refusals", preflight_json(refusals));
    json_object_set_new(document, "may_start", json_boolean(refusals->len == 0));
    out_json("failover.plan", document);
}

static void print_how_to_start(const struct context *context, const struct evacuation *evacuation)
{
    unsigned needs = failover_plan_needs(evacuation, FAILOVER_FAILOVER);
    g_autoptr(GString) acks = g_string_new(NULL);
    for (int i = 0; i < PROOFS; i++)
        if (needs & 1u << i)
            g_string_append_printf(acks, " --ack %s", proof_name((enum proof)i));
    const char *to = failover_options(context)->to;
    out_line(context->style, OUT_PLAIN, "To do it: celldeck failover start %s%s%s%s",
             evacuation->cell->id, to ? " --to " : "", to ? to : "", acks->str);
}

/* The plan is there whatever ails the journal. */
static void open_journal(struct context *context)
{
    g_autoptr(GError) wrong = NULL;
    if (!context_open_journal(context, &wrong))
        out_message("whether another operation is at work there is not known: %s", wrong->message);
}

int failover_plan_run(struct context *context, GError **error)
{
    struct failover_planned planned = {0};
    int code = CD_ERROR_FAILED;
    if (!context_open_config(context, error))
        return code;
    open_journal(context);
    if (failover_plan_read(context, FAILOVER_FAILOVER, context->args[0], &planned, error)) {
        unsigned all = (1u << PROOFS) - 1; /* what lacks no more than that may be started */
        g_autoptr(GPtrArray) refusals =
            preflight_start(planned.evacuation, FAILOVER_FAILOVER, all, planned.holders);
        print_plan(context, &planned, refusals);
        if (!context->json && !refusals->len)
            print_how_to_start(context, planned.evacuation);
        code = context_sources_exit_code(planned.snapshot);
        GError *refusal = preflight_error(refusals);
        if (refusal)
            g_propagate_error(error, refusal);
    }
    failover_planned_clear(&planned);
    return code;
}
