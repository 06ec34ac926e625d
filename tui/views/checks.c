#include "tui/views/checks.h"

static void check_free(gpointer p)
{
    struct check *check = p;
    g_free(check->text);
    g_free(check);
}

/* Takes `text`. */
static void add(GPtrArray *checks, bool ok, char *text)
{
    struct check *check = g_new0(struct check, 1);
    *check = (struct check){ok, text};
    g_ptr_array_add(checks, check);
}

/* NULL where the journal can't be read, or there is none yet (*none). */
static GPtrArray *holders_of(const struct deck *deck, const struct evacuation *evacuation,
                             bool *none)
{
    g_autofree const char **cells = preflight_cells(evacuation);
    *none = !deck->journal && !deck->journal_error;
    return deck->journal ? preflight_holders(deck->journal, cells, NULL, NULL) : NULL;
}

static void add_registry(GPtrArray *checks, const struct deck *deck,
                         const struct evacuation *evacuation)
{
    const struct source *source =
        deck->snapshot ? snapshot_source(deck->snapshot, "registry") : NULL;
    if (evacuation->refused)
        return; /* that is among the refusals */
    bool fresh = source && source->state == SOURCE_OK;
    add(checks, fresh,
        g_strdup(fresh ? "the registry was read whole, and is fresh"
                       : "how old the registry is, is not known"));
}

static void add_targets(GPtrArray *checks, const struct evacuation *evacuation)
{
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = g_ptr_array_index(evacuation->targets, i);
        add(checks, true,
            g_strdup_printf("%s is well by its metrics and its probe, and has room for all that "
                            "come: %.0f %% after it",
                            target->cell->id, target->used_pct_after));
    }
}

static void add_holders(GPtrArray *checks, const GPtrArray *holders, bool none)
{
    guint busy = 0;
    for (guint i = 0; holders && i < holders->len; i++) {
        const struct preflight_holder *holder = g_ptr_array_index(holders, i);
        busy += !holder->yielded;
        if (holder->yielded)
            add(checks, true,
                g_strdup_printf("%s %s is at work on %s: the cell is taken over from it",
                                holder->kind, holder->operation, holder->cell));
    }
    if (!holders && !none)
        add(checks, false,
            g_strdup("who is at work on these cells can't be read from the journal"));
    else if (busy == 0)
        add(checks, true, g_strdup("no other operation keeps these cells"));
}

GPtrArray *checks_of(const struct deck *deck, const struct evacuation *evacuation,
                     enum failover_kind kind)
{
    bool none;
    GPtrArray *checks = g_ptr_array_new_with_free_func(check_free);
    g_autoptr(GPtrArray) holders = holders_of(deck, evacuation, &none);
    g_autoptr(GPtrArray) refusals = preflight_start(evacuation, kind, (1u << PROOFS) - 1, holders);
    for (guint i = 0; i < refusals->len; i++)
        add(checks, false, g_strdup(((const struct preflight_refusal *)refusals->pdata[i])->why));
    add_registry(checks, deck, evacuation);
    add_targets(checks, evacuation);
    add_holders(checks, holders, none);
    return checks;
}

bool checks_pass(const GPtrArray *checks)
{
    for (guint i = 0; i < checks->len; i++)
        if (!((const struct check *)g_ptr_array_index(checks, i))->ok)
            return false;
    return true;
}

char *check_line(const struct check *check)
{
    return g_strconcat(check->ok ? "✔ " : "✖ ", check->text, NULL);
}
