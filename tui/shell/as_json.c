#include "tui/shell/as_json.h"

#include "data/base/text.h"
#include "tui/views/place_question.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *words; /* the command; NULL: none */
    bool takes;        /* the screen's subject */
    const char *note;
} commands[VIEW_COUNT] = {
    [VIEW_FLEET] = {"status", false, NULL},
    [VIEW_CELL] = {"status", false, "the cell is among cells[]; of its past there is no command"},
    [VIEW_TENANTS] = {"tenants", false, NULL},
    [VIEW_TENANT] = {"tenant where", true, NULL},
    [VIEW_ROLLOUT] = {"rollout status", true, NULL},
    [VIEW_RELEASES] = {"releases", false, NULL},
    [VIEW_RELEASE] = {"releases", false, "of what a release changes there is no command"},
    [VIEW_HISTORY] = {"history list", false, NULL},
    [VIEW_EVENTS] = {"history show", true, NULL},
    [VIEW_ALARMS] = {"status", false, "the alarms are in cells[].alarms"},
    [VIEW_FAILOVER] = {"failover plan", true, NULL},
    [VIEW_TARGETS] = {"failover plan", true, NULL},
    [VIEW_STEPS] = {"failover status", true, NULL},
    [VIEW_MOVES] = {"tenant where", true,
                    "of where it could go there is no command; `celldeck tenant move ID --to CELL` "
                    "says it of one cell before it asks"},
    [VIEW_MESSAGES] = {NULL, false, "what was said here, no command knows"},
    [VIEW_THEMES] = {NULL, false, "themes are the console's own; no command lists them"},
    [VIEW_HELP] = {NULL, false, "keys are the console's own; `celldeck --help` has the commands"},
};

/* $'...' of bash, zsh, ksh and POSIX 2024: what can't be seen, or is no text, is escaped. */
static void append_escaped(GString *command, const char *word)
{
    g_string_append(command, "$'");
    for (const char *p = word; *p; p++) {
        if (*p == '\'' || *p == '\\')
            g_string_append_printf(command, "\\%c", *p);
        else if (*p >= ' ' && *p < 0x7f)
            g_string_append_c(command, *p);
        else /* octal, which ends after three digits whatever follows */
            g_string_append_printf(command, "\\%03o", (guchar)*p);
    }
    g_string_append_c(command, '\'');
}

static void append_word(GString *command, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_-./:@%+,";
    g_autofree char *clean = text_clean(word);
    if (strcmp(clean, word) != 0) {
        append_escaped(command, word);
    } else if (*word && strspn(word, plain) == strlen(word)) {
        g_string_append(command, word);
    } else {
        g_autofree char *quoted = g_shell_quote(word);
        g_string_append(command, quoted);
    }
}

/* `more`: words that go before the subject. */
static char *command_of(const char *words, const GPtrArray *more, const char *subject,
                        const struct as_json_from *from)
{
    g_autoptr(GString) command = g_string_new(NULL);
    if (from->state) {
        g_string_append(command, "CELLDECK_STATE=");
        append_word(command, from->state);
        g_string_append_c(command, ' ');
    }
    append_word(command, from->program);
    g_string_append_printf(command, " %s --json -c ", words);
    g_autofree char *config = g_canonicalize_filename(from->config, NULL);
    append_word(command, config);
    for (guint i = 0; i < more->len; i++) {
        g_string_append_c(command, ' ');
        append_word(command, more->pdata[i]);
    }
    if (subject) {
        g_string_append(command, *subject == '-' ? " -- " : " ");
        append_word(command, subject);
    }
    return g_strdup(command->str);
}

static void add_option(GPtrArray *more, const char *name, const char *value)
{
    g_ptr_array_add(more, g_strdup(name));
    g_ptr_array_add(more, g_strdup(value));
}

/* What the screen place was asked. */
static struct as_json of_place(const struct as_json_of *of, const struct as_json_from *from)
{
    struct as_json answer = {0};
    struct place_question question = place_question_parse(of->config, of->filter);
    const struct place_ask *ask = &question.ask;
    g_autoptr(GPtrArray) more = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *users = g_strdup_printf("%" G_GINT64_FORMAT, ask->users);
    bool whole = ask->users > 0 && ask->residency && !question.wrong;
    if (whole) {
        add_option(more, "--users", users);
        add_option(more, "--tier", tenant_tier_name(ask->tier));
        add_option(more, "--residency", ask->residency);
    }
    if (whole && ask->region)
        add_option(more, "--region", ask->region);
    if (whole)
        answer.command = command_of("place", more, NULL, from);
    else
        answer.note = g_strdup("it is asked nothing yet that a command could answer: users and "
                               "residency, as in 500 EU");
    place_question_clear(&question);
    return answer;
}

struct as_json as_json(const struct as_json_of *of, const struct as_json_from *from)
{
    struct as_json answer = {0};
    const char *words = commands[of->view].words, *note = commands[of->view].note;
    bool filtered = of->filter && *of->filter;
    g_autoptr(GPtrArray) more = g_ptr_array_new_with_free_func(g_free);
    if (of->view == VIEW_PLACE)
        return of_place(of, from);
    if (of->view == VIEW_TARGETS && of->selected)
        add_option(more, "--to", of->selected);
    if (!words)
        answer.note = g_strdup(note ? note : "there is no command for this screen yet");
    else if (commands[of->view].takes && !of->subject)
        answer.note = g_strdup("there is nothing on this screen yet that a command could be about");
    else
        answer.command =
            command_of(words, more, commands[of->view].takes ? of->subject : NULL, from);
    if (answer.command && filtered)
        answer.note =
            g_strdup_printf("%s%sthe filter is no part of it", note ? note : "", note ? "; " : "");
    else if (answer.command)
        answer.note = g_strdup(note);
    return answer;
}

void as_json_clear(struct as_json *answer)
{
    g_free(answer->command);
    g_free(answer->note);
    *answer = (struct as_json){0};
}

char *as_json_program(void)
{
    g_autofree char *found = g_find_program_in_path("celldeck");
    g_autofree char *there = found ? realpath(found, NULL) : NULL; /* g_free() is free() */
    g_autofree char *ours = realpath("/proc/self/exe", NULL);
    bool same = !ours || g_strcmp0(there, ours) == 0;
    return same ? g_strdup("celldeck") : g_steal_pointer(&ours);
}
