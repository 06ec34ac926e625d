/* A drill and a failover as the engine itself decides them, before an observer that sees everything
 * done at once; but Route 53 throttles from the eighth tenant on until somebody resumes. */
#include "tests/golden/world_parts.h"

#include "data/base/when.h"
#include "data/record_set.h"
#include "rollout/failover.h"

#include <string.h>

#define SOURCE    "cell-2-us-west"
#define TARGET    "cell-1-us-east"
#define BEAT_MS   350   /* between two events */
#define STEP_MS   20000 /* that a step may stand still */
#define REST_MS   15000 /* until somebody resumes */
#define RTO_MS    60000
#define LEASE_MS  40000
#define DRILL_MS  20000 /* after it the failover begins */
#define THROTTLED 3     /* the place of the batch that is */

struct player {
    GPtrArray *into; /* struct event * */
    struct failover *failover;
    gint64 now_ms, leased_ms;
    guint leases;
    bool throttles;
};

static struct event *event_new(const char *stream, gint64 seq, gint64 at_ms, const char *actor,
                               const char *type, json_t *data)
{
    struct event *event = g_new0(struct event, 1);
    *event = (struct event){.stream = g_strdup(stream),
                            .seq = seq,
                            .id = g_strdup_printf("%s-%" G_GINT64_FORMAT, stream, seq),
                            .at_ms = at_ms,
                            .actor = g_strdup(actor),
                            .type = g_strdup(type),
                            .data = data};
    return event;
}

/* Its conductor is heard of now and then. */
static void renew_lease(struct player *player)
{
    if (player->leases > 0 && player->now_ms - player->leased_ms < LEASE_MS / 4)
        return;
    player->leases++;
    g_autofree char *stream = g_strconcat("lease/", player->failover->id, NULL);
    json_t *data = json_pack("{s:b, s:i, s:{s:s, s:s, s:i, s:s, s:i}}", "held", true, "lease_ms",
                             LEASE_MS, "holder", "boot", "b", "host", "bastion-1", "pid", 20411,
                             "pids", "pid:[4026531836]", "started", 4131323);
    g_ptr_array_add(player->into,
                    event_new(stream, player->leases, player->now_ms, "conductor@bastion-1",
                              player->leases > 1 ? "lease.renewed" : "lease.taken", data));
    player->leased_ms = player->now_ms;
}

static void append(struct player *player, const char *actor, const char *type, json_t *data)
{
    struct failover *failover = player->failover;
    g_autoptr(GError) error = NULL;
    struct event *event =
        event_new(failover->id, failover->seq + 1, player->now_ms, actor, type, data);
    g_ptr_array_add(player->into, event);
    if (!failover_apply(failover, event, &error))
        g_error("%s", error->message);
    player->now_ms += BEAT_MS;
}

static void add_tenant(struct failover_plan *plan, const struct tenant *tenant)
{
    struct planned_tenant *planned = failover_plan_add_tenant(plan);
    *planned = (struct planned_tenant){
        .id = g_strdup(tenant->id),
        .from = g_strdup(SOURCE),
        .to = g_strdup(TARGET),
        .region_from = g_strdup("us-west-2"),
        .region_to = g_strdup("us-east-1"),
        .status = g_strdup(tenant_status_name(tenant->status)),
        .updated_at = when_rfc3339(tenant->updated_ms),
        .record =
            g_strdup_printf("%s.example.com", tenant->subdomain ? tenant->subdomain : tenant->id),
        .users = tenant->current_users};
}

static struct failover_plan *plan_of(const struct registry *registry, enum failover_kind kind)
{
    struct failover_plan *plan = failover_plan_new(kind, SOURCE);
    struct planned_target *target = failover_plan_add_target(plan);
    *target = (struct planned_target){.cell = g_strdup(TARGET),
                                      .dns_name = g_strdup("cell1.example.com"),
                                      .version = g_strdup("5.1.0"),
                                      .users_before = 2730,
                                      .users_max = 9000};
    for (guint i = 0; i < registry->tenants->len; i++) {
        const struct tenant *tenant = registry->tenants->pdata[i];
        if (g_strcmp0(tenant->cell, SOURCE) == 0)
            add_tenant(plan, tenant);
    }
    static const char *const acks[] = {"data", NULL};
    g_strfreev(plan->acks);
    plan->acks = g_strdupv((char **)acks);
    plan->dns = true;
    plan->fence_ms = kind == FAILOVER_DRILL ? 0 : 600000;
    plan->ttl_s = 60;
    plan->step_ms = STEP_MS;
    plan->rto_ms = RTO_MS;
    failover_plan_seal(plan);
    return plan;
}

