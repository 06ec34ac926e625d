#include "tui/views/launch_lines.h"

#include "data/base/when.h"
#include "rollout/request.h"
#include "tui/views/blast.h"

#include <string.h>

const struct launch_names launch_by_keys = {
    .use = "press",
    .retry_failed = "Ctrl-T",
    .fixes = "Ctrl-X",
    .attended = "Ctrl-Y",
    .glass = "Ctrl-O",
    .bakes = "Ctrl-O",
    .other = "Ctrl-O for another way, or none",
};
const struct launch_names launch_by_words = {
    .use = "type",
    .retry_failed = "`retry-failed`",
    .fixes = "`fixes`",
    .attended = "`attended`",
    .glass = "`windows` or `bakes`",
    .bakes = "`bakes`",
    .other = "`windows` takes that back",
};

void launch_choice_clear(struct launch_choice *choice)
{
    g_strfreev(choice->fixes);
    *choice = (struct launch_choice){0};
}

static enum way_out way_of(const json_t *refusal)
{
    enum refusal_kind kind;
    const char *name = json_string_value(json_object_get(refusal, "kind"));
    return name && refusal_kind_parse(name, &kind) ? refusal_way_out(kind) : WAY_NONE;
}

char **launch_unwell(const json_t *refusals)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (size_t i = 0; i < json_array_size(refusals); i++) {
        const json_t *refusal = json_array_get(refusals, i);
        const char *cell = json_string_value(json_object_get(refusal, "cell"));
        if (cell && way_of(refusal) == WAY_FIXES &&
            !g_ptr_array_find_with_equal_func(ids, cell, g_str_equal, NULL))
            g_ptr_array_add(ids, (gpointer)cell);
    }
    g_ptr_array_add(ids, NULL);
    return ids->len > 1 ? g_strdupv((char **)ids->pdata) : NULL;
}

static const char *of_refusal(const json_t *refusals, size_t i, const char *key)
{
    const char *text = json_string_value(json_object_get(json_array_get(refusals, i), key));
    return text ? text : "";
}

/* The sentence less the cell that it begins with. */
static const char *rest_of(const json_t *refusals, size_t i)
{
    const char *cell = of_refusal(refusals, i, "cell"), *why = of_refusal(refusals, i, "why");
    return *cell && g_str_has_prefix(why, cell) ? why + strlen(cell) : why;
}

/* "; so of cell-3-eu-west, cell-1-us-east": those of which the same is said. */
static char *others_of(const json_t *refusals, size_t first)
{
    GString *text = g_string_new(NULL);
    for (size_t i = first + 1; i < json_array_size(refusals); i++)
        if (strcmp(rest_of(refusals, i), rest_of(refusals, first)) == 0)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "; the same of ",
                                   of_refusal(refusals, i, "cell"));
    return g_string_free(text, FALSE);
}

static bool was_said(const json_t *refusals, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(rest_of(refusals, j), rest_of(refusals, i)) == 0)
            return true;
    return false;
}

/* What lifts a refusal, after its sentence. Caller frees. */
static char *way_text(enum way_out way, const struct launch_names *names)
{
    switch (way) {
    case WAY_FIXES:
        return g_strdup_printf(", or %s %s if this release does", names->use, names->fixes);
    case WAY_RETRY_FAILED:
        return g_strdup_printf("; %s tries it again, on record", names->retry_failed);
    case WAY_ATTENDED:
        return g_strdup_printf(", or %s %s and stay to sign in again", names->use, names->attended);
    case WAY_NONE:
        break;
    }
    return g_strdup("");
}

static void add_refusals(GPtrArray *lines, const struct launch_sight *sight)
{
    const json_t *refusals = sight->refusals;
    for (size_t i = 0; i < json_array_size(refusals); i++) {
        if (was_said(refusals, i))
            continue;
        const char *cell = of_refusal(refusals, i, "cell"), *why = of_refusal(refusals, i, "why");
        bool named = !*cell || g_str_has_prefix(why, cell);
        g_autofree char *others = others_of(refusals, i),
                        *way = way_text(way_of(json_array_get(refusals, i)), sight->names);
        g_ptr_array_add(lines, g_strdup_printf("✖ %s%s%s%s%s", named ? "" : cell, named ? "" : ": ",
                                               why, way, others));
    }
}

static void add_attendance(GPtrArray *lines, const struct launch_sight *sight)
{
    const char *why = sight->attendance;
    if (why && sight->choice->attended)
        g_ptr_array_add(lines, g_strdup_printf("▲ %s: you stay, on record (%s takes that back)",
                                               why, sight->names->attended));
    else if (why)
        g_ptr_array_add(lines, g_strdup_printf("✖ %s: %s %s if you stay to sign in again, or use "
                                               "credentials that renew themselves",
                                               why, sight->names->use, sight->names->attended));
}

