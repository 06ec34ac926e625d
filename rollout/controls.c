#include "rollout/controls.h"

enum { ENOUGH_OF_CLASS = 3, MOST = 32 };

static enum cell_class class_of(const struct config *config, guint place)
{
    return ((const struct cell_config *)g_ptr_array_index(config->cells, place))->class;
}

static GArray *some_of(const struct config *config, guint own, const GArray *candidates, bool alike)
{
    GArray *some = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < candidates->len && some->len < MOST; i++) {
        guint place = g_array_index(candidates, guint, i);
        enum cell_class class = class_of(config, place);
        if (place != own && class != CLASS_DR && (!alike || class == class_of(config, own)))
            g_array_append_val(some, place);
    }
    return some;
}

GArray *controls_choose(const struct config *config, guint own, const GArray *candidates)
{
    GArray *alike = some_of(config, own, candidates, true);
    if (alike->len >= ENOUGH_OF_CLASS)
        return alike;
    g_array_unref(alike);
    return some_of(config, own, candidates, false);
}
