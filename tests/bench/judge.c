/* What the judge of regressions takes: `build/release/judge-bench` prints one JSON document. Rows
 * are made beforehand, so that nothing else is measured. */
#include "rollout/judge.h"
#include "data/base/when.h"
#include "data/config.h"

#include <jansson.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAST_ROWS  240
#define DAY        1440
#define MADE       (DAY + PAST_ROWS) /* rows, over and over */
#define WEEK       (7 * DAY)
#define FOUR_WEEKS (4 * WEEK)

static double noise(guint64 *state)
{
    *state =
        *state * G_GUINT64_CONSTANT(6364136223846793005) + G_GUINT64_CONSTANT(1442695040888963407);
    return (double)(*state >> 11) / 9007199254740992.0;
}

static struct judge_row *make_rows(size_t cells)
{
    struct judge_row *rows = g_new(struct judge_row, MADE * cells);
    guint64 state = 1;
    for (size_t i = 0; i < MADE * cells; i++) {
        double requests = floor(1900 + 200 * noise(&state));
        rows[i] =
            (struct judge_row){{[METRIC_HEALTH] = 1,
                                [METRIC_REQUESTS] = requests,
                                [METRIC_ERROR_RATE] = 100 * floor(13 * noise(&state)) / requests,
                                [METRIC_CPU] = 28 + 4 * noise(&state),
                                [METRIC_DB_CONNECTIONS] = floor(76 + 8 * noise(&state)),
                                [METRIC_ACTIVE_USERS] = 400,
                                [METRIC_LATENCY_P95] = 190 + 20 * noise(&state)}};
    }
    return rows;
}

static struct judge *begin(const struct judge_row *rows, size_t cells, gint64 bake_rows)
{
    struct gates_config gates;
    gates_config_default(&gates);
    struct judge_terms terms = {.period_ms = WHEN_MINUTE,
                                .warmup_ms = gates.warmup_ms,
                                .bake_ms = bake_rows * WHEN_MINUTE,
                                .max_ratio = gates.max_ratio,
                                .min_events = (double)gates.min_events,
                                .odds = gates.evidence,
                                .asked = {[METRIC_ERROR_RATE] = true,
                                          [METRIC_CPU] = true,
                                          [METRIC_DB_CONNECTIONS] = true,
                                          [METRIC_LATENCY_P95] = true}};
    gates_config_clear(&gates);
    struct judge *judge = judge_new(&terms, cells - 1);
    for (size_t i = 0; i < PAST_ROWS; i++)
        judge_past(judge, rows + i * cells);
    judge_begin(judge);
    return judge;
}

/* A whole bake, and what the judge holds after a day and at its end. */
static json_t *bake(size_t controls, gint64 bake_rows)
{
    size_t cells = controls + 1, after_a_day = 0;
    g_autofree struct judge_row *rows = make_rows(cells);
    size_t before = mallinfo2().uordblks;
    OWN(judge) judge = begin(rows, cells, bake_rows);
    clock_t from = clock();
    for (gint64 i = 0; i < bake_rows; i++) {
        judge_take(judge, (i + 1) * WHEN_MINUTE, rows + (size_t)(i % MADE) * cells);
        if (i + 1 == DAY)
            after_a_day = mallinfo2().uordblks;
    }
    gint64 took = MAX(1, clock() - from);
    return json_pack("{s:I, s:I, s:I}", "rows_per_s",
                     (json_int_t)(bake_rows * CLOCKS_PER_SEC / took), "bytes_after_a_day",
                     (json_int_t)(after_a_day - before), "bytes",
                     (json_int_t)(mallinfo2().uordblks - before));
}

int main(void)
{
    json_t *few = bake(5, WEEK), *many = bake(100, FOUR_WEEKS);
    json_t *all = json_pack("{s:o, s:o}", "week_5_controls", few, "four_weeks_100_controls", many);
    json_dumpf(all, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(all);
    return 0;
}
