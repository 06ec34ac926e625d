#include "tui/console/look.h"

#include <curses.h>

static attr_t attributes(const struct style *style)
{
    return (style->bold ? A_BOLD : 0) | (style->dim ? A_DIM : 0) |
           (style->reverse ? A_REVERSE : 0) | (style->underline ? A_UNDERLINE : 0);
}

static int pair_of(int role, bool selected)
{
    return 1 + role * 2 + selected;
}

void look_set(const struct look *look, const struct canvas_cell *cell)
{
    attr_t attrs = attributes(&look->theme->roles[cell->role]);
    if (cell->selected)
        attrs |= attributes(&look->theme->selected);
    attr_set(attrs, has_colors() ? (short)pair_of(cell->role, cell->selected) : 0, NULL);
}

static void init_pairs(const struct theme *theme)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct style *style = &theme->roles[role];
        init_extended_pair(pair_of(role, false), style->fg, style->bg);
        int under = style->bg < 0 ? theme->selected.bg : style->bg;
        init_extended_pair(pair_of(role, true), style->fg, under);
    }
}

bool look_set_theme(struct look *look, const char *name, char **wrong, GError **error)
{
    struct theme_choice choice = look->choice;
    choice.name = name;
    struct theme *theme = theme_load(&choice, wrong, error);
    if (!theme)
        return false;
    g_free(look->theme);
    look->theme = theme;
    if (choice.colours > 0)
        init_pairs(theme);
    return true;
}

bool look_begin(struct look *look, const struct screen_options *options, char **wrong,
                GError **error)
{
    const char *no_color = g_getenv("NO_COLOR");
    bool plain = options->no_color || (no_color && *no_color) || !has_colors();
    if (!plain) {
        start_color();
        use_default_colors();
    }
    look->choice = (struct theme_choice){
        .folder = options->theme_folder, .accent = options->accent, .colours = plain ? 0 : COLORS};
    return look_set_theme(look, options->theme, wrong, error);
}

void look_release(struct look *look)
{
    g_free(look->theme);
}