static void add_choices(GPtrArray *lines, const struct launch_sight *sight)
{
    const struct launch_choice *choice = sight->choice;
    const struct launch_names *names = sight->names;
    if (choice->retry_failed)
        g_ptr_array_add(lines, g_strdup_printf("▲ Tried again even if it failed before, on record "
                                               "(%s takes that back)",
                                               names->retry_failed));
    if (choice->fixes) {
        g_autofree char *ids = g_strjoinv(", ", choice->fixes);
        g_ptr_array_add(lines, g_strdup_printf("▲ It is the cure of %s, on record: that may be "
                                               "unwell (%s takes that back)",
                                               ids, names->fixes));
    }
    if (choice->glass == GLASS_WINDOWS)
        g_ptr_array_add(lines, g_strdup_printf("▲ BREAK-GLASS: no window or freeze holds it; a "
                                               "debt to review (%s)",
                                               names->other));
    if (choice->glass == GLASS_BAKES)
        g_ptr_array_add(lines, g_strdup_printf("▲ BREAK-GLASS: no bake is longer than you say; a "
                                               "debt to review (%s takes that back)",
                                               names->bakes));
}

/* "dev: bake 24h, 1 at a time, 1 approval by somebody else, not before Tue 2026-12-08 14:00Z" */
static char *wave_text(const struct launch_sight *sight, guint number)
{
    const struct plan_wave *wave = g_ptr_array_index(sight->plan->waves, number);
    gint64 starts_ms = estimate_wave_ms(sight->plan, &sight->terms, number);
    g_autofree char *bake = duration_config_text(wave->bake_ms);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%s: bake %s, %d at a time", wave->name, bake, wave->max_in_flight);
    if (wave->approvals)
        g_string_append_printf(text, ", %d approval%s%s", wave->approvals,
                               wave->approvals > 1 ? "s" : "",
                               wave->approver_not_requester ? " by somebody else" : "");
    if (wave->window)
        g_string_append_printf(text, ", %s", window_text(wave->window));
    if (starts_ms > sight->terms.now_ms) {
        g_autofree char *moment = estimate_moment(starts_ms, sight->terms.now_ms);
        g_string_append_printf(text, ", not before %s", moment);
    }
    return g_string_free(text, FALSE);
}

static void add_waves(GPtrArray *lines, const struct launch_sight *sight, struct blast *blast)
{
    const struct plan *plan = sight->plan;
    for (guint w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        g_ptr_array_add(lines, wave_text(sight, w));
        for (guint i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, i);
            g_ptr_array_add(lines, blast_cell_text(cell, cell->from, plan->version));
            blast_add(blast, cell);
        }
    }
}

bool launch_glass_breaks(const struct plan *plan, enum launch_glass glass)
{
    gint64 bake_ms = glass == GLASS_BAKES ? plan->period_ms : 0;
    g_autofree char *why = request_refuses_glass(plan, bake_ms);
    return glass == GLASS_WHOLE || !why;
}

static void add_ways(GPtrArray *lines, const struct launch_sight *sight)
{
    if (sight->choice->glass != GLASS_WHOLE)
        return;
    if (launch_glass_breaks(sight->plan, GLASS_WINDOWS))
        g_ptr_array_add(lines, g_strdup_printf("%s breaks the glass: windows and freezes lifted, "
                                               "or bakes shortened",
                                               sight->names->glass));
    else if (launch_glass_breaks(sight->plan, GLASS_BAKES))
        g_ptr_array_add(
            lines, g_strdup_printf("%s breaks the glass: bakes shortened", sight->names->bakes));
}

static void add_notes(GPtrArray *lines, const struct plan *plan)
{
    for (guint i = 0; i < plan->notes->len; i++)
        g_ptr_array_add(
            lines, g_strdup_printf("Note: %s", (const char *)g_ptr_array_index(plan->notes, i)));
    g_ptr_array_add(lines, g_strdup_printf("tag %s, commit %.12s, plan %.12s",
                                           plan->tag ? plan->tag : "unknown",
                                           plan->commit ? plan->commit : "unknown", plan->hash));
}

GPtrArray *launch_head_lines(const struct launch_sight *sight)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    if (sight->moved)
        g_ptr_array_add(lines,
                        g_strdup_printf("▲ The world moved, nothing was done: %s", sight->moved));
    add_refusals(lines, sight);
    add_attendance(lines, sight);
    add_choices(lines, sight);
    return lines;
}

GPtrArray *launch_lines(const struct launch_sight *sight)
{
    GPtrArray *lines = launch_head_lines(sight);
    struct blast blast = {0};
    guint head = lines->len;
    add_waves(lines, sight, &blast);
    g_autofree char *radius = blast_text(&blast),
                    *estimate = estimate_text(sight->plan, &sight->terms);
    g_ptr_array_insert(lines, (gint)head, g_strdup_printf("%s. %s", radius, estimate));
    add_ways(lines, sight);
    add_notes(lines, sight->plan);
    return lines;
}
