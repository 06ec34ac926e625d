#include "rollout/plan_make.h"
#include "rollout/survey.h"

/* One rollout's stream while it is read. */
struct past {
    const char *version; /* now asked for */
    GHashTable *verified, *pinned;
    GArray *deploys_ms; /* or NULL */
    struct plan *plan;
    GHashTable *seen;  /* cell id -> reference of its last deploy.seen, borrowed from the events */
    GHashTable *begun; /* cell id -> moment (gint64 *) of its deploy.intent, borrowed likewise */
};

static void measure_deploy(const struct past *past, const char *cell, const struct event *seen)
{
    const gint64 *begun_ms = g_hash_table_lookup(past->begun, cell);
    gint64 took_ms = begun_ms ? seen->at_ms - *begun_ms : -1;
    if (past->deploys_ms && took_ms >= 0) /* else a clock was put back */
        g_array_append_val(past->deploys_ms, took_ms);
    g_hash_table_remove(past->begun, cell);
}

static void verify(struct past *past, const char *cell, const char *version, const char *reference)
{
    if (!version || versions_alike(version, past->version))
        return;
    struct running *running = g_new0(struct running, 1);
    running->version = g_strdup(version);
    running->reference = g_strdup(reference);
    g_hash_table_replace(past->verified, g_strdup(cell), running);
}

static const struct plan_cell *planned_cell(const struct plan *plan, const char *id)
{
    for (size_t w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        for (size_t i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, i);
            if (g_str_equal(cell->id, id))
                return cell;
        }
    }
    return NULL;
}

static bool opened(struct past *past, const json_t *data, GError **error)
{
    g_clear_pointer(&past->plan, plan_free);
    past->plan = plan_from_json(json_object_get(data, "plan"), error);
    if (!past->plan)
        return false;
    const struct plan *plan = past->plan;
    if (plan->commit && !g_hash_table_contains(past->pinned, plan->version))
        g_hash_table_insert(past->pinned, g_strdup(plan->version), g_strdup(plan->commit));
    for (size_t w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        for (size_t i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, i);
            verify(past, cell->id, cell->from, cell->from_ref);
        }
    }
    return true;
}

static void look_at_outcome(struct past *past, const struct event *event)
{
    const char *id = json_string_value(json_object_get(event->data, "cell"));
    const struct plan_cell *cell = id && past->plan ? planned_cell(past->plan, id) : NULL;
    if (!cell)
        return;
    if (g_str_equal(event->type, "deploy.intent")) {
        g_hash_table_replace(past->begun, cell->id, (gpointer)&event->at_ms);
    } else if (g_str_equal(event->type, "deploy.seen")) {
        measure_deploy(past, cell->id, event);
        const char *reference = json_string_value(json_object_get(event->data, "reference"));
        g_hash_table_replace(past->seen, cell->id, (gpointer)reference);
    } else if (g_str_equal(event->type, "cell.passed")) {
        verify(past, id, past->plan->version, g_hash_table_lookup(past->seen, id));
    } else if (g_str_equal(event->type, "rollback.done")) {
        verify(past, id, cell->from, cell->from_ref);
    }
}

static bool look_at_rollout(struct past *past, struct journal *journal, const char *id,
                            GError **error)
{
    g_autoptr(GPtrArray) events = journal_read(journal, id, 1, error);
    if (!events)
        return false;
    past->seen = g_hash_table_new(g_str_hash, g_str_equal);
    past->begun = g_hash_table_new(g_str_hash, g_str_equal);
    bool read = true;
    for (size_t i = 0; i < events->len && read; i++) {
        const struct event *event = g_ptr_array_index(events, i);
        if (g_str_equal(event->type, "opened"))
            read = opened(past, event->data, error);
        else
            look_at_outcome(past, event);
    }
    if (!read)
        g_prefix_error(error, "%s: ", id);
    g_clear_pointer(&past->seen, g_hash_table_unref);
    g_clear_pointer(&past->begun, g_hash_table_unref);
    g_clear_pointer(&past->plan, plan_free);
    return read;
}

bool survey_history(struct journal *journal, const char *version, GHashTable *verified,
                    GHashTable *pinned, GArray *deploys_ms, GError **error)
{
    struct past past = {
        .version = version, .verified = verified, .pinned = pinned, .deploys_ms = deploys_ms};
    g_auto(GStrv) rollouts = journal_streams(journal, "r", error);
    for (char **id = rollouts; id && *id; id++)
        if (!look_at_rollout(&past, journal, *id, error))
            return false;
    return rollouts != NULL;
}
