#include "data/aws/actions.h"

#include "data/aws/service.h"

#include <string.h>

static const struct aws_action actions[] = {
    {AWS_DYNAMODB, "Scan", false, AWS_USE_WATCH, AWS_SCOPE_TABLE, "which tenant lives where"},
    {AWS_ROUTE53, "ListResourceRecordSets", false, AWS_USE_ZONE, AWS_SCOPE_ZONE,
     "where DNS sends the tenant that is looked at"},
    {AWS_ROUTE53, "GetHostedZone", false, AWS_USE_REROUTE, AWS_SCOPE_ZONE,
     "whether it is a private zone, of which TestDNSAnswer tells nothing"},
    {AWS_ROUTE53, "GetChange", false, AWS_USE_REROUTE, AWS_SCOPE_CHANGES,
     "whether all DNS servers know of a change"},
    {AWS_ROUTE53, "TestDNSAnswer", false, AWS_USE_REROUTE, AWS_SCOPE_ANSWERS,
     "what DNS servers answer after a change"},
    {AWS_DYNAMODB, "GetItem", false, AWS_USE_FAILOVER, AWS_SCOPE_TABLE,
     "where a tenant lives, before and after it moves"},
    {AWS_DYNAMODB, "Query", false, AWS_USE_JOURNAL, AWS_SCOPE_JOURNAL, "the shared journal"},
    {AWS_CLOUDWATCH, "GetMetricData", false, AWS_USE_WATCH, AWS_SCOPE_ANY, "the cells' metrics"},
    /* Limited to alarms' ARNs it says nothing of composite alarms (its API reference). */
    {AWS_CLOUDWATCH, "DescribeAlarms", false, AWS_USE_WATCH, AWS_SCOPE_ANY, "the cells' alarms"},
    {AWS_STS, "AssumeRole", false, AWS_USE_ROLES, AWS_SCOPE_ASSUMED_ROLES, "cells of other roles"},
    {AWS_STS, "GetCallerIdentity", false, AWS_USE_WHOAMI, AWS_SCOPE_FREE, "who we are to AWS"},
    {AWS_ECS, "DescribeServices", false, AWS_USE_ECS, AWS_SCOPE_SERVICES, "what runs in a cell"},
    {AWS_ECS, "DescribeTaskDefinition", false, AWS_USE_ECS, AWS_SCOPE_ANY, "which version runs"},
    {AWS_ECS, "ListTaskDefinitions", false, AWS_USE_ECS, AWS_SCOPE_ANY,
     "what an interrupted deploy has registered"},
    /* Newer references know a resource for it, older partitions do not, and there a policy that
     * named one would allow nothing. */
    {AWS_ECS, "RegisterTaskDefinition", true, AWS_USE_ECS, AWS_SCOPE_ANY, "deploying a version"},
    {AWS_ECS, "UpdateService", true, AWS_USE_ECS, AWS_SCOPE_SERVICES,
     "deploying a version and rolling it back"},
    {AWS_CLOUDWATCH, "PutMetricData", true, AWS_USE_HEARTBEAT, AWS_SCOPE_NAMESPACE,
     "saying that the conductor is at work"},
    {AWS_DYNAMODB, "PutItem", true, AWS_USE_JOURNAL, AWS_SCOPE_JOURNAL,
     "appending to the shared journal"},
    {AWS_DYNAMODB, "UpdateItem", true, AWS_USE_FAILOVER, AWS_SCOPE_TABLE,
     "moving a tenant to another cell"},
    {AWS_ROUTE53, "ChangeResourceRecordSets", true, AWS_USE_REROUTE, AWS_SCOPE_ZONE,
     "sending a tenant's users to another cell"},
    {AWS_SNS, "Publish", true, AWS_USE_NOTIFY, AWS_SCOPE_TOPIC, "telling people"},
    {0}};

static const struct aws_companion companions[] = {
    {"ecs:TagResource", AWS_ECS, "RegisterTaskDefinition", AWS_SCOPE_TASK_DEFINITIONS,
     "ecs:CreateAction", "RegisterTaskDefinition", "the tag that makes a deploy idempotent"},
    {"iam:PassRole", AWS_ECS, "RegisterTaskDefinition", AWS_SCOPE_PASSED_ROLES,
     "iam:PassedToService", "ecs-tasks.amazonaws.com", "the roles that tasks run as"},
    {0}};

const struct aws_action *aws_actions(void)
{
    return actions;
}

const struct aws_companion *aws_companions(void)
{
    return companions;
}

const struct aws_action *aws_action_find(enum aws_service service, const char *name)
{
    for (const struct aws_action *action = actions; action->name; action++)
        if (action->service == service && strcmp(action->name, name) == 0)
            return action;
    return NULL;
}

char *aws_action_permission(const struct aws_action *action)
{
    return g_strconcat(aws_facts(action->service)->iam, ":", action->name, NULL);
}
