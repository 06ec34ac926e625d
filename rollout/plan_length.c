#include "rollout/plan.h"

/* Cells beyond max_in_flight wait for the ones before them. A deploy is seen complete somewhere
 * within a period, whose datapoint does not count yet; then the bake; then its last period has to
 * settle (rollout.md, "Gates"). */
static gint64 wave_at_best_ms(const struct plan *plan, const struct plan_wave *wave)
{
    gint64 width = MAX(1, wave->max_in_flight);
    gint64 turns = (wave->cells->len + width - 1) / width;
    return turns * (plan->period_ms + wave->bake_ms + plan->settle_ms);
}

gint64 plan_at_best_ms(const struct plan *plan)
{
    gint64 length_ms = 0;
    for (guint i = 0; i < plan->waves->len; i++)
        length_ms += wave_at_best_ms(plan, g_ptr_array_index(plan->waves, i));
    return length_ms;
}
