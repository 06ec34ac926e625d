#include "tui/console/canvas.h"

#include "data/base/text.h"

#include <string.h>

/* Each symbol celldeck draws with, and what stands for it where there is only ASCII. */
static const struct {
    gunichar symbol;
    char plain;
} plain_symbols[] = {
    {0x2716, 'X'}, {0x25cf, '*'}, {0x25cb, 'o'}, {0x25b2, '!'}, {0x2714, '+'}, {0x21ba, '<'},
    {0x25c6, '='}, {0x25d4, '%'}, {0x2192, '>'}, {0x25b8, '>'}, {0x2026, '~'}, {0x00b7, '-'},
    {0x2013, '-'}, {0x2014, '-'}, {0x2265, '>'}, {0x2588, '#'}, {0x2591, '.'}, {0x2581, '_'},
    {0x2582, '.'}, {0x2583, ','}, {0x2584, '-'}, {0x2585, '='}, {0x2586, '+'}, {0x2587, '*'},
    {0x2500, '-'}, {0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'},
    {0x258e, '|'}, {0x2191, '^'}, {0x2193, 'v'}, {0x23f8, '='}, {0x2504, '-'}, {0x250a, '|'},
    {0x254e, ':'}, {0x203a, '>'}, {0x2503, '|'}, {0x25cc, '.'}, {0x2190, '<'}, {0x00d7, 'x'},
    {0x2508, '='}, {0x25be, 'v'},
};

struct canvas *canvas_new(int rows, int cols, bool ascii)
{
    struct canvas *canvas = g_new0(struct canvas, 1);
    canvas->rows = rows;
    canvas->cols = cols;
    canvas->ascii = ascii;
    canvas->cells = g_new0(struct canvas_cell, (gsize)rows * (gsize)cols);
    canvas->hotspots = g_array_new(FALSE, FALSE, sizeof(struct hotspot));
    canvas->ids = g_string_chunk_new(1024);
    canvas_clear(canvas);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (!canvas)
        return;
    g_array_unref(canvas->hotspots);
    g_string_chunk_free(canvas->ids);
    g_free(canvas->cells);
    g_free(canvas);
}

void canvas_clear(struct canvas *canvas)
{
    static const struct canvas_cell blank = {.text = " ", .role = ROLE_NORMAL};
    for (int i = 0; i < canvas->rows * canvas->cols; i++)
        canvas->cells[i] = blank;
    g_array_set_size(canvas->hotspots, 0);
    g_string_chunk_clear(canvas->ids);
}

static struct canvas_cell *cell_at(const struct canvas *canvas, int row, int col)
{
    if (row < 0 || row >= canvas->rows || col < 0 || col >= canvas->cols)
        return NULL;
    return &canvas->cells[row * canvas->cols + col];
}

static char plain_symbol(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plain_symbols); i++)
        if (plain_symbols[i].symbol == c)
            return plain_symbols[i].plain;
    return '?';
}

static void set_cell(struct canvas *canvas, int row, int col, const char *text, gsize bytes,
                     enum role role)
{
    struct canvas_cell *cell = cell_at(canvas, row, col);
    if (!cell)
        return;
    bytes = MIN(bytes, sizeof cell->text - 1);
    memcpy(cell->text, text, bytes);
    cell->text[bytes] = '\0';
    cell->role = (guint8)role;
    cell->hotspot = 0;
}

/* A combining mark joins the character left of it, as long as there is room. */
static void add_mark(struct canvas *canvas, int row, int col, const char *text, gsize bytes)
{
    struct canvas_cell *cell = cell_at(canvas, row, col);
    if (cell && strlen(cell->text) + bytes < sizeof cell->text)
        strncat(cell->text, text, bytes);
}

static char *fit(const struct canvas *canvas, const char *text, int cols)
{
    g_autofree char *clean = text_clean(text);
    if (text_width(clean) <= cols)
        return g_steal_pointer(&clean);
    return text_fit(clean, cols, false, canvas->ascii);
}

