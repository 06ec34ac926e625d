/* A rollout's part of the conductor's loop: what is watched of its cells, whose locks it has, and
 * what the engine is asked with. */
#include "rollout/rollout_conduct.h"

#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "rollout/lock.h"
#include "rollout/state.h"

#include <string.h>

static struct conduct *rolling_make(void)
{
    struct rolling *rolling = g_new0(struct rolling, 1);
    rolling->watches = g_ptr_array_new_with_free_func((GDestroyNotify)watch_free);
    return &rolling->base;
}

static void rolling_clear(struct conduct *conduct)
{
    struct rolling *rolling = rolling_of(conduct);
    rollout_free(rolling->rollout);
    if (rolling->judged_on)
        snapshot_unref(rolling->judged_on);
    g_ptr_array_unref(rolling->watches);
    g_free(rolling->tag_now);
    g_free(rolling->check_failed);
    rolling_forget_troubles(rolling);
}

static struct rollout_cell *cell_of(const struct rolling *rolling, guint i)
{
    return g_ptr_array_index(rolling->rollout->cells, i);
}

/* One that has passed is judged on, and by a process that begins then, too. Of the others a day of
 * minutes would be much to keep. */
static void want_past_of(const struct rolling *rolling, struct watch *watch,
                         const struct rollout_cell *cell)
{
    struct poller *poller = rolling->base.world->poller;
    gint64 period_ms = rolling->rollout->plan->period_ms;
    bool judged = cell->state == CELL_BAKING || cell->state == CELL_PASSED;
    gint64 since_ms =
        cell->deployed_at_ms - (judged ? gates_own_past_ms(period_ms) : gates_past_ms(period_ms));
    if (!cell->deployed_at_ms || !watch->config || since_ms == watch->past_wanted_ms)
        return;
    watch->past_wanted_ms = since_ms;
    if (judged)
        poller_want_since(poller, watch->id, since_ms);
    else
        poller_want_only_since(poller, watch->id, since_ms);
}

static void watch_cells(struct rolling *rolling)
{
    struct world *world = rolling->base.world;
    for (guint i = 0; i < rolling->rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_of(rolling, i);
        if (i == rolling->watches->len) {
            struct watch *watch = g_new0(struct watch, 1);
            watch->memory = gate_memory_new();
            watch->rolling = rolling;
            watch->config = config_cell(world->config, cell->plan->id);
            g_ptr_array_add(rolling->watches, watch);
        }
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        watch->id = cell->plan->id;
        watch_follow_intent(watch, cell);
        want_past_of(rolling, watch, cell);
    }
}

static bool rolling_load(struct conduct *conduct, GError **error)
{
    struct rolling *rolling = rolling_of(conduct);
    struct rollout *rollout = rollout_load(conduct->world->journal, conduct->id, error);
    if (!rollout)
        return false;
    rollout_free(rolling->rollout);
    rolling->rollout = rollout;
    watch_cells(rolling);
    for (guint i = 0; FAULT_SWITCH(CALL_NOT_REPEATED) && i < rolling->watches->len; i++)
        ((struct watch *)g_ptr_array_index(rolling->watches, i))->call = CALL_UNDER_WAY;
    rolling_take_troubles(rolling);
    return true;
}

static bool rolling_apply(struct conduct *conduct, const struct event *event, GError **error)
{
    struct rolling *rolling = rolling_of(conduct);
    if (!rollout_apply(rolling->rollout, event, error))
        return false;
    watch_cells(rolling);
    return true;
}

static gint64 rolling_seq(const struct conduct *conduct)
{
    return rolling_of(conduct)->rollout->seq;
}

static bool rolling_is_final(const struct conduct *conduct)
{
    const struct rollout *rollout = rolling_of(conduct)->rollout;
    return rollout && rollout_state_final(rollout->state);
}

static const char *rolling_state(const struct conduct *conduct)
{
    return rollout_state_name(rolling_of(conduct)->rollout->state);
}

static void rolling_forget(struct conduct *conduct)
{
    struct rolling *rolling = rolling_of(conduct);
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        g_free(watch->token);
        watch->token = NULL;
        watch->call = CALL_NONE;
        watch->running_mono_ms = 0;
    }
}

/* What the deployer said before may have been overtaken meanwhile, and no deadline is judged by it.
 */
static void rolling_look_anew(struct conduct *conduct)
{
    struct rolling *rolling = rolling_of(conduct);
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        watch_look_anew(watch);
        if (!cell_of(rolling, i)->called)
            watch->call_clock.of_ms = 0;
    }
}

static void rolling_reads(struct conduct *conduct)
{
    struct rolling *rolling = rolling_of(conduct);
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        g_free(watch->lock_holder);
        watch->lock_holder =
            lock_holder(rolling->base.world->journal, watch->id, &watch->lock_seq, NULL);
        watch->lock_ours = g_strcmp0(watch->lock_holder, rolling->base.id) == 0;
    }
}

static void read_evacuations(struct rolling *rolling)
{
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        const char *evacuated = cell_of(rolling, i)->evacuated;
        watch->evacuating = evacuated && conduct_is_live(&rolling->base, evacuated);
    }
}

/* In flight, or to go back, and not left to a failover. */
static bool needs_lock(const struct rollout_cell *cell)
{
    return (cell_is_in_flight(cell) || cell->rollback_wanted) && !cell_is_handed_over(cell);
}

/* Locks follow the cells: what is no longer in flight is given back. But an intent whose answer was
 * lost may be in a shared journal before our copy has it, or still come: whether a cell is in
 * flight is known only once its number is seen to be somebody's. */
