/* The shell's part in taking tenants elsewhere: what is asked, and what becomes of the answer. */
#include "tui/console/list.h"
#include "tui/shell/shell_inside.h"

static void ask(struct shell *shell, const struct departure_ask *ask)
{
    g_autoptr(GError) error = NULL;
    if (!shell_may_act(shell))
        return;
    shell_read_clocks(shell);
    struct departure *departure = departure_new(shell->deck, ask, &error);
    if (!shell_may_ask(shell, error)) {
        departure_free(departure);
        return;
    }
    shell->departure = departure;
    shell_put_question(shell, departure_dialog(departure));
}

/* Where people are says who leaves, and where a cell is selected for that, whereto. */
static void depart(struct shell *shell, enum failover_kind kind, bool by_hand)
{
    const struct deck *deck = shell->deck;
    bool move = kind == FAILOVER_MOVE, all = shell_top(shell)->view == VIEW_FAILOVER;
    const struct list *cells = all ? NULL : view_list(shell_view(shell), shell_state(shell));
    struct departure_ask wanted = {.kind = kind,
                                   .of = move ? deck->tenant : deck->cell,
                                   .to = cells ? cells->selected : NULL,
                                   .by_hand = by_hand};
    if (wanted.of && (all || wanted.to))
        ask(shell, &wanted);
    else
        deck_say(shell->deck, ROLE_WARN, "no cell is selected that %s could go to",
                 move ? "the tenant" : "they");
}

void shell_fail_over(struct shell *shell)
{
    depart(shell, FAILOVER_FAILOVER, false);
}

void shell_drill(struct shell *shell)
{
    depart(shell, FAILOVER_DRILL, false);
}

void shell_move(struct shell *shell)
{
    depart(shell, FAILOVER_MOVE, false);
}

void shell_without_dns(struct shell *shell)
{
    bool move = shell_top(shell)->view == VIEW_MOVES;
    depart(shell, move ? FAILOVER_MOVE : FAILOVER_FAILOVER, true);
}

void shell_follow_begun(struct shell *shell)
{
    struct deck *deck = shell->deck;
    const struct failover *failover = deck_failover(deck, shell->begun);
    if (!failover || failover->state == FAILOVER_PLANNED)
        return;
    if (failover->state == FAILOVER_REFUSED)
        deck_say(deck, ROLE_WARN, "%s was begun, and refused: %s", failover->id,
                 failover->state_reason ? failover->state_reason : "nothing was done");
    g_clear_pointer(&shell->begun, g_free);
}

static void on_begun(const char *id, const GError *error, gpointer data)
{
    struct shell *shell = data;
    g_autofree char *said = id ? g_strdup_printf("%s is begun: on record", id) : NULL;
    g_free(shell->begun);
    shell->begun = g_strdup(id);
    shell_done(shell, said, error);
    shell_follow_begun(shell);
    if (id && shell->screen && shell->mode == MODE_KEYS) {
        shell_open(shell, VIEW_STEPS, id);
        shell_settle(shell);
    }
}

void shell_depart(struct shell *shell, const struct dialog *dialog)
{
    departure_begin(g_steal_pointer(&shell->departure), shell->deck, dialog, on_begun, shell);
}
