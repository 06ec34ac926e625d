#include "data/sim/cloud.h"

#include "data/sim/value.h"
#include "data/sim/zone.h"

static void add_service(struct sim_cloud *cloud, struct sim_cell *cell, const char *name,
                        const json_t *config, gint64 now_ms)
{
    const char *version = sim_cell_run(cell, now_ms)->version;
    int tasks = (int)sim_number(config, "tasks", 2);
    g_autofree char *family = g_strdup_printf("%s-%s", cell->id, name);
    g_autofree char *image = g_strdup_printf("%s:%s", sim_text(config, "image", name), version);
    json_t *definition = json_pack(
        "{s:s, s:[{s:s, s:s, s:i, s:i, s:b, s:[{s:i, s:i, s:s}], s:[{s:s, s:s}]}], s:s, s:[s], "
        "s:s, s:s, s:s}",
        "family", family, "containerDefinitions", "name", name, "image", image, "cpu", 0, "memory",
        2048, "essential", 1, "portMappings", "containerPort", 8103, "hostPort", 8103, "protocol",
        "tcp", "environment", "name", "MEDPLUM_CELL", "value", cell->id, "networkMode", "awsvpc",
        "requiresCompatibilities", "FARGATE", "cpu", "1024", "memory", "2048", "executionRoleArn",
        "arn:aws:iam::" SIM_ACCOUNT ":role/ecsTaskExecutionRole");
    const char *arn = sim_task_definition_add(cloud, cell->region, definition, now_ms);
    struct sim_service *service = sim_service_new(cell, name, tasks, arn, version, now_ms);
    service->names_version =
        cloud->services->len == 0 ||
        ((struct sim_service *)cloud->services->pdata[cloud->services->len - 1])->cell != cell;
    g_ptr_array_add(cloud->services, service);
}

struct sim_cloud *sim_cloud_new(struct sim_world *world, struct sim_faults *faults, gint64 now_ms)
{
    struct sim_cloud *cloud = g_new0(struct sim_cloud, 1);
    cloud->world = world;
    cloud->faults = faults;
    cloud->sessions = sim_sessions_new();
    cloud->services = g_ptr_array_new_with_free_func((GDestroyNotify)sim_service_free);
    cloud->families = json_object();
    cloud->tables = json_object();
    cloud->zones = sim_zones_new();
    cloud->changes = json_object();
    cloud->published = json_array();
    cloud->put_metrics = json_array();
    sim_registry_fill(cloud);
    sim_zones_fill(cloud);
    for (guint i = 0; i < world->cells->len; i++) {
        const char *name;
        json_t *config;
        json_object_foreach (json_object_get(world->scenario, "services"), name, config)
            add_service(cloud, world->cells->pdata[i], name, config, now_ms);
    }
    return cloud;
}

void sim_cloud_free(struct sim_cloud *cloud)
{
    sim_sessions_free(cloud->sessions);
    g_ptr_array_unref(cloud->services);
    json_decref(cloud->families);
    json_decref(cloud->tables);
    sim_zones_free(cloud->zones);
    json_decref(cloud->changes);
    json_decref(cloud->published);
    json_decref(cloud->put_metrics);
    g_free(cloud);
}

void sim_cloud_settle(struct sim_cloud *cloud, gint64 now_ms)
{
    for (guint i = 0; i < cloud->services->len; i++)
        sim_service_settle(cloud->world, cloud->services->pdata[i], now_ms);
}

struct sim_service *sim_cloud_service(const struct sim_cloud *cloud, const char *cell,
                                      const char *name)
{
    for (guint i = 0; i < cloud->services->len; i++) {
        struct sim_service *service = cloud->services->pdata[i];
        if (g_strcmp0(service->cell->id, cell) == 0 && g_strcmp0(service->name, name) == 0)
            return service;
    }
    return NULL;
}

static json_t *service_state(const struct sim_service *service)
{
    static const char *const states[] = {"IN_PROGRESS", "COMPLETED", "FAILED"};
    const struct sim_deployment *primary = service->deployments->pdata[0];
    return json_pack("{s:s, s:s, s:s, s:I}", "version", primary->version, "taskDefinition",
                     primary->task_definition, "rolloutState", states[primary->state],
                     "deployments", (json_int_t)service->begun);
}

json_t *sim_cloud_state(struct sim_cloud *cloud, gint64 now_ms)
{
    sim_cloud_settle(cloud, now_ms);
    json_t *cells = json_object();
    for (guint i = 0; i < cloud->services->len; i++) {
        const struct sim_service *service = cloud->services->pdata[i];
        json_t *cell = json_object_get(cells, service->cell->id);
        if (!cell) {
            cell = json_pack("{s:s, s:s, s:{}}", "version",
                             sim_cell_run(service->cell, now_ms)->version, "region",
                             service->cell->region, "services");
            json_object_set_new(cells, service->cell->id, cell);
        }
        json_object_set_new(json_object_get(cell, "services"), service->name,
                            service_state(service));
    }
    return json_pack("{s:o, s:O, s:O}", "cells", cells, "published", cloud->published, "metrics",
                     cloud->put_metrics);
}

const char *sim_cell_account(const struct sim_cell *cell)
{
    return cell->account ? cell->account : SIM_ACCOUNT;
}

char *sim_cloud_uuid(struct sim_cloud *cloud)
{
    g_autofree char *key = g_strdup_printf("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                                           cloud->world->seed, ++cloud->serial);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_MD5, key, -1);
    return g_strdup_printf("%.8s-%.4s-4%.3s-a%.3s-%.12s", sum, sum + 8, sum + 12, sum + 15,
                           sum + 18);
}
