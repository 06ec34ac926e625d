#include "tests/simulation/base/run.h"

#include "data/base/when.h"

#include <string.h>

void run_begin(struct run *run, const struct sim_options *options)
{
    *run = (struct run){.options = *options};
    run->chance = g_rand_new_with_seed(options->seed);
    for (int i = 0; i < MOST_TROUBLES; i++)
        run->dice[i] = g_rand_new_with_seed(options->seed * 31 + (guint32)i);
    run->story = g_ptr_array_new_with_free_func(g_free);
}

void run_clear(struct run *run)
{
    g_rand_free(run->chance);
    for (int i = 0; i < MOST_TROUBLES; i++)
        g_rand_free(run->dice[i]);
    g_clear_pointer(&run->story, g_ptr_array_unref);
    g_clear_pointer(&run->broken, g_free);
}

void run_tell(struct run *run, gint64 at_ms, const char *format, va_list args)
{
    if (!run->options.told)
        return;
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_ptr_array_add(run->story, g_strdup_printf("%3d:%02d.%03d  %s", (int)(at_ms / WHEN_MINUTE),
                                                (int)(at_ms % WHEN_MINUTE / WHEN_SECOND),
                                                (int)(at_ms % WHEN_SECOND), text));
}

static void tell_words(struct run *run, gint64 at_ms, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void tell_words(struct run *run, gint64 at_ms, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    run_tell(run, at_ms, format, args);
    va_end(args);
}

void run_broke(struct run *run, gint64 at_ms, int rule, const char *format, va_list args)
{
    if (run->broken)
        return;
    run->broken = g_strdup_vprintf(format, args);
    run->broken_rule = rule;
    tell_words(run, at_ms, "BROKEN: %s", run->broken);
}

bool run_troubles(struct run *run, int kind, int in, bool may)
{
    bool comes = sim_between(run->dice[kind], 1, MAX(2, in / MAX(1, run->options.often))) == 1;
    int most = run->options.most[kind];
    if (!comes || !may || (most >= 0 && run->used[kind] >= most))
        return false;
    run->used[kind]++;
    return true;
}

gint64 sim_between(GRand *dice, gint64 from, gint64 to)
{
    guint64 span = (guint64)(to - from) + 1;
    guint64 draw = ((guint64)g_rand_int(dice) << 32) | g_rand_int(dice);
    return from + (gint64)(draw % span);
}

struct trial run_trial(struct run *run, char *end)
{
    struct trial trial = {.rule = run->broken_rule,
                          .words = g_strdup(run->broken),
                          .end = end,
                          .story = g_ptr_array_ref(run->story),
                          .decisions = run->decisions,
                          .events = run->events,
                          .touches = run->touches};
    memcpy(trial.used, run->used, sizeof trial.used);
    return trial;
}
