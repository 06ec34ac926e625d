/* Whether a tenant is where it was sent: the registry has it as this operation left it, Route 53's
 * own servers answer with its record (of a private zone, which they can't be asked of, the record
 * stands in the zone; its change is INSYNC by then), and, on the way there, its new cell answers
 * check_url. The
 * cell is asked at its own address under the tenant's name: what resolvers keep of the old record
 * for as long as its TTL is no failure of the new one's. */
#include "rollout/failover_conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/probe.h"
#include "data/whereabouts.h"
#include "data/witness_read.h"

#include <string.h>

/* TESTS_A_SECOND: Route 53 takes ten questions of a kind a second from all of an account, and fifty
 * at once now and then (aws.md, "Limits"); others may want to ask, too. */
enum { VERIFY_AT_ONCE = 16, TESTS_A_SECOND = 8, TESTS_AT_ONCE = 20, ANSWER_MS = 5000 };

/* One look at a tenant, step by step. */
struct verifying {
    struct traveller *traveller;
    enum { VERIFY_ITEM, VERIFY_ZONE, VERIFY_KIND, VERIFY_RECORD, VERIFY_ANSWER } step;
    char *doubt; /* what Route 53's servers answered, where that was not expected, or why not */
    struct tenant_call *item;
    struct zone_call *zone;
    struct aws_call *answer;
    struct record_set *expected; /* its record; NULL: none should stand */
    char *asked;                 /* the address that `answer` asks */
    gint64 began_mono_ms;
};

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

static void ends(struct verifying *verifying, enum outcome outcome, const char *why)
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

static void go_on(struct verifying *verifying, int step)
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
        ends(verifying, OUTCOME_NOT, error->message);
        return;
    }
    if (!registry_stands(&stand, item)) {
        g_autofree char *words = registry_item_words(item);
        ends(verifying, OUTCOME_REFUSED, words);
        return;
    }
    if (asks_zone(verifying))
        go_on(verifying, VERIFY_ZONE);
    else
        ends(verifying, OUTCOME_DONE, NULL);
}

static void begin_item(struct verifying *verifying)
{
    const struct world *world = verifying->traveller->crossing->base.world;
    verifying->item = tenant_item_get(world->client, world->config,
                                      traveller_tenant(verifying->traveller)->plan->id,
                                      CONDUCT_CALL_MS, on_item, verifying);
}

static bool answers_as_expected(const struct verifying *verifying, const struct zone_answer *answer)
{
    if (verifying->expected)
        return zone_answer_is(answer, verifying->expected);
    return strcmp(answer->code, "NXDOMAIN") == 0 || answer->values->len == 0;
}

/* All that can be said of its record agrees. */
static void record_agrees(struct verifying *verifying)
{
    if (asks_cell(verifying))
        go_on(verifying, VERIFY_ANSWER);
    else
        ends(verifying, OUTCOME_DONE, NULL);
}

/* Takes `doubt`. */
static void doubts(struct verifying *verifying, char *doubt, int next)
{
    g_free(verifying->doubt);
    verifying->doubt = doubt;
    go_on(verifying, next);
}

/* What a private zone may be refused with: the API reference names InvalidInput and
 * NoSuchHostedZone. */
static bool may_be_private(const struct crossing *crossing, const GError *error)
{
    return crossing->zone_kind == ZONE_KIND_UNKNOWN &&
           (g_error_matches(error, AWS_ERROR, AWS_ERROR_REQUEST) ||
            g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND));
}

static void on_zone(const struct zone_answer *answer, const GError *error, gpointer data)
{
    struct verifying *verifying = data;
    verifying->zone = NULL;
    if (!answer && may_be_private(verifying->traveller->crossing, error)) {
        doubts(verifying, g_strdup(error->message), VERIFY_KIND);
    } else if (!answer) {
        ends(verifying, OUTCOME_NOT, error->message);
    } else if (!answers_as_expected(verifying, answer)) {
        const char *first = answer->values->len ? g_ptr_array_index(answer->values, 0) : "nothing";
        g_autofree char *wanted =
            verifying->expected ? record_set_text(verifying->expected) : g_strdup("no record");
        doubts(verifying,
               g_strdup_printf("Route 53's servers answer %s, %s; expected is %s", answer->code,
                               first, wanted),
               VERIFY_RECORD);
    } else {
        record_agrees(verifying);
    }
}

static json_t *expected_record(const struct verifying *verifying)
{
    const struct failover_tenant *tenant = traveller_tenant(verifying->traveller);
    bool there = tenant->record == RECORD_CHANGED;
    return there ? tenant->becomes : tenant->was;
}

static bool may_test(struct crossing *crossing, gint64 mono_ms)
{
    double since_s = (double)(mono_ms - crossing->tests_mono_ms) / WHEN_SECOND;
    crossing->tests_left = MIN(TESTS_AT_ONCE, crossing->tests_left + since_s * TESTS_A_SECOND);
    crossing->tests_mono_ms = mono_ms;
    if (crossing->tests_left < 1)
        return false;
    crossing->tests_left -= 1;
    return true;
}

