#include "rollout/failover_draft.h"

#include "data/base/when.h"
#include "data/whereabouts.h"
#include "rollout/placement_proof.h"

#include <string.h>

/* Of one tenant alone the whole cell is neither fenced nor promoted. */
#define NOT_OF_A_MOVE (1u << PROOF_FENCE | 1u << PROOF_PROMOTE)

static bool moves_data(const struct evacuation *evacuation)
{
    return *evacuation->config->move.argv != NULL;
}

unsigned failover_plan_needs(const struct evacuation *evacuation, enum failover_kind kind)
{
    unsigned needs = evacuation->unproven;
    if (kind != FAILOVER_MOVE)
        return needs;
    needs &= ~NOT_OF_A_MOVE;
    return moves_data(evacuation) ? needs & ~(1u << PROOF_DATA) : needs | 1u << PROOF_DATA;
}

/* NULL: everybody has one. */
static char *tenants_without_record(const struct evacuation *evacuation)
{
    guint n = 0;
    const struct tenant *first = NULL;
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        const struct placed_tenant *placed = evacuation->tenants->pdata[i];
        if (!(placed->unproven & 1u << PROOF_DNS))
            continue;
        first = first ? first : placed->tenant;
        n++;
    }
    if (!first)
        return NULL;
    const struct tenant *other =
        whereabouts_namesake(evacuation->config, evacuation->registry, first);
    g_autofree char *who = n > 1 ? g_strdup_printf("%s and %u more have", first->id, n - 1)
                                 : g_strdup_printf("%s has", first->id);
    return other
               ? g_strdup_printf("dns not proven: %s no record of their own: %s has the subdomain "
                                 "of %s, too",
                                 who, other->id, first->id)
               : g_strdup_printf("dns not proven: %s no record that could be changed", who);
}

char *failover_plan_ack_words(const struct evacuation *evacuation, enum failover_kind kind,
                              enum proof proof)
{
    if (kind == FAILOVER_MOVE && proof == PROOF_DATA)
        return g_strdup("data not moved by celldeck: there is no move.command");
    bool of_target = proof != PROOF_FENCE && proof != PROOF_DNS;
    g_autoptr(GString) cells = g_string_new(NULL);
    const char *why = NULL;
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = evacuation->targets->pdata[i];
        if (!target->proof_why[proof])
            continue;
        why = why ? why : target->proof_why[proof];
        g_string_append_printf(cells, "%s%s", cells->len ? ", " : "", target->cell->id);
    }
    if (!why)
        return tenants_without_record(evacuation);
    return of_target ? g_strdup_printf("%s (%s)", why, cells->str) : g_strdup(why);
}

static int by_harm(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct placed_tenant *x = *(gpointer *)a, *y = *(gpointer *)b;
    const struct cell_config *from = data;
    bool x_production = tenant_is_production(x->tenant, from);
    bool y_production = tenant_is_production(y->tenant, from);
    if (x_production != y_production)
        return x_production - y_production;
    if (x->users != y->users)
        return x->users < y->users ? -1 : 1;
    return strcmp(x->tenant->id, y->tenant->id);
}

static void add_tenant(struct failover_plan *plan, const struct evacuation *evacuation,
                       const struct placed_tenant *placed)
{
    const struct tenant *tenant = placed->tenant;
    struct planned_tenant *planned = failover_plan_add_tenant(plan);
    char *why = NULL;
    planned->id = g_strdup(tenant->id);
    planned->from = g_strdup(evacuation->cell->id);
    planned->to = g_strdup(placed->to->id);
    planned->region_from = g_strdup(tenant->region);
    planned->region_to = g_strdup(placed->to->region);
    planned->status = g_strdup(tenant_status_name(tenant->status));
    planned->updated_at = g_strdup(tenant->updated);
    bool shared = whereabouts_namesake(evacuation->config, evacuation->registry, tenant);
    *(shared ? &planned->shared_record : &planned->record) =
        whereabouts_record(evacuation->config, tenant, &why);
    planned->users = placed->users;
    planned->data_proven = !(placed->unproven & 1u << PROOF_DATA);
    planned->declared = placed->declared;
    g_free(why);
}

static void add_tenants(struct failover_plan *plan, const struct evacuation *evacuation)
{
    g_autoptr(GPtrArray) placed = g_ptr_array_new();
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        struct placed_tenant *tenant = evacuation->tenants->pdata[i];
        if (tenant->to)
            g_ptr_array_add(placed, tenant);
    }
    g_ptr_array_sort_with_data(placed, by_harm, (gpointer)evacuation->cell);
    for (guint i = 0; i < placed->len; i++)
        add_tenant(plan, evacuation, placed->pdata[i]);
}

static void add_target(struct failover_plan *plan, const struct config *config,
                       const struct placement_target *target)
{
    struct planned_target *planned = failover_plan_add_target(plan);
    planned->cell = g_strdup(target->cell->id);
    planned->dns_name = g_strdup(target->cell->dns_name);
    planned->version = g_strdup(target->version);
    planned->users_before = target->users_before;
    planned->users_max = target->users_max;
    planned->promote =
        plan->kind != FAILOVER_MOVE && target->replica && *config->failover.promote.argv;
}

static gint64 deadline_of(const struct own_command *command, bool used)
{
    return used && *command->argv ? command->timeout_ms : 0;
}

static char **acks_of(unsigned acks)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (int i = 0; i < PROOFS; i++)
        if (acks & 1u << i)
            g_strv_builder_add(names, proof_name((enum proof)i));
    return g_strv_builder_end(names);
}

struct failover_plan *failover_plan_make(const struct evacuation *evacuation,
                                         enum failover_kind kind, unsigned acks, bool by_hand)
{
    if (!evacuation->placed)
        return NULL;
    const struct config *config = evacuation->config;
    const struct failover_config *failover = &config->failover;
    struct failover_plan *plan = failover_plan_new(kind, evacuation->cell->id);
    plan->dns = failover->zone_id && failover->record && !by_hand;
    add_tenants(plan, evacuation);
    for (guint i = 0; i < evacuation->targets->len; i++)
        add_target(plan, config, evacuation->targets->pdata[i]);
    g_strfreev(plan->acks);
    plan->acks = acks_of(by_hand ? acks | 1u << PROOF_DNS : acks);
    plan->fence_ms = deadline_of(&failover->fence, kind != FAILOVER_MOVE);
    plan->promote_ms = deadline_of(&failover->promote, kind != FAILOVER_MOVE);
    plan->move_ms = deadline_of(&config->move, kind == FAILOVER_MOVE);
    plan->ttl_s = failover->ttl_ms / WHEN_SECOND;
    plan->rto_ms = MAX(0, failover->rto_ms);
    plan->step_ms = failover->deadline_ms;
    failover_plan_seal(plan);
    return plan;
}
