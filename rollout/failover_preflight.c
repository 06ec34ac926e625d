#include "rollout/failover_preflight.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_draft.h"
#include "rollout/placement_rules.h"

#include <string.h>

static const struct {
    const char *name, *lifted_by;
} kinds[PREFLIGHT_KINDS] = {
    [PREFLIGHT_REGISTRY] = {"registry", NULL}, [PREFLIGHT_NOBODY] = {"nobody", NULL},
    [PREFLIGHT_PLACE] = {"place", NULL},       [PREFLIGHT_BUSY] = {"busy", NULL},
    [PREFLIGHT_ACK] = {"ack", "--ack"},
};

const char *preflight_kind_name(enum preflight_kind kind)
{
    return kinds[kind].name;
}

static void refusal_clear(gpointer data)
{
    struct preflight_refusal *refusal = data;
    g_free(refusal->cell);
    g_free(refusal->tenant);
    g_free(refusal->operation);
    g_free(refusal->why);
    g_free(refusal);
}

/* Takes `why`. */
static struct preflight_refusal *refuse(GPtrArray *refusals, enum preflight_kind kind, char *why)
{
    struct preflight_refusal *refusal = g_new0(struct preflight_refusal, 1);
    refusal->kind = kind;
    refusal->why = why;
    g_ptr_array_add(refusals, refusal);
    return refusal;
}

static void everybody_has_a_place(GPtrArray *refusals, const struct evacuation *evacuation)
{
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        const struct placed_tenant *placed = evacuation->tenants->pdata[i];
        if (placed->to)
            continue;
        struct preflight_refusal *refusal =
            refuse(refusals, PREFLIGHT_PLACE,
                   g_strdup_printf("%s fits nowhere: %s", placed->tenant->id, placed->why));
        refusal->tenant = g_strdup(placed->tenant->id);
    }
}

/* A failover can't wait for a rollout that is at work on its source, and takes the cell over; a
 * move can wait. */
static void nobody_is_at_work(GPtrArray *refusals, enum failover_kind kind,
                              const GPtrArray *holders)
{
    for (guint i = 0; i < holders->len; i++) {
        const struct preflight_holder *holder = holders->pdata[i];
        if (holder->yielded && kind == FAILOVER_FAILOVER)
            continue;
        g_autofree char *since = when_rfc3339(holder->since_ms / WHEN_SECOND * WHEN_SECOND);
        struct preflight_refusal *refusal = refuse(
            refusals, PREFLIGHT_BUSY,
            g_strdup_printf("%s is %s by %s %s (%s), asked for by %s, since %s", holder->cell,
                            holder->locked ? "held" : "to be changed", holder->kind,
                            holder->operation, holder->state, holder->actor, since));
        refusal->cell = g_strdup(holder->cell);
        refusal->operation = g_strdup(holder->operation);
    }
}

static void all_is_acknowledged(GPtrArray *refusals, const struct evacuation *evacuation,
                                enum failover_kind kind, unsigned acks)
{
    unsigned lacks = failover_plan_needs(evacuation, kind) & ~acks;
    for (int i = 0; i < PROOFS; i++) {
        if (!(lacks & 1u << i))
            continue;
        enum proof proof = (enum proof)i;
        refuse(refusals, PREFLIGHT_ACK, failover_plan_ack_words(evacuation, kind, proof))->proof =
            proof;
    }
}

GPtrArray *preflight_start(const struct evacuation *evacuation, enum failover_kind kind,
                           unsigned acks, const GPtrArray *holders)
{
    GPtrArray *refusals = g_ptr_array_new_with_free_func(refusal_clear);
    if (evacuation->refused)
        refuse(refusals, PREFLIGHT_REGISTRY, g_strdup(evacuation->refused));
    else if (!evacuation->tenants->len)
        refuse(refusals, PREFLIGHT_NOBODY,
               g_strdup_printf(
                   "no tenant lives in %s%s%s, so there is nobody to move", evacuation->cell->id,
                   evacuation->cell->stands_by_for ? ", which stands by for " : "",
                   evacuation->cell->stands_by_for ? evacuation->cell->stands_by_for : ""));
    everybody_has_a_place(refusals, evacuation);
    if (holders && kind != FAILOVER_DRILL)
        nobody_is_at_work(refusals, kind, holders);
    if (kind != FAILOVER_DRILL)
        all_is_acknowledged(refusals, evacuation, kind, acks);
    return refusals;
}

int preflight_exit_code(const GPtrArray *refusals)
{
    bool busy = refusals->len > 0;
    for (guint i = 0; i < refusals->len; i++)
        busy &= ((const struct preflight_refusal *)refusals->pdata[i])->kind == PREFLIGHT_BUSY;
    return !refusals->len ? 0 : busy ? CD_ERROR_BUSY : CD_ERROR_REFUSED;
}