int canvas_text(struct canvas *canvas, int row, int col, int cols, enum role role, const char *text)
{
    if (cols <= 0 || !text)
        return 0;
    g_autofree char *shown = fit(canvas, text, cols);
    int used = 0;
    for (const char *p = shown; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        gsize bytes = (gsize)(g_utf8_next_char(p) - p);
        bool mark = g_unichar_iszerowidth(c);
        if (mark) {
            if (!canvas->ascii && used > 0)
                add_mark(canvas, row, col + used - 1, p, bytes);
            continue;
        }
        bool wide = g_unichar_iswide(c);
        if (canvas->ascii && c >= 0x80)
            set_cell(canvas, row, col + used, (char[]){plain_symbol(c)}, 1, role);
        else
            set_cell(canvas, row, col + used, p, bytes, role);
        if (wide)
            set_cell(canvas, row, col + used + 1, canvas->ascii ? " " : "", canvas->ascii, role);
        used += wide ? 2 : 1;
    }
    return used;
}

int canvas_right(struct canvas *canvas, int row, int col, int cols, enum role role,
                 const char *text)
{
    g_autofree char *clean = text_clean(text);
    int width = text_width(clean);
    int pad = MAX(0, cols - width);
    return pad + canvas_text(canvas, row, col + pad, cols - pad, role, text);
}

int canvas_printf(struct canvas *canvas, int row, int col, int cols, enum role role,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return canvas_text(canvas, row, col, cols, role, text);
}

void canvas_fill(struct canvas *canvas, int row, int col, int cols, enum role role,
                 const char *symbol)
{
    for (int i = 0; i < cols; i++)
        canvas_text(canvas, row, col + i, 1, role, symbol);
}

void canvas_select(struct canvas *canvas, int row, int col, int cols)
{
    for (int i = 0; i < cols; i++) {
        struct canvas_cell *cell = cell_at(canvas, row, col + i);
        if (cell)
            cell->selected = true;
    }
}

void canvas_hotspot(struct canvas *canvas, int row, int col, int cols,
                    const struct hotspot *hotspot)
{
    if (canvas->hotspots->len == G_MAXUINT16)
        return;
    struct hotspot kept = *hotspot;
    kept.id = hotspot->id ? g_string_chunk_insert(canvas->ids, hotspot->id) : NULL;
    g_array_append_val(canvas->hotspots, kept);
    for (int i = 0; i < cols; i++) {
        struct canvas_cell *cell = cell_at(canvas, row, col + i);
        if (cell)
            cell->hotspot = (guint16)canvas->hotspots->len;
    }
}

const struct hotspot *canvas_hotspot_at(const struct canvas *canvas, int row, int col)
{
    const struct canvas_cell *cell = cell_at(canvas, row, col);
    return cell && cell->hotspot
               ? &g_array_index(canvas->hotspots, struct hotspot, cell->hotspot - 1)
               : NULL;
}

void canvas_box(struct canvas *canvas, const struct area *area, enum role role)
{
    int right = area->col + area->cols - 1, bottom = area->row + area->rows - 1;
    canvas_fill(canvas, area->row, area->col, area->cols, role, "─");
    canvas_fill(canvas, bottom, area->col, area->cols, role, "─");
    for (int row = area->row + 1; row < bottom; row++) {
        canvas_text(canvas, row, area->col, 1, role, "│");
        canvas_text(canvas, row, right, 1, role, "│");
    }
    canvas_text(canvas, area->row, area->col, 1, role, "┌");
    canvas_text(canvas, area->row, right, 1, role, "┐");
    canvas_text(canvas, bottom, area->col, 1, role, "└");
    canvas_text(canvas, bottom, right, 1, role, "┘");
}

void canvas_paste(struct canvas *canvas, int row, int col, const struct canvas *from)
{
    for (int i = 0; i < from->rows * from->cols; i++) {
        struct canvas_cell *cell = cell_at(canvas, row + i / from->cols, col + i % from->cols);
        if (!cell)
            continue;
        *cell = from->cells[i];
        cell->hotspot = 0;
    }
}

char *canvas_row(const struct canvas *canvas, int row)
{
    GString *text = g_string_new(NULL);
    for (int col = 0; col < canvas->cols; col++)
        g_string_append(text, cell_at(canvas, row, col)->text);
    return g_strchomp(g_string_free(text, FALSE));
}

char *canvas_dump(const struct canvas *canvas)
{
    GString *text = g_string_new(NULL);
    for (int row = 0; row < canvas->rows; row++) {
        g_autofree char *line = canvas_row(canvas, row);
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}
