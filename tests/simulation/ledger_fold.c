/* One operation's events, added up by rollout.md ("States", "Fail"). */
#include "rollout/engine.h"
#include "tests/simulation/ledger.h"

#include <string.h>

static bool may_go_back_by_itself(const struct ledger_cell *cell)
{
    return cell->from && !cell->rollback_closed;
}

static void want_back(struct happening *it, struct ledger_cell *cell)
{
    if (!cell->wants_back)
        cell->wants_back_ms = it->sim->now_ms;
    cell->wants_back = true;
}

static int failed_in_wave(const struct operation_ledger *operation, size_t wave)
{
    int n = 0;
    for (guint i = 0; i < operation->cells->len; i++) {
        const struct ledger_cell *cell = g_ptr_array_index(operation->cells, i);
        n += cell->wave == wave && cell->failed;
    }
    return n;
}

static void count_failure(struct happening *it)
{
    struct operation_ledger *operation = it->operation;
    it->cell->failed = true;
    if (failed_in_wave(operation, it->cell->wave) >
        ledger_wave(operation, it->cell->wave)->max_failed)
        operation->failed = true;
}

static void fails(struct happening *it)
{
    it->cell->judged_failed = true;
    if (!may_go_back_by_itself(it->cell) || it->cell->wants_back)
        return;
    count_failure(it);
    want_back(it, it->cell);
}

static void take_intent(struct happening *it, enum ledger_state state)
{
    struct ledger_cell *cell = it->cell;
    gint64 deadline_ms = 0;
    cell->state = state;
    cell->held = cell->wants_back = false;
    g_free(cell->token);
    cell->token = text_copy(it->data, "token");
    cell->intent_ms = it->sim->now_ms;
    const char *deadline = text_in(it->data, "deadline");
    cell->allowed_ms =
        deadline && when_parse(deadline, &deadline_ms) ? deadline_ms - it->row->at_ms : 0;
}

static void on_deploy_intent(struct happening *it)
{
    struct ledger_cell *cell = it->cell;
    take_intent(it, L_DEPLOYING);
    cell->deploys++;
    cell->rollbacks = cell->calls_back = cell->seen = 0;
    cell->judged_failed = cell->gate_holds = false;
    for (size_t i = 0; i < GATE_COUNT; i++)
        cell->verdicts[i] = VERDICT_PENDING;
}

static void on_rollback_intent(struct happening *it)
{
    take_intent(it, L_ROLLING_BACK);
    it->cell->rollbacks++;
}

static void on_seen(struct happening *it)
{
    struct ledger_cell *cell = it->cell;
    const char *at = text_in(it->data, "deployed_at");
    cell->state = L_BAKING;
    cell->seen++;
    cell->seen_wall_ms = it->row->at_ms;
    if (at)
        when_parse(at, &cell->seen_wall_ms);
    cell->seen_offset_ms = it->process ? it->process->host->wall_offset_ms : 0;
    /* It was seen when it says, which is before a slow append of that has ended. */
    cell->seen_ms =
        CLAMP(cell->seen_wall_ms - cell->seen_offset_ms, cell->intent_ms, it->sim->now_ms);
}

static void on_gate(struct happening *it)
{
    enum gate gate;
    enum verdict verdict;
    const char *name = text_in(it->data, "gate"), *word = text_in(it->data, "verdict");
    if (!name || !word || !gate_parse(name, &gate) || !verdict_parse(word, &verdict))
        return;
    it->cell->verdicts[gate] = verdict;
    it->cell->gate_holds = false;
    for (size_t i = 0; i < GATE_COUNT; i++)
        it->cell->gate_holds = it->cell->gate_holds || it->cell->verdicts[i] == VERDICT_HOLD;
    if (verdict == VERDICT_FAIL)
        fails(it);
}

static void on_passed(struct happening *it)
{
    it->cell->state = L_PASSED;
    it->cell->held = false;
}

static void on_rolled_back(struct happening *it)
{
    it->cell->state = L_ROLLED_BACK;
    it->cell->wants_back = it->cell->held = false;
}

static void on_rollback_failed(struct happening *it)
{
    if (number_in(it->data, "attempt") < 2) {
        want_back(it, it->cell);
        return;
    }
    it->cell->state = L_ROLLBACK_FAILED;
    it->cell->held = it->cell->wants_back = false;
    it->operation->failed = true;
}

static void on_held(struct happening *it)
{
    it->cell->held = true;
}

static void on_released(struct happening *it)
{
    it->cell->held = false;
}

static void on_skipped(struct happening *it)
{
    if (it->cell->state != L_PENDING && it->cell->state != L_ROLLED_BACK)
        return;
    it->cell->state = L_SKIPPED;
    it->cell->held = false;
}

/* A HOLD that a person takes for good: a held cell, or one whose gate holds. */
static void on_accepted(struct happening *it)
{
    struct ledger_cell *cell = it->cell;
    bool under_way = cell->state == L_ROLLING_BACK && !cell->wants_back && !cell->evacuator;
    bool forth = cell->state == L_DEPLOYING || cell->state == L_BAKING;
    bool held = cell->held && cell->state != L_PENDING && !under_way;
    if (!held && !(forth && cell->gate_holds && !cell->back_by_wish && !cell->failed))
        return;
    cell->state = L_ACCEPTED;
    cell->held = cell->wants_back = false;
}

