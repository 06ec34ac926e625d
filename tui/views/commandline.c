#include "tui/views/commandline.h"

#include "data/base/error.h"
#include "data/base/text.h"

#include <string.h>

enum takes { TAKES_NOTHING, TAKES_CELL, TAKES_TENANT, TAKES_OPERATION, TAKES_FILTER };

static const struct entry {
    const char *name;
    enum view_id view;
    enum takes takes;
} entries[] = {
    {"fleet", VIEW_FLEET, TAKES_FILTER},        {"cell", VIEW_CELL, TAKES_CELL},
    {"tenants", VIEW_TENANTS, TAKES_FILTER},    {"tenant", VIEW_TENANT, TAKES_TENANT},
    {"rollout", VIEW_ROLLOUT, TAKES_OPERATION}, {"history", VIEW_HISTORY, TAKES_FILTER},
    {"events", VIEW_EVENTS, TAKES_OPERATION},   {"help", VIEW_HELP, TAKES_NOTHING},
    {"quit", VIEW_COUNT, TAKES_NOTHING},        {"q", VIEW_COUNT, TAKES_NOTHING},
};

void command_line_clear(struct command_line *command)
{
    g_free(command->subject);
    g_free(command->filter);
    *command = (struct command_line){0};
}

static const struct entry *find_entry(const char *name, GError **error)
{
    const char *names[G_N_ELEMENTS(entries) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
        names[i] = entries[i].name;
    }
    const char *nearest = text_nearest(name, names);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no command :%s%s%s", name,
                nearest ? "; did you mean :" : " (:help has them all)", nearest ? nearest : "");
    return NULL;
}

/* All ids that a command could take, NULL-terminated; the strings are borrowed. */
static GPtrArray *candidates(const struct deck *deck, enum takes takes)
{
    GPtrArray *ids = g_ptr_array_new();
    for (guint i = 0; takes == TAKES_CELL && i < deck->config->cells->len; i++)
        g_ptr_array_add(ids, ((struct cell_config *)g_ptr_array_index(deck->config->cells, i))->id);
    for (guint i = 0; takes == TAKES_OPERATION && i < deck->operations->len; i++)
        g_ptr_array_add(ids, ((struct operation *)g_ptr_array_index(deck->operations, i))->id);
    const struct registry *registry = deck->snapshot ? deck->snapshot->registry : NULL;
    for (guint i = 0; takes == TAKES_TENANT && registry && i < registry->tenants->len; i++)
        g_ptr_array_add(ids, ((struct tenant *)g_ptr_array_index(registry->tenants, i))->id);
    g_ptr_array_add(ids, NULL);
    return ids;
}

static bool take_subject(const struct deck *deck, const struct entry *entry, const char *given,
                         struct command_line *command, GError **error)
{
    g_autoptr(GPtrArray) ids = candidates(deck, entry->takes);
    const char *const *known = (const char *const *)ids->pdata;
    if (!*given && entry->takes == TAKES_OPERATION)
        return true; /* the one under way */
    if (g_strv_contains(known, given)) {
        command->subject = g_strdup(given);
        return true;
    }
    const char *nearest = *given && ids->len < 2000 ? text_nearest(given, known) : NULL;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no %s %s%s%s",
                entry->takes == TAKES_OPERATION ? "operation" : entry->name, given,
                nearest ? "; did you mean " : "", nearest ? nearest : "");
    return false;
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
    const struct entry *entry = find_entry(line, error);
    if (!entry)
        return false;
    command->view = entry->view;
    command->quit = entry->view == VIEW_COUNT;
    if (entry->takes == TAKES_NOTHING)
        return true;
    if (entry->takes == TAKES_FILTER) {
        command->filter = g_strdup(given);
        return true;
    }
    return take_subject(deck, entry, given, command, error);
}

void command_line_complete(const struct deck *deck, struct prompt *prompt)
{
    const char *space = strchr(prompt->text->str, ' ');
    if (!space) {
        const char *names[G_N_ELEMENTS(entries) + 1] = {NULL};
        for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
            names[i] = entries[i].name;
        prompt_complete(prompt, 0, names);
        return;
    }
    g_autofree char *name = g_strndup(prompt->text->str, (gsize)(space - prompt->text->str));
    const struct entry *entry = find_entry(name, NULL);
    if (!entry)
        return;
    g_autoptr(GPtrArray) ids = candidates(deck, entry->takes);
    prompt_complete(prompt, (gsize)(space + 1 - prompt->text->str),
                    (const char *const *)ids->pdata);
}
