#include "data/recording.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER "timestamp,cell,metric,value"

struct row {
    struct datapoint point;
    gint64 stamp_ms; /* as the file has it, within the point's period */
};

struct rows {
    GArray *of[METRIC_COUNT]; /* struct row, in the file's order */
};

struct reader {
    const char *path;
    const struct config *config; /* or NULL */
    FILE *file;
    char *line;
    size_t room;
    gint64 number; /* of the line, from 1 */
    gint64 period_ms;
    GHashTable *cells; /* id -> struct rows * */
};

static void rows_free(gpointer data)
{
    struct rows *rows = data;
    for (size_t m = 0; m < METRIC_COUNT; m++)
        g_array_unref(rows->of[m]);
    g_free(rows);
}

static struct rows *rows_of(struct reader *reader, const char *id)
{
    struct rows *rows = g_hash_table_lookup(reader->cells, id);
    if (rows)
        return rows;
    rows = g_new0(struct rows, 1);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        rows->of[m] = g_array_new(FALSE, FALSE, sizeof(struct row));
    g_hash_table_insert(reader->cells, g_strdup(id), rows);
    return rows;
}

G_GNUC_PRINTF(3, 4)
static bool wrong(const struct reader *reader, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *shown = text_clean(what);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s:%" G_GINT64_FORMAT ": %s", reader->path,
                reader->number, shown);
    return false;
}

/* False at the end of the file. */
static bool next_line(struct reader *reader)
{
    ssize_t length = getline(&reader->line, &reader->room, reader->file);
    if (length < 0)
        return false;
    reader->number++;
    while (length > 0 && strchr("\r\n", reader->line[length - 1]))
        reader->line[--length] = '\0';
    return true;
}

static gint64 metric_of(const struct config *config, const char *name)
{
    for (enum metric m = 0; m < metric_count(config); m++)
        if (strcmp(metric_name_in(config, m), name) == 0)
            return m;
    return -1;
}

/* A whole field as a number; NAN is one, and so is nothing. */
static bool number_of(const char *field, double *number)
{
    char *end = NULL;
    *number = *field ? g_ascii_strtod(field, &end) : NAN;
    return !*field || (end != field && !*end);
}

/* A million years are moments; what is not finite is none. */
#define MOST_MOMENT_MS 3e16

static bool moment_of(const char *field, gint64 period_ms, struct row *row)
{
    double seconds;
    if (!number_of(field, &seconds) || !(fabs(seconds * 1000) < MOST_MOMENT_MS))
        return false;
    gint64 ms = (gint64)(seconds * 1000);
    row->stamp_ms = ms;
    row->point.at_ms = ms - ((ms % period_ms) + period_ms) % period_ms;
    return row->point.at_ms > -(gint64)MOST_MOMENT_MS;
}

static bool take_row(struct reader *reader, GError **error)
{
    g_auto(GStrv) fields = g_strsplit(reader->line, ",", 5);
    struct row row;
    guint n = g_strv_length(fields);
    if (n != 4)
        return wrong(reader, error, "%u field%s, expected four: " HEADER, n, n == 1 ? "" : "s");
    if (!moment_of(fields[0], reader->period_ms, &row))
        return wrong(reader, error, "'%s' is no moment, expected seconds since 1970", fields[0]);
    if (!*fields[1] || !g_utf8_validate(fields[1], -1, NULL))
        return wrong(reader, error, "the cell has no name");
    if (!number_of(fields[3], &row.point.value))
        return wrong(reader, error, "'%s' is no value, expected a number or nothing", fields[3]);
    gint64 metric = metric_of(reader->config, fields[2]);
    if (metric >= 0)
        g_array_append_val(rows_of(reader, fields[1])->of[metric], row);
    return true;
}

/* Spreadsheets begin a file of UTF-8 with it. */
static void skip_byte_order_mark(struct reader *reader)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (g_str_has_prefix(reader->line, mark))
        memmove(reader->line, reader->line + strlen(mark), strlen(reader->line) + 1 - strlen(mark));
}

static bool read_rows(struct reader *reader, GError **error)
{
    if (!next_line(reader))
        return wrong(reader, error, "it is empty, expected a first line " HEADER);
    skip_byte_order_mark(reader);
    if (strcmp(reader->line, HEADER) != 0)
        return wrong(reader, error, "the first line is '%.60s', expected " HEADER, reader->line);
    errno = 0;
    while (next_line(reader))
        if (*reader->line && !take_row(reader, error))
            return false;
    if (!ferror(reader->file))
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "%s can't be read: %s", reader->path,
                g_strerror(errno));
    return false;
}

static int by_time(gconstpointer a, gconstpointer b)
{
    gint64 x = ((const struct row *)a)->point.at_ms, y = ((const struct row *)b)->point.at_ms;
    return (x > y) - (x < y);
}

/* series_new() wants them in order and one a period; the sort is stable, the last one stays. */
static struct series *series_of(GArray *rows)
{
    g_array_sort(rows, by_time);
    g_autofree struct datapoint *points = g_new(struct datapoint, rows->len + 1);
    guint kept = 0;
    for (guint i = 0; i < rows->len; i++) {
        struct datapoint point = g_array_index(rows, struct row, i).point;
        if (kept && points[kept - 1].at_ms == point.at_ms)
            kept--;
        points[kept++] = point;
    }
    return kept ? series_new(points, kept) : NULL;
}

