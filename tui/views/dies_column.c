#include "tui/views/dies_column.h"

#include "data/base/text.h"
#include "tui/views/departure.h"
#include "tui/views/marks.h"

#include <math.h>

static const struct evacuation *dies_plan(const void *row, const struct deck *deck)
{
    return deck_evacuation(deck, ((const struct cell *)row)->config->id);
}

/* What takes everybody out of it already, or is held half-way: that is what happens to them. */
static const struct failover *dies_live(const void *row, const struct deck *deck)
{
    const char *id = ((const struct cell *)row)->config->id;
    return departure_is_under_way(deck, id) ? deck_cell_failover(deck, id) : NULL;
}

const char *dies_text(const void *row, const struct deck *deck, GString *scratch)
{
    const struct evacuation *plan = dies_plan(row, deck);
    const struct failover *live = dies_live(row, deck);
    if (live) {
        g_autofree char *progress = failover_progress_words(live);
        g_string_printf(scratch, "%s %s %s: %s", mark_failover_state(live->state).shape, live->id,
                        failover_state_name(live->state), progress);
        return scratch->str;
    }
    if (!plan)
        return "? not planned yet";
    const char *shape = mark_drain(evacuation_drain(plan)).shape;
    const char *why = plan->refused ? plan->refused : plan->why;
    g_string_printf(scratch, "%s%s%s", shape, *why ? " " : "", why);
    return scratch->str;
}

double dies_number(const void *row, const struct deck *deck)
{
    const struct evacuation *plan = dies_plan(row, deck);
    return plan ? (double)evacuation_drain(plan) : NAN;
}

enum role dies_role(const void *row, const struct deck *deck)
{
    const struct evacuation *plan = dies_plan(row, deck);
    const struct failover *live = dies_live(row, deck);
    if (live)
        return mark_failover_state(live->state).role;
    return plan ? mark_drain(evacuation_drain(plan)).role : ROLE_UNKNOWN;
}

/* What is left of it where the whole has no room: of a plan that is ready its targets, of others
 * what it lacks. */
static void dies_brief(const struct evacuation *plan, GString *text)
{
    enum drain drain = evacuation_drain(plan);
    const struct placement_target *first =
        plan->targets->len ? g_ptr_array_index(plan->targets, 0) : NULL;
    g_autofree char *unproven = proofs_text(plan->unproven);
    if (drain == DRAIN_UNPROVEN)
        g_string_printf(text, "▲ %s", unproven);
    else if (drain == DRAIN_READY && first && plan->targets->len > 1)
        g_string_printf(text, "✔ %s +%u", first->cell->id, plan->targets->len - 1);
    else if (drain == DRAIN_READY && first)
        g_string_printf(text, "✔ %s", first->cell->id);
}

static void live_brief(const struct failover *live, GString *text)
{
    struct failover_progress progress = failover_progress(live);
    g_string_printf(text, "%s %s %u of %u", mark_failover_state(live->state).shape, live->id,
                    progress.done, progress.total);
}

void dies_draw(const void *row, const struct deck *deck, struct canvas *canvas, int line,
               const struct place *place)
{
    const struct evacuation *plan = dies_plan(row, deck);
    g_autoptr(GString) whole = g_string_new(NULL), brief = g_string_new(NULL);
    const char *text = dies_text(row, deck, whole);
    const struct failover *live = dies_live(row, deck);
    bool narrow = text_width(text) > place->cols;
    if (live && narrow)
        live_brief(live, brief);
    else if (plan && narrow)
        dies_brief(plan, brief);
    canvas_text(canvas, line, place->col, place->cols, dies_role(row, deck),
                brief->len ? brief->str : text);
}