static void open_it(struct player *player, const struct failover_plan *plan, const char *reason)
{
    append(player, "alice", "opened",
           json_pack("{s:s, s:s, s:[s, s], s:s, s:n, s:o, s:[s], s:n, s:s}", "kind",
                     failover_kind_name(plan->kind), "subject", SOURCE, "cells", SOURCE, TARGET,
                     "reason", reason, "ticket", "plan", failover_plan_json(plan), "acks", "data",
                     "arn", "state", "planned"));
}

/* Everybody, to begin with and after a drill; nobody, once they have moved. */
static GPtrArray *residents_of(const struct failover *failover)
{
    GPtrArray *ids = g_ptr_array_new();
    bool stay = failover->plan->kind == FAILOVER_DRILL || failover_counts(failover) == COUNT_BEFORE;
    for (guint i = 0; stay && i < failover->tenants->len; i++)
        g_ptr_array_add(ids, failover_tenant_at(failover, i)->plan->id);
    return ids;
}

/* Everything has happened, but for what Route 53 refuses for now. */
static struct failover_decision decide(const struct player *player)
{
    const struct failover *failover = player->failover;
    const struct failover_intent *intent = &failover->intent;
    g_autofree struct observed_tenant *tenants =
        g_new0(struct observed_tenant, MAX(1, failover->tenants->len));
    g_autofree enum outcome *insync = g_new0(enum outcome, MAX(1, failover->batches->len));
    bool stuck = player->throttles && intent->act == ACT_DNS && intent->batch == THROTTLED;
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    for (guint i = 0; i < failover->tenants->len; i++) {
        const char *name = failover_tenant_at(failover, i)->plan->record;
        OWN(record_set) set = record_set_cname(name, "cell2.example.com", 60);
        g_ptr_array_add(records, record_set_json(set));
        tenants[i] = (struct observed_tenant){.item = OUTCOME_DONE,
                                              .record_read = true,
                                              .record = records->pdata[i],
                                              .verified = OUTCOME_DONE};
    }
    for (guint i = 0; i < failover->batches->len; i++)
        insync[i] = OUTCOME_DONE;
    g_autoptr(GPtrArray) residents = residents_of(failover);
    const struct failover_observation seen = {
        .now_ms = player->now_ms,
        .residents = residents,
        .preflight_read = true,
        .locks_ours = true,
        .call = stuck ? OUTCOME_NOT : OUTCOME_DONE,
        .call_error = stuck ? "Route 53 ChangeResourceRecordSets: Throttling: Rate exceeded" : NULL,
        .call_code = stuck ? "throttled" : NULL,
        .call_output = "cell-2-us-west takes no more writes",
        .call_change = "/change/C0123456789",
        .tenants = tenants,
        .insync = insync};
    return failover_decide(failover, &seen);
}

/* Until it is over, or held. */
static void carry_on(struct player *player)
{
    bool (*over)(enum failover_state) = failover_state_final;
    while (!over(player->failover->state) && player->failover->state != FAILOVER_HELD) {
        renew_lease(player);
        struct failover_decision decision = decide(player);
        if (decision.type)
            append(player, "conductor@bastion-1", decision.type, decision.data);
        else
            player->now_ms += BEAT_MS;
    }
}

static struct player begin(GPtrArray *into, const char *id, gint64 at_ms)
{
    return (struct player){.into = into, .failover = failover_new(id), .now_ms = at_ms};
}

void passage_play(const struct registry *registry, gint64 from_ms, GPtrArray *into)
{
    OWN(failover_plan) drilled = plan_of(registry, FAILOVER_DRILL);
    OWN(failover_plan) plan = plan_of(registry, FAILOVER_FAILOVER);
    struct player drill = begin(into, "d1", from_ms);
    open_it(&drill, drilled, "the monthly drill");
    carry_on(&drill);
    struct player player = begin(into, "f1", from_ms + DRILL_MS);
    player.throttles = true;
    open_it(&player, plan, "us-west-2 is to be shut down");
    carry_on(&player);
    for (gint64 until_ms = player.now_ms + REST_MS; player.now_ms < until_ms;
         player.now_ms += BEAT_MS)
        renew_lease(&player);
    player.throttles = false;
    append(&player, "alice", "resume", json_pack("{s:s}", "state", "running"));
    carry_on(&player);
    failover_free(drill.failover);
    failover_free(player.failover);
}
