/* Opening a rollout: the checks that only the journal can make, and the race for its number. */
#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/lease.h"
#include "rollout/operation_id.h"
#include "rollout/plan_make.h"
#include "rollout/request.h"

#include <string.h>

static bool refuse(GError **error, enum cd_error code, char *why)
{
    g_set_error_literal(error, CD_ERROR, code, why);
    g_free(why);
    return false;
}

static bool has_cell(const struct plan *plan, const char *id)
{
    for (guint w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        for (guint c = 0; c < wave->cells->len; c++)
            if (strcmp(((struct plan_cell *)g_ptr_array_index(wave->cells, c))->id, id) == 0)
                return true;
    }
    return false;
}

static char *conducted_on(struct journal *journal, const char *operation)
{
    struct lease_record record;
    char *text = NULL;
    if (lease_read(journal, operation, &record, NULL) && record.seq > 0)
        text = g_strdup_printf(", conducted on %s", record.holder->host);
    lease_record_clear(&record);
    return text ? text : g_strdup("");
}

/* A drill changes nothing, and is in nobody's way. */
static bool refuse_shared_cell(struct journal *journal, const struct plan *plan,
                               const struct operation *other, GError **error)
{
    if (strcmp(other->kind, "drill") == 0)
        return true;
    const char *way_out = strcmp(other->kind, "rollout") == 0 ? "abort" : "revert";
    for (char **cell = other->cells; *cell && other->ended_ms == 0; cell++) {
        if (!has_cell(plan, *cell))
            continue;
        g_autofree char *where = conducted_on(journal, other->id);
        g_autofree char *since = when_rfc3339(other->started_ms);
        return refuse(error, CD_ERROR_BUSY,
                      g_strdup_printf("%s is in %s %s (%s, %s), asked for by %s%s, since %s: wait "
                                      "for it, or %s it",
                                      *cell, other->kind, other->id, other->subject, other->state,
                                      other->actor, where, since, way_out));
    }
    return true;
}

/* A version that failed stays held, whatever went well since (rollout.md, "Fail"). */
static bool refuse_held_version(const struct plan *plan, const struct operation *past,
                                GError **error)
{
    bool failed = strcmp(past->state, "failed") == 0 || strcmp(past->state, "failing") == 0;
    if (!failed || strcmp(past->kind, "rollout") != 0 ||
        !versions_alike(past->subject, plan->version))
        return true;
    return refuse(error, CD_ERROR_REFUSED,
                  g_strdup_printf("%s is held fleet-wide since it failed in %s: see `history show "
                                  "%s`; only whoever says so, on record, tries it again",
                                  plan->version, past->id, past->id));
}

/* Break-glass that would change nothing is no debt to leave behind. */
char *request_refuses_glass(const struct plan *plan, gint64 bake_ms)
{
    if (bake_ms && bake_ms < plan->period_ms)
        return g_strdup("a bake shorter than a period of metrics shows nothing");
    for (guint i = 0; i < plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, i);
        const struct calendar calendar = plan_calendar(plan, wave);
        if (bake_ms ? bake_ms < wave->bake_ms : wave->window || calendar_ever_frozen(&calendar))
            return NULL;
    }
    if (!bake_ms)
        return g_strdup("no wave has a window or a freeze to lift");
    g_autofree char *asked = duration_config_text(bake_ms);
    return g_strdup_printf("no wave bakes longer than %s, and break-glass only shortens", asked);
}

static bool refuse_override(const struct plan *plan, const struct override_request *override,
                            GError **error)
{
    gint64 bake_ms = override->bake_ms;
    char *why = request_refuses_glass(plan, bake_ms);
    bool no_sense = bake_ms && bake_ms < plan->period_ms;
    return !why || refuse(error, no_sense ? CD_ERROR_USAGE : CD_ERROR_REFUSED, why);
}

bool request_may_start(struct journal *journal, const struct start_request *start, GError **error)
{
    const struct plan *plan = start->plan;
    if (!start->reason || !*start->reason)
        return refuse(error, CD_ERROR_USAGE,
                      g_strdup("a rollout needs a reason, which stays in the history: --reason"));
    if (start->override.reason && !refuse_override(plan, &start->override, error))
        return false;
    if (start->expected_hash && strcmp(start->expected_hash, plan->hash) != 0)
        return refuse(error, CD_ERROR_REFUSED,
                      g_strdup_printf("the plan is no longer the one you looked at (%s, now %s): "
                                      "look at `rollout plan` again",
                                      start->expected_hash, plan->hash));
    g_autoptr(GPtrArray) operations = history_operations(journal, 0, error);
    if (!operations)
        return false;
    for (guint i = 0; i < operations->len; i++)
        if (!refuse_shared_cell(journal, plan, g_ptr_array_index(operations, i), error))
            return false;
    bool retry = start->retry_failed || plan->retry_failed || FAULT_SWITCH(HELD_VERSION_FORGOTTEN);
    for (guint i = 0; !retry && i < operations->len; i++)
        if (!refuse_held_version(plan, g_ptr_array_index(operations, i), error))
            return false;
    return true;
}

static json_t *cells_json(const struct plan *plan)
{
    json_t *cells = json_array();
    for (guint w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        for (guint c = 0; c < wave->cells->len; c++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, c);
            json_array_append_new(cells, text_json(cell->id));
        }
    }
    return cells;
}

static json_t *opened_json(const struct start_request *start, const struct person *requester)
{
    json_t *fixes = json_array();
    for (const char *const *cell = start->fixes; cell && *cell; cell++)
        json_array_append_new(fixes, text_json(*cell));
    json_t *opened =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:o, s:b, s:o}", "kind", "rollout",
                  "subject", text_json(start->plan->version), "cells", cells_json(start->plan),
                  "reason", text_json(start->reason), "ticket", text_json(start->ticket), "plan",
                  plan_json(start->plan), "state", rollout_state_name(ROLLOUT_PLANNED), "attended",
                  start->attended, "credentials", text_json(start->credentials), "retry_failed",
                  start->retry_failed, "fixes", fixes);
    if (requester->arn)
        json_object_set_new(opened, "arn", text_json(requester->arn));
    if (start->override.reason)
        json_object_set_new(opened, "override", override_json(&start->override));
    return opened;
}

/* What the live operations are is read at the journal's head, and stands when we append there:
 * whatever was opened in between, of whichever kind, makes our append conflict, and everything is
 * looked at again. So of two that start within a millisecond, the second sees the first. */
char *request_start(struct journal *journal, const struct start_request *start,
                    const struct person *requester, gint64 now_ms, GError **error)
{
    g_autofree char *event_id = journal_new_id();
    OWN_JSON data = opened_json(start, requester);
    for (;;) {
        gint64 head = journal_head(journal, error);
        g_autofree char *id = head < 0 ? NULL : operation_next_id(journal, "r", error);
        if (!id || !request_may_start(journal, start, error))
            return NULL;
        g_autoptr(GError) failure = NULL;
        if (journal_append_at_head(journal, head, id, 1, event_id, now_ms, requester->actor,
                                   "opened", data, NULL, &failure))
            return g_steal_pointer(&id);
        if (!g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return NULL;
        }
    }
}
