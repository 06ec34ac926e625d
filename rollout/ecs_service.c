#include "rollout/ecs_task.h"

#include "data/aws_value.h"
#include "data/base/error.h"

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

const json_t *ecs_service(const json_t *services, const char *name, GError **error)
{
    for (size_t i = 0; i < json_array_size(services); i++) {
        const json_t *service = json_array_get(services, i);
        if (!g_str_equal(text_of(service, "serviceName"), name))
            continue;
        const char *status = text_of(service, "status");
        if (!g_str_equal(status, "ACTIVE"))
            g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                        "ECS service %s is %s, not ACTIVE: it is being deleted", name, status);
        else if (!ecs_primary(service))
            g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                        "ECS service %s has no PRIMARY deployment: only services of ECS's own "
                        "deployment controller can be deployed to",
                        name);
        else
            return service;
        return NULL;
    }
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "ECS knows no service %s in this cluster; see deploy.ecs.cluster and "
                "deploy.ecs.services",
                name);
    return NULL;
}

const json_t *ecs_primary(const json_t *service)
{
    const json_t *deployments = json_object_get(service, "deployments");
    for (size_t i = 0; i < json_array_size(deployments); i++) {
        const json_t *deployment = json_array_get(deployments, i);
        if (g_str_equal(text_of(deployment, "status"), "PRIMARY"))
            return deployment;
    }
    return NULL;
}

const json_t *ecs_deployment_of(const json_t *service, const char *task_definition)
{
    const json_t *deployments = json_object_get(service, "deployments");
    for (size_t i = 0; i < json_array_size(deployments); i++) {
        const json_t *deployment = json_array_get(deployments, i);
        if (g_str_equal(text_of(deployment, "taskDefinition"), task_definition))
            return deployment;
    }
    return NULL;
}

json_t *ecs_begun(const json_t *deployment)
{
    json_t *begun = json_pack("{s:s, s:s}", "taskDefinition", text_of(deployment, "taskDefinition"),
                              "deployment", text_of(deployment, "id"));
    gint64 created_ms = 0;
    if (aws_time_value(json_object_get(deployment, "createdAt"), &created_ms))
        json_object_set_new(begun, "created_ms", json_integer(created_ms));
    return begun;
}

/* False too where either time is not known. */
static bool is_older(const json_t *deployment, const json_t *begun)
{
    gint64 created_ms = 0;
    const json_t *ours_ms = json_object_get(begun, "created_ms");
    return json_is_integer(ours_ms) &&
           aws_time_value(json_object_get(deployment, "createdAt"), &created_ms) &&
           created_ms < json_integer_value(ours_ms);
}

json_t *ecs_begun_and_gone(const json_t *service, const json_t *definition)
{
    const char *arn = text_of(definition, "taskDefinitionArn");
    gint64 registered_ms = 0;
    if (ecs_deployment_of(service, arn) ||
        !aws_time_value(json_object_get(definition, "registeredAt"), &registered_ms))
        return NULL;
    json_t *gone = json_pack("{s:s, s:s, s:I}", "taskDefinition", arn, "deployment", "",
                             "created_ms", (json_int_t)registered_ms);
    if (!is_older(ecs_primary(service), gone))
        return gone;
    json_decref(gone);
    return NULL;
}

static bool is_ours(const json_t *deployment, const json_t *begun)
{
    return g_str_equal(text_of(deployment, "id"), text_of(begun, "deployment")) &&
           g_str_equal(text_of(deployment, "taskDefinition"), text_of(begun, "taskDefinition"));
}

static char *reason_text(const json_t *deployment)
{
    const char *reason = text_of(deployment, "rolloutStateReason");
    return *reason ? g_strconcat(": ", reason, NULL) : g_strdup("");
}

/* The PRIMARY deployment is another's. ECS is eventually consistent: an answer from before ours
 * began shows the older one still, which says nothing. */
static enum deploy_progress overtaken(const json_t *service, const json_t *primary,
                                      const json_t *begun, char **note)
{
    const char *name = text_of(service, "serviceName");
    const json_t *ours = ecs_deployment_of(service, text_of(begun, "taskDefinition"));
    if (!ours && is_older(primary, begun)) {
        *note = g_strdup_printf("%s does not show its deployment yet", name);
        return DEPLOY_GOING;
    }
    g_autofree char *reason = reason_text(ours ? ours : primary);
    *note = g_strdup_printf("%s now runs %s by deployment %s, not ours%s", name,
                            text_of(primary, "taskDefinition"), text_of(primary, "id"), reason);
    return DEPLOY_FAILED;
}

enum deploy_progress ecs_progress(const json_t *service, const json_t *begun, char **note)
{
    const char *name = text_of(service, "serviceName");
    const json_t *primary = ecs_primary(service);
    if (!is_ours(primary, begun))
        return overtaken(service, primary, begun, note);
    const char *state = text_of(primary, "rolloutState");
    if (g_str_equal(state, "FAILED")) {
        g_autofree char *reason = reason_text(primary);
        *note = g_strdup_printf("%s: ECS gave its deployment up%s", name, reason);
        return DEPLOY_FAILED;
    }
    json_int_t running = json_integer_value(json_object_get(primary, "runningCount"));
    json_int_t desired = json_integer_value(json_object_get(primary, "desiredCount"));
    json_int_t failed = json_integer_value(json_object_get(primary, "failedTasks"));
    g_autofree char *failures =
        failed ? g_strdup_printf(", %" JSON_INTEGER_FORMAT " failed", failed) : g_strdup("");
    *note = g_strdup_printf("%s %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " tasks%s", name,
                            running, desired, failures);
    return g_str_equal(state, "COMPLETED") && running == desired ? DEPLOY_DONE : DEPLOY_GOING;
}
