#include "tui/console/pane.h"

#include <glib.h>

void pane_fit(struct pane *pane, int height, int all)
{
    pane->height = MAX(0, height);
    pane->all = MAX(0, all);
    pane_move(pane, 0);
}

void pane_move(struct pane *pane, int by)
{
    int last = MAX(0, pane->all - pane->height);
    pane->top = CLAMP(pane->top + by, 0, last);
}

char *pane_text(const struct pane *pane)
{
    int below = MAX(0, pane->all - pane->height - pane->top);
    GString *text = g_string_new(NULL);
    if (pane->top > 0)
        g_string_append_printf(text, "↑%d", pane->top);
    if (below > 0)
        g_string_append_printf(text, "%s↓%d", text->len ? " " : "", below);
    return g_string_free(text, FALSE);
}
