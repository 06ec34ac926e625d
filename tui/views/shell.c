#include "tui/views/shell.h"

#include "data/base/when.h"
#include "tui/console/terminal.h"
#include "tui/views/act.h"
#include "tui/views/commandline.h"
#include "tui/views/frame.h"
#include "tui/views/kept.h"

#include <string.h>

/* The journal is looked at this often (a look costs no reading while nothing was appended), and
 * ages and the clock are drawn anew at every second look. */
#define LOOK_MS 500

enum mode { MODE_KEYS, MODE_FILTER, MODE_COMMAND, MODE_DIALOG };

struct level { /* of the stack of screens */
    enum view_id view;
    char *subject;
};

struct shell {
    struct deck *deck;
    struct screen *screen;
    GMainLoop *loop;
    GArray *stack; /* struct level; never empty */
    void *states[VIEW_COUNT];
    char *filters[VIEW_COUNT];
    enum mode mode;
    struct prompt prompt;
    struct dialog *dialog;
    struct act *act;
    struct area body; /* of the last frame */
    guint look_source, draw_source;
    guint looks, acts_under_way;
    bool fed; /* a snapshot has come that is not out of the cache */
    void (*refresh)(gpointer data);
    gpointer refresh_data;
};

static struct level *top(const struct shell *shell)
{
    return &g_array_index(shell->stack, struct level, shell->stack->len - 1);
}

static const struct view *top_view(const struct shell *shell)
{
    return view_of(top(shell)->view);
}

static void *top_state(const struct shell *shell)
{
    return shell->states[top(shell)->view];
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static struct area body_of(const struct canvas *canvas)
{
    return (struct area){1, 0, MAX(1, canvas->rows - 2), canvas->cols};
}

static int draw_bottom(struct shell *shell, struct canvas *canvas)
{
    int row = canvas->rows - 1;
    const struct deck *deck = shell->deck;
    if (shell->mode == MODE_FILTER || shell->mode == MODE_COMMAND)
        return prompt_draw(&shell->prompt, canvas, row, 1, canvas->cols - 2,
                           shell->mode == MODE_FILTER ? "/" : ":");
    if (deck->notice)
        canvas_text(canvas, row, 1, canvas->cols - 2, deck->notice_role, deck->notice);
    else if (*deck->filter)
        canvas_printf(canvas, row, 1, canvas->cols - 2, ROLE_ACCENT, "/%s  (Esc shows all)",
                      deck->filter);
    else
        frame_hints(canvas, row, top_view(shell));
    return -1;
}

/* Keys may come faster than frames: a view answers each on what the last one left. */
static void follow(struct shell *shell)
{
    if (top_view(shell)->prepare)
        top_view(shell)->prepare(top_state(shell), shell->deck, &shell->body);
}

static void draw(struct shell *shell)
{
    struct canvas *canvas = screen_begin(shell->screen);
    if (!canvas)
        return;
    struct deck *deck = shell->deck;
    deck->now_ms = when_now_ms();
    const struct view *view = top_view(shell);
    struct area body = body_of(canvas);
    shell->body = body;
    follow(shell);
    view->draw(top_state(shell), deck, canvas, &body);
    frame_header(canvas, 0, deck);
    for (int col = 0; col < canvas->cols; col++)
        canvas_text(canvas, canvas->rows - 1, col, 1, ROLE_NORMAL, " ");
    int cursor_row = canvas->rows - 1, cursor_col = draw_bottom(shell, canvas);
    if (shell->mode == MODE_DIALOG) {
        struct area cursor = dialog_draw(shell->dialog, canvas);
        cursor_row = cursor.row;
        cursor_col = cursor.col;
    }
    screen_show(shell->screen, cursor_col >= 0 ? cursor_row : -1, cursor_col);
}

static gboolean on_draw(gpointer data)
{
    struct shell *shell = data;
    shell->draw_source = 0;
    draw(shell);
    return G_SOURCE_REMOVE;
}

/* However much has come in meanwhile, it is one frame. */
static void want_draw(gpointer data)
{
    struct shell *shell = data;
    if (!shell->draw_source)
        shell->draw_source = g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_draw, shell, NULL);
}

