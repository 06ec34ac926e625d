#include "rollout/failover_request.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/history.h"
#include "rollout/failover_draft.h"
#include "rollout/operation_id.h"

#include <string.h>

static const char *const letters[] = {
    [FAILOVER_FAILOVER] = "f", [FAILOVER_MOVE] = "m", [FAILOVER_DRILL] = "d"};

/* Of a move its one tenant, else the cell that is left. */
static const char *subject(const struct failover_ask *ask)
{
    const struct evacuation *evacuation = ask->evacuation;
    if (ask->kind != FAILOVER_MOVE || !evacuation->tenants->len)
        return evacuation->cell->id;
    return ((const struct placed_tenant *)evacuation->tenants->pdata[0])->tenant->id;
}

/* The source, then the targets. Caller frees; the ids are the evacuation's. */
static json_t *words_json(const char *const *words)
{
    json_t *array = json_array();
    for (; *words; words++)
        json_array_append_new(array, text_json(*words));
    return array;
}

/* A plan for some of the tenants is none. */
static json_t *plan_of(const struct failover_ask *ask, json_t *acks)
{
    OWN(failover_plan)
    plan = ask->evacuation->complete
               ? failover_plan_make(ask->evacuation, ask->kind, ask->acks, ask->by_hand)
               : NULL;
    for (char **ack = plan ? plan->acks : NULL; ack && *ack; ack++)
        json_array_append_new(acks, json_string(*ack));
    return plan ? failover_plan_json(plan) : json_null();
}

static json_t *opened_json(const struct failover_ask *ask, const char *const *cells,
                           const GPtrArray *refusals, const struct person *requester)
{
    bool refused = refusals->len > 0;
    json_t *acks = json_array();
    json_t *opened = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "kind", failover_kind_name(ask->kind),
        "subject", text_json(subject(ask)), "cells", words_json(cells), "reason",
        text_json(ask->reason), "ticket", text_json(ask->ticket), "plan", plan_of(ask, acks),
        "acks", acks, "state", failover_state_name(refused ? FAILOVER_REFUSED : FAILOVER_PLANNED));
    if (refused) {
        json_object_set_new(opened, "final", json_true());
        json_object_set_new(opened, "refusals", preflight_json(refusals));
    }
    if (requester->arn)
        json_object_set_new(opened, "arn", text_json(requester->arn));
    return opened;
}

/* One try at the journal's head: the id, or NULL with an error, which is CD_ERROR_CONFLICT where
 * somebody was faster. *refusals is what stood against it. */
static char *try_open(struct journal *journal, const struct failover_ask *ask,
                      const struct person *requester, gint64 now_ms, GPtrArray **refusals,
                      GError **error)
{
    g_autofree const char **cells = preflight_cells(ask->evacuation);
    gint64 head = journal_head(journal, error);
    g_autofree char *id = head < 0 ? NULL : operation_next_id(journal, letters[ask->kind], error);
    g_autoptr(GPtrArray) holders = id ? preflight_holders(journal, cells, NULL, error) : NULL;
    if (!holders)
        return NULL;
    *refusals = preflight_start(ask->evacuation, ask->kind, ask->acks, holders);
    g_autofree char *event_id = journal_new_id();
    OWN_JSON data = opened_json(ask, cells, *refusals, requester);
    bool appended = journal_append_at_head(journal, head, id, 1, event_id, now_ms, requester->actor,
                                           "opened", data, NULL, error);
    return appended ? g_steal_pointer(&id) : NULL;
}

static char *refused(char *id, const GPtrArray *refusals, char **refused_id, GError **error)
{
    g_propagate_error(error, preflight_error(refusals));
    if (refused_id)
        *refused_id = id;
    else
        g_free(id);
    return NULL;
}

char *failover_begin(struct journal *journal, const struct failover_ask *ask,
                     const struct person *requester, gint64 now_ms, char **refused_id,
                     GError **error)
{
    for (;;) {
        g_autoptr(GPtrArray) refusals = NULL;
        g_autoptr(GError) failure = NULL;
        g_autofree char *id = try_open(journal, ask, requester, now_ms, &refusals, &failure);
        if (id && refusals->len)
            return refused(g_steal_pointer(&id), refusals, refused_id, error);
        if (id && ask->kind == FAILOVER_FAILOVER &&
            !failover_take_over(journal, id, ask->evacuation->cell->id, requester, now_ms, error))
            g_prefix_error(error,
                           "%s is opened, but the rollout that is at work there could not "
                           "be told: ",
                           id);
        if (id)
            return g_steal_pointer(&id);
        if (g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT))
            continue;
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
}

struct failover *failover_require(struct journal *journal, const char *id, GError **error)
{
    OWN(operation) operation = history_find(journal, id, error);
    enum failover_kind kind;
    if (!operation)
        return NULL;
    if (failover_kind_parse(operation->kind, &kind))
        return failover_load(journal, id, error);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s is a%s %s, and no failover, move or drill", id,
                strchr("aeiou", *operation->kind) ? "n" : "", operation->kind);
    return NULL;
}

static json_t *wish_of(const struct failover *failover, const char *what, const char *reason,
                       const struct failover_ack *ack, const struct person *person, GError **error)
{
    g_autofree char *why = failover_refuses(failover, what);
    if (!why && ack)
        why = failover_refuses_ack(failover, ack->name);
    if (!why && ack && ack->seq != failover->seq)
        why = g_strdup("it has moved on since you were asked; nothing was done");
    if (why) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "can't %s %s: %s", what, failover->id, why);
        return NULL;
    }
    json_t *data = failover_wish(failover, what, reason, ack ? ack->name : NULL);
    if (person->arn)
        json_object_set_new(data, "arn", text_json(person->arn));
    return data;
}

bool failover_request(struct journal *journal, const char *id, const char *what, const char *reason,
                      const struct failover_ack *ack, const struct person *person, gint64 now_ms,
                      GError **error)
{
    g_autofree char *event_id = journal_new_id();
    for (;;) {
        OWN(failover) failover = failover_require(journal, id, error);
        OWN_JSON data = failover ? wish_of(failover, what, reason, ack, person, error) : NULL;
        if (!data)
            return false;
        g_autoptr(GError) failure = NULL;
        if (journal_append(journal, id, failover->seq + 1, event_id, now_ms, person->actor, what,
                           data, NULL, &failure))
            return true;
        if (!g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
}
