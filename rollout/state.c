#include "rollout/state.h"
#include "data/base/fault_switch.h"

#include <string.h>

static const char *const rollout_states[] = {
    [ROLLOUT_PLANNED] = "planned", [ROLLOUT_RUNNING] = "running",     [ROLLOUT_WAITING] = "waiting",
    [ROLLOUT_PAUSED] = "paused",   [ROLLOUT_HELD] = "held",           [ROLLOUT_FAILING] = "failing",
    [ROLLOUT_FAILED] = "failed",   [ROLLOUT_COMPLETED] = "completed", [ROLLOUT_ABORTED] = "aborted",
};

static const char *const cell_states[] = {
    [CELL_PENDING] = "pending",
    [CELL_DEPLOYING] = "deploying",
    [CELL_BAKING] = "baking",
    [CELL_PASSED] = "passed",
    [CELL_ROLLING_BACK] = "rolling_back",
    [CELL_ROLLED_BACK] = "rolled_back",
    [CELL_ROLLBACK_FAILED] = "rollback_failed",
    [CELL_SKIPPED] = "skipped",
    [CELL_ACCEPTED] = "accepted",
};

static const char *const trouble_names[] = {
    [TROUBLE_BLIND] = "blind", [TROUBLE_CREDENTIALS] = "credentials"};

const char *trouble_name(enum trouble trouble)
{
    return trouble_names[trouble];
}

const char *rollout_state_name(enum rollout_state state)
{
    return rollout_states[state];
}

bool rollout_state_final(enum rollout_state state)
{
    return state == ROLLOUT_FAILED || state == ROLLOUT_COMPLETED || state == ROLLOUT_ABORTED;
}

const char *cell_state_name(enum cell_state state)
{
    return cell_states[state];
}

void rollout_cell_forget_gates(struct rollout_cell *cell)
{
    for (size_t i = 0; i < GATE_COUNT; i++) {
        g_free(cell->gates[i].code);
        g_free(cell->gates[i].reason);
        json_decref(cell->gates[i].evidence);
        cell->gates[i] = (struct rollout_gate){0};
    }
    cell->figures_ms = cell->samples = 0;
}

static void rollout_cell_free(gpointer data)
{
    struct rollout_cell *cell = data;
    rollout_cell_forget_gates(cell);
    g_free(cell->token);
    g_free(cell->reference);
    g_free(cell->running_reference);
    g_free(cell->cause);
    g_free(cell->held);
    g_free(cell->held_code);
    g_free(cell->evacuated);
    g_free(cell);
}

static void approval_free(gpointer data)
{
    struct approval *approval = data;
    g_free(approval->actor);
    g_free(approval->arn);
    g_free(approval);
}

static void override_free(gpointer data)
{
    struct override *override = data;
    g_free(override->actor);
    g_free(override->reason);
    g_free(override);
}

struct rollout *rollout_new(const char *id)
{
    struct rollout *rollout = g_new0(struct rollout, 1);
    rollout->id = g_strdup(id);
    rollout->cells = g_ptr_array_new_with_free_func(rollout_cell_free);
    rollout->approvals = g_ptr_array_new_with_free_func(approval_free);
    rollout->overrides = g_ptr_array_new_with_free_func(override_free);
    rollout->new_cells = g_ptr_array_new_with_free_func(g_free);
    return rollout;
}

void rollout_free(struct rollout *rollout)
{
    if (!rollout)
        return;
    g_ptr_array_unref(rollout->cells);
    g_ptr_array_unref(rollout->approvals);
    g_ptr_array_unref(rollout->overrides);
    g_ptr_array_unref(rollout->new_cells);
    if (rollout->plan)
        plan_free(rollout->plan);
    g_free(rollout->id);
    g_free(rollout->state_reason);
    g_free(rollout->state_code);
    g_free(rollout->requested_by);
    g_free(rollout->requester_arn);
    g_free(rollout->reason);
    g_free(rollout->ticket);
    g_free(rollout->credentials);
    for (size_t i = 0; i < TROUBLE_COUNT; i++)
        g_free(rollout->troubles[i].reason);
    g_free(rollout->head);
    g_free(rollout);
}

struct rollout_cell *rollout_cell(const struct rollout *rollout, const char *id)
{
    for (guint i = 0; id && i < rollout->cells->len; i++)
        if (strcmp(cell_at(rollout, i)->plan->id, id) == 0)
            return cell_at(rollout, i);
    return NULL;
}

