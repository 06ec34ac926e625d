/* A failover's part of the conductor's loop, and what its engine gets to see. */
#include "rollout/failover_conduct.h"

#include "data/base/when.h"
#include "rollout/fault_point.h"

#include <string.h>

enum { LOOK_OUT_PACE_MS = 1000 };

static struct conduct *crossing_make(void)
{
    struct crossing *crossing = g_new0(struct crossing, 1);
    crossing->locks = g_ptr_array_new_with_free_func(crossing_lock_free);
    crossing->insync_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    crossing->reads = -1;
    crossing->evacuated_version = -1;
    return &crossing->base;
}

static void traveller_clear(struct traveller *traveller)
{
    tenant_call_cancel(g_steal_pointer(&traveller->writing));
    attempt_clear(&traveller->item);
    traveller_forget_verify(traveller);
    attempt_clear(&traveller->verified);
    json_decref(g_steal_pointer(&traveller->record));
    g_clear_pointer(&traveller->record_why, g_free);
    traveller->in_intent = traveller->record_read = false;
}

void crossing_forget(struct crossing *crossing)
{
    for (guint i = 0; i < crossing->n_travellers; i++)
        traveller_clear(&crossing->travellers[i]);
    crossing->n_writing = crossing->n_verifying = 0;
    crossing_forget_call(crossing);
    crossing_forget_looks(crossing);
    crossing->intent_seq = 0;
    crossing->clock = (struct clock_watch){0};
}

static void crossing_clear(struct conduct *conduct)
{
    struct crossing *crossing = crossing_of(conduct);
    crossing_forget(crossing);
    crossing_forget_addresses(crossing);
    failover_free(crossing->failover);
    if (crossing->fit_on)
        snapshot_unref(crossing->fit_on);
    g_free(crossing->fit_why);
    g_free(crossing->lock_why);
    trouble_forget(&crossing->keys);
    g_free(crossing->inherited_from);
    g_free(crossing->travellers);
    g_free(crossing->insync);
    g_ptr_array_unref(crossing->locks);
    g_hash_table_unref(crossing->insync_ids);
}

static void add_lock(struct crossing *crossing, const char *cell)
{
    struct crossing_lock *lock = g_new0(struct crossing_lock, 1);
    lock->cell = g_strdup(cell);
    g_ptr_array_add(crossing->locks, lock);
}

/* Whose the intent in flight is. */
static char *intent_actor(const struct crossing *crossing)
{
    const struct conduct *conduct = &crossing->base;
    gint64 seq = crossing->failover->intent.seq;
    g_autoptr(GPtrArray) events = journal_read(conduct->world->journal, conduct->id, seq, NULL);
    const struct event *event = events && events->len ? g_ptr_array_index(events, 0) : NULL;
    return event && event->seq == seq ? g_strdup(event->actor) : NULL;
}

/* The calls of an intent that was there before us may have been made, and may still land. */
static void meet(struct crossing *crossing)
{
    const struct failover *failover = crossing->failover;
    crossing->travellers = g_renew(struct traveller, crossing->travellers, failover->tenants->len);
    crossing->n_travellers = failover->tenants->len;
    for (guint i = 0; i < crossing->n_travellers; i++)
        crossing->travellers[i] = (struct traveller){.crossing = crossing, .place = i};
    crossing->insync = g_renew(enum outcome, crossing->insync, failover->batches->len);
    for (guint i = 0; i < failover->batches->len; i++)
        crossing->insync[i] = OUTCOME_UNKNOWN;
    crossing->inherited_seq = failover->intent.act ? failover->intent.seq : 0;
    g_free(crossing->inherited_from);
    crossing->inherited_from = crossing->inherited_seq ? intent_actor(crossing) : NULL;
    g_ptr_array_set_size(crossing->locks, 0);
    add_lock(crossing, failover->plan->source);
    for (guint i = 0; i < failover->plan->targets->len; i++)
        add_lock(crossing,
                 ((struct planned_target *)g_ptr_array_index(failover->plan->targets, i))->cell);
    crossing->evacuated_version = -1;
}

static bool is_live(const struct crossing *crossing)
{
    return crossing->failover && !failover_state_final(crossing->failover->state);
}

/* Where one that was live has ended, all who follow our poller see at once where everybody is, and
 * whoever plans anew sees who has come. */
