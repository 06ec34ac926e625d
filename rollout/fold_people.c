/* Events of people in the fold: each changes something only while it makes sense (people.c). */
#include "data/base/fault_switch.h"
#include "rollout/fold.h"
#include "rollout/state.h"

static bool has_sense(const struct rollout *rollout, const char *what,
                      const struct rollout_cell *cell)
{
    g_autofree char *refusal = rollout_refuses(rollout, what, cell);
    return refusal == NULL;
}

bool fold_skipped(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error)
{
    (void)error;
    if (!has_sense(rollout, "skip", cell))
        return true;
    fold_enter(cell, CELL_SKIPPED, event->at_ms);
    fold_set_text(&cell->held, NULL);
    fold_set_text(&cell->cause, event_text(event, "reason"));
    return true;
}

bool fold_accepted(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                   GError **error)
{
    (void)error;
    if (!has_sense(rollout, "accept", cell))
        return true;
    fold_enter(cell, CELL_ACCEPTED, event->at_ms);
    cell->rollback_wanted = false;
    fold_set_text(&cell->held, NULL);
    fold_set_text(&cell->cause, event_text(event, "reason"));
    return true;
}

bool fold_retried(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error)
{
    (void)error;
    if (!has_sense(rollout, "retry", cell))
        return true;
    fold_enter(cell, CELL_PENDING, event->at_ms);
    cell->recalled = cell->evacuated != NULL;
    cell->failed = false;
    cell->deployed_at_ms = 0;
    fold_set_text(&cell->cause, NULL);
    rollout_cell_forget_gates(cell);
    return true;
}

/* Whatever state the cell is in: the failover has it from now on. */
bool fold_evacuated(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                    GError **error)
{
    (void)rollout, (void)error;
    if (!event_text(event, "operation"))
        return true;
    fold_set_text(&cell->evacuated, event_text(event, "operation"));
    cell->recalled = false;
    return true;
}

bool fold_rollback_asked(struct rollout *rollout, struct rollout_cell *none,
                         const struct event *event, GError **error)
{
    (void)none, (void)error;
    const char *reason = event_text(event, "reason");
    size_t i;
    json_t *id;
    json_array_foreach (json_object_get(event->data, "cells"), i, id) {
        struct rollout_cell *cell = rollout_cell(rollout, json_string_value(id));
        if (!cell || !has_sense(rollout, "rollback", cell))
            continue;
        g_autofree char *failure = cell_is_stuck(cell) ? g_strdup(cell->cause) : NULL;
        if (failure) /* what the engine might not undo alone has failed all the same */
            fold_count_failure(rollout, cell);
        cell->rollback_wanted = true;
        cell->recalled = cell->evacuated != NULL;
        g_free(cell->cause);
        cell->cause = g_strdup_printf("asked for by %s: %s%s%s", event->actor, reason ? reason : "",
                                      failure ? "; it had failed: " : "", failure ? failure : "");
    }
    return true;
}

bool fold_approved(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                   GError **error)
{
    (void)cell, (void)error;
    int wave = wave_index(rollout, event_text(event, "wave"));
    bool bound = g_strcmp0(event_text(event, "plan_hash"), rollout->plan->hash) == 0 &&
                 g_strcmp0(event_text(event, "version"), rollout->plan->version) == 0;
    if (wave < 0 || !has_sense(rollout, "approve", NULL) ||
        (!bound && !FAULT_SWITCH(APPROVAL_UNBOUND)))
        return true;
    const struct person person = {event->actor, event_text(event, "arn")};
    g_autofree char *refusal = rollout_refuses_approval(rollout, (size_t)wave, &person);
    if (refusal)
        return true;
    struct approval *approval = g_new0(struct approval, 1);
    approval->actor = g_strdup(person.actor);
    approval->arn = g_strdup(person.arn);
    approval->wave = (size_t)wave;
    approval->at_ms = event->at_ms;
    g_ptr_array_add(rollout->approvals, approval);
    return true;
}

void fold_add_override(struct rollout *rollout, const struct event *event, size_t wave,
                       const json_t *given)
{
    struct override *override = g_new0(struct override, 1);
    *override =
        (struct override){.actor = g_strdup(event->actor),
                          .reason = g_strdup(json_string_value(json_object_get(given, "reason"))),
                          .at_ms = event->at_ms,
                          .wave = wave,
                          .window = json_is_true(json_object_get(given, "window")),
                          .bake_ms = json_integer_value(json_object_get(given, "bake_ms"))};
    g_ptr_array_add(rollout->overrides, override);
}

bool fold_overridden(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                     GError **error)
{
    (void)cell, (void)error;
    int wave = wave_index(rollout, event_text(event, "wave"));
    gint64 bake_ms = json_integer_value(json_object_get(event->data, "bake_ms"));
    if (wave < 0 || !has_sense(rollout, "override", NULL))
        return true;
    g_autofree char *refusal = rollout_refuses_override(rollout, (size_t)wave, bake_ms);
    if (!refusal)
        fold_add_override(rollout, event, (size_t)wave, event->data);
    return true;
}

bool fold_paused(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                 GError **error)
{
    (void)cell, (void)event, (void)error;
    rollout->paused = true;
    return true;
}

bool fold_resumed(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error)
{
    (void)cell, (void)event, (void)error;
    rollout->paused = false;
    return true;
}

bool fold_aborted(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error)
{
    (void)cell, (void)event, (void)error;
    rollout->aborted = true;
    return true;
}