bool cell_in_flight(const struct rollout_cell *cell)
{
    return cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING ||
           cell->state == CELL_ROLLING_BACK;
}

bool cell_may_roll_back(const struct rollout_cell *cell)
{
    return cell->plan->from && !cell->plan->rollback_closed;
}

bool cell_is_stuck(const struct rollout_cell *cell)
{
    return (cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING) && cell->cause &&
           !cell->rollback_wanted;
}

bool cell_is_evacuated(const struct rollout_cell *cell)
{
    return cell->evacuated && !cell->recalled && !FAULT_SWITCH(EVACUATION_IGNORED);
}

bool cell_is_out(const struct rollout_cell *cell, bool evacuating)
{
    return cell_is_evacuated(cell) || (cell->evacuated && evacuating);
}

bool cell_is_handed_over(const struct rollout_cell *cell)
{
    return cell->evacuated && cell->held && g_strcmp0(cell->held_code, HELD_EVACUATED) == 0;
}

bool rollout_waits_for_others(const struct rollout *rollout)
{
    return rollout->state == ROLLOUT_HELD && !rollout->paused &&
           g_strcmp0(rollout->state_code, HELD_TAKEN) == 0;
}

/* A failed rollout takes more cells back than the one that failed, where its wave says so. */
static bool on_fail_takes_back(const struct rollout *rollout, const struct rollout_cell *cell)
{
    if (!rollout->failed || !cell_may_roll_back(cell) || cell->state == CELL_ACCEPTED)
        return false;
    enum on_fail on_fail = rollout_wave(rollout, rollout->failed_wave)->on_fail;
    return on_fail == ON_FAIL_ROLLBACK_ALL ||
           (on_fail == ON_FAIL_ROLLBACK_WAVE && cell->wave == rollout->failed_wave);
}

const char *rollback_due(const struct rollout *rollout, const struct rollout_cell *cell)
{
    bool going = cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING;
    bool gone = cell->state == CELL_PASSED || cell->state == CELL_ACCEPTED;
    if (cell->state == CELL_ROLLING_BACK)
        return cell->token ? NULL : cell->cause;
    if (!going && !gone)
        return NULL;
    if (cell->rollback_wanted)
        return cell->cause;
    if (going && rollout->aborted && cell_may_roll_back(cell))
        return "the rollout was aborted";
    if (on_fail_takes_back(rollout, cell))
        return "the wave's on_fail takes it back after another cell's failure";
    return NULL;
}

bool same_version(const char *a, const char *b)
{
    if (!a || !b || strcmp(a, b) == 0)
        return a && b;
    g_autofree char *plain_a = version_plain(a), *plain_b = version_plain(b);
    return strcmp(plain_a, plain_b) == 0;
}

bool runs_exactly(const struct running *running, const char *version, const char *reference)
{
    if (!running || running->error)
        return false;
    if (running->reference && reference)
        return strcmp(running->reference, reference) == 0;
    return same_version(running->version, version);
}

bool went_back(const struct running *running, const char *from, const char *to)
{
    if (!running || running->error || !running->reference || !from || !to || strcmp(from, to) == 0)
        return false;
    if (strcmp(running->reference, from) == 0)
        return true;
    if (strcmp(running->reference, to) == 0) /* as at nearly every look */
        return false;
    OWN_JSON now = json_loads(running->reference, 0, NULL);
    OWN_JSON old = json_loads(from, 0, NULL);
    OWN_JSON new = json_loads(to, 0, NULL);
    bool any = false, nothing_else = json_object_size(now) == json_object_size(old);
    const char *part;
    json_t *runs;
    json_object_foreach (now, part, runs) {
        bool is_new = json_equal(runs, json_object_get(new, part));
        bool is_old = json_equal(runs, json_object_get(old, part));
        any = any || (is_old && !is_new);
        nothing_else = nothing_else && (is_old || is_new);
    }
    return any && nothing_else;
}

const struct plan_wave *rollout_wave(const struct rollout *rollout, size_t wave)
{
    return g_ptr_array_index(rollout->plan->waves, wave);
}

int wave_index(const struct rollout *rollout, const char *name)
{
    for (guint i = 0; name && i < rollout->plan->waves->len; i++)
        if (strcmp(rollout_wave(rollout, i)->name, name) == 0)
            return (int)i;
    return -1;
}

