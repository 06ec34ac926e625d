#include "data/sim/task_definition.h"

#include "data/sim/value.h"

#include <string.h>

#define LIST_PAGE_MAX 100

static json_t *revisions_of(const struct sim_cloud *cloud, const char *region, const char *family)
{
    return json_object_get(json_object_get(cloud->families, region), family);
}

json_t *sim_task_definition(const struct sim_cloud *cloud, const char *region, const char *name)
{
    const char *slash = strrchr(name, '/');
    g_auto(GStrv) parts = g_strsplit(slash ? slash + 1 : name, ":", 2);
    if (!parts[0])
        return NULL;
    json_t *revisions = revisions_of(cloud, region, parts[0]);
    size_t revision = json_array_size(revisions);
    if (parts[1])
        revision = (size_t)g_ascii_strtoull(parts[1], NULL, 10);
    return revision ? json_array_get(revisions, revision - 1) : NULL;
}

char *sim_task_definition_version(const json_t *definition, const char *name)
{
    const json_t *containers = json_object_get(definition, "containerDefinitions");
    const json_t *chosen = json_array_get(containers, 0);
    size_t i;
    const json_t *container;
    json_array_foreach (containers, i, container)
        if (g_strcmp0(sim_text(container, "name", ""), name) == 0)
            chosen = container;
    const char *image = sim_text(chosen, "image", "");
    const char *colon = strrchr(image, ':');
    return g_strdup(colon && !strchr(colon, '/') ? colon + 1 : "latest");
}

static json_t *child(json_t *object, const char *key, json_t *(*make)(void))
{
    if (!json_object_get(object, key))
        json_object_set_new(object, key, make());
    return json_object_get(object, key);
}

const char *sim_task_definition_add(struct sim_cloud *cloud, const char *region, json_t *definition,
                                    gint64 now_ms)
{
    const char *family = sim_text(definition, "family", "");
    json_t *revisions = child(child(cloud->families, region, json_object), family, json_array);
    json_int_t revision = (json_int_t)json_array_size(revisions) + 1;
    g_autofree char *arn =
        g_strdup_printf("arn:aws:ecs:%s:" SIM_ACCOUNT ":task-definition/%s:%" JSON_INTEGER_FORMAT,
                        region, family, revision);
    json_object_set_new(definition, "taskDefinitionArn", json_string(arn));
    json_object_set_new(definition, "revision", json_integer(revision));
    json_object_set_new(definition, "status", json_string("ACTIVE"));
    json_object_set_new(definition, "compatibilities", json_pack("[s,s]", "EC2", "FARGATE"));
    json_object_set_new(definition, "requiresAttributes",
                        json_pack("[{s:s}]", "name", "ecs.capability.task-eni"));
    json_object_set_new(definition, "registeredAt", json_real((double)now_ms / 1000));
    json_object_set_new(definition, "registeredBy",
                        json_string("arn:aws:iam::" SIM_ACCOUNT ":user/ops"));
    json_array_append_new(revisions, definition);
    return sim_text(definition, "taskDefinitionArn", "");
}

/* Tags are kept inside the definition, and are no part of its answer. */
static json_t *answer(const json_t *definition, bool with_tags)
{
    json_t *shown = json_copy((json_t *)definition);
    json_object_del(shown, "tags");
    json_t *result = json_pack("{s:o}", "taskDefinition", shown);
    json_t *tags = json_object_get(definition, "tags");
    if (with_tags)
        json_object_set_new(result, "tags", tags ? json_incref(tags) : json_array());
    return result;
}

json_t *sim_register_task_definition(struct sim_call *call)
{
    static const char *const answered[] = {"taskDefinitionArn",  "revision",      "status",
                                           "requiresAttributes", "registeredAt",  "registeredBy",
                                           "compatibilities",    "deregisteredAt"};
    const char *family = sim_need(call, "family", "ClientException");
    if (!family)
        return NULL;
    /* botocore would refuse these before they are sent; so does the service. */
    for (size_t i = 0; i < G_N_ELEMENTS(answered); i++)
        if (json_object_get(call->in, answered[i]))
            return sim_refuse(call, 400, "InvalidParameterException",
                              "Unknown parameter in input: \"%s\"", answered[i]);
    if (json_array_size(json_object_get(call->in, "containerDefinitions")) == 0)
        return sim_refuse(call, 400, "ClientException", "Container list cannot be empty for %s.",
                          family);
    json_t *definition = json_deep_copy(call->in);
    sim_task_definition_add(call->cloud, call->region, definition, call->now_ms);
    return answer(definition, true);
}

json_t *sim_describe_task_definition(struct sim_call *call)
{
    const char *name = sim_need(call, "taskDefinition", "InvalidParameterException");
    if (!name)
        return NULL;
    const json_t *definition = sim_task_definition(call->cloud, call->region, name);
    if (!definition)
        return sim_refuse(call, 400, "ClientException", "Unable to describe task definition.");
    return answer(definition, sim_list_has(json_object_get(call->in, "include"), "TAGS"));
}

json_t *sim_list_task_definitions(struct sim_call *call)
{
    const char *prefix = sim_text(call->in, "familyPrefix", NULL);
    bool newest_first = g_str_equal(sim_text(call->in, "sort", "ASC"), "DESC");
    gint64 most =
        CLAMP((gint64)sim_number(call->in, "maxResults", LIST_PAGE_MAX), 1, LIST_PAGE_MAX);
    gint64 from = sim_page_start(call, "nextToken", "InvalidParameterException");
    if (from < 0)
        return NULL;
    OWN_JSON arns = json_array();
    const char *family;
    json_t *revisions;
    json_object_foreach (json_object_get(call->cloud->families, call->region), family, revisions) {
        size_t n = json_array_size(revisions);
        for (size_t i = 0; i < n && (!prefix || g_str_equal(family, prefix)); i++) {
            const json_t *definition = json_array_get(revisions, newest_first ? n - 1 - i : i);
            json_array_append(arns, json_object_get(definition, "taskDefinitionArn"));
        }
    }
    json_t *page = json_array(), *result = json_object();
    gint64 end = MIN((gint64)json_array_size(arns), from + most);
    for (gint64 i = from; i < end; i++)
        json_array_append(page, json_array_get(arns, (size_t)i));
    json_object_set_new(result, "taskDefinitionArns", page);
    if (end < (gint64)json_array_size(arns))
        json_object_set_new(result, "nextToken", sim_page_token(end));
    return result;
}
