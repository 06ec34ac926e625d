#include "tui/views/launch_lines.h"

#include "data/base/when.h"
#include "tui/views/blast.h"

static void add_refusals(GPtrArray *lines, const json_t *refusals)
{
    for (size_t i = 0; i < json_array_size(refusals); i++) {
        const json_t *refusal = json_array_get(refusals, i);
        const char *cell = json_string_value(json_object_get(refusal, "cell"));
        const char *why = json_string_value(json_object_get(refusal, "why"));
        g_ptr_array_add(lines, g_strdup_printf("✖ %s%s%s", cell ? cell : "", cell ? ": " : "",
                                               why ? why : "refused"));
    }
}

/* "dev: bake 24h, 1 at a time, 1 approval by somebody else" */
static char *wave_text(const struct plan *plan, const struct estimate_terms *terms, guint number)
{
    const struct plan_wave *wave = g_ptr_array_index(plan->waves, number);
    gint64 starts_ms = estimate_wave_ms(plan, terms, number);
    g_autofree char *moment = estimate_moment(starts_ms, terms->now_ms);
    bool later = starts_ms > terms->now_ms;
    g_autofree char *bake = duration_config_text(wave->bake_ms);
    g_autofree char *approvals =
        wave->approvals
            ? g_strdup_printf(", %d approval%s%s", wave->approvals, wave->approvals > 1 ? "s" : "",
                              wave->approver_not_requester ? " by somebody else" : "")
            : g_strdup("");
    return g_strdup_printf("%s: bake %s, %d at a time%s%s%s%s%s", wave->name, bake,
                           wave->max_in_flight, approvals, wave->window ? ", " : "",
                           wave->window ? window_text(wave->window) : "",
                           later ? ", not before " : "", later ? moment : "");
}

static void add_waves(GPtrArray *lines, const struct plan *plan, const struct estimate_terms *terms,
                      struct blast *blast)
{
    for (guint w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        g_ptr_array_add(lines, wave_text(plan, terms, w));
        for (guint i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, i);
            g_ptr_array_add(lines, blast_cell_text(cell, cell->from, plan->version));
            blast_add(blast, cell);
        }
    }
}

static void add_attendance(GPtrArray *lines, const struct plan *plan, const char *why,
                           bool attended)
{
    if (why && attended)
        g_ptr_array_add(lines, g_strdup_printf("▲ %s: you stay, and that is kept", why));
    else if (why)
        g_ptr_array_add(lines, g_strdup_printf("✖ %s: `:start %s attended` if you stay to sign in "
                                               "again, or use credentials that renew themselves",
                                               why, plan->version));
}

GPtrArray *launch_lines(const struct plan *plan, const json_t *refusals, const char *attendance,
                        bool attended, const struct estimate_terms *terms)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    struct blast blast = {0};
    add_refusals(lines, refusals);
    add_attendance(lines, plan, attendance, attended);
    guint head = lines->len;
    add_waves(lines, plan, terms, &blast);
    g_autofree char *radius = blast_text(&blast), *estimate = estimate_text(plan, terms);
    g_ptr_array_insert(lines, (gint)head, g_strdup_printf("%s. %s", radius, estimate));
    for (guint i = 0; i < plan->notes->len; i++)
        g_ptr_array_add(
            lines, g_strdup_printf("Note: %s", (const char *)g_ptr_array_index(plan->notes, i)));
    g_ptr_array_add(lines, g_strdup_printf("tag %s, commit %.12s, plan %.12s",
                                           plan->tag ? plan->tag : "unknown",
                                           plan->commit ? plan->commit : "unknown", plan->hash));
    return lines;
}
