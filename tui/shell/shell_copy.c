/* The shell's part in copying: what of the screen is meant, and what became of it. */
#include "data/base/text.h"
#include "tui/console/list.h"
#include "tui/shell/as_json.h"
#include "tui/shell/shell_inside.h"

#include <string.h>

/* What a screen's rows, or the screen itself, are known by. Others have no ids. */
static const struct {
    const char *noun;
    size_t at; /* in struct topic */
} identities[VIEW_COUNT] = {
    [VIEW_FLEET] = {"cell", offsetof(struct topic, cell)},
    [VIEW_CELL] = {"cell", offsetof(struct topic, cell)},
    [VIEW_TENANTS] = {"tenant", offsetof(struct topic, tenant)},
    [VIEW_TENANT] = {"tenant", offsetof(struct topic, tenant)},
    [VIEW_ROLLOUT] = {"cell", offsetof(struct topic, cell)},
    [VIEW_RELEASES] = {"version", offsetof(struct topic, version)},
    [VIEW_RELEASE] = {"version", offsetof(struct topic, version)},
    [VIEW_HISTORY] = {"operation", offsetof(struct topic, operation)},
    [VIEW_EVENTS] = {"operation", offsetof(struct topic, operation)},
    [VIEW_FAILOVER] = {"cell", offsetof(struct topic, cell)},
    [VIEW_TARGETS] = {"cell", offsetof(struct topic, cell)},
    [VIEW_MOVES] = {"cell", offsetof(struct topic, cell)},
    [VIEW_STEPS] = {"tenant", offsetof(struct topic, tenant)},
    [VIEW_ALARMS] = {"alarm", offsetof(struct topic, alarm)},
};

static void tell(struct shell *shell, enum clipboard_way way, const char *what, const char *text)
{
    static const char *const provided[] = {
        [CLIPBOARD_NONE] = "",
        [CLIPBOARD_PLAIN] = "",
        [CLIPBOARD_TMUX] = "; tmux passes it on if its set-clipboard is on",
        [CLIPBOARD_SCREEN] = "",
    };
    g_autofree char *count = text_counted(g_utf8_strlen(text, -1), "character");
    if (way == CLIPBOARD_NONE)
        deck_say(shell->deck, ROLE_WARN,
                 "TERM=%s has no clipboard that could be written to; nothing was copied",
                 g_getenv("TERM") ? g_getenv("TERM") : "");
    else if (strlen(text) > CLIPBOARD_LONGEST)
        deck_say(shell->deck, ROLE_WARN,
                 "%s is too long: %s, and some terminals cut after %d; nothing was copied", what,
                 count, CLIPBOARD_LONGEST);
    else
        deck_say(shell->deck, ROLE_GOOD, "copied %s (%s%s)", what, count, provided[way]);
}

/* `noun`: what it is; `text`: its own, which is told too where it is an id. */
static void copy(struct shell *shell, const char *noun, const char *text, bool id)
{
    g_autofree char *clean = text_clean(text);
    g_autofree char *what = id ? g_strdup_printf("%s %s", noun, clean) : g_strdup(noun);
    tell(shell, screen_copy(shell->screen, clean), what, clean);
}

static void offer(struct shell *shell, char *command, const char *note)
{
    g_autofree char *key = keymap_shown(shell->deck->keymap, REQUEST_COPY);
    g_free(shell->offered);
    shell->offered = command;
    shell->offered_now = true;
    deck_say(shell->deck, ROLE_ACCENT, "%s   (%s copies it%s%s)", command, *key ? key : ":copy",
             note ? "; " : "", note ? note : "");
}

void shell_as_json(struct shell *shell)
{
    const struct level *level = shell_top(shell);
    g_autofree char *program = as_json_program();
    const struct as_json_from from = {program, shell->deck->config->path,
                                      g_getenv("CELLDECK_STATE")};
    const struct list *list = view_list(shell_view(shell), shell_state(shell));
    const struct as_json_of of = {.view = level->view,
                                  .subject = level->subject,
                                  .selected = list ? list->selected : NULL,
                                  .filter = level->filter,
                                  .config = shell->deck->config};
    struct as_json answer = as_json(&of, &from);
    if (answer.command)
        offer(shell, g_steal_pointer(&answer.command), answer.note);
    else
        deck_say(shell->deck, ROLE_WARN, "%s", answer.note);
    as_json_clear(&answer);
}

void shell_copy_id(struct shell *shell)
{
    if (shell->offered) {
        copy(shell, "the command", shell->offered, false);
        return;
    }
    enum view_id here = shell_top(shell)->view;
    struct topic topic = shell_topic(shell);
    const char *noun = identities[here].noun;
    const char *id = noun ? G_STRUCT_MEMBER(const char *, &topic, identities[here].at) : NULL;
    if (id)
        copy(shell, noun, id, true);
    else if (noun)
        deck_say(shell->deck, ROLE_WARN, "no %s is selected here; nothing was copied", noun);
    else
        shell_copy_row(shell);
}

/* NULL where none is selected, or it does not fit on the screen. */
static char *selected_row(const struct canvas *canvas)
{
    for (int row = 0; row < canvas->rows; row++)
        if (canvas->cells[row * canvas->cols].selected)
            return g_strchug(canvas_row(canvas, row));
    return NULL;
}

void shell_copy_row(struct shell *shell)
{
    struct canvas *canvas = shell_picture(shell, 0);
    g_autofree char *row = selected_row(canvas);
    canvas_free(canvas);
    if (row)
        copy(shell, "the row", row, false);
    else
        deck_say(shell->deck, ROLE_WARN, "no row is selected here; nothing was copied");
}
