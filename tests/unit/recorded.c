/* A recording that is put together rather than read (data/recording.h), and the replay of a bake
 * that was cut short (rollout/replay.h). */
#include "data/base/when.h"
#include "data/recording.h"
#include "rollout/replay.h"

#include <criterion/criterion.h>

#define DEPLOYED_MS (G_GINT64_CONSTANT(28333333) * WHEN_MINUTE)
#define PAST        60

/* Of health, from an hour before the deploy until so many minutes after it. */
static struct cell_reading reading_until(int minutes)
{
    struct cell_reading reading = {0};
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (int minute = -PAST; minute < minutes; minute++) {
        struct datapoint point = {DEPLOYED_MS + minute * WHEN_MINUTE, 1};
        g_array_append_val(points, point);
    }
    reading.series[METRIC_HEALTH] = series_new((const struct datapoint *)points->data, points->len);
    return reading;
}

Test(recorded, a_cell_s_rows_end_where_it_is_cut)
{
    OWN(recording) recording = recording_new();
    struct cell_reading reading = reading_until(30);
    recording_add(recording, "b", &reading, G_MAXINT64, WHEN_MINUTE);
    recording_add(recording, "a", &reading, DEPLOYED_MS + 90 * WHEN_SECOND, WHEN_MINUTE);
    recording_add(recording, "c", &reading, DEPLOYED_MS - WHEN_DAY, WHEN_MINUTE);
    const struct series *cut = recording_cell(recording, "a")->reading.series[METRIC_HEALTH];
    cr_expect_eq(series_last(cut)->at_ms, DEPLOYED_MS, "the last whole period before the cut");
    cr_expect_eq(recording_cell(recording, "b")->reading.series[METRIC_HEALTH]->n, PAST + 30);
    cr_expect_null(recording_cell(recording, "c")->reading.series[METRIC_HEALTH]);
    cr_expect_str_eq(((struct recorded_cell *)recording->cells->pdata[0])->id, "a", "by id");
    cell_reading_clear(&reading);
}

static void remember(gint64 at_ms, const struct gate_result *results, enum verdict verdict,
                     gpointer data)
{
    (void)results, (void)verdict;
    *(gint64 *)data = at_ms;
}

/* Of a dr cell, which needs no traffic: PASS at the end of its bake, if it is left to come to it.
 */
static enum verdict replay_until(gint64 until_ms, gint64 *last_ms)
{
    OWN(recording) recording = recording_new();
    struct cell_reading reading = reading_until(30);
    recording_add(recording, "a", &reading, G_MAXINT64, WHEN_MINUTE);
    cell_reading_clear(&reading);
    struct gates_config gates;
    gates_config_default(&gates);
    const struct replay replay = {.recording = recording,
                                  .cell = "a",
                                  .policy = &gates,
                                  .deployed_at_ms = DEPLOYED_MS,
                                  .bake_ms = 30 * WHEN_MINUTE,
                                  .period_ms = WHEN_MINUTE,
                                  .until_ms = until_ms,
                                  .dr = true};
    g_autoptr(GError) error = NULL;
    gint64 at_ms;
    enum verdict verdict = replay_run(&replay, remember, last_ms, &at_ms, &error);
    cr_expect_null(error);
    gates_config_clear(&gates);
    return verdict;
}

Test(recorded, a_dr_cell_passes_on_health_alone)
{
    gint64 last_ms = 0;
    cr_expect_eq(replay_until(0, &last_ms), VERDICT_PASS);
    cr_expect_eq(last_ms, DEPLOYED_MS + 30 * WHEN_MINUTE);
}

Test(recorded, a_bake_that_was_cut_short_never_passes)
{
    gint64 last_ms = 0;
    cr_expect_eq(replay_until(DEPLOYED_MS + 29 * WHEN_MINUTE, &last_ms), VERDICT_PENDING);
    cr_expect_eq(last_ms, DEPLOYED_MS + 29 * WHEN_MINUTE);
}
