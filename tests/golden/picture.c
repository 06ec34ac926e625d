#include "tests/golden/picture.h"

#include "tui/console/theme.h"

#include <string.h>

/* clang-format off */
static const struct {
    char letter;
    const char *name;
} roles[ROLE_COUNT] = {
    [ROLE_NORMAL] = {'n', "normal"},   [ROLE_DIM] = {'d', "dim"},
    [ROLE_GOOD] = {'g', "good"},       [ROLE_WARN] = {'w', "warn"},
    [ROLE_BAD] = {'b', "bad"},         [ROLE_UNKNOWN] = {'u', "unknown"},
    [ROLE_ACCENT] = {'a', "accent"},   [ROLE_HEADER] = {'h', "header"},
    [ROLE_TITLE] = {'t', "title"},     [ROLE_KEY] = {'k', "key"},
    [ROLE_ALERT] = {'l', "alert"},     [ROLE_FLEET] = {'f', "fleet"},
};
/* clang-format on */

static char letter_of(const struct canvas_cell *cell)
{
    bool blank = strcmp(cell->text, " ") == 0 && cell->role == ROLE_NORMAL;
    char letter = roles[cell->role].letter;
    return cell->selected ? g_ascii_toupper(letter) : blank ? '.' : letter;
}

char *picture_roles(const struct canvas *canvas)
{
    GString *text = g_string_new(NULL);
    for (int row = 0; row < canvas->rows; row++) {
        gsize begin = text->len;
        for (int col = 0; col < canvas->cols; col++)
            g_string_append_c(text, letter_of(&canvas->cells[row * canvas->cols + col]));
        while (text->len > begin && text->str[text->len - 1] == '.')
            g_string_truncate(text, text->len - 1);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void add_colour(GString *text, const char *ground, int colour)
{
    if (colour >= 0)
        g_string_append_printf(text, " %s %d", ground, colour);
}

static void add_style(GString *text, char letter, const char *name, const struct style *style)
{
    g_string_append_printf(text, "%c %-8s", letter, name);
    add_colour(text, "fg", style->fg);
    add_colour(text, "bg", style->bg);
    g_string_append_printf(text, "%s%s%s%s\n", style->bold ? " bold" : "", style->dim ? " dim" : "",
                           style->reverse ? " reverse" : "", style->underline ? " underline" : "");
}

char *picture_styles(int colours)
{
    const struct theme_choice choice = {.accent = "cyan", .colours = colours};
    g_autofree char *wrong = NULL;
    g_autofree struct theme *theme = theme_load(&choice, &wrong, NULL);
    GString *text = g_string_new(NULL);
    for (int role = 0; role < ROLE_COUNT; role++)
        add_style(text, roles[role].letter, roles[role].name, &theme->roles[role]);
    add_style(text, 'A', "selected", &theme->selected);
    return g_string_free(text, FALSE);
}
