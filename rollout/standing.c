/* How a rollout as a whole stands: its state, and for what it waits or why it is held. */
#include "rollout/forward.h"
#include "rollout/state.h"

static bool somebody_else_has_it(guint cell, gconstpointer data)
{
    const struct observed_cell *there = &((const struct observation *)data)->cells[cell];
    return there->busy || (there->lock_holder && !there->lock_ours);
}

/* A dr cell stands after its primary, and never goes before it. */
struct rollout_cell *rollout_first_free(const struct rollout *rollout, cell_taken_fn taken,
                                        gconstpointer data)
{
    struct rollout_cell *first = NULL;
    bool primary_waits = false;
    for (guint i = 0; i < rollout->cells->len; i++) {
        struct rollout_cell *cell = cell_at(rollout, i);
        if (first && cell->wave != first->wave)
            return first;
        bool pending = cell->state == CELL_PENDING;
        if (!cell->plan->dr)
            primary_waits = pending && taken(i, data);
        if (!pending)
            continue;
        if (!primary_waits && !taken(i, data))
            return cell;
        first = first ? first : cell;
    }
    return first;
}

struct rollout_cell *rollout_next_cell(const struct rollout *rollout,
                                       const struct observation *seen)
{
    return rollout_first_free(rollout, somebody_else_has_it, seen);
}

static const struct rollout_cell *any_in_flight(const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(rollout, i);
        if (cell_in_flight(cell) || rollback_due(rollout, cell))
            return cell;
    }
    return NULL;
}

/* Among what is not over, something that no human is needed for. */
static bool any_moves_by_itself(const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(rollout, i);
        if (!cell->held && (cell_in_flight(cell) || rollback_due(rollout, cell)))
            return true;
    }
    return false;
}

static const struct rollout_cell *first_in(const struct rollout *rollout, enum cell_state state)
{
    for (guint i = 0; i < rollout->cells->len; i++)
        if (cell_at(rollout, i)->state == state)
            return cell_at(rollout, i);
    return NULL;
}

static char *failure_reason(const struct rollout *rollout)
{
    const struct rollout_cell *broken = first_in(rollout, CELL_ROLLBACK_FAILED);
    if (broken)
        return g_strdup_printf("ROLLBACK FAILED on %s, twice: bring it back to %s by hand (%s)",
                               broken->plan->id, broken->plan->from,
                               broken->cause ? broken->cause : "");
    for (guint i = 0; i < rollout->cells->len; i++)
        if (cell_at(rollout, i)->failed)
            return g_strdup_printf("%s failed: %s", cell_at(rollout, i)->plan->id,
                                   cell_at(rollout, i)->cause);
    return g_strdup("a cell failed");
}

char *held_cell_words(const struct rollout_cell *cell, const char *held)
{
    return g_strdup_printf("%s: %s", cell->plan->id, held);
}

static char *held_reason(const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(rollout, i);
        if (cell->held)
            return held_cell_words(cell, cell->held);
        if (cell->state == CELL_ROLLED_BACK && !cell->failed)
            return g_strdup_printf("%s was rolled back (%s): retry or skip it", cell->plan->id,
                                   cell->cause);
    }
    return NULL;
}

/* No way forward any more: going back, or over. */
static struct standing standing_back(const struct rollout *rollout)
{
    bool moving = any_in_flight(rollout) != NULL;
    if (moving && !any_moves_by_itself(rollout))
        return (struct standing){ROLLOUT_HELD, held_reason(rollout), NULL};
    if (rollout->failed)
        return (struct standing){moving ? ROLLOUT_FAILING : ROLLOUT_FAILED, failure_reason(rollout),
                                 NULL};
    return moving ? (struct standing){ROLLOUT_RUNNING, g_strdup("aborted: going back"), NULL}
                  : (struct standing){ROLLOUT_ABORTED, g_strdup("aborted"), NULL};
}

static char *missing_approval(const struct rollout *rollout, size_t wave, gint64 now_ms)
{
    const struct plan_wave *plan = rollout_wave(rollout, wave);
    int missing = plan->approvals - wave_approvals(rollout, wave, now_ms);
    if (missing <= 0)
        return NULL;
    return g_strdup_printf("wave %s waits for %d approval%s%s%s", plan->name, missing,
                           missing == 1 ? "" : "s",
                           plan->approver_not_requester ? " by somebody other than " : "",
                           plan->approver_not_requester ? rollout->requested_by : "");
}

/* What has to come before anything more begins in this wave. */
static char *missing_clearance(const struct rollout *rollout, size_t wave, gint64 now_ms)
{
    char *missing = missing_approval(rollout, wave, now_ms);
    return missing ? missing : wave_closed(rollout, wave, now_ms);
}

/* What has not been read is waited for as long as gates may be late, and then a human is called;
 * once held it stays so until it is read, so that nobody is called every few minutes. */
static bool unread_too_long(const struct rollout *rollout, size_t wave, gint64 now_ms)
{
    return rollout->state == ROLLOUT_HELD ||
           now_ms - rollout->last_ms >= plan_gates(rollout->plan, wave)->deadline_ms;
}

static struct standing standing_forward(const struct rollout *rollout,
                                        const struct observation *seen)
{
    bool ended = waves_ended(rollout);
    size_t next = rollout->wave + (ended ? 1 : 0);
    if (next == rollout->plan->waves->len)
        return (struct standing){ROLLOUT_COMPLETED, NULL, NULL};
    if (!rollout->wave_started || ended) {
        char *missing = missing_clearance(rollout, next, seen->now_ms);
        return (struct standing){missing ? ROLLOUT_WAITING : ROLLOUT_RUNNING, missing, NULL};
    }
    const struct rollout_cell *cell = rollout_next_cell(rollout, seen);
    char *closed =
        cell && !any_in_flight(rollout) ? wave_closed(rollout, cell->wave, seen->now_ms) : NULL;
    if (closed)
        return (struct standing){ROLLOUT_WAITING, closed, NULL};
    g_autofree char *why = NULL;
    enum forward answer = cell ? forward_deploy(rollout, cell, seen, &why) : FORWARD_WAIT;
    bool taken = answer == FORWARD_TAKEN;
    if (taken || answer == FORWARD_HOLD ||
        (answer == FORWARD_UNREAD && unread_too_long(rollout, cell->wave, seen->now_ms)))
        return (struct standing){ROLLOUT_HELD, g_steal_pointer(&why), taken ? HELD_TAKEN : NULL};
    return (struct standing){ROLLOUT_RUNNING, NULL, NULL};
}

struct standing rollout_standing(const struct rollout *rollout, const struct observation *seen)
{
    if (rollout->failed || rollout->aborted)
        return standing_back(rollout);
    if (rollout->paused)
        return (struct standing){ROLLOUT_PAUSED, g_strdup("paused"), NULL};
    char *held = held_reason(rollout);
    if (held)
        return (struct standing){ROLLOUT_HELD, held, NULL};
    return standing_forward(rollout, seen);
}
