#include "tui/views/commandline.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/releases.h"
#include "tui/views/launch.h"
#include "tui/views/sheet.h"

#include <string.h>

/* What `:` takes beside the screens; what has no summary is another name of something. */
static const struct command_verb verbs[] = {
    {"start", COMMAND_START, TAKES_VERSION, "VERSION",
     "start a rollout: its plan is shown first, then asked; after the version `attended` (you stay to "
     "renew credentials that end before the plan does), `retry-failed`, `fixes=CELL` (which it "
     "cures)"},
    {"sort", COMMAND_SORT, TAKES_COLUMNS, "COLUMN",
     "users, or -users the other way round; none: as the screen has it"},
    {"columns", COMMAND_COLUMNS, TAKES_COLUMNS, "COLUMNS",
     "cell,state,users=30: which columns, in what order and how wide; none: all"},
    {"preset", COMMAND_PRESET, TAKES_PRESET, "NAME",
     "a table as console.yaml's presets have it: filter, order and columns"},
    {"as-json", COMMAND_AS_JSON, TAKES_NOTHING, "", "the command that gives the screen as JSON"},
    {"dump", COMMAND_DUMP, TAKES_FILE, "[FILE]",
     "the screen into that file; none: $XDG_STATE_HOME/celldeck/screens/TIME-SCREEN.txt"},
    {"export", COMMAND_EXPORT, TAKES_OPERATION, "[ID]",
     "an operation's whole record, or that of all, into a file"},
    {"mouse", COMMAND_MOUSE, TAKES_SWITCH, "on|off",
     "whose it is; what console.yaml says of it holds from the start (`mouse: off`)"},
    {"quit", COMMAND_QUIT, TAKES_NOTHING, "", "leave"},
    {"q", COMMAND_QUIT, TAKES_NOTHING, "", NULL},
};

const struct command_verb *command_verbs(size_t *n)
{
    *n = G_N_ELEMENTS(verbs);
    return verbs;
}

enum { ENTRIES = VIEW_COUNT + G_N_ELEMENTS(verbs) };

struct entry {
    const char *name;
    enum command_kind kind;
    enum view_id view; /* of COMMAND_OPEN */
    enum takes takes;
};

/* The screens in their order, then the verbs. */
static struct entry entry_at(int which)
{
    if (which >= VIEW_COUNT) {
        const struct command_verb *verb = &verbs[which - VIEW_COUNT];
        return (struct entry){verb->name, verb->kind, VIEW_COUNT, verb->takes};
    }
    const struct view_entry *view = view_entry((enum view_id)which);
    return (struct entry){view->name, COMMAND_OPEN, (enum view_id)which, view->takes};
}

void command_line_clear(struct command_line *command)
{
    g_free(command->subject);
    g_free(command->filter);
    launch_choice_clear(&command->choice);
    *command = (struct command_line){0};
}

static bool find_entry(const char *name, struct entry *entry, GError **error)
{
    const char *names[ENTRIES + 1] = {NULL};
    for (int i = 0; i < ENTRIES; i++) {
        *entry = entry_at(i);
        if (strcmp(entry->name, name) == 0)
            return true;
        names[i] = entry->name;
    }
    const char *nearest = text_nearest(name, names);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no command :%s%s%s", name,
                nearest ? "; did you mean :" : " (:help has them all)", nearest ? nearest : "");
    return false;
}

/* All ids that a command could take, NULL-terminated; the strings are borrowed. */
static GPtrArray *candidates(const struct deck *deck, enum takes takes)
{
    static const char *const switches[] = {"on", "off"};
    GPtrArray *ids = g_ptr_array_new();
    for (size_t i = 0; takes == TAKES_SWITCH && i < G_N_ELEMENTS(switches); i++)
        g_ptr_array_add(ids, (gpointer)switches[i]);
    for (guint i = 0; takes == TAKES_CELL && i < deck->config->cells->len; i++)
        g_ptr_array_add(ids, ((struct cell_config *)g_ptr_array_index(deck->config->cells, i))->id);
    for (guint i = 0; takes == TAKES_OPERATION && i < deck->operations->len; i++)
        g_ptr_array_add(ids, ((struct operation *)g_ptr_array_index(deck->operations, i))->id);
    for (int i = 0; takes == TAKES_SCREEN && i < VIEW_COUNT; i++)
        g_ptr_array_add(ids, (gpointer)view_entry((enum view_id)i)->name);
    for (guint i = 0; takes == TAKES_VERSION && deck->releases && i < deck->releases->len; i++)
        g_ptr_array_add(ids, ((struct release *)g_ptr_array_index(deck->releases, i))->version);
    const GPtrArray *presets = deck->preferences ? deck->preferences->presets : NULL;
    for (guint i = 0; takes == TAKES_PRESET && presets && i < presets->len; i++)
        g_ptr_array_add(ids, ((struct preset *)g_ptr_array_index(presets, i))->name);
    const struct sheet *sheet = view_of(deck->here)->sheet;
    for (size_t i = 0; takes == TAKES_COLUMNS && sheet && i < sheet->n; i++)
        g_ptr_array_add(ids, (gpointer)sheet->columns[i].id);
    const struct registry *registry = deck->snapshot ? deck->snapshot->registry : NULL;
    for (guint i = 0; takes == TAKES_TENANT && registry && i < registry->tenants->len; i++)
        g_ptr_array_add(ids, (gpointer)((struct tenant *)registry->tenants->pdata[i])->id);
    g_ptr_array_add(ids, NULL);
    return ids;
}

