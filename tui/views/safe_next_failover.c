#include "tui/views/safe_next_failover.h"

#include "tui/views/evacuation_lines.h"
#include "tui/views/headline.h"
#include "tui/views/safe_next_conductor.h"
#include "tui/views/steps_head.h"

/* "F"; or "`failover cell-2`", where a line says it whole. Caller frees. */
static char *key_of(const struct deck *deck, enum request request, const char *of)
{
    if (!keymap_is_by_word(deck->keymap))
        return keymap_shown(deck->keymap, request);
    return g_strdup_printf("`%s %s`", keymap_bindings(deck->keymap)[request].name, of);
}

bool safe_next_has_failover(const struct deck *deck, const struct cell *cell)
{
    const struct evacuation *plan = deck_evacuation(deck, cell->config->id);
    return plan && evacuation_drain(plan) != DRAIN_NONE;
}

const struct failover *safe_next_left_by(const struct deck *deck, const struct cell *cell)
{
    const struct registry *registry = deck->snapshot->registry;
    bool empty = registry && registry->complete && cell->tenants == 0;
    for (guint i = 0; empty && i < deck->failovers->len; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        if (failover->state == FAILOVER_COMPLETED && failover->plan &&
            failover->plan->kind == FAILOVER_FAILOVER && !failover_leaves_some(failover) &&
            g_strcmp0(failover->plan->source, cell->config->id) == 0)
            return failover;
    }
    return NULL;
}

static void add_condition(GString *text, const struct deck *deck)
{
    const char *host = deck->config->journal_host;
    if (!deck->write)
        g_string_append_printf(text, " (with --write%s%s)", host ? " on " : "", host ? host : "");
}

void safe_next_fail_over(GString *text, const struct deck *deck, const struct cell *cell)
{
    const struct evacuation *plan = deck_evacuation(deck, cell->config->id);
    g_autofree char *key = key_of(deck, REQUEST_FAILOVER, cell->config->id);
    g_autofree char *unproven = proofs_text(plan->unproven);
    enum drain drain = evacuation_drain(plan);
    if (drain == DRAIN_READY || drain == DRAIN_UNPROVEN) {
        g_autofree char *whereto = evacuation_whereto(plan);
        g_string_append_printf(text, "fail over to %s: %s", whereto, key);
        add_condition(text, deck);
        if (drain == DRAIN_UNPROVEN)
            g_string_append_printf(text, "; not proven: %s", unproven);
        return;
    }
    g_string_append_printf(text, "%s shows what a failover of it lacks: %s", key,
                           plan->refused ? plan->refused : plan->why);
}

/* "F"; or "`steps f3`", where a line says it whole. Caller frees. */
static char *steps_key(const struct deck *deck, const struct failover *failover)
{
    return keymap_is_by_word(deck->keymap) ? key_of(deck, REQUEST_STEPS, failover->id)
                                           : keymap_shown(deck->keymap, REQUEST_FAILOVER);
}

/* Where nobody carries it on, or who does is silent; false: neither. */
static bool add_conductor(GString *text, const struct deck *deck, const struct failover *failover)
{
    const struct conducted what = conducted_failover(failover);
    if (headline_nobody_conducts(deck, &what)) {
        safe_next_conduct(text, deck, failover->id);
        return true;
    }
    if (!headline_conductor_is_silent(deck, &what))
        return false;
    safe_next_wake_conductor(text, deck, failover->id);
    g_string_append_printf(text, ": %s stands still meanwhile", failover->id);
    return true;
}

/* A held one is a person's; what is under way goes on by itself. */
void safe_next_failing_over(GString *text, const struct deck *deck, const struct cell *cell)
{
    const struct failover *failover = deck_cell_failover(deck, cell->config->id);
    g_autofree char *show = steps_key(deck, failover), *brief = steps_brief(failover);
    g_autofree char *done = failover_progress_words(failover);
    const char *cause = failover_cause(failover);
    if (add_conductor(text, deck, failover))
        return;
    if (failover->state == FAILOVER_HELD)
        g_string_append_printf(text, "%s, then resume%s%s: %s is held, %s%s%s", show,
                               failover->reverting ? "" : " or revert",
                               deck->write ? "" : " (with --write)", failover->id, done,
                               cause ? ": " : "", cause ? cause : "");
    else
        g_string_append_printf(text, "wait: %s (%s shows it)", brief, show);
}
