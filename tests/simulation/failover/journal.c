/* A conductor's own handle on the journal, which has its troubles; people's has none. */
#include "tests/simulation/base/handle.h"
#include "tests/simulation/failover/evac.h"

static bool may_read(const struct handle *handle, GError **error)
{
    const struct shell *shell = handle->who;
    if (!shell || (!shell->dying && shell->sim->now_ms >= shell->away_until_ms))
        return true;
    return handle_fails(error, "the journal is away");
}

static bool append(struct handle *handle, const struct journal_row *row, gint64 head,
                   char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE], GError **error)
{
    struct sim *sim = handle->sim;
    struct shell *shell = handle->who;
    if (shell)
        shell_dies_here(shell, "before an append");
    if (!may_read(handle, error) ||
        !sim->truth->ops->append(sim->truth, row, head, prev_hash, hash, error))
        return false;
    struct journal_row kept = *row;
    kept.prev_hash = prev_hash;
    kept.hash = hash;
    OWN(event) event = journal_row_event(&kept, NULL);
    rules_event(sim, event);
    if (!shell || shell_dies_here(shell, "after an append"))
        return !shell || may_read(handle, error);
    if (!trouble_comes(sim, ON_LOST_APPEND, 200))
        return true;
    sim_tell(sim, "... and p%d never hears that it was appended", shell->number);
    return handle_fails(error, "the answer was lost");
}

struct journal *journal_for(struct sim *sim, struct shell *shell)
{
    const struct handle handle = {
        .inner = sim->truth, .may_read = may_read, .append = append, .sim = sim, .who = shell};
    return journal_over(handle_new(&handle), NULL);
}
