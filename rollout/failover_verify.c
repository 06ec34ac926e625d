/* Whether a tenant is where it was sent: the registry has it as this operation left it, Route 53
 * says of its record what it should (failover_verify_zone.c), and, on the way there, its new cell
 * answers check_url. The cell is asked at its own address under the tenant's name: what resolvers
 * keep of the old record for as long as its TTL is no failure of the new one's. */
#include "rollout/failover_verify.h"

#include "data/base/when.h"
#include "data/probe.h"
#include "data/whereabouts.h"
#include "data/witness_read.h"

#include <string.h>

enum { VERIFY_AT_ONCE = 16, ANSWER_MS = 5000 };

void traveller_forget_verify(struct traveller *traveller)
{
    struct verifying *verifying = g_steal_pointer(&traveller->verifying);
    if (!verifying)
        return;
    traveller->crossing->n_verifying--;
    tenant_call_cancel(verifying->item);
    zone_call_cancel(verifying->zone);
    aws_call_cancel(verifying->answer);
    record_set_free(verifying->expected);
    g_free(verifying->asked);
    g_free(verifying->doubt);
    g_free(verifying);
}

void verifying_ends(struct verifying *verifying, enum outcome outcome, const char *why)
{
    struct traveller *traveller = verifying->traveller;
    struct crossing *crossing = traveller->crossing;
    if (outcome == OUTCOME_NOT)
        attempt_failed(&traveller->verified, why);
    else
        attempt_ends(&traveller->verified, outcome, why);
    traveller_forget_verify(traveller);
    conduct_wake(&crossing->base);
}

void verifying_go_on(struct verifying *verifying, int step)
{
    verifying->step = step;
    conduct_wake(&verifying->traveller->crossing->base);
}

/* Route 53 is asked where this operation has, or could have, changed what it says. */
static bool asks_zone(const struct verifying *verifying)
{
    const struct crossing *crossing = verifying->traveller->crossing;
    const struct failover_tenant *tenant = traveller_tenant(verifying->traveller);
    return crossing->failover->plan->dns && tenant->plan->record && !tenant->record_left &&
           (tenant->was || tenant->becomes);
}

static bool asks_cell(const struct verifying *verifying)
{
    const struct crossing *crossing = verifying->traveller->crossing;
    const struct failover_tenant *tenant = traveller_tenant(verifying->traveller);
    return !crossing->failover->reverting && tenant->item == ITEM_PLACED && asks_zone(verifying);
}

static void on_item(const struct tenant_item *item, const GError *error, gpointer data)
{
    struct verifying *verifying = data;
    const struct registry_stand stand = failover_stands(traveller_tenant(verifying->traveller));
    verifying->item = NULL;
    if (!item) {
        verifying_ends(verifying, OUTCOME_NOT, error->message);
        return;
    }
    if (!registry_stands(&stand, item)) {
        g_autofree char *words = registry_item_words(item);
        verifying_ends(verifying, OUTCOME_REFUSED, words);
        return;
    }
    if (asks_zone(verifying))
        verifying_go_on(verifying, VERIFY_ZONE);
    else
        verifying_ends(verifying, OUTCOME_DONE, NULL);
}

static void begin_item(struct verifying *verifying)
{
    const struct world *world = verifying->traveller->crossing->base.world;
    verifying->item = tenant_item_get(world->client, world->config,
                                      traveller_tenant(verifying->traveller)->plan->id,
                                      CONDUCT_CALL_MS, on_item, verifying);
}

/* All that can be said of its record agrees. */
void verifying_record_agrees(struct verifying *verifying)
{
    if (asks_cell(verifying))
        verifying_go_on(verifying, VERIFY_ANSWER);
    else
        verifying_ends(verifying, OUTCOME_DONE, NULL);
}

/* Names another cell, or does not answer as one: it is not there. One that names none is believed
 * to be the cell that was asked. */
