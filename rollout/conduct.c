/* One operation, whichever its kind: hold its lease, follow its events, decide, append, act.
 * Appends run here and not in a worker: nothing else may be done about the operation before its
 * event is durable, and the one fsync of a transition, or the put and the look at a shared
 * journal's table (JOURNAL_APPEND_MS at most), holds up no screen. */
#include "rollout/conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/fault_point.h"
#include "rollout/lock.h"

#include <string.h>

/* GAP_MS: a machine that is merely busy keeps a conductor waiting for less, at a step each 250 ms.
 */
enum { STEPS_AT_ONCE = 100, COMPLAINTS_KEPT = 100, GAP_MS = 10000 };

static const struct conduct_kind *kind_of(const char *operation)
{
    static const struct conduct_kind *const kinds[] = {&rollout_conduct, &failover_conduct};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_strv_contains(kinds[i]->operations, operation))
            return kinds[i];
    return NULL;
}

struct conduct *conduct_new(struct world *world, const char *kind, const char *id)
{
    const struct conduct_kind *known = kind_of(kind);
    if (!known)
        return NULL;
    struct conduct *conduct = known->make();
    conduct->kind = known;
    conduct->world = world;
    conduct->id = g_strdup(id);
    conduct->lease = lease_new(world->journal, id, world->self, conduct_lease_length_ms(world),
                               conduct_call_ms(world));
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
    conduct->kind->clear(conduct);
    g_queue_clear_full(&conduct->unrecorded, (GDestroyNotify)event_free);
    g_free(conduct->renewal_failed);
    g_hash_table_unref(conduct->complaints);
    g_free(conduct->id);
    g_free(conduct);
}

bool conduct_is_over(const struct conduct *conduct)
{
    return conduct->broken || conduct->ended ||
           (conduct->kind->is_final(conduct) && !conduct->held);
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

void conduct_wake(const struct conduct *conduct)
{
    conduct->world->wake(conduct->world->conductor);
}

void conduct_give_up(struct conduct *conduct, const GError *error)
{
    if (conduct->loaded)
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
    if (!conduct->kind->load(conduct, error))
        return false;
    conduct->loaded = true;
    conduct->journal_version = -1;
    return true;
}

bool conduct_apply(struct conduct *conduct, const struct event *event)
{
    g_autoptr(GError) error = NULL;
    conductor_log_event(conduct->world, event);
    if (conduct->kind->apply(conduct, event, &error))
        return true;
    conduct_give_up(conduct, error);
    return false;
}

bool conduct_is_live(const struct conduct *conduct, const char *operation)
{
    g_autoptr(GError) error = NULL;
    OWN(operation) found = history_find(conduct->world->journal, operation, &error);
    return found ? !found->ended_ms : !g_error_matches(error, CD_ERROR, CD_ERROR_USAGE);
}

bool conduct_lock(struct conduct *conduct, const char *cell)
{
    g_autoptr(GError) error = NULL;
    if (lock_take(conduct->world->journal, cell, conduct->id, conduct->world->actor, when_now_ms(),
                  &error))
        return true;
    conduct_complain(conduct, "lock", error);
    return false;
}

/* What others appended: people's wishes. */
static bool catch_up(struct conduct *conduct)
{
    struct journal *journal = conduct->world->journal;
    gint64 version = journal_version(journal);
    if (version == conduct->journal_version || conduct->unrecorded.length)
        return true;
    g_autoptr(GError) error = NULL;
    conduct->kind->reads(conduct);
    g_autoptr(GPtrArray) events =
        journal_read(journal, conduct->id, conduct->kind->seq(conduct) + 1, &error);
    if (!events) {
        conduct_complain(conduct, "read the journal", error);
        return false;
    }
    for (guint i = 0; i < events->len; i++)
        if (!conduct_apply(conduct, g_ptr_array_index(events, i)))
            return false;
    conduct->kind->has_read(conduct);
    conduct->journal_version = version;
    return true;
}

static bool goes_on(struct conduct *conduct, const struct decision *decision, const char *id,
                    const GError *error)
{
    if (conduct->kind->goes_on)
        return conduct->kind->goes_on(conduct, decision, id, error);
    conduct_complain(conduct, decision->type, error);
    return false;
}

static bool append(struct conduct *conduct, const struct decision *decision)
{
    const struct world *world = conduct->world;
    g_autofree char *id = journal_new_id();
    gint64 seq = conduct->kind->seq(conduct) + 1;
    g_autoptr(GError) error = NULL;
    OWN(event) event = NULL;
    if (conduct->unrecorded.length || conduct_journal_is_away(conduct)) {
        g_set_error_literal(&error, CD_ERROR, CD_ERROR_FAILED, "the journal is still away");
        return goes_on(conduct, decision, id, error);
    }
    fault_point("before", decision->type);
    if (journal_append(world->journal, conduct->id, seq, id, when_now_ms(), world->actor,
                       decision->type, decision->data, &event, &error)) {
        fault_point("after", decision->type);
        bool applied = conduct_apply(conduct, event);
        conduct_notify(conduct, event);
        return applied;
    }
    if (!g_error_matches(error, CD_ERROR, CD_ERROR_CONFLICT)) {
        conduct->tried_seq = seq;
        conduct_journal_failed(conduct);
        return goes_on(conduct, decision, id, error);
    }
    conduct->journal_version = -1;
    return conduct_hold_lease(conduct) && catch_up(conduct);
}

/* True: something was appended (or read), so ask again. */
static bool decide(struct conduct *conduct)
{
    struct decision decision = conduct->kind->decide(conduct);
    bool again = decision.type && conduct->kind->may_append(conduct, &decision) &&
                 append(conduct, &decision);
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
                  conduct->kind->state(conduct));
    if (!lease_release(conduct->lease, when_now_ms(), &error))
        conduct_complain(conduct, "give the lease back", error);
    conduct->held = false;
}

/* Stopped, suspended, or kept waiting by the journal. */
static void notice_a_gap(struct conduct *conduct)
{
    gint64 mono_ms = when_boot_ms(), before_ms = conduct->stepped_mono_ms;
    conduct->stepped_mono_ms = mono_ms;
    if (before_ms && mono_ms - before_ms > GAP_MS && conduct->loaded)
        conduct->kind->look_anew(conduct);
}

static void record(struct conduct *conduct)
{
    if (conduct->unrecorded.length && !conduct_journal_is_away(conduct) &&
        !conduct->kind->record(conduct))
        conduct_journal_failed(conduct);
}

void conduct_step(struct conduct *conduct)
{
    const struct conduct_kind *kind = conduct->kind;
    notice_a_gap(conduct);
    bool ours = !conduct_is_over(conduct) && conduct_hold_lease(conduct);
    conduct_miss_journal(conduct, ours);
    record(conduct);
    if (!ours || conduct->broken || !catch_up(conduct))
        return;
    kind->observe(conduct);
    for (int i = 0; i < STEPS_AT_ONCE && conduct->held && decide(conduct); i++) {
    }
    if (conduct->held && !kind->is_final(conduct) && kind->look_out)
        kind->look_out(conduct);
    if (!conduct->held)
        return;
    if (kind->is_final(conduct) && !conduct->unrecorded.length)
        finish(conduct);
    else
        kind->call(conduct);
}
