/* ECS: clusters named after cells, their services, and the deployments that clients watch. */
#include "data/sim/call.h"
#include "data/sim/task_definition.h"
#include "data/sim/value.h"

#include <string.h>

#define DESCRIBE_MAX 10 /* services in one DescribeServices (guide/aws.md) */

static const char *last_part(const char *arn)
{
    const char *slash = strrchr(arn, '/');
    return slash ? slash + 1 : arn;
}

static struct sim_cell *cluster_of(struct sim_call *call)
{
    const char *name = last_part(sim_text(call->in, "cluster", "default"));
    struct sim_cell *cell = sim_world_cell(call->cloud->world, name);
    if (cell && sim_call_sees(call, cell, NULL))
        return cell;
    sim_refuse(call, 400, "ClusterNotFoundException", "Cluster not found.");
    return NULL;
}

static char *arn_of(const struct sim_cell *cell, const char *kind, const char *rest)
{
    return g_strdup_printf("arn:aws:ecs:%s:%s:%s/%s%s%s", cell->region, sim_cell_account(cell),
                           kind, cell->id, *rest ? "/" : "", rest);
}

static json_t *deployment_json(const struct sim_call *call, const struct sim_service *service,
                               const struct sim_deployment *deployment)
{
    static const char *const states[] = {"IN_PROGRESS", "COMPLETED", "FAILED"};
    bool primary = deployment == service->deployments->pdata[0];
    int running = sim_deployment_running(call->cloud->world, service, deployment, call->now_ms);
    int desired = primary ? service->tasks : running;
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:s, s:s, s:s}", "id",
                     deployment->id, "status", primary ? "PRIMARY" : "ACTIVE", "taskDefinition",
                     deployment->task_definition, "desiredCount", desired, "pendingCount",
                     primary && deployment->state == SIM_IN_PROGRESS ? desired - running : 0,
                     "runningCount", running, "failedTasks", deployment->failed_tasks, "createdAt",
                     (double)deployment->created_ms / 1000, "updatedAt",
                     (double)deployment->updated_ms / 1000, "launchType", "FARGATE", "rolloutState",
                     states[deployment->state], "rolloutStateReason", deployment->reason);
}

static json_t *service_json(const struct sim_call *call, const struct sim_service *service)
{
    g_autofree char *arn = arn_of(service->cell, "service", service->name);
    g_autofree char *cluster = arn_of(service->cell, "cluster", "");
    const struct sim_deployment *primary = service->deployments->pdata[0];
    json_t *deployments = json_array();
    int running = 0;
    for (guint i = 0; i < service->deployments->len; i++) {
        const struct sim_deployment *deployment = service->deployments->pdata[i];
        running += sim_deployment_running(call->cloud->world, service, deployment, call->now_ms);
        json_array_append_new(deployments, deployment_json(call, service, deployment));
    }
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:o, s:[], s:f, s:{s:{s:b, s:b}, s:i, s:i}}",
        "serviceArn", arn, "serviceName", service->name, "clusterArn", cluster, "status", "ACTIVE",
        "desiredCount", service->tasks, "runningCount", running, "pendingCount",
        MAX(0, service->tasks - running), "launchType", "FARGATE", "taskDefinition",
        primary->task_definition, "deployments", deployments, "events", "createdAt",
        (double)service->created_ms / 1000, "deploymentConfiguration", "deploymentCircuitBreaker",
        "enable", 1, "rollback", 1, "maximumPercent", 200, "minimumHealthyPercent", 100);
}

static json_t *list_clusters(struct sim_call *call)
{
    json_t *arns = json_array();
    for (guint i = 0; i < call->cloud->world->cells->len; i++) {
        const struct sim_cell *cell = call->cloud->world->cells->pdata[i];
        g_autofree char *arn = arn_of(cell, "cluster", "");
        if (sim_call_sees(call, cell, NULL))
            json_array_append_new(arns, json_string(arn));
    }
    return json_pack("{s:o}", "clusterArns", arns);
}

