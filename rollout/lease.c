#include "rollout/lease.h"

#include "data/base/error.h"
#include "data/base/text.h"

#include <string.h>

struct lease {
    struct journal *journal;
    char *operation, *stream, *actor;
    struct holder *self;
    gint64 lease_ms, grace_ms;
    bool held;
    gint64 seq;             /* of the last event of the stream that we know */
    char *tried_id;         /* of an append whose answer was lost: it may be event seq + 1 */
    const char *tried;      /* its type */
    gint64 renewed_mono_ms; /* while held */
    gint64 seen_mono_ms;    /* while another holds it: since when `seq` has not changed */
};

char *holder_actor(const struct holder *self)
{
    return g_strdup_printf("conductor@%s", self->host);
}

static char *stream_of(const char *operation)
{
    return g_strconcat("lease/", operation, NULL);
}

struct lease *lease_new(struct journal *journal, const char *operation, const struct holder *self,
                        gint64 lease_ms, gint64 grace_ms)
{
    struct lease *lease = g_new0(struct lease, 1);
    lease->journal = journal;
    lease->operation = g_strdup(operation);
    lease->stream = stream_of(operation);
    lease->actor = holder_actor(self);
    lease->self = holder_copy(self);
    lease->lease_ms = lease_ms;
    lease->grace_ms = grace_ms;
    return lease;
}

void lease_free(struct lease *lease)
{
    if (!lease)
        return;
    g_free(lease->operation);
    g_free(lease->stream);
    g_free(lease->actor);
    g_free(lease->tried_id);
    holder_free(lease->self);
    g_free(lease);
}

static json_t *record_json(const struct lease *lease, bool held)
{
    const struct holder *self = lease->self;
    return json_pack("{s:b, s:I, s:{s:o, s:o, s:o, s:I, s:I}}", "held", held, "lease_ms",
                     (json_int_t)lease->lease_ms, "holder", "host", text_json(self->host), "boot",
                     text_json(self->boot), "pids", text_json(self->pids), "pid",
                     (json_int_t)self->pid, "started", (json_int_t)self->started);
}

static char *string_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return g_strdup(text ? text : "");
}

static void fill_record(struct lease_record *record, const struct event *event)
{
    const json_t *holder = json_object_get(event->data, "holder");
    record->seq = event->seq;
    record->at_ms = event->at_ms;
    record->held = json_is_true(json_object_get(event->data, "held"));
    record->lease_ms = json_integer_value(json_object_get(event->data, "lease_ms"));
    record->holder = g_new0(struct holder, 1);
    record->holder->host = string_in(holder, "host");
    record->holder->boot = string_in(holder, "boot");
    record->holder->pids = string_in(holder, "pids");
    record->holder->pid = json_integer_value(json_object_get(holder, "pid"));
    record->holder->started = json_integer_value(json_object_get(holder, "started"));
}

bool lease_read(struct journal *journal, const char *operation, struct lease_record *record,
                GError **error)
{
    *record = (struct lease_record){0};
    g_autofree char *stream = stream_of(operation);
    g_autoptr(GError) failure = NULL;
    OWN(event) last = journal_last(journal, stream, &failure);
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    if (last)
        fill_record(record, last);
    return true;
}

void lease_record_clear(struct lease_record *record)
{
    holder_free(record->holder);
    *record = (struct lease_record){0};
}