size_t wave_in_flight(const struct rollout *rollout, size_t wave)
{
    size_t n = 0;
    for (guint i = 0; i < rollout->cells->len; i++)
        n += cell_at(rollout, i)->wave == wave && cell_in_flight(cell_at(rollout, i));
    return n;
}

size_t wave_failed(const struct rollout *rollout, size_t wave)
{
    size_t n = 0;
    for (guint i = 0; i < rollout->cells->len; i++)
        n += cell_at(rollout, i)->wave == wave && cell_at(rollout, i)->failed;
    return n;
}

static bool cell_is_settled(const struct rollout_cell *cell)
{
    switch (cell->state) {
    case CELL_PASSED:
    case CELL_ACCEPTED:
        return !cell->rollback_wanted;
    case CELL_SKIPPED:
        return true;
    case CELL_ROLLED_BACK:
        return cell->failed;
    default:
        return false;
    }
}

bool wave_ended(const struct rollout *rollout, size_t wave)
{
    if (FAULT_SWITCH(WAVE_NOT_AWAITED))
        return true;
    for (guint i = 0; i < rollout->cells->len; i++)
        if (cell_at(rollout, i)->wave == wave && !cell_is_settled(cell_at(rollout, i)))
            return false;
    return wave_failed(rollout, wave) <= (size_t)rollout_wave(rollout, wave)->max_failed;
}

bool waves_ended(const struct rollout *rollout)
{
    for (size_t wave = 0; wave <= rollout->wave; wave++)
        if (!wave_ended(rollout, wave))
            return false;
    return rollout->wave_started;
}

gint64 rollout_bake_ms(const struct rollout *rollout, size_t wave)
{
    gint64 bake_ms = rollout_wave(rollout, wave)->bake_ms;
    for (guint i = 0; i < rollout->overrides->len; i++) {
        const struct override *given = g_ptr_array_index(rollout->overrides, i);
        if (given->wave == wave && given->bake_ms)
            bake_ms = MIN(bake_ms, given->bake_ms);
    }
    return bake_ms;
}

bool wave_is_lifted(const struct rollout *rollout, size_t wave)
{
    for (guint i = 0; i < rollout->overrides->len; i++) {
        const struct override *given = g_ptr_array_index(rollout->overrides, i);
        if (given->wave == wave && given->window)
            return true;
    }
    return false;
}

char *wave_closed(const struct rollout *rollout, size_t wave, gint64 now_ms)
{
    const struct calendar calendar = plan_calendar(rollout->plan, rollout_wave(rollout, wave));
    return wave_is_lifted(rollout, wave) ? NULL : calendar_closed(&calendar, now_ms);
}

gint64 wave_opens_ms(const struct rollout *rollout, size_t wave, gint64 now_ms)
{
    const struct calendar calendar = plan_calendar(rollout->plan, rollout_wave(rollout, wave));
    return wave_is_lifted(rollout, wave) ? 0 : calendar_opens_ms(&calendar, now_ms);
}

/* Whether somebody who approved before is the same person, with an approval that still counts. */
static bool counts_again(const GPtrArray *counted, const struct approval *approval)
{
    const struct person person = {approval->actor, approval->arn};
    for (guint i = 0; i < counted->len; i++) {
        const struct approval *other = g_ptr_array_index(counted, i);
        if (person_is(&person, &(const struct person){other->actor, other->arn}))
            return true;
    }
    return false;
}

int wave_approvals(const struct rollout *rollout, size_t wave, gint64 at_ms)
{
    gint64 expires_ms = rollout_wave(rollout, wave)->approval_expires_ms;
    g_autoptr(GPtrArray) counted = g_ptr_array_new();
    for (guint i = 0; i < rollout->approvals->len; i++) {
        struct approval *approval = g_ptr_array_index(rollout->approvals, i);
        bool holds = expires_ms <= 0 || at_ms - approval->at_ms <= expires_ms;
        if (approval->wave == wave && holds && !counts_again(counted, approval))
            g_ptr_array_add(counted, approval);
    }
    return (int)counted->len;
}

gint64 bake_elapsed_ms(const struct rollout_cell *cell, gint64 credit_ms, gint64 now_ms)
{
    return cell->deployed_at_ms ? MAX(0, now_ms - cell->deployed_at_ms - credit_ms) : 0;
}