static void give_locks_back(struct rolling *rolling)
{
    const struct world *world = rolling->base.world;
    if (rolling->rollout->seq < rolling->base.tried_seq)
        return;
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        if (!watch->lock_ours || needs_lock(cell_of(rolling, i)))
            continue;
        g_autoptr(GError) error = NULL;
        if (lock_release(world->journal, watch->id, rolling->base.id, watch->lock_seq, world->actor,
                         when_now_ms(), &error)) {
            g_clear_pointer(&watch->lock_holder, g_free);
            watch->lock_ours = false;
        } else {
            conduct_complain(&rolling->base, "unlock", error);
        }
    }
}

static void rolling_has_read(struct conduct *conduct)
{
    struct rolling *rolling = rolling_of(conduct);
    read_evacuations(rolling);
    give_locks_back(rolling);
}

static void rolling_observe(struct conduct *conduct)
{
    observe_refresh(rolling_of(conduct));
}

static struct decision rolling_decide(struct conduct *conduct)
{
    struct rolling *rolling = rolling_of(conduct);
    gint64 now_ms = when_now_ms();
    g_autofree struct observed_cell *cells = observe_cells(rolling, now_ms);
    bool checked = rolling->checked_mono_ms != 0; /* from the first snapshot on */
    const struct observation seen = {
        .now_ms = now_ms,
        .tag_moved = rolling->tag_moved,
        .tag_now = rolling->tag_now,
        .check_failed = checked ? rolling->check_failed : "the fleet has not been read yet",
        .check_unread = !checked || rolling->check_unread,
        .new_cell = observe_new_cell(rolling),
        .cells = cells,
    };
    return engine_decide(rolling->rollout, &seen);
}

static bool is_intent(const struct decision *decision)
{
    return g_str_has_suffix(decision->type, ".intent");
}

bool rolling_has_lock(struct rolling *rolling, struct watch *watch)
{
    watch->lock_ours = watch->lock_ours || conduct_lock(&rolling->base, watch->id);
    return watch->lock_ours;
}

/* A deploy needs all three; a cell that fails while the journal is away has its lock already. */
static bool rolling_may_append(struct conduct *conduct, const struct decision *decision)
{
    const struct rollout_cell *cell = decision->cell;
    if (conduct->unrecorded.length)
        return true;
    if (is_intent(decision) && (!cell_is_in_flight(cell) || cell->evacuated) &&
        !conduct_lock(conduct, cell->plan->id))
        return false;
    if (lease_left_ms(conduct->lease, when_boot_ms()) > 0 &&
        (!is_intent(decision) || conduct_outlasts_a_call(conduct)))
        return true;
    return conduct->held && unrecorded_may(decision);
}

static bool rolling_goes_on(struct conduct *conduct, const struct decision *decision,
                            const char *id, const GError *error)
{
    return unrecorded_go_on(rolling_of(conduct), decision, id, error);
}

static bool rolling_record(struct conduct *conduct)
{
    return unrecorded_flush(rolling_of(conduct));
}

bool rolling_may_call(struct rolling *rolling, const struct rollout_cell *cell)
{
    struct conduct *conduct = &rolling->base;
    if (FAULT_SWITCH(LEASE_UNCHECKED))
        return true;
    if (conduct->unrecorded.length)
        return cell->state == CELL_ROLLING_BACK && conduct_within_grace(conduct, when_boot_ms());
    return conduct_outlasts_a_call(conduct);
}

static void rolling_call(struct conduct *conduct)
{
    calls_begin_due(rolling_of(conduct));
}

static void rolling_looks_out(struct conduct *conduct)
{
    rolling_look_out(rolling_of(conduct));
}

static bool rolling_sees_all(const struct conduct *conduct)
{
    return rolling_sees(rolling_of(conduct));
}

static void rolling_describe(const struct conduct *conduct, struct notice *notice)
{
    const struct rollout *rollout = rolling_of(conduct)->rollout;
    notice->kind = "rollout";
    notice->subject = rollout->plan->version;
    notice->actor = rollout->requested_by;
}

/* Final, or held for a human (rollout.md: "stops and notifies"). */
static const char *rolling_tells(const struct conduct *conduct, const struct event *event)
{
    const char *state = json_string_value(json_object_get(event->data, "state"));
    if (strcmp(event->type, "cell.held") == 0)
        return rollout_state_name(ROLLOUT_HELD);
    if (strcmp(event->type, "rollback.failed") == 0)
        return json_integer_value(json_object_get(event->data, "attempt")) > 1
                   ? cell_state_name(CELL_ROLLBACK_FAILED)
                   : NULL;
    bool held = g_strcmp0(state, rollout_state_name(ROLLOUT_HELD)) == 0;
    return held || json_is_true(json_object_get(event->data, "final")) ? rolling_state(conduct)
                                                                       : NULL;
}

static const char *const operations[] = {"rollout", NULL};
const struct conduct_kind rollout_conduct = {
    .operations = operations,
    .one = "rollout",
    .many = "rollouts",
    .left_undone = "nothing is judged and nothing rolled back",
    .make = rolling_make,
    .clear = rolling_clear,
    .load = rolling_load,
    .apply = rolling_apply,
    .seq = rolling_seq,
    .is_final = rolling_is_final,
    .state = rolling_state,
    .forget = rolling_forget,
    .look_anew = rolling_look_anew,
    .reads = rolling_reads,
    .has_read = rolling_has_read,
    .observe = rolling_observe,
    .decide = rolling_decide,
    .may_append = rolling_may_append,
    .goes_on = rolling_goes_on,
    .record = rolling_record,
    .call = rolling_call,
    .look_out = rolling_looks_out,
    .sees = rolling_sees_all,
    .describe = rolling_describe,
    .tells = rolling_tells,
};
