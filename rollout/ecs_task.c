#include "rollout/ecs_task.h"

#include "data/base/error.h"

#include <string.h>

static const char token_tag[] = "celldeck:token";
static const char placeholder[] = "{version}";

/* What DescribeTaskDefinition adds and RegisterTaskDefinition refuses (aws.md, "ECS"). */
static const char *const added_by_ecs[] = {
    "compatibilities", "deregisteredAt", "deleteRequestedAt",
    "registeredAt",    "registeredBy",   "requiresAttributes",
    "revision",        "status",         "taskDefinitionArn"};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

char *ecs_image_version(const char *image, const char *pattern)
{
    const char *hole = strstr(pattern, placeholder);
    if (!hole)
        return NULL;
    g_autofree char *prefix = g_strndup(pattern, (gsize)(hole - pattern));
    const char *suffix = hole + strlen(placeholder);
    g_autofree char *tagged = g_strndup(image, strcspn(image, "@"));
    if (!g_str_has_prefix(tagged, prefix) || !g_str_has_suffix(tagged, suffix) ||
        strlen(tagged) <= strlen(prefix) + strlen(suffix))
        return NULL;
    return g_strndup(tagged + strlen(prefix), strlen(tagged) - strlen(prefix) - strlen(suffix));
}

char *ecs_image(const char *pattern, const char *version)
{
    GString *image = g_string_new(pattern);
    g_string_replace(image, placeholder, version, 0);
    return g_string_free(image, FALSE);
}

static bool image_matches(const json_t *container, const char *pattern)
{
    g_autofree char *version = ecs_image_version(text_of(container, "image"), pattern);
    return version != NULL;
}

/* "api runs example/api:1, proxy runs envoy:2": what an operator compares the pattern with. */
static char *containers_text(const json_t *containers)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(containers); i++) {
        const json_t *container = json_array_get(containers, i);
        g_string_append_printf(text, "%s%s runs %s", i ? ", " : "", text_of(container, "name"),
                               text_of(container, "image"));
    }
    return g_string_free(text, FALSE);
}

json_t *ecs_container(json_t *definition, const struct ecs_service_config *wanted, GError **error)
{
    json_t *containers = json_object_get(definition, "containerDefinitions");
    json_t *named = NULL, *matching = NULL;
    size_t matches = 0;
    for (size_t i = 0; i < json_array_size(containers); i++) {
        json_t *container = json_array_get(containers, i);
        if (g_str_equal(text_of(container, "name"), wanted->service))
            named = container;
        if (image_matches(container, wanted->image)) {
            matching = container;
            matches++;
        }
    }
    if (named && image_matches(named, wanted->image))
        return named;
    if (!named && matches == 1)
        return matching;
    g_autofree char *found = containers_text(containers);
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "ECS service %s: %s has the image %s of deploy.ecs.services in task definition %s "
                "(%s); name the container like the service or correct the image",
                wanted->service,
                named     ? "the container of its name is not the one that"
                : matches ? "more than one container"
                          : "no container",
                wanted->image, text_of(definition, "taskDefinitionArn"), found);
    return NULL;
}

char *ecs_task_version(json_t *definition, const struct ecs_service_config *wanted, GError **error)
{
    const json_t *container = ecs_container(definition, wanted, error);
    return container ? ecs_image_version(text_of(container, "image"), wanted->image) : NULL;
}

static json_t *carried_tags(const json_t *described, const char *token)
{
    json_t *tags = json_array();
    const json_t *old = json_object_get(described, "tags");
    for (size_t i = 0; i < json_array_size(old); i++) {
        json_t *tag = json_array_get(old, i);
        const char *key = text_of(tag, "key");
        if (!g_str_has_prefix(key, "aws:") && !g_str_equal(key, token_tag))
            json_array_append(tags, tag);
    }
    json_array_append_new(tags, json_pack("{s:s, s:s}", "key", token_tag, "value", token));
    return tags;
}

json_t *ecs_register_body(const json_t *described, const struct ecs_service_config *wanted,
                          const char *version, const char *token, GError **error)
{
    json_t *body = json_deep_copy(json_object_get(described, "taskDefinition"));
    json_t *container = ecs_container(body, wanted, error);
    if (!container) {
        json_decref(body);
        return NULL;
    }
    g_autofree char *image = ecs_image(wanted->image, version);
    json_object_set_new(container, "image", json_string(image));
    for (size_t i = 0; i < G_N_ELEMENTS(added_by_ecs); i++)
        json_object_del(body, added_by_ecs[i]);
    json_object_set_new(body, "tags", carried_tags(described, token));
    return body;
}

bool ecs_has_token(const json_t *described, const char *token)
{
    const json_t *tags = json_object_get(described, "tags");
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *tag = json_array_get(tags, i);
        if (g_str_equal(text_of(tag, "key"), token_tag) &&
            g_str_equal(text_of(tag, "value"), token))
            return true;
    }
    return false;
}
