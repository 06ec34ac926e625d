#include "tui/views/blast.h"

#include "data/base/text.h"

void blast_add(struct blast *blast, const struct plan_cell *cell)
{
    blast->cells++;
    blast->tenants += cell->tenants;
    blast->users += cell->users;
}

/* "1 cell", "4,011 users". */
static char *counted(gint64 n, const char *what)
{
    g_autofree char *count = text_count(n);
    return g_strdup_printf("%s %s%s", count, what, n == 1 ? "" : "s");
}

char *blast_text(const struct blast *blast)
{
    g_autofree char *cells = counted(blast->cells, "cell");
    g_autofree char *tenants = counted(blast->tenants, "tenant");
    g_autofree char *users = counted(blast->users, "user");
    return g_strdup_printf("Blast radius: %s, %s, %s", cells, tenants, users);
}

char *blast_cell_text(const struct plan_cell *cell, const char *from, const char *to)
{
    g_autofree char *tenants = counted(cell->tenants, "tenant");
    g_autofree char *users = counted(cell->users, "user");
    if (from && g_strcmp0(from, to) == 0)
        return g_strdup_printf("  %s: %s, %s, stays on %s", cell->id, tenants, users, from);
    return g_strdup_printf("  %s: %s, %s, %s → %s", cell->id, tenants, users, from ? from : "?",
                           to ? to : "?");
}
