/* Themes: the screen takes each as one goes through them; Enter keeps it, leaving goes back. */
#include "tui/console/list.h"
#include "tui/console/theme.h"
#include "tui/views/view.h"

#include <string.h>

struct themes {
    struct list list;
    char **names;
    char *before; /* the theme that one came with */
};

static void *themes_open(void)
{
    struct themes *themes = g_new0(struct themes, 1);
    list_init(&themes->list);
    return themes;
}

static void themes_close(void *state)
{
    struct themes *themes = state;
    list_release(&themes->list);
    g_strfreev(themes->names);
    g_free(themes->before);
    g_free(themes);
}

static void read_names(struct themes *themes, const struct deck *deck)
{
    themes->names = theme_names(deck->preferences ? deck->preferences->theme_folder : NULL);
    themes->before = g_strdup(deck->theme ? deck->theme : themes->names[0]);
}

static void list_names(struct themes *themes)
{
    GPtrArray *rows = g_ptr_array_new();
    for (char **name = themes->names; *name; name++)
        g_ptr_array_add(rows, *name);
    list_set(&themes->list, rows);
}

static void themes_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct themes *themes = state;
    bool first = !themes->names;
    if (first)
        read_names(themes, deck);
    list_names(themes);
    if (first)
        list_select(&themes->list, themes->before);
    list_fit(&themes->list, MAX(1, area->rows - 3));
}

/* A line in each role that tells something. */
static void draw_sample(struct canvas *canvas, int row, int col, int cols)
{
    static const struct {
        enum role role;
        const char *text;
    } samples[] = {{ROLE_GOOD, "● healthy"},     {ROLE_WARN, "▲ degraded"},
                   {ROLE_BAD, "✖ unhealthy"},    {ROLE_UNKNOWN, "◌ STALE 5m"},
                   {ROLE_TITLE, "cell-2"},       {ROLE_HEADER, "ERRORS"},
                   {ROLE_ACCENT, "fleet › r17"}, {ROLE_DIM, "20s ago"},
                   {ROLE_KEY, "Enter"},          {ROLE_ALERT, " WRITE "}};
    int end = col + cols;
    for (size_t i = 0; i < G_N_ELEMENTS(samples) && col < end; i++)
        col += canvas_text(canvas, row, col, end - col, samples[i].role, samples[i].text) + 2;
}

static void themes_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                        const struct area *area)
{
    const struct themes *themes = state;
    draw_sample(canvas, area->row, 1, area->cols - 2);
    if (deck->preferences)
        canvas_printf(canvas, area->row + 1, 1, area->cols - 2, ROLE_DIM,
                      "Enter takes it until you leave; `theme: %s` in %s for good",
                      deck->theme ? deck->theme : themes->names[0], deck->preferences->path);
    const struct list *list = &themes->list;
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        const char *name = list_row(list, list->top + i);
        int row = area->row + 3 + i;
        bool now = strcmp(name, deck->theme ? deck->theme : themes->names[0]) == 0;
        canvas_text(canvas, row, 1, 1, ROLE_ACCENT, now ? "▸" : " ");
        canvas_text(canvas, row, 3, area->cols - 4, now ? ROLE_TITLE : ROLE_NORMAL, name);
        view_show_row(list, list->top + i, canvas, row);
    }
}

static struct reaction themes_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct themes *themes = state;
    if (request == REQUEST_OPEN) {
        g_free(themes->before);
        themes->before = g_strdup(themes->list.selected);
        return (struct reaction){REACT_THEME | REACT_BACK, .subject = themes->before};
    }
    if (request == REQUEST_BACK)
        return (struct reaction){REACT_THEME | REACT_BACK, .subject = themes->before};
    struct reaction moved = view_move(&themes->list, request);
    if (moved.what == REACT_REDRAW)
        return (struct reaction){REACT_REDRAW | REACT_THEME, .subject = themes->list.selected};
    return moved;
}

static const struct list *themes_rows(const void *state)
{
    return &((const struct themes *)state)->list;
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_BACK, REQUEST_HELP, REQUEST_QUIT,
                                     REQUEST_COUNT};

const struct view view_themes = {
    .hints = hints,
    .open = themes_open,
    .close = themes_close,
    .prepare = themes_prepare,
    .draw = themes_draw,
    .rows = themes_rows,
    .key = themes_key,
};
