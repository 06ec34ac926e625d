#include "rollout/compared.h"

#include "rollout/bakes.h"
#include "rollout/controls.h"

#include <string.h>

static bool runs_the_old(const struct rollout *rollout, const struct cell *cell)
{
    return cell->version && strcmp(cell->version, rollout->plan->version) != 0;
}

static bool has_passed(const struct rollout *rollout, const struct cell *cell)
{
    const struct rollout_cell *there = rollout_cell(rollout, cell->config->id);
    return there && there->state == CELL_PASSED;
}

static GArray *cells_that(bool (*fit)(const struct rollout *, const struct cell *),
                          const struct rollout *rollout, const struct snapshot *snapshot)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < snapshot->n_cells; i++)
        if (fit(rollout, &snapshot->cells[i]))
            g_array_append_val(places, i);
    return places;
}

static const struct gates_config *gates_of(const struct rollout *rollout, const char *cell)
{
    const struct rollout_cell *there = rollout_cell(rollout, cell);
    return there ? plan_gates(rollout->plan, there->wave) : &rollout->plan->gates;
}

GArray *compared_now(const struct rollout *rollout, const struct snapshot *snapshot, guint own)
{
    const struct gates_config *policy = gates_of(rollout, snapshot->cells[own].config->id);
    g_autoptr(GArray) old = cells_that(runs_the_old, rollout, snapshot);
    g_autoptr(GArray) chosen = controls_choose(snapshot->config, policy, own, old);
    if (chosen->len > 0)
        return g_steal_pointer(&chosen);
    g_autoptr(GArray) passed = cells_that(has_passed, rollout, snapshot);
    return controls_choose(snapshot->config, policy, own, passed);
}

GArray *compared_then(const struct config *config, const struct gates_config *policy,
                      const GPtrArray *events, guint own, gint64 deployed_at_ms)
{
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        if (bakes_control_until_ms(events, cell->id, deployed_at_ms))
            g_array_append_val(old, i);
    }
    return controls_choose(config, policy, own, old);
}