static json_t *describe_clusters(struct sim_call *call)
{
    json_t *clusters = json_array(), *failures = json_array();
    size_t i;
    const json_t *name;
    json_array_foreach (json_object_get(call->in, "clusters"), i, name) {
        const char *id = last_part(json_string_value(name) ? json_string_value(name) : "");
        const struct sim_cell *cell = sim_world_cell(call->cloud->world, id);
        if (!cell || !sim_call_sees(call, cell, NULL)) {
            json_array_append_new(failures,
                                  json_pack("{s:s, s:s}", "arn", id, "reason", "MISSING"));
            continue;
        }
        g_autofree char *arn = arn_of(cell, "cluster", "");
        json_array_append_new(clusters, json_pack("{s:s, s:s, s:s}", "clusterArn", arn,
                                                  "clusterName", cell->id, "status", "ACTIVE"));
    }
    return json_pack("{s:o, s:o}", "clusters", clusters, "failures", failures);
}

static json_t *list_services(struct sim_call *call)
{
    const struct sim_cell *cell = cluster_of(call);
    if (!cell)
        return NULL;
    json_t *arns = json_array();
    for (guint i = 0; i < call->cloud->services->len; i++) {
        const struct sim_service *service = call->cloud->services->pdata[i];
        g_autofree char *arn = arn_of(service->cell, "service", service->name);
        if (service->cell == cell)
            json_array_append_new(arns, json_string(arn));
    }
    return json_pack("{s:o}", "serviceArns", arns);
}

static json_t *describe_services(struct sim_call *call)
{
    const struct sim_cell *cell = cluster_of(call);
    const json_t *names = json_object_get(call->in, "services");
    if (!cell)
        return NULL;
    if (json_array_size(names) == 0 || json_array_size(names) > DESCRIBE_MAX)
        return sim_refuse(call, 400, "InvalidParameterException",
                          "services must have 1 to %d members.", DESCRIBE_MAX);
    json_t *services = json_array(), *failures = json_array();
    size_t i;
    const json_t *name;
    json_array_foreach (names, i, name) {
        const char *text = last_part(json_string_value(name) ? json_string_value(name) : "");
        const struct sim_service *service = sim_cloud_service(call->cloud, cell->id, text);
        g_autofree char *arn = arn_of(cell, "service", text);
        if (service)
            json_array_append_new(services, service_json(call, service));
        else
            json_array_append_new(failures,
                                  json_pack("{s:s, s:s}", "arn", arn, "reason", "MISSING"));
    }
    return json_pack("{s:o, s:o}", "services", services, "failures", failures);
}

static struct sim_service *service_of(struct sim_call *call)
{
    const struct sim_cell *cell = cluster_of(call);
    if (!cell)
        return NULL;
    const char *name = last_part(sim_text(call->in, "service", ""));
    struct sim_service *service = sim_cloud_service(call->cloud, cell->id, name);
    if (!service)
        sim_refuse(call, 400, "ServiceNotFoundException", "Service not found.");
    return service;
}

static json_t *update_service(struct sim_call *call)
{
    struct sim_service *service = service_of(call);
    if (!service)
        return NULL;
    service->tasks = (int)sim_number(call->in, "desiredCount", service->tasks);
    const char *wanted = sim_text(call->in, "taskDefinition", NULL);
    const struct sim_deployment *primary = service->deployments->pdata[0];
    bool force = sim_flag(call->in, "forceNewDeployment", false);
    if (wanted || force) {
        const json_t *definition = sim_task_definition(call->cloud, call->region,
                                                       wanted ? wanted : primary->task_definition);
        if (!definition)
            return sim_refuse(call, 400, "ClientException", "TaskDefinition not found.");
        const char *arn = sim_text(definition, "taskDefinitionArn", "");
        g_autofree char *version = sim_task_definition_version(definition, service->name);
        /* What is already the service's definition begins no new deployment. */
        if (force || !g_str_equal(arn, primary->task_definition))
            sim_service_update(service, arn, version, call->now_ms);
    }
    return json_pack("{s:o}", "service", service_json(call, service));
}

static json_t *list_tags(struct sim_call *call)
{
    const char *arn = sim_need(call, "resourceArn", "InvalidParameterException");
    const json_t *definition = arn ? sim_task_definition(call->cloud, call->region, arn) : NULL;
    if (!arn)
        return NULL;
    if (!definition)
        return sim_refuse(call, 400, "InvalidParameterException",
                          "The specified task definition does not exist.");
    json_t *tags = json_object_get(definition, "tags");
    return json_pack("{s:o}", "tags", tags ? json_incref(tags) : json_array());
}

static char *service_deployment_arn(const struct sim_service *service,
                                    const struct sim_deployment *deployment)
{
    g_autofree char *rest = g_strconcat(service->name, "/", last_part(deployment->id), NULL);
    return arn_of(service->cell, "service-deployment", rest);
}

