#include "tui/console/theme_file.h"

#include "data/schema.h"

#include <string.h>

#define BRIGHT 8 /* the first bright one of the 16 */

/* A role as it is written. */
struct written {
    char *fg, *bg, *fg16, *bg16;
    bool bold, dim, reverse, underline, mono_bold, mono_reverse;
};
struct file {
    struct written roles[ROLE_COUNT], selected;
};

static const char *const colour_names[] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
};

static int named_colour(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(colour_names); i++)
        if (strcmp(name, colour_names[i]) == 0)
            return (int)i;
    return -1;
}

static const char *word_number(const char *text)
{
    guint64 number;
    return g_ascii_string_to_unsigned(text, 10, 0, 255, &number, NULL)
               ? NULL
               : "a colour's number, 0 to 255 (fg16 and bg16 take names)";
}

static const char *word_name(const char *text)
{
    return named_colour(text) >= 0
               ? NULL
               : "black, red, green, yellow, blue, magenta, cyan, white, or one "
                 "of these with bright- before it";
}

#define COLOUR(member, checked, text)                                                              \
    {                                                                                              \
        .name = #member, .kind = SCHEMA_TEXT, .offset = offsetof(struct written, member),          \
        .doc = (text), .check = (checked)                                                          \
    }
#define FLAG(member)                                                                               \
    {                                                                                              \
        .name = #member, .kind = SCHEMA_BOOL, .offset = offsetof(struct written, member),          \
        .doc = "an attribute", .fallback = "false"                                                 \
    }
static const struct schema_key written_keys[] = {
    COLOUR(fg, word_number, "of the text"),
    COLOUR(bg, word_number, "behind it"),
    COLOUR(fg16, word_name, "of the text, where there are 16"),
    COLOUR(bg16, word_name, "behind it, where there are 16"),
    FLAG(bold),
    FLAG(dim),
    FLAG(reverse),
    FLAG(underline),
    FLAG(mono_bold),
    FLAG(mono_reverse),
    {0}};
static const struct schema written_schema = {.keys = written_keys, .size = sizeof(struct written)};

#define ROLE(role, word)                                                                           \
    {                                                                                              \
        .name = (word), .kind = SCHEMA_SECTION,                                                    \
        .offset = offsetof(struct file, roles) + (role) * sizeof(struct written), .doc = "a role", \
        .of = &written_schema                                                                      \
    }
static const struct schema_key file_keys[] = {ROLE(ROLE_NORMAL, "normal"),
                                              ROLE(ROLE_DIM, "dim"),
                                              ROLE(ROLE_GOOD, "good"),
                                              ROLE(ROLE_WARN, "warn"),
                                              ROLE(ROLE_BAD, "bad"),
                                              ROLE(ROLE_UNKNOWN, "unknown"),
                                              ROLE(ROLE_ACCENT, "accent"),
                                              ROLE(ROLE_HEADER, "header"),
                                              ROLE(ROLE_TITLE, "title"),
                                              ROLE(ROLE_KEY, "key"),
                                              ROLE(ROLE_ALERT, "alert"),
                                              {.name = "selected",
                                               .kind = SCHEMA_SECTION,
                                               .offset = offsetof(struct file, selected),
                                               .doc = "the row under the cursor",
                                               .of = &written_schema},
                                              {0}};
static const struct schema file_schema = {.keys = file_keys, .size = sizeof(struct file)};

static int colour(const char *rich, const char *poor, int colours)
{
    if (colours >= 256 && rich)
        return (int)g_ascii_strtoull(rich, NULL, 10);
    return colours >= 8 ? named_colour(poor) : -1;
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

static struct style style_of(const struct written *written, int colours)
{
    struct style style = {.fg = colour(written->fg, written->fg16, colours),
                          .bg = colour(written->bg, written->bg16, colours),
                          .bold = written->bold,
                          .dim = written->dim,
                          .reverse = written->reverse,
                          .underline = written->underline};
    if (colours >= 8 && colours < 16)
        give_up_brightness(&style);
    if (colours < 8) { /* colour told these apart; without it an attribute has to */
        style.reverse |= written->mono_reverse;
        style.bold |= written->mono_bold;
    }
    return style;
}

static bool says_anything(const struct written *written)
{
    return written->fg || written->bg || written->fg16 || written->bg16 || written->bold ||
           written->dim || written->reverse || written->underline || written->mono_bold ||
           written->mono_reverse;
}

char *theme_file_read(const char *file, const char *text, gsize length, int colours,
                      struct theme *theme)
{
    OWN(faults) faults = faults_new(file, text, length);
    OWN(schema_reader) reader = schema_reader_new(faults);
    struct file *read = schema_read(reader, &file_schema, text, length);
    for (int role = 0; read && role < ROLE_COUNT; role++)
        if (says_anything(&read->roles[role]))
            theme->roles[role] = style_of(&read->roles[role], colours);
    if (read && says_anything(&read->selected))
        theme->selected = style_of(&read->selected, colours);
    if (read)
        schema_release(&file_schema, read);
    if (!faults_any(faults))
        return NULL;
    g_autoptr(GError) error = NULL;
    faults_tell(faults, &error);
    return g_strdup(error->message);
}
