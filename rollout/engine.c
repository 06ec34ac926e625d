/* What happens next. engine_decide() asks its steps in order of urgency and returns the first
 * event that one of them wants: what was learned of calls, then what fails, then what goes back,
 * and only then what goes forward. */
#include "rollout/engine.h"

#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/forward.h"
#include "rollout/gate_news.h"
#include "rollout/outcome.h"
#include "rollout/state.h"

#include <string.h>

typedef struct decision (*step_fn)(const struct rollout *rollout, const struct observation *seen);
typedef struct decision (*cell_fn)(const struct rollout *rollout, struct rollout_cell *cell,
                                   const struct observation *seen,
                                   const struct observed_cell *there);

static struct decision for_any_cell(const struct rollout *rollout, const struct observation *seen,
                                    cell_fn decide)
{
    struct decision decision = NOTHING;
    for (guint i = 0; i < rollout->cells->len && !decision.type; i++)
        decision = decide(rollout, cell_at(rollout, i), seen, &seen->cells[i]);
    return decision;
}

/* A token is new for every intent and the same for everybody who decides it: the head hash is
 * random to outsiders, so a journal that was begun anew does not repeat an old one's tokens. */
static json_t *next_token(const struct rollout *rollout)
{
    return json_sprintf("%s-%" G_GINT64_FORMAT "-%.12s", rollout->id, rollout->seq + 1,
                        rollout->head ? rollout->head : "0");
}

static struct decision outcomes(const struct rollout *rollout, const struct observation *seen)
{
    return for_any_cell(rollout, seen, outcome_decide);
}

static struct decision failing_gate(const struct rollout *rollout, struct rollout_cell *cell,
                                    const struct observation *seen,
                                    const struct observed_cell *there)
{
    (void)rollout, (void)seen;
    return cell->cause || cell_is_evacuated(cell) ? NOTHING : gate_news(cell, there, true);
}

static struct decision failing_gates(const struct rollout *rollout, const struct observation *seen)
{
    return for_any_cell(rollout, seen, failing_gate);
}

static struct decision other_gate(const struct rollout *rollout, struct rollout_cell *cell,
                                  const struct observation *seen, const struct observed_cell *there)
{
    (void)rollout, (void)seen;
    return cell_is_evacuated(cell) ? NOTHING : gate_news(cell, there, false);
}

static struct decision other_gates(const struct rollout *rollout, const struct observation *seen)
{
    return for_any_cell(rollout, seen, other_gate);
}

static struct decision rollback_intent(const struct rollout *rollout, struct rollout_cell *cell,
                                       const struct observation *seen)
{
    const struct plan_cell *plan = cell->plan;
    json_t *data =
        json_pack("{s:o, s:s, s:o, s:i, s:o, s:o}", "token", next_token(rollout), "version",
                  plan->from, "reference", text_json(plan->from_ref), "attempt",
                  cell->rollback_attempt + 1, "cause", text_json(rollback_due(rollout, cell)),
                  "deadline", decision_moment(seen->now_ms + rollout->plan->deploy_deadline_ms));
    gate_last_words(data, cell, observed(rollout, seen, cell));
    return decision_about(cell, "rollback.intent", data);
}

/* A deploy call that is still under way is settled first: it must not land after its rollback. */
static bool may_begin_rollback(const struct rollout_cell *cell, const struct observation *seen,
                               const struct observed_cell *there)
{
    bool calling = cell->state == CELL_DEPLOYING && there->call == CALL_UNDER_WAY;
    bool locked = there->lock_holder && !there->lock_ours;
    return there->present && !locked && !cell_is_out(cell, there->evacuating) &&
           (!calling || call_is_late(cell, seen, there));
}

/* Newest deploy first. */
static struct decision rollbacks(const struct rollout *rollout, const struct observation *seen)
{
    if (FAULT_SWITCH(PAUSE_STOPS_ROLLBACK) && rollout->paused)
        return NOTHING;
    struct rollout_cell *newest = NULL;
    for (guint i = 0; i < rollout->cells->len; i++) {
        struct rollout_cell *cell = cell_at(rollout, i);
        if (rollback_due(rollout, cell) && may_begin_rollback(cell, seen, &seen->cells[i]) &&
            (!newest || cell->intent_at_ms >= newest->intent_at_ms))
            newest = cell;
    }
    return newest ? rollback_intent(rollout, newest, seen) : NOTHING;
}

static struct decision hold(const struct rollout *rollout, struct rollout_cell *cell,
                            const struct observation *seen, const struct observed_cell *there)
{
    g_autofree char *code = NULL, *due = cell_hold_due(rollout, cell, seen, &code);
    bool same_cause = cell->held && code && g_strcmp0(code, cell->held_code) == 0;
    if (same_cause || g_strcmp0(due, cell->held) == 0)
        return NOTHING;
    if (!due)
        return decision_about(cell, "cell.released", json_object());
    json_t *data = json_pack("{s:o, s:o}", "reason", text_json(due), "code", text_json(code));
    if (!cell_is_evacuated(cell)) /* whose gates are not asked any more */
        gate_last_words(data, cell, there);
    return decision_about(cell, "cell.held", data);
}

static struct decision vanished(const struct rollout *rollout, struct rollout_cell *cell,
                                const struct observation *seen, const struct observed_cell *there)
{
    (void)rollout, (void)seen;
    if (cell->state != CELL_PENDING || there->present)
        return NOTHING;
    return decision_about(cell, "cell.skipped",
                          json_pack("{s:s}", "reason", "no longer in celldeck.yaml"));
}

