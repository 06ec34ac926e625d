/* A rollout in words for people, as of what the journal has of other operations: what is next, and
 * what was recorded of others while they were under way. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/forward.h"
#include "rollout/state.h"

#include <string.h>

/* The operation that has evacuated the cell, where it is over; NULL: it is not, or nobody knows. */
static const struct operation *evacuated_by(const struct rollout_cell *cell,
                                            const GPtrArray *operations)
{
    for (guint i = 0; cell->evacuated && operations && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        if (strcmp(operation->id, cell->evacuated) == 0)
            return operation->ended_ms ? operation : NULL;
    }
    return NULL;
}

char *rollout_held_words(const struct rollout_cell *cell, const GPtrArray *operations)
{
    const struct operation *over = evacuated_by(cell, operations);
    return over && cell_is_handed_over(cell) ? evacuated_words(cell, over->state)
                                             : g_strdup(cell->held);
}

char *rollout_state_words(const struct rollout *rollout, const GPtrArray *operations)
{
    for (guint i = 0; rollout->state_reason && i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(rollout, i);
        g_autofree char *recorded =
            cell_is_handed_over(cell) ? held_cell_words(cell, cell->held) : NULL;
        if (g_strcmp0(recorded, rollout->state_reason) != 0)
            continue;
        g_autofree char *held = rollout_held_words(cell, operations);
        return held_cell_words(cell, held);
    }
    return g_strdup(rollout->state_reason);
}

static const struct rollout_cell *first_in_flight(const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++)
        if (cell_in_flight(cell_at(rollout, i)))
            return cell_at(rollout, i);
    return NULL;
}

struct others {
    const struct rollout *rollout;
    const GPtrArray *operations;
};

static const struct operation *holder(const struct others *others, const char *cell)
{
    return plan_cell_taken(others->operations, others->rollout->id, cell);
}

static bool is_taken(guint cell, gconstpointer data)
{
    const struct others *others = data;
    return holder(others, cell_at(others->rollout, cell)->plan->id) != NULL;
}

/* "cell-3", or where the next one has to wait for others: "cell-2 once failover f1 is over". Caller
 * frees. */
static char *turn_of(const struct others *others, const struct rollout_cell *cell)
{
    const struct operation *other = holder(others, cell->plan->id);
    return other ? g_strdup_printf("%s once %s %s is over", cell->plan->id, other->kind, other->id)
                 : g_strdup(cell->plan->id);
}

static bool is_locked_out(const struct rollout_cell *cell)
{
    return cell->held && cell->held_code && g_str_has_prefix(cell->held_code, HELD_LOCKED);
}

/* Of such a cell, "rolls cell-2 back to 5.0.2 once failover f1 is over". Caller frees. */
static char *turn_back(const struct others *others, const struct rollout_cell *cell)
{
    const struct operation *other = holder(others, cell->plan->id);
    return other ? g_strdup_printf("rolls %s back to %s once %s %s is over", cell->plan->id,
                                   cell->plan->from, other->kind, other->id)
                 : g_strdup_printf("rolls %s back to %s once %s gives it back", cell->plan->id,
                                   cell->plan->from, cell->held_code + strlen(HELD_LOCKED));
}

/* What a held rollout does that only another operation holds; NULL: it is not so. Caller frees. */
static char *step_after_others(const struct others *others, const char *turn, bool onward)
{
    const struct rollout *rollout = others->rollout;
    for (guint i = 0; rollout->state == ROLLOUT_HELD && i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(rollout, i);
        g_autofree char *words = is_locked_out(cell) ? held_cell_words(cell, cell->held) : NULL;
        if (words && g_strcmp0(words, rollout->state_reason) == 0)
            return turn_back(others, cell);
    }
    return onward && rollout_waits_for_others(rollout)
               ? g_strdup_printf("deploys %s to %s", rollout->plan->version, turn)
               : NULL;
}

static char *step_of(const struct others *others, const struct rollout_cell *cell, gint64 now_ms)
{
    const struct rollout *rollout = others->rollout;
    const char *id = cell->plan->id, *version = rollout->plan->version;
    g_autofree char *held = rollout_held_words(cell, others->operations);
    gint64 left_ms = rollout_bake_ms(rollout, cell->wave) - bake_elapsed_ms(cell, 0, now_ms);
    g_autofree char *left = duration_short(left_ms);
    if (is_locked_out(cell))
        return turn_back(others, cell);
    if (held)
        return g_strdup_printf("%s waits for a human: %s", id, held);
    if (cell->state == CELL_ROLLING_BACK)
        return g_strdup_printf("rolls %s back to %s", id, cell->plan->from);
    if (cell->state == CELL_DEPLOYING)
        return g_strdup_printf("deploys %s to %s", version, id);
    if (left_ms > 0)
        return g_strdup_printf("bakes %s for another %s", id, left);
    return g_strdup_printf("waits for the gates of %s, whose bake is over", id);
}

char *rollout_next(const struct rollout *rollout, const GPtrArray *operations, gint64 now_ms)
{
    const struct others others = {rollout, operations};
    const struct rollout_cell *busy = first_in_flight(rollout);
    const struct rollout_cell *next = rollout_first_free(rollout, is_taken, &others);
    g_autofree char *turn = next ? turn_of(&others, next) : NULL;
    if (rollout_state_final(rollout->state))
        return g_strdup("nothing: it is over");
    bool onward = next && !rollout->failed && !rollout->aborted;
    g_autofree char *step = busy ? step_of(&others, busy, now_ms) : NULL;
    if (busy && rollout->paused)
        return g_strdup_printf("nothing new until it is resumed; meanwhile %s", step);
    if (busy)
        return onward ? g_strdup_printf("%s, then %s", step, turn) : g_steal_pointer(&step);
    g_autofree char *closed = next ? wave_closed(rollout, next->wave, now_ms) : NULL;
    if (next && closed && rollout->state == ROLLOUT_WAITING &&
        g_strcmp0(closed, rollout->state_reason) == 0)
        return g_strdup_printf("deploys %s to %s: %s", rollout->plan->version, turn, closed);
    g_autofree char *after = step_after_others(&others, turn, onward);
    if (after)
        return g_strdup_printf("goes on by itself: %s", after);
    g_autofree char *why = rollout_state_words(rollout, operations);
    if (rollout->state == ROLLOUT_WAITING || rollout->state == ROLLOUT_HELD ||
        rollout->state == ROLLOUT_PAUSED)
        return g_strdup_printf("nothing until a human acts: %s", why ? why : "paused");
    return onward ? g_strdup_printf("deploys %s to %s", rollout->plan->version, turn)
                  : g_strdup("ends");
}
