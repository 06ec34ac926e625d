#include "tests/unit/small_fleet.h"

#include "data/base/when.h"
#include "data/probe.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const char yaml[] =
    "name: small\n"
    "aws: {region: us-east-1}\n"
    "cells:\n"
    "  cell-dev:  {class: dev, residency: US, endpoint: 'http://127.0.0.1:1/dev/', "
    "max_users: 1000, max_patients: 10}\n"
    "  cell-1:    {class: dedicated, residency: US, endpoint: 'http://127.0.0.1:1/one', "
    "max_users: 1000, max_patients: 10, role_arn: 'arn:aws:iam::123456789012:role/watch'}\n"
    "  cell-1-dr: {class: dr, residency: US, endpoint: 'http://127.0.0.1:1/dr', max_users: 1000, "
    "max_patients: 10, stands_by_for: cell-1, rpo: 60s, replica_lag_metric: lag_s}\n"
    "  cell-eu:   {class: shared, region: eu-west-1, residency: EU, endpoint: "
    "'http://127.0.0.1:1/eu', max_users: 1000, max_patients: 10}\n";

struct config *config_of(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("celldeck-XXXXXX.yaml", &path, &error);
    cr_assert(file >= 0);
    close(file);
    cr_assert(g_file_set_contents(path, text, -1, &error));
    struct config *config = config_load(path, &error);
    g_unlink(path);
    cr_assert(config, "%s", error ? error->message : "");
    return config;
}

struct config *small_fleet(const char *more)
{
    g_autofree char *text = g_strconcat(yaml, more, NULL);
    return config_of(text);
}

struct series *steady(double value, size_t n, gint64 end_ms)
{
    g_autofree struct datapoint *points = g_new(struct datapoint, n);
    for (size_t i = 0; i < n; i++)
        points[i] = (struct datapoint){end_ms - (gint64)(n - i) * WHEN_MINUTE, value};
    return series_new(points, n);
}

void set_series(struct cell_reading *reading, enum metric metric, struct series *series)
{
    series_unref(reading->series[metric]);
    reading->series[metric] = series;
}

struct cell_reading well_reading(gint64 now_ms)
{
    static const double usual[METRIC_COUNT] = {1, 2000, 0.3, 48, 180, 400, 90};
    struct cell_reading reading = {0};
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        reading.series[metric] = steady(usual[metric], 10, now_ms);
    reading.replica_lag = steady(2, 10, now_ms);
    reading.alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
    reading.alarms_at_ms = now_ms;
    reading.probes = probes_append(
        NULL, probe_parse(200,
                          "{\"ok\":true,\"version\":\"5.0.2-a1b2c3\",\"postgres\":true,"
                          "\"redis\":true}",
                          NULL, now_ms, 12));
    return reading;
}
