#include "data/aws/client.h"
#include "data/base/when.h"
#include "tui/console/aside.h"
#include "tui/console/terminal.h"
#include "tui/linear/linear_inside.h"

#include <string.h>
#include <unistd.h>

enum {
    LOOK_MS = 500,     /* as the shell looks at the journal */
    NEWS_MS = 2000,    /* between two tellings */
    NEWS_LINES = 6,    /* in one of them: with NEWS_MS, less than a serial line takes */
    QUIET_MS = 60000,  /* without a key: whoever began a line has left it */
    FIRST_MS = 10000,  /* for the first reading; what is late is told when it comes */
    WATCHED_MOST = 60, /* cells that are read as if somebody saw them */
    STILL_MS = 15000   /* between two words that something is still waited for */
};

/* What is planned anew is said when it is asked for. */
static void on_planned(gpointer data)
{
    (void)data;
}

static void on_gone(gpointer data)
{
    struct linear *linear = data;
    g_main_loop_quit(linear->loop);
}

struct linear *linear_new(struct deck *deck, const struct aws_client *client, bool ascii,
                          GError **error)
{
    struct linear *linear = g_new0(struct linear, 1);
    linear->deck = deck;
    linear->client = client;
    linear->fd = -1;
    linear->loop = g_main_loop_new(NULL, FALSE);
    linear->news = news_new();
    linear->leaving = g_cancellable_new();
    linear->heard = g_string_new(NULL);
    linear->began_ms = when_mono_ms();
    g_queue_init(&linear->lines);
    linear->starts = (struct launch_desk){
        .deck = deck, .ops = &linear_starts, .data = linear, .under_way = &linear->under_way};
    linear->planner = (struct planner){.deck = deck, .planned = on_planned, .data = linear};
    keymap_by_word(deck->keymap);
    ear_init(&linear->ear, ascii);
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        linear->fd = terminal_open(error);
        if (linear->fd < 0) {
            linear_free(linear);
            return NULL;
        }
        terminal_heed_flow_control();
        terminal_set_sequences("\r\n", "", "");
    }
    linear->voice = voice_new(linear->fd, ascii, on_gone, linear);
    return linear;
}

void linear_free(struct linear *linear)
{
    if (!linear)
        return;
    linear_cancel(linear);
    g_cancellable_cancel(linear->leaving);
    guint *sources[] = {&linear->in_source, &linear->wake_source, &linear->look_source};
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        g_clear_handle_id(sources[i], g_source_remove);
    while (linear->under_way > 0) /* what was begun is seen to its end */
        g_main_context_iteration(NULL, TRUE);
    planner_release(&linear->planner);
    g_clear_pointer(&linear->voice, voice_free);
    if (linear->fd >= 0)
        terminal_close();
    news_free(linear->news);
    ear_release(&linear->ear);
    g_string_free(linear->heard, TRUE);
    g_queue_clear_full(&linear->lines, g_free);
    speech_free(linear->said != linear->page ? linear->said : NULL);
    speech_free(linear->page);
    g_free(linear->release);
    g_strfreev(linear->told);
    g_strfreev(linear->watched);
    g_object_unref(linear->leaving);
    g_main_loop_unref(linear->loop);
    g_free(linear);
}

void linear_on_refresh(struct linear *linear, void (*fn)(gpointer data), gpointer data)
{
    linear->refresh = fn;
    linear->refresh_data = data;
}

void linear_on_watch(struct linear *linear, linear_watch_fn fn, gpointer data)
{
    linear->watch = fn;
    linear->watch_data = data;
}

/* A new list takes the place of the last one's; what has no items leaves its numbers standing. */
static void keep_items(struct linear *linear)
{
    struct speech *speech = linear->page;
    bool replaces = speech->items->len > 0;
    linear->page = NULL;
    if (speech == linear->said)
        return;
    speech_free(replaces ? linear->said : speech);
    if (replaces)
        linear->said = speech;
}

