#include "tests/unit/toy.h"

#include "rollout/plan_make.h"

#include <string.h>

static const char *const ids[] = {"cell-0", "cell-2", "cell-3", "cell-1", "cell-1-dr"};

static void add_cell(struct plan_wave *wave, enum toy_id id)
{
    struct plan_cell *cell = g_new0(struct plan_cell, 1);
    cell->id = g_strdup(ids[id]);
    cell->from = g_strdup("5.0.2");
    cell->from_ref = g_strdup_printf("%s@5.0.2", ids[id]);
    cell->dr = id == DR;
    g_ptr_array_add(wave->cells, cell);
}

static struct plan_wave *add_wave(struct plan *plan, const char *name, gint64 bake_ms)
{
    struct plan_wave *wave = plan_wave_new(name);
    wave->bake_ms = bake_ms;
    wave->max_in_flight = 1;
    wave->approval_expires_ms = WHEN_DAY;
    g_ptr_array_add(plan->waves, wave);
    return wave;
}

struct plan *toy_plan(void)
{
    struct plan *plan = plan_new();
    plan->version = g_strdup("5.0.3");
    plan->tag = g_strdup("v5.0.3");
    plan->commit = g_strdup("c0ffee");
    plan->hash = g_strdup("h");
    plan->gates = (struct gates_config){
        .warmup_ms = 3 * WHEN_MINUTE, .min_requests = 300, .deadline_ms = 15 * WHEN_MINUTE};
    plan->period_ms = WHEN_MINUTE;
    plan->settle_ms = 15 * WHEN_SECOND;
    plan->deploy_deadline_ms = 30 * WHEN_MINUTE;
    add_cell(add_wave(plan, "dev", 10 * WHEN_MINUTE), DEV);
    struct plan_wave *mid = add_wave(plan, "mid-size", 30 * WHEN_MINUTE);
    add_cell(mid, MID);
    add_cell(mid, MID2);
    struct plan_wave *big = add_wave(plan, "enterprise", 60 * WHEN_MINUTE);
    big->approvals = 1;
    big->approver_not_requester = true;
    add_cell(big, BIG);
    add_cell(big, DR);
    return plan;
}

static void run_version(struct toy_cell *cell, enum toy_id id, const char *version)
{
    g_strlcpy(cell->version, version, sizeof cell->version);
    if (cell->parts)
        g_snprintf(cell->reference, sizeof cell->reference, "{\"a\":\"%s\",\"w\":\"%s\"}", version,
                   version);
    else
        g_snprintf(cell->reference, sizeof cell->reference, "%s@%s", ids[id], version);
    cell->running = (struct running){.version = cell->version, .reference = cell->reference};
}

struct toy *toy_new(struct plan *plan)
{
    struct toy *toy = g_new0(struct toy, 1);
    OWN(plan) owned = plan ? plan : toy_plan();
    toy->rollout = rollout_new("r1");
    toy->events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    toy->now_ms = 1700000000000;
    toy->step_ms = WHEN_MINUTE;
    for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
        run_version(&toy->cells[id], id, "5.0.2");
        toy->cells[id].health = id == DR ? HEALTH_STANDBY : HEALTH_HEALTHY;
        for (size_t i = 0; i < GATE_COUNT; i++)
            toy->cells[id].verdicts[i] = VERDICT_PASS;
    }
    toy_append(toy, "alice@h", "opened",
               json_pack("{s:s, s:s, s:s, s:[s,s,s,s,s], s:o}", "kind", "rollout", "subject",
                         "5.0.3", "reason", "a test", "cells", ids[DEV], ids[MID], ids[MID2],
                         ids[BIG], ids[DR], "plan", plan_json(owned)));
    return toy;
}

void toy_free(struct toy *toy)
{
    rollout_free(toy->rollout);
    g_ptr_array_unref(toy->events);
    g_free(toy);
}

