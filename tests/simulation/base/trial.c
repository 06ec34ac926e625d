/* A seed on trial: run, and where a rule broke, made smaller and told. */
#include "tests/simulation/base/simulation.h"

#include <stdio.h>
#include <string.h>

enum { RULE_KILLS = 18 };

void trial_clear(struct trial *trial)
{
    g_clear_pointer(&trial->words, g_free);
    g_clear_pointer(&trial->end, g_free);
    g_clear_pointer(&trial->story, g_ptr_array_unref);
}

static struct trial play(const struct simulation *simulation, const struct sim_options *options,
                         bool disturbed)
{
    struct sim_options own = *options;
    for (int i = 0; own.kills && i < simulation->n_troubles; i++)
        if (!disturbed || !simulation->comes_with_kills(i))
            own.most[i] = 0;
    own.told = own.told && disturbed;
    return simulation->play(&own);
}

static void compare_ends(struct trial *trial, const char *undisturbed)
{
    if (trial->rule || g_str_has_prefix(trial->end, "held") || strcmp(trial->end, undisturbed) == 0)
        return;
    trial->rule = RULE_KILLS;
    trial->words =
        g_strdup_printf("undisturbed it ends %s, and like this %s", undisturbed, trial->end);
    g_ptr_array_add(trial->story, g_strdup_printf("BROKEN: %s", trial->words));
}

struct trial trial_run(const struct simulation *simulation, const struct sim_options *options)
{
    struct trial trial = play(simulation, options, true);
    if (!options->kills)
        return trial;
    struct trial calm = play(simulation, options, false);
    trial.decisions += calm.decisions;
    compare_ends(&trial, calm.end);
    trial_clear(&calm);
    return trial;
}

/* `last`: what was used in the last run that broke it. */
static bool still_breaks(const struct simulation *simulation, const struct sim_options *options,
                         int rule, int last[MOST_TROUBLES])
{
    struct trial trial = trial_run(simulation, options);
    bool same = trial.rule == rule;
    if (same)
        memcpy(last, trial.used, sizeof trial.used);
    trial_clear(&trial);
    return same;
}

/* Fewer and fewer of one kind, none at best. */
static void shrink_kind(const struct simulation *simulation, struct sim_options *best, int rule,
                        int kind, int last[MOST_TROUBLES])
{
    int least = 0, most = last[kind];
    while (least < most) {
        struct sim_options fewer = *best;
        int middle = (least + most) / 2;
        fewer.most[kind] = middle;
        if (still_breaks(simulation, &fewer, rule, last)) {
            *best = fewer;
            most = MIN(middle, last[kind]);
        } else {
            least = middle + 1;
        }
    }
}

static void shrink_own(const struct simulation *simulation, const struct own_option *own,
                       struct sim_options *best, int rule, int last[MOST_TROUBLES])
{
    for (int number = 1; number < own->most && !best->own[own->place]; number++) {
        struct sim_options fewer = *best;
        fewer.own[own->place] = number;
        if (still_breaks(simulation, &fewer, rule, last))
            *best = fewer;
    }
}

struct sim_options trial_shrink(const struct simulation *simulation,
                                const struct sim_options *options, int rule)
{
    struct sim_options best = *options;
    int last[MOST_TROUBLES] = {0};
    if (!still_breaks(simulation, &best, rule, last))
        return best;
    for (int i = 0; i < simulation->n_own; i++)
        shrink_own(simulation, &simulation->own[i], &best, rule, last);
    for (int round = 0; round < 2; round++)
        for (int kind = 0; kind < simulation->n_troubles; kind++)
            if (last[kind] > 0)
                shrink_kind(simulation, &best, rule, kind, last);
    return best;
}

static void tell_options(const struct simulation *simulation, const struct sim_options *options)
{
    printf("  build/release/%s --story --seed %u%s", simulation->program, options->seed,
           options->kills ? " --kills" : "");
    for (int i = 0; i < simulation->n_own; i++) {
        const struct own_option *own = &simulation->own[i];
        int is = options->own[own->place];
        if (own->does || !is || (own->value && own->value != is))
            continue;
        printf(" %s", own->option);
        if (!own->value)
            printf(" %d", is);
    }
    if (options->often)
        printf(" --often %d", options->often);
    for (int i = 0; i < simulation->n_troubles; i++)
        if (options->most[i] >= 0)
            printf(" --most %s=%d", simulation->troubles[i].option, options->most[i]);
    printf("\n");
}

void trial_tell(const struct simulation *simulation, const struct sim_options *options)
{
    struct sim_options told = *options;
    told.told = true;
    struct trial trial = trial_run(simulation, &told);
    for (guint i = 0; i < trial.story->len; i++)
        puts(g_ptr_array_index(trial.story, i));
    int troubles = 0;
    for (int i = 0; i < simulation->n_troubles; i++)
        troubles += trial.used[i];
    printf("%d troubles. To see it again:\n", troubles);
    tell_options(simulation, options);
    trial_clear(&trial);
}
