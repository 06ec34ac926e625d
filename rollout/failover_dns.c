/* Route 53's change of one intent: DELETE of the set that was read with CREATE of the new one, for
 * all of its tenants together, all or nothing. Where none stands it is a CREATE alone, which is as
 * good a compare-and-swap: an UPSERT would write over what somebody has made since. */
#include "rollout/failover_conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/fault_point.h"

#include <stdint.h>
#include <string.h>

/* The sets of an intent, and what is made of them. */
struct sets {
    GPtrArray *owned; /* struct record_set * */
    GArray *changes;  /* struct zone_change */
};

static struct sets sets_new(void)
{
    return (struct sets){record_sets_new(), g_array_new(FALSE, FALSE, sizeof(struct zone_change))};
}

static void sets_clear(struct sets *sets)
{
    g_ptr_array_unref(sets->owned);
    g_array_unref(sets->changes);
}

static struct record_set *set_at(const json_t *change, const char *key)
{
    const json_t *json = json_object_get(change, key);
    return json_is_object(json) ? record_set_of_json(json, NULL) : NULL;
}

static void add(struct sets *sets, enum zone_action action, struct record_set *set)
{
    const struct zone_change change = {action, set};
    if (!set)
        return;
    g_ptr_array_add(sets->owned, set);
    g_array_append_val(sets->changes, change);
}

static struct sets sets_of_change(const json_t *changes)
{
    struct sets sets = sets_new();
    size_t i;
    const json_t *change;
    json_array_foreach (changes, i, change) {
        add(&sets, ZONE_DELETE, set_at(change, "was"));
        add(&sets, ZONE_CREATE, set_at(change, "becomes"));
    }
    return sets;
}

/* One of the new sets, replaced by itself: nothing is changed, and when that is everywhere, so is
 * all that came before it. */
static struct sets sets_of_stamp(const json_t *change)
{
    struct sets sets = sets_new();
    add(&sets, ZONE_DELETE, set_at(change, "becomes"));
    add(&sets, ZONE_CREATE, set_at(change, "becomes"));
    return sets;
}

static void set_code(struct crossing *crossing, const char *code)
{
    g_free(crossing->call_code);
    crossing->call_code = g_strdup(code);
}

static void refuse(struct crossing *crossing, const char *code, const char *why)
{
    set_code(crossing, code);
    attempt_ends(&crossing->call, OUTCOME_REFUSED, why);
}

/* Where the answer was lost, or says that something is not as it was: what stands there tells. */
static void look_next(struct crossing *crossing)
{
    crossing->errand = ZONE_ERRAND_LOOK;
    crossing->call.outcome = OUTCOME_UNKNOWN;
}

/* The change has landed, whatever becomes of the one that shall give it an id: it is tried again,
 * and where its set no longer stands, of another. */
static void take_failure_of_stamp(struct crossing *crossing, const GError *error)
{
    bool throttled = g_error_matches(error, AWS_ERROR, AWS_ERROR_THROTTLED);
    conduct_complain(&crossing->base, "change the zone", error);
    set_code(crossing, throttled ? "throttled" : "away");
    attempt_failed(&crossing->call, error->message);
    crossing->call.outcome = OUTCOME_UNKNOWN;
    if (g_error_matches(error, AWS_ERROR, AWS_ERROR_CONDITION))
        look_next(crossing);
}

static void take_failure(struct crossing *crossing, const GError *error)
{
    struct attempt *call = &crossing->call;
    bool known = g_error_matches(error, AWS_ERROR, AWS_ERROR_CREDENTIALS) ||
                 g_error_matches(error, AWS_ERROR, AWS_ERROR_SERVICE);
    conduct_complain(&crossing->base, "change the zone", error);
    if (g_error_matches(error, AWS_ERROR, AWS_ERROR_CONDITION)) {
        attempt_failed(call, error->message);
        call->next_mono_ms = 0;
        set_code(crossing, "refused");
        look_next(crossing);
    } else if (g_error_matches(error, AWS_ERROR, AWS_ERROR_THROTTLED)) {
        set_code(crossing, "throttled");
        attempt_failed(call, error->message);
    } else if (aws_error_is_unsure(error)) {
        set_code(crossing, "away");
        attempt_lost(call, error->message);
    } else if (known || call->unsure_until_mono_ms) {
        set_code(crossing, "away");
        attempt_failed(call, error->message);
    } else {
        refuse(crossing, "refused", error->message);
    }
}

static void on_changed(const char *id, enum zone_status status, const GError *error, gpointer data)
{
    struct crossing *crossing = data;
    (void)status;
    crossing->zone = NULL;
    fault_point("answered", "dns");
    if (error && crossing->errand == ZONE_ERRAND_STAMP) {
        take_failure_of_stamp(crossing, error);
    } else if (error) {
        take_failure(crossing, error);
    } else {
        g_free(crossing->call_change);
        crossing->call_change = g_strdup(id);
        attempt_ends(&crossing->call, OUTCOME_DONE, NULL);
    }
    conduct_wake(&crossing->base);
}

static void send(struct crossing *crossing, const struct sets *sets)
{
    const struct world *world = crossing->base.world;
    g_autoptr(GError) error = NULL;
    const struct zone_change *changes = (const struct zone_change *)sets->changes->data;
    const char *why, *zone = crossing_zone(crossing, &why);
    fault_point("call", "dns");
    crossing->zone =
        zone ? zone_change(world->client, zone, changes, sets->changes->len, crossing->base.id,
                           CONDUCT_CALL_MS, on_changed, crossing, &error)
             : NULL;
    if (!crossing->zone)
        refuse(crossing, "refused", error ? error->message : why);
}

/* Whether what stands at a name is the set that `change` has under `key`: all sets there, or none.
 */