static struct event *event_make(struct toy *toy, const char *actor, const char *type, json_t *data)
{
    struct event *event = g_new0(struct event, 1);
    event->stream = g_strdup("r1");
    event->seq = toy->rollout->seq + 1;
    event->id = g_strdup_printf("e%d", (int)event->seq);
    event->at_ms = toy->now_ms;
    event->actor = g_strdup(actor);
    event->type = g_strdup(type);
    event->data = data;
    event->prev_hash = g_strdup(toy->rollout->head ? toy->rollout->head : "0");
    event->hash = g_strdup_printf("hash%d", (int)event->seq);
    return event;
}

bool toy_append(struct toy *toy, const char *actor, const char *type, json_t *data)
{
    struct event *event = event_make(toy, actor, type, data);
    g_autoptr(GError) error = NULL;
    if (!rollout_apply(toy->rollout, event, &error)) {
        g_printerr("%s\n", error->message);
        event_free(event);
        return false;
    }
    g_ptr_array_add(toy->events, event);
    return true;
}

void toy_fail_gate(struct toy *toy, enum toy_id cell)
{
    toy->cells[cell].verdicts[GATE_LIMITS] = VERDICT_FAIL;
}

void toy_approve(struct toy *toy, const char *actor, const char *wave)
{
    toy_append(toy, actor, "approve",
               json_pack("{s:s, s:s, s:s}", "wave", wave, "version", "5.0.3", "plan_hash", "h"));
}

static void hear(struct toy *toy, const char *type, const char *id)
{
    for (enum toy_id i = DEV; i < TOY_CELLS; i++) {
        struct toy_cell *cell = &toy->cells[i];
        if (g_strcmp0(ids[i], id) != 0)
            continue;
        bool back = strcmp(type, "rollback.intent") == 0;
        if (!back && strcmp(type, "deploy.intent") != 0)
            return;
        cell->deploys += !back;
        cell->rollbacks += back;
        cell->call = (back ? cell->rollbacks_fail : cell->deploys_fail) ? CALL_FAILED : CALL_TAKEN;
    }
}

void toy_work(struct toy *toy)
{
    for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
        struct toy_cell *cell = &toy->cells[id];
        const struct rollout_cell *known = toy_cell(toy, id);
        if (cell->call != CALL_TAKEN || cell->stays_away || !known->called)
            continue;
        cell->call = CALL_DONE;
        run_version(cell, id, known->state == CELL_ROLLING_BACK ? "5.0.2" : "5.0.3");
    }
}

struct look {
    struct gate_result gates[TOY_CELLS][GATE_COUNT];
    struct bake_samples samples[TOY_CELLS];
    struct observed_cell cells[TOY_CELLS];
    struct observation seen;
    char reason[64]; /* of every gate: a figure that ages */
};

/* As many as have ended since its deploy. */
static gint64 samples_of(const struct toy *toy, enum toy_id id)
{
    gint64 deployed_at_ms = toy_cell(toy, id)->deployed_at_ms;
    return deployed_at_ms ? (toy->now_ms - deployed_at_ms) / toy->rollout->plan->period_ms : 0;
}

static void look(struct toy *toy, struct look *look)
{
    *look = (struct look){0};
    g_snprintf(look->reason, sizeof look->reason, "as the test says at %" G_GINT64_FORMAT " s",
               toy->now_ms / WHEN_SECOND);
    look->seen = (struct observation){.now_ms = toy->now_ms,
                                      .tag_moved = toy->tag_moved,
                                      .check_failed = toy->check_failed,
                                      .cells = look->cells};
    const char *new_cell = toy->new_cell;
    if (new_cell &&
        !g_ptr_array_find_with_equal_func(toy->rollout->new_cells, new_cell, g_str_equal, NULL))
        look->seen.new_cell = new_cell;
    for (enum toy_id id = DEV; id < TOY_CELLS; id++) {
        struct toy_cell *cell = &toy->cells[id];
        for (size_t i = 0; i < GATE_COUNT; i++)
            look->gates[id][i] =
                (struct gate_result){cell->verdicts[i], "toy", look->reason, toy->evidence};
        look->samples[id] = (struct bake_samples){.periods_due = 10,
                                                  .periods_read = samples_of(toy, id),
                                                  .enough = !cell->sparse,
                                                  .settled = !cell->unsettled};
        look->cells[id] = (struct observed_cell){
            .present = !cell->gone,
            .lock_ours = !cell->locked_by,
            .lock_holder = cell->locked_by,
            .busy = cell->busy,
            .evacuating = cell->evacuating,
            .call = cell->call,
            .call_reference = "call",
            .call_error = "as the test says",
            .looked = !cell->unlooked,
            .done_reference = cell->done_as,
            .running = cell->unread ? NULL : &cell->running,
            .bake_credit_ms = toy->credit_ms,
            .call_credit_ms = toy->credit_ms,
            .seen_version = cell->shows ? cell->shows : cell->version,
            .seen_at_ms = cell->shown_ms ? cell->shown_ms : toy->now_ms,
            .health = cell->health,
            .in_alarm = cell->alarm,
            .gates = look->gates[id],
            .samples = &look->samples[id],
        };
    }
}