static char *lifted_by(const struct preflight_refusal *refusal)
{
    const char *flag = kinds[refusal->kind].lifted_by;
    return flag ? g_strdup_printf("%s %s", flag, proof_name(refusal->proof)) : NULL;
}

json_t *preflight_json(const GPtrArray *refusals)
{
    json_t *array = json_array();
    for (guint i = 0; i < refusals->len; i++) {
        const struct preflight_refusal *refusal = refusals->pdata[i];
        g_autofree char *lifted = lifted_by(refusal);
        json_array_append_new(
            array, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "kind", kinds[refusal->kind].name,
                             "cell", text_json(refusal->cell), "tenant", text_json(refusal->tenant),
                             "operation", text_json(refusal->operation), "why",
                             text_json(refusal->why), "lifted_by", text_json(lifted)));
    }
    return array;
}

/* A cell may have 1,000 tenants that fit nowhere for one reason: the record has them all. */
#define SAID_MOST 10

GError *preflight_error(const GPtrArray *refusals)
{
    int code = preflight_exit_code(refusals);
    if (code == 0)
        return NULL;
    GString *all = g_string_new(code == CD_ERROR_BUSY ? "held by another operation:" : "refused:");
    guint said = refusals->len > SAID_MOST + 1 ? SAID_MOST : refusals->len;
    for (guint i = 0; i < said; i++) {
        const struct preflight_refusal *refusal = refusals->pdata[i];
        g_autofree char *lifted = lifted_by(refusal);
        g_string_append_printf(all, "\n  %s%s%s%s", refusal->why,
                               lifted ? " (acknowledge it: " : "", lifted ? lifted : "",
                               lifted ? ")" : "");
    }
    if (said < refusals->len)
        g_string_append_printf(all, "\n  and %u more", refusals->len - said);
    GError *error = g_error_new_literal(CD_ERROR, code, all->str);
    g_string_free(all, TRUE);
    return error;
}

/* Of a planned tenant's target, what no longer holds; its room apart. */
static char *target_why(const struct muster *muster, const struct failover_plan *plan,
                        const struct planned_tenant *planned)
{
    const struct config *config = muster->snapshot->config;
    gssize from = config_place(config, plan->source), to = config_place(config, planned->to);
    const struct tenant *tenant = snapshot_tenant(muster->snapshot, planned->id);
    if (from < 0 || to < 0)
        return g_strdup_printf("%s is no longer in celldeck.yaml",
                               from < 0 ? plan->source : planned->to);
    const struct muster_cell *source = &muster->cells[from], *target = &muster->cells[to];
    if (target->unwell)
        return g_strdup(target->unwell);
    if (!tenant) /* its registry item is the engine's to ask for */
        return NULL;
    /* Whether it was declared, or where the tenant came from, is on record. */
    struct standing standing = standing_of(muster, tenant, source);
    if (bar_of(&standing, source, target, planned->declared) == BAR_NONE)
        return NULL;
    return g_strdup_printf("%s may no longer take %s: its residency, its environment or its tier "
                           "is another now",
                           planned->to, planned->id);
}

/* Who has come already is among the target's users. */
static char *room_why(const struct muster *muster, const struct failover_plan *plan,
                      const struct planned_target *planned)
{
    gssize at = config_place(muster->snapshot->config, planned->cell);
    if (at < 0)
        return NULL;
    const struct muster_cell *target = &muster->cells[at];
    gint64 coming = 0;
    for (guint i = 0; i < plan->tenants->len; i++) {
        const struct planned_tenant *tenant = plan->tenants->pdata[i];
        const struct tenant *now = snapshot_tenant(muster->snapshot, tenant->id);
        bool there = now && g_strcmp0(now->cell, planned->cell) == 0;
        if (strcmp(tenant->to, planned->cell) == 0 && !there)
            coming += tenant->users;
    }
    if (coming == 0 || target->users + coming <= target->users_max)
        return NULL;
    g_autofree char *over = text_counted(target->users + coming - target->users_max, "user");
    return g_strdup_printf("%s no longer has room: over its limit by %s", planned->cell, over);
}

char *preflight_plan(const struct failover_plan *plan, const struct snapshot *snapshot)
{
    OWN(muster) muster = muster_new(snapshot);
    if (muster->refused)
        return g_strdup(muster->refused);
    muster_call(muster);
    char *why = NULL;
    for (guint i = 0; !why && i < plan->tenants->len; i++)
        why = target_why(muster, plan, plan->tenants->pdata[i]);
    for (guint i = 0; !why && i < plan->targets->len; i++)
        why = room_why(muster, plan, plan->targets->pdata[i]);
    return why;
}