/* The list is frozen, and what is not on it is said. */
static struct decision new_cell(const struct rollout *rollout, const struct observation *seen)
{
    (void)rollout;
    if (!seen->new_cell)
        return NOTHING;
    g_autofree char *reason = g_strdup_printf(
        "%s is new in celldeck.yaml and not in this rollout; it needs one of its own",
        seen->new_cell);
    json_t *data =
        json_pack("{s:o, s:o}", "new_cell", text_json(seen->new_cell), "reason", text_json(reason));
    return (struct decision){.type = "note", .data = data};
}

static struct decision pass(const struct rollout *rollout, struct rollout_cell *cell,
                            const struct observation *seen, const struct observed_cell *there)
{
    g_autofree char *why = NULL;
    if (cell->state != CELL_BAKING || forward_pass(rollout, cell, seen, &why) != FORWARD_GO)
        return NOTHING;
    json_t *data = json_object();
    gate_last_words(data, cell, there);
    return decision_about(cell, "cell.passed", data);
}

static struct decision figures(const struct rollout *rollout, struct rollout_cell *cell,
                               const struct observation *seen, const struct observed_cell *there)
{
    return cell_is_evacuated(cell) ? NOTHING : gate_figures(rollout, cell, seen, there);
}

static struct decision holds(const struct rollout *rollout, const struct observation *seen)
{
    return for_any_cell(rollout, seen, hold);
}

static struct decision newer_figures(const struct rollout *rollout, const struct observation *seen)
{
    return for_any_cell(rollout, seen, figures);
}

static struct decision vanished_cells(const struct rollout *rollout, const struct observation *seen)
{
    return for_any_cell(rollout, seen, vanished);
}

static struct decision passes(const struct rollout *rollout, const struct observation *seen)
{
    return for_any_cell(rollout, seen, pass);
}

static struct decision next_step(const struct rollout *rollout, const struct observation *seen)
{
    if (rollout->state != ROLLOUT_RUNNING)
        return NOTHING;
    bool ended = waves_ended(rollout);
    size_t next = rollout->wave + (ended ? 1 : 0);
    if (!rollout->wave_started || ended)
        return (struct decision){.type = "wave.started",
                                 .data =
                                     json_pack("{s:s}", "wave", rollout_wave(rollout, next)->name)};
    struct rollout_cell *cell = rollout_next_cell(rollout, seen);
    g_autofree char *why = NULL;
    if (!cell || forward_deploy(rollout, cell, seen, &why) != FORWARD_GO)
        return NOTHING;
    const struct observed_cell *there = observed(rollout, seen, cell);
    return decision_about(
        cell, "deploy.intent",
        json_pack("{s:o, s:s, s:o, s:o, s:o}", "token", next_token(rollout), "version",
                  rollout->plan->version, "previous", text_json(there->running->version),
                  "reference", text_json(there->running->reference), "deadline",
                  decision_moment(seen->now_ms + rollout->plan->deploy_deadline_ms)));
}

static struct decision state_news(const struct rollout *rollout, const struct observation *seen)
{
    struct standing now = rollout_standing(rollout, seen);
    g_autofree char *reason = now.reason;
    bool same_reason = now.state == ROLLOUT_PAUSED || g_strcmp0(reason, rollout->state_reason) == 0;
    if (now.state == rollout->state && same_reason)
        return NOTHING;
    json_t *data = json_pack("{s:s, s:o}", "state", rollout_state_name(now.state), "reason",
                             text_json(reason));
    if (now.code)
        json_object_set_new(data, "code", json_string(now.code));
    if (rollout_state_final(now.state))
        json_object_set_new(data, "final", json_true());
    return (struct decision){.type = "state", .data = data};
}

static void sooner(gint64 *look_ms, gint64 at_ms, gint64 now_ms)
{
    if (at_ms > now_ms && (*look_ms == 0 || at_ms < *look_ms))
        *look_ms = at_ms;
}

static gint64 look_again(const struct rollout *rollout, const struct observation *seen)
{
    gint64 look_ms = 0;
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(rollout, i);
        gint64 ends_ms = cell->deployed_at_ms + seen->cells[i].bake_credit_ms +
                         rollout_bake_ms(rollout, cell->wave);
        if (cell->state == CELL_DEPLOYING || cell->state == CELL_ROLLING_BACK)
            sooner(&look_ms, cell->deadline_ms + seen->cells[i].call_credit_ms, seen->now_ms);
        if (cell->state == CELL_BAKING) {
            sooner(&look_ms, ends_ms, seen->now_ms);
            sooner(&look_ms, gate_figures_due_ms(rollout, cell, seen->cells[i].bake_credit_ms),
                   seen->now_ms);
            sooner(&look_ms, ends_ms + plan_gates(rollout->plan, cell->wave)->deadline_ms,
                   seen->now_ms);
        }
    }
    for (size_t wave = rollout->wave; wave < rollout->plan->waves->len; wave++) {
        sooner(&look_ms, rollout->last_ms + plan_gates(rollout->plan, wave)->deadline_ms,
               seen->now_ms);
        sooner(&look_ms, wave_opens_ms(rollout, wave, seen->now_ms), seen->now_ms);
    }
    return look_ms;
}

static const step_fn steps[] = {
    outcomes,       failing_gates, rollbacks,  other_gates, holds,         passes,
    vanished_cells, new_cell,      state_news, next_step,   newer_figures,
};

struct decision engine_decide(const struct rollout *rollout, const struct observation *seen)
{
    if (!rollout->plan || rollout_state_final(rollout->state))
        return NOTHING;
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        struct decision decision = steps[i](rollout, seen);
        if (decision.type)
            return decision;
    }
    return (struct decision){.look_again_ms = look_again(rollout, seen)};
}
