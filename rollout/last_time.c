#include "rollout/last_time.h"

#include "data/base/text.h"
#include "rollout/state.h"

#include <string.h>

enum { MOST_READ = 16 };

void last_time_free(struct last_time *last)
{
    if (!last)
        return;
    g_hash_table_unref(last->cells);
    g_ptr_array_unref(last->rollouts);
    g_free(last);
}

/* Baked, and something was said of it. */
static bool has_baked(const struct rollout_cell *cell)
{
    bool said = false;
    for (int i = 0; i < GATE_COUNT; i++)
        said |= cell->gates[i].at_ms != 0;
    return cell->deployed_at_ms && said;
}

/* A cell of the rollout's that nothing is known of yet is in that operation's list. */
static bool may_tell(const struct last_time *last, const struct rollout *rollout,
                     const struct operation *operation)
{
    if (strcmp(operation->kind, "rollout") != 0 || operation->ended_ms == 0)
        return false;
    for (char **id = operation->cells; *id; id++)
        if (rollout_cell(rollout, *id) && !g_hash_table_contains(last->cells, *id))
            return true;
    return false;
}

/* Takes the earlier rollout. */
static void take(struct last_time *last, const struct rollout *rollout, struct rollout *earlier)
{
    g_ptr_array_add(last->rollouts, earlier);
    for (guint i = 0; i < earlier->cells->len; i++) {
        const struct rollout_cell *cell = cell_at(earlier, i);
        const char *id = cell->plan->id;
        if (!rollout_cell(rollout, id) || !has_baked(cell) ||
            g_hash_table_contains(last->cells, id))
            continue;
        const struct last_cell found = {earlier, cell};
        g_hash_table_insert(last->cells, g_strdup(id), g_memdup2(&found, sizeof found));
    }
}

static guint place_after(const GPtrArray *operations, const char *id)
{
    for (guint i = 0; i < operations->len; i++)
        if (strcmp(((const struct operation *)operations->pdata[i])->id, id) == 0)
            return i + 1;
    return operations->len;
}

struct last_time *last_time_read(struct journal *journal, const GPtrArray *operations,
                                 const struct rollout *rollout, GError **error)
{
    OWN(last_time) last = g_new0(struct last_time, 1);
    last->cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    last->rollouts = g_ptr_array_new_with_free_func((GDestroyNotify)rollout_free);
    for (guint i = place_after(operations, rollout->id);
         i < operations->len && last->rollouts->len < MOST_READ; i++) {
        const struct operation *operation = operations->pdata[i];
        if (!may_tell(last, rollout, operation))
            continue;
        struct rollout *earlier = rollout_load(journal, operation->id, error);
        if (!earlier)
            return NULL;
        take(last, rollout, earlier);
    }
    return g_steal_pointer(&last);
}

const struct last_cell *last_time_of(const struct last_time *last, const char *cell)
{
    return last ? g_hash_table_lookup(last->cells, cell) : NULL;
}

/* What did not come to PASS; of a bake that was cut short, how much was not said at all. */
static char *against(const struct rollout_cell *cell)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int unsaid = 0;
    for (int i = 0; i < GATE_COUNT; i++) {
        const struct rollout_gate *gate = &cell->gates[i];
        unsaid += gate->at_ms == 0;
        if (gate->at_ms && gate->verdict != VERDICT_PASS)
            g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", gate_name((enum gate)i),
                                   verdict_name(gate->verdict));
    }
    if (unsaid)
        g_string_append_printf(text, "%s%d not judged", text->len ? ", " : "", unsaid);
    return text->len ? g_strdup(text->str) : NULL;
}

char *last_time_text(const struct last_cell *last)
{
    g_autofree char *state = g_strdelimit(g_strdup(cell_state_name(last->cell->state)), "_", ' ');
    g_autofree char *not_passed = against(last->cell);
    return g_strdup_printf("%s %s, %s: %s", last->rollout->id, last->rollout->plan->version, state,
                           not_passed ? not_passed : "all gates PASS");
}

json_t *last_time_json(const struct last_cell *last)
{
    if (!last)
        return json_null();
    g_autofree char *at = when_rfc3339(last->cell->deployed_at_ms);
    return json_pack("{s:o, s:o, s:s, s:s, s:o}", "rollout", text_json(last->rollout->id),
                     "version", text_json(last->rollout->plan->version), "state",
                     cell_state_name(last->cell->state), "deployed_at", at, "gates",
                     rollout_gates_json(last->cell));
}
