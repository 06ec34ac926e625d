#include "tui/console/table.h"

#include <string.h>

static int width_of(const struct place *places, size_t n)
{
    int width = -1;
    for (size_t i = 0; i < n; i++)
        if (places[i].cols > 0)
            width += places[i].cols + 1;
    return width;
}

static void drop_least_important(const struct column *columns, size_t n, struct place *places)
{
    size_t worst = n;
    for (size_t i = 0; i < n; i++)
        if (places[i].cols > 0 && columns[i].rank > 0 &&
            (worst == n || columns[i].rank >= columns[worst].rank))
            worst = i;
    if (worst < n)
        places[worst].cols = 0;
}

static bool any_to_drop(const struct column *columns, size_t n, const struct place *places)
{
    for (size_t i = 0; i < n; i++)
        if (places[i].cols > 0 && columns[i].rank > 0)
            return true;
    return false;
}

/* The most important columns get what they wish for first. */
static void give_spare(const struct column *columns, size_t n, int spare, struct place *places)
{
    int highest = 0;
    for (size_t i = 0; i < n; i++)
        highest = MAX(highest, columns[i].rank);
    for (int rank = 0; rank <= highest; rank++)
        for (size_t i = 0; i < n; i++) {
            if (columns[i].rank != rank || places[i].cols == 0)
                continue;
            int more = CLAMP(columns[i].wish - places[i].cols, 0, MAX(0, spare));
            places[i].cols += more;
            spare -= more;
        }
}

void table_layout(const struct column *columns, size_t n, int col, int cols, struct place *places)
{
    for (size_t i = 0; i < n; i++)
        places[i].cols = columns[i].least;
    while (width_of(places, n) > cols && any_to_drop(columns, n, places))
        drop_least_important(columns, n, places);
    give_spare(columns, n, cols - width_of(places, n), places);
    for (size_t i = 0; i < n; i++) {
        places[i].col = col;
        places[i].cols = MAX(0, places[i].cols);
        if (places[i].cols > 0)
            col += places[i].cols + 1;
    }
}

void table_header(struct canvas *canvas, int row, const struct column *columns, size_t n,
                  const struct place *places)
{
    for (size_t i = 0; i < n; i++) {
        size_t blank = strspn(columns[i].title, " ");
        size_t word = strcspn(columns[i].title + blank, " ");
        g_autofree char *first = g_strndup(columns[i].title, blank + word);
        bool fits = (int)strlen(columns[i].title) <= places[i].cols;
        table_put(canvas, row, &columns[i], &places[i], ROLE_HEADER,
                  fits ? columns[i].title : first);
    }
}

void table_put(struct canvas *canvas, int row, const struct column *column,
               const struct place *place, enum role role, const char *text)
{
    if (column->right)
        canvas_right(canvas, row, place->col, place->cols, role, text);
    else
        canvas_text(canvas, row, place->col, place->cols, role, text);
}