/* The one under way; every screen; the other one. */
static bool may_lack(enum takes takes)
{
    return takes == TAKES_OPERATION || takes == TAKES_SCREEN || takes == TAKES_SWITCH;
}

static bool take_subject(const struct deck *deck, const struct entry *entry, const char *given,
                         struct command_line *command, GError **error)
{
    g_autoptr(GPtrArray) ids = candidates(deck, entry->takes);
    const char *const *known = (const char *const *)ids->pdata;
    if (!*given && may_lack(entry->takes))
        return true;
    if (!*given) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, ":%s takes the %s of a %s (Tab lists them)",
                    entry->name, entry->takes == TAKES_PRESET ? "name" : "id", entry->name);
        return false;
    }
    if (g_strv_contains(known, given)) {
        command->subject = g_strdup(given);
        return true;
    }
    if (entry->takes == TAKES_SWITCH) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, ":%s takes on or off; \"%s\" was typed",
                    entry->name, given);
        return false;
    }
    const char *nearest = ids->len < 2000 ? text_nearest(given, known) : NULL;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no %s %s%s%s",
                entry->takes == TAKES_OPERATION ? "operation"
                : entry->takes == TAKES_SCREEN  ? "screen"
                                                : entry->name,
                given, nearest ? "; did you mean " : "", nearest ? nearest : "");
    return false;
}

static bool take_nothing(const struct entry *entry, const char *given, GError **error)
{
    if (!*given)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, ":%s takes nothing after it; \"%s\" was typed",
                entry->name, given);
    return false;
}

/* Whether there is such a release is for the plan to say. */
static bool take_version(const struct deck *deck, const struct entry *entry, const char *given,
                         struct command_line *command, GError **error)
{
    g_auto(GStrv) words = g_strsplit(given, " ", -1);
    const bool starts = entry->kind == COMMAND_START;
    if (!words[0] || !version_is(words[0])) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s%s:%s takes a version (Tab lists them)",
                    given, *given ? " is no version; " : "", entry->name);
        return false;
    }
    for (char **word = words + 1; *word; word++) {
        if (!**word || (starts && launch_choice_take(&command->choice, deck->config, *word)))
            continue;
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: after its version :%s takes %s", *word,
                    entry->name, starts ? "attended, retry-failed or fixes=CELL" : "nothing more");
        command_line_clear(command);
        return false;
    }
    command->subject = g_strdup(version_bare(words[0]));
    return true;
}

bool command_line_parse(const struct deck *deck, const char *text, struct command_line *command,
                        GError **error)
{
    g_autofree char *line = g_strstrip(g_strdup(text));
    char *rest = strchr(line, ' ');
    if (rest)
        *rest++ = '\0';
    const char *given = rest ? g_strstrip(rest) : "";
    *command = (struct command_line){0};
    struct entry entry;
    if (!find_entry(line, &entry, error))
        return false;
    command->view = entry.view;
    command->kind = entry.kind;
    if (entry.takes == TAKES_NOTHING)
        return take_nothing(&entry, given, error);
    if (entry.takes == TAKES_FILTER || entry.takes == TAKES_COLUMNS || entry.takes == TAKES_FILE) {
        command->filter = g_strdup(given);
        return true;
    }
    if (entry.takes == TAKES_VERSION)
        return take_version(deck, &entry, given, command, error);
    return take_subject(deck, &entry, given, command, error);
}

/* After the last comma, or the sign that turns the order round. */
static gsize start_of_column(const char *text, gsize start)
{
    const char *comma = strrchr(text + start, ',');
    if (comma)
        return (gsize)(comma + 1 - text);
    return start + (text[start] == '-');
}

/* What may stand at the word being typed, NULL-terminated, borrowed; *start: its first byte. */
static GPtrArray *offers(const struct deck *deck, const char *text, gsize *start)
{
    const char *space = strchr(text, ' ');
    *start = space ? (gsize)(space + 1 - text) : 0;
    if (space) {
        g_autofree char *name = g_strndup(text, (gsize)(space - text));
        struct entry entry;
        bool found = find_entry(name, &entry, NULL);
        if (found && entry.takes == TAKES_COLUMNS)
            *start = start_of_column(text, *start);
        return candidates(deck, found ? entry.takes : TAKES_NOTHING);
    }
    GPtrArray *names = g_ptr_array_new();
    for (int i = 0; i < ENTRIES; i++)
        g_ptr_array_add(names, (gpointer)entry_at(i).name);
    g_ptr_array_add(names, NULL);
    return names;
}

void command_line_complete(const struct deck *deck, struct prompt *prompt)
{
    gsize start;
    g_autoptr(GPtrArray) words = offers(deck, prompt->text->str, &start);
    prompt_complete(prompt, start, (const char *const *)words->pdata);
}

char *command_line_offers(const struct deck *deck, const struct prompt *prompt)
{
    enum { MOST = 40 }; /* more than any line has room for */
    gsize start;
    g_autoptr(GPtrArray) words = offers(deck, prompt->text->str, &start);
    GString *line = g_string_new(NULL);
    guint found = 0;
    for (guint i = 0; i + 1 < words->len && found < MOST; i++) {
        const char *word = g_ptr_array_index(words, i);
        if (!g_str_has_prefix(word, prompt->text->str + start))
            continue;
        g_string_append_printf(line, "%s%s", found++ ? "  " : "", word);
    }
    return g_string_free(line, FALSE);
}
