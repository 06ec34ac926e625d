#include "data/iam_policy.h"

#include "data/aws/actions.h"
#include "data/aws/endpoints.h"
#include "data/base/error.h"

#include <string.h>

struct policy {
    const struct config *config;
    const struct iam_wish *wish;
    enum iam_width width;
};

/* A list of texts, each once. */
struct texts {
    GPtrArray *list;
    GHashTable *known;
};

static void texts_init(struct texts *texts)
{
    texts->list = g_ptr_array_new_with_free_func(g_free);
    texts->known = g_hash_table_new(g_str_hash, g_str_equal);
}

static void texts_clear(struct texts *texts)
{
    g_hash_table_unref(texts->known);
    g_ptr_array_unref(texts->list);
}

/* Takes `text`. */
static void texts_add(struct texts *texts, char *text)
{
    if (g_hash_table_contains(texts->known, text)) {
        g_free(text);
        return;
    }
    g_hash_table_add(texts->known, text);
    g_ptr_array_add(texts->list, text);
}

const char **iam_roles(const struct config *config)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *roles = g_ptr_array_new();
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        if (cell->role_arn && g_hash_table_add(known, cell->role_arn))
            g_ptr_array_add(roles, cell->role_arn);
    }
    g_ptr_array_add(roles, NULL);
    return (const char **)g_ptr_array_free(roles, FALSE);
}

/* arn:partition:service:region:ACCOUNT:...; NULL where there is none. Caller frees. */
static char *account_of(const char *arn)
{
    g_auto(GStrv) parts = g_strsplit(arn ? arn : "", ":", 6);
    return g_strv_length(parts) > 4 && *parts[4] ? g_strdup(parts[4]) : NULL;
}

static bool is_of(const struct policy *policy, const struct cell_config *cell)
{
    return g_strcmp0(cell->role_arn, policy->wish->role_arn) == 0;
}

/* "arn:aws:ecs:us-east-1:123456789012:": what the ARNs of a cell's things start with. */
static char *arn_start(const struct policy *policy, const struct cell_config *cell,
                       const char *service, bool regional)
{
    g_autofree char *of_role = account_of(cell->role_arn);
    const char *account = of_role ? of_role : cell->account;
    if (!account)
        account = policy->wish->account;
    const char *region = policy->width < IAM_ANY_PLACE && cell->region ? cell->region : "*";
    return g_strdup_printf("arn:%s:%s:%s:%s:", aws_partition(cell->region), service,
                           regional ? region : "", account ? account : "*");
}

static char *table_arn(const struct policy *policy, const char *region, const char *table)
{
    const char *account = policy->wish->account;
    return g_strdup_printf("arn:%s:dynamodb:%s:%s:table/%s", aws_partition(region),
                           region ? region : "*", account ? account : "*", table);
}

static void add_table(const struct policy *policy, struct texts *arns)
{
    const struct config *config = policy->config;
    texts_add(arns, table_arn(policy, config->registry_region, config->registry_table));
}

static void add_journal(const struct policy *policy, struct texts *arns)
{
    const struct config *config = policy->config;
    if (config->journal_table)
        texts_add(arns, table_arn(policy, config->journal_region, config->journal_table));
}

static void add_topic(const struct policy *policy, struct texts *arns)
{
    if (policy->config->sns_topic)
        texts_add(arns, g_strdup(policy->config->sns_topic));
}

static void add_zone(const struct policy *policy, struct texts *arns)
{
    const struct config *config = policy->config;
    if (config->failover.zone_id)
        texts_add(arns,
                  g_strdup_printf("arn:%s:route53:::hostedzone/%s",
                                  aws_partition(config->aws_region), config->failover.zone_id));
}

/* Their ids are Route 53's own. */
static void add_changes(const struct policy *policy, struct texts *arns)
{
    const char *partition = aws_partition(policy->config->aws_region);
    texts_add(arns, g_strdup_printf("arn:%s:route53:::change/*", partition));
}

static void add_answers(const struct policy *policy, struct texts *arns)
{
    (void)policy;
    texts_add(arns, g_strdup("*"));
}

static void add_roles(const struct policy *policy, struct texts *arns)
{
    for (guint i = 0; i < policy->config->cells->len; i++) {
        const struct cell_config *cell = policy->config->cells->pdata[i];
        if (!cell->role_arn)
            continue;
        g_autoptr(GString) arn = g_string_new(cell->role_arn);
        g_autofree char *account = account_of(cell->role_arn);
        if (policy->width > IAM_EXACT) {
            g_string_replace(arn, cell->id, "*", 0);
            if (account)
                g_string_replace(arn, account, "*", 1);
        }
        texts_add(arns, g_strdup(arn->str));
    }
}

