/* What is said in answer to a line. */
#include "data/base/when.h"
#include "tui/linear/linear_inside.h"
#include "tui/shell/as_json.h"
#include "tui/shell/takeaway.h"
#include "tui/views/preferences.h"
#include "tui/views/sheet.h"

#include <string.h>

static void say_here(struct linear *linear)
{
    struct speech *speech = speech_new();
    say_screen(speech, linear->deck);
    linear_answer(linear, speech);
}

static void now_busy(struct linear *linear, const char *with)
{
    linear->busy = with;
    linear->busy_ms = when_mono_ms();
    linear->under_way++;
}

/* What was waited for has come: it is said, and lines are taken again. */
static void said_at_last(struct linear *linear)
{
    linear->busy = NULL;
    if (!g_cancellable_is_cancelled(linear->leaving))
        say_here(linear);
    linear_prompt(linear);
    linear_take_lines(linear);
}

static void on_changes(struct release_changes *changes, gpointer data)
{
    struct linear *linear = data;
    linear->under_way--;
    if (changes) {
        release_changes_free(linear->deck->changes);
        linear->deck->changes = changes;
    }
    said_at_last(linear);
}

static void on_releases(GPtrArray *list, char *error, gpointer data)
{
    struct linear *linear = data;
    linear->under_way--;
    deck_set_releases(linear->deck, list, error);
    g_autofree char *version = g_steal_pointer(&linear->release);
    if (!version || g_cancellable_is_cancelled(linear->leaving)) {
        said_at_last(linear);
        return;
    }
    linear->under_way++;
    released_read_changes(linear->deck->config, version, linear->leaving, on_changes, linear);
}

static void open_screen(struct linear *linear, enum view_id view, const char *subject,
                        const char *filter)
{
    say_choose(linear->deck, view, subject, filter);
    if (view != VIEW_RELEASES && view != VIEW_RELEASE) {
        say_here(linear);
        return;
    }
    linear->release = view == VIEW_RELEASE ? g_strdup(subject) : NULL;
    now_busy(linear, "reading the git repository of releases");
    released_read(linear->deck->config, linear->leaving, on_releases, linear);
}

static void open_item(struct linear *linear, guint64 number)
{
    const GPtrArray *items = linear->said ? linear->said->items : NULL;
    if (!items || number == 0 || number > items->len) {
        voice_printf(linear->voice, "There is no item %" G_GUINT64_FORMAT "; the last list has %u.",
                     number, items ? items->len : 0);
        return;
    }
    const struct speech_item *item = g_ptr_array_index(items, number - 1);
    g_autofree char *subject = g_strdup(item->subject);
    const struct operation *operation = deck_operation(linear->deck, subject);
    bool steps = item->view == VIEW_EVENTS && operation && deck_kind_has_steps(operation->kind);
    open_screen(linear, steps ? VIEW_STEPS : item->view, subject, NULL);
}

/* Of the screen that was said last; those that are no lists keep none. */
static bool is_list(const struct deck *deck)
{
    return view_entry(deck->here)->takes == TAKES_FILTER;
}

static void filter_here(struct linear *linear, const char *filter)
{
    open_screen(linear, is_list(linear->deck) ? linear->deck->here : VIEW_FLEET, NULL, filter);
}

static struct arrangement *arranged_here(struct linear *linear)
{
    struct deck *deck = linear->deck;
    if (view_of(deck->here)->sheet)
        return &deck->arranged[deck->here];
    voice_line(linear->voice, "What was said last is no table. fleet, tenants and history are.");
    return NULL;
}

static void arrange(struct linear *linear, const struct word *word)
{
    g_autoptr(GError) error = NULL;
    struct arrangement *arrangement = arranged_here(linear);
    const struct sheet *sheet = view_of(linear->deck->here)->sheet;
    if (!arrangement)
        return;
    g_auto(GStrv) names = g_strsplit(word->filter ? word->filter : "", ",", -1);
    bool well = true;
    if (word->kind == WORD_FAULTS)
        arrangement->faults = !arrangement->faults;
    else if (word->kind == WORD_SORT)
        well = arrangement_sort(arrangement, sheet, word->filter, &error);
    else
        well = arrangement_choose(arrangement, sheet, (const char *const *)names, NULL, &error);
    if (well)
        say_here(linear);
    else
        voice_line(linear->voice, error->message);
}

