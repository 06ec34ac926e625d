/* What the programs that simulate have in common, whatever their worlds are: seeds, troubles by
 * name, a verdict on each run, smaller runs that break the same rule, and deliberate faults. A
 * simulation is one table, and one function that plays a run. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum { MOST_TROUBLES = 32, MOST_OWN = 4, MOST_KINDS = 4 };

/* What a run follows from. */
struct sim_options {
    guint32 seed;
    int most[MOST_TROUBLES]; /* how often each trouble may come; -1: as often as chance has it */
    int often;               /* so many times as often; 0: once */
    bool kills;              /* only what a kill brings with it goes wrong */
    bool told;               /* keeps a story */
    int own[MOST_OWN];       /* options that this simulation alone has, by its own numbers */
};

/* What became of one; trial_clear frees what is in it. */
struct trial {
    int rule;    /* number of the first that broke; 0: all held; -1: something else is wrong */
    char *words; /* about that, or NULL */
    char *end;   /* where it ended, to be compared with other ends; begins with `held` if it was */
    GPtrArray *story; /* char *; empty if it was not told */
    guint64 decisions, events, touches;
    int used[MOST_TROUBLES];
};
void trial_clear(struct trial *trial);

struct named_trouble {
    const char *option, *text;
};

/* A command line's option, with the number it takes, or with one of its own. */
struct own_option {
    const char *option, *text;
    int place; /* in sim_options.own */
    int value; /* what it stands for; 0: the number after it counts */
    int most;  /* of that number; a smaller one may break the same rule. 0: any, and left alone */
    void (*does)(void); /* it is not of a run: this is done, and nothing else; or NULL */
};

/* A fault of data/base/fault_switch.h, and the rule that has to be the first to break by it. */
struct planted_fault {
    int fault, rule;
    const char *what;
    int often;
    int kinds[MOST_KINDS]; /* troubles that it needs, and no others: what else breaks by it would
                              come first; -1 ends them */
    bool kills;
    int own[MOST_OWN];
    guint32 seed; /* where it has been caught, so that those before it need not be tried; 0: 1 */
};

struct simulation {
    const char *program; /* in build/release and build/san */
    const struct named_trouble *troubles;
    int n_troubles;
    const struct own_option *own;
    int n_own;
    const struct planted_fault *faults; /* none where the build has none */
    int n_faults;
    guint64 steps; /* engine steps, where no option says how many seeds */
    bool (*comes_with_kills)(int trouble);
    /* One whole run; what of `kills` is this world's own is up to it. */
    struct trial (*play)(const struct sim_options *options);
};

/* main() of each of them. What is tested is a set of seeds; what is printed of them is for people,
 * and ends in `N passed, N failed`. */
int simulation_main(const struct simulation *simulation, int argc, char **argv);

/* trial.c */
/* Runs it. With kills alone the same seed without any troubles has to come to the same end, or this
 * one to HELD: invariant 18. */
struct trial trial_run(const struct simulation *simulation, const struct sim_options *options);
/* Options with as little of everything as still breaks the same rule. */
struct sim_options trial_shrink(const struct simulation *simulation,
                                const struct sim_options *options, int rule);
/* The story on stdout, and how to see it again. */
void trial_tell(const struct simulation *simulation, const struct sim_options *options);

/* bite.c: every deliberate fault turned on in turn; how many were caught by the right rule, and how
 * many were not. */
void bite(const struct simulation *simulation, int *passed, int *failed);
