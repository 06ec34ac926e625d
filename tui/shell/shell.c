#include "data/base/text.h"
#include "data/base/when.h"
#include "data/whereabouts.h"
#include "tui/console/aside.h"
#include "tui/console/list.h"
#include "tui/shell/shell_inside.h"
#include "tui/views/commandline.h"
#include "tui/views/filter.h"
#include "tui/views/frame.h"
#include "tui/views/header.h"
#include "tui/views/sheet.h"

#include <string.h>

/* The journal is looked at this often (a look costs no reading while nothing was appended), and
 * ages and the clock are drawn anew at every second look. */
#define LOOK_MS 500

/* Below the header, and the bar of a frozen picture. */
static struct area body_of(const struct shell *shell, const struct canvas *canvas)
{
    int top = shell->frozen_ms ? 2 : 1;
    return (struct area){top, 0, MAX(1, canvas->rows - 1 - top), canvas->cols};
}

/* Over the line that is being typed: what could stand there. */
static void draw_offers(struct shell *shell, struct canvas *canvas, int row)
{
    g_autofree char *offers = command_line_offers(shell->deck, &shell->prompt);
    if (!*offers)
        return;
    canvas_fill(canvas, row, 0, canvas->cols, ROLE_NORMAL, " ");
    canvas_text(canvas, row, 2, canvas->cols - 3, ROLE_DIM, offers);
}

/* Over the filter: what of it can't be understood. */
static void draw_wrong(struct shell *shell, struct canvas *canvas, int row)
{
    const struct sheet *sheet = shell_view(shell)->sheet;
    g_autofree const char **names = sheet ? sheet_names(sheet) : NULL;
    struct filter *filter = filter_parse(shell->deck->filter);
    g_autofree char *wrong = filter_wrong(filter, names);
    filter_free(filter);
    if (!wrong)
        return;
    canvas_fill(canvas, row, 0, canvas->cols, ROLE_NORMAL, " ");
    canvas_text(canvas, row, 2, canvas->cols - 3, ROLE_WARN, wrong);
}

/* Right of all else: which rows are in view, where that is not all there are. Returns the column
 * that it begins in. */
static int draw_position(struct shell *shell, struct canvas *canvas, int row)
{
    const struct view *view = shell_view(shell);
    g_autofree char *position = view->list ? list_position(view->list(shell_state(shell))) : NULL;
    bool faults = view->sheet && shell->deck->arranged[shell_top(shell)->view].faults;
    if (!position && !faults)
        return canvas->cols;
    g_autofree char *text =
        g_strdup_printf(" %s%s%s", faults ? "faults only" : "", faults && position ? " · " : "",
                        position ? position : "");
    int col = MAX(0, canvas->cols - text_width(text) - 1);
    canvas_fill(canvas, row, col, canvas->cols - col, ROLE_NORMAL, " ");
    canvas_text(canvas, row, col, canvas->cols - col, faults ? ROLE_WARN : ROLE_DIM, text);
    return col;
}

static int draw_bottom(struct shell *shell, struct canvas *canvas)
{
    int row = canvas->rows - 1;
    const struct deck *deck = shell->deck;
    if (shell->mode == MODE_COMMAND)
        draw_offers(shell, canvas, row - 1);
    if (*deck->filter && shell->mode != MODE_COMMAND)
        draw_wrong(shell, canvas, row - 1);
    int end = draw_position(shell, canvas, row);
    if (shell->mode == MODE_FILTER || shell->mode == MODE_COMMAND)
        return prompt_draw(&shell->prompt, canvas, row, 1, end - 2,
                           shell->mode == MODE_FILTER ? "/" : ":");
    if (shell->waits && shell->mode == MODE_KEYS) {
        canvas_text(canvas, row, 1, canvas->cols - 2, ROLE_WARN,
                    "this opened by itself: it waits until no key is pressed");
        return -1;
    }
    if (notices_draw(&deck->notices, canvas))
        return -1;
    if (*deck->filter)
        canvas_printf(canvas, row, 1, end - 2, ROLE_ACCENT, "/%s  (Esc %s)", deck->filter,
                      shell_top(shell)->view == VIEW_PLACE ? "asks something else" : "shows all");
    else
        frame_hints(canvas, row, end, shell_view(shell), shell_state(shell), deck);
    return -1;
}

/* Keys may come faster than frames: a view answers each on what the last one left. */
void shell_follow(struct shell *shell)
{
    if (shell_view(shell)->prepare)
        shell_view(shell)->prepare(shell_state(shell), shell->deck, &shell->body);
}