/* --- the stack of screens -----------------------------------------------------------------------
 */

static void set_filter(struct shell *shell, const char *text)
{
    enum view_id id = top(shell)->view;
    g_free(shell->filters[id]);
    shell->filters[id] = g_strdup(text);
    g_free(shell->deck->filter);
    shell->deck->filter = g_strdup(text);
}

/* Tells the deck what the screen on top is about. */
static void arrive(struct shell *shell)
{
    struct level *level = top(shell);
    const char *subject = level->subject;
    switch (level->view) {
    case VIEW_CELL:
        deck_choose(shell->deck, subject, NULL, NULL);
        break;
    case VIEW_TENANT:
        deck_choose(shell->deck, NULL, subject, NULL);
        break;
    case VIEW_ROLLOUT:
    case VIEW_EVENTS: {
        const struct rollout *first = subject ? NULL : deck_first_rollout(shell->deck);
        deck_choose(shell->deck, NULL, NULL, first ? first->id : subject);
        break;
    }
    default:
        break;
    }
    if (view_of(level->view)->open && !shell->states[level->view])
        shell->states[level->view] = view_of(level->view)->open();
    g_autofree char *filter = g_strdup(shell->filters[level->view]);
    set_filter(shell, filter ? filter : "");
}

static void drop_top(struct shell *shell)
{
    g_free(top(shell)->subject);
    g_array_set_size(shell->stack, shell->stack->len - 1);
}

static void begin_prompt(struct shell *shell, enum mode mode, const char *text)
{
    shell->mode = mode;
    prompt_set(&shell->prompt, text);
}

/* A screen that is already open is gone back to: the stack never holds one twice. */
static void open_view(struct shell *shell, enum view_id id, const char *subject)
{
    g_autofree char *kept = g_strdup(subject);
    for (guint i = 0; i < shell->stack->len; i++)
        if (g_array_index(shell->stack, struct level, i).view == id)
            while (shell->stack->len > i)
                drop_top(shell);
    struct level level = {id, g_steal_pointer(&kept)};
    g_array_append_val(shell->stack, level);
    arrive(shell);
}

static void open_tenants(struct shell *shell)
{
    bool of_cell = top(shell)->view == VIEW_CELL && shell->deck->cell;
    g_autofree char *filter =
        of_cell ? g_strdup_printf("cell:%s ", shell->deck->cell) : g_strdup("");
    open_view(shell, VIEW_TENANTS, NULL);
    set_filter(shell, filter);
    begin_prompt(shell, MODE_FILTER, filter);
}

static void go_back(struct shell *shell)
{
    if (*shell->deck->filter)
        set_filter(shell, "");
    else if (shell->stack->len > 1) {
        drop_top(shell);
        arrive(shell);
    }
}

/* --- acting -------------------------------------------------------------------------------------
 */

static void on_acted(const char *said, const GError *error, gpointer data)
{
    struct shell *shell = data;
    shell->acts_under_way--;
    if (error)
        deck_say(shell->deck, ROLE_BAD, "%s", error->message);
    else
        deck_say(shell->deck, ROLE_GOOD, "%s", said);
    deck_read_journal(shell->deck, true);
    want_draw(shell);
}

static void ask(struct shell *shell, enum request request, const char *subject)
{
    g_autoptr(GError) error = NULL;
    shell->act = act_prepare(shell->deck, request, subject, &error);
    if (!shell->act) {
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
        return;
    }
    shell->dialog = act_dialog(shell->act);
    shell->mode = MODE_DIALOG;
}

