/* Every action of AWS that celldeck calls, in one table: call.c lets nothing else out, `celldeck
 * iam-policy` asks for exactly these, `celldeck doctor` tries them, and tests/peers/actions.test
 * finds each of them in the sources and in what a rollout sends. Who adds a call adds its row. What
 * needs no permission, being unsigned, is not among them: how credentials are had by web identity
 * and SSO. */
#pragma once

#include "data/aws/client.h"

/* What celldeck makes the call for; each use is there or not in a given celldeck.yaml. */
enum aws_use {
    AWS_USE_WATCH,     /* console and status: always */
    AWS_USE_ROLES,     /* cells.*.role_arn */
    AWS_USE_ECS,       /* deploy.driver: ecs */
    AWS_USE_NOTIFY,    /* notify.sns_topic */
    AWS_USE_HEARTBEAT, /* notify.heartbeat */
    AWS_USE_JOURNAL,   /* journal.store: dynamodb */
    AWS_USE_ZONE,      /* failover.zone_id and failover.record */
    AWS_USE_FAILOVER,  /* failover and tenant move: always, where celldeck may act */
    AWS_USE_REROUTE,   /* the same where there is a zone */
    AWS_USE_WHOAMI,    /* doctor and iam-policy: always */
};

/* The narrowest resource that a permission of the action can be limited to (AWS's Service
 * Authorization Reference; what it leaves open is said at the rows). */
enum aws_scope {
    AWS_SCOPE_FREE,             /* AWS asks for no permission */
    AWS_SCOPE_ANY,              /* none: the resource is "*" */
    AWS_SCOPE_TABLE,            /* the registry's table */
    AWS_SCOPE_JOURNAL,          /* the shared journal's table */
    AWS_SCOPE_SERVICES,         /* the cells' ECS services */
    AWS_SCOPE_TASK_DEFINITIONS, /* task definitions of the cells' accounts and regions */
    AWS_SCOPE_PASSED_ROLES,     /* roles that ECS's tasks run as */
    AWS_SCOPE_ASSUMED_ROLES,    /* cells.*.role_arn */
    AWS_SCOPE_TOPIC,            /* notify.sns_topic */
    AWS_SCOPE_ZONE,             /* failover.zone_id */
    AWS_SCOPE_CHANGES,          /* Route 53's changes, which bear no zone's name */
    AWS_SCOPE_ANSWERS,          /* none, for celldeck's own credentials alone */
    AWS_SCOPE_NAMESPACE,        /* any resource, in the namespace of notify.heartbeat alone */
};

struct aws_action {
    enum aws_service service;
    const char *name; /* "GetMetricData"; NULL ends the table */
    bool write;       /* it changes something, or tells somebody something */
    enum aws_use use;
    enum aws_scope scope;
    const char *purpose; /* "the cells' metrics" */
};
const struct aws_action *aws_actions(void);
/* NULL: celldeck makes no such call. */
const struct aws_action *aws_action_find(enum aws_service service, const char *name);
/* "cloudwatch:GetMetricData", as policies write it. Caller frees. */
char *aws_action_permission(const struct aws_action *action);

/* A permission that AWS asks for on top of an action's own, though nobody calls it by name. */
struct aws_companion {
    const char *permission; /* "iam:PassRole"; NULL ends the table */
    enum aws_service service;
    const char *needed_by; /* the action of `service` */
    enum aws_scope scope;
    const char *condition_key, *condition_value; /* StringEquals */
    const char *purpose;
};
const struct aws_companion *aws_companions(void);
