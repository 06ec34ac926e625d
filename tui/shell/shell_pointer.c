/* The shell's part in the mouse: no more than keys do, and never an answer to a question. What a
 * click means, the canvas knows that people see (canvas_hotspot); a row is clicked by its id, so
 * that one which has moved meanwhile is not taken for another. */
#include "data/base/when.h"
#include "tui/console/list.h"
#include "tui/shell/shell_inside.h"

#include <string.h>

#define WHEEL_ROWS 3 /* as terminals and pagers do it */

static void repeat(struct shell *shell, enum request request, int times)
{
    for (int i = 0; i < times; i++)
        shell_request(shell, request);
}

static void wheel(struct shell *shell, bool down)
{
    if (shell->mode != MODE_DIALOG) {
        repeat(shell, down ? REQUEST_SCROLL_DOWN : REQUEST_SCROLL_UP, WHEEL_ROWS);
        return;
    }
    for (int i = 0; i < WHEEL_ROWS; i++)
        dialog_key(shell->dialog, down ? KEY_CODE_DOWN : KEY_CODE_UP);
}

/* As many keys as it is away, but that what comes of it comes once. */
static void move_to(struct shell *shell, const struct list *list, int at)
{
    int by = at - list->index;
    struct reaction reaction = {0};
    for (int i = 0; i < ABS(by); i++)
        reaction = shell_view(shell)->key(shell_state(shell), shell->deck,
                                          by > 0 ? REQUEST_DOWN : REQUEST_UP);
    shell_react(shell, &reaction);
}

/* The first click selects, the second opens, however fast they come. */
static void click_row(struct shell *shell, const struct hotspot *hotspot)
{
    g_autofree char *before = g_steal_pointer(&shell->pointed);
    const struct list *list = view_list(shell_view(shell), shell_state(shell));
    int at = list ? list_find(list, hotspot->id) : -1;
    if (at < 0) {
        deck_hint(shell->deck, "that row has gone meanwhile");
        return;
    }
    if (at == list->index && g_strcmp0(before, hotspot->id) == 0) {
        shell_request(shell, REQUEST_OPEN);
        return;
    }
    shell->pointed = g_strdup(hotspot->id);
    move_to(shell, list, at);
}

static void click_column(struct shell *shell, const struct hotspot *hotspot)
{
    shell_sort_column(shell, (size_t)hotspot->which);
}

static void click_level(struct shell *shell, const struct hotspot *hotspot)
{
    trail_go(shell->trail, (guint)hotspot->which);
    shell_arrive(shell);
}

static void click_request(struct shell *shell, const struct hotspot *hotspot)
{
    shell_request(shell, (enum request)hotspot->which);
}

static void click(struct shell *shell, const struct pointer *pointer)
{
    static void (*const by_kind[])(struct shell *, const struct hotspot *) = {
        [HOTSPOT_ROW] = click_row,
        [HOTSPOT_COLUMN] = click_column,
        [HOTSPOT_LEVEL] = click_level,
        [HOTSPOT_REQUEST] = click_request,
    };
    const struct canvas *canvas = screen_shown(shell->screen);
    const struct hotspot *hotspot =
        canvas ? canvas_hotspot_at(canvas, pointer->row, pointer->col) : NULL;
    if (!hotspot || hotspot->kind != HOTSPOT_ROW)
        g_clear_pointer(&shell->pointed, g_free);
    if (!hotspot || shell->mode == MODE_DIALOG || shell->mode == MODE_COMMAND)
        return;
    const struct level *top = shell_top(shell);
    if (shell->shown != top ||
        shell->shown_view != top->view) { /* it is aimed at what a key before it has left */
        deck_hint(shell->deck, "that screen has gone meanwhile");
        return;
    }
    shell->mode = MODE_KEYS;
    shell_follow(shell);
    by_kind[hotspot->kind](shell, hotspot);
}

void shell_pointer(const struct pointer *pointer, gpointer data)
{
    struct shell *shell = data;
    if (!shell->deck->mouse) /* sent before the terminal had heard that it is its own again */
        return;
    shell->key_ms = when_mono_ms();
    if (shell->waits)
        return;
    notices_dismiss(&shell->deck->notices);
    g_clear_pointer(&shell->offered, g_free);
    if (pointer->what == POINTER_CLICK)
        click(shell, pointer);
    else
        wheel(shell, pointer->what == POINTER_WHEEL_DOWN);
    shell_want_answer(shell);
}

void shell_switch_mouse(struct shell *shell, bool on)
{
    struct deck *deck = shell->deck;
    g_autofree char *shown = keymap_shown(deck->keymap, REQUEST_MOUSE);
    const char *key = *shown ? shown : ":mouse";
    bool can = screen_mouse(shell->screen, on);
    deck->mouse = can && on;
    if (!can)
        deck_say(deck, ROLE_WARN, "TERM=%s has no mouse that could be asked for",
                 g_getenv("TERM") ? g_getenv("TERM") : "");
    else if (on)
        deck_say(deck, ROLE_NORMAL,
                 "the mouse is the console's: one click selects, a second opens (%s gives it back; "
                 "with Shift most terminals select text meanwhile)",
                 key);
    else
        deck_say(deck, ROLE_NORMAL,
                 "the mouse is the terminal's own, as without celldeck (%s takes it back)", key);
}
