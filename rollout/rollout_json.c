/* A rollout for programs: `rollout status --json` (product.md). */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/state.h"

static json_t *moment_or_null(gint64 at_ms)
{
    g_autofree char *text = at_ms ? when_rfc3339(at_ms) : NULL;
    return text ? json_string(text) : json_null();
}

json_t *rollout_gates_json(const struct rollout_cell *cell)
{
    json_t *gates = json_array();
    for (size_t i = 0; i < GATE_COUNT; i++) {
        const struct rollout_gate *gate = &cell->gates[i];
        if (!gate->at_ms)
            continue;
        json_t *evidence = gate->evidence ? json_incref(gate->evidence) : json_array();
        json_array_append_new(gates, json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", gate_name(i),
                                               "verdict", verdict_name(gate->verdict), "reason",
                                               text_json(gate->reason), "at",
                                               moment_or_null(gate->at_ms), "evidence", evidence));
    }
    return gates;
}

/* A bake that is over stands still: only a baking cell's elapsed time grows. */
static json_t *bake_json(const struct rollout *rollout, const struct rollout_cell *cell,
                         gint64 now_ms)
{
    gint64 until_ms = cell->state == CELL_BAKING ? now_ms : cell->state_since_ms;
    gint64 elapsed_ms = bake_elapsed_ms(cell, 0, until_ms);
    return json_pack("{s:f, s:f, s:I}", "required_s",
                     (double)rollout_bake_ms(rollout, cell->wave) / WHEN_SECOND, "elapsed_s",
                     (double)elapsed_ms / WHEN_SECOND, "samples", (json_int_t)cell->samples);
}

static json_t *cell_json(const struct rollout *rollout, const struct rollout_cell *cell,
                         const GPtrArray *operations, gint64 now_ms)
{
    g_autofree char *held = rollout_held_words(cell, operations);
    return json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:I, s:I}", "id",
                     cell->plan->id, "state", cell_state_name(cell->state), "from",
                     text_json(cell->plan->from), "to", rollout->plan->version, "deployed_at",
                     moment_or_null(cell->deployed_at_ms), "bake", bake_json(rollout, cell, now_ms),
                     "gates", rollout_gates_json(cell), "held", text_json(held), "cause",
                     text_json(cell->cause), "evacuated", text_json(cell->evacuated), "dr",
                     cell->plan->dr, "tenants", (json_int_t)cell->plan->tenants, "users",
                     (json_int_t)cell->plan->users);
}

static const char *wave_state(const struct rollout *rollout, size_t wave)
{
    bool started = wave < rollout->wave || (wave == rollout->wave && rollout->wave_started);
    if (wave_failed(rollout, wave) > (size_t)rollout_wave(rollout, wave)->max_failed)
        return "failed";
    if (started)
        return wave_ended(rollout, wave) ? "done" : "running";
    bool next = wave == rollout->wave + (rollout->wave_started ? 1 : 0);
    return next && rollout->state == ROLLOUT_WAITING ? "waiting" : "pending";
}

static json_t *waves_json(const struct rollout *rollout, const GPtrArray *operations, gint64 now_ms)
{
    json_t *waves = json_array();
    for (guint i = 0; i < rollout->plan->waves->len; i++) {
        const struct plan_wave *plan = rollout_wave(rollout, i);
        json_t *cells = json_array();
        for (guint j = 0; j < rollout->cells->len; j++)
            if (cell_at(rollout, j)->wave == i)
                json_array_append_new(cells,
                                      cell_json(rollout, cell_at(rollout, j), operations, now_ms));
        json_array_append_new(waves, json_pack("{s:s, s:s, s:i, s:i, s:o}", "name", plan->name,
                                               "state", wave_state(rollout, i), "approvals_wanted",
                                               plan->approvals, "approvals",
                                               wave_approvals(rollout, i, now_ms), "cells", cells));
    }
    return waves;
}

static json_t *overrides_json(const struct rollout *rollout)
{
    json_t *overrides = json_array();
    for (guint i = 0; i < rollout->overrides->len; i++) {
        const struct override *given = g_ptr_array_index(rollout->overrides, i);
        json_array_append_new(
            overrides,
            json_pack("{s:o, s:o, s:s, s:b, s:o, s:o}", "at", moment_or_null(given->at_ms), "actor",
                      text_json(given->actor), "wave", rollout_wave(rollout, given->wave)->name,
                      "window_lifted", given->window, "bake_s",
                      given->bake_ms ? json_real((double)given->bake_ms / WHEN_SECOND)
                                     : json_null(),
                      "reason", text_json(given->reason)));
    }
    return overrides;
}

/* None of one that is over: its end may come with the first look that has no trouble any more. */
static json_t *troubles_json(const struct rollout *rollout)
{
    json_t *troubles = json_array();
    if (rollout_state_final(rollout->state))
        return troubles;
    for (size_t i = 0; i < TROUBLE_COUNT; i++) {
        const struct rollout_trouble *trouble = &rollout->troubles[i];
        if (trouble->reason)
            json_array_append_new(troubles, json_pack("{s:s, s:o, s:o}", "trouble",
                                                      trouble_name((enum trouble)i), "since",
                                                      moment_or_null(trouble->since_ms), "reason",
                                                      text_json(trouble->reason)));
    }
    return troubles;
}

json_t *rollout_json(const struct rollout *rollout, const GPtrArray *operations, gint64 now_ms)
{
    g_autofree char *next = rollout_next(rollout, operations, now_ms);
    g_autofree char *reason = rollout_state_words(rollout, operations);
    return json_pack(
        "{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}",
        "id", rollout->id, "version", text_json(rollout->plan->version), "commit",
        text_json(rollout->plan->commit), "state", rollout_state_name(rollout->state), "reason",
        text_json(reason), "requested_by", text_json(rollout->requested_by), "why",
        text_json(rollout->reason), "ticket", text_json(rollout->ticket), "attended",
        rollout->attended, "credentials", text_json(rollout->credentials), "troubles",
        troubles_json(rollout), "overrides", overrides_json(rollout), "plan_hash",
        text_json(rollout->plan->hash), "started_at", moment_or_null(rollout->opened_ms),
        "ended_at", moment_or_null(rollout->ended_ms), "waves",
        waves_json(rollout, operations, now_ms), "next", text_json(next), "events",
        (json_int_t)rollout->seq);
}