/* Where the cursor is wanted; its row is negative where it is not. */
static struct area paint(struct shell *shell, struct canvas *canvas)
{
    struct deck *deck = shell->deck;
    const struct view *view = shell_view(shell);
    shell->body = body_of(shell, canvas);
    shell_follow(shell);
    view->draw(shell_state(shell), deck, canvas, &shell->body);
    g_autoptr(GPtrArray) way = trail_names(shell->trail);
    header_draw(canvas, 0, deck, way);
    shell_draw_frozen(shell, canvas, 1);
    for (int col = 0; col < canvas->cols; col++)
        canvas_text(canvas, canvas->rows - 1, col, 1, ROLE_NORMAL, " ");
    int cursor_col = draw_bottom(shell, canvas);
    if (shell->mode != MODE_DIALOG)
        return (struct area){.row = cursor_col >= 0 ? canvas->rows - 1 : -1, .col = cursor_col};
    const struct launch *launch = shell->starts.launch;
    if (launch && launch_works(launch)) {
        g_autofree char *progress = launch_progress(launch);
        dialog_say(shell->dialog, progress);
    }
    struct area cursor = dialog_draw(shell->dialog, canvas);
    cursor.row = cursor.col >= 0 ? cursor.row : -1;
    return cursor;
}

static enum work work_left(const struct shell *shell)
{
    const struct view *view = shell_view(shell);
    return view->works ? view->works(shell_state(shell)) : WORK_NONE;
}

void shell_follow_all(struct shell *shell)
{
    do
        shell_follow(shell);
    while (work_left(shell) == WORK_ASKED);
}

static gboolean on_work(gpointer data)
{
    struct shell *shell = data;
    shell_follow(shell);
    if (work_left(shell) != WORK_NONE)
        return G_SOURCE_CONTINUE;
    shell->work_source = 0;
    shell_want_draw(shell);
    return G_SOURCE_REMOVE;
}

/* Keys and whatever else comes in come before each part of it. */
static void go_on_working(struct shell *shell)
{
    if (work_left(shell) != WORK_NONE && !shell->work_source)
        shell->work_source = g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_work, shell, NULL);
}

void shell_read_clocks(struct shell *shell)
{
    struct deck *deck = shell->deck;
    deck->now_ms = shell->frozen_ms ? shell->frozen_ms : when_now_ms();
    if (!shell->client || shell->frozen_ms)
        return;
    aws_client_tenure(shell->client, &deck->keys);
    deck->skew_ms = aws_client_skew_ms(shell->client);
}

static void draw(struct shell *shell)
{
    struct canvas *canvas = shell->screen ? screen_begin(shell->screen) : NULL;
    if (!canvas)
        return;
    shell_read_clocks(shell);
    shell_ask_witnesses(shell);
    struct area cursor = paint(shell, canvas);
    screen_show(shell->screen, cursor.row, cursor.col);
    shell->shown = shell_top(shell);
    shell->shown_view = shell_top(shell)->view;
    shell_tell_watched(shell);
    go_on_working(shell);
}

struct canvas *shell_picture(struct shell *shell, int more)
{
    const struct canvas *shown = screen_shown(shell->screen);
    struct canvas *canvas = shown ? canvas_new(shown->rows + more, shown->cols, shown->ascii)
                                  : canvas_new(24 + more, 80, false); /* no frame has left yet */
    const struct list *list = view_list(shell_view(shell), shell_state(shell));
    struct area before = shell->body;
    int top = list ? list->top : 0;
    paint(shell, canvas);
    shell->body = before;
    shell_follow(shell);
    while (list && list->top < top) /* where there was room for more, it stood further up */
        shell_view(shell)->key(shell_state(shell), shell->deck, REQUEST_SCROLL_DOWN);
    return canvas;
}

enum { ANSWER_PRIORITY = G_PRIORITY_DEFAULT - 10 };

static gboolean on_draw(gpointer data)
{
    struct shell *shell = data;
    shell->draw_source = 0;
    draw(shell);
    return G_SOURCE_REMOVE;
}

/* However much has come in meanwhile, it is one frame. */
void shell_want_draw(gpointer data)
{
    struct shell *shell = data;
    if (shell->screen && !shell->draw_source)
        shell->draw_source = g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_draw, shell, NULL);
}

/* Keys come first (screen.c), then the frame that answers them, then what a thousand cells say. */
void shell_want_answer(struct shell *shell)
{
    g_clear_handle_id(&shell->draw_source, g_source_remove);
    if (shell->screen)
        shell->draw_source = g_idle_add_full(ANSWER_PRIORITY, on_draw, shell, NULL);
}

static void on_gone(gpointer data)
{
    struct shell *shell = data;
    g_main_loop_quit(shell->loop);
}

