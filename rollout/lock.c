#include "rollout/lock.h"

#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "data/history.h"

#include <string.h>

struct lock {
    gint64 seq;
    char *holder; /* or NULL */
};

static char *live_holder(struct journal *journal, const struct event *last, GError **error)
{
    const char *operation = json_string_value(json_object_get(last->data, "operation"));
    if (!operation || !json_is_true(json_object_get(last->data, "held")))
        return NULL;
    g_autoptr(GError) failure = NULL;
    OWN(operation) found = history_find(journal, operation, &failure);
    if (found)
        return found->ended_ms ? NULL : g_strdup(operation);
    if (!g_error_matches(failure, CD_ERROR, CD_ERROR_USAGE))
        g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
}

static bool read_lock(struct journal *journal, const char *stream, struct lock *lock,
                      GError **error)
{
    g_autoptr(GError) failure = NULL;
    OWN(event) last = journal_last(journal, stream, &failure);
    lock->seq = last ? last->seq : 0;
    lock->holder = last ? live_holder(journal, last, &failure) : NULL;
    if (!failure)
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

static bool append(struct journal *journal, const char *stream, gint64 seq, const char *operation,
                   bool held, const char *actor, gint64 now_ms, GError **error)
{
    OWN_JSON data = json_pack("{s:o, s:b}", "operation", text_json(operation), "held", held);
    g_autofree char *id = journal_new_id();
    return journal_append(journal, stream, seq, id, now_ms, actor, held ? "lock" : "unlock", data,
                          NULL, error);
}

bool lock_take(struct journal *journal, const char *cell, const char *operation, const char *actor,
               gint64 now_ms, GError **error)
{
    g_autofree char *stream = g_strconcat("lock/", cell, NULL);
    for (;;) {
        struct lock lock;
        if (!read_lock(journal, stream, &lock, error))
            return false;
        g_autofree char *holder = lock.holder;
        bool others = holder && strcmp(holder, operation) != 0;
        if (others && !FAULT_SWITCH(LOCK_IGNORED)) {
            g_set_error(error, CD_ERROR, CD_ERROR_BUSY, "%s is locked by operation %s", cell,
                        holder);
            return false;
        }
        g_autoptr(GError) failure = NULL;
        if (append(journal, stream, lock.seq + 1, operation, true, actor, now_ms, &failure))
            return true;
        if (!g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
}

bool lock_release(struct journal *journal, const char *cell, const char *operation, gint64 seq,
                  const char *actor, gint64 now_ms, GError **error)
{
    g_autofree char *stream = g_strconcat("lock/", cell, NULL);
    return append(journal, stream, seq + 1, operation, false, actor, now_ms, error);
}

char *lock_holder(struct journal *journal, const char *cell, gint64 *seq, GError **error)
{
    g_autofree char *stream = g_strconcat("lock/", cell, NULL);
    struct lock lock;
    if (!read_lock(journal, stream, &lock, error))
        return NULL;
    if (seq)
        *seq = lock.seq;
    return lock.holder;
}
