#include "data/sim/deployment.h"

static void deployment_free(struct sim_deployment *deployment)
{
    g_free(deployment->id);
    g_free(deployment->task_definition);
    g_free(deployment->version);
    g_free(deployment->reason);
    g_free(deployment);
}

/* ECS's ids are 19 digits; a hash keeps those of two services apart. */
static char *deployment_id(const struct sim_service *service)
{
    g_autofree char *key = g_strdup_printf("%s/%s", service->cell->id, service->name);
    return g_strdup_printf("ecs-svc/%010u%09" G_GUINT64_FORMAT, g_str_hash(key), service->begun);
}

static struct sim_deployment *begin(struct sim_service *service, const char *task_definition,
                                    const char *version, gint64 now_ms)
{
    service->begun++;
    struct sim_deployment *deployment = g_new0(struct sim_deployment, 1);
    deployment->id = deployment_id(service);
    deployment->task_definition = g_strdup(task_definition);
    deployment->version = g_strdup(version);
    deployment->reason = g_strdup_printf("ECS deployment %s in progress.", deployment->id);
    deployment->state = SIM_IN_PROGRESS;
    deployment->created_ms = deployment->updated_ms = now_ms;
    g_ptr_array_insert(service->deployments, 0, deployment);
    return deployment;
}

static void end(struct sim_deployment *deployment, enum sim_rollout state, char *reason,
                gint64 at_ms)
{
    deployment->state = state;
    deployment->updated_ms = at_ms;
    g_free(deployment->reason);
    deployment->reason = reason;
}

static void complete(struct sim_service *service, gint64 at_ms)
{
    struct sim_deployment *primary = service->deployments->pdata[0];
    end(primary, SIM_COMPLETED, g_strdup_printf("ECS deployment %s completed.", primary->id),
        at_ms);
    while (service->deployments->len > 1)
        g_ptr_array_add(service->past, g_ptr_array_steal_index(service->deployments, 1));
}

struct sim_service *sim_service_new(struct sim_cell *cell, const char *name, int tasks,
                                    const char *task_definition, const char *version, gint64 now_ms)
{
    struct sim_service *service = g_new0(struct sim_service, 1);
    service->cell = cell;
    service->name = g_strdup(name);
    service->tasks = tasks;
    service->created_ms = now_ms;
    service->deployments = g_ptr_array_new_with_free_func((GDestroyNotify)deployment_free);
    service->past = g_ptr_array_new_with_free_func((GDestroyNotify)deployment_free);
    begin(service, task_definition, version, now_ms);
    complete(service, now_ms);
    return service;
}

void sim_service_free(struct sim_service *service)
{
    g_ptr_array_unref(service->deployments);
    g_ptr_array_unref(service->past);
    g_free(service->name);
    g_free(service);
}

/* Whatever is unfinished gives way; only the last completed one goes on serving. */
static void supersede(struct sim_service *service)
{
    for (guint i = 0; i < service->deployments->len;) {
        const struct sim_deployment *deployment = service->deployments->pdata[i];
        if (deployment->state == SIM_COMPLETED)
            i++;
        else
            g_ptr_array_add(service->past, g_ptr_array_steal_index(service->deployments, i));
    }
}

void sim_service_update(struct sim_service *service, const char *task_definition,
                        const char *version, gint64 now_ms)
{
    supersede(service);
    begin(service, task_definition, version, now_ms);
}

static const struct sim_deployment *last_completed(const struct sim_service *service)
{
    for (guint i = 0; i < service->deployments->len; i++) {
        const struct sim_deployment *deployment = service->deployments->pdata[i];
        if (deployment->state == SIM_COMPLETED)
            return deployment;
    }
    return NULL;
}

/* ECS names the deployment that it goes back from, and starts a new one of the old definition. */
static void roll_back(struct sim_service *service, const char *why, gint64 at_ms)
{
    struct sim_deployment *failed = service->deployments->pdata[0];
    const struct sim_deployment *good = last_completed(service);
    end(failed, SIM_FAILED, g_strdup_printf("%s.", why), at_ms);
    if (!good)
        return;
    struct sim_deployment *back = begin(service, good->task_definition, good->version, at_ms);
    g_free(back->reason);
    back->reason = g_strdup_printf("%s: rolling back to deploymentId %s.", why, good->id);
}

void sim_service_settle(const struct sim_world *world, struct sim_service *service, gint64 now_ms)
{
    for (;;) {
        struct sim_deployment *primary = service->deployments->pdata[0];
        gint64 due_ms = primary->created_ms + world->deploy_ms;
        if (primary->state != SIM_IN_PROGRESS || now_ms < due_ms)
            return;
        if (!sim_world_starts(world, service->cell, primary->version)) {
            primary->failed_tasks = service->tasks;
            roll_back(service, "ECS deployment circuit breaker: tasks failed to start", due_ms);
            continue;
        }
        complete(service, due_ms);
        if (service->names_version)
            sim_world_deployed(service->cell, primary->version, due_ms);
    }
}

int sim_deployment_running(const struct sim_world *world, const struct sim_service *service,
                           const struct sim_deployment *deployment, gint64 now_ms)
{
    const struct sim_deployment *primary = service->deployments->pdata[0];
    if (primary->state == SIM_COMPLETED)
        return deployment == primary ? service->tasks : 0;
    bool starts = sim_world_starts(world, service->cell, primary->version);
    gint64 into_ms = now_ms - primary->created_ms;
    int up =
        !starts || world->deploy_ms <= 0 ? 0 : (int)(into_ms * service->tasks / world->deploy_ms);
    if (deployment == primary)
        return MIN(up, service->tasks);
    return deployment->state == SIM_COMPLETED ? service->tasks - MIN(up, service->tasks) : 0;
}

bool sim_service_stop(struct sim_service *service, gint64 now_ms)
{
    const struct sim_deployment *primary = service->deployments->pdata[0];
    if (primary->state != SIM_IN_PROGRESS)
        return false;
    roll_back(service, "ECS deployment stopped", now_ms);
    return true;
}
