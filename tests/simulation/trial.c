#include "tests/simulation/trial.h"

#include "tests/simulation/ledger.h"

#include <stdio.h>
#include <string.h>

void verdict_clear(struct verdict_of_seed *verdict)
{
    g_clear_pointer(&verdict->words, g_free);
}

static struct verdict_of_seed verdict_of(const struct sim *sim)
{
    struct verdict_of_seed verdict = {.rule = sim->broken_rule,
                                      .words = g_strdup(sim->broken),
                                      .decisions = sim->decisions,
                                      .events = sim->events,
                                      .touches = sim->touches};
    memcpy(verdict.used, sim->used, sizeof verdict.used);
    return verdict;
}

/* What a kill brings with it: a process that is away, or late; calls whose answers nobody hears. */
static bool comes_with_kills(int kind)
{
    return kind == ON_CRASH || kind == ON_STALL || kind == ON_SLOW_APPEND || kind == ON_LOST_CALL ||
           kind == ON_LATE_CALL || kind == ON_LOST_APPEND || kind == ON_LATE_PUT ||
           kind == ON_THROTTLED || kind == ON_BEHIND;
}

static struct sim_options options_for(const struct sim_options *options, enum trial trial,
                                      bool disturbed)
{
    struct sim_options own = *options;
    own.kills = trial == TRIAL_KILLS;
    for (int i = 0; i < TROUBLE_KINDS; i++)
        if (trial == TRIAL_KILLS && (!disturbed || !comes_with_kills(i)))
            own.most[i] = 0;
    if (trial == TRIAL_KILLS)
        own.until_ms = 3 * WHEN_HOUR;
    return own;
}

static const struct operation_ledger *first_rollout(const struct sim *sim)
{
    return sim->ledger->operations->len ? g_ptr_array_index(sim->ledger->operations, 0) : NULL;
}

/* What runs in the end is what the events say. */
static void ends_true(struct sim *sim)
{
    const struct operation_ledger *operation = first_rollout(sim);
    for (guint i = 0; operation && i < operation->cells->len; i++) {
        const struct ledger_cell *cell = g_ptr_array_index(operation->cells, i);
        const struct sim_cell *there = sim_cell(sim, cell->id);
        g_autofree char *runs = parts_reference(there->parts);
        bool new = cell_runs(there, operation->version);
        bool wrong = cell->state == L_PASSED        ? !new
                     : cell->state == L_ROLLED_BACK ? strcmp(runs, cell->from_ref) != 0
                     : cell->state == L_PENDING     ? new
                                                    : false;
        if (wrong)
            sim_broke(sim, 18, "in the end %s runs %s and %s, which its events do not say",
                      cell->id, there->parts[0].reference, there->parts[1].reference);
    }
}

static void ends_as_undisturbed(struct sim *sim, const char *undisturbed)
{
    const struct operation_ledger *operation = first_rollout(sim);
    const char *end = operation && operation->first_rest ? operation->first_rest : "nothing";
    if (strcmp(end, undisturbed) != 0 && strcmp(end, "held") != 0)
        sim_broke(sim, 18, "undisturbed it ends %s, and like this %s (%s)", undisturbed, end,
                  operation && operation->reason ? operation->reason : "");
}

static char *undisturbed_end(const struct sim_options *options, guint64 *decisions)
{
    const struct sim_options calm = options_for(options, TRIAL_KILLS, false);
    struct sim *sim = sim_new(&calm);
    sim_run(sim);
    const struct operation_ledger *operation = first_rollout(sim);
    char *end = g_strdup(operation && operation->first_rest ? operation->first_rest : "nothing");
    *decisions = sim->decisions;
    sim_free(sim);
    return end;
}

static struct sim *run(const struct sim_options *options, enum trial trial)
{
    guint64 before = 0;
    g_autofree char *end = trial == TRIAL_KILLS ? undisturbed_end(options, &before) : NULL;
    const struct sim_options own = options_for(options, trial, true);
    struct sim *sim = sim_new(&own);
    sim_run(sim);
    sim->decisions += before;
    if (end && !sim->broken)
        ends_as_undisturbed(sim, end);
    if (end && !sim->broken)
        ends_true(sim);
    return sim;
}

struct verdict_of_seed trial_run(const struct sim_options *options, enum trial trial)
{
    struct sim *sim = run(options, trial);
    struct verdict_of_seed verdict = verdict_of(sim);
    sim_free(sim);
    return verdict;
}

static bool still_breaks(const struct sim_options *options, enum trial trial, int rule,
                         struct verdict_of_seed *last)
{
    struct verdict_of_seed verdict = trial_run(options, trial);
    bool same = verdict.rule == rule;
    if (same)
        *last = verdict;
    verdict_clear(&verdict);
    return same;
}

/* Fewer and fewer of one kind, none at best. */
static void shrink_kind(struct sim_options *best, enum trial trial, int rule, int kind,
                        struct verdict_of_seed *last)
{
    int least = 0, most = last->used[kind];
    while (least < most) {
        struct sim_options fewer = *best;
        int middle = (least + most) / 2;
        fewer.most[kind] = middle;
        if (still_breaks(&fewer, trial, rule, last)) {
            *best = fewer;
            most = MIN(middle, last->used[kind]);
        } else {
            least = middle + 1;
        }
    }
}

struct sim_options trial_shrink(const struct sim_options *options, enum trial trial, int rule)
{
    struct sim_options best = *options;
    struct verdict_of_seed last = trial_run(&best, trial);
    verdict_clear(&last);
    for (int processes = 1; processes < MOST_PROCESSES && !best.processes; processes++) {
        struct sim_options fewer = best;
        fewer.processes = processes;
        if (still_breaks(&fewer, trial, rule, &last))
            best = fewer;
    }
    for (int cells = 1; cells < MOST_CELLS && !best.cells; cells++) {
        struct sim_options fewer = best;
        fewer.cells = cells;
        if (still_breaks(&fewer, trial, rule, &last))
            best = fewer;
    }
    for (int round = 0; round < 2; round++)
        for (int kind = 0; kind < TROUBLE_KINDS; kind++)
            if (last.used[kind] > 0)
                shrink_kind(&best, trial, rule, kind, &last);
    return best;
}

void trial_tell(const struct sim_options *options, enum trial trial)
{
    struct sim_options told = *options;
    told.told = true;
    struct sim *sim = run(&told, trial);
    for (guint i = 0; i < sim->story->len; i++)
        puts(g_ptr_array_index(sim->story, i));
    int troubles = 0;
    for (int i = 0; i < TROUBLE_KINDS; i++)
        troubles += sim->used[i];
    printf("%d troubles, %d cells, %d conductors. To see it again:\n"
           "  build/release/simulation --story --seed %u%s",
           troubles, sim->n_cells, sim->n_processes, options->seed,
           trial == TRIAL_KILLS ? " --kills" : "");
    if (options->cells)
        printf(" --cells %d", options->cells);
    if (options->processes)
        printf(" --processes %d", options->processes);
    if (options->often)
        printf(" --often %d", options->often);
    static const char *const stores[] = {"", " --sqlite", " --dynamodb"};
    printf("%s", stores[options->store]);
    for (int i = 0; i < TROUBLE_KINDS; i++)
        if (options->most[i] >= 0)
            printf(" --most %s=%d", trouble_option(i), options->most[i]);
    printf("\n");
    sim_free(sim);
}
