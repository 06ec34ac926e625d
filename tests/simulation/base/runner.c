/* The command line, and seeds by the thousand. */
#include "tests/simulation/base/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED_AT_MOST = 5 };

struct arguments {
    const struct simulation *simulation;
    struct sim_options options;
    guint32 from, to;
    guint64 steps;
    bool story, bite;
    void (*does)(void);
};

static int help(const struct simulation *simulation)
{
    printf("%s [--seeds A-B | --steps N] [--kills]\n"
           "    many seeds; every fourth is one of kills alone\n"
           "%s --story --seed N [...]\n"
           "    one, told\n"
           "%s --bite\n"
           "    the deliberate faults\n"
           "Options:\n"
           "  --without TROUBLE\n"
           "  --most TROUBLE=N   less trouble\n"
           "  --often N          so many times as often\n",
           simulation->program, simulation->program, simulation->program);
    for (int i = 0; i < simulation->n_own; i++)
        printf("  %-18s %s\n", simulation->own[i].option, simulation->own[i].text);
    printf("Troubles:\n");
    for (int i = 0; i < simulation->n_troubles; i++)
        printf("  %-18s %s\n", simulation->troubles[i].option, simulation->troubles[i].text);
    return 2;
}

static bool set_most(struct arguments *arguments, const char *text, const char *otherwise)
{
    const struct simulation *simulation = arguments->simulation;
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    for (int i = 0; parts[0] && i < simulation->n_troubles; i++)
        if (strcmp(simulation->troubles[i].option, parts[0]) == 0) {
            arguments->options.most[i] = atoi(parts[1] ? parts[1] : otherwise);
            return true;
        }
    return false;
}

static const struct own_option *own_option(const struct simulation *simulation, const char *name)
{
    for (int i = 0; i < simulation->n_own; i++)
        if (strcmp(simulation->own[i].option, name) == 0)
            return &simulation->own[i];
    return NULL;
}

static bool take_number(struct arguments *arguments, const char *name, const char *value)
{
    const struct own_option *own = own_option(arguments->simulation, name);
    int number = atoi(value);
    if (!own || own->value || own->does || number < 1 || (own->most && number > own->most))
        return false;
    arguments->options.own[own->place] = number;
    return true;
}

static bool take_value(struct arguments *arguments, const char *name, const char *value)
{
    if (strcmp(name, "--seed") == 0)
        arguments->from = arguments->to = (guint32)strtoul(value, NULL, 10);
    else if (strcmp(name, "--seeds") == 0)
        return sscanf(value, "%u-%u", &arguments->from, &arguments->to) == 2;
    else if (strcmp(name, "--steps") == 0)
        arguments->steps = strtoull(value, NULL, 10);
    else if (strcmp(name, "--often") == 0)
        arguments->options.often = atoi(value);
    else if (strcmp(name, "--without") == 0)
        return set_most(arguments, value, "0");
    else if (strcmp(name, "--most") == 0)
        return set_most(arguments, value, "");
    else
        return take_number(arguments, name, value);
    return true;
}

/* One that takes nothing after it. */
static bool take_flag(struct arguments *arguments, const char *name)
{
    const struct own_option *own = own_option(arguments->simulation, name);
    bool *flag = strcmp(name, "--story") == 0   ? &arguments->story
                 : strcmp(name, "--bite") == 0  ? &arguments->bite
                 : strcmp(name, "--kills") == 0 ? &arguments->options.kills
                                                : NULL;
    if (flag)
        *flag = true;
    else if (own && own->does)
        arguments->does = own->does;
    else if (own && own->value)
        arguments->options.own[own->place] = own->value;
    else
        return false;
    return true;
}

static bool parse(int argc, char **argv, struct arguments *arguments)
{
    for (int i = 0; i < MOST_TROUBLES; i++)
        arguments->options.most[i] = -1;
    for (int i = 1; i < argc; i++)
        if (!take_flag(arguments, argv[i])) {
            if (i + 1 == argc || !take_value(arguments, argv[i], argv[i + 1]))
                return false;
            i++;
        }
    if (!arguments->to && !arguments->steps)
        arguments->steps = arguments->simulation->steps;
    arguments->options.seed = arguments->from;
    return true;
}

struct totals {
    guint64 decisions, events, touches;
    gint64 used[MOST_TROUBLES];
    int passed, failed;
};

static void add(struct totals *totals, const struct trial *trial)
{
    totals->decisions += trial->decisions;
    totals->events += trial->events;
    totals->touches += trial->touches;
    for (int i = 0; i < MOST_TROUBLES; i++)
        totals->used[i] += trial->used[i];
    totals->passed += trial->rule == 0;
    totals->failed += trial->rule != 0;
}

static void try_seed(const struct simulation *simulation, const struct sim_options *options,
                     struct totals *totals)
{
    struct trial trial = trial_run(simulation, options);
    add(totals, &trial);
    if (trial.rule) {
        printf("SEED %u%s breaks rule %d: %s\n", options->seed, options->kills ? " (kills)" : "",
               trial.rule, trial.words);
        struct sim_options small = trial_shrink(simulation, options, trial.rule);
        trial_tell(simulation, &small);
        fflush(stdout);
    }
    trial_clear(&trial);
}

static void run_seeds(const struct arguments *arguments, struct totals *totals)
{
    const struct simulation *simulation = arguments->simulation;
    guint32 to = arguments->to ? arguments->to : G_MAXUINT32;
    for (guint32 seed = MAX(1, arguments->from); seed <= to; seed++) {
        struct sim_options options = arguments->options;
        options.seed = seed;
        options.kills = options.kills || seed % 4 == 0;
        try_seed(simulation, &options, totals);
        if ((arguments->steps && totals->decisions >= arguments->steps) ||
            totals->failed >= FAILED_AT_MOST)
            break;
    }
    printf("%d seeds, %" G_GUINT64_FORMAT " engine steps, %" G_GUINT64_FORMAT
           " events, %" G_GUINT64_FORMAT
           " touches of the outside, every rule after each; troubles:",
           totals->passed + totals->failed, totals->decisions, totals->events, totals->touches);
    for (int i = 0; i < simulation->n_troubles; i++)
        printf(" %s %" G_GINT64_FORMAT, simulation->troubles[i].option, totals->used[i]);
    printf("\n");
}

int simulation_main(const struct simulation *simulation, int argc, char **argv)
{
    struct arguments arguments = {.simulation = simulation};
    struct totals totals = {0};
    if (!parse(argc, argv, &arguments))
        return help(simulation);
    if (arguments.does) {
        arguments.does();
        return 0;
    }
    if (arguments.story) {
        trial_tell(simulation, &arguments.options);
        return 0;
    }
    if (arguments.bite)
        bite(simulation, &totals.passed, &totals.failed);
    else
        run_seeds(&arguments, &totals);
    printf("%d passed, %d failed\n", totals.passed, totals.failed);
    return totals.failed ? 1 : 0;
}
