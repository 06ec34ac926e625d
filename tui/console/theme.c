#include "tui/console/theme.h"

#include "data/base/error.h"

#include <libfyaml.h>
#include <string.h>

/* The Makefile puts each themes/NAME.yaml between two symbols of the linker's. */
#define BYTES_OF(id)                                                                               \
    extern const char _binary_themes_##id##_yaml_start[], _binary_themes_##id##_yaml_end[]
BYTES_OF(dusk);
BYTES_OF(day);
BYTES_OF(clear_dark);
BYTES_OF(clear_light);
BYTES_OF(mono);

#define THEME(id)                                                                                  \
    {                                                                                              \
#id, _binary_themes_##id##_yaml_start, _binary_themes_##id##_yaml_end                      \
    }
static const struct {
    const char *name, *start, *end;
} themes[] = {THEME(dusk), THEME(day), THEME(clear_dark), THEME(clear_light), THEME(mono)};

static const char *const names[] = {"dusk", "day", "clear_dark", "clear_light", "mono", NULL};

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_NORMAL] = "normal", [ROLE_DIM] = "dim",       [ROLE_GOOD] = "good",
    [ROLE_WARN] = "warn",     [ROLE_BAD] = "bad",       [ROLE_UNKNOWN] = "unknown",
    [ROLE_ACCENT] = "accent", [ROLE_HEADER] = "header", [ROLE_TITLE] = "title",
    [ROLE_KEY] = "key",       [ROLE_ALERT] = "alert",
};

static const char *const colour_names[] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
};

#define BRIGHT 8 /* the first bright one */

static const char *scalar(struct fy_node *map, const char *key)
{
    struct fy_node *node = map ? fy_node_mapping_lookup_by_string(map, key, FY_NT) : NULL;
    return node ? fy_node_get_scalar0(node) : NULL;
}

static int named_colour(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(colour_names); i++)
        if (strcmp(name, colour_names[i]) == 0)
            return (int)i;
    return -1;
}

static int colour(struct fy_node *map, const char *rich, const char *poor, int colours)
{
    const char *number = scalar(map, rich);
    if (colours >= 256 && number)
        return (int)MIN(g_ascii_strtoull(number, NULL, 10), 255);
    return colours >= 8 ? named_colour(scalar(map, poor)) : -1;
}

static bool flag(struct fy_node *map, const char *key)
{
    const char *value = scalar(map, key);
    return value && strcmp(value, "true") == 0;
}

/* With eight colours a bright one becomes its plain brother, bold; but bright black is a grey, and
 * black would not be seen at all. */
static void give_up_brightness(struct style *style)
{
    style->dim |= style->fg == BRIGHT;
    style->bold |= style->fg > BRIGHT;
    style->fg = style->fg == BRIGHT ? -1 : style->fg % BRIGHT;
    style->bg = style->bg % BRIGHT;
}

static void read_style(struct fy_node *map, int colours, struct style *style)
{
    *style = (struct style){.fg = colour(map, "fg", "fg16", colours),
                            .bg = colour(map, "bg", "bg16", colours),
                            .bold = flag(map, "bold"),
                            .dim = flag(map, "dim"),
                            .reverse = flag(map, "reverse"),
                            .underline = flag(map, "underline")};
    if (colours >= 8 && colours < 16)
        give_up_brightness(style);
    if (colours < 8) { /* colour told these apart; without it an attribute has to */
        style->reverse |= flag(map, "mono_reverse");
        style->bold |= flag(map, "mono_bold");
    }
}

static struct theme *read_theme(const char *start, const char *end, int colours)
{
    struct fy_document *doc = fy_document_build_from_string(NULL, start, (size_t)(end - start));
    if (!doc)
        return NULL;
    struct theme *theme = g_new0(struct theme, 1);
    struct fy_node *root = fy_document_root(doc);
    for (int role = 0; role < ROLE_COUNT; role++)
        read_style(fy_node_mapping_lookup_by_string(root, role_names[role], FY_NT), colours,
                   &theme->roles[role]);
    read_style(fy_node_mapping_lookup_by_string(root, "selected", FY_NT), colours,
               &theme->selected);
    fy_document_destroy(doc);
    return theme;
}

/* People write "clear-dark"; a symbol in an object file can't. */
static bool same_name(const char *a, const char *b)
{
    g_autofree char *plain = g_strdelimit(g_strdup(a), "-", '_');
    return strcmp(plain, b) == 0;
}

struct theme *theme_load(const char *name, int colours, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(themes); i++) {
        if (name && !same_name(name, themes[i].name))
            continue;
        struct theme *theme = read_theme(themes[i].start, themes[i].end, colours);
        if (!theme)
            g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "theme %s: can't be read",
                        themes[i].name);
        return theme;
    }
    g_autofree char *known = g_strjoinv(", ", (char **)names);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no theme %s: there are %s", name, known);
    return NULL;
}

const char *const *theme_names(void)
{
    return names;
}
