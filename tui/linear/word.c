#include "tui/linear/word.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "tui/views/commandline.h"

#include <string.h>

static const struct {
    const char *name;
    enum word_kind kind;
} own[] = {{"brief", WORD_BRIEF}, {"refresh", WORD_REFRESH}, {"faults", WORD_FAULTS}};

void word_clear(struct word *word)
{
    g_free(word->subject);
    g_free(word->filter);
    g_free(word->cell);
    g_free(word->to);
    g_free(word->operation);
    launch_choice_clear(&word->choice);
    *word = (struct word){0};
}

/* The request of a name; REQUEST_COUNT: it is no act of a rollout. */
static enum request act_named(const char *name)
{
    if (strcmp(name, "resume") == 0)
        return REQUEST_PAUSE;
    for (int i = 0; i < REQUEST_COUNT; i++)
        if (request_acts((enum request)i) && i != REQUEST_START &&
            strcmp(request_bindings()[i].name, name) == 0)
            return (enum request)i;
    return REQUEST_COUNT;
}

static const char *nearest(const char *name)
{
    const char *names[REQUEST_COUNT + G_N_ELEMENTS(own) + 2] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        names[n++] = own[i].name;
    for (int i = 0; i < REQUEST_COUNT; i++)
        if (act_named(request_bindings()[i].name) != REQUEST_COUNT)
            names[n++] = request_bindings()[i].name;
    names[n] = "resume";
    return text_nearest(name, names);
}

enum { GIVEN_CELL = 1 << 0, GIVEN_OPERATION = 1 << 1, GIVEN_TO = 1 << 2 };

/* What an act is of. */
struct target_kind {
    enum request request;
    const char *usage; /* after its name */
    unsigned given;
    const char *what; /* that there is none of, where a word is nothing of that */
};

static const struct target_kind *target_kind_of(enum request request)
{
    static const char steps[] = "failover, drill or move";
    static const struct target_kind
        of_rollout = {.usage = " [CELL] [ROLLOUT]",
                      .given = GIVEN_CELL | GIVEN_OPERATION,
                      .what = "cell and no rollout"},
        of_steps[] = {{REQUEST_FAIL_OVER, " [CELL] [to CELL]", GIVEN_CELL | GIVEN_TO, "cell"},
                      {REQUEST_DRILL, " [CELL] [to CELL]", GIVEN_CELL | GIVEN_TO, "cell"},
                      {REQUEST_WITHOUT_DNS, " [CELL] [to CELL]", GIVEN_CELL | GIVEN_TO, "cell"},
                      {REQUEST_MOVE_IT, " CELL", GIVEN_CELL, "cell"},
                      {REQUEST_RESUME, " [ID]", GIVEN_OPERATION, steps},
                      {REQUEST_REVERT, " [ID]", GIVEN_OPERATION, steps}};
    for (size_t i = 0; i < G_N_ELEMENTS(of_steps); i++)
        if (of_steps[i].request == request)
            return &of_steps[i];
    return &of_rollout;
}

const char *word_usage(enum request act)
{
    return target_kind_of(act)->usage;
}

/* A rollout is nothing that could be reverted. */
static bool is_operation(const struct deck *deck, const char *word, enum request act)
{
    const struct operation *operation = deck_operation(deck, word);
    bool steps = operation && deck_kind_has_steps(operation->kind);
    return act == REQUEST_REVERT ? steps : operation || deck_rollout(deck, word);
}

/* Where a word of what an act is of goes; NULL: it is nothing of that. */
static char **place_of(const struct deck *deck, const char *given, bool to, struct word *word)
{
    unsigned may = target_kind_of(word->request)->given;
    if ((may & GIVEN_OPERATION) && is_operation(deck, given, word->request))
        return &word->operation;
    if (!(may & GIVEN_CELL) || !config_cell(deck->config, given))
        return NULL;
    return to ? &word->to : &word->cell;
}

/* What an act is of, in either order: ids say themselves which they are. */
static bool take_target(const struct deck *deck, const char *act, char **given, struct word *word,
                        GError **error)
{
    const struct target_kind *kind = target_kind_of(word->request);
    bool to = false;
    for (; *given; given++) {
        char **place = place_of(deck, *given, to, word);
        bool is_to = (kind->given & GIVEN_TO) && strcmp(*given, "to") == 0;
        to |= is_to;
        if (!**given || is_to)
            continue;
        if (!place) {
            g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: there is no %s %s; nothing was done",
                        act, kind->what, *given);
            return false;
        }
        if (*place) {
            g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s takes%s: %s or %s? Nothing was done",
                        act, kind->usage, *place, *given);
            return false;
        }
        *place = g_strdup(*given);
    }
    if (to && !word->to) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: to which cell? Nothing was done", act);
        return false;
    }
    return true;
}