static char *answer_trouble(const struct verifying *verifying, const struct probe *probe)
{
    const struct crossing *crossing = verifying->traveller->crossing;
    const char *to = traveller_tenant(verifying->traveller)->plan->to;
    struct witness witness = {0};
    witness_read_answer(&witness, crossing->base.world->config, probe, verifying->asked);
    bool there = witness.state == WITNESS_SILENT || g_strcmp0(witness.cell, to) == 0;
    char *why = there          ? NULL
                : witness.cell ? g_strdup_printf("%s answers at %s, not %s", witness.cell,
                                                 verifying->asked, to)
                               : g_strdup_printf("%s does not answer: %s", to,
                                                 witness.told ? witness.told : "no answer");
    witness_clear(&witness);
    return why;
}

static void on_answer(int status, const char *body, const GError *error, gpointer data)
{
    struct verifying *verifying = data;
    verifying->answer = NULL;
    gint64 took_ms = when_mono_ms() - verifying->began_mono_ms;
    struct probe *probe =
        probe_parse(status, body, error ? error->message : NULL, when_now_ms(), took_ms);
    g_autofree char *why = answer_trouble(verifying, probe);
    probe_unref(probe);
    verifying_ends(verifying, why ? OUTCOME_NOT : OUTCOME_DONE, why);
}

static void begin_answer(struct verifying *verifying)
{
    struct crossing *crossing = verifying->traveller->crossing;
    const struct world *world = crossing->base.world;
    const struct planned_tenant *plan = traveller_tenant(verifying->traveller)->plan;
    const struct planned_target *target = failover_plan_target(crossing->failover->plan, plan->to);
    const char *error, *address = crossing_address(crossing, target->dns_name, &error);
    if (!address && error)
        verifying_ends(verifying, OUTCOME_NOT, error);
    if (!address)
        return;
    g_autofree char *there =
        strchr(address, ':') ? g_strdup_printf("[%s]", address) : g_strdup(address);
    g_autofree char *url = whereabouts_url(world->config, plan->record);
    g_free(verifying->asked);
    verifying->asked = g_strdup(address);
    verifying->began_mono_ms = when_mono_ms();
    verifying->answer = aws_http_get_at(world->client, url, there, ANSWER_MS, on_answer, verifying);
}

static void step(struct verifying *verifying, gint64 mono_ms)
{
    if (verifying->item || verifying->zone || verifying->answer)
        return;
    if (verifying->step == VERIFY_ITEM)
        begin_item(verifying);
    else if (verifying->step == VERIFY_ZONE)
        verifying_begin_zone(verifying, mono_ms);
    else if (verifying->step == VERIFY_KIND)
        verifying_begin_kind(verifying);
    else if (verifying->step == VERIFY_RECORD)
        verifying_begin_record(verifying);
    else
        begin_answer(verifying);
}

static void begin(struct traveller *traveller)
{
    struct verifying *verifying = g_new0(struct verifying, 1);
    verifying->traveller = traveller;
    traveller->verifying = verifying;
    traveller->crossing->n_verifying++;
}

static void verify_batch(struct crossing *crossing, const struct failover_batch *batch,
                         gint64 mono_ms)
{
    for (guint i = batch->first; i < batch->first + batch->n; i++) {
        struct traveller *traveller = &crossing->travellers[i];
        bool due = attempt_is_due(&traveller->verified, mono_ms) &&
                   traveller_tenant(traveller)->step != TENANT_LEFT;
        if (!traveller->verifying && due && crossing->n_verifying < VERIFY_AT_ONCE)
            begin(traveller);
        if (traveller->verifying)
            step(traveller->verifying, mono_ms);
    }
}

/* What was verified on the way there says nothing of the way back. */
static void follow_way(struct crossing *crossing)
{
    if (crossing->verifies_back == crossing->failover->reverting)
        return;
    crossing->verifies_back = crossing->failover->reverting;
    for (guint i = 0; i < crossing->n_travellers; i++) {
        traveller_forget_verify(&crossing->travellers[i]);
        attempt_clear(&crossing->travellers[i].verified);
        crossing->travellers[i].record_taken = false;
    }
}

void crossing_verify(struct crossing *crossing)
{
    const struct failover *failover = crossing->failover;
    gint64 mono_ms = when_boot_ms();
    follow_way(crossing);
    for (guint i = 0; i < failover->batches->len; i++) {
        const struct failover_batch *batch = failover_batch_at(failover, i);
        if (failover_awaits_verify(failover, batch))
            verify_batch(crossing, batch, mono_ms);
    }
}
