/* The shell's part in acting: what is asked, and what becomes of the answer. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/shell/shell_inside.h"

#define QUIET_MS 500

/* No timer is faster than this (architecture.md, "Speed"). */
#define SHORTEST_MS 200

static void set_waits(struct shell *shell, bool waits)
{
    shell->waits = waits;
    if (shell->dialog)
        shell->dialog->waits = waits;
}

static gboolean on_quiet(gpointer data)
{
    struct shell *shell = data;
    gint64 left_ms = shell->key_ms + QUIET_MS - when_mono_ms();
    set_waits(shell, left_ms > 0);
    shell->quiet_source =
        shell->waits ? g_timeout_add((guint)MAX(SHORTEST_MS, left_ms), on_quiet, shell) : 0;
    shell_want_draw(shell);
    return G_SOURCE_REMOVE;
}

void shell_settled(struct shell *shell)
{
    g_clear_handle_id(&shell->quiet_source, g_source_remove);
    set_waits(shell, false);
}

void shell_settle(struct shell *shell)
{
    shell_settled(shell);
    on_quiet(shell);
}

void shell_typed(struct shell *shell, guint32 key)
{
    gint64 now_ms = when_mono_ms();
    if (key == KEY_CODE_ESCAPE || now_ms - shell->key_ms >= QUIET_MS)
        shell->refused = false;
    shell->key_ms = now_ms;
}

void shell_tell(struct shell *shell, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (shell->screen) {
        deck_say(shell->deck, role, "%s", text);
        return;
    }
    g_autofree char *clean = text_clean(text);
    g_printerr("celldeck: %s\n", clean);
}

void shell_done(struct shell *shell, const char *said, const GError *error)
{
    shell->under_way--;
    if (error)
        shell_tell(shell, ROLE_BAD, "%s", error->message);
    else
        shell_tell(shell, ROLE_GOOD, "%s", said);
    shell_read_journal(shell, true);
    shell_want_draw(shell);
}

static void on_acted(const char *said, const GError *error, gpointer data)
{
    shell_done(data, said, error);
}

bool shell_may_ask(struct shell *shell, const GError *error)
{
    if (error) {
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
        shell->refused = true;
    } else if (shell->refused) {
        deck_say(shell->deck, ROLE_WARN,
                 "nothing is asked while keys come that may belong to what was just refused; once "
                 "none has come for half a second, this key counts");
    }
    return !shell->refused;
}

void shell_put_question(struct shell *shell, struct dialog *dialog)
{
    shell->dialog = dialog;
    shell->mode = MODE_DIALOG;
}

void shell_ask(struct shell *shell, enum request request, const char *subject)
{
    g_autoptr(GError) error = NULL;
    if (!shell_may_act(shell))
        return;
    struct act *act = act_prepare(shell->deck, request, subject, &error);
    if (!shell_may_ask(shell, error)) {
        act_free(act);
        return;
    }
    shell->act = act;
    shell_put_question(shell, act_dialog(act));
}

void shell_follow_asked(struct shell *shell, bool news)
{
    if (shell->departure)
        shell_read_clocks(shell);
    bool other =
        (shell->act && news && act_follow(shell->act, shell->deck, &shell->dialog)) ||
        (shell->departure && departure_follow(shell->departure, shell->deck, &shell->dialog));
    if (!other)
        return;
    shell_settle(shell);
    shell_want_draw(shell);
}

static void confirmed(struct shell *shell, const struct dialog *dialog)
{
    if (shell->starts.launch) {
        launch_desk_start(&shell->starts, dialog);
        return;
    }
    shell->under_way++;
    deck_say(shell->deck, ROLE_NORMAL, "putting it on record …");
    if (shell->departure)
        shell_depart(shell, dialog);
    else
        act_do(g_steal_pointer(&shell->act), dialog, on_acted, shell);
}

static void left(struct shell *shell)
{
    if (shell->starts.launch) {
        launch_desk_leave(&shell->starts);
        return;
    }
    g_clear_pointer(&shell->act, act_free);
    g_clear_pointer(&shell->departure, departure_free);
    deck_say(shell->deck, ROLE_NORMAL, "nothing was done");
}

static void choose(struct shell *shell)
{
    guint32 pressed = shell->dialog->pressed;
    if (launch_desk_choose(&shell->starts, launch_option_of(pressed)))
        return;
    g_autofree char *key = key_text(pressed);
    g_autofree char *why = g_strdup_printf("%s changes nothing of this plan", key);
    dialog_refuse(shell->dialog, why);
}

void shell_key_in_dialog(struct shell *shell, guint32 key)
{
    enum dialog_result result = dialog_key(shell->dialog, key);
    if (result == DIALOG_OPEN)
        return;
    if (result == DIALOG_PRESSED) { /* only a launch has keys of its own */
        choose(shell);
        return;
    }
    struct dialog *dialog = g_steal_pointer(&shell->dialog);
    shell->mode = MODE_KEYS;
    if (result == DIALOG_CONFIRMED)
        confirmed(shell, dialog);
    else
        left(shell);
    dialog_free(dialog);
}
