#include "rollout/forward.h"

#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "rollout/state.h"

#include <string.h>

const struct observed_cell *observed(const struct rollout *rollout, const struct observation *seen,
                                     const struct rollout_cell *cell)
{
    guint i = 0;
    g_ptr_array_find(rollout->cells, cell, &i);
    return &seen->cells[i];
}

const char *or_nothing(const char *text)
{
    return text ? text : "nothing known";
}

/* One question before a forward step. A rule looks at the whole rollout as well as at its cell. */
struct step {
    const struct rollout *rollout;
    const struct rollout_cell *cell;
    const struct observation *seen;
    const struct observed_cell *there;
};
typedef enum forward (*rule_fn)(const struct step *step, char **why);

static enum forward it_is_pending(const struct step *step, char **why)
{
    if (step->cell->state == CELL_PENDING)
        return FORWARD_GO;
    *why = g_strdup_printf("%s is %s", step->cell->plan->id, cell_state_name(step->cell->state));
    return FORWARD_WAIT;
}

static enum forward nobody_stopped_it(const struct step *step, char **why)
{
    const struct rollout *rollout = step->rollout;
    if (rollout_state_final(rollout->state))
        *why = g_strdup_printf("the rollout is %s", rollout_state_name(rollout->state));
    else if (rollout->aborted && !FAULT_SWITCH(ABORT_OVERTAKEN))
        *why = g_strdup("the rollout was aborted");
    else if (rollout->failed)
        *why = g_strdup("the rollout failed");
    else if (rollout->paused)
        *why = g_strdup("the rollout is paused");
    return *why ? FORWARD_WAIT : FORWARD_GO;
}

static enum forward its_wave_is_open(const struct step *step, char **why)
{
    const struct rollout *rollout = step->rollout;
    bool open = rollout->wave_started && step->cell->wave <= rollout->wave;
    for (size_t wave = 0; open && wave < step->cell->wave; wave++)
        open = wave_ended(rollout, wave);
    if (open)
        return FORWARD_GO;
    *why = g_strdup_printf("the waves before %s have not ended, or it was not started",
                           rollout_wave(rollout, step->cell->wave)->name);
    return FORWARD_WAIT;
}

/* Who stands before a dr cell, its primary or another dr cell of that, and is not through; NULL:
 * nobody. */
static const struct rollout_cell *in_flight_before(const struct step *step)
{
    guint i = 0;
    g_ptr_array_find(step->rollout->cells, step->cell, &i);
    for (bool dr = step->cell->plan->dr; dr && i-- > 0;) {
        const struct rollout_cell *before = cell_at(step->rollout, i);
        if (cell_in_flight(before))
            return before;
        dr = before->plan->dr;
    }
    return NULL;
}

/* A dr cell waits until its primary is through: never both at once. */
static enum forward there_is_room(const struct step *step, char **why)
{
    const struct rollout *rollout = step->rollout;
    const struct plan_wave *wave = rollout_wave(rollout, step->cell->wave);
    if (wave_in_flight(rollout, step->cell->wave) >= (size_t)wave->max_in_flight &&
        !FAULT_SWITCH(LIMIT_IGNORED)) {
        *why = g_strdup_printf("wave %s has %d in flight, which is its limit", wave->name,
                               wave->max_in_flight);
        return FORWARD_WAIT;
    }
    const struct rollout_cell *before = in_flight_before(step);
    if (!before)
        return FORWARD_GO;
    *why = g_strdup_printf("%s comes after %s", step->cell->plan->id, before->plan->id);
    return FORWARD_WAIT;
}

static enum forward it_is_its_time(const struct step *step, char **why)
{
    *why = wave_closed(step->rollout, step->cell->wave, step->seen->now_ms);
    return *why ? FORWARD_WAIT : FORWARD_GO;
}

static enum forward the_tag_has_not_moved(const struct step *step, char **why)
{
    if (!step->seen->tag_moved)
        return FORWARD_GO;
    const struct plan *plan = step->rollout->plan;
    *why =
        g_strdup_printf("tag %s moved: the plan has commit %.12s, it points to %.12s now; abort, "
                        "and plan the release anew",
                        plan->tag, plan->commit, or_nothing(step->seen->tag_now));
    return FORWARD_HOLD;
}

static enum forward the_plan_still_holds(const struct step *step, char **why)
{
    if (!step->seen->check_failed)
        return FORWARD_GO;
    *why = g_strdup(step->seen->check_failed);
    return step->seen->check_unread ? FORWARD_UNREAD : FORWARD_HOLD;
}

