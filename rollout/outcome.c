#include "rollout/outcome.h"

#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/state.h"

#include <string.h>

json_t *decision_moment(gint64 at_ms)
{
    g_autofree char *text = when_rfc3339(at_ms);
    return json_string(text);
}

struct decision decision_about(struct rollout_cell *cell, const char *type, json_t *data)
{
    json_object_set_new(data, "cell", json_string(cell->plan->id));
    return (struct decision){.type = type, .data = data, .cell = cell};
}

static struct decision failed(struct rollout_cell *cell, char *error)
{
    struct decision decision =
        decision_about(cell, "deploy.failed", json_pack("{s:o}", "error", text_json(error)));
    g_free(error);
    return decision;
}

bool call_is_late(const struct rollout_cell *cell, const struct observation *seen,
                  const struct observed_cell *there)
{
    return !FAULT_SWITCH(DEADLINE_FORGOTTEN) &&
           seen->now_ms - there->call_credit_ms >= cell->deadline_ms;
}

static bool seen_since_intent(const struct rollout_cell *cell, const struct observed_cell *there)
{
    return there->seen_at_ms - there->call_credit_ms >= cell->intent_at_ms;
}

/* The deployer calls it done, and says that what it brought is what runs, in all its parts. A
 * driver that can't tell a version leaves that to /healthcheck. */
static bool deploy_is_complete(const struct rollout *rollout, const struct rollout_cell *cell,
                               const struct observed_cell *there)
{
    const struct running *running = there->running;
    if (there->call != CALL_DONE || !running || running->error)
        return false;
    if (there->done_reference && g_strcmp0(running->reference, there->done_reference) != 0)
        return false;
    if (running->version)
        return same_version(running->version, rollout->plan->version);
    return same_version(there->seen_version, rollout->plan->version) &&
           seen_since_intent(cell, there);
}

/* Nobody may have looked for hours; what came about meanwhile is read before it is called late. */
static bool deadline_is_past(const struct rollout_cell *cell, const struct observation *seen,
                             const struct observed_cell *there)
{
    return call_is_late(cell, seen, there) && there->looked;
}

static struct decision deploy_outcome(const struct rollout *rollout, struct rollout_cell *cell,
                                      const struct observation *seen,
                                      const struct observed_cell *there)
{
    if (!cell->called && (there->call == CALL_TAKEN || there->call == CALL_DONE))
        return decision_about(cell, "deploy.called",
                              json_pack("{s:o}", "reference", text_json(there->call_reference)));
    if (cell->cause || rollback_due(rollout, cell))
        return NOTHING;
    bool out = cell_is_out(cell, there->evacuating); /* then no failure is the release's */
    if (there->call == CALL_FAILED && !out)
        return failed(cell, g_strdup(there->call_error ? there->call_error : "it failed"));
    if (deploy_is_complete(rollout, cell, there))
        return decision_about(
            cell, "deploy.seen",
            json_pack("{s:o, s:s, s:o, s:o}", "deployed_at", decision_moment(seen->now_ms),
                      "version", rollout->plan->version, "reference",
                      text_json(there->running->reference), "bake_ends",
                      decision_moment(seen->now_ms + rollout_bake_ms(rollout, cell->wave))));
    if (deadline_is_past(cell, seen, there) && !out)
        return failed(cell, g_strdup_printf("%s was not seen running by the deadline",
                                            rollout->plan->version));
    return NOTHING;
}

/* Back is back when the deployer says that what runs is exactly what was recorded, the cell itself
 * names that version, and it is well; where its metrics can't be read, the deadline decides. */
static bool rollback_is_complete(const struct rollout_cell *cell, const struct observation *seen,
                                 const struct observed_cell *there)
{
    const struct plan_cell *plan = cell->plan;
    if (there->call != CALL_DONE || !runs_exactly(there->running, plan->from, plan->from_ref) ||
        !same_version(there->seen_version, plan->from) || !seen_since_intent(cell, there))
        return false;
    switch (there->health) {
    case HEALTH_UNHEALTHY:
        return false;
    case HEALTH_UNKNOWN:
    case HEALTH_STALE:
        return call_is_late(cell, seen, there);
    default:
        return true;
    }
}

static char *what_is_missing(const struct rollout_cell *cell, const struct observed_cell *there)
{
    const struct plan_cell *plan = cell->plan;
    if (there->call != CALL_DONE)
        return g_strdup("the deployer did not finish by the deadline");
    if (!runs_exactly(there->running, plan->from, plan->from_ref))
        return g_strdup_printf("the deployer does not say that %s (%s) runs", plan->from,
                               plan->from_ref ? plan->from_ref : "no reference");
    if (!same_version(there->seen_version, plan->from))
        return g_strdup_printf("/healthcheck does not name %s", plan->from);
    return g_strdup_printf("it runs %s again and is still unhealthy", plan->from);
}

static struct decision rollback_outcome(const struct rollout *rollout, struct rollout_cell *cell,
                                        const struct observation *seen,
                                        const struct observed_cell *there)
{
    (void)rollout;
    if (!cell->token)
        return NOTHING;
    if (!cell->called && (there->call == CALL_TAKEN || there->call == CALL_DONE))
        return decision_about(cell, "rollback.called",
                              json_pack("{s:o}", "reference", text_json(there->call_reference)));
    if (cell->called && rollback_is_complete(cell, seen, there))
        return decision_about(cell, "rollback.done",
                              json_pack("{s:s, s:o, s:s}", "version", cell->plan->from, "reference",
                                        text_json(there->running->reference), "health",
                                        health_name(there->health)));
    bool over = there->call == CALL_FAILED || deadline_is_past(cell, seen, there);
    if (!over || cell_is_out(cell, there->evacuating))
        return NOTHING;
    g_autofree char *error = there->call == CALL_FAILED
                                 ? g_strdup(there->call_error ? there->call_error : "it failed")
                                 : what_is_missing(cell, there);
    return decision_about(
        cell, "rollback.failed",
        json_pack("{s:i, s:o}", "attempt", cell->rollback_attempt, "error", text_json(error)));
}

/* A deployer that went back by itself (an ECS circuit breaker), with all of the cell or with a part
 * of it: a FAIL, never deployed again. The rollback brings the rest back. */
static struct decision went_back_by_itself(const struct rollout *rollout, struct rollout_cell *cell,
                                           const struct observed_cell *there)
{
    const struct plan_cell *plan = cell->plan;
    (void)rollout;
    if (cell->cause || cell_is_evacuated(cell) ||
        !went_back(there->running, plan->from_ref, cell->running_reference))
        return NOTHING;
    bool whole = strcmp(there->running->reference, plan->from_ref) == 0;
    return failed(cell, g_strdup_printf("%s runs %s (%s) again, which this rollout did not do",
                                        whole ? "the cell" : "a part of the cell", plan->from,
                                        there->running->reference));
}

struct decision outcome_decide(const struct rollout *rollout, struct rollout_cell *cell,
                               const struct observation *seen, const struct observed_cell *there)
{
    switch (cell->state) {
    case CELL_DEPLOYING:
        return deploy_outcome(rollout, cell, seen, there);
    case CELL_BAKING:
        return went_back_by_itself(rollout, cell, there);
    case CELL_ROLLING_BACK:
        return rollback_outcome(rollout, cell, seen, there);
    default:
        return NOTHING;
    }
}
