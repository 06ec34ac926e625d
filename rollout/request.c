#include "rollout/request.h"

#include "data/base/error.h"
#include "data/base/text.h"

#include <string.h>

static bool refuse(GError **error, enum cd_error code, char *why)
{
    g_set_error_literal(error, CD_ERROR, code, why);
    g_free(why);
    return false;
}

struct ask {
    const char *id;
    const struct person *person;
    gint64 now_ms;
    const char *what, *type;   /* rollout_refuses()'s word, and the event's type */
    const char *wave, *reason; /* as given, or NULL */
    const char *const *cells;  /* ids, or NULL */
    gint64 bake_ms;
};

/* Makes the event's data, or says why the request makes no sense. */
typedef json_t *(*ask_fn)(const struct rollout *rollout, const struct ask *ask, GError **error);

static json_t *refuse_ask(const struct ask *ask, char *why, GError **error)
{
    refuse(error, CD_ERROR_REFUSED, g_strdup_printf("can't %s %s: %s", ask->what, ask->id, why));
    g_free(why);
    return NULL;
}

static bool ask(struct journal *journal, const struct ask *ask, ask_fn make, GError **error)
{
    g_autofree char *event_id = journal_new_id();
    for (;;) {
        OWN(rollout) rollout = rollout_load(journal, ask->id, error);
        OWN_JSON data = rollout ? make(rollout, ask, error) : NULL;
        if (!data)
            return false;
        if (ask->person->arn)
            json_object_set_new(data, "arn", text_json(ask->person->arn));
        g_autoptr(GError) failure = NULL;
        if (journal_append(journal, ask->id, rollout->seq + 1, event_id, ask->now_ms,
                           ask->person->actor, ask->type, data, NULL, &failure))
            return true;
        if (!g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
}

gssize request_waiting_wave(const struct rollout *rollout)
{
    for (size_t i = rollout->wave + (rollout->wave_started ? 1 : 0); i < rollout->plan->waves->len;
         i++)
        if (((struct plan_wave *)g_ptr_array_index(rollout->plan->waves, i))->approvals > 0)
            return (gssize)i;
    return -1;
}

/* A name that it does not have is a slip of the fingers, and no refusal. */
static void unknown(const struct rollout *rollout, const char *what, const char *name,
                    GError **error)
{
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "%s has no %s '%s'; celldeck rollout status %s shows them", rollout->id, what, name,
                rollout->id);
}

gssize request_wave_named(const struct rollout *rollout, const char *name, GError **error)
{
    for (guint i = 0; i < rollout->plan->waves->len; i++)
        if (strcmp(((struct plan_wave *)g_ptr_array_index(rollout->plan->waves, i))->name, name) ==
            0)
            return i;
    unknown(rollout, "wave", name, error);
    return -1;
}

const struct rollout_cell *request_cell_named(const struct rollout *rollout, const char *id,
                                              GError **error)
{
    const struct rollout_cell *cell = rollout_cell(rollout, id);
    if (!cell)
        unknown(rollout, "cell", id, error);
    return cell;
}

char *request_refuses_approval(const struct rollout *rollout, size_t wave,
                               const struct person *person, gint64 now_ms)
{
    const struct plan_wave *plan = g_ptr_array_index(rollout->plan->waves, (guint)wave);
    char *why = rollout_refuses_approval(rollout, wave, person);
    for (guint i = 0; !why && i < rollout->approvals->len; i++) {
        const struct approval *given = g_ptr_array_index(rollout->approvals, i);
        const struct person approver = {given->actor, given->arn};
        if (given->wave == wave && person_is(&approver, person) &&
            given->at_ms + plan->approval_expires_ms > now_ms)
            why = g_strdup_printf("%s has approved it already", person->actor);
    }
    return why;
}

/* The wave that is meant; -1 with an error: it can't be approved. */
static gssize wave_to_approve(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    gssize wave =
        ask->wave ? request_wave_named(rollout, ask->wave, error) : request_waiting_wave(rollout);
    if (wave < 0 && ask->wave)
        return -1;
    char *why = rollout_refuses(rollout, "approve", NULL);
    if (!why)
        why = wave < 0 ? g_strdup("none of its waves waits for an approval")
                       : request_refuses_approval(rollout, (size_t)wave, ask->person, ask->now_ms);
    if (!why)
        return wave;
    refuse_ask(ask, why, error);
    return -1;
}

gssize request_may_approve(const struct rollout *rollout, const char *wave,
                           const struct person *person, gint64 now_ms, GError **error)
{
    const struct ask it = {
        .id = rollout->id, .what = "approve", .wave = wave, .person = person, .now_ms = now_ms};
    return wave_to_approve(rollout, &it, error);
}

static json_t *make_approval(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    gssize wave = wave_to_approve(rollout, ask, error);
    if (wave < 0)
        return NULL;
    const struct plan_wave *plan = g_ptr_array_index(rollout->plan->waves, (guint)wave);
    return json_pack("{s:o, s:o, s:s}", "wave", text_json(plan->name), "version",
                     text_json(rollout->plan->version), "plan_hash", rollout->plan->hash);
}

static bool needs_reason(const struct ask *ask, GError **error)
{
    if (ask->reason && *ask->reason)
        return true;
    return refuse(
        error, CD_ERROR_USAGE,
        g_strdup_printf("to %s needs a reason, which stays in the history: --reason", ask->what));
}

static json_t *make_pause(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    char *why = rollout_refuses(rollout, ask->what, NULL);
    if (why)
        return refuse_ask(ask, why, error);
    enum rollout_state state = strcmp(ask->what, "pause") == 0 ? ROLLOUT_PAUSED : ROLLOUT_RUNNING;
    json_t *data = json_pack("{s:s}", "state", rollout_state_name(state));
    if (ask->reason && *ask->reason)
        json_object_set_new(data, "reason", text_json(ask->reason));
    return data;
}

/* The wave under way while it has cells to come or in flight, else the next one. */
static gssize wave_under_way(const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if (cell->state == CELL_PENDING || cell->state == CELL_DEPLOYING ||
            cell->state == CELL_BAKING)
            return (gssize)cell->wave;
    }
    return (gssize)rollout->wave;
}