static enum forward passed_cell_still_well(const struct step *step,
                                           const struct rollout_cell *passed, char **why)
{
    const char *id = passed->plan->id, *version = step->rollout->plan->version;
    const struct observed_cell *there = observed(step->rollout, step->seen, passed);
    if (!there->present)
        return FORWARD_GO; /* vanished after it passed: said in its row, nothing to go by */
    if (!there->running || there->running->error) {
        *why = g_strdup_printf("what %s runs could not be read yet", id);
        return FORWARD_UNREAD;
    }
    if (!runs_exactly(there->running, version, passed->running_reference))
        *why = g_strdup_printf("%s passed with %s (%s) and runs %s (%s) now", id, version,
                               or_nothing(passed->running_reference),
                               or_nothing(there->running->version),
                               or_nothing(there->running->reference));
    else if (there->gates && gates_sum(there->gates) == VERDICT_FAIL)
        *why = g_strdup_printf("%s passed with %s and fails its gates now", id, version);
    else if (there->health == HEALTH_UNHEALTHY || there->in_alarm)
        *why = g_strdup_printf("%s passed with %s and is %s now", id, version,
                               there->in_alarm ? "in ALARM" : "unhealthy");
    return *why ? FORWARD_HOLD : FORWARD_GO;
}

static enum forward passed_cells_still_run_it(const struct step *step, char **why)
{
    enum forward worst = FORWARD_GO;
    for (guint i = 0; i < step->rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(step->rollout, i);
        g_autofree char *reason = NULL;
        if (cell->state != CELL_PASSED)
            continue;
        enum forward answer = passed_cell_still_well(step, cell, &reason);
        if (answer <= worst)
            continue;
        worst = answer;
        g_free(*why);
        *why = g_steal_pointer(&reason);
    }
    return worst;
}

static enum forward nobody_evacuates_it(const struct step *step, char **why)
{
    if (!cell_is_out(step->cell, step->there->evacuating))
        return FORWARD_GO;
    *why = g_strdup_printf("%s is evacuated by %s", step->cell->plan->id, step->cell->evacuated);
    return FORWARD_HOLD;
}

static enum forward nobody_else_has_it(const struct step *step, char **why)
{
    if (step->there->lock_ours || !step->there->lock_holder || FAULT_SWITCH(LOCK_IGNORED))
        return FORWARD_GO;
    *why = g_strdup_printf("%s is locked by %s", step->cell->plan->id, step->there->lock_holder);
    return FORWARD_TAKEN;
}

/* Before it has the lock, and where its conductor is dead, it is known by its list. */
static enum forward no_operation_is_about_it(const struct step *step, char **why)
{
    if (!step->there->busy || FAULT_SWITCH(LOCK_IGNORED))
        return FORWARD_GO;
    *why = g_strdup(step->there->busy);
    return FORWARD_TAKEN;
}

static enum forward it_runs_what_was_planned(const struct step *step, char **why)
{
    const struct plan_cell *plan = step->cell->plan;
    const struct running *running = step->there->running;
    if (!running || running->error) {
        *why = g_strdup_printf("what %s runs could not be read yet", plan->id);
        return FORWARD_UNREAD;
    }
    if (runs_exactly(running, plan->from, plan->from_ref) ||
        same_version(running->version, step->rollout->plan->version))
        return FORWARD_GO;
    *why = g_strdup_printf("%s was changed by somebody else: the plan has %s (%s), it runs %s (%s)",
                           plan->id, or_nothing(plan->from), or_nothing(plan->from_ref),
                           or_nothing(running->version), or_nothing(running->reference));
    return FORWARD_HOLD;
}

static enum forward there_is_a_way_back(const struct step *step, char **why)
{
    if (step->cell->plan->from)
        return FORWARD_GO;
    *why = g_strdup_printf("no version is verified that %s could go back to; skip it, or deploy "
                           "and verify one first",
                           step->cell->plan->id);
    return FORWARD_HOLD;
}

static enum forward it_is_well(const struct step *step, char **why)
{
    const char *id = step->cell->plan->id;
    if (step->cell->plan->fixes)
        return FORWARD_GO;
    switch (step->there->health) {
    case HEALTH_UNKNOWN:
    case HEALTH_STALE:
        *why = g_strdup_printf("the health of %s is not known: %s", id,
                               health_name(step->there->health));
        return FORWARD_UNREAD;
    case HEALTH_UNHEALTHY:
        *why = g_strdup_printf("%s is unhealthy already", id);
        return FORWARD_HOLD;
    default:
        break;
    }
    if (!step->there->in_alarm)
        return FORWARD_GO;
    *why = g_strdup_printf("%s is in ALARM already", id);
    return FORWARD_HOLD;
}

static const rule_fn before_deploy[] = {
    it_is_pending,        nobody_stopped_it,
    its_wave_is_open,     there_is_room,
    it_is_its_time,       the_tag_has_not_moved,
    the_plan_still_holds, passed_cells_still_run_it,
    nobody_evacuates_it,  no_operation_is_about_it,
    nobody_else_has_it,   it_runs_what_was_planned,
    there_is_a_way_back,  it_is_well,
};

static enum forward it_bakes(const struct step *step, char **why)
{
    if (step->cell->state == CELL_BAKING)
        return FORWARD_GO;
    *why = g_strdup_printf("%s is %s", step->cell->plan->id, cell_state_name(step->cell->state));
    return FORWARD_WAIT;
}

