/* ECS services and their deployments: a state machine that is moved on by the clock alone. One
 * deployment takes world->deploy_ms; its tasks come up one by one; a version whose tasks do not
 * start fails and is rolled back by the circuit breaker. Times are passed in. */
#pragma once

#include "data/sim/world.h"

enum sim_rollout { SIM_IN_PROGRESS, SIM_COMPLETED, SIM_FAILED };

struct sim_deployment {
    char *id;              /* "ecs-svc/0000000000000000077" */
    char *task_definition; /* ARN */
    char *version;         /* the image's tag */
    char *reason;          /* rolloutStateReason */
    enum sim_rollout state;
    gint64 created_ms, updated_ms;
    int failed_tasks;
};

struct sim_service {
    struct sim_cell *cell;
    char *name;
    bool names_version; /* /healthcheck tells this service's version */
    int tasks;
    gint64 created_ms;
    GPtrArray *deployments; /* struct sim_deployment *, PRIMARY first */
    GPtrArray *past;        /* the ones that are over, oldest first */
    guint64 begun;          /* how many there were ever */
};

struct sim_service *sim_service_new(struct sim_cell *cell, const char *name, int tasks,
                                    const char *task_definition, const char *version,
                                    gint64 now_ms);
void sim_service_free(struct sim_service *service);

/* UpdateService: a new PRIMARY deployment. The one that completed last stays ACTIVE until then. */
void sim_service_update(struct sim_service *service, const char *task_definition,
                        const char *version, gint64 now_ms);

/* Brings deployments to where they are at `now_ms`; a completed one of the service that names the
 * version is told to the world. Call it before looking. */
void sim_service_settle(const struct sim_world *world, struct sim_service *service, gint64 now_ms);

/* Tasks of the deployment that run now. */
int sim_deployment_running(const struct sim_world *world, const struct sim_service *service,
                           const struct sim_deployment *deployment, gint64 now_ms);

/* StopServiceDeployment with ROLLBACK: back to what completed last. False where nothing is in
 * progress. */
bool sim_service_stop(struct sim_service *service, gint64 now_ms);
