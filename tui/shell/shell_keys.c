#include "data/base/when.h"
#include "data/whereabouts.h"
#include "tui/console/list.h"
#include "tui/console/terminal.h"
#include "tui/shell/shell_inside.h"
#include "tui/views/commandline.h"

#include <string.h>

static void run_command(struct shell *shell)
{
    g_autoptr(GError) error = NULL;
    struct command_line command;
    shell->mode = MODE_KEYS;
    if (shell->prompt.text->len == 0)
        return;
    recall_add(&shell->commands, shell->prompt.text->str);
    if (!command_line_parse(shell->deck, shell->prompt.text->str, &command, &error)) {
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
        return;
    }
    switch (command.kind) {
    case COMMAND_QUIT:
        g_main_loop_quit(shell->loop);
        break;
    case COMMAND_START:
        shell_plan(shell, command.subject, &command.choice);
        break;
    case COMMAND_SORT:
        shell_sort_by(shell, command.filter);
        break;
    case COMMAND_COLUMNS:
        shell_choose_columns(shell, command.filter);
        break;
    case COMMAND_EXPORT:
        shell_export(shell, command.subject);
        break;
    case COMMAND_PRESET:
        shell_take_preset(shell, command.subject);
        break;
    case COMMAND_AS_JSON:
        shell_as_json(shell);
        break;
    case COMMAND_DUMP:
        shell_dump(shell, command.filter);
        break;
    case COMMAND_MOUSE:
        shell_switch_mouse(shell, command.subject ? strcmp(command.subject, "on") == 0
                                                  : !shell->deck->mouse);
        break;
    case COMMAND_OPEN:
        shell_open(shell, command.view, command.subject);
        if (command.filter)
            shell_set_filter(shell, command.filter);
        break;
    }
    command_line_clear(&command);
}

static void take_theme(struct shell *shell, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *wrong = NULL;
    if (!screen_set_theme(shell->screen, name, &wrong, &error))
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
    if (wrong)
        deck_say(shell->deck, ROLE_WARN, "%s", wrong);
    g_free(shell->deck->theme);
    shell->deck->theme = g_strdup(name);
}

void shell_react(struct shell *shell, const struct reaction *reaction)
{
    if (reaction->what & REACT_THEME)
        take_theme(shell, reaction->subject);
    if (reaction->what & REACT_BACK)
        shell_back(shell);
    if (reaction->what & REACT_OPEN)
        shell_open(shell, reaction->view, reaction->subject);
    if ((reaction->what & REACT_TURN) && reaction->subject) {
        trail_turn(shell->trail, reaction->subject);
        shell_arrive(shell);
    }
    if (reaction->what & REACT_ACT)
        shell_ask(shell, reaction->request, reaction->subject);
}

static void begin_filter(struct shell *shell)
{
    shell_type(shell, MODE_FILTER, shell->deck->filter);
}

static void begin_command(struct shell *shell)
{
    shell_read_releases(shell);
    shell_type(shell, MODE_COMMAND, "");
}

static void refresh(struct shell *shell)
{
    if (shell->witnesses)
        whereabouts_again(shell->witnesses);
    if (shell->refresh)
        shell->refresh(shell->refresh_data);
    shell_read_journal(shell, true);
    deck_say(shell->deck, ROLE_NORMAL, "reading every source again%s",
             shell->frozen_ms ? "; what comes is seen once Z lets the picture go on" : "");
}

static void redraw(struct shell *shell)
{
    screen_redraw_all(shell->screen);
}

static void dump(struct shell *shell)
{
    shell_dump(shell, NULL);
}

static void switch_mouse(struct shell *shell)
{
    shell_switch_mouse(shell, !shell->deck->mouse);
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
    [REQUEST_BACK] = shell_back,
    [REQUEST_FORWARD] = shell_forward,
    [REQUEST_FILTER] = begin_filter,
    [REQUEST_SORT] = shell_sort_next,
    [REQUEST_TURN] = shell_turn_order,
    [REQUEST_FAULTS] = shell_faults_only,
    [REQUEST_MARK] = shell_mark,
    [REQUEST_FREEZE] = shell_freeze,
    [REQUEST_COMMAND] = begin_command,
    [REQUEST_START] = shell_begin_start,
    [REQUEST_FAIL_OVER] = shell_fail_over,
    [REQUEST_DRILL] = shell_drill,
    [REQUEST_MOVE_IT] = shell_move,
    [REQUEST_WITHOUT_DNS] = shell_without_dns,
    [REQUEST_AS_JSON] = shell_as_json,
    [REQUEST_MOUSE] = switch_mouse,
    [REQUEST_DUMP] = dump,
    [REQUEST_COPY] = shell_copy_id,
    [REQUEST_COPY_ROW] = shell_copy_row,
    [REQUEST_EXPORT] = shell_export_selected,
    [REQUEST_REFRESH] = refresh,
    [REQUEST_REDRAW] = redraw,
    [REQUEST_SUSPEND] = suspend,
    [REQUEST_QUIT] = quit,
};

