#include "tui/views/sheet.h"

#include "data/base/text.h"
#include "tui/console/list.h"
#include "tui/views/view.h"

#include <string.h>

enum { FIELDS_FROM = 3 }; /* what is left of it is the lead's */

enum role sheet_dim(const void *row, const struct deck *deck)
{
    (void)row, (void)deck;
    return ROLE_DIM;
}

enum role sheet_accent(const void *row, const struct deck *deck)
{
    (void)row, (void)deck;
    return ROLE_ACCENT;
}

const char **sheet_names(const struct sheet *sheet)
{
    const char **names = g_new0(const char *, sheet->n + 1);
    for (size_t i = 0; i < sheet->n; i++)
        names[i] = sheet->columns[i].id;
    return names;
}

size_t sheet_shown(const struct sheet *sheet, const struct arrangement *arrangement,
                   const struct deck *deck, size_t shown[ARRANGED_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < arrangement->n; i++)
        shown[n++] = arrangement->chosen[i].column;
    for (size_t i = 0; arrangement->n == 0 && i < sheet->n; i++) {
        const struct sheet_column *column = &sheet->columns[i];
        if (!column->spare && (!column->wanted || column->wanted(deck)))
            shown[n++] = i;
    }
    return n;
}

/* What is drawn: columns, their shapes and places, side by side. */
struct layout {
    size_t shown[ARRANGED_MOST], n;
    struct column shapes[ARRANGED_MOST];
    struct place places[ARRANGED_MOST];
};

static void lay_out(struct layout *layout, const struct sheet *sheet, const struct deck *deck,
                    const struct arrangement *arrangement, int cols)
{
    struct column fitted[ARRANGED_MOST];
    for (size_t i = 0; i < sheet->n; i++)
        fitted[i] = sheet->columns[i].shape;
    if (sheet->fit)
        sheet->fit(fitted, deck, cols);
    layout->n = sheet_shown(sheet, arrangement, deck, layout->shown);
    for (size_t i = 0; i < layout->n; i++) {
        layout->shapes[i] = fitted[layout->shown[i]];
        int said = i < arrangement->n ? arrangement->chosen[i].cols : 0;
        if (said > 0)
            layout->shapes[i].least = layout->shapes[i].wish = said;
    }
    table_layout(layout->shapes, layout->n, FIELDS_FROM, cols - FIELDS_FROM - 1, layout->places);
}

/* Beside the title, in the blank between two columns where there is no other room. */
static void draw_sort(const struct layout *layout, size_t which, bool falls, struct canvas *canvas,
                      int line)
{
    const struct column *shape = &layout->shapes[which];
    const struct place *place = &layout->places[which];
    if (place->cols == 0)
        return;
    int whole = text_width(shape->title);
    int blank = (int)strspn(shape->title, " ");
    int word = blank + (int)strcspn(shape->title + blank, " ");
    int width = MIN(whole <= place->cols ? whole : word, place->cols);
    int col = shape->right ? place->col + place->cols - width - 1 : place->col + width;
    canvas_text(canvas, line, col, 1, ROLE_ACCENT, falls ? "↓" : "↑");
}

static void draw_titles(const struct layout *layout, const struct sheet *sheet,
                        const struct arrangement *arrangement, struct canvas *canvas, int line)
{
    table_header(canvas, line, layout->shapes, layout->n, layout->places);
    for (size_t i = 0; i < layout->n; i++) {
        const struct place *place = &layout->places[i];
        const struct hotspot hotspot = {HOTSPOT_COLUMN, (int)layout->shown[i], NULL};
        if (layout->shown[i] + 1 == arrangement->sort)
            draw_sort(layout, i, sheet->columns[layout->shown[i]].falls != arrangement->turned,
                      canvas, line);
        canvas_hotspot(canvas, line, place->col, place->cols, &hotspot);
    }
}

static void draw_row(const struct layout *layout, const struct sheet *sheet,
                     const struct deck *deck, const void *row, struct canvas *canvas, int line)
{
    g_autoptr(GString) scratch = g_string_new(NULL);
    if (sheet->lead)
        sheet->lead(row, deck, canvas, line);
    for (size_t i = 0; i < layout->n; i++) {
        const struct sheet_column *column = &sheet->columns[layout->shown[i]];
        const struct place *place = &layout->places[i];
        if (place->cols == 0)
            continue;
        if (column->draw) {
            column->draw(row, deck, canvas, line, place);
            continue;
        }
        g_string_truncate(scratch, 0);
        enum role role = column->role ? column->role(row, deck) : ROLE_NORMAL;
        table_put(canvas, line, &layout->shapes[i], place, role, column->text(row, deck, scratch));
    }
}

void sheet_draw(const struct sheet *sheet, const struct deck *deck,
                const struct arrangement *arrangement, const struct list *list,
                const GPtrArray *rows, struct canvas *canvas, const struct area *area)
{
    struct layout layout = {0};
    lay_out(&layout, sheet, deck, arrangement, area->cols);
    draw_titles(&layout, sheet, arrangement, canvas, area->row);
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int line = area->row + 1 + i;
        draw_row(&layout, sheet, deck, g_ptr_array_index(rows, (guint)(list->top + i)), canvas,
                 line);
        view_show_row(list, list->top + i, canvas, line);
    }
}