static json_t *service_deployment_json(const struct sim_service *service,
                                       const struct sim_deployment *deployment)
{
    static const char *const words[] = {"IN_PROGRESS", "SUCCESSFUL", "ROLLBACK_SUCCESSFUL"};
    const struct sim_deployment *primary = service->deployments->pdata[0];
    bool going_back = deployment->state == SIM_FAILED && primary->state == SIM_IN_PROGRESS;
    g_autofree char *arn = service_deployment_arn(service, deployment);
    g_autofree char *owner = arn_of(service->cell, "service", service->name);
    g_autofree char *cluster = arn_of(service->cell, "cluster", "");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:f, s:f, s:s}", "serviceDeploymentArn", arn,
                     "serviceArn", owner, "clusterArn", cluster, "targetServiceRevisionArn",
                     deployment->task_definition, "status",
                     going_back ? "ROLLBACK_IN_PROGRESS" : words[deployment->state], "createdAt",
                     (double)deployment->created_ms / 1000, "updatedAt",
                     (double)deployment->updated_ms / 1000, "statusReason", deployment->reason);
}

typedef bool (*deployment_test)(const struct sim_service *service,
                                const struct sim_deployment *deployment, const void *data);

static json_t *service_deployments(const struct sim_service *service, deployment_test wanted,
                                   const void *data)
{
    json_t *found = json_array();
    GPtrArray *lists[] = {service->deployments, service->past};
    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++)
        for (guint i = 0; i < lists[l]->len; i++)
            if (!wanted || wanted(service, lists[l]->pdata[i], data))
                json_array_append_new(found, service_deployment_json(service, lists[l]->pdata[i]));
    return found;
}

static json_t *list_service_deployments(struct sim_call *call)
{
    const struct sim_service *service = service_of(call);
    return service
               ? json_pack("{s:o}", "serviceDeployments", service_deployments(service, NULL, NULL))
               : NULL;
}

static bool listed(const struct sim_service *service, const struct sim_deployment *deployment,
                   const void *arns)
{
    g_autofree char *arn = service_deployment_arn(service, deployment);
    return sim_list_has(arns, arn);
}

static json_t *describe_service_deployments(struct sim_call *call)
{
    const json_t *arns = json_object_get(call->in, "serviceDeploymentArns");
    json_t *found = json_array();
    for (guint i = 0; i < call->cloud->services->len; i++) {
        OWN_JSON some = service_deployments(call->cloud->services->pdata[i], listed, arns);
        json_array_extend(found, some);
    }
    return json_pack("{s:o, s:[]}", "serviceDeployments", found, "failures");
}

static json_t *stop_service_deployment(struct sim_call *call)
{
    const char *wanted = sim_need(call, "serviceDeploymentArn", "InvalidParameterException");
    for (guint i = 0; wanted && i < call->cloud->services->len; i++) {
        struct sim_service *service = call->cloud->services->pdata[i];
        g_autofree char *arn = service_deployment_arn(service, service->deployments->pdata[0]);
        if (!g_str_equal(arn, wanted))
            continue;
        if (!sim_service_stop(service, call->now_ms))
            return sim_refuse(call, 400, "ConflictException",
                              "The service deployment is not in progress.");
        return json_pack("{s:s}", "serviceDeploymentArn", wanted);
    }
    return wanted ? sim_refuse(call, 400, "ServiceDeploymentNotFoundException",
                               "The service deployment was not found.")
                  : NULL;
}

const struct sim_action sim_ecs_actions[] = {
    {"ListClusters", list_clusters, SIM_READ},
    {"DescribeClusters", describe_clusters, SIM_READ},
    {"ListServices", list_services, SIM_READ},
    {"DescribeServices", describe_services, SIM_READ},
    {"UpdateService", update_service, SIM_WRITE},
    {"RegisterTaskDefinition", sim_register_task_definition, SIM_WRITE},
    {"DescribeTaskDefinition", sim_describe_task_definition, SIM_READ},
    {"ListTaskDefinitions", sim_list_task_definitions, SIM_READ},
    {"ListTagsForResource", list_tags, SIM_READ},
    {"ListServiceDeployments", list_service_deployments, SIM_READ},
    {"DescribeServiceDeployments", describe_service_deployments, SIM_READ},
    {"StopServiceDeployment", stop_service_deployment, SIM_WRITE},
    {0}};