static void take_preset(struct linear *linear, const char *name)
{
    struct deck *deck = linear->deck;
    const GPtrArray *presets = deck->preferences->presets;
    for (guint i = 0; i < presets->len; i++) {
        const struct preset *preset = g_ptr_array_index(presets, i);
        if (strcmp(preset->name, name) != 0)
            continue;
        deck->arranged[preset->view] = preset->arranged;
        open_screen(linear, preset->view, NULL, preset->filter);
        return;
    }
}

static void say_as_json(struct linear *linear)
{
    const struct deck *deck = linear->deck;
    g_autofree char *program = as_json_program();
    const struct as_json_from from = {program, deck->config->path, g_getenv("CELLDECK_STATE")};
    const struct as_json_of of = {.view = deck->here,
                                  .subject = deck->subject,
                                  .filter = deck->filter,
                                  .config = deck->config};
    struct as_json answer = as_json(&of, &from);
    if (answer.command)
        voice_line(linear->voice, answer.command);
    if (answer.note)
        voice_line(linear->voice, answer.note);
    as_json_clear(&answer);
}

static void refresh(struct linear *linear)
{
    if (linear->refresh)
        linear->refresh(linear->refresh_data);
    deck_read_journal(linear->deck, true);
    voice_line(linear->voice, "Every source is being read again; what changes is told.");
}

static void brief(struct linear *linear)
{
    struct speech *speech = speech_new();
    say_brief(speech, linear->deck);
    linear_answer(linear, speech);
}

static void on_taken(const char *said, const GError *error, gpointer data)
{
    struct linear *linear = data;
    linear->under_way--;
    linear->busy = NULL;
    voice_printf(linear->voice, "%s%s", error ? "Nothing was exported: " : "",
                 error ? error->message : said);
    linear_prompt(linear);
    linear_take_lines(linear);
}

static void export(struct linear *linear, const char *operation)
{
    now_busy(linear, "exporting");
    takeaway_begin(linear->deck, operation, on_taken, linear);
}

static void do_word(struct linear *linear, const struct word *word)
{
    switch (word->kind) {
    case WORD_OPEN:
        open_screen(linear, word->view, word->subject, word->filter);
        break;
    case WORD_ITEM:
        open_item(linear, word->number);
        break;
    case WORD_ACT:
        linear_act(linear, word);
        break;
    case WORD_START:
        linear_start(linear, word->subject, &word->choice);
        break;
    case WORD_FILTER:
        filter_here(linear, word->filter);
        break;
    case WORD_SORT:
    case WORD_COLUMNS:
    case WORD_FAULTS:
        arrange(linear, word);
        break;
    case WORD_PRESET:
        take_preset(linear, word->subject);
        break;
    case WORD_AS_JSON:
        say_as_json(linear);
        break;
    case WORD_REFRESH:
        refresh(linear);
        break;
    case WORD_BRIEF:
        brief(linear);
        break;
    case WORD_EXPORT:
        export(linear, word->subject);
        break;
    case WORD_QUIT:
        g_main_loop_quit(linear->loop);
        break;
    case WORD_NOTHING:
        break;
    }
}

void linear_do(struct linear *linear, const char *line)
{
    g_autoptr(GError) error = NULL;
    struct word word = {0};
    linear_read(linear);
    if (word_parse(linear->deck, line, &word, &error))
        do_word(linear, &word);
    else
        voice_line(linear->voice, error->message);
    word_clear(&word);
}

/* The offers that begin as what is being typed does. */
static void say_offers(struct linear *linear, char **words, const char *begun)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (char **word = words; *word; word++)
        if (g_str_has_prefix(*word, begun))
            g_string_append_printf(line, "%s%s", line->len ? ", " : "", *word);
    voice_raw(linear->voice, "\r\n");
    voice_line(linear->voice, line->len ? line->str : "Nothing is known that could stand there.");
    linear_prompt(linear);
}

void linear_complete(struct linear *linear)
{
    if (linear->dialog || linear->page || linear->busy)
        return;
    gsize start, before = linear->ear.text->len;
    g_auto(GStrv) words = word_offers(linear->deck, linear->ear.text->str, &start);
    struct prompt prompt;
    prompt_init(&prompt);
    prompt_set(&prompt, linear->ear.text->str);
    prompt_complete(&prompt, start, (const char *const *)words);
    if (prompt.text->len > before) {
        g_autoptr(GString) echo = g_string_new(NULL);
        ear_add(&linear->ear, prompt.text->str + before, echo);
        voice_raw(linear->voice, echo->str);
    } else {
        say_offers(linear, words, linear->ear.text->str + start);
    }
    prompt_release(&prompt);
}
