/* Starting a rollout, asked in plain questions (launch_desk.h). What was said of a plan once is not
 * said again: where it changes, only what is another is. */
#include "data/base/when.h"
#include "tui/linear/linear_inside.h"

/* What is waited for: its plan, or its start. */
static void wait_for(struct linear *linear, const struct launch *launch)
{
    bool plans = launch->stage == LAUNCH_PLANNING;
    linear->busy = plans ? "planning" : "starting";
    linear->busy_ms = when_mono_ms();
    if (plans)
        voice_printf(linear->voice,
                     "Planning %s: the fleet, the release and what every cell runs are read anew.",
                     launch->version);
    else
        voice_line(linear->voice, "Starting it ...");
}

/* Moments of today move while people think: that is no news. Caller frees. */
static char *without_moments(const char *line)
{
    g_autoptr(GRegex) clock = g_regex_new("[0-9]{2}:[0-9]{2}:[0-9]{2}Z", 0, 0, NULL);
    return g_regex_replace_literal(clock, line, -1, 0, "", 0, NULL);
}

static char **bare_copy(const GPtrArray *lines)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *bare = without_moments(g_ptr_array_index(lines, i));
        g_strv_builder_add(builder, bare);
    }
    return g_strv_builder_end(builder);
}

static bool was_told(const struct linear *linear, const char *line)
{
    g_autofree char *bare = without_moments(line);
    return linear->told && g_strv_contains((const char *const *)linear->told, bare);
}

static void say_news(struct linear *linear)
{
    const struct dialog *dialog = linear->dialog;
    struct speech *speech = speech_new();
    speech_printf(speech, "%s:", dialog->title);
    for (guint i = 0; i < dialog->lines->len; i++) {
        const char *line = g_ptr_array_index(dialog->lines, i);
        if (!was_told(linear, line))
            speech_plain(speech, line);
    }
    g_strfreev(linear->told);
    linear->told = bare_copy(dialog->lines);
    linear_answer(linear, speech);
}

/* Whatever is being typed or read is broken off: it was meant for what stood there. */
static void break_in(struct linear *linear)
{
    if (linear->page)
        linear_turn_page(linear, false);
    if (linear->dialog || linear->ear.text->len)
        voice_raw(linear->voice, "\r\n");
    ear_begin(&linear->ear, NULL);
    linear_settle(linear);
}

char *linear_choices(const struct linear *linear)
{
    static const enum launch_option lift[] = {OPTION_RETRY_FAILED, OPTION_FIXES, OPTION_ATTENDED};
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; linear->starts.launch && i < G_N_ELEMENTS(lift); i++)
        if (launch_may_choose(linear->starts.launch, lift[i]))
            g_string_append_printf(text, "%s%s", text->len ? " or " : "",
                                   launch_option_name(lift[i]));
    return g_strdup(text->str);
}

/* Of what can't be started, why not: its waves are of no use to who listens. */
static GPtrArray *lines_of(const struct launch *launch)
{
    return launch->stage == LAUNCH_REFUSED ? launch_against(launch) : launch_shown(launch);
}

/* Nothing is left to be asked where nothing that may be chosen would lift what stands against it.
 */
static void ask(struct linear *linear, const struct launch *launch, bool by_itself)
{
    g_autofree char *choices = linear_choices(linear);
    bool asks = launch->stage == LAUNCH_READY || (launch->stage == LAUNCH_REFUSED && *choices);
    linear->dialog = launch_dialog(launch);
    dialog_reword(linear->dialog, lines_of(launch));
    if (!by_itself)
        linear_forget_typed_ahead(linear);
    say_news(linear);
    if (asks)
        return;
    g_clear_pointer(&linear->dialog, dialog_free);
    launch_desk_leave(&linear->starts);
}

static void show(bool by_itself, gpointer data)
{
    struct linear *linear = data;
    struct launch *launch = linear->starts.launch;
    if (by_itself)
        break_in(linear);
    linear->busy = NULL;
    if (linear->dialog)
        launch_keep_typed(launch, linear->dialog);
    g_clear_pointer(&linear->dialog, dialog_free);
    if (launch_works(launch))
        wait_for(linear, launch);
    else
        ask(linear, launch, by_itself);
    if (by_itself)
        linear_prompt(linear);
}

static void reword(bool moved, gpointer data)
{
    struct linear *linear = data;
    GPtrArray *lines = lines_of(linear->starts.launch);
    if (!moved) {
        dialog_reword(linear->dialog, lines);
        return;
    }
    break_in(linear);
    voice_line(linear->voice,
               "It has changed since you were asked; what you typed does not count.");
    if (linear->starts.launch->stage == LAUNCH_READY)
        dialog_change(linear->dialog, lines);
    else
        dialog_reword(linear->dialog, lines);
    say_news(linear);
    linear_prompt(linear);
}

static void started(const char *operation, gpointer data)
{
    struct linear *linear = data;
    linear->busy = NULL;
    g_clear_pointer(&linear->dialog, dialog_free);
    say_choose(linear->deck, VIEW_ROLLOUT, operation, NULL);
    linear_prompt(linear);
}

/* What answers a line is said at once, what comes by itself as news. */
static void tell(enum role role, const char *text, gpointer data)
{
    struct linear *linear = data;
    if (role != ROLE_NORMAL)
        linear_tell(linear, role, "%s", text);
    else if (linear->voice)
        voice_printf(linear->voice, "%c%s.", g_ascii_toupper(*text), text + 1);
}

static void read_journal(gpointer data)
{
    struct linear *linear = data;
    deck_read_journal(linear->deck, true);
}

static void on_tags(GPtrArray *list, char *error, gpointer data)
{
    struct linear *linear = data;
    linear->under_way--;
    linear->reads_tags = false;
    deck_set_releases(linear->deck, list, error);
}

static void read_releases(gpointer data)
{
    struct linear *linear = data;
    if (linear->reads_tags)
        return;
    linear->reads_tags = true;
    linear->under_way++;
    released_read(linear->deck->config, linear->leaving, on_tags, linear);
}

const struct launch_desk_ops linear_starts = {.show = show,
                                              .reword = reword,
                                              .started = started,
                                              .tell = tell,
                                              .read_journal = read_journal,
                                              .read_releases = read_releases};

void linear_start(struct linear *linear, const char *version, const struct launch_choice *choice)
{
    if (!linear->deck->write) {
        voice_line(linear->voice,
                   "read-only: nothing was done (`celldeck --linear --write` may start a rollout)");
        return;
    }
    if (!linear_may_ask(linear))
        return;
    g_clear_pointer(&linear->told, g_strfreev);
    launch_desk_plan(&linear->starts, version, choice);
}

bool linear_choose(struct linear *linear, const char *line)
{
    enum launch_option option = launch_option_named(line);
    if (option == OPTION_COUNT)
        return false;
    if (!launch_desk_choose(&linear->starts, option))
        voice_printf(linear->voice, "There is nothing here that `%s` would change.", line);
    return true;
}