static int by_number(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return (x > y) - (x < y);
}

/* The lower quartile of what lies between two stamps of one metric: three holes in four, or a stray
 * row in five, leave it what it is. */
static gint64 step_of(const struct rows *rows)
{
    enum { QUARTILE = 4 };
    g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        g_array_set_size(stamps, 0);
        for (guint i = 0; i < rows->of[m]->len; i++)
            g_array_append_val(stamps, g_array_index(rows->of[m], struct row, i).stamp_ms);
        g_array_sort(stamps, by_number);
        for (guint i = 1; i < stamps->len; i++) {
            gint64 gap = g_array_index(stamps, gint64, i) - g_array_index(stamps, gint64, i - 1);
            if (gap > 0)
                g_array_append_val(gaps, gap);
        }
    }
    g_array_sort(gaps, by_number);
    return gaps->len < QUARTILE ? 0 : g_array_index(gaps, gint64, gaps->len / QUARTILE);
}

static void recorded_cell_free(gpointer data)
{
    struct recorded_cell *cell = data;
    cell_reading_clear(&cell->reading);
    g_free(cell->id);
    g_free(cell);
}

static int by_id(gconstpointer a, gconstpointer b)
{
    return strcmp((*(struct recorded_cell *const *)a)->id, (*(struct recorded_cell *const *)b)->id);
}

struct recording *recording_new(void)
{
    struct recording *recording = g_new(struct recording, 1);
    *recording = (struct recording){.cells = g_ptr_array_new_with_free_func(recorded_cell_free),
                                    .first_ms = G_MAXINT64,
                                    .last_ms = G_MININT64};
    return recording;
}

/* Takes `series`, which may be NULL. */
static void put_series(struct recording *recording, struct recorded_cell *cell, size_t metric,
                       struct series *series)
{
    cell->reading.series[metric] = series;
    if (!series)
        return;
    recording->first_ms = MIN(recording->first_ms, series->points[0].at_ms);
    recording->last_ms = MAX(recording->last_ms, series->points[series->n - 1].at_ms);
}

static struct recorded_cell *put_cell(struct recording *recording, const char *id)
{
    struct recorded_cell *cell = g_new0(struct recorded_cell, 1);
    cell->id = g_strdup(id);
    g_ptr_array_add(recording->cells, cell);
    return cell;
}

static struct recording *collect(struct reader *reader)
{
    struct recording *recording = recording_new();
    GHashTableIter all;
    gpointer id, value;
    g_hash_table_iter_init(&all, reader->cells);
    while (g_hash_table_iter_next(&all, &id, &value)) {
        struct recorded_cell *cell = put_cell(recording, id);
        const struct rows *rows = value;
        cell->step_ms = step_of(rows);
        for (size_t m = 0; m < METRIC_COUNT; m++)
            put_series(recording, cell, m, series_of(rows->of[m]));
    }
    g_ptr_array_sort(recording->cells, by_id);
    return recording;
}

static struct series *series_until(struct series *series, gint64 until_ms, gint64 period_ms)
{
    size_t n = series ? series->n : 0;
    while (n > 0 && series->points[n - 1].at_ms > until_ms - period_ms)
        n--;
    if (n == 0 || n == series->n)
        return n ? series_ref(series) : NULL;
    return series_new(series->points, n);
}

void recording_add(struct recording *recording, const char *id, const struct cell_reading *reading,
                   gint64 until_ms, gint64 period_ms)
{
    struct recorded_cell *cell = put_cell(recording, id);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        put_series(recording, cell, m, series_until(reading->series[m], until_ms, period_ms));
    g_ptr_array_sort(recording->cells, by_id);
}

struct recording *recording_read(const char *path, const struct config *config, gint64 period_ms,
                                 GError **error)
{
    struct reader reader = {
        .path = path, .config = config, .file = fopen(path, "re"), .period_ms = period_ms};
    if (!reader.file) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "%s can't be opened: %s", path,
                    g_strerror(errno));
        return NULL;
    }
    reader.cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, rows_free);
    struct recording *recording = read_rows(&reader, error) ? collect(&reader) : NULL;
    g_hash_table_unref(reader.cells);
    free(reader.line);
    fclose(reader.file);
    return recording;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    g_ptr_array_unref(recording->cells);
    g_free(recording);
}

const struct recorded_cell *recording_cell(const struct recording *recording, const char *id)
{
    for (guint i = 0; i < recording->cells->len; i++) {
        const struct recorded_cell *cell = g_ptr_array_index(recording->cells, i);
        if (strcmp(cell->id, id) == 0)
            return cell;
    }
    return NULL;
}

void recording_print_header(FILE *to)
{
    fputs(HEADER "\n", to);
}

static void print_point(FILE *to, const char *id, const char *metric, const struct datapoint *point)
{
    char value[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(value, sizeof value, "%.10g", point->value);
    fprintf(to, "%" G_GINT64_FORMAT ",%s,%s,%s\n", point->at_ms / 1000, id, metric, value);
}

void recording_print(FILE *to, const struct config *config, const char *id,
                     const struct cell_reading *reading, gint64 from_ms)
{
    for (enum metric m = 0; m < metric_count(config); m++)
        for (size_t i = 0; reading->series[m] && i < reading->series[m]->n; i++)
            if (reading->series[m]->points[i].at_ms >= from_ms)
                print_point(to, id, metric_name_in(config, m), &reading->series[m]->points[i]);
}
