/* The shell's part in taking tenants elsewhere: what is asked, and what becomes of the answer. */
#include "tui/console/list.h"
#include "tui/shell/shell_inside.h"

static void ask(struct shell *shell, enum failover_kind kind, const char *of, const char *to)
{
    g_autoptr(GError) error = NULL;
    if (!shell_may_act(shell))
        return;
    struct departure *departure = departure_new(shell->deck, kind, of, to, &error);
    if (!departure) {
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
        shell->refused = true;
        return;
    }
    if (shell->refused) {
        deck_say(shell->deck, ROLE_WARN,
                 "nothing is asked while keys come that may belong to what was just refused; once "
                 "none has come for half a second, this key counts");
        departure_free(departure);
        return;
    }
    shell->departure = departure;
    shell->dialog = departure_dialog(departure);
    shell->mode = MODE_DIALOG;
}

void shell_fail_over(struct shell *shell)
{
    ask(shell, FAILOVER_FAILOVER, shell->deck->cell, NULL);
}

void shell_drill(struct shell *shell)
{
    ask(shell, FAILOVER_DRILL, shell->deck->cell, NULL);
}

void shell_move(struct shell *shell)
{
    const struct list *cells = view_list(shell_view(shell), shell_state(shell));
    if (cells && cells->selected && shell->deck->tenant)
        ask(shell, FAILOVER_MOVE, shell->deck->tenant, cells->selected);
    else
        deck_say(shell->deck, ROLE_WARN, "no cell is selected that the tenant could move to");
}

static void on_begun(const char *id, const GError *error, gpointer data)
{
    struct shell *shell = data;
    shell->under_way--;
    if (error)
        shell_tell(shell, ROLE_BAD, "%s", error->message);
    else
        shell_tell(shell, ROLE_GOOD, "%s is begun: on record", id);
    shell_read_journal(shell, true);
    if (id && shell->screen && shell->mode == MODE_KEYS) {
        shell_open(shell, VIEW_STEPS, id);
        shell_settle(shell);
    }
    shell_want_draw(shell);
}

void shell_depart(struct shell *shell, const struct dialog *dialog)
{
    shell->under_way++;
    deck_say(shell->deck, ROLE_NORMAL, "putting it on record …");
    departure_begin(g_steal_pointer(&shell->departure), shell->deck, dialog, on_begun, shell);
}

void shell_follow_departure(struct shell *shell)
{
    if (!shell->departure || !departure_follow(shell->departure, shell->deck, &shell->dialog))
        return;
    shell_settle(shell);
    shell_want_draw(shell);
}
