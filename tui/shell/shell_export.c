/* The shell's part in taking records out: which, and what became of it. */
#include "tui/shell/shell_inside.h"
#include "tui/shell/takeaway.h"

static void on_taken(const char *said, const GError *error, gpointer data)
{
    struct shell *shell = data;
    shell->under_way--;
    if (error)
        deck_say(shell->deck, ROLE_BAD, "nothing was exported: %s", error->message);
    else
        deck_say(shell->deck, ROLE_GOOD, "%s", said);
    shell_want_draw(shell);
}

void shell_export(struct shell *shell, const char *operation)
{
    shell->under_way++;
    deck_hint(shell->deck, "exporting %s …", operation ? operation : "every operation");
    takeaway_begin(shell->deck, operation, on_taken, shell);
}

void shell_export_selected(struct shell *shell)
{
    const char *operation = shell_topic(shell).operation;
    if (operation)
        shell_export(shell, operation);
    else
        deck_hint(shell->deck, "there is no operation here that could be exported");
}
