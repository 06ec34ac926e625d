#include "tui/views/pager.h"

#include "data/base/text.h"
#include "tui/views/wrap.h"

#define LEAST_TEXT_COLS 24 /* beside a lead */

struct line {
    char *number; /* what the list knows it by */
    char *lead, *text;
    enum role lead_role, role;
};

static void line_free(gpointer p)
{
    struct line *line = p;
    g_free(line->number);
    g_free(line->lead);
    g_free(line->text);
    g_free(line);
}

void pager_init(struct pager *pager)
{
    *pager = (struct pager){0};
    list_init(&pager->list);
    pager->lines = g_ptr_array_new_with_free_func(line_free);
}

void pager_release(struct pager *pager)
{
    list_release(&pager->list);
    g_ptr_array_unref(pager->lines);
}

void pager_begin(struct pager *pager, int cols, int lead_cols)
{
    /* The list borrows the numbers: it has nothing before they go. */
    struct list *list = &pager->list;
    g_ptr_array_unref(list->rows);
    list->rows = g_ptr_array_new();
    g_ptr_array_set_size(pager->lines, 0);
    pager->cols = cols;
    pager->lead_cols = cols - lead_cols - 1 >= LEAST_TEXT_COLS ? lead_cols : 0;
}

static void add_line(struct pager *pager, enum role lead_role, const char *lead, enum role role,
                     const char *text)
{
    struct line *line = g_new0(struct line, 1);
    *line = (struct line){.number = g_strdup_printf("%u", pager->lines->len),
                          .lead = g_strdup(lead),
                          .text = g_strdup(text),
                          .lead_role = lead_role,
                          .role = role};
    g_ptr_array_add(pager->lines, line);
}

static int text_col(const struct pager *pager)
{
    return pager->lead_cols ? pager->lead_cols + 1 : 2;
}

void pager_add(struct pager *pager, enum role lead_role, const char *lead, enum role role,
               const char *text)
{
    g_autofree char *clean = text_clean(text);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    int left = lead ? text_col(pager) : 0;
    wrap_text(clean, pager->cols - left, lead ? "" : "  ", lines);
    if (lead && !pager->lead_cols)
        add_line(pager, lead_role, lead, role, NULL);
    for (guint i = 0; i < lines->len; i++) {
        const char *part = g_ptr_array_index(lines, i);
        if (lead)
            add_line(pager, lead_role, i == 0 && pager->lead_cols ? lead : NULL, role, part);
        else
            add_line(pager, role, part, role, NULL);
    }
}

void pager_heading(struct pager *pager, const char *text)
{
    if (pager->lines->len > 0)
        add_line(pager, ROLE_NORMAL, NULL, ROLE_NORMAL, NULL);
    add_line(pager, ROLE_HEADER, text, ROLE_HEADER, NULL);
}

void pager_end(struct pager *pager, int rows)
{
    GPtrArray *numbers = g_ptr_array_new();
    for (guint i = 0; i < pager->lines->len; i++)
        g_ptr_array_add(numbers, ((struct line *)g_ptr_array_index(pager->lines, i))->number);
    list_set(&pager->list, numbers);
    list_fit(&pager->list, rows);
}

void pager_draw(const struct pager *pager, struct canvas *canvas, const struct area *area)
{
    const struct list *list = &pager->list;
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        const struct line *line = g_ptr_array_index(pager->lines, (guint)(list->top + i));
        int row = area->row + i, col = area->col + text_col(pager);
        bool whole = !line->text;
        canvas_text(canvas, row, area->col, whole ? area->cols : text_col(pager) - 1,
                    line->lead_role, line->lead);
        canvas_text(canvas, row, col, area->col + area->cols - col, line->role, line->text);
        view_show_row(list, list->top + i, canvas, row);
    }
}

struct reaction pager_move(struct pager *pager, enum request request)
{
    struct list *list = &pager->list;
    if (request == REQUEST_PAGE_DOWN)
        list_move(list, list->top + list->height - 1 - list->index);
    else if (request == REQUEST_PAGE_UP)
        list_move(list, list->top - list->index);
    return view_move(list, request);
}
