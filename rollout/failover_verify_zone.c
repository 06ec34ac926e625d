/* Whether a tenant's record is as it should be: Route 53's own servers answer with it; of a private
 * zone, which they can't be asked of, it stands in the zone (its change is INSYNC by then). */
#include "rollout/failover_verify.h"

#include "data/base/when.h"

#include <string.h>

/* TESTS_A_SECOND: Route 53 takes ten questions of a kind a second from all of an account, and fifty
 * at once now and then (aws.md, "Limits"); others may want to ask, too. */
enum { TESTS_A_SECOND = 8, TESTS_AT_ONCE = 20 };

static bool answers_as_expected(const struct verifying *verifying, const struct zone_answer *answer)
{
    if (verifying->expected)
        return zone_answer_is(answer, verifying->expected);
    return strcmp(answer->code, "NXDOMAIN") == 0 || answer->values->len == 0;
}

/* Takes `doubt`. */
static void doubts(struct verifying *verifying, char *doubt, int next)
{
    g_free(verifying->doubt);
    verifying->doubt = doubt;
    verifying_go_on(verifying, next);
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
        verifying_ends(verifying, OUTCOME_NOT, error->message);
    } else if (!answers_as_expected(verifying, answer)) {
        const char *first = answer->values->len ? g_ptr_array_index(answer->values, 0) : "nothing";
        g_autofree char *wanted =
            verifying->expected ? record_set_text(verifying->expected) : g_strdup("no record");
        doubts(verifying,
               g_strdup_printf("Route 53's servers answer %s, %s; expected is %s", answer->code,
                               first, wanted),
               VERIFY_RECORD);
    } else {
        verifying_record_agrees(verifying);
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

void verifying_begin_zone(struct verifying *verifying, gint64 mono_ms)
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
        verifying_ends(verifying, OUTCOME_NOT, zone ? "what its record was is not known" : why);
        return;
    }
    if (crossing->zone_kind == ZONE_KIND_PRIVATE) {
        verifying_go_on(verifying, VERIFY_RECORD);
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
        verifying_go_on(verifying, VERIFY_RECORD);
    else
        verifying_ends(verifying, OUTCOME_NOT, why);
}

void verifying_begin_kind(struct verifying *verifying)
{
    const struct crossing *crossing = verifying->traveller->crossing;
    const char *why, *zone = crossing_zone(crossing, &why);
    if (crossing->zone_kind == ZONE_KIND_PRIVATE)
        verifying_go_on(verifying, VERIFY_RECORD);
    else if (zone)
        verifying->zone =
            zone_kind_ask(crossing->base.world->client, zone, CONDUCT_CALL_MS, on_kind, verifying);
    else
        verifying_ends(verifying, OUTCOME_NOT, why);
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
        verifying_ends(verifying, OUTCOME_NOT, error->message);
        return;
    }
    g_autoptr(GPtrArray) there = zone_leading_sets(sets[0]);
    const struct record_set *first = there->len ? g_ptr_array_index(there, 0) : NULL;
    bool expected = verifying->expected
                        ? there->len == 1 && record_set_equal(first, verifying->expected)
                        : there->len == 0;
    enum zone_kind kind = verifying->traveller->crossing->zone_kind;
    if (expected && kind == ZONE_KIND_PRIVATE) {
        verifying_record_agrees(verifying);
        return;
    }
    if (expected && kind == ZONE_KIND_UNKNOWN) { /* it may be one that has no public servers */
        verifying_go_on(verifying, VERIFY_KIND);
        return;
    }
    if (expected) {
        verifying_ends(verifying, OUTCOME_NOT, verifying->doubt);
        return;
    }
    g_autofree char *stands = first ? record_set_text(first) : g_strdup("no record");
    g_autofree char *why =
        g_strdup_printf("somebody else has changed its record since: there is %s", stands);
    verifying->traveller->record_taken = true;
    verifying_ends(verifying, OUTCOME_REFUSED, why);
}

void verifying_begin_record(struct verifying *verifying)
{
    const struct world *world = verifying->traveller->crossing->base.world;
    const char *const names[] = {traveller_tenant(verifying->traveller)->plan->record, NULL};
    const char *why, *zone = crossing_zone(verifying->traveller->crossing, &why);
    if (zone)
        verifying->zone =
            zone_sets_read(world->client, zone, names, CONDUCT_CALL_MS, on_record, verifying);
    else
        verifying_ends(verifying, OUTCOME_NOT, why);
}
