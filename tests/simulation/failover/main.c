/* The program. What is tested is a set of seeds; what it prints of them is for people, and ends in
 * `N passed, N failed`. */
#include "tests/simulation/failover/evac.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct totals {
    guint64 decisions, events, writes;
    gint64 used[TROUBLE_KINDS];
    int passed, failed;
};

struct arguments {
    struct sim_options options;
    guint32 from, to;
    bool story, bite;
};

static const char usage[] =
    "simulation-failover [--seeds A-B] [--kills]     many seeds; every fourth one of kills alone\n"
    "simulation-failover --story --seed N [--kills]  one, told\n"
    "simulation-failover --bite                      the deliberate faults\n"
    "  --real              the product's own conductor, not a plain one\n"
    "  --without TROUBLE   --most TROUBLE=N   --often N\n"
    "Troubles:\n";

static int help(void)
{
    fputs(usage, stdout);
    for (int i = 0; i < TROUBLE_KINDS; i++)
        printf("  %-14s %s\n", trouble_option(i), trouble_text(i));
    return 2;
}

static void try_seed(const struct sim_options *options, struct totals *totals)
{
    struct sim *sim = trial_run(options);
    totals->decisions += sim->decisions;
    totals->events += sim->events;
    totals->writes += sim->writes;
    for (int i = 0; i < TROUBLE_KINDS; i++)
        totals->used[i] += sim->used[i];
    totals->passed += sim->broken_rule == 0;
    totals->failed += sim->broken_rule != 0;
    int rule = sim->broken_rule;
    if (rule)
        printf("SEED %u%s breaks rule %d: %s\n", options->seed, options->kills ? " (kills)" : "",
               rule, sim->broken);
    sim_free(sim);
    if (rule) {
        struct sim_options small = trial_shrink(options, rule);
        trial_tell(&small);
        fflush(stdout);
    }
}

static void run_seeds(const struct arguments *arguments, struct totals *totals)
{
    for (guint32 seed = arguments->from; seed <= arguments->to && totals->failed < 3; seed++) {
        struct sim_options options = arguments->options;
        options.seed = seed;
        options.kills = options.kills || seed % 4 == 0;
        try_seed(&options, totals);
    }
    printf("%d seeds, %" G_GUINT64_FORMAT " engine steps, %" G_GUINT64_FORMAT
           " events, %" G_GUINT64_FORMAT " writes, every rule after each; troubles:",
           totals->passed + totals->failed, totals->decisions, totals->events, totals->writes);
    for (int i = 0; i < TROUBLE_KINDS; i++)
        printf(" %s %" G_GINT64_FORMAT, trouble_option(i), totals->used[i]);
    printf("\n");
}

static bool set_most(struct sim_options *options, const char *text, const char *otherwise)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    for (int i = 0; parts[0] && i < TROUBLE_KINDS; i++)
        if (strcmp(trouble_option(i), parts[0]) == 0) {
            options->most[i] = atoi(parts[1] ? parts[1] : otherwise);
            return true;
        }
    return false;
}

static bool take_value(struct arguments *arguments, const char *name, const char *value)
{
    struct sim_options *options = &arguments->options;
    if (strcmp(name, "--seed") == 0)
        arguments->from = arguments->to = (guint32)strtoul(value, NULL, 10);
    else if (strcmp(name, "--seeds") == 0)
        return sscanf(value, "%u-%u", &arguments->from, &arguments->to) == 2;
    else if (strcmp(name, "--often") == 0)
        options->often = atoi(value);
    else if (strcmp(name, "--without") == 0)
        return set_most(options, value, "0");
    else
        return strcmp(name, "--most") == 0 && set_most(options, value, "");
    return true;
}

static bool parse(int argc, char **argv, struct arguments *arguments)
{
    for (int i = 0; i < TROUBLE_KINDS; i++)
        arguments->options.most[i] = -1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--story") == 0)
            arguments->story = true;
        else if (strcmp(argv[i], "--bite") == 0)
            arguments->bite = true;
        else if (strcmp(argv[i], "--kills") == 0)
            arguments->options.kills = true;
        else if (strcmp(argv[i], "--real") == 0)
            arguments->options.real = true;
        else if (i + 1 == argc || !take_value(arguments, argv[i], argv[i + 1]))
            return false;
        else
            i++;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.from = 1, .to = 2000};
    struct totals totals = {0};
    if (!parse(argc, argv, &arguments))
        return help();
    arguments.options.seed = arguments.from;
    if (arguments.story) {
        trial_tell(&arguments.options);
        return 0;
    }
    if (arguments.bite)
        bite(&totals.passed, &totals.failed);
    else
        run_seeds(&arguments, &totals);
    printf("%d passed, %d failed\n", totals.passed, totals.failed);
    return totals.failed ? 1 : 0;
}