/* The last line of what was written to stderr; all of it follows when the console ends. */
static void tell_aside(struct shell *shell)
{
    g_autofree char *news = aside_news();
    if (!news)
        return;
    const char *last = strrchr(g_strchomp(news), '\n');
    deck_say(shell->deck, ROLE_WARN, "a message: %s", last ? last + 1 : news);
    shell_want_draw(shell);
}

/* Of looks: how often clocks and ages go on where there is no news. */
static guint looks_a_refresh(const struct deck *deck)
{
    gint64 refresh_ms = deck->preferences ? deck->preferences->refresh_ms : WHEN_SECOND;
    return (guint)MAX(1, (refresh_ms + LOOK_MS / 2) / LOOK_MS);
}

static gboolean on_look(gpointer data)
{
    struct shell *shell = data;
    tell_aside(shell);
    bool news = shell_read_journal(shell, false);
    if (!shell->frozen_ms)
        deck_look_at_conductors(shell->deck);
    if (news && !shell_top(shell)->subject)
        shell_arrive(shell);
    launch_desk_follow(&shell->starts);
    planner_follow(&shell->planner);
    if (news)
        shell_follow_begun(shell);
    shell_follow_asked(shell, news);
    bool faded = shell->under_way == 0 && notices_fade(&shell->deck->notices, when_mono_ms());
    if (news || faded || ++shell->looks % looks_a_refresh(shell->deck) == 0)
        shell_want_draw(shell);
    return G_SOURCE_CONTINUE;
}

struct shell *shell_new(struct deck *deck, const struct screen_options *options, GError **error)
{
    struct shell *shell = g_new0(struct shell, 1);
    shell->deck = deck;
    shell->starts = (struct launch_desk){
        .deck = deck, .ops = &shell_starts, .data = shell, .under_way = &shell->under_way};
    shell->planner = (struct planner){.deck = deck, .planned = shell_want_draw, .data = shell};
    shell->trail = trail_new(VIEW_FLEET);
    shell->loop = g_main_loop_new(NULL, FALSE);
    prompt_init(&shell->prompt);
    recall_init(&shell->commands);
    shell->leaving = g_cancellable_new();
    shell_arrive(shell);
    const struct screen_events events = {shell_key, shell_paste, shell_pointer, shell_want_draw,
                                         on_gone};
    shell->screen = screen_open(options, &events, shell, error);
    if (!shell->screen) {
        shell_free(shell);
        return NULL;
    }
    bool wanted = !deck->preferences || !deck->preferences->no_mouse;
    deck->mouse = wanted && screen_mouse(shell->screen, true);
    if (screen_notice(shell->screen))
        deck_say(deck, ROLE_WARN, "%s", screen_notice(shell->screen));
    return shell;
}

void shell_free(struct shell *shell)
{
    if (!shell)
        return;
    screen_close(g_steal_pointer(&shell->screen));
    g_clear_pointer(&shell->witnesses, whereabouts_free);
    shell->deck->whereabouts = NULL;
    launch_desk_leave(&shell->starts);
    g_cancellable_cancel(shell->leaving);
    while (shell->under_way > 0) /* what was begun is seen to its end */
        g_main_context_iteration(NULL, TRUE);
    planner_release(&shell->planner);
    g_clear_handle_id(&shell->look_source, g_source_remove);
    g_clear_handle_id(&shell->draw_source, g_source_remove);
    g_clear_handle_id(&shell->quiet_source, g_source_remove);
    g_clear_handle_id(&shell->work_source, g_source_remove);
    trail_free(shell->trail);
    if (shell->meanwhile)
        snapshot_unref(shell->meanwhile);
    prompt_release(&shell->prompt);
    recall_release(&shell->commands);
    g_object_unref(shell->leaving);
    dialog_free(shell->dialog);
    act_free(shell->act);
    departure_free(shell->departure);
    g_strfreev(shell->watched);
    g_free(shell->pointed);
    g_free(shell->offered);
    g_free(shell->begun);
    g_free(shell->past_cell);
    g_main_loop_unref(shell->loop);
    g_free(shell);
}

void shell_on_refresh(struct shell *shell, void (*fn)(gpointer data), gpointer data)
{
    shell->refresh = fn;
    shell->refresh_data = data;
}

void shell_snapshot(struct shell *shell, struct snapshot *snapshot)
{
    shell_take_snapshot(shell, snapshot);
    planner_follow(&shell->planner);
    shell_want_draw(shell);
}

void shell_say(struct shell *shell, const char *line)
{
    deck_say(shell->deck, ROLE_DIM, "%s", line);
    shell_want_draw(shell);
}

void shell_run(struct shell *shell)
{
    deck_read_journal(shell->deck, true);
    deck_look_at_conductors(shell->deck);
    draw(shell);
    shell->look_source = g_timeout_add(LOOK_MS, on_look, shell);
    g_main_loop_run(shell->loop);
}
