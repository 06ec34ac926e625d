#include "rollout/sight.h"

#include "data/base/when.h"
#include "rollout/state.h"

#define LEAST_PATIENCE_MS (5 * WHEN_SECOND)

gint64 sight_patience_ms(gint64 period_ms)
{
    return MAX(period_ms, LEAST_PATIENCE_MS);
}

static bool is_out(const struct rollout_cell *cell)
{
    return cell->state == CELL_ROLLED_BACK || cell->state == CELL_ROLLBACK_FAILED ||
           cell->state == CELL_SKIPPED || cell_is_evacuated(cell);
}

/* Names of the sources that the rollout's cells are seen by. */
static GHashTable *sources_of(const struct rollout *rollout, const struct config *config)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *part = g_ptr_array_index(rollout->cells, i);
        const struct cell_config *cell = config_cell(config, part->plan->id);
        if (!cell || !cell->source || is_out(part))
            continue;
        g_hash_table_add(names, g_strconcat("metrics ", cell->source, NULL));
        g_hash_table_add(names, g_strconcat("alarms ", cell->source, NULL));
    }
    return names;
}

char *sight_missing(const struct rollout *rollout, const struct snapshot *snapshot, gint64 now_ms)
{
    g_autoptr(GHashTable) names = sources_of(rollout, snapshot->config);
    g_autoptr(GString) missing = g_string_new(NULL);
    gint64 stale_ms = stale_after_ms(snapshot->config->metrics.period_ms);
    gint64 since_ms = G_MAXINT64;
    const char *why = NULL;
    for (guint i = 0; i < snapshot->sources->len; i++) {
        const struct source *source = g_ptr_array_index(snapshot->sources, i);
        if (now_ms - source->read_ms <= stale_ms || !g_hash_table_contains(names, source->name))
            continue;
        g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", source->name);
        since_ms = MIN(since_ms, source->read_ms);
        why = why ? why : source->error;
    }
    if (!missing->len)
        return NULL;
    g_autofree char *since = since_ms ? when_rfc3339(since_ms / WHEN_SECOND * WHEN_SECOND) : NULL;
    return g_strdup_printf("%s: %s%s%s%s", missing->str, since ? "not read since " : "never read",
                           since ? since : "", why ? ": " : "", why ? why : "");
}