static void add_services(const struct policy *policy, struct texts *arns)
{
    const struct deploy_config *deploy = &policy->config->deploy;
    for (guint i = 0; i < policy->config->cells->len; i++) {
        const struct cell_config *cell = policy->config->cells->pdata[i];
        if (!is_of(policy, cell))
            continue;
        g_autofree char *start = arn_start(policy, cell, "ecs", true);
        g_autofree char *cluster =
            config_ecs_cluster(policy->config, policy->width == IAM_EXACT ? cell->id : "*");
        const char *slash = strrchr(cluster, '/'); /* a cluster may be named by its ARN */
        for (guint s = 0; s < deploy->ecs_services->len; s++) {
            const struct ecs_service_config *service = deploy->ecs_services->pdata[s];
            texts_add(arns, g_strdup_printf("%sservice/%s/%s", start, slash ? slash + 1 : cluster,
                                            service->service));
        }
    }
}

/* Their families' names are the team's own: celldeck.yaml does not have them. */
static void add_task_definitions(const struct policy *policy, struct texts *arns)
{
    for (guint i = 0; i < policy->config->cells->len; i++) {
        const struct cell_config *cell = policy->config->cells->pdata[i];
        g_autofree char *start = arn_start(policy, cell, "ecs", true);
        if (is_of(policy, cell))
            texts_add(arns, g_strconcat(start, "task-definition/*:*", NULL));
    }
}

static void add_passed_roles(const struct policy *policy, struct texts *arns)
{
    for (guint i = 0; i < policy->config->cells->len; i++) {
        const struct cell_config *cell = policy->config->cells->pdata[i];
        g_autofree char *start = arn_start(policy, cell, "iam", false);
        if (is_of(policy, cell))
            texts_add(arns, g_strconcat(start, "role/*", NULL));
    }
}

static void add_any(const struct policy *policy, struct texts *arns)
{
    for (guint i = 0; i < policy->config->cells->len; i++)
        if (is_of(policy, policy->config->cells->pdata[i]))
            texts_add(arns, g_strdup("*"));
}

static void add_heartbeat(const struct policy *policy, struct texts *arns)
{
    if (policy->config->heartbeat.namespace)
        texts_add(arns, g_strdup("*"));
}

static json_t *heartbeat_condition(const struct policy *policy)
{
    return json_pack("{s:{s:s}}", "StringEquals", "cloudwatch:namespace",
                     policy->config->heartbeat.namespace);
}

/* What each scope is to a policy. `own`: it is celldeck's own credentials that reach it, whatever
 * roles the cells have. None added: these credentials never make such a call. */
static const struct scope {
    const char *sid;
    bool own;
    void (*add)(const struct policy *policy, struct texts *arns);
    json_t *(*condition)(const struct policy *policy); /* where actions are used; NULL: none */
} scopes[] = {
    [AWS_SCOPE_TABLE] = {"Registry", true, add_table},
    [AWS_SCOPE_JOURNAL] = {"SharedJournal", true, add_journal},
    [AWS_SCOPE_ANY] = {"WhatHasNoResources", false, add_any},
    [AWS_SCOPE_ASSUMED_ROLES] = {"ReachCellsOfOtherRoles", true, add_roles},
    [AWS_SCOPE_SERVICES] = {"CellsServices", false, add_services},
    [AWS_SCOPE_TASK_DEFINITIONS] = {"TagNewTaskDefinitions", false, add_task_definitions},
    [AWS_SCOPE_PASSED_ROLES] = {"PassRolesToTasks", false, add_passed_roles},
    [AWS_SCOPE_TOPIC] = {"TellPeople", true, add_topic},
    [AWS_SCOPE_ZONE] = {"TenantsRecords", true, add_zone},
    [AWS_SCOPE_CHANGES] = {"ChangesOfRecords", true, add_changes},
    [AWS_SCOPE_ANSWERS] = {"AnswersOfDNS", true, add_answers},
    [AWS_SCOPE_NAMESPACE] = {"Heartbeat", true, add_heartbeat, heartbeat_condition},
};

static bool has_zone(const struct config *config)
{
    return config->failover.zone_id && config->failover.record;
}