void linear_turn_page(struct linear *linear, bool on)
{
    struct speech *speech = linear->page;
    int rows = voice_screen_rows(linear->voice), used = 0;
    while (on && linear->page_at < speech->lines->len) {
        const char *line = g_ptr_array_index(speech->lines, linear->page_at);
        used += voice_rows(linear->voice, line);
        if (rows > 4 && used > rows - 2 && linear->fd >= 0)
            return;
        voice_line(linear->voice, line);
        linear->page_at++;
    }
    keep_items(linear);
}

void linear_answer(struct linear *linear, struct speech *speech)
{
    linear->page = speech;
    linear->page_at = 0;
    linear_turn_page(linear, true);
}

void linear_prompt(struct linear *linear)
{
    if (linear->fd < 0)
        return;
    g_autofree char *question = linear->page     ? g_strdup("more? ")
                                : linear->dialog ? linear_question(linear)
                                : linear->busy   ? NULL
                                                 : g_strdup("> ");
    if (question)
        voice_prompt(linear->voice, question);
    voice_prompt(linear->voice, linear->ear.text->str);
}

void linear_tell(struct linear *linear, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    news_add(linear->news, when_now_ms(), role, text);
    linear->told_ms = 0;
}

static bool may_tell(const struct linear *linear)
{
    gint64 now_ms = when_mono_ms();
    bool amid = linear->ear.text->len || linear->dialog || linear->page;
    return linear->ready && voice_idle(linear->voice) &&
           (linear->told_ms == 0 || now_ms - linear->told_ms >= NEWS_MS) &&
           (!amid || now_ms - linear->key_ms >= QUIET_MS);
}

void linear_tell_news(struct linear *linear, bool after_line)
{
    guint waiting = news_waiting(linear->news);
    if (waiting == 0 || (!after_line && !may_tell(linear)))
        return;
    g_autoptr(GPtrArray) lines = news_take(linear->news, after_line ? 2 * NEWS_LINES : NEWS_LINES);
    if (linear->fd >= 0 && !after_line)
        voice_raw(linear->voice, "\r\n");
    if (after_line)
        voice_printf(linear->voice, "%u new:", waiting);
    for (guint i = 0; i < lines->len; i++) {
        const struct news_line *line = g_ptr_array_index(lines, i);
        voice_line(linear->voice, line->text);
        deck_say(linear->deck, line->role, "%s", line->text);
    }
    linear->told_ms = when_mono_ms();
    if (!after_line)
        linear_prompt(linear);
}

/* Where somebody has typed on without a prompt: below that. */
static void begin_line(struct linear *linear)
{
    if (linear->fd >= 0 && linear->ear.text->len)
        voice_raw(linear->voice, "\r\n");
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those that are told of first, and those of rollouts, failovers and moves that go on: they are
 * read as if on a screen. */
static void tell_watched(struct linear *linear)
{
    const struct deck *deck = linear->deck;
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < MIN(deck->config->cells->len, WATCHED_MOST); i++)
        g_ptr_array_add(ids, ((struct cell_config *)deck->config->cells->pdata[i])->id);
    for (guint i = 0; i < deck->rollouts->len; i++) {
        const struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        for (guint c = 0; !rollout_state_final(rollout->state) && c < rollout->cells->len; c++)
            g_ptr_array_add(ids, ((struct rollout_cell *)rollout->cells->pdata[c])->plan->id);
    }
    deck_add_passage(deck, ids);
    g_ptr_array_sort(ids, by_name);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < ids->len; i++)
        if (i == 0 || strcmp(ids->pdata[i], ids->pdata[i - 1]) != 0)
            g_strv_builder_add(builder, ids->pdata[i]);
    g_auto(GStrv) now = g_strv_builder_end(builder);
    if (!linear->watch || (linear->watched && g_strv_equal((const char *const *)linear->watched,
                                                           (const char *const *)now)))
        return;
    g_strfreev(linear->watched);
    linear->watched = g_steal_pointer(&now);
    linear->watch((const char *const *)linear->watched, linear->watch_data);
}