static void begin_zone(struct verifying *verifying, gint64 mono_ms)
{
    struct crossing *crossing = verifying->traveller->crossing;
    const struct world *world = crossing->base.world;
    const struct failover_tenant *tenant = traveller_tenant(verifying->traveller);
    const json_t *record = expected_record(verifying);
    const json_t *any = record ? record : tenant->becomes;
    const char *why, *zone = crossing_zone(crossing, &why);
    if (!may_test(crossing, mono_ms))
        return;
    record_set_free(verifying->expected);
    verifying->expected = record ? record_set_of_json(record, NULL) : NULL;
    OWN(record_set) set = any ? record_set_of_json(any, NULL) : NULL;
    if (!set || !zone) {
        ends(verifying, OUTCOME_NOT, zone ? "what its record was is not known" : why);
        return;
    }
    if (crossing->zone_kind == ZONE_KIND_PRIVATE) {
        go_on(verifying, VERIFY_RECORD);
        return;
    }
    verifying->zone = zone_test_answer(world->client, zone, set->name, set->type, CONDUCT_CALL_MS,
                                       on_zone, verifying);
}

static void on_kind(bool private, const GError *error, gpointer data)
{
    struct verifying *verifying = data;
    struct crossing *crossing = verifying->traveller->crossing;
    verifying->zone = NULL;
    if (!error)
        crossing->zone_kind = private ? ZONE_KIND_PRIVATE : ZONE_KIND_PUBLIC;
    g_autofree char *why =
        error ? g_strdup_printf("%s (and whether it is a private zone is not known: %s)",
                                verifying->doubt, error->message)
              : g_strdup(verifying->doubt);
    if (crossing->zone_kind == ZONE_KIND_PRIVATE)
        go_on(verifying, VERIFY_RECORD);
    else
        ends(verifying, OUTCOME_NOT, why);
}

static void begin_kind(struct verifying *verifying)
{
    const struct crossing *crossing = verifying->traveller->crossing;
    const char *why, *zone = crossing_zone(crossing, &why);
    if (crossing->zone_kind == ZONE_KIND_PRIVATE)
        go_on(verifying, VERIFY_RECORD);
    else if (zone)
        verifying->zone =
            zone_kind_ask(crossing->base.world->client, zone, CONDUCT_CALL_MS, on_kind, verifying);
    else
        ends(verifying, OUTCOME_NOT, why);
}

const char *crossing_verified_how(const struct crossing *crossing)
{
    return crossing->zone_kind == ZONE_KIND_PRIVATE
               ? "by the records in the zone: it is private, and TestDNSAnswer knows public ones "
                 "only"
               : NULL;
}

/* Servers that answer something else have not heard of the change yet, or of a later one, which is
 * somebody else's: what stands in the zone tells. */
static void on_record(GPtrArray *const *sets, const GError *error, gpointer data)
{
    struct verifying *verifying = data;
    verifying->zone = NULL;
    if (!sets) {
        ends(verifying, OUTCOME_NOT, error->message);
        return;
    }
    g_autoptr(GPtrArray) there = zone_leading_sets(sets[0]);
    const struct record_set *first = there->len ? g_ptr_array_index(there, 0) : NULL;
    bool expected = verifying->expected
                        ? there->len == 1 && record_set_equal(first, verifying->expected)
                        : there->len == 0;
    enum zone_kind kind = verifying->traveller->crossing->zone_kind;
    if (expected && kind == ZONE_KIND_PRIVATE) {
        record_agrees(verifying);
        return;
    }
    if (expected && kind == ZONE_KIND_UNKNOWN) { /* it may be one that has no public servers */
        go_on(verifying, VERIFY_KIND);
        return;
    }
    if (expected) {
        ends(verifying, OUTCOME_NOT, verifying->doubt);
        return;
    }
    g_autofree char *stands = first ? record_set_text(first) : g_strdup("no record");
    g_autofree char *why =
        g_strdup_printf("somebody else has changed its record since: there is %s", stands);
    verifying->traveller->record_taken = true;
    ends(verifying, OUTCOME_REFUSED, why);
}

static void begin_record(struct verifying *verifying)
{
    const struct world *world = verifying->traveller->crossing->base.world;
    const char *const names[] = {traveller_tenant(verifying->traveller)->plan->record, NULL};
    const char *why, *zone = crossing_zone(verifying->traveller->crossing, &why);
    if (zone)
        verifying->zone =
            zone_sets_read(world->client, zone, names, CONDUCT_CALL_MS, on_record, verifying);
    else
        ends(verifying, OUTCOME_NOT, why);
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
    ends(verifying, why ? OUTCOME_NOT : OUTCOME_DONE, why);
}

static void begin_answer(struct verifying *verifying)
{
    struct crossing *crossing = verifying->traveller->crossing;
    const struct world *world = crossing->base.world;
    const struct planned_tenant *plan = traveller_tenant(verifying->traveller)->plan;
    const struct planned_target *target = failover_plan_target(crossing->failover->plan, plan->to);
    const char *error, *address = crossing_address(crossing, target->dns_name, &error);
    if (!address && error)
        ends(verifying, OUTCOME_NOT, error);
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
        begin_zone(verifying, mono_ms);
    else if (verifying->step == VERIFY_KIND)
        begin_kind(verifying);
    else if (verifying->step == VERIFY_RECORD)
        begin_record(verifying);
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
