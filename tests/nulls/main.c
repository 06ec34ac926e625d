/* `make nulls`: the share of good releases (tests/unit/nulls.h) that the judge ever calls a
 * regression, which is to be at most 1 % of each line, and of those that it does not let pass.
 *
 *     build/release/nulls [RUNS [PAST [FIRST [RIGOUR]]]]
 *
 * RUNS bakes of an hour a line, an eighth as many of a day, a thirtieth of a week; PAST: rows of
 * past; FIRST: the first seed; RIGOUR: 0.1 is content with a tenth of the evidence. */
#include "tests/unit/nulls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct count {
    guint runs, failed, held, reached_10;
    guint failed_by[METRIC_COUNT];
    gint64 first_minute; /* of the first that failed, and its seed */
    guint64 first_seed;
};

static struct count count_runs(const struct null_case *given, guint runs, guint64 first)
{
    struct count count = {.runs = runs};
    for (guint i = 0; i < runs; i++) {
        struct null_run run = null_run(given, first + i);
        count.reached_10 += run.most_odds >= 10;
        count.held += run.end == NULL_HELD;
        if (run.end != NULL_FAILED)
            continue;
        if (count.failed++ == 0) {
            count.first_seed = first + i;
            count.first_minute = run.minute;
        }
        count.failed_by[run.metric]++;
    }
    return count;
}

static void print_count(const struct null_case *given, const struct count *count)
{
    double runs = count->runs, share = count->failed / runs;
    printf("%4d h  %zu controls  %-15s %6u runs  failed %5.2f %% (+-%.2f)  held %5.2f %%  "
           "10:1 ever %5.2f %%",
           (int)given->bake_hours, given->n_controls, given->kind->name, count->runs, 100 * share,
           100 * sqrt(share * (1 - share) / runs), 100 * count->held / runs,
           100 * count->reached_10 / runs);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (count->failed_by[m])
            printf("  %s %u", metric_name(m), count->failed_by[m]);
    if (count->failed)
        printf("  first: seed %" G_GUINT64_FORMAT ", minute %" G_GINT64_FORMAT, count->first_seed,
               count->first_minute);
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const struct {
        gint64 hours;
        double share;
    } bakes[] = {{1, 1}, {24, 1.0 / 8}, {168, 1.0 / 30}};
    static const size_t controls[] = {5, 1, 0};
    double runs = argc > 1 ? atof(argv[1]) : 3000;
    size_t past = argc > 2 ? strtoul(argv[2], NULL, 10) : 240;
    guint64 first = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    double rigour = argc > 4 ? atof(argv[4]) : 1;
    for (size_t b = 0; b < G_N_ELEMENTS(bakes); b++)
        for (size_t c = 0; c < G_N_ELEMENTS(controls); c++)
            for (size_t k = 0; k < null_kinds_count(); k++) {
                const struct null_case given = {.kind = &null_kinds[k],
                                                .bake_hours = bakes[b].hours,
                                                .n_controls = controls[c],
                                                .past_rows = past,
                                                .rigour = rigour};
                guint n = (guint)MAX(1, lround(runs * bakes[b].share));
                struct count count = count_runs(&given, n, first);
                print_count(&given, &count);
            }
    return 0;
}