static bool stands(const GPtrArray *sets, const json_t *change, const char *key)
{
    OWN(record_set) wanted = set_at(change, key);
    g_autoptr(GPtrArray) there = zone_leading_sets(sets);
    if (!wanted)
        return there->len == 0;
    return there->len == 1 && record_set_equal(g_ptr_array_index(there, 0), wanted);
}

static const json_t *first_that_is_not(GPtrArray *const *sets, const json_t *changes,
                                       const char *key)
{
    size_t i;
    const json_t *change;
    json_array_foreach (changes, i, change)
        if (!stands(sets[i], change, key))
            return change;
    return NULL;
}

/* Whether the change has come through: it is all or nothing, so that one of its records tells; what
 * else stands otherwise was changed since. *at gets the place of a new set that stands, SIZE_MAX
 * where none does. */
static bool has_landed(GPtrArray *const *sets, const json_t *changes, size_t *at)
{
    bool landed = false;
    size_t i;
    const json_t *change;
    *at = SIZE_MAX;
    json_array_foreach (changes, i, change) {
        if (!stands(sets[i], change, "becomes") || stands(sets[i], change, "was"))
            continue;
        landed = true;
        if (*at == SIZE_MAX && json_is_object(json_object_get(change, "becomes")))
            *at = i;
    }
    return landed;
}

/* A revert is under way, and this is a change of the way there: nobody waits for its INSYNC. What
 * is merely held will be waited for when it is resumed. */
static bool is_given_up(const struct crossing *crossing)
{
    return crossing->failover->intent.back != crossing->failover->reverting;
}

/* A change that came through and whose id is lost gets another by a set of it that stands; where
 * none does, or the change is no longer wanted, it is done without one. */
static void take_as_done(struct crossing *crossing, size_t at)
{
    crossing->call.unsure_until_mono_ms = 1; /* long over: what stands goes on telling */
    crossing->call.next_mono_ms = 0;
    crossing->stamped = at;
    if (at == SIZE_MAX || is_given_up(crossing))
        attempt_ends(&crossing->call, OUTCOME_DONE, NULL);
    else
        crossing->errand = ZONE_ERRAND_STAMP;
}

static void judge(struct crossing *crossing, GPtrArray *const *sets)
{
    const json_t *changes = crossing->failover->intent.changes;
    struct attempt *call = &crossing->call;
    bool may_land = when_boot_ms() < call->unsure_until_mono_ms;
    const json_t *other = first_that_is_not(sets, changes, "was");
    bool refused = g_strcmp0(crossing->call_code, "refused") == 0;
    size_t at;
    crossing->errand = ZONE_ERRAND_CHANGE;
    /* Where every try was answered, none has; somebody else may have made the same of a record. */
    bool unsure = call->unsure_until_mono_ms != 0;
    if (unsure && has_landed(sets, changes, &at)) {
        take_as_done(crossing, at);
    } else if (may_land) {
        attempt_failed(call, call->why);
    } else if (other) {
        g_autofree char *why =
            g_strdup_printf("the record %s is not what it was when it was read%s%s",
                            json_string_value(json_object_get(other, "name")),
                            call->why ? ": " : "", call->why ? call->why : "");
        refuse(crossing, "changed", why);
    } else if (refused) { /* all is as it was, and Route 53 does not want it changed so */
        attempt_ends(call, OUTCOME_REFUSED, call->why);
    } else {
        attempt_ends(call, OUTCOME_NOT, call->why);
    }
}

static void on_stands(GPtrArray *const *sets, const GError *error, gpointer data)
{
    struct crossing *crossing = data;
    crossing->zone = NULL;
    if (sets) {
        judge(crossing, sets);
    } else {
        conduct_complain(&crossing->base, "read the zone", error);
        attempt_failed(&crossing->call, error->message);
        look_next(crossing);
    }
    conduct_wake(&crossing->base);
}

static void look(struct crossing *crossing)
{
    const struct world *world = crossing->base.world;
    const json_t *changes = crossing->failover->intent.changes;
    const char *why, *zone = crossing_zone(crossing, &why);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    size_t i;
    const json_t *change;
    json_array_foreach (changes, i, change)
        g_ptr_array_add(names, (gpointer)json_string_value(json_object_get(change, "name")));
    g_ptr_array_add(names, NULL);
    if (zone)
        crossing->zone = zone_sets_read(world->client, zone, (const char *const *)names->pdata,
                                        CONDUCT_CALL_MS, on_stands, crossing);
    else
        attempt_failed(&crossing->call, why);
}

/* What was lost is looked for when it can no longer land; until then it may be sent again, for it
 * is a compare-and-swap. */
void dns_call(struct crossing *crossing)
{
    struct attempt *call = &crossing->call;
    gint64 mono_ms = when_boot_ms();
    bool may_call = failover_may_call(crossing->failover);
    if (crossing->zone || !attempt_is_due(call, mono_ms))
        return;
    bool lost =
        !may_call && call->outcome == OUTCOME_UNKNOWN && mono_ms >= call->unsure_until_mono_ms;
    if (crossing->errand == ZONE_ERRAND_LOOK || (lost && crossing->errand == ZONE_ERRAND_CHANGE)) {
        look(crossing);
        return;
    }
    bool stamps = crossing->errand == ZONE_ERRAND_STAMP;
    if (stamps && is_given_up(crossing))
        attempt_ends(call, OUTCOME_DONE, NULL);
    if (!may_call || !crossing_may_write(crossing))
        return;
    const json_t *changes = crossing->failover->intent.changes;
    struct sets sets = stamps ? sets_of_stamp(json_array_get(changes, crossing->stamped))
                              : sets_of_change(changes);
    call->outcome = OUTCOME_UNKNOWN;
    send(crossing, &sets);
    sets_clear(&sets);
}
