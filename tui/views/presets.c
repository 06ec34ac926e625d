#include "tui/views/presets.h"

#include "tui/views/filter.h"
#include "tui/views/sheet.h"
#include "tui/views/view.h"

#include <string.h>

struct columns_said {
    char *screen;
    char **names;
};

struct preset_said {
    char *name, *screen, *filter, *sort;
    char **columns;
    bool faults;
};

#define KEY(key, what, type, member, text, ...)                                                    \
    {                                                                                              \
        .name = key, .kind = SCHEMA_##what, .offset = offsetof(struct type, member), .doc = text,  \
        __VA_ARGS__                                                                                \
    }

static const struct schema_key columns_screen =
    KEY("screen", TEXT, columns_said, screen, "a screen with a table");
static const struct schema_key columns_names =
    KEY("columns", TEXTS, columns_said, names, "its columns, in order");
const struct schema presets_columns_schema = {NULL, sizeof(struct columns_said),
                                              .id = &columns_screen, .value = &columns_names};

static const struct schema_key preset_name = KEY("preset", TEXT, preset_said, name, "its name");
static const struct schema_key preset_keys[] = {
    KEY("screen", TEXT, preset_said, screen, "a screen with a table", .fallback = "fleet"),
    KEY("filter", TEXT, preset_said, filter, "what the screen shows, as after /"),
    KEY("sort", TEXT, preset_said, sort, "a column, with - before it the other way round"),
    KEY("columns", TEXTS, preset_said, columns, "its columns, in order"),
    KEY("faults", BOOL, preset_said, faults, "only what something is wrong with"),
    {0}};
const struct schema presets_schema = {preset_keys, sizeof(struct preset_said), .id = &preset_name};

void preset_free(struct preset *preset)
{
    if (!preset)
        return;
    g_free(preset->name);
    g_free(preset->filter);
    g_free(preset);
}

/* Where faults go, and where in the file things stand. */
struct reading {
    const struct schema_reader *reader;
    struct faults *faults;
};

static void wrong(const struct reading *reading, gconstpointer member, gconstpointer otherwise,
                  const char *where, const char *what)
{
    bool placed = schema_given(reading->reader, member);
    faults_add(reading->faults, schema_place(reading->reader, placed ? member : otherwise),
               "%s: %s", where, what);
}

/* VIEW_COUNT, said in words, where it is no screen with a table. */
static enum view_id find_screen(const struct reading *reading, gconstpointer member,
                                gconstpointer otherwise, const char *name)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (enum view_id id = 0; id < VIEW_COUNT; id++) {
        if (!view_of(id)->sheet)
            continue;
        if (strcmp(view_entry(id)->name, name) == 0)
            return id;
        g_string_append_printf(all, "%s%s", all->len ? ", " : "", view_entry(id)->name);
    }
    g_autofree char *what = g_strdup_printf("no screen with a table, expected one of %s", all->str);
    wrong(reading, member, otherwise, name, what);
    return VIEW_COUNT;
}

/* `names` may be NULL. */
static bool choose(const struct reading *reading, char *const *names, gconstpointer member,
                   gconstpointer otherwise, enum view_id view, struct arrangement *arranged)
{
    g_autoptr(GError) error = NULL;
    if (!names || arrangement_choose(arranged, view_of(view)->sheet, (const char *const *)names,
                                     NULL, &error))
        return true;
    wrong(reading, member, otherwise, view_entry(view)->name, error->message);
    return false;
}

static void take_columns(const struct reading *reading, const struct columns_said *said,
                         struct arrangement arranged[VIEW_COUNT])
{
    enum view_id view = find_screen(reading, said, said, said->screen);
    if (view != VIEW_COUNT)
        choose(reading, said->names, said, said, view, &arranged[view]);
}

static void take_preset(const struct reading *reading, const struct preset_said *said,
                        GPtrArray *into)
{
    g_autoptr(GError) error = NULL;
    struct arrangement arranged = {.faults = said->faults};
    enum view_id view = find_screen(reading, &said->screen, said, said->screen);
    if (view == VIEW_COUNT ||
        !choose(reading, said->columns, &said->columns, said, view, &arranged))
        return;
    if (!arrangement_sort(&arranged, view_of(view)->sheet, said->sort, &error)) {
        wrong(reading, &said->sort, said, "sort", error->message);
        return;
    }
    g_autofree const char **names = sheet_names(view_of(view)->sheet);
    struct filter *filter = filter_parse(said->filter);
    g_autofree char *what = filter_wrong(filter, names);
    filter_free(filter);
    if (what) {
        wrong(reading, &said->filter, said, "filter", what);
        return;
    }
    struct preset *preset = g_new(struct preset, 1);
    *preset = (struct preset){g_strdup(said->name), view,
                              g_strdup(said->filter ? said->filter : ""), arranged};
    g_ptr_array_add(into, preset);
}

void presets_take(const GPtrArray *columns, const GPtrArray *presets,
                  const struct schema_reader *reader, struct faults *faults,
                  struct arrangement arranged[VIEW_COUNT], GPtrArray *into)
{
    const struct reading reading = {reader, faults};
    for (guint i = 0; i < columns->len; i++)
        take_columns(&reading, g_ptr_array_index(columns, i), arranged);
    for (guint i = 0; i < presets->len; i++)
        take_preset(&reading, g_ptr_array_index(presets, i), into);
}
