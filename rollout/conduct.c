/* One rollout: hold its lease, follow its events, decide, append, act. Appends run here and not in
 * a worker: nothing else may be done about the rollout before its event is durable, and the one
 * fsync of a transition, or the put and the look at a shared journal's table (JOURNAL_APPEND_MS at
 * most), holds up no screen. */
#include "rollout/conduct.h"

#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/fault_point.h"
#include "rollout/lock.h"
#include "rollout/state.h"

#include <string.h>

/* GAP_MS: a machine that is merely busy keeps a conductor waiting for less, at a step each 250 ms.
 */
enum { STEPS_AT_ONCE = 100, COMPLAINTS_KEPT = 100, GAP_MS = 10000 };

struct conduct *conduct_new(struct world *world, const char *id)
{
    struct conduct *conduct = g_new0(struct conduct, 1);
    conduct->world = world;
    conduct->id = g_strdup(id);
    conduct->lease = lease_new(world->journal, id, world->self, conduct_lease_length_ms(world),
                               deployer_deadline_ms(world->deployer));
    conduct->watches = g_ptr_array_new_with_free_func((GDestroyNotify)watch_free);
    conduct->complaints = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&conduct->unrecorded);
    return conduct;
}

void conduct_free(struct conduct *conduct)
{
    if (!conduct)
        return;
    lease_release(conduct->lease, when_now_ms(), NULL);
    lease_free(conduct->lease);
    if (conduct->rollout)
        rollout_free(conduct->rollout);
    if (conduct->judged_on)
        snapshot_unref(conduct->judged_on);
    g_ptr_array_unref(conduct->watches);
    g_queue_clear_full(&conduct->unrecorded, (GDestroyNotify)event_free);
    g_free(conduct->tag_now);
    g_free(conduct->check_failed);
    g_free(conduct->renewal_failed);
    conduct_forget_troubles(conduct);
    g_hash_table_unref(conduct->complaints);
    g_free(conduct->id);
    g_free(conduct);
}

bool conduct_is_over(const struct conduct *conduct)
{
    return conduct->broken || conduct->ended ||
           (conduct->rollout && rollout_state_final(conduct->rollout->state) && !conduct->held);
}

void conduct_complain(struct conduct *conduct, const char *doing, const GError *error)
{
    g_autofree char *text = g_strdup_printf("%s: %s: %s", conduct->id, doing, error->message);
    /* Each answer of AWS has an id of its own, and tells nothing new by it. */
    const char *request = strstr(text, " (request ");
    char *trouble = request ? g_strndup(text, (gsize)(request - text)) : g_strdup(text);
    if (g_hash_table_size(conduct->complaints) >= COMPLAINTS_KEPT)
        g_hash_table_remove_all(conduct->complaints);
    if (!g_hash_table_contains(conduct->complaints, trouble))
        conductor_log(conduct->world, LOG_LEVEL_WARN, "%s", text);
    g_hash_table_add(conduct->complaints, trouble);
}

static struct rollout_cell *cell_of(const struct conduct *conduct, guint i)
{
    return g_ptr_array_index(conduct->rollout->cells, i);
}

/* One that has passed is judged on, and by a process that begins then, too. Of the others a day of
 * minutes would be much to keep. */
