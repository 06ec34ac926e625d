/* What the engine gets to see: the newest snapshot, the gates' word on it, the plan's checks, and
 * what the deployer said. */
#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/compared.h"
#include "rollout/plan_make.h"
#include "rollout/rollout_conduct.h"
#include "rollout/state.h"

#include <string.h>

enum { CHECK_PACE_MS = 2000, JUDGE_PACE_MS = 1000, PAST_PERIODS = 3 };

static GArray *controls_of(const struct rolling *rolling, const struct cell *seen)
{
    const struct snapshot *snapshot = rolling->base.world->snapshot;
    guint own = (guint)(seen - snapshot->cells);
    g_autoptr(GArray) chosen = compared_now(rolling->rollout, snapshot, own);
    GArray *controls = g_array_new(FALSE, FALSE, sizeof(struct gate_control));
    for (guint i = 0; i < chosen->len; i++) {
        const struct cell *cell = &snapshot->cells[g_array_index(chosen, guint, i)];
        const struct gate_control control = {cell->config->id, &cell->reading};
        g_array_append_val(controls, control);
    }
    return controls;
}

/* A process that begins in a long bake has to read its controls' past too, from before the deploy:
 * without it they tell nothing, and what is everybody's would be taken for the release's. */
static void want_past_of(const struct rolling *rolling, const GArray *controls,
                         gint64 deployed_at_ms)
{
    gint64 since_ms = deployed_at_ms - gates_past_ms(rolling->rollout->plan->period_ms);
    for (guint i = 0; i < controls->len; i++)
        poller_want_since(rolling->base.world->poller,
                          g_array_index(controls, struct gate_control, i).id, since_ms);
}

/* A process that begins in a long bake has the newest rows first. What can't be read is not waited
 * for; periods below a minute are not kept for so long. */
static bool awaits_past(const struct rolling *rolling, struct watch *watch,
                        const struct cell_reading *reading)
{
    gint64 period_ms = rolling->rollout->plan->period_ms;
    if (period_ms < WHEN_MINUTE || reading->metrics_from_ms <= watch->past_wanted_ms + period_ms)
        return false;
    if (!watch->past_awaited_mono_ms)
        watch->past_awaited_mono_ms = when_boot_ms();
    return when_boot_ms() - watch->past_awaited_mono_ms < PAST_PERIODS * period_ms;
}

static void judge_cell(struct rolling *rolling, struct watch *watch,
                       const struct rollout_cell *cell, gint64 now_ms)
{
    const struct plan *plan = rolling->rollout->plan;
    const struct plan_wave *wave = g_ptr_array_index(plan->waves, (guint)cell->wave);
    const struct cell *seen = snapshot_cell(rolling->base.world->snapshot, watch->id);
    watch_forget_gates(watch);
    if (!seen || !watch->config)
        return;
    g_autoptr(GArray) controls = controls_of(rolling, seen);
    want_past_of(rolling, controls, cell->deployed_at_ms);
    const struct gate_view view = {
        .policy = plan_gates(plan, cell->wave),
        /* what its metrics mean now is not what was planned: then they mean nothing */
        .config = plan_has_own_metrics(plan, cell->wave, rolling->base.world->config)
                      ? rolling->base.world->config
                      : NULL,
        .cell = watch->config,
        .dr = cell->plan->dr,
        .low_traffic_pass = wave->low_traffic_pass,
        .period_ms = plan->period_ms,
        .settle_ms = plan->settle_ms,
        .patience_ms = 2 * plan->period_ms,
        .awaits_past = awaits_past(rolling, watch, &seen->reading),
        .deployed_at_ms = cell->deployed_at_ms,
        .bake_ms = rollout_bake_ms(rolling->rollout, cell->wave),
        .now_ms = now_ms,
        .version = plan->version,
        .reading = &seen->reading,
        .controls = (const struct gate_control *)controls->data,
        .n_controls = controls->len,
        .memory = watch->memory,
    };
    gates_judge(&view, watch->gates, &watch->samples);
    watch->judged = true;
}

static void judge(struct rolling *rolling, gint64 mono_ms)
{
    struct snapshot *snapshot = rolling->base.world->snapshot;
    if (FAULT_SWITCH(BLIND_WHILE_PAUSED) && rolling->rollout->paused)
        return;
    if (!snapshot ||
        (snapshot == rolling->judged_on && mono_ms - rolling->judged_mono_ms < JUDGE_PACE_MS))
        return;
    if (rolling->judged_on)
        snapshot_unref(rolling->judged_on);
    rolling->judged_on = snapshot_ref(snapshot);
    rolling->judged_mono_ms = mono_ms;
    for (guint i = 0; i < rolling->watches->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rolling->rollout->cells, i);
        if (cell->deployed_at_ms && (cell->state == CELL_BAKING || cell->state == CELL_PASSED))
            judge_cell(rolling, g_ptr_array_index(rolling->watches, i), cell, when_now_ms());
    }
}

static bool goes_forward(const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++)
        if (((struct rollout_cell *)g_ptr_array_index(rollout->cells, i))->state == CELL_PENDING)
            return true;
    return false;
}

static void check_tag(struct rolling *rolling, const struct release *release, const GError *error)
{
    const struct plan *plan = rolling->rollout->plan;
    bool gone = !release && g_error_matches(error, CD_ERROR, CD_ERROR_REFUSED);
    rolling->tag_moved = gone || (release && strcmp(release->commit, plan->commit) != 0);
    g_free(rolling->tag_now);
    rolling->tag_now = g_strdup(release ? release->commit : NULL);
}