static void on_retry(struct happening *it)
{
    bool evacuated = it->cell->state == L_PENDING && it->cell->evacuator;
    if ((it->cell->state != L_ROLLED_BACK && !evacuated) || it->operation->aborted ||
        it->operation->failed)
        return;
    it->cell->state = L_PENDING;
    it->cell->recalled = true;
    it->cell->failed = it->cell->back_by_wish = false;
    it->cell->retries++;
}

static void on_rollback_asked(struct happening *it)
{
    size_t i;
    const json_t *id;
    json_array_foreach (json_object_get(it->data, "cells"), i, id) {
        struct ledger_cell *cell = ledger_cell(it->operation, json_string_value(id));
        bool there = cell && (cell->state == L_DEPLOYING || cell->state == L_BAKING ||
                              cell->state == L_PASSED || cell->state == L_ACCEPTED);
        bool comes_back = cell && cell->evacuator && (there || cell->state == L_ROLLING_BACK);
        if (comes_back && cell->from)
            cell->recalled = true;
        if (!there || !cell->from || cell->wants_back || cell->rollbacks >= 2)
            continue;
        it->cell = cell;
        if (cell->judged_failed && cell->state != L_PASSED && cell->state != L_ACCEPTED)
            count_failure(it);
        cell->back_by_wish = true;
        want_back(it, cell);
    }
    it->cell = NULL;
}

static void on_evacuated(struct happening *it)
{
    g_free(it->cell->evacuator);
    it->cell->evacuator = text_copy(it->data, "operation");
    it->cell->recalled = false;
}

static void on_approve(struct happening *it)
{
    const struct operation_ledger *operation = it->operation;
    if (g_strcmp0(text_in(it->data, "version"), operation->version) != 0 ||
        g_strcmp0(text_in(it->data, "plan_hash"), operation->plan_hash) != 0)
        return;
    const struct ledger_approval approval = {login_of(it->row->actor), text_copy(it->data, "wave"),
                                             it->row->at_ms};
    g_array_append_val(operation->approvals, approval);
}

static void on_override(struct happening *it)
{
    for (guint i = 0; i < it->operation->waves->len; i++) {
        struct ledger_wave *wave = ledger_wave(it->operation, i);
        if (g_strcmp0(wave->name, text_in(it->data, "wave")) == 0)
            wave->lifted = wave->lifted || json_is_true(json_object_get(it->data, "window"));
    }
}

static void on_pause(struct happening *it)
{
    it->operation->paused = true;
    it->operation->paused_ms = it->sim->now_ms;
}

static void on_resume(struct happening *it)
{
    it->operation->paused = false;
}

static void on_abort(struct happening *it)
{
    it->operation->aborted = true;
    it->operation->aborted_ms = it->sim->now_ms;
    for (guint i = 0; i < it->operation->cells->len; i++) {
        struct ledger_cell *cell = g_ptr_array_index(it->operation->cells, i);
        if ((cell->state == L_DEPLOYING || cell->state == L_BAKING) && may_go_back_by_itself(cell))
            want_back(it, cell);
    }
}

static void on_wave(struct happening *it)
{
    for (guint i = 0; i < it->operation->waves->len; i++)
        if (g_strcmp0(ledger_wave(it->operation, i)->name, text_in(it->data, "wave")) == 0)
            ledger_wave(it->operation, i)->started = true;
}

static const struct {
    const char *type;
    bool of_cell;
    void (*take)(struct happening *it);
} kinds[] = {
    {"wave.started", false, on_wave},
    {"deploy.intent", true, on_deploy_intent},
    {"deploy.seen", true, on_seen},
    {"deploy.failed", true, fails},
    {"gate", true, on_gate},
    {"cell.held", true, on_held},
    {"cell.released", true, on_released},
    {"cell.passed", true, on_passed},
    {"rollback.intent", true, on_rollback_intent},
    {"rollback.done", true, on_rolled_back},
    {"rollback.failed", true, on_rollback_failed},
    {"cell.skipped", true, on_skipped},
    {"cell.accepted", true, on_accepted},
    {"retry", true, on_retry},
    {"rollback", false, on_rollback_asked},
    {"evacuated", true, on_evacuated},
    {"approve", false, on_approve},
    {"override", false, on_override},
    {"pause", false, on_pause},
    {"resume", false, on_resume},
    {"abort", false, on_abort},
};

void operation_ledger_take(struct happening *it)
{
    struct operation_ledger *operation = it->operation;
    const char *state = text_in(it->data, "state");
    bool over = operation->final;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && !over; i++)
        if (is_type(it, kinds[i].type) && (it->cell || !kinds[i].of_cell))
            kinds[i].take(it);
    if (!state || over)
        return;
    g_free(operation->state);
    g_free(operation->reason);
    operation->state = g_strdup(state);
    operation->reason = text_copy(it->data, "reason");
    operation->final = json_is_true(json_object_get(it->data, "final"));
    operation->ended_ms = operation->final ? it->sim->now_ms : 0;
    if (!operation->first_rest && (operation->final || strcmp(state, "held") == 0))
        operation->first_rest = g_strdup(state);
}
