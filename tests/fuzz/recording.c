/* Recorded metrics (data/recording.h), and the gates over whatever they say. */
#include "data/recording.h"
#include "data/base/error.h"
#include "data/base/when.h"
#include "data/config.h"
#include "fuzz.h"
#include "rollout/replay.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PERIOD_MS    WHEN_MINUTE
#define BAKE_PERIODS 20

static struct recording *read_bytes(const void *bytes, size_t size, GError **error)
{
    int fd = memfd_create("recorded", MFD_CLOEXEC);
    PROMISE(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    struct recording *recording = recording_read(path, NULL, PERIOD_MS, error);
    close(fd);
    return recording;
}

/* Whoever wrote the file, what is said of it goes to a terminal. */
static void check_refusal(const GError *error)
{
    PROMISE(error && error->domain == CD_ERROR && error->code == CD_ERROR_USAGE);
    PROMISE(g_utf8_validate(error->message, -1, NULL));
    for (const char *p = error->message; *p; p++)
        PROMISE((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void check_series(const struct recording *recording, const struct series *series)
{
    for (size_t i = 0; i < series->n; i++) {
        gint64 at_ms = series->points[i].at_ms;
        PROMISE(at_ms % PERIOD_MS == 0);
        PROMISE(at_ms >= recording->first_ms && at_ms <= recording->last_ms);
        PROMISE(i == 0 || series->points[i - 1].at_ms < at_ms);
    }
}

static void check_cells(const struct recording *recording)
{
    for (guint i = 0; i < recording->cells->len; i++) {
        const struct recorded_cell *cell = recording->cells->pdata[i];
        PROMISE(recording_cell(recording, cell->id) == cell);
        for (size_t m = 0; m < METRIC_COUNT; m++)
            if (cell->reading.series[m])
                check_series(recording, cell->reading.series[m]);
    }
}

static char *printed(const struct recording *recording, size_t *size)
{
    char *text = NULL;
    FILE *to = open_memstream(&text, size);
    recording_print_header(to);
    for (guint i = 0; i < recording->cells->len; i++) {
        const struct recorded_cell *cell = recording->cells->pdata[i];
        recording_print(to, NULL, cell->id, &cell->reading, G_MININT64);
    }
    fclose(to);
    return text;
}

/* What `gate record` would write of it is read as the same. */
static void check_round_trip(const struct recording *recording)
{
    size_t size, size_again;
    char *text = printed(recording, &size);
    g_autoptr(GError) error = NULL;
    OWN(recording) again = read_bytes(text, size, &error);
    PROMISE(again && again->cells->len == recording->cells->len);
    char *text_again = printed(again, &size_again);
    PROMISE(size == size_again && memcmp(text, text_again, size) == 0);
    free(text);
    free(text_again);
}

static void note(gint64 at_ms, const struct gate_result *results, enum verdict verdict,
                 gpointer data)
{
    (void)at_ms;
    (void)verdict;
    for (size_t i = 0; i < GATE_COUNT; i++) {
        PROMISE(results[i].reason && json_is_array(results[i].evidence));
        char *text = json_dumps(results[i].evidence, 0);
        PROMISE(text);
        free(text);
    }
    ++*(guint *)data;
}

static void replay_it(const struct recording *recording)
{
    if (recording->cells->len == 0)
        return;
    struct gates_config gates;
    gates_config_default(&gates);
    const struct recorded_cell *cell = recording->cells->pdata[0];
    gint64 middle_ms = recording->first_ms + (recording->last_ms - recording->first_ms) / 2;
    struct replay replay = {.recording = recording,
                            .cell = cell->id,
                            .policy = &gates,
                            .deployed_at_ms = middle_ms,
                            .bake_ms = BAKE_PERIODS * PERIOD_MS,
                            .period_ms = PERIOD_MS};
    guint evaluations = 0;
    gint64 at_ms;
    enum verdict verdict = replay_run(&replay, note, &evaluations, &at_ms, NULL);
    PROMISE(verdict != VERDICT_PENDING);
    PROMISE(verdict == VERDICT_FAIL ? evaluations >= 1 : evaluations == BAKE_PERIODS);
    gates_config_clear(&gates);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    OWN(recording) recording = read_bytes(data, size, &error);
    if (!recording) {
        check_refusal(error);
        return 0;
    }
    check_cells(recording);
    check_round_trip(recording);
    replay_it(recording);
    return 0;
}
