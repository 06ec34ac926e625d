#include "rollout/plan.h"

struct calendar plan_calendar(const struct plan *plan, const struct plan_wave *wave)
{
    return (struct calendar){wave->name, wave->window, plan->freezes};
}

/* Cells beyond max_in_flight wait for the ones before them, and each turn begins while the wave is
 * open. A deploy is seen complete somewhere within a period, whose datapoint does not count yet;
 * then the bake; then its last period has to settle (rollout.md, "Gates"). */
static gint64 wave_ends_ms(const struct plan *plan, const struct plan_wave *wave, gint64 at_ms)
{
    const struct calendar calendar = plan_calendar(plan, wave);
    gint64 width = MAX(1, wave->max_in_flight);
    gint64 turns = (wave->cells->len + width - 1) / width;
    for (gint64 turn = 0; turn < turns; turn++) {
        gint64 opens_ms = calendar_opens_ms(&calendar, at_ms);
        at_ms = MAX(at_ms, opens_ms) + plan->period_ms + wave->bake_ms + plan->settle_ms;
    }
    return at_ms;
}

gint64 plan_at_best_ms(const struct plan *plan, gint64 now_ms)
{
    gint64 at_ms = now_ms;
    for (guint i = 0; i < plan->waves->len; i++)
        at_ms = wave_ends_ms(plan, g_ptr_array_index(plan->waves, i), at_ms);
    return at_ms - now_ms;
}