static void check_plan(struct rolling *rolling)
{
    struct world *world = rolling->base.world;
    const struct plan *plan = rolling->rollout->plan;
    g_autoptr(GError) error = NULL;
    OWN(release)
    release = world->releases ? releases_resolve(world->releases, plan->version, &error) : NULL;
    check_tag(rolling, release, error);
    g_autoptr(GPtrArray) operations = history_operations(world->journal, 0, NULL);
    const struct survey survey = {
        .config = world->config,
        .snapshot = world->snapshot,
        .release = release,
        .release_error = error ? error->message : world->releases_error,
        .version = plan->version,
        .operations = operations,
        .skew_ms = world->client ? aws_client_skew_ms(world->client) : 0,
    };
    g_free(rolling->check_failed);
    rolling->check_unread = true;
    rolling->check_failed =
        operations ? plan_check_again(plan, &survey, rolling->base.id, &rolling->check_unread)
                   : g_strdup("the journal can't be read");
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        g_free(watch->busy);
        watch->busy = plan_cell_busy(plan, &survey, rolling->base.id, watch->id);
    }
}

void observe_refresh(struct rolling *rolling)
{
    gint64 mono_ms = when_boot_ms();
    judge(rolling, mono_ms);
    bool due = !rolling->checked_mono_ms || mono_ms - rolling->checked_mono_ms >= CHECK_PACE_MS;
    if (!due || !rolling->base.world->snapshot || !goes_forward(rolling->rollout))
        return;
    rolling->checked_mono_ms = mono_ms;
    check_plan(rolling);
}

const char *observe_new_cell(const struct rolling *rolling)
{
    const struct config *config = rolling->base.world->config;
    const struct rollout *rollout = rolling->rollout;
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        bool excluded;
        if (!rollout_cell(rollout, cell->id) &&
            (waves_of_cell(config, cell, &excluded) > 0 || !excluded) &&
            !g_ptr_array_find_with_equal_func(rollout->new_cells, cell->id, g_str_equal, NULL))
            return cell->id;
    }
    return NULL;
}

static bool is_in_alarm(const struct cell *cell)
{
    const GPtrArray *alarms = cell->reading.alarms;
    for (guint i = 0; alarms && i < alarms->len; i++)
        if (((const struct alarm *)g_ptr_array_index(alarms, i))->state == ALARM_ALARM)
            return true;
    return false;
}

static void see_fleet(struct observed_cell *seen, const struct rolling *rolling,
                      const struct watch *watch, gint64 now_ms)
{
    const struct snapshot *snapshot = rolling->base.world->snapshot;
    const struct cell *cell = snapshot ? snapshot_cell(snapshot, watch->id) : NULL;
    seen->health = cell ? cell->health : HEALTH_UNKNOWN;
    if (!cell)
        return;
    seen->in_alarm = is_in_alarm(cell);
    gint64 fresh_ms = stale_after_ms(rolling->base.world->config->metrics.period_ms);
    if (cell->version && now_ms - cell->version_at_ms <= fresh_ms) {
        seen->seen_version = cell->version;
        seen->seen_at_ms = cell->version_at_ms;
    }
}

/* Its word: how far the call has come and, once it is done, what runs. An answer that failed is
 * none, and two that are lost in a row are no reason to roll back what may well be done. */
static bool has_looked(const struct rolling *rolling, const struct watch *watch)
{
    gint64 patience_ms = 4 * deployer_deadline_ms(rolling->base.world->deployer);
    bool runs_known = watch->running_mono_ms && !watch->running.error;
    bool known = watch->progress_known && (watch->call != CALL_DONE || runs_known);
    return known || when_boot_ms() - watch->since_mono_ms >= patience_ms;
}

static void see_deployer(struct observed_cell *seen, const struct rolling *rolling,
                         const struct watch *watch)
{
    gint64 fresh_ms = 3 * calls_current_pace_ms(rolling->base.world);
    seen->call = watch->call;
    seen->looked = has_looked(rolling, watch);
    seen->call_reference = watch->call_reference;
    seen->call_error = watch->call_error;
    seen->done_reference = watch->call == CALL_DONE ? watch->done_reference : NULL;
    if (watch->running_mono_ms && when_boot_ms() - watch->running_mono_ms <= fresh_ms)
        seen->running = &watch->running;
}

struct observed_cell *observe_cells(const struct rolling *rolling, gint64 now_ms)
{
    struct observed_cell *all = g_new0(struct observed_cell, rolling->watches->len);
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        const struct rollout_cell *cell = g_ptr_array_index(rolling->rollout->cells, i);
        struct observed_cell *seen = &all[i];
        seen->present = watch->config != NULL;
        seen->lock_ours = watch->lock_ours;
        seen->lock_holder = watch->lock_holder;
        seen->evacuating = watch->evacuating;
        seen->busy = watch->busy;
        seen->gates = watch->judged ? watch->gates : NULL;
        seen->samples = watch->judged ? &watch->samples : NULL;
        if (!FAULT_SWITCH(CLOCK_BELIEVED))
            seen->bake_credit_ms =
                clock_watch_credit(&watch->bake_clock, cell->deployed_at_ms, false);
        /* A call that may never have been made is made now, and has its whole time. */
        seen->call_credit_ms =
            clock_watch_credit(&watch->call_clock, cell->intent_at_ms, !cell->called);
        see_fleet(seen, rolling, watch, now_ms);
        see_deployer(seen, rolling, watch);
        if (cell->evacuated && watch_is_calling(watch))
            seen->call = CALL_UNDER_WAY;
    }
    return all;
}