static void look_where_it_ends(const struct crossing *crossing)
{
    const struct failover *failover = crossing->failover;
    bool moved = failover->state != FAILOVER_REFUSED && !crossing_is_drill(crossing);
    if (!is_live(crossing) && (moved || failover->code == FAILOVER_STRANGERS))
        poller_read_registry(crossing->base.world->poller);
}

static bool crossing_load(struct conduct *conduct, GError **error)
{
    struct crossing *crossing = crossing_of(conduct);
    bool live = is_live(crossing);
    struct failover *failover = failover_load(conduct->world->journal, conduct->id, error);
    if (!failover)
        return false;
    crossing_forget(crossing);
    failover_free(crossing->failover);
    crossing->failover = failover;
    if (failover->plan)
        meet(crossing);
    trouble_take(&crossing->keys, failover->keys_end);
    crossing_follow_intent(crossing);
    if (live) /* its end was written without our hearing of it */
        look_where_it_ends(crossing);
    return true;
}

/* What was read before may have changed since; what was written is as it was. */
static void crossing_look_anew(struct conduct *conduct)
{
    struct crossing *crossing = crossing_of(conduct);
    crossing_forget_looks(crossing);
    crossing->fit_read = false;
    crossing->unfit_mono_ms = 0;
    if (crossing->fit_on)
        snapshot_unref(g_steal_pointer(&crossing->fit_on));
}

static bool crossing_apply(struct conduct *conduct, const struct event *event, GError **error)
{
    struct crossing *crossing = crossing_of(conduct);
    bool live = is_live(crossing);
    if (!failover_apply(crossing->failover, event, error))
        return false;
    if (live)
        look_where_it_ends(crossing);
    crossing_follow_intent(crossing);
    /* Whoever goes on may have mended it: it is not held again for what was seen before. */
    if (strcmp(event->type, "resume") == 0)
        crossing_look_anew(conduct);
    return true;
}

static gint64 crossing_seq(const struct conduct *conduct)
{
    return crossing_of(conduct)->failover->seq;
}

static bool crossing_is_final(const struct conduct *conduct)
{
    const struct failover *failover = crossing_of(conduct)->failover;
    return failover && failover_state_final(failover->state);
}

static const char *crossing_state(const struct conduct *conduct)
{
    return failover_state_name(crossing_of(conduct)->failover->state);
}

static void crossing_lost(struct conduct *conduct)
{
    crossing_forget(crossing_of(conduct));
}

static void crossing_reads(struct conduct *conduct)
{
    crossing_read_locks(crossing_of(conduct));
}

static void crossing_has_read(struct conduct *conduct)
{
    crossing_give_locks_back(crossing_of(conduct));
}

bool crossing_is_drill(const struct crossing *crossing)
{
    return crossing->failover->plan->kind == FAILOVER_DRILL;
}

bool crossing_locks_ours(const struct crossing *crossing)
{
    for (guint i = 0; i < crossing->locks->len; i++)
        if (!((const struct crossing_lock *)g_ptr_array_index(crossing->locks, i))->ours)
            return false;
    return true;
}

/* An event of ours that may have been written without our hearing of it may say that the intent has
 * its outcome: a call that lands after that is one that nobody knows of. */
static bool may_have_been_written(const struct crossing *crossing)
{
    const struct conduct *conduct = &crossing->base;
    return conduct->tried_seq > crossing->failover->seq &&
           (conduct_journal_is_away(conduct) || journal_is_shared(conduct->world->journal));
}

bool crossing_may_write(struct crossing *crossing)
{
    return !crossing_is_drill(crossing) && crossing_locks_ours(crossing) && crossing->base.held &&
           !may_have_been_written(crossing) && conduct_outlasts_a_call(&crossing->base);
}

const char *crossing_zone(const struct crossing *crossing, const char **why)
{
    *why = "failover.zone_id is no longer in celldeck.yaml: put it back and begin the conductor "
           "anew";
    return crossing->base.world->config->failover.zone_id;
}

static void crossing_observe(struct conduct *conduct)
{
    struct crossing *crossing = crossing_of(conduct);
    crossing_take_locks(crossing);
    if (failover_wants_preflight(crossing->failover))
        crossing_refresh_fit(crossing);
}