bool toy_step(struct toy *toy)
{
    struct look now;
    look(toy, &now);
    struct decision decision = engine_decide(toy->rollout, &now.seen);
    if (!decision.type)
        return false;
    const char *id = json_string_value(json_object_get(decision.data, "cell"));
    if (!toy_append(toy, "conductor", decision.type, decision.data))
        g_error("the fold refuses what the engine decided: %s", decision.type);
    hear(toy, decision.type, id);
    return true;
}

static void settle(struct toy *toy)
{
    for (int i = 0; toy_step(toy); i++)
        if (i > 1000)
            g_error("the engine never comes to rest");
}

void toy_run(struct toy *toy, int minutes)
{
    for (int i = 0; i < minutes && !rollout_state_final(toy->rollout->state); i++) {
        settle(toy);
        toy_work(toy);
        toy->now_ms += toy->step_ms;
    }
    settle(toy);
}

void toy_run_until(struct toy *toy, enum toy_id cell, enum cell_state state)
{
    for (int i = 0; i < 500 && toy_cell(toy, cell)->state != state; i++)
        toy_run(toy, 1);
}

void toy_crash(struct toy *toy)
{
    struct rollout *again = rollout_new("r1");
    for (guint i = 0; i < toy->events->len; i++)
        if (!rollout_apply(again, g_ptr_array_index(toy->events, i), NULL))
            g_error("what was folded once can't be folded again");
    rollout_free(toy->rollout);
    toy->rollout = again;
}

struct rollout_cell *toy_cell(const struct toy *toy, enum toy_id cell)
{
    return rollout_cell(toy->rollout, ids[cell]);
}

void toy_record(const struct toy *toy, struct journal *journal, guint from, guint to)
{
    for (guint i = from; i <= to; i++) {
        const struct event *event = g_ptr_array_index(toy->events, i - 1);
        g_autofree char *id = journal_new_id();
        g_assert_true(journal_append(journal, "r1", event->seq, id, event->at_ms, event->actor,
                                     event->type, event->data, NULL, NULL));
    }
}

size_t toy_count(const struct toy *toy, const char *type, const char *cell)
{
    size_t n = 0;
    for (guint i = 0; i < toy->events->len; i++) {
        const struct event *event = g_ptr_array_index(toy->events, i);
        const char *id = json_string_value(json_object_get(event->data, "cell"));
        n += strcmp(event->type, type) == 0 && (!cell || g_strcmp0(id, cell) == 0);
    }
    return n;
}

const struct event *toy_last(const struct toy *toy, const char *type, const char *cell)
{
    for (guint i = toy->events->len; i-- > 0;) {
        const struct event *event = g_ptr_array_index(toy->events, i);
        const char *id = json_string_value(json_object_get(event->data, "cell"));
        if (strcmp(event->type, type) == 0 && g_strcmp0(id, cell) == 0)
            return event;
    }
    return NULL;
}

char *toy_may_go_forward(struct toy *toy, enum toy_id cell)
{
    struct look now;
    look(toy, &now);
    return engine_may_go_forward(toy->rollout, toy_cell(toy, cell), &now.seen);
}