json_t *override_json(const struct override_request *override)
{
    json_t *data = json_pack("{s:o, s:b}", "reason", text_json(override->reason), "window",
                             override->bake_ms == 0);
    if (override->bake_ms)
        json_object_set_new(data, "bake_ms", json_integer(override->bake_ms));
    return data;
}

/* The wave that is meant; -1 with an error: it can't be. */
static gssize wave_to_override(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    gssize wave =
        ask->wave ? request_wave_named(rollout, ask->wave, error) : wave_under_way(rollout);
    if (wave < 0)
        return -1;
    char *why = rollout_refuses(rollout, ask->what, NULL);
    if (!why)
        why = rollout_refuses_override(rollout, (size_t)wave, ask->bake_ms);
    if (!why)
        return wave;
    refuse_ask(ask, why, error);
    return -1;
}

static json_t *make_override(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    const struct override_request override = {ask->reason, ask->bake_ms};
    gssize wave = wave_to_override(rollout, ask, error);
    if (wave < 0)
        return NULL;
    const struct plan_wave *plan = g_ptr_array_index(rollout->plan->waves, (guint)wave);
    json_t *data = override_json(&override);
    json_object_set_new(data, "wave", text_json(plan->name));
    return data;
}

bool request_may_override(const struct rollout *rollout, const char *wave,
                          const struct override_request *override, GError **error)
{
    const struct ask it = {
        .id = rollout->id, .what = "override", .wave = wave, .bake_ms = override->bake_ms};
    return wave_to_override(rollout, &it, error) >= 0;
}

static json_t *make_abort(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    char *why = rollout_refuses(rollout, ask->what, NULL);
    if (why)
        return refuse_ask(ask, why, error);
    return json_pack("{s:o}", "reason", text_json(ask->reason ? ask->reason : ""));
}

