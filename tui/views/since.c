#include "tui/views/since.h"

#include "tui/views/marks.h"

#include <string.h>

bool since_marked(const struct deck *deck)
{
    return deck->since != NULL;
}

bool since_moment(const struct deck *deck, gint64 at_ms)
{
    return deck->since && at_ms > deck->since_ms;
}

static const char *written(const GString *text)
{
    return text->len ? text->str : NULL;
}

static void add_before(GString *text, const char *before)
{
    g_string_append_printf(text, "%s%s", text->len ? ", " : "was ", before);
}

const char *since_cell(const struct deck *deck, const struct cell *cell, GString *text)
{
    const struct cell *before = deck->since ? snapshot_cell(deck->since, cell->config->id) : NULL;
    if (!before || before == cell)
        return NULL;
    if (before->health != cell->health)
        add_before(text, health_name(before->health));
    if (before->version && cell->version && strcmp(before->version, cell->version) != 0)
        add_before(text, before->version);
    if (before->closed_to_new && !cell->closed_to_new)
        add_before(text, "closed to new tenants");
    else if (cell->closed_to_new && !before->closed_to_new)
        add_before(text, "open to new tenants");
    return written(text);
}

/* A tenant that a registry read in part does not have may have been there all the same. */
const char *since_tenant(const struct deck *deck, const struct tenant *tenant, GString *text)
{
    const struct registry *registry = deck->since ? deck->since->registry : NULL;
    const struct tenant *before = registry ? registry_tenant(registry, tenant->id) : NULL;
    if (registry && !before && registry->complete)
        return "new";
    if (!before || before == tenant)
        return NULL;
    if (g_strcmp0(before->cell, tenant->cell) != 0) {
        g_autofree char *in = g_strdup_printf("in %s", before->cell ? before->cell : "no cell");
        add_before(text, in);
    }
    if (before->status != tenant->status)
        add_before(text, tenant_status_name(before->status));
    if (g_strcmp0(before->fault, tenant->fault) != 0)
        add_before(text, before->fault ? before->fault : "without fault");
    return written(text);
}

guint since_cells(const struct deck *deck)
{
    guint changed = 0;
    for (size_t i = 0; deck->snapshot && i < deck->snapshot->n_cells; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        changed += since_cell(deck, &deck->snapshot->cells[i], text) != NULL;
    }
    return changed;
}

static bool tenants_changed(const struct deck *deck, const struct snapshot *since)
{
    const struct registry *now = deck->snapshot->registry, *before = since->registry;
    if (now == before || !now || !before)
        return now != before;
    for (guint i = 0; i < now->tenants->len; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        if (since_tenant(deck, g_ptr_array_index(now->tenants, i), text))
            return true;
    }
    return now->tenants->len != before->tenants->len;
}

void since_mark(struct deck *deck)
{
    if (!deck->snapshot) {
        deck_hint(deck, "nothing has been read yet that could be marked");
        return;
    }
    const struct snapshot *since = deck->since;
    bool away = since && since_cells(deck) == 0 && !tenants_changed(deck, since);
    g_clear_pointer(&deck->since, snapshot_unref);
    deck->since = away ? NULL : snapshot_ref(deck->snapshot);
    deck->since_ms = deck->now_ms;
    g_autofree char *clock = mark_clock(deck->now_ms);
    if (away)
        deck_hint(deck, "nothing has changed since the mark; it is taken away");
    else
        deck_hint(deck, "marked %sZ: what changes from here on says how it was", clock);
}