bool shell_request(struct shell *shell, enum request request)
{
    shell_follow_all(shell);
    struct reaction reaction = shell_view(shell)->key(shell_state(shell), shell->deck, request);
    if (!(reaction.what & REACT_UNUSED))
        shell_react(shell, &reaction);
    else if (own_requests[request])
        own_requests[request](shell);
    else if (request_view(request) != VIEW_COUNT)
        shell_jump(shell, request_view(request));
    else
        return false;
    return true;
}

static void key_in_screen(struct shell *shell, guint32 key)
{
    int request = keys_find(keymap_bindings(shell->deck->keymap), REQUEST_COUNT,
                            1u << shell_top(shell)->view, key);
    if (request >= 0 && shell_request(shell, (enum request)request))
        return;
    g_autofree char *name = key_text(key);
    deck_hint(shell->deck, "%s does nothing here; ? shows the keys", name);
}

static bool moves(guint32 key)
{
    return key == KEY_CODE_UP || key == KEY_CODE_DOWN || key == KEY_CODE_PAGE_UP ||
           key == KEY_CODE_PAGE_DOWN;
}

/* Enter ends what is typed; it opens what was found only where that is one row: of several, nobody
 * has said yet which is meant. */
static void end_filter(struct shell *shell)
{
    const struct view *view = shell_view(shell);
    shell->mode = MODE_KEYS;
    shell_follow_all(shell);
    if (view->finds && view->list && list_size(view->list(shell_state(shell))) == 1)
        shell_request(shell, REQUEST_OPEN);
}

static void key_in_filter(struct shell *shell, guint32 key)
{
    if (moves(key)) {
        key_in_screen(shell, key);
        return;
    }
    switch (prompt_key(&shell->prompt, key)) {
    case PROMPT_CANCELLED:
        shell_set_filter(shell, "");
        shell->mode = MODE_KEYS;
        break;
    case PROMPT_DONE:
        end_filter(shell);
        break;
    default:
        shell_set_filter(shell, shell->prompt.text->str);
    }
}

static void recall_command(struct shell *shell, bool older)
{
    const char *line = older ? recall_older(&shell->commands, shell->prompt.text->str)
                             : recall_newer(&shell->commands);
    if (line)
        prompt_set(&shell->prompt, line);
}

static void key_in_command(struct shell *shell, guint32 key)
{
    if (key == KEY_CODE_TAB) {
        command_line_complete(shell->deck, &shell->prompt);
        return;
    }
    if (key == KEY_CODE_UP || key == KEY_CODE_DOWN) {
        recall_command(shell, key == KEY_CODE_UP);
        return;
    }
    enum prompt_result result = prompt_key(&shell->prompt, key);
    if (result == PROMPT_DONE)
        run_command(shell);
    else if (result == PROMPT_CANCELLED)
        shell->mode = MODE_KEYS;
}

void shell_key(guint32 key, gpointer data)
{
    static void (*const by_mode[])(struct shell *, guint32) = {
        [MODE_KEYS] = key_in_screen,
        [MODE_FILTER] = key_in_filter,
        [MODE_COMMAND] = key_in_command,
        [MODE_DIALOG] = shell_key_in_dialog,
    };
    struct shell *shell = data;
    shell_typed(shell, key);
    g_clear_pointer(&shell->pointed, g_free);
    if (!shell->offered_now)
        g_clear_pointer(&shell->offered, g_free);
    shell->offered_now = false;
    if (key == KEY_CODE_ESCAPE)
        shell_settled(shell);
    bool early = shell->waits;
    if (!early)
        notices_dismiss(&shell->deck->notices);
    if (!early)
        by_mode[shell->mode](shell, key);
    shell_want_answer(shell);
}

static void paste_text(struct shell *shell, const char *text)
{
    bool asked = shell->mode == MODE_DIALOG;
    static const char cut[] = "too long: the end of what was pasted is not in it";
    if (prompt_paste(asked ? &shell->dialog->prompt : &shell->prompt, text))
        return;
    if (asked)
        dialog_refuse(shell->dialog, cut);
    else
        deck_say(shell->deck, ROLE_WARN, "%s", cut);
}

/* Text goes where text is asked for; as keys it would do whatever its letters stand for. */
void shell_paste(const char *text, gpointer data)
{
    struct shell *shell = data;
    shell_typed(shell, KEY_CODE_NONE);
    if (shell->waits)
        return;
    notices_dismiss(&shell->deck->notices);
    if (shell->mode == MODE_KEYS)
        deck_say(shell->deck, ROLE_WARN,
                 "what is pasted is no key, and did nothing; / and : take text");
    else
        paste_text(shell, text);
    if (shell->mode == MODE_FILTER)
        shell_set_filter(shell, shell->prompt.text->str);
    shell_want_answer(shell);
}
