#include "tests/unit/placement_stage.h"

#include "data/base/when.h"
#include "data/probe.h"

#include <criterion/criterion.h>
#include <string.h>

static struct {
    struct config *config;
    struct cell_reading *readings;
    GPtrArray *tenants;
    bool complete;
    char *error;
    struct snapshot *snapshot;
    struct evacuation *plan;
} stage;

void placing_fleet(const char *cells, const char *more)
{
    g_autofree char *yaml =
        g_strconcat("name: placed\naws: {region: us-east-1}\ncells:\n", cells, more, NULL);
    placing_clear();
    stage.config = config_of(yaml);
    stage.readings = g_new0(struct cell_reading, stage.config->cells->len);
    for (guint i = 0; i < stage.config->cells->len; i++)
        stage.readings[i] = well_reading(PLACING_NOW);
    stage.tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    stage.complete = true;
}

static void forget(void)
{
    g_clear_pointer(&stage.plan, evacuation_unref);
    g_clear_pointer(&stage.snapshot, snapshot_unref);
}

void placing_clear(void)
{
    forget();
    for (guint i = 0; stage.config && i < stage.config->cells->len; i++)
        cell_reading_clear(&stage.readings[i]);
    g_clear_pointer(&stage.readings, g_free);
    g_clear_pointer(&stage.tenants, g_ptr_array_unref);
    g_clear_pointer(&stage.error, g_free);
    g_clear_pointer(&stage.config, config_unref);
}

struct config *placing_config(void)
{
    return stage.config;
}

void placing_tenant(struct tenant draft)
{
    draft.subdomain = draft.subdomain ? draft.subdomain : draft.id;
    draft.max_users = draft.max_users ? draft.max_users : MAX(draft.current_users, 1);
    draft.max_patients = draft.max_patients ? draft.max_patients : 10;
    draft.region = draft.region ? draft.region : "us-east-1";
    g_ptr_array_add(stage.tenants, tenant_new(&draft));
}

struct cell_reading *placing_reading(const char *cell)
{
    gssize place = config_place(stage.config, cell);
    cr_assert(place >= 0, "the stage has no cell %s", cell);
    return &stage.readings[place];
}

static void probe_again(const char *cell, int status, const char *body, gint64 age_ms)
{
    struct cell_reading *reading = placing_reading(cell);
    GPtrArray *probes =
        probes_append(reading->probes, probe_parse(status, body, status ? NULL : "no answer",
                                                   PLACING_NOW - age_ms, 10));
    g_ptr_array_unref(reading->probes);
    reading->probes = probes;
}

void placing_dies(const char *cell, int minutes)
{
    struct cell_reading *reading = placing_reading(cell);
    struct series *health = steady(1, 10, PLACING_NOW);
    for (size_t i = 10 - (size_t)minutes; i < 10; i++)
        health->points[i].value = 0;
    set_series(reading, METRIC_HEALTH, health);
    g_ptr_array_set_size(reading->probes, 0);
    probe_again(cell, 200, "{\"version\":\"5.0.2\",\"postgres\":true,\"redis\":true}",
                minutes * WHEN_MINUTE);
    probe_again(cell, 0, NULL, 0);
}

void placing_falls_silent(const char *cell, int minutes)
{
    gint64 age_ms = minutes * WHEN_MINUTE;
    struct cell_reading *reading = placing_reading(cell);
    cell_reading_clear(reading);
    *reading = well_reading(PLACING_NOW - age_ms);
}

void placing_runs(const char *cell, const char *version)
{
    g_autofree char *body =
        g_strdup_printf("{\"version\":\"%s\",\"postgres\":true,\"redis\":true}", version);
    probe_again(cell, 200, body, 0);
}

void placing_registry(bool complete, const char *error)
{
    stage.complete = complete;
    g_free(stage.error);
    stage.error = g_strdup(error);
}

const struct snapshot *placing_snapshot(void)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (guint i = 0; i < stage.tenants->len; i++)
        g_ptr_array_add(tenants, tenant_ref(stage.tenants->pdata[i]));
    struct registry *registry = registry_new(tenants, PLACING_NOW, stage.complete);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", stage.error ? SOURCE_ERROR : SOURCE_OK,
                                        PLACING_NOW, stage.error));
    const struct fleet_input input = {stage.config, stage.readings, registry, sources, 0, NULL};
    forget();
    stage.snapshot = fleet_fold(&input, PLACING_NOW);
    registry_unref(registry);
    return stage.snapshot;
}

const struct snapshot *placing_seen(void)
{
    return stage.snapshot;
}

const struct evacuation *placing_plan(const char *cell, const char *to)
{
    struct evacuation *plan = evacuation_of(placing_snapshot(), NULL, cell, to);
    cr_assert(plan, "the stage has no cell %s", cell);
    stage.plan = plan;
    return plan;
}

static const struct placed_tenant *placed(const char *tenant)
{
    for (guint i = 0; i < stage.plan->tenants->len; i++) {
        const struct placed_tenant *at = stage.plan->tenants->pdata[i];
        if (strcmp(at->tenant->id, tenant) == 0)
            return at;
    }
    cr_assert_fail("the plan has no tenant %s", tenant);
    return NULL;
}

const char *placing_goes(const char *tenant)
{
    const struct cell_config *to = placed(tenant)->to;
    return to ? to->id : "-";
}

const char *placing_why(const char *tenant)
{
    return placed(tenant)->why;
}