static void want_past_of(const struct conduct *conduct, struct watch *watch,
                         const struct rollout_cell *cell)
{
    struct poller *poller = conduct->world->poller;
    gint64 period_ms = conduct->rollout->plan->period_ms;
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

static void watch_cells(struct conduct *conduct)
{
    struct world *world = conduct->world;
    for (guint i = 0; i < conduct->rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_of(conduct, i);
        if (i == conduct->watches->len) {
            struct watch *watch = g_new0(struct watch, 1);
            watch->memory = gate_memory_new();
            watch->conduct = conduct;
            watch->config = config_cell(world->config, cell->plan->id);
            g_ptr_array_add(conduct->watches, watch);
        }
        struct watch *watch = g_ptr_array_index(conduct->watches, i);
        watch->id = cell->plan->id;
        watch_follow_intent(watch, cell);
        want_past_of(conduct, watch, cell);
    }
}

void conduct_give_up(struct conduct *conduct, const GError *error)
{
    if (conduct->rollout)
        conduct_tell(conduct, "unconducted", "is no longer conducted", error->message,
                     when_now_ms());
    conductor_log(conduct->world, LOG_LEVEL_ERROR, "%s: left alone: %s", conduct->id,
                  error->message);
    conduct->broken = true;
    conduct_lose(conduct);
    lease_release(conduct->lease, when_now_ms(), NULL);
}

bool conduct_load(struct conduct *conduct, GError **error)
{
    struct rollout *rollout = rollout_load(conduct->world->journal, conduct->id, error);
    if (!rollout)
        return false;
    if (conduct->rollout)
        rollout_free(conduct->rollout);
    conduct->rollout = rollout;
    conduct->journal_version = -1;
    watch_cells(conduct);
    for (guint i = 0; FAULT_SWITCH(CALL_NOT_REPEATED) && i < conduct->watches->len; i++)
        ((struct watch *)g_ptr_array_index(conduct->watches, i))->call = CALL_UNDER_WAY;
    conduct_take_troubles(conduct);
    return true;
}

bool conduct_apply(struct conduct *conduct, const struct event *event)
{
    g_autoptr(GError) error = NULL;
    conductor_log_event(conduct->world, event);
    if (rollout_apply(conduct->rollout, event, &error)) {
        watch_cells(conduct);
        return true;
    }
    conduct_give_up(conduct, error);
    return false;
}

static void read_locks(struct conduct *conduct)
{
    for (guint i = 0; i < conduct->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(conduct->watches, i);
        g_free(watch->lock_holder);
        watch->lock_holder =
            lock_holder(conduct->world->journal, watch->id, &watch->lock_seq, NULL);
        watch->lock_ours = g_strcmp0(watch->lock_holder, conduct->id) == 0;
    }
}

/* An operation that can't be read may be at work. */
static bool is_live(const struct conduct *conduct, const char *operation)
{
    g_autoptr(GError) error = NULL;
    OWN(operation) found = history_find(conduct->world->journal, operation, &error);
    return found ? !found->ended_ms : !g_error_matches(error, CD_ERROR, CD_ERROR_USAGE);
}

static void read_evacuations(struct conduct *conduct)
{
    for (guint i = 0; i < conduct->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(conduct->watches, i);
        const char *evacuated = cell_of(conduct, i)->evacuated;
        watch->evacuating = evacuated && is_live(conduct, evacuated);
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
static void give_locks_back(struct conduct *conduct)
{
    const struct world *world = conduct->world;
    if (conduct->rollout->seq < conduct->tried_seq)
        return;
    for (guint i = 0; i < conduct->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(conduct->watches, i);
        if (!watch->lock_ours || needs_lock(cell_of(conduct, i)))
            continue;
        g_autoptr(GError) error = NULL;
        if (lock_release(world->journal, watch->id, conduct->id, watch->lock_seq, world->actor,
                         when_now_ms(), &error)) {
            g_clear_pointer(&watch->lock_holder, g_free);
            watch->lock_ours = false;
        } else {
            conduct_complain(conduct, "unlock", error);
        }
    }
}

/* What others appended: people's wishes. The locks are read first: one that another conductor has
 * taken since, for an event that we have not read, is then not ours to give back. */
static bool catch_up(struct conduct *conduct)
{
    struct journal *journal = conduct->world->journal;
    gint64 version = journal_version(journal);
    if (version == conduct->journal_version || conduct->unrecorded.length)
        return true;
    g_autoptr(GError) error = NULL;
    read_locks(conduct);
    g_autoptr(GPtrArray) events =
        journal_read(journal, conduct->id, conduct->rollout->seq + 1, &error);
    if (!events) {
        conduct_complain(conduct, "read the journal", error);
        return false;
    }
    for (guint i = 0; i < events->len; i++)
        if (!conduct_apply(conduct, g_ptr_array_index(events, i)))
            return false;
    read_evacuations(conduct);
    give_locks_back(conduct);
    conduct->journal_version = version;
    return true;
}

static bool is_intent(const struct decision *decision)
{
    return g_str_has_suffix(decision->type, ".intent");
}

static bool take_lock(struct conduct *conduct, const char *cell)
{
    g_autoptr(GError) error = NULL;
    if (lock_take(conduct->world->journal, cell, conduct->id, conduct->world->actor, when_now_ms(),
                  &error))
        return true;
    conduct_complain(conduct, "lock", error);
    return false;
}

bool conduct_has_lock(struct conduct *conduct, struct watch *watch)
{
    watch->lock_ours = watch->lock_ours || take_lock(conduct, watch->id);
    return watch->lock_ours;
}

/* A deploy needs all three; a cell that fails while the journal is away has its lock already. */
static bool may_append(struct conduct *conduct, const struct decision *decision)
{
    if (conduct->unrecorded.length)
        return true;
    if (is_intent(decision) && (!cell_is_in_flight(decision->cell) || decision->cell->evacuated) &&
        !take_lock(conduct, decision->cell->plan->id))
        return false;
    if (lease_left_ms(conduct->lease, when_boot_ms()) > 0 &&
        (!is_intent(decision) || conduct_outlasts_a_call(conduct)))
        return true;
    return conduct->held && unrecorded_may(decision);
}

static bool append(struct conduct *conduct, const struct decision *decision)
{
    const struct world *world = conduct->world;
    g_autofree char *id = journal_new_id();
    g_autoptr(GError) error = NULL;
    OWN(event) event = NULL;
    if (conduct->unrecorded.length || conduct_journal_is_away(conduct)) {
        g_set_error_literal(&error, CD_ERROR, CD_ERROR_FAILED, "the journal is still away");
        return unrecorded_go_on(conduct, decision, id, error);
    }
    fault_point("before", decision->type);
    if (journal_append(world->journal, conduct->id, conduct->rollout->seq + 1, id, when_now_ms(),
                       world->actor, decision->type, decision->data, &event, &error)) {
        fault_point("after", decision->type);
        bool applied = conduct_apply(conduct, event);
        conduct_notify(conduct, event);
        return applied;
    }
    if (!g_error_matches(error, CD_ERROR, CD_ERROR_CONFLICT)) {
        conduct->tried_seq = conduct->rollout->seq + 1;
        conduct_journal_failed(conduct);
        return unrecorded_go_on(conduct, decision, id, error);
    }
    conduct->journal_version = -1;
    return conduct_hold_lease(conduct) && catch_up(conduct);
}

/* True: something was appended (or read), so ask again. */
static bool decide(struct conduct *conduct)
{
    gint64 now_ms = when_now_ms();
    g_autofree struct observed_cell *cells = observe_cells(conduct, now_ms);
    const struct observation seen = {
        .now_ms = now_ms,
        .tag_moved = conduct->tag_moved,
        .tag_now = conduct->tag_now,
        .check_failed = conduct->check_failed,
        .check_unread = conduct->check_unread,
        .new_cell = observe_new_cell(conduct),
        .cells = cells,
    };
    struct decision decision = engine_decide(conduct->rollout, &seen);
    bool again = decision.type && may_append(conduct, &decision) && append(conduct, &decision);
    json_decref(decision.data);
    return again;
}

static void finish(struct conduct *conduct)
{
    g_autoptr(GError) error = NULL;
    conduct->journal_version = -1;
    catch_up(conduct);
    if (!conduct->held)
        return;
    conductor_log(conduct->world, LOG_LEVEL_INFO, "%s: over: %s", conduct->id,
                  rollout_state_name(conduct->rollout->state));
    if (!lease_release(conduct->lease, when_now_ms(), &error))
        conduct_complain(conduct, "give the lease back", error);
    conduct->held = false;
}

/* Stopped, suspended, or kept waiting by the journal: what the deployer said before may have been
 * overtaken meanwhile, and no deadline is judged by it. */
static void notice_a_gap(struct conduct *conduct)
{
    gint64 mono_ms = when_boot_ms(), before_ms = conduct->stepped_mono_ms;
    conduct->stepped_mono_ms = mono_ms;
    if (!before_ms || mono_ms - before_ms <= GAP_MS)
        return;
    for (guint i = 0; i < conduct->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(conduct->watches, i);
        watch_look_anew(watch);
        if (!cell_of(conduct, i)->called)
            watch->call_clock.of_ms = 0;
    }
}

void conduct_step(struct conduct *conduct)
{
    notice_a_gap(conduct);
    bool ours = !conduct_is_over(conduct) && conduct_hold_lease(conduct);
    conduct_miss_journal(conduct, ours);
    if (conduct->unrecorded.length && !conduct_journal_is_away(conduct) &&
        !unrecorded_flush(conduct))
        conduct_journal_failed(conduct);
    if (!ours || conduct->broken || !catch_up(conduct))
        return;
    observe_refresh(conduct);
    for (int i = 0; i < STEPS_AT_ONCE && conduct->held && decide(conduct); i++) {
    }
    if (conduct->held && !rollout_state_final(conduct->rollout->state))
        conduct_look_out(conduct);
    if (!conduct->held)
        return;
    if (rollout_state_final(conduct->rollout->state) && !conduct->unrecorded.length)
        finish(conduct);
    else
        calls_begin_due(conduct);
}