/* Where everybody goes if a cell dies included. */
static bool all_read(const struct linear *linear)
{
    const struct deck *deck = linear->deck;
    const GPtrArray *sources = deck->snapshot ? deck->snapshot->sources : NULL;
    bool read = sources && !deck->from_cache && planner_is_done(&linear->planner);
    for (guint i = 0; read && i < sources->len; i++)
        read = ((const struct source *)g_ptr_array_index(sources, i))->state != SOURCE_WAITING;
    return read;
}

/* What is wrong is said once it is known, or once it takes too long to wait for all of it. */
static void get_ready(struct linear *linear)
{
    if (linear->ready || (!all_read(linear) && when_mono_ms() - linear->began_ms < FIRST_MS))
        return;
    linear->ready = true;
    struct speech *speech = speech_new();
    begin_line(linear);
    say_choose(linear->deck, VIEW_ROLLOUT, NULL, NULL);
    say_choose(linear->deck, VIEW_FLEET, NULL, NULL);
    say_brief(speech, linear->deck);
    if (linear->fd >= 0)
        speech_line(speech, "Type help for what may be typed.");
    news_look(linear->news, linear->deck);
    linear_answer(linear, speech);
    linear_prompt(linear);
    linear_take_lines(linear);
}

/* The last line of what was written to stderr; all of it follows when the console ends. */
static void tell_aside(struct linear *linear)
{
    g_autofree char *written = linear->fd >= 0 ? aside_news() : NULL;
    if (!written)
        return;
    const char *last = strrchr(g_strchomp(written), '\n');
    linear_tell(linear, ROLE_WARN, "a message: %s", last ? last + 1 : written);
}

static void tell_waiting(struct linear *linear)
{
    if (!linear->busy || when_mono_ms() - linear->busy_ms < STILL_MS)
        return;
    linear->busy_ms = when_mono_ms();
    const struct launch *launch = linear->starts.launch;
    begin_line(linear);
    g_autofree char *progress = launch ? launch_progress(launch) : NULL;
    voice_printf(linear->voice, "still %s%s", progress ? progress : linear->busy,
                 launch && linear->fd >= 0 ? "; Ctrl-C leaves it" : "");
    linear_prompt(linear);
}

bool linear_read(struct linear *linear)
{
    struct deck *deck = linear->deck;
    deck->now_ms = when_now_ms();
    if (linear->client) {
        aws_client_tenure(linear->client, &deck->keys);
        deck->skew_ms = aws_client_skew_ms(linear->client);
    }
    return deck_read_journal(deck, false);
}

static gboolean on_look(gpointer data)
{
    struct linear *linear = data;
    struct deck *deck = linear->deck;
    tell_aside(linear);
    bool news = linear_read(linear);
    deck_look_at_conductors(deck);
    tell_watched(linear);
    planner_follow(&linear->planner);
    get_ready(linear);
    if (linear->ready)
        news_look(linear->news, deck);
    if (news)
        linear_follow_question(linear);
    launch_desk_follow(&linear->starts);
    linear_follow_departure(linear);
    linear_settled(linear);
    tell_waiting(linear);
    linear_tell_news(linear, false);
    return G_SOURCE_CONTINUE;
}

void linear_snapshot(struct linear *linear, struct snapshot *snapshot)
{
    linear->deck->now_ms = when_now_ms();
    deck_set_snapshot(linear->deck, snapshot);
    planner_follow(&linear->planner);
}

void linear_say(struct linear *linear, const char *line)
{
    linear_tell(linear, ROLE_DIM, "%s", line);
}

void linear_run(struct linear *linear)
{
    deck_read_journal(linear->deck, true);
    deck_look_at_conductors(linear->deck);
    if (linear->fd >= 0)
        voice_line(linear->voice, "celldeck, line by line. Reading the fleet ...");
    linear_listen(linear);
    linear->look_source = g_timeout_add(LOOK_MS, on_look, linear);
    g_main_loop_run(linear->loop);
}
