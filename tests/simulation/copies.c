/* Each bastion's copy of the shared journal, in a folder of its own: the product's, with everything
 * below it but the way to the table. A follower reads at each turn of whoever is there, in place of
 * a thread's once a second (data/journal_follow.c). */
#include "data/journal_share.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/table.h"

#include <glib/gstdio.h>

enum { READING_MS = 5000 };

static struct copy *copy_of(struct sim *sim, struct process *process)
{
    struct copy *copy = process ? &sim->copies[process->host - sim->hosts] : &sim->desk;
    const char *name = process ? process->host->name : "desk";
    if (!copy->dir) {
        copy->dir = g_build_filename(sim->dir, name, NULL);
        g_mkdir(copy->dir, 0700);
    }
    return copy;
}

struct journal *copy_journal(struct sim *sim, struct process *process)
{
    g_autoptr(GError) error = NULL;
    sim->at_once = true;
    struct journal *journal = journal_open(sim->config, copy_of(sim, process)->dir, &error);
    sim->at_once = false;
    if (!journal)
        g_error("the shared journal can't be opened: %s", error->message);
    return journal;
}

static bool is_behind(struct sim *sim, struct copy *copy)
{
    GRand *dice = sim->run.dice[ON_BEHIND];
    if (trouble_comes(sim, ON_BEHIND, 400)) {
        copy->behind_until_ms = sim->now_ms + sim_between(dice, 5, 300) * WHEN_SECOND;
        sim_tell(sim, "%s reads nothing of the table for %d s", copy->dir + strlen(sim->dir) + 1,
                 (int)((copy->behind_until_ms - sim->now_ms) / WHEN_SECOND));
    }
    return !sim->settling && sim->now_ms < copy->behind_until_ms;
}

static bool read_new(struct sim *sim, struct copy *copy, GError **error)
{
    if (!copy->follower)
        copy->follower = journal_share_open(sim->config, copy->dir, error);
    return copy->follower &&
           journal_share_catch_up(copy->follower, when_mono_ms() + READING_MS, error);
}

void copy_follow(struct sim *sim, struct process *process)
{
    if (!sim->table)
        return;
    struct copy *copy = copy_of(sim, process);
    guint there = table_length(sim->table), unanswered = sim->unanswered;
    if (is_behind(sim, copy) || copy->has == there)
        return;
    g_autoptr(GError) error = NULL;
    sim->at_once = true;
    bool good = read_new(sim, copy, &error);
    sim->at_once = false;
    if (good)
        copy->has = there;
    else if (sim->unanswered == unanswered)
        sim_broke(sim, -1, "a copy does not follow the table: %s", error->message);
}

static void copy_ends(struct sim *sim, struct copy *copy)
{
    g_autoptr(GError) error = NULL;
    if (copy->follower &&
        !journal_share_compare(copy->follower, when_mono_ms() + READING_MS, &error))
        sim_broke(sim, -1, "a copy is not what the table is: %s", error->message);
}

void copies_end(struct sim *sim)
{
    copy_ends(sim, &sim->desk);
    for (int i = 0; i < HOSTS; i++)
        copy_ends(sim, &sim->copies[i]);
}

static void copy_clear(struct copy *copy)
{
    journal_share_free(copy->follower);
    g_free(copy->dir);
}

void copies_clear(struct sim *sim)
{
    copy_clear(&sim->desk);
    for (int i = 0; i < HOSTS; i++)
        copy_clear(&sim->copies[i]);
}