static bool take_command(const struct deck *deck, const char *line, const char *head,
                         struct word *word, GError **error)
{
    static const enum word_kind kinds[] = {
        [COMMAND_OPEN] = WORD_OPEN,     [COMMAND_START] = WORD_START,
        [COMMAND_SORT] = WORD_SORT,     [COMMAND_COLUMNS] = WORD_COLUMNS,
        [COMMAND_PRESET] = WORD_PRESET, [COMMAND_QUIT] = WORD_QUIT,
        [COMMAND_EXPORT] = WORD_EXPORT, [COMMAND_AS_JSON] = WORD_AS_JSON,
    };
    struct command_line command;
    g_autoptr(GError) wrong = NULL;
    if (command_line_parse(deck, line, &command, &wrong)) {
        word->kind = kinds[command.kind];
        word->view = command.view;
        word->choice = command.choice;
        command.choice = (struct launch_choice){0};
        word->subject = g_steal_pointer(&command.subject);
        word->filter = g_steal_pointer(&command.filter);
        command_line_clear(&command);
        if (word->kind == WORD_NOTHING)
            g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                        "%s is for the full screen; there is none here, and nothing was done",
                        head);
        return word->kind != WORD_NOTHING;
    }
    const char *near = g_str_has_prefix(wrong->message, "no command") ? nearest(head) : NULL;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s%s%s",
                near ? "there is no such word; did you mean " : wrong->message, near ? near : "",
                near ? "?" : "");
    return false;
}

static bool take_own(const char *head, struct word *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        if (strcmp(own[i].name, head) == 0)
            word->kind = own[i].kind;
    return word->kind != WORD_NOTHING;
}

bool word_parse(const struct deck *deck, const char *line, struct word *word, GError **error)
{
    g_autofree char *bare = g_strstrip(g_strdup(line + (*line == ':')));
    g_auto(GStrv) parts = g_strsplit(bare, " ", -1);
    const char *head = parts[0] ? parts[0] : "";
    *word = (struct word){0};
    if (!*bare)
        return true;
    if (*bare == '/') {
        word->kind = WORD_FILTER;
        word->filter = g_strdup(bare + 1);
        return true;
    }
    if (strspn(bare, "0123456789") == strlen(bare)) {
        word->kind = WORD_ITEM;
        word->number = g_ascii_strtoull(bare, NULL, 10);
        return true;
    }
    if (strcmp(head, "help") == 0) {
        word->kind = WORD_OPEN;
        word->view = VIEW_HELP;
        word->subject = parts[1] ? g_strjoinv(" ", parts + 1) : NULL;
        return true;
    }
    word->request = act_named(head);
    if (word->request != REQUEST_COUNT) {
        word->kind = WORD_ACT;
        word->act = strcmp(head, "resume") == 0 ? "resume" : request_bindings()[word->request].name;
        return take_target(deck, head, parts + 1, word, error);
    }
    return take_own(head, word) || take_command(deck, bare, head, word, error);
}

/* Ids that an act may be of: of operations, those that are live or were last. */
static void offer_targets(const struct deck *deck, enum request act, GStrvBuilder *words)
{
    unsigned may = target_kind_of(act)->given;
    bool rollouts = act != REQUEST_RESUME && act != REQUEST_REVERT;
    bool steps = !rollouts || act == REQUEST_PAUSE; /* which `resume` is, too */
    if (may & GIVEN_TO)
        g_strv_builder_add(words, "to");
    for (guint i = 0; (may & GIVEN_CELL) && i < deck->config->cells->len; i++)
        g_strv_builder_add(words, ((struct cell_config *)deck->config->cells->pdata[i])->id);
    if (!(may & GIVEN_OPERATION))
        return;
    for (guint i = 0; rollouts && i < deck->rollouts->len; i++)
        g_strv_builder_add(words, ((struct rollout *)deck->rollouts->pdata[i])->id);
    for (guint i = 0; steps && i < deck->failovers->len; i++)
        g_strv_builder_add(words, ((struct failover *)deck->failovers->pdata[i])->id);
}

/* The first words that only this console takes. */
static void offer_own(GStrvBuilder *words)
{
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        g_strv_builder_add(words, own[i].name);
    for (int i = 0; i < REQUEST_COUNT; i++)
        if (act_named(request_bindings()[i].name) != REQUEST_COUNT)
            g_strv_builder_add(words, request_bindings()[i].name);
    g_strv_builder_add(words, "resume");
}

/* What `:` offers there: words with blanks between. */
static void offer_commands(const struct deck *deck, const char *text, GStrvBuilder *words)
{
    struct prompt prompt;
    prompt_init(&prompt);
    prompt_set(&prompt, text);
    g_autofree char *offers = command_line_offers(deck, &prompt);
    g_auto(GStrv) parts = g_strsplit(offers, " ", -1);
    for (char **part = parts; *part; part++)
        if (**part)
            g_strv_builder_add(words, *part);
    prompt_release(&prompt);
}

char **word_offers(const struct deck *deck, const char *text, gsize *start)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    const char *last = strrchr(text, ' '), *first = strchr(text, ' ');
    *start = last ? (gsize)(last + 1 - text) : 0;
    g_autofree char *head = g_strndup(text, first ? (gsize)(first - text) : strlen(text));
    if (first && act_named(head) != REQUEST_COUNT) {
        offer_targets(deck, act_named(head), words);
    } else {
        offer_commands(deck, text, words);
        if (!first)
            offer_own(words);
    }
    return g_strv_builder_end(words);
}
