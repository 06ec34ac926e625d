/* Events of the conductor about one cell, from its deploy's intent to where it ends. */
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "rollout/fold.h"
#include "rollout/gate_news.h"
#include "rollout/state.h"

static gint64 moment_of(const struct event *event, const char *key, gint64 otherwise_ms)
{
    const char *text = event_text(event, key);
    gint64 at_ms = otherwise_ms;
    if (text)
        when_parse(text, &at_ms);
    return at_ms;
}

void fold_enter(struct rollout_cell *cell, enum cell_state state, gint64 at_ms)
{
    cell->state = state;
    cell->state_since_ms = at_ms;
}

bool fold_deploy_intent(struct rollout *rollout, struct rollout_cell *cell,
                        const struct event *event, GError **error)
{
    if (!rollout->wave_started || cell->wave > rollout->wave)
        return fold_broken(error, event, "its wave is not under way");
    if ((rollout->aborted && !FAULT_SWITCH(ABORT_OVERTAKEN)) || rollout->failed)
        return fold_broken(error, event, "the rollout goes no further");
    if (!event_text(event, "token"))
        return fold_broken(error, event, "it has no token");
    fold_enter(cell, CELL_DEPLOYING, event->at_ms);
    fold_set_text(&cell->token, event_text(event, "token"));
    fold_set_text(&cell->reference, NULL);
    fold_set_text(&cell->running_reference, NULL);
    cell->called = false;
    cell->intent_at_ms = event->at_ms;
    cell->deadline_ms =
        moment_of(event, "deadline", event->at_ms + rollout->plan->deploy_deadline_ms);
    cell->deployed_at_ms = 0;
    cell->rollback_attempt = 0;
    rollout_cell_forget_gates(cell);
    return true;
}

bool fold_call_taken(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                     GError **error)
{
    (void)rollout;
    if (cell->called || !cell->token)
        return fold_broken(error, event, "no call of this cell is open");
    cell->called = true;
    fold_set_text(&cell->reference, event_text(event, "reference"));
    return true;
}

bool fold_deploy_seen(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                      GError **error)
{
    (void)rollout;
    if (!cell->called)
        return fold_broken(error, event, "its deploy was never called");
    fold_enter(cell, CELL_BAKING, event->at_ms);
    cell->deployed_at_ms = moment_of(event, "deployed_at", event->at_ms);
    cell->deadline_ms = 0;
    fold_set_text(&cell->running_reference, event_text(event, "reference"));
    return true;
}

void fold_count_failure(struct rollout *rollout, struct rollout_cell *cell)
{
    cell->failed = cell->rollback_wanted = true;
    if (rollout->failed ||
        wave_failed(rollout, cell->wave) <= (size_t)rollout_wave(rollout, cell->wave)->max_failed)
        return;
    rollout->failed = true;
    rollout->failed_wave = cell->wave;
}

/* A FAIL. Where the engine may not roll back, the cause stands without a wish (cell_is_stuck). */
static void cell_failed(struct rollout *rollout, struct rollout_cell *cell, char *cause)
{
    g_free(cell->cause);
    cell->cause = cause;
    if (cell_may_roll_back(cell))
        fold_count_failure(rollout, cell);
}

bool fold_deploy_failed(struct rollout *rollout, struct rollout_cell *cell,
                        const struct event *event, GError **error)
{
    (void)error;
    const char *said = event_text(event, "error");
    if (cell->rollback_wanted) /* somebody had asked for it back: no failure to go on beyond */
        return true;
    cell_failed(rollout, cell, g_strdup_printf("deploy: %s", said ? said : "failed"));
    return true;
}

bool fold_gate_changed(struct rollout *rollout, struct rollout_cell *cell,
                       const struct event *event, GError **error)
{
    enum gate gate;
    enum verdict verdict;
    const char *name = event_text(event, "gate"), *word = event_text(event, "verdict");
    if (!name || !word || !gate_parse(name, &gate) || !verdict_parse(word, &verdict))
        return fold_broken(error, event, "it names no gate and verdict that we know");
    const struct rollout_gate *place = &cell->gates[gate];
    gate_take_news(cell, gate, verdict, event);
    if (verdict == VERDICT_FAIL && !cell->rollback_wanted)
        cell_failed(rollout, cell,
                    g_strdup_printf("gate %s: %s", name, place->reason ? place->reason : "FAIL"));
    return true;
}