static bool append_as(struct lease *lease, char *id, const char *type, bool held, gint64 now_ms,
                      GError **error)
{
    OWN_JSON data = record_json(lease, held);
    g_autofree char *own = id;
    g_autoptr(GError) failure = NULL;
    if (journal_append(lease->journal, lease->stream, lease->seq + 1, own, now_ms, lease->actor,
                       type, data, NULL, &failure)) {
        lease->seq++;
        return true;
    }
    if (!g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
        lease->tried_id = g_steal_pointer(&own);
        lease->tried = type;
    }
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

/* What failed is tried again under its own id first: should it be there all the same, it is ours,
 * and no other conductor's. But that was then: only an event after it tells that nobody has come
 * since, and begins the lease anew. `type` is a literal. */
static bool append(struct lease *lease, const char *type, bool held, gint64 now_ms, GError **error)
{
    char *tried_id = g_steal_pointer(&lease->tried_id);
    if (tried_id && !append_as(lease, tried_id, lease->tried, true, now_ms, error))
        return false;
    return append_as(lease, journal_new_id(), type, held, now_ms, error);
}

static bool fail_busy(const struct lease *lease, const struct holder *holder, GError **error)
{
    g_set_error(error, CD_ERROR, CD_ERROR_BUSY,
                "%s is conducted by process %" G_GINT64_FORMAT " on %s", lease->operation,
                holder->pid, holder->host);
    return false;
}

static bool is_self(const struct lease *lease, const struct holder *holder)
{
    const struct holder *self = lease->self;
    return strcmp(holder->host, self->host) == 0 && strcmp(holder->boot, self->boot) == 0 &&
           strcmp(holder->pids, self->pids) == 0 && holder->pid == self->pid &&
           holder->started == self->started;
}

/* Two bastions may be called the same, though they must not. One that was booted at another time is
 * another one, as far as can be told of a journal that other hosts share. */
static bool is_dead(const struct lease *lease, const struct holder *holder)
{
    bool ours = strcmp(holder->boot, lease->self->boot) == 0 || !journal_is_shared(lease->journal);
    return ours && !holder_may_live(holder, lease->self);
}

static bool may_take(struct lease *lease, const struct lease_record *record, gint64 mono_ms)
{
    if (record->seq != lease->seq || lease->seen_mono_ms == 0) {
        lease->seq = record->seq;
        lease->seen_mono_ms = mono_ms;
        g_clear_pointer(&lease->tried_id, g_free);
    }
    if (!record->held || is_self(lease, record->holder) || is_dead(lease, record->holder))
        return true;
    gint64 patience_ms = MAX(record->lease_ms, lease->lease_ms) + lease->grace_ms;
    return mono_ms - lease->seen_mono_ms >= patience_ms;
}

/* People append to the stream too, so a lost race is run again. */
static bool fence(const struct lease *lease, gint64 now_ms, GError **error)
{
    OWN_JSON data = json_pack("{s:o, s:I}", "host", text_json(lease->self->host), "pid",
                              (json_int_t)lease->self->pid);
    g_autofree char *id = journal_new_id();
    for (;;) {
        g_autoptr(GError) failure = NULL;
        OWN(event) last = journal_last(lease->journal, lease->operation, &failure);
        if (!failure && journal_append(lease->journal, lease->operation, last ? last->seq + 1 : 1,
                                       id, now_ms, lease->actor, "conductor", data, NULL, &failure))
            return true;
        if (!g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
}

bool lease_take(struct lease *lease, gint64 now_ms, gint64 mono_ms, GError **error)
{
    struct lease_record record;
    if (!lease_read(lease->journal, lease->operation, &record, error))
        return false;
    bool good = true;
    if (record.seq > 0 && !may_take(lease, &record, mono_ms))
        good = fail_busy(lease, record.holder, error);
    lease_record_clear(&record);
    if (!good)
        return false;
    g_autoptr(GError) failure = NULL;
    if (append(lease, "lease.taken", true, now_ms, &failure)) {
        lease->held = fence(lease, now_ms, error);
        lease->renewed_mono_ms = mono_ms;
        return lease->held;
    }
    if (g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT))
        g_set_error(error, CD_ERROR, CD_ERROR_BUSY, "another conductor has just taken %s over",
                    lease->operation);
    else
        g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

bool lease_renew(struct lease *lease, gint64 now_ms, gint64 mono_ms, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (lease->held && append(lease, "lease.renewed", true, now_ms, &failure)) {
        lease->renewed_mono_ms = mono_ms;
        return true;
    }
    if (lease->held && !g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    lease->held = false;
    lease->seen_mono_ms = 0;
    g_set_error(error, CD_ERROR, CD_ERROR_BUSY,
                "another conductor has taken %s over: nothing more is done here", lease->operation);
    return false;
}

bool lease_release(struct lease *lease, gint64 now_ms, GError **error)
{
    if (!lease->held)
        return true;
    lease->held = false;
    return append(lease, "lease.released", false, now_ms, error);
}

gint64 lease_left_ms(const struct lease *lease, gint64 mono_ms)
{
    return lease->held ? MAX(0, lease->renewed_mono_ms + lease->lease_ms - mono_ms) : 0;
}

gint64 lease_renew_at_ms(const struct lease *lease)
{
    return lease->renewed_mono_ms + lease->lease_ms / 3;
}
