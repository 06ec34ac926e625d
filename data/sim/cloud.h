/* Everything that the simulated AWS keeps: the world, ECS's services and task definitions,
 * DynamoDB's tables, Route 53's records, and the faults that are on. */
#pragma once

#include "data/sim/caller.h"
#include "data/sim/deployment.h"
#include "data/sim/fault.h"

struct sim_cloud {
    struct sim_world *world;
    struct sim_faults *faults;
    struct sim_sessions *sessions;
    GPtrArray *services; /* struct sim_service * */
    json_t *families;    /* region -> family -> array of task definitions, by revision */
    json_t *tables;      /* region -> table -> {key: [names], items: {key text: item}} */
    GHashTable *zones;   /* id -> struct sim_zone * (zone.h) */
    json_t *changes;     /* id -> {Id, SubmittedAt in epoch seconds, Comment} */
    json_t *published;   /* array of what SNS was given */
    json_t *put_metrics; /* array of what PutMetricData was given */
    guint64 serial;      /* of made-up ids */
};

struct sim_cloud *sim_cloud_new(struct sim_world *world, struct sim_faults *faults, gint64 now_ms);
void sim_cloud_free(struct sim_cloud *cloud);
OWNABLE(sim_cloud, sim_cloud_free);

/* Lets the deployments go on to `now_ms`. */
void sim_cloud_settle(struct sim_cloud *cloud, gint64 now_ms);
/* A cell's ECS service by name, or NULL. */
struct sim_service *sim_cloud_service(const struct sim_cloud *cloud, const char *cell,
                                      const char *name);
/* What a test wants to see: {cells: {ID: {version, deployments, services}}}. New reference. */
json_t *sim_cloud_state(struct sim_cloud *cloud, gint64 now_ms);

/* Where the cell's own resources are. */
const char *sim_cell_account(const struct sim_cell *cell);

/* An id like AWS's request ids, the same in every run of a seed. Caller frees. */
char *sim_cloud_uuid(struct sim_cloud *cloud);

/* Registers a task definition of one container; its ARN, borrowed from the registry of them. */
const char *sim_task_definition_add(struct sim_cloud *cloud, const char *region, json_t *definition,
                                    gint64 now_ms);
/* The registry's items for the scenario's tenants, and the scenario's other tables. */
void sim_registry_fill(struct sim_cloud *cloud);
/* Somebody else lays attributes (null takes one away) over a tenant's item, if there is one. */
void sim_registry_meddle(struct sim_cloud *cloud, const char *tenant, const json_t *set);