static struct observed_tenant *see_travellers(const struct crossing *crossing)
{
    struct observed_tenant *all = g_new0(struct observed_tenant, crossing->n_travellers);
    for (guint i = 0; i < crossing->n_travellers; i++) {
        const struct traveller *traveller = &crossing->travellers[i];
        all[i] = (struct observed_tenant){.item = traveller->item.outcome,
                                          .item_why = traveller->item.why,
                                          .record_read = traveller->record_read,
                                          .record = traveller->record,
                                          .record_why = traveller->record_why,
                                          .verified = traveller->verified.outcome,
                                          .record_taken = traveller->record_taken,
                                          .verified_why = traveller->verified.why};
    }
    return all;
}

/* An error of reading records or of INSYNC: whichever is wanted. */
static const char *zone_why(const struct crossing *crossing)
{
    return crossing->reads >= 0 ? crossing->read.why : crossing->insync_why;
}

static struct decision crossing_decide(struct conduct *conduct)
{
    struct crossing *crossing = crossing_of(conduct);
    crossing_follow_reads(crossing);
    crossing_follow_residents(crossing);
    g_autofree struct observed_tenant *tenants = see_travellers(crossing);
    const struct failover_observation seen = {
        .now_ms = when_now_ms(),
        .credit_ms = clock_watch_credit(&crossing->clock, crossing->failover->since_ms, true),
        .preflight_read = crossing->fit_read,
        .preflight_why = crossing->fit_why,
        .residents = crossing->residents,
        .residents_why = crossing->counted.why,
        .locks_ours = crossing_locks_ours(crossing),
        .lock_why = crossing->lock_why,
        .call = crossing->call.outcome,
        .call_error = crossing->call.why,
        .call_code = crossing->call_code,
        .call_output = crossing->call_output,
        .call_change = crossing->call_change,
        .tenants = tenants,
        .insync = crossing->insync,
        .insync_why = zone_why(crossing),
        .verified_how = crossing_verified_how(crossing),
    };
    struct failover_decision decision = failover_decide(crossing->failover, &seen);
    return (struct decision){
        .type = decision.type, .data = decision.data, .look_again_ms = decision.look_again_ms};
}

static bool crossing_may_append(struct conduct *conduct, const struct decision *decision)
{
    if (lease_left_ms(conduct->lease, when_boot_ms()) <= 0)
        return false;
    return !g_str_has_suffix(decision->type, ".intent") || conduct_outlasts_a_call(conduct);
}

static void crossing_begin(struct conduct *conduct)
{
    struct crossing *crossing = crossing_of(conduct);
    crossing_call(crossing);
    crossing_look(crossing);
}

/* A drill would be as stuck as any other without credentials. */
static void crossing_look_out(struct conduct *conduct)
{
    struct crossing *crossing = crossing_of(conduct);
    gint64 mono_ms = when_mono_ms();
    if (mono_ms < crossing->next_look_out_mono_ms)
        return;
    crossing->next_look_out_mono_ms = mono_ms + LOOK_OUT_PACE_MS;
    trouble_follow_keys(conduct, &crossing->keys);
    trouble_note(conduct, &crossing->keys, &credentials_news, crossing->failover->keys_end);
}

static bool crossing_sees(const struct conduct *conduct)
{
    return conduct->held && !conduct_journal_is_away(conduct);
}

static void crossing_describe(const struct conduct *conduct, struct notice *notice)
{
    const struct failover *failover = crossing_of(conduct)->failover;
    notice->kind = failover->plan ? failover_kind_name(failover->plan->kind) : "failover";
    notice->subject = failover_subject(failover);
    notice->actor = failover->requested_by;
}

/* Its begin, its end, and whatever waits for a person. */
static const char *crossing_tells(const struct conduct *conduct, const struct event *event)
{
    return strcmp(event->type, "state") == 0 ? crossing_state(conduct) : NULL;
}

static const char *const operations[] = {"failover", "move", "drill", NULL};
const struct conduct_kind failover_conduct = {
    .operations = operations,
    .one = "failover or move",
    .many = "failovers and moves",
    .left_undone = "nobody is moved any further",
    .make = crossing_make,
    .clear = crossing_clear,
    .load = crossing_load,
    .apply = crossing_apply,
    .seq = crossing_seq,
    .is_final = crossing_is_final,
    .state = crossing_state,
    .forget = crossing_lost,
    .look_anew = crossing_look_anew,
    .reads = crossing_reads,
    .has_read = crossing_has_read,
    .observe = crossing_observe,
    .decide = crossing_decide,
    .may_append = crossing_may_append,
    .call = crossing_begin,
    .look_out = crossing_look_out,
    .sees = crossing_sees,
    .describe = crossing_describe,
    .tells = crossing_tells,
};
