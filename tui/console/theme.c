#include "tui/console/theme.h"

#include "data/base/error.h"
#include "tui/console/theme_file.h"

#include <string.h>

/* The Makefile puts each themes/NAME.yaml between two symbols of the linker's. The default first.
 */
/* clang-format off */
#define THEMES(X)                                                                                  \
    X(dusk) X(day) X(clear_dark) X(clear_light) X(contrast) X(mono)                                \
    X(night) X(ember) X(fjord) X(paper) X(phosphor)
/* clang-format on */
#define BYTES_OF(id)                                                                               \
    extern const char _binary_themes_##id##_yaml_start[], _binary_themes_##id##_yaml_end[];
THEMES(BYTES_OF)
#define THEME(id) {#id, _binary_themes_##id##_yaml_start, _binary_themes_##id##_yaml_end},
static const struct ours {
    const char *name, *start, *end;
} ours[] = {THEMES(THEME)};

/* Of the 256, of the 16, and what can be read on it. */
static const struct {
    const char *name;
    int rich, poor;
    bool black;
} accents[] = {
    {"red", 160, 1, false},     {"orange", 208, 3, true}, {"yellow", 220, 3, true},
    {"green", 71, 2, true},     {"cyan", 73, 6, true},    {"blue", 68, 4, false},
    {"magenta", 133, 5, false}, {"grey", 246, 7, true},
};
static const char *const accent_names[] = {"red",  "orange",  "yellow", "green", "cyan",
                                           "blue", "magenta", "grey",   NULL};
/* No alarm's colours. */
static const char *const calm[] = {"cyan", "blue", "magenta", "green", "grey"};

const char *const *theme_accents(void)
{
    return accent_names;
}

const char *theme_accent_of(const char *name)
{
    return calm[g_str_hash(name) % G_N_ELEMENTS(calm)];
}

/* White is of the 256, or bright. */
static struct style accent_style(const char *accent, int colours)
{
    for (size_t i = 0; accent && colours >= 8 && i < G_N_ELEMENTS(accents); i++) {
        if (strcmp(accent, accents[i].name) != 0)
            continue;
        bool rich = colours >= 256;
        int white = rich ? 231 : 7, black = rich ? 16 : 0;
        return (struct style){.fg = accents[i].black ? black : white,
                              .bg = rich ? accents[i].rich : accents[i].poor,
                              .bold = true};
    }
    return (struct style){.fg = -1, .bg = -1, .bold = true, .reverse = true};
}

/* People write "clear-dark"; a symbol in an object file can't. */
static char *plain_name(const char *name)
{
    return g_strdelimit(g_strdup(name), "-", '_');
}

static const struct ours *ours_named(const char *plain)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        if (strcmp(plain, ours[i].name) == 0)
            return &ours[i];
    return NULL;
}

/* Ours have been tested. What one does not name has the terminal's own look. */
static void read_ours(const struct ours *theme, int colours, struct theme *into)
{
    static const struct style plain = {.fg = -1, .bg = -1};
    for (int role = 0; role < ROLE_COUNT; role++)
        into->roles[role] = plain;
    into->selected = plain;
    g_autofree char *wrong = theme_file_read(theme->name, theme->start,
                                             (gsize)(theme->end - theme->start), colours, into);
    g_assert(!wrong);
}

static bool read_theirs(const char *folder, const char *name, int colours, struct theme *into,
                        char **wrong)
{
    g_autofree char *base = g_strconcat(name, ".yaml", NULL);
    g_autofree char *path = folder ? g_build_filename(folder, base, NULL) : NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (!path || strchr(name, G_DIR_SEPARATOR) || !g_file_get_contents(path, &text, &length, NULL))
        return false;
    *wrong = theme_file_read(path, text, length, colours, into);
    return true;
}

struct theme *theme_load(const struct theme_choice *choice, char **wrong, GError **error)
{
    g_autofree struct theme *theme = g_new0(struct theme, 1);
    const char *name = choice->name ? choice->name : ours[0].name;
    g_autofree char *plain = plain_name(name);
    const struct ours *own = ours_named(plain);
    *wrong = NULL;
    read_ours(&ours[0], choice->colours, theme);
    if (!read_theirs(choice->folder, name, choice->colours, theme, wrong)) {
        if (!own) {
            g_auto(GStrv) names = theme_names(choice->folder);
            g_autofree char *known = g_strjoinv(", ", names);
            g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no theme %s: there are %s", name, known);
            return NULL;
        }
        read_ours(own, choice->colours, theme);
    }
    if (choice->accent)
        theme->roles[ROLE_FLEET] = accent_style(choice->accent, choice->colours);
    else
        theme->roles[ROLE_FLEET] = theme->roles[ROLE_TITLE];
    return g_steal_pointer(&theme);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_theirs(GPtrArray *names, const char *folder)
{
    GDir *dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
    guint before = names->len;
    for (const char *file; dir && (file = g_dir_read_name(dir));) {
        g_autofree char *name = g_strdup(file);
        g_autofree char *plain = plain_name(name);
        if (!g_str_has_suffix(name, ".yaml") || name[0] == '.')
            continue;
        name[strlen(name) - strlen(".yaml")] = plain[strlen(plain) - strlen(".yaml")] = '\0';
        if (!ours_named(plain))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    if (dir)
        g_dir_close(dir);
    if (names->len > before)
        qsort(names->pdata + before, names->len - before, sizeof *names->pdata, by_name);
}

char **theme_names(const char *folder)
{
    GPtrArray *names = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        g_ptr_array_add(names, g_strdelimit(g_strdup(ours[i].name), "_", '-'));
    add_theirs(names, folder);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
