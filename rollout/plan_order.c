/* Which cells a wave has, and which comes first (rollout.md, "Order in a wave"). */
#include "rollout/plan_make.h"

#include <string.h>

static bool leaves_out(const struct wave_config *wave, const char *id)
{
    return wave->exclude && g_strv_contains((const char *const *)wave->exclude, id);
}

static int named_in(const struct config *config, const struct cell_config *cell, bool *excluded)
{
    int n = 0;
    *excluded = false;
    for (guint i = 0; i < config->waves->len; i++) {
        const struct wave_config *wave = g_ptr_array_index(config->waves, i);
        n += wave_takes(wave, cell);
        *excluded = *excluded || leaves_out(wave, cell->id);
    }
    return n;
}

static const struct cell_config *primary_of(const struct config *config,
                                            const struct cell_config *cell)
{
    return cell->class == CLASS_DR && cell->stands_by_for ? config_cell(config, cell->stands_by_for)
                                                          : NULL;
}

int waves_of_cell(const struct config *config, const struct cell_config *cell, bool *excluded)
{
    bool ignored;
    int n = named_in(config, cell, excluded);
    const struct cell_config *primary = primary_of(config, cell);
    return n == 0 && !*excluded && primary ? named_in(config, primary, &ignored) : n;
}

static bool belongs(const struct config *config, const struct wave_config *wave,
                    const struct cell_config *cell)
{
    bool excluded;
    if (wave_takes(wave, cell))
        return true;
    const struct cell_config *primary = primary_of(config, cell);
    return primary && named_in(config, cell, &excluded) == 0 && !excluded &&
           wave_takes(wave, primary);
}

struct place {
    const struct cell_config *cell;
    guint file_order;
    gint64 rank;         /* of the primary, for a dr cell that follows it */
    guint primary_order; /* keeps the pair together */
    bool follows;
};

/* By rank, a dr cell right after its primary, else as celldeck.yaml has them. */
static int by_rank(gconstpointer a, gconstpointer b)
{
    const struct place *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->primary_order != y->primary_order)
        return x->primary_order < y->primary_order ? -1 : 1;
    if (x->follows != y->follows)
        return x->follows ? 1 : -1;
    return x->file_order < y->file_order ? -1 : 1;
}

/* Fewest users first: the smallest blast radius finds a fault. Or as somebody has listed them. */
static gint64 rank_of(const struct survey *survey, const struct wave_config *wave,
                      const struct cell_config *config)
{
    const struct snapshot *snapshot = survey->snapshot;
    const struct cell *cell = snapshot ? snapshot_cell(snapshot, config->id) : NULL;
    if (wave->order == WAVE_ORDER_USERS)
        return cell ? cell->registered_users : 0;
    gint64 place = 0;
    for (char **id = wave->cells; id && *id && strcmp(*id, config->id) != 0; id++)
        place++;
    return place;
}

GPtrArray *cells_in_order(const struct survey *survey, const struct wave_config *wave)
{
    const struct config *config = survey->config;
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(struct place));
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        const struct cell_config *primary = primary_of(config, cell);
        if (!belongs(config, wave, cell))
            continue;
        struct place place = {cell, i, rank_of(survey, wave, cell), i, false};
        if (primary && belongs(config, wave, primary)) {
            place.rank = rank_of(survey, wave, primary);
            g_ptr_array_find(config->cells, primary, &place.primary_order);
            place.follows = true;
        }
        g_array_append_val(found, place);
    }
    g_array_sort(found, by_rank);
    GPtrArray *cells = g_ptr_array_new();
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(cells, (gpointer)g_array_index(found, struct place, i).cell);
    return cells;
}
