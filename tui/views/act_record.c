/* What is asked for, put on record. */
#include "data/base/when.h"
#include "rollout/request.h"
#include "tui/views/act_kind.h"

GPtrArray *act_cells(const struct act_kind *kind, const struct rollout *rollout,
                     const struct target *target)
{
    GPtrArray *cells = g_ptr_array_new();
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if (kind->touches(rollout, target, cell))
            g_ptr_array_add(cells, cell->plan->id);
    }
    g_ptr_array_add(cells, NULL);
    return cells;
}

bool act_put_approve(struct journal *journal, const struct act_request *ask, GError **error)
{
    return request_approve(journal, ask->target.operation, ask->target.wave, ask->person,
                           ask->now_ms, error);
}

bool act_put_pause(struct journal *journal, const struct act_request *ask, GError **error)
{
    return request_pause(journal, ask->target.operation, ask->reason, ask->person, ask->now_ms,
                         error);
}

bool act_put_resume(struct journal *journal, const struct act_request *ask, GError **error)
{
    return request_resume(journal, ask->target.operation, ask->person, ask->now_ms, error);
}

bool act_put_abort(struct journal *journal, const struct act_request *ask, GError **error)
{
    return request_abort(journal, ask->target.operation, ask->reason, ask->person, ask->now_ms,
                         error);
}

bool act_put_rollback(struct journal *journal, const struct act_request *ask, GError **error)
{
    g_autoptr(GPtrArray) cells = act_cells(ask->kind, ask->rollout, &ask->target);
    return request_rollback(journal, ask->target.operation, (const char *const *)cells->pdata,
                            ask->reason, ask->person, ask->now_ms, error);
}

bool act_put_retry(struct journal *journal, const struct act_request *ask, GError **error)
{
    return request_cell(journal, ask->target.operation, "retry", ask->target.cell, ask->reason,
                        ask->person, ask->now_ms, error);
}

bool act_put_skip(struct journal *journal, const struct act_request *ask, GError **error)
{
    return request_cell(journal, ask->target.operation, "skip", ask->target.cell, ask->reason,
                        ask->person, ask->now_ms, error);
}

bool act_put_accept(struct journal *journal, const struct act_request *ask, GError **error)
{
    return request_cell(journal, ask->target.operation, "accept", ask->target.cell, ask->reason,
                        ask->person, ask->now_ms, error);
}

/* Whatever was typed has passed no_shorter(). */
bool act_put_override(struct journal *journal, const struct act_request *ask, GError **error)
{
    struct override_request override = {.reason = ask->reason};
    if (ask->bake)
        duration_parse(ask->bake, &override.bake_ms);
    return request_override(journal, ask->target.operation, ask->target.wave, &override,
                            ask->person, ask->now_ms, error);
}
