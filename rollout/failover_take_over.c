/* A cell that a rollout is at work on goes over to a failover, by a durable event (rollout.md, "Who
 * may act"). */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/history.h"
#include "rollout/engine.h"
#include "rollout/failover_request.h"
#include "rollout/lock.h"

#include <string.h>

static bool is_at_work(const struct rollout_cell *cell, const struct operation *rollout,
                       const char *locker)
{
    return g_strcmp0(locker, rollout->id) == 0 || cell->state == CELL_DEPLOYING ||
           cell->state == CELL_BAKING || cell->state == CELL_ROLLING_BACK;
}

/* What was appended meanwhile may change what has to be said: it is read again. */
static bool tell_rollout(struct journal *journal, const struct operation *operation,
                         const char *failover, const char *id, const char *locker,
                         const struct person *person, gint64 now_ms, GError **error)
{
    g_autofree char *event_id = journal_new_id();
    for (;;) {
        OWN(rollout) rollout = rollout_load(journal, operation->id, error);
        if (!rollout)
            return false;
        const struct rollout_cell *cell = rollout_cell(rollout, id);
        if (!cell || rollout_state_final(rollout->state) ||
            g_strcmp0(cell->evacuated, failover) == 0 || !is_at_work(cell, operation, locker))
            return true;
        OWN_JSON data =
            json_pack("{s:o, s:o}", "cell", text_json(id), "operation", text_json(failover));
        if (person->arn)
            json_object_set_new(data, "arn", text_json(person->arn));
        g_autoptr(GError) failure = NULL;
        if (journal_append(journal, operation->id, rollout->seq + 1, event_id, now_ms,
                           person->actor, "evacuated", data, NULL, &failure))
            return true;
        if (!g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
}

bool failover_take_over(struct journal *journal, const char *operation, const char *cell,
                        const struct person *person, gint64 now_ms, GError **error)
{
    g_autoptr(GPtrArray) operations = history_operations(journal, 0, error);
    if (!operations)
        return false;
    g_autoptr(GError) failure = NULL;
    g_autofree char *locker = lock_holder(journal, cell, NULL, &failure);
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    for (guint i = 0; i < operations->len; i++) {
        const struct operation *other = operations->pdata[i];
        if (other->ended_ms || strcmp(other->kind, "rollout") != 0 ||
            !g_strv_contains((const char *const *)other->cells, cell))
            continue;
        if (!tell_rollout(journal, other, operation, cell, locker, person, now_ms, error))
            return false;
    }
    return true;
}