/* While failing, what is in flight still comes to its end, a pass among them. */
static enum forward it_need_not_go_back(const struct step *step, char **why)
{
    bool aborted = step->rollout->aborted && !FAULT_SWITCH(ABORT_OVERTAKEN);
    if (rollback_due(step->rollout, step->cell) || aborted)
        *why = g_strdup_printf("%s goes back", step->cell->plan->id);
    else if (step->rollout->paused && !step->rollout->failed)
        *why = g_strdup("the rollout is paused");
    return *why ? FORWARD_WAIT : FORWARD_GO;
}

static enum forward nothing_failed(const struct step *step, char **why)
{
    if (!cell_is_stuck(step->cell))
        return FORWARD_GO;
    *why = g_strdup(step->cell->cause);
    return FORWARD_HOLD;
}

static enum forward the_bake_is_over(const struct step *step, char **why)
{
    gint64 bake_ms = rollout_bake_ms(step->rollout, step->cell->wave);
    gint64 elapsed_ms =
        bake_elapsed_ms(step->cell, step->there->bake_credit_ms, step->seen->now_ms);
    if (elapsed_ms >= bake_ms)
        return FORWARD_GO;
    g_autofree char *left = duration_short(bake_ms - elapsed_ms);
    *why = g_strdup_printf("%s bakes for another %s", step->cell->plan->id, left);
    return FORWARD_WAIT;
}

static enum forward there_are_enough_samples(const struct step *step, char **why)
{
    const struct bake_samples *samples = step->there->samples;
    if (samples && samples->enough && samples->settled)
        return FORWARD_GO;
    *why = g_strdup_printf(samples && samples->enough ? "the last period of %s has not settled yet"
                                                      : "%s has too few datapoints yet",
                           step->cell->plan->id);
    return FORWARD_WAIT;
}

static enum forward every_gate_passes_now(const struct step *step, char **why)
{
    if (!step->there->gates) {
        *why = g_strdup_printf("the gates of %s were not asked yet", step->cell->plan->id);
        return FORWARD_WAIT;
    }
    for (size_t i = 0; i < GATE_COUNT; i++) {
        const struct gate_result *gate = &step->there->gates[i];
        if (gate->verdict == VERDICT_PASS)
            continue;
        *why = g_strdup_printf("gate %s of %s says %s: %s", gate_name(i), step->cell->plan->id,
                               verdict_name(gate->verdict), gate->reason ? gate->reason : "");
        return FORWARD_WAIT;
    }
    return FORWARD_GO;
}

static enum forward the_new_version_is_still_seen(const struct step *step, char **why)
{
    const struct observed_cell *there = step->there;
    if (!same_version(there->seen_version, step->rollout->plan->version))
        *why = g_strdup_printf("%s does not show %s at its /healthcheck", step->cell->plan->id,
                               step->rollout->plan->version);
    else if (!runs_exactly(there->running, step->rollout->plan->version,
                           step->cell->running_reference))
        *why = g_strdup_printf("the deployer does not confirm that %s runs %s",
                               step->cell->plan->id, step->rollout->plan->version);
    return *why ? FORWARD_WAIT : FORWARD_GO;
}

static const rule_fn before_pass[] = {
    it_bakes,
    it_need_not_go_back,
    nobody_evacuates_it,
    nothing_failed,
    the_bake_is_over,
    there_are_enough_samples,
    every_gate_passes_now,
    the_new_version_is_still_seen,
};

static enum forward ask(const rule_fn *rules, size_t n, const struct rollout *rollout,
                        const struct rollout_cell *cell, const struct observation *seen, char **why)
{
    const struct step step = {rollout, cell, seen, observed(rollout, seen, cell)};
    *why = NULL;
    for (size_t i = 0; i < n; i++) {
        enum forward answer = rules[i](&step, why);
        if (answer != FORWARD_GO)
            return answer;
    }
    return FORWARD_GO;
}

enum forward forward_deploy(const struct rollout *rollout, const struct rollout_cell *cell,
                            const struct observation *seen, char **why)
{
    return ask(before_deploy, G_N_ELEMENTS(before_deploy), rollout, cell, seen, why);
}

enum forward forward_pass(const struct rollout *rollout, const struct rollout_cell *cell,
                          const struct observation *seen, char **why)
{
    return ask(before_pass, G_N_ELEMENTS(before_pass), rollout, cell, seen, why);
}

char *engine_may_go_forward(const struct rollout *rollout, const struct rollout_cell *cell,
                            const struct observation *seen)
{
    char *why = NULL;
    if (cell->held)
        return g_strdup_printf("%s is held: %s", cell->plan->id, cell->held);
    if (cell->state == CELL_PENDING)
        forward_deploy(rollout, cell, seen, &why);
    else
        forward_pass(rollout, cell, seen, &why);
    return why;
}