static bool uses(const struct policy *policy, enum aws_use use)
{
    switch (use) {
    case AWS_USE_ECS:
        return !policy->wish->read_only && policy->config->deploy.driver == DRIVER_ECS;
    case AWS_USE_ZONE:
        return has_zone(policy->config);
    case AWS_USE_FAILOVER:
        return !policy->wish->read_only;
    case AWS_USE_REROUTE:
        return !policy->wish->read_only && has_zone(policy->config);
    case AWS_USE_NOTIFY:
        return !policy->wish->read_only;
    case AWS_USE_HEARTBEAT:
        return !policy->wish->read_only && policy->config->heartbeat.namespace;
    default:
        return true;
    }
}

/* Steals `actions` and `condition` (may be NULL). */
static void add_statement(const struct policy *policy, json_t *statements, enum aws_scope which,
                          json_t *actions, json_t *condition)
{
    const struct scope *scope = &scopes[which];
    struct texts arns;
    texts_init(&arns);
    if (!scope->own || !policy->wish->role_arn)
        scope->add(policy, &arns);
    if (arns.list->len && json_array_size(actions)) {
        json_t *resources = json_array();
        for (guint i = 0; i < arns.list->len; i++)
            json_array_append_new(resources, json_string(arns.list->pdata[i]));
        json_t *statement = json_pack("{s:s, s:s, s:O, s:o}", "Sid", scope->sid, "Effect", "Allow",
                                      "Action", actions, "Resource", resources);
        if (condition)
            json_object_set(statement, "Condition", condition);
        json_array_append_new(statements, statement);
    }
    texts_clear(&arns);
    json_decref(actions);
    json_decref(condition);
}

static void add_companions(const struct policy *policy, json_t *statements)
{
    for (const struct aws_companion *at = aws_companions(); at->permission; at++) {
        const struct aws_action *action = aws_action_find(at->service, at->needed_by);
        if (action && uses(policy, action->use))
            add_statement(
                policy, statements, at->scope, json_pack("[s]", at->permission),
                json_pack("{s:{s:s}}", "StringEquals", at->condition_key, at->condition_value));
    }
}

static json_t *document(const struct policy *policy)
{
    json_t *statements = json_array();
    for (enum aws_scope scope = 0; scope < G_N_ELEMENTS(scopes); scope++) {
        json_t *actions = json_array();
        for (const struct aws_action *action = aws_actions(); action->name; action++) {
            g_autofree char *permission = aws_action_permission(action);
            if (action->scope == scope && uses(policy, action->use) &&
                !(policy->wish->read_only && action->write))
                json_array_append_new(actions, json_string(permission));
        }
        const struct scope *at = &scopes[scope];
        bool limited = at->condition && json_array_size(actions) > 0;
        if (at->add)
            add_statement(policy, statements, scope, actions,
                          limited ? at->condition(policy) : NULL);
        else
            json_decref(actions);
    }
    add_companions(policy, statements);
    return json_pack("{s:s, s:o}", "Version", "2012-10-17", "Statement", statements);
}

static bool fits(const json_t *policy)
{
    char *text = json_dumps(policy, JSON_COMPACT);
    size_t size = strlen(text);
    free(text);
    return size <= IAM_POLICY_MAX;
}

static bool has_cells(const struct policy *policy, GError **error)
{
    const char *wanted = policy->wish->role_arn;
    g_autofree const char **roles = iam_roles(policy->config);
    if (!wanted || g_strv_contains(roles, wanted))
        return true;
    g_autofree char *all = g_strjoinv(", ", (char **)roles);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no cell of %s has the role %s; there %s%s",
                policy->config->path, wanted, *roles ? "are: " : "is none with a role_arn", all);
    return false;
}

json_t *iam_policy(const struct config *config, const struct iam_wish *wish, enum iam_width *width,
                   GError **error)
{
    struct policy policy = {.config = config, .wish = wish};
    if (!has_cells(&policy, error))
        return NULL;
    for (; policy.width <= IAM_ANY_PLACE; policy.width++) {
        OWN_JSON made = document(&policy);
        if (width)
            *width = policy.width;
        if (fits(made))
            return g_steal_pointer(&made);
    }
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "the policy would be longer than the %d characters that IAM takes, even with "
                "wildcards: give the cells' roles and clusters names with a common pattern",
                IAM_POLICY_MAX);
    return NULL;
}
