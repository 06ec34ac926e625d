/* `celldeck failover plan`: where everybody goes, and what stands against it. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/failover_draft.h"
#include "rollout/failover_keys.h"
#include "rollout/placement_json.h"
#include "tui/commands/failover.h"
#include "tui/commands/named.h"

const GOptionEntry failover_plan_options[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, FAILOVER_OPTION(to), "Only into this cell", "CELL"}, {0}};

/* Why nothing can be planned for that tenant. */
static void no_plan(const struct snapshot *snapshot, const char *id, GError **error)
{
    const struct tenant *tenant = named_tenant(snapshot, id, error);
    if (tenant)
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "tenant %s lives in no cell of the fleet (%s), so nobody can move it", id,
                    tenant->cell ? tenant->cell : "no cellId");
}

/* Where tenants came from is known where the journal is. */
static bool make_plan(const struct context *context, struct failover_planned *planned,
                      enum failover_kind kind, const char *of, GError **error)
{
    const char *to = failover_options(context)->to;
    bool alone = kind == FAILOVER_MOVE;
    if (context->journal && !(planned->origins = origins_read(context->journal, error)))
        return false;
    planned->evacuation = alone ? evacuation_of_tenant(planned->snapshot, planned->origins, of, to)
                                : evacuation_of(planned->snapshot, planned->origins, of, to);
    if (!planned->evacuation)
        no_plan(planned->snapshot, of, error);
    else
        planned->guests = guests_of(planned->evacuation, alone ? NULL : planned->origins);
    return planned->evacuation;
}

static GPtrArray *holders_of(struct context *context, const struct evacuation *evacuation,
                             GError **error)
{
    g_autofree const char **cells = preflight_cells(evacuation);
    return preflight_holders(context->journal, cells, NULL, error);
}

/* Of the conductor that is at work, which would carry it on, else our own: by now they have been
 * used. */
static char *short_keys(struct context *context, const struct evacuation *evacuation,
                        enum failover_kind kind)
{
    struct aws_tenure keys = {0};
    g_autofree char *origin = NULL;
    if (!context->state_dir || !conductor_keys(context->state_dir, &keys, &origin))
        aws_client_tenure(context_client(context), &keys);
    return failover_outlasts_keys(&keys, failover_length_ms(context->config, evacuation, kind),
                                  when_now_ms());
}

bool failover_plan_read(struct context *context, enum failover_kind kind, const char *of,
                        struct failover_planned *planned, GError **error)
{
    const char *to = failover_options(context)->to;
    if (!context_open_config(context, error) ||
        (kind != FAILOVER_MOVE && !named_cell(context->config, of, error)) ||
        (to && !named_cell(context->config, to, error)))
        return false;
    context->consistent = true; /* nobody who has just come is left behind */
    planned->snapshot = context_read_fleet(context);
    if (!make_plan(context, planned, kind, of, error))
        return false;
    planned->short_keys = short_keys(context, planned->evacuation, kind);
    if (!context->journal)
        return true;
    planned->holders = holders_of(context, planned->evacuation, error);
    return planned->holders != NULL;
}

void failover_planned_clear(struct failover_planned *planned)
{
    g_clear_pointer(&planned->guests, g_ptr_array_unref);
    g_clear_pointer(&planned->evacuation, evacuation_unref);
    g_clear_pointer(&planned->origins, origins_unref);
    g_clear_pointer(&planned->snapshot, snapshot_unref);
    g_clear_pointer(&planned->holders, g_ptr_array_unref);
    g_clear_pointer(&planned->short_keys, g_free);
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
        g_autofree char *guests = guests_words(planned->evacuation, planned->guests);
        failover_plan_print(planned->evacuation, guests, context->style);
        if (planned->short_keys)
            out_line(context->style, OUT_WARN, "Warning: %s", planned->short_keys);
        return;
    }
    json_t *document = evacuation_json(planned->evacuation);
    json_object_set_new(document, "acks", acks_json(planned->evacuation));
    json_object_set_new(document, "guests", guests_json(planned->guests));
    json_object_set_new(document, "refusals", preflight_json(refusals));
    json_object_set_new(document, "credentials", text_json(planned->short_keys));
    json_object_set_new(document, "may_start", json_boolean(refusals->len == 0));
    out_json("failover.plan", document);
}

static void print_how_to_start(const struct context *context, const struct evacuation *evacuation)
{
    unsigned needs = failover_plan_needs(evacuation, FAILOVER_FAILOVER);
    g_autofree char *line =
        failover_command_line(context, FAILOVER_FAILOVER, evacuation->cell->id, needs, false);
    out_line(context->style, OUT_PLAIN, "To do it: %s", line);
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