static bool check_cell(const struct rollout *rollout, const struct ask *ask, const char *id,
                       GError **error)
{
    const struct rollout_cell *cell = request_cell_named(rollout, id, error);
    if (!cell)
        return false;
    char *why = rollout_refuses(rollout, ask->what, cell);
    if (why)
        refuse_ask(ask, why, error);
    return !why;
}

static json_t *make_rollback(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    OWN_JSON cells = json_array();
    for (const char *const *cell = ask->cells; *cell; cell++) {
        if (!check_cell(rollout, ask, *cell, error))
            return NULL;
        json_array_append_new(cells, text_json(*cell));
    }
    if (json_array_size(cells) == 0)
        return refuse_ask(ask, g_strdup("it names no cell"), error);
    return json_pack("{s:O, s:o}", "cells", cells, "reason",
                     text_json(ask->reason ? ask->reason : ""));
}

static json_t *make_cell(const struct rollout *rollout, const struct ask *ask, GError **error)
{
    if (!check_cell(rollout, ask, ask->cells[0], error))
        return NULL;
    return json_pack("{s:o, s:o}", "cell", text_json(ask->cells[0]), "reason",
                     text_json(ask->reason));
}

bool request_approve(struct journal *journal, const char *id, const char *wave,
                     const struct person *person, gint64 now_ms, GError **error)
{
    const struct ask it = {.id = id,
                           .person = person,
                           .now_ms = now_ms,
                           .what = "approve",
                           .type = "approve",
                           .wave = wave};
    return ask(journal, &it, make_approval, error);
}

bool request_pause(struct journal *journal, const char *id, const char *reason,
                   const struct person *person, gint64 now_ms, GError **error)
{
    const struct ask it = {.id = id,
                           .person = person,
                           .now_ms = now_ms,
                           .what = "pause",
                           .type = "pause",
                           .reason = reason};
    return ask(journal, &it, make_pause, error);
}

bool request_resume(struct journal *journal, const char *id, const struct person *person,
                    gint64 now_ms, GError **error)
{
    const struct ask it = {
        .id = id, .person = person, .now_ms = now_ms, .what = "resume", .type = "resume"};
    return ask(journal, &it, make_pause, error);
}

bool request_override(struct journal *journal, const char *id, const char *wave,
                      const struct override_request *override, const struct person *person,
                      gint64 now_ms, GError **error)
{
    const struct ask it = {.id = id,
                           .person = person,
                           .now_ms = now_ms,
                           .what = "override",
                           .type = "override",
                           .wave = wave,
                           .reason = override->reason,
                           .bake_ms = override->bake_ms};
    return needs_reason(&it, error) && ask(journal, &it, make_override, error);
}

bool request_abort(struct journal *journal, const char *id, const char *reason,
                   const struct person *person, gint64 now_ms, GError **error)
{
    const struct ask it = {.id = id,
                           .person = person,
                           .now_ms = now_ms,
                           .what = "abort",
                           .type = "abort",
                           .reason = reason};
    return ask(journal, &it, make_abort, error);
}

bool request_rollback(struct journal *journal, const char *id, const char *const *cells,
                      const char *reason, const struct person *person, gint64 now_ms,
                      GError **error)
{
    const struct ask it = {.id = id,
                           .person = person,
                           .now_ms = now_ms,
                           .what = "rollback",
                           .type = "rollback",
                           .reason = reason,
                           .cells = cells};
    return ask(journal, &it, make_rollback, error);
}

bool request_cell(struct journal *journal, const char *id, const char *what, const char *cell,
                  const char *reason, const struct person *person, gint64 now_ms, GError **error)
{
    static const struct {
        const char *what, *type;
    } types[] = {{"accept", "cell.accepted"}, {"skip", "cell.skipped"}, {"retry", "retry"}};
    const char *const cells[] = {cell, NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (strcmp(types[i].what, what) != 0)
            continue;
        const struct ask it = {.id = id,
                               .person = person,
                               .now_ms = now_ms,
                               .what = what,
                               .type = types[i].type,
                               .reason = reason,
                               .cells = cells};
        return needs_reason(&it, error) && ask(journal, &it, make_cell, error);
    }
    return refuse(error, CD_ERROR_USAGE, g_strdup_printf("nobody can %s a cell", what));
}
