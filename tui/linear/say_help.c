/* What may be typed. */
#include "tui/linear/say.h"
#include "tui/linear/word.h"
#include "tui/views/filter.h"
#include "tui/views/terms.h"

static void add(struct speech *speech, const struct filter *filter, const char *words,
                const char *text)
{
    const struct field fields[] = {{"word", words}, {"text", text}};
    if (filter_takes(filter, fields, G_N_ELEMENTS(fields)))
        speech_printf(speech, "%s: %s", words, text);
}

static void add_screens(struct speech *speech, const struct filter *filter)
{
    static const char *const taken[] = {
        [TAKES_NOTHING] = "",       [TAKES_FILTER] = " [TEXT]",  [TAKES_CELL] = " CELL",
        [TAKES_TENANT] = " TENANT", [TAKES_OPERATION] = " [ID]", [TAKES_VERSION] = " VERSION",
        [TAKES_SCREEN] = " [WORD]"};
    for (int i = 0; i < VIEW_COUNT; i++) {
        const struct view_entry *entry = view_entry((enum view_id)i);
        g_autofree char *words = g_strconcat(entry->name, taken[entry->takes], NULL);
        if (i != VIEW_HELP && i != VIEW_THEMES)
            add(speech, filter, words, entry->summary);
    }
}

static void add_acts(struct speech *speech, const struct filter *filter, bool write)
{
    for (int i = 0; i < REQUEST_COUNT; i++) {
        if (!request_acts((enum request)i) || i == REQUEST_START)
            continue;
        const struct binding *binding = &request_bindings()[i];
        g_autofree char *words = g_strconcat(binding->name, word_usage((enum request)i), NULL);
        g_autofree char *text =
            g_strconcat(binding->summary, write ? "" : " (with --write only)", NULL);
        add(speech, filter, words, text);
    }
}

void say_help(struct speech *speech, const struct deck *deck)
{
    static const struct {
        const char *words, *text;
    } own[] = {
        {"a number", "opens the item that was said with it"},
        {"brief", "what is said at the start, as it is now"},
        {"/TEXT", "only what has TEXT in it, of the last list; `/` alone shows all again"},
        {"sort COLUMN", "the last list by that column; -COLUMN the other way round"},
        {"columns NAME,NAME", "what is said of each row of the last list, in that order"},
        {"preset NAME", "a list arranged as console.yaml has it"},
        {"as-json", "the command that gives as JSON what was said last"},
        {"faults", "of the last list only what something is wrong with, or all again"},
        {"export [ID]", "the whole record of an operation, or of all, into a file"},
        {"refresh", "reads every source again"},
        {"start VERSION [attended] [retry-failed] [fixes=CELL]",
         "plans a rollout of it, says the plan, and asks; what may be chosen is named there"},
        {"quit", "leaves; so does Ctrl-D. Ctrl-C leaves a question"},
    };
    struct filter *filter = filter_parse(deck->subject ? deck->subject : "");
    add_screens(speech, filter);
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        add(speech, filter, own[i].words, own[i].text);
    add_acts(speech, filter, deck->write);
    filter_free(filter);
    if (speech->lines->len == 0)
        speech_line(speech, "Nothing in help is like that.");
}
