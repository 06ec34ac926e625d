/* What a person may ask of a rollout, and when: one table of rules, asked by the fold (an event
 * that has no sense changes nothing) and by the commands (which refuse it in words). */
#include "data/base/when.h"
#include "rollout/state.h"

#include <string.h>

static char *refuses_pause(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)cell;
    if (rollout->aborted || rollout->failed)
        return g_strdup("it only goes back now, and a rollback can't be paused");
    return rollout->paused ? g_strdup("it is paused already") : NULL;
}

static char *refuses_resume(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)cell;
    return rollout->paused ? NULL : g_strdup("it is not paused");
}

static char *refuses_abort(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)cell;
    return rollout->aborted ? g_strdup("it is being aborted already") : NULL;
}

static char *refuses_approve(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)cell;
    if (rollout->aborted || rollout->failed)
        return g_strdup("it goes no further, so there is nothing to approve");
    return NULL;
}

static char *refuses_override(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)cell;
    if (rollout->aborted || rollout->failed)
        return g_strdup("it goes no further, and a rollback waits for no window");
    return NULL;
}

static char *refuses_rollback(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)rollout;
    const char *id = cell->plan->id;
    bool going = cell->rollback_wanted || cell->state == CELL_ROLLING_BACK;
    if (going && !cell_is_evacuated(cell))
        return g_strdup_printf("%s is going back already", id);
    if (!cell_in_flight(cell) && cell->state != CELL_PASSED && cell->state != CELL_ACCEPTED)
        return g_strdup_printf("%s is %s: this rollout has nothing there to take back", id,
                               cell_state_name(cell->state));
    if (cell->rollback_attempt >= 2 && cell->state != CELL_ROLLING_BACK)
        return g_strdup_printf("two rollbacks of %s were begun already; bring it back to %s by "
                               "hand",
                               id, cell->plan->from);
    if (!cell->plan->from)
        return g_strdup_printf("no version is verified that %s could go back to; deploy one with a "
                               "rollout of its own",
                               id);
    return NULL;
}

static char *refuses_retry(const struct rollout *rollout, const struct rollout_cell *cell)
{
    if (rollout->aborted || rollout->failed)
        return g_strdup("the rollout goes no further; begin one anew with this version");
    bool evacuated = cell->state == CELL_PENDING && cell_is_evacuated(cell);
    if (cell->state != CELL_ROLLED_BACK && !evacuated)
        return g_strdup_printf("%s is %s; only a cell that was rolled back can be tried again",
                               cell->plan->id, cell_state_name(cell->state));
    return NULL;
}

static char *refuses_skip(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)rollout;
    if (cell->state != CELL_PENDING && cell->state != CELL_ROLLED_BACK)
        return g_strdup_printf("%s is %s; only a cell that this rollout has not changed, or has "
                               "brought back, can be skipped",
                               cell->plan->id, cell_state_name(cell->state));
    return NULL;
}

static bool rollback_is_under_way(const struct rollout_cell *cell)
{
    return cell->state == CELL_ROLLING_BACK && cell->token && !cell_is_handed_over(cell);
}

static char *refuses_accept(const struct rollout *rollout, const struct rollout_cell *cell)
{
    (void)rollout;
    bool holds = cell->held != NULL;
    for (size_t i = 0; i < GATE_COUNT; i++)
        holds = holds || cell->gates[i].verdict == VERDICT_HOLD;
    if (cell->held && cell->state != CELL_PENDING && !rollback_is_under_way(cell))
        return NULL;
    if ((cell->state != CELL_BAKING && cell->state != CELL_DEPLOYING) || cell->rollback_wanted)
        return g_strdup_printf("%s is %s; only a cell that is held can be accepted", cell->plan->id,
                               cell->rollback_wanted ? "going back" : cell_state_name(cell->state));
    if (!holds)
        return g_strdup_printf("%s is not held: it bakes, and its gates will tell", cell->plan->id);
    return NULL;
}

static const struct {
    const char *what;
    bool of_cell;
    char *(*refuses)(const struct rollout *rollout, const struct rollout_cell *cell);
} rules[] = {
    {"pause", false, refuses_pause},       {"resume", false, refuses_resume},
    {"abort", false, refuses_abort},       {"approve", false, refuses_approve},
    {"override", false, refuses_override}, {"rollback", true, refuses_rollback},
    {"retry", true, refuses_retry},        {"skip", true, refuses_skip},
    {"accept", true, refuses_accept},
};

char *rollout_refuses(const struct rollout *rollout, const char *what,
                      const struct rollout_cell *cell)
{
    if (rollout_state_final(rollout->state))
        return g_strdup_printf("%s is over: it is %s", rollout->id,
                               rollout_state_name(rollout->state));
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (strcmp(rules[i].what, what) != 0)
            continue;
        if (rules[i].of_cell && !cell)
            return g_strdup_printf("%s has no such cell", rollout->id);
        return rules[i].refuses(rollout, cell);
    }
    return g_strdup_printf("nobody can %s a rollout", what);
}

char *rollout_refuses_approval(const struct rollout *rollout, size_t wave,
                               const struct person *person)
{
    const struct plan_wave *plan = rollout_wave(rollout, wave);
    const struct person requester = {rollout->requested_by, rollout->requester_arn};
    g_autofree char *login = actor_login(person->actor);
    if (plan->approvals == 0)
        return g_strdup_printf("wave %s wants no approval", plan->name);
    if (wave < rollout->wave || (wave == rollout->wave && rollout->wave_started))
        return g_strdup_printf("wave %s has started already", plan->name);
    if (plan->approver_not_requester && person_is(person, &requester)) {
        g_autofree char *asked = actor_login(requester.actor);
        bool by_arn = strcmp(login, asked) != 0;
        return g_strdup_printf("%s asked for this rollout%s%s, and wave %s wants somebody else's "
                               "approval",
                               login, by_arn ? ", to AWS the same person: " : "",
                               by_arn ? person->arn : "", plan->name);
    }
    if (plan->approver_not_requester && person_is_known(&requester) && !person->arn)
        return g_strdup_printf("whom AWS takes %s for is not known (no answer, or no credentials), "
                               "and %s, who asked for this rollout, is known by ARN: wave %s wants "
                               "somebody who is told from them",
                               login, requester.actor, plan->name);
    return NULL;
}

char *rollout_refuses_override(const struct rollout *rollout, size_t wave, gint64 bake_ms)
{
    const struct plan_wave *plan = rollout_wave(rollout, wave);
    gint64 known_ms = rollout_bake_ms(rollout, wave);
    const struct calendar calendar = plan_calendar(rollout->plan, plan);
    if (!bake_ms && !plan->window && !calendar_ever_frozen(&calendar))
        return g_strdup_printf("wave %s has neither window nor freeze to lift", plan->name);
    if (!bake_ms && wave_is_lifted(rollout, wave))
        return g_strdup_printf("wave %s waits for no window or freeze any more", plan->name);
    if (wave < rollout->wave && wave_ended(rollout, wave))
        return g_strdup_printf("wave %s is over", plan->name);
    if (bake_ms && bake_ms < rollout->plan->period_ms)
        return g_strdup("a bake shorter than a period of metrics shows nothing");
    if (bake_ms && bake_ms >= known_ms) {
        g_autofree char *known = duration_config_text(known_ms);
        return g_strdup_printf("wave %s bakes for %s, and break-glass only shortens", plan->name,
                               known);
    }
    return NULL;
}