static void answer(struct shell *shell, guint32 key)
{
    enum dialog_result result = dialog_key(shell->dialog, key);
    if (result == DIALOG_OPEN)
        return;
    shell->mode = MODE_KEYS;
    g_clear_pointer(&shell->dialog, dialog_free);
    struct act *act = g_steal_pointer(&shell->act);
    if (result == DIALOG_CANCELLED) {
        act_free(act);
        deck_say(shell->deck, ROLE_NORMAL, "nothing was done");
        return;
    }
    shell->acts_under_way++;
    deck_say(shell->deck, ROLE_NORMAL, "putting it on record …");
    act_do(act, on_acted, shell);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static void run_command(struct shell *shell)
{
    g_autoptr(GError) error = NULL;
    struct command_line command;
    shell->mode = MODE_KEYS;
    if (shell->prompt.text->len == 0)
        return;
    if (!command_line_parse(shell->deck, shell->prompt.text->str, &command, &error)) {
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
        return;
    }
    if (command.quit) {
        g_main_loop_quit(shell->loop);
    } else {
        open_view(shell, command.view, command.subject);
        if (command.filter)
            set_filter(shell, command.filter);
    }
    command_line_clear(&command);
}

static void react(struct shell *shell, const struct reaction *reaction)
{
    if (reaction->what & REACT_OPEN)
        open_view(shell, reaction->view, reaction->subject);
    if ((reaction->what & REACT_TURN) && reaction->subject) {
        g_autofree char *subject = g_strdup(reaction->subject);
        g_free(top(shell)->subject);
        top(shell)->subject = g_steal_pointer(&subject);
        arrive(shell);
    }
    if (reaction->what & REACT_ACT)
        ask(shell, reaction->request, reaction->subject);
}

static void open_rollout(struct shell *shell)
{
    const struct rollout *rollout = deck_first_rollout(shell->deck);
    open_view(shell, VIEW_ROLLOUT, rollout ? rollout->id : NULL);
}

static void begin_filter(struct shell *shell)
{
    begin_prompt(shell, MODE_FILTER, shell->deck->filter);
}

static void begin_command(struct shell *shell)
{
    begin_prompt(shell, MODE_COMMAND, "");
}

static void open_fleet(struct shell *shell)
{
    open_view(shell, VIEW_FLEET, NULL);
}

static void open_history(struct shell *shell)
{
    open_view(shell, VIEW_HISTORY, NULL);
}

static void open_help(struct shell *shell)
{
    open_view(shell, VIEW_HELP, NULL);
}

static void refresh(struct shell *shell)
{
    if (shell->refresh)
        shell->refresh(shell->refresh_data);
    deck_read_journal(shell->deck, true);
    deck_say(shell->deck, ROLE_NORMAL, "reading every source again");
}

static void redraw(struct shell *shell)
{
    screen_redraw_all(shell->screen);
}

static void suspend(struct shell *shell)
{
    (void)shell;
    terminal_suspend();
}

static void quit(struct shell *shell)
{
    g_main_loop_quit(shell->loop);
}

/* What the shell itself answers, where the screen on top had no use for it. */
static void (*const own_requests[REQUEST_COUNT])(struct shell *) = {
    [REQUEST_BACK] = go_back,         [REQUEST_FLEET] = open_fleet,
    [REQUEST_TENANTS] = open_tenants, [REQUEST_ROLLOUT] = open_rollout,
    [REQUEST_HISTORY] = open_history, [REQUEST_HELP] = open_help,
    [REQUEST_FILTER] = begin_filter,  [REQUEST_COMMAND] = begin_command,
    [REQUEST_REFRESH] = refresh,      [REQUEST_REDRAW] = redraw,
    [REQUEST_SUSPEND] = suspend,      [REQUEST_QUIT] = quit,
};

static void handle_request(struct shell *shell, enum request request)
{
    follow(shell);
    struct reaction reaction = top_view(shell)->key(top_state(shell), shell->deck, request);
    if (!(reaction.what & REACT_UNUSED))
        react(shell, &reaction);
    else if (own_requests[request])
        own_requests[request](shell);
}

static void key_in_screen(struct shell *shell, guint32 key)
{
    int request = keys_find(request_bindings(), REQUEST_COUNT, top_view(shell)->place, key);
    if (request >= 0) {
        handle_request(shell, (enum request)request);
        return;
    }
    g_autofree char *name = key_text(key);
    deck_say(shell->deck, ROLE_DIM, "%s does nothing here; ? shows the keys", name);
}

static bool moves(guint32 key)
{
    return key == KEY_CODE_UP || key == KEY_CODE_DOWN || key == KEY_CODE_PAGE_UP ||
           key == KEY_CODE_PAGE_DOWN;
}

static void key_in_filter(struct shell *shell, guint32 key)
{
    if (moves(key)) {
        key_in_screen(shell, key);
        return;
    }
    switch (prompt_key(&shell->prompt, key)) {
    case PROMPT_CANCELLED:
        set_filter(shell, "");
        shell->mode = MODE_KEYS;
        break;
    case PROMPT_DONE:
        shell->mode = MODE_KEYS;
        if (top_view(shell)->finds)
            handle_request(shell, REQUEST_OPEN);
        break;
    default:
        set_filter(shell, shell->prompt.text->str);
    }
}

static void key_in_command(struct shell *shell, guint32 key)
{
    if (key == KEY_CODE_TAB) {
        command_line_complete(shell->deck, &shell->prompt);
        return;
    }
    enum prompt_result result = prompt_key(&shell->prompt, key);
    if (result == PROMPT_DONE)
        run_command(shell);
    else if (result == PROMPT_CANCELLED)
        shell->mode = MODE_KEYS;
}

static void on_key(guint32 key, gpointer data)
{
    static void (*const by_mode[])(struct shell *, guint32) = {
        [MODE_KEYS] = key_in_screen,
        [MODE_FILTER] = key_in_filter,
        [MODE_COMMAND] = key_in_command,
        [MODE_DIALOG] = answer,
    };
    struct shell *shell = data;
    g_clear_pointer(&shell->deck->notice, g_free);
    by_mode[shell->mode](shell, key);
    want_draw(shell);
}

/* --- start, loop, end ---------------------------------------------------------------------------
 */

static void on_gone(gpointer data)
{
    struct shell *shell = data;
    g_main_loop_quit(shell->loop);
}

static gboolean on_look(gpointer data)
{
    struct shell *shell = data;
    bool news = deck_read_journal(shell->deck, false);
    if (shell->fed)
        kept_save(shell->deck);
    if (news && top(shell)->view == VIEW_ROLLOUT && !shell->deck->operation)
        arrive(shell);
    if (news || ++shell->looks % 2 == 0)
        want_draw(shell);
    return G_SOURCE_CONTINUE;
}

struct shell *shell_new(struct deck *deck, const struct screen_options *options, GError **error)
{
    struct shell *shell = g_new0(struct shell, 1);
    shell->deck = deck;
    shell->stack = g_array_new(FALSE, FALSE, sizeof(struct level));
    shell->loop = g_main_loop_new(NULL, FALSE);
    prompt_init(&shell->prompt);
    open_view(shell, VIEW_FLEET, NULL);
    const struct screen_events events = {on_key, want_draw, on_gone};
    shell->screen = screen_open(options, &events, shell, error);
    if (!shell->screen) {
        shell_free(shell);
        return NULL;
    }
    if (screen_notice(shell->screen))
        deck_say(deck, ROLE_WARN, "%s", screen_notice(shell->screen));
    return shell;
}

void shell_free(struct shell *shell)
{
    if (!shell)
        return;
    while (shell->acts_under_way > 0) /* an append that was begun is seen to its end */
        g_main_context_iteration(NULL, TRUE);
    g_clear_handle_id(&shell->look_source, g_source_remove);
    g_clear_handle_id(&shell->draw_source, g_source_remove);
    screen_close(shell->screen);
    for (int i = 0; i < VIEW_COUNT; i++) {
        if (shell->states[i])
            view_of((enum view_id)i)->close(shell->states[i]);
        g_free(shell->filters[i]);
    }
    while (shell->stack->len > 0)
        drop_top(shell);
    g_array_unref(shell->stack);
    prompt_release(&shell->prompt);
    dialog_free(shell->dialog);
    act_free(shell->act);
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
    shell->fed = true;
    deck_set_snapshot(shell->deck, snapshot);
    want_draw(shell);
}

void shell_run(struct shell *shell)
{
    kept_show(shell->deck);
    deck_read_journal(shell->deck, true);
    draw(shell);
    shell->look_source = g_timeout_add(LOOK_MS, on_look, shell);
    g_main_loop_run(shell->loop);
}