bool fold_cell_held(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                    GError **error)
{
    (void)rollout;
    if (!event_text(event, "reason"))
        return fold_broken(error, event, "it gives no reason");
    fold_set_text(&cell->held, event_text(event, "reason"));
    fold_set_text(&cell->held_code, event_text(event, "code"));
    gate_take_words(cell, event);
    return true;
}

bool fold_cell_released(struct rollout *rollout, struct rollout_cell *cell,
                        const struct event *event, GError **error)
{
    (void)rollout, (void)event, (void)error;
    fold_set_text(&cell->held, NULL);
    return true;
}

bool fold_cell_passed(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                      GError **error)
{
    if (cell->rollback_wanted || (rollout->aborted && !FAULT_SWITCH(ABORT_OVERTAKEN)))
        return fold_broken(error, event, "it is to go back");
    fold_enter(cell, CELL_PASSED, event->at_ms);
    gate_take_words(cell, event);
    fold_set_text(&cell->held, NULL);
    return true;
}

bool fold_rollback_intent(struct rollout *rollout, struct rollout_cell *cell,
                          const struct event *event, GError **error)
{
    gint64 attempt = json_integer_value(json_object_get(event->data, "attempt"));
    if (!rollback_due(rollout, cell))
        return fold_broken(error, event, "nothing asked for a rollback of this cell");
    if (attempt != cell->rollback_attempt + 1 || (attempt > 2 && !FAULT_SWITCH(ROLLBACK_LOOPS)))
        return fold_broken(error, event, "that attempt is not the next one, or one too many");
    if (!event_text(event, "token"))
        return fold_broken(error, event, "it has no token");
    gate_take_words(cell, event);
    fold_enter(cell, CELL_ROLLING_BACK, event->at_ms);
    cell->rollback_attempt = (int)attempt;
    cell->rollback_wanted = true;
    fold_set_text(&cell->token, event_text(event, "token"));
    fold_set_text(&cell->reference, NULL);
    if (event_text(event, "cause"))
        fold_set_text(&cell->cause, event_text(event, "cause"));
    fold_set_text(&cell->held, NULL);
    cell->called = false;
    cell->intent_at_ms = event->at_ms;
    cell->deadline_ms =
        moment_of(event, "deadline", event->at_ms + rollout->plan->deploy_deadline_ms);
    return true;
}

static void rollback_over(struct rollout_cell *cell, enum cell_state state, gint64 at_ms)
{
    fold_enter(cell, state, at_ms);
    cell->rollback_wanted = false;
    cell->deadline_ms = 0;
    fold_set_text(&cell->held, NULL);
}

bool fold_rollback_done(struct rollout *rollout, struct rollout_cell *cell,
                        const struct event *event, GError **error)
{
    (void)rollout;
    if (!cell->called)
        return fold_broken(error, event, "its rollback was never called");
    rollback_over(cell, CELL_ROLLED_BACK, event->at_ms);
    return true;
}

bool fold_rollback_failed(struct rollout *rollout, struct rollout_cell *cell,
                          const struct event *event, GError **error)
{
    gint64 attempt = json_integer_value(json_object_get(event->data, "attempt"));
    if (!cell->token || attempt != cell->rollback_attempt)
        return fold_broken(error, event, "that attempt is not under way");
    fold_set_text(&cell->token, NULL);
    cell->called = false;
    if (attempt < 2 || FAULT_SWITCH(ROLLBACK_LOOPS))
        return true;
    rollback_over(cell, CELL_ROLLBACK_FAILED, event->at_ms);
    if (!rollout->failed) {
        rollout->failed = true;
        rollout->failed_wave = cell->wave;
    }
    return true;
}
