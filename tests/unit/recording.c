/* Recorded metrics, read as they come and written as they are read. */
#include "data/recording.h"
#include "data/base/error.h"
#include "data/base/when.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "timestamp,cell,metric,value\n"

static struct recording *read_text(const char *text, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("celldeck-XXXXXX.csv", &path, NULL);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    struct recording *recording = recording_read(path, NULL, WHEN_MINUTE, error);
    unlink(path);
    return recording;
}

static const struct series *series_of(const struct recording *recording, const char *id,
                                      enum metric metric)
{
    const struct recorded_cell *cell = recording_cell(recording, id);
    cr_assert_not_null(cell, "%s", id);
    return cell->reading.series[metric];
}

Test(recording, rows_are_in_order_and_one_a_period_however_they_came)
{
    OWN(recording)
    recording = read_text(HEADER "120,b,cell_cpu_utilization,3\n"
                                 "0,b,cell_cpu_utilization,1\n"
                                 "61,b,cell_cpu_utilization,9\n"
                                 "119.5,b,cell_cpu_utilization,2\n"
                                 "60,a,cell_health_status,1\n",
                          NULL);
    cr_assert_not_null(recording);
    const struct series *series = series_of(recording, "b", METRIC_CPU);
    cr_assert_eq(series->n, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(series->points[i].at_ms, (gint64)i * WHEN_MINUTE);
        cr_expect_eq(series->points[i].value, (double)i + 1, "the later one in the file counts");
    }
    cr_expect_eq(recording->first_ms, 0);
    cr_expect_eq(recording->last_ms, 2 * WHEN_MINUTE);
    cr_expect_str_eq(((struct recorded_cell *)recording->cells->pdata[0])->id, "a");
}

Test(recording, nothing_and_nan_are_no_datum_and_other_metrics_are_passed_over)
{
    OWN(recording)
    recording = read_text(HEADER "0,a,cell_health_status,\n"
                                 "60,a,cell_health_status,NaN\n"
                                 "120,a,cell_health_status,1e300\n"
                                 "0,c,cell_moon_phase,1\n",
                          NULL);
    const struct series *series = series_of(recording, "a", METRIC_HEALTH);
    cr_expect(isnan(series->points[0].value) && isnan(series->points[1].value));
    cr_expect_null(recording_cell(recording, "c"));
    cr_expect_null(series_of(recording, "a", METRIC_CPU));
}

Test(recording, what_is_no_recording_is_refused_with_its_line)
{
    static const struct {
        const char *text, *where, *what;
    } cases[] = {
        {"", ":0: ", "empty"},
        {"a,b\n", ":1: ", "timestamp,cell,metric,value"},
        {HEADER "1,a,cell_health_status\n", ":2: ", "3 fields"},
        {HEADER "\n0,a,cell_health_status,1\nnan,a,cell_health_status,1\n", ":4: ", "'nan'"},
        {HEADER "-30000000000000,a,cell_health_status,1\n", ":2: ", "no moment"},
        {HEADER "-29999999999999,a,cell_health_status,1\n", ":2: ", "no moment"},
        {HEADER "30000000000000,a,cell_health_status,1\n", ":2: ", "no moment"},
        {HEADER "1,,cell_health_status,1\n", ":2: ", "no name"},
        {HEADER "1,a,cell_health_status,1x\n", ":2: ", "'1x'"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        OWN(recording) recording = read_text(cases[i].text, &error);
        cr_assert_null(recording, "%s", cases[i].text);
        cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
        cr_expect(strstr(error->message, cases[i].where), "%s", error->message);
        cr_expect(strstr(error->message, cases[i].what), "%s", error->message);
    }
}

Test(recording, a_file_that_is_not_there_could_not_be_read)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(recording_read("/no/such.csv", NULL, WHEN_MINUTE, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_FAILED));
    cr_expect(strstr(error->message, "/no/such.csv"));
}

Test(recording, what_is_written_is_read_as_the_same)
{
    const char *text = HEADER "60,a,cell_health_status,1\n"
                              "60,a,cell_error_rate,0.3125\n"
                              "120,a,cell_error_rate,1e-07\n";
    OWN(recording) recording = read_text(text, NULL);
    char *written = NULL;
    size_t size;
    FILE *to = open_memstream(&written, &size);
    recording_print_header(to);
    recording_print(to, NULL, "a", &recording_cell(recording, "a")->reading, 0);
    fclose(to);
    cr_expect_str_eq(written, text);
    free(written);
}

static gint64 step_of(const char *minutes)
{
    g_autoptr(GString) text = g_string_new(HEADER);
    g_auto(GStrv) each = g_strsplit(minutes, " ", -1);
    for (guint i = 0; each[i]; i++)
        g_string_append_printf(text, "%d,a,cell_health_status,1\n", 60 * atoi(each[i]));
    OWN(recording) recording = read_text(text->str, NULL);
    return recording_cell(recording, "a")->step_ms;
}

Test(recording, how_far_its_rows_are_apart_is_told_holes_and_repeated_rows_aside)
{
    cr_expect_eq(step_of("0 1 2 3 4 5"), WHEN_MINUTE);
    cr_expect_eq(step_of("0 5 10 15 20 25"), 5 * WHEN_MINUTE);
    cr_expect_eq(step_of("5 0 4 1 2 3 0 1 2 3 4 5"), WHEN_MINUTE, "out of order, and twice");
    cr_expect_eq(step_of("0 1 4 7 8 12 16 17 30"), WHEN_MINUTE, "with holes");
    cr_expect_eq(step_of("0 60"), 0, "too few to tell");
}
