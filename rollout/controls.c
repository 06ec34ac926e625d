#include "rollout/controls.h"

enum { ENOUGH_OF_CLASS = 3, MOST = 32 };

struct choice {
    const struct config *config;
    const struct controls_config *selector;
    const struct cell_config *own;
};
typedef bool (*fits_fn)(const struct choice *choice, const struct cell_config *cell);

static bool is_selected(const struct choice *choice, const struct cell_config *cell)
{
    return controls_config_takes(choice->selector, cell);
}

static bool is_alike(const struct choice *choice, const struct cell_config *cell)
{
    return cell->class == choice->own->class;
}

static bool is_any(const struct choice *choice, const struct cell_config *cell)
{
    (void)choice, (void)cell;
    return true;
}

static GArray *some_of(const struct choice *choice, const GArray *candidates, fits_fn fits)
{
    GArray *some = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < candidates->len && some->len < MOST; i++) {
        guint place = g_array_index(candidates, guint, i);
        const struct cell_config *cell = choice->config->cells->pdata[place];
        if (cell != choice->own && cell->class != CLASS_DR && fits(choice, cell))
            g_array_append_val(some, place);
    }
    return some;
}

GArray *controls_choose(const struct config *config, const struct gates_config *policy, guint own,
                        const GArray *candidates)
{
    const struct choice choice = {config, &policy->controls, config->cells->pdata[own]};
    if (controls_config_given(choice.selector))
        return some_of(&choice, candidates, is_selected);
    GArray *alike = some_of(&choice, candidates, is_alike);
    if (alike->len >= ENOUGH_OF_CLASS)
        return alike;
    g_array_unref(alike);
    return some_of(&choice, candidates, is_any);
}
