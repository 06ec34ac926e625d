/* The program. What is tested is a set of seeds; what it prints of them is for people, and ends in
 * `N passed, N failed`. */
#include "tests/simulation/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "simulation [--seeds A-B | --steps N] [--kills]              many seeds; every fourth is one\n"
    "                                                           of kills alone\n"
    "simulation --story --seed N [...]                           one, told\n"
    "simulation --bench                                          decisions a second\n"
    "simulation --bite                                           the deliberate faults\n"
    "  --without TROUBLE, --most TROUBLE=N    less trouble     --often N      so many times as often\n"
    "  --cells N  --processes N  --until MINUTES               --sqlite       on a real history.db\n"
    "  --dynamodb     on a shared journal: a table, and a real history.db on each bastion as its "
    "copy\n"
    "Troubles:\n";

struct arguments {
    struct sim_options options;
    guint32 from, to;
    guint64 steps;
    bool story, bite, bench, kills;
};

static int help(void)
{
    fputs(usage, stdout);
    for (int i = 0; i < TROUBLE_KINDS; i++)
        printf("  %-13s %s\n", trouble_option(i), trouble_text(i));
    return 2;
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
    else if (strcmp(name, "--steps") == 0)
        arguments->steps = strtoull(value, NULL, 10);
    else if (strcmp(name, "--cells") == 0)
        options->cells = atoi(value);
    else if (strcmp(name, "--processes") == 0)
        options->processes = atoi(value);
    else if (strcmp(name, "--until") == 0)
        options->until_ms = atoi(value) * WHEN_MINUTE;
    else if (strcmp(name, "--often") == 0)
        options->often = atoi(value);
    else if (strcmp(name, "--without") == 0)
        return set_most(options, value, "0");
    else
        return strcmp(name, "--most") == 0 && set_most(options, value, "");
    return options->cells <= MOST_CELLS && options->processes <= MOST_PROCESSES;
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
        else if (strcmp(argv[i], "--bench") == 0)
            arguments->bench = true;
        else if (strcmp(argv[i], "--kills") == 0)
            arguments->kills = true;
        else if (strcmp(argv[i], "--sqlite") == 0)
            arguments->options.store = STORE_SQLITE;
        else if (strcmp(argv[i], "--dynamodb") == 0)
            arguments->options.store = STORE_DYNAMODB;
        else if (i + 1 == argc || !take_value(arguments, argv[i], argv[i + 1]))
            return false;
        else
            i++;
    }
    return true;
}

struct totals {
    guint64 decisions, events, touches;
    gint64 used[TROUBLE_KINDS];
    int passed, failed;
};

static void add(struct totals *totals, const struct verdict_of_seed *verdict)
{
    totals->decisions += verdict->decisions;
    totals->events += verdict->events;
    totals->touches += verdict->touches;
    for (int i = 0; i < TROUBLE_KINDS; i++)
        totals->used[i] += verdict->used[i];
    totals->passed += verdict->rule == 0;
    totals->failed += verdict->rule != 0;
}

static void try_seed(const struct sim_options *options, enum trial trial, struct totals *totals)
{
    struct verdict_of_seed verdict = trial_run(options, trial);
    add(totals, &verdict);
    if (verdict.rule) {
        printf("SEED %u%s breaks invariant %d: %s\n", options->seed,
               trial == TRIAL_KILLS ? " (kills)" : "", verdict.rule, verdict.words);
        struct sim_options small = trial_shrink(options, trial, verdict.rule);
        trial_tell(&small, trial);
        fflush(stdout);
    }
    verdict_clear(&verdict);
}

static void run_seeds(const struct arguments *arguments, struct totals *totals)
{
    guint32 to = arguments->to ? arguments->to : G_MAXUINT32;
    for (guint32 seed = MAX(1, arguments->from); seed <= to; seed++) {
        struct sim_options options = arguments->options;
        options.seed = seed;
        bool kills = arguments->kills || (!arguments->from && seed % 4 == 0);
        try_seed(&options, kills ? TRIAL_KILLS : TRIAL_ALL, totals);
        if ((arguments->steps && totals->decisions >= arguments->steps) || totals->failed >= 5)
            break;
    }
    printf("%d seeds, %" G_GUINT64_FORMAT " engine steps, %" G_GUINT64_FORMAT
           " events, every invariant after each; troubles:",
           totals->passed + totals->failed, totals->decisions, totals->events);
    for (int i = 0; i < TROUBLE_KINDS; i++)
        printf(" %s %" G_GINT64_FORMAT, trouble_option(i), totals->used[i]);
    printf("\n");
}

static double per_second(guint64 asked, gint64 took_ns)
{
    return took_ns > 0 ? (double)asked * 1e9 / (double)took_ns : 0;
}

/* Whole fleets, undisturbed and as disturbed as can be: everything that the engine is asked there.
 */
static void bench(void)
{
    struct pace pace = {0};
    for (guint32 seed = 1; seed <= 60; seed++) {
        struct sim_options options = {.seed = seed, .cells = MOST_CELLS, .pace = &pace};
        for (int i = 0; seed % 2 && i < TROUBLE_KINDS; i++)
            options.most[i] = -1;
        struct verdict_of_seed verdict = trial_run(&options, TRIAL_ALL);
        verdict_clear(&verdict);
    }
    printf("{\"decisions_per_s\": %.0f, \"nothing_to_do_per_s\": %.0f, \"something_per_s\": %.0f, "
           "\"cells\": %d, \"asked\": %" G_GUINT64_FORMAT ", \"something\": %" G_GUINT64_FORMAT
           "}\n",
           per_second(pace.asked[0] + pace.asked[1], pace.took_ns[0] + pace.took_ns[1]),
           per_second(pace.asked[0], pace.took_ns[0]), per_second(pace.asked[1], pace.took_ns[1]),
           MOST_CELLS, pace.asked[0] + pace.asked[1], pace.asked[1]);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct totals totals = {0};
    if (!parse(argc, argv, &arguments))
        return help();
    if (!arguments.to && !arguments.steps)
        arguments.steps = 1000000;
    arguments.options.seed = arguments.from;
    if (arguments.story) {
        trial_tell(&arguments.options, arguments.kills ? TRIAL_KILLS : TRIAL_ALL);
        return 0;
    }
    if (arguments.bench) {
        bench();
        return 0;
    }
    if (arguments.bite)
        bite(&totals.passed, &totals.failed);
    else
        run_seeds(&arguments, &totals);
    printf("%d passed, %d failed\n", totals.passed, totals.failed);
    return totals.failed ? 1 : 0;
}
