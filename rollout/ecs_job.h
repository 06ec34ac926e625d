/* What every job of the ecs deployer is made of: a chain of calls to AWS, each answer handled by a
 * step, service after service. Private to rollout/deploy_ecs.c, which has the chains. */
#pragma once

#include "rollout/deploy_driver.h"
#include "rollout/ecs_task.h"

/* A job has to end within a lease; what it had no time for is begun again with the same token. */
enum { ECS_JOB_DEADLINE_MS = 20000 };

struct ecs {
    struct config *config;
    struct aws_client *client;
    GPtrArray *jobs; /* struct ecs_job *, under way */
    struct deploy_replies *replies;
};

/* One call of the interface under way. */
struct ecs_job {
    struct ecs *ecs;
    const struct cell_config *cell;
    char *cluster, *version, *token;
    json_t *reference; /* what progress and rollback were given: an object, service by service */
    GPtrArray *names;  /* of the services, owned */
    deploy_fn fn;
    gpointer data;

    void (*next)(struct ecs_job *job); /* does service `at`, or answers when all are done */
    void (*step)(struct ecs_job *job, json_t *reply);
    struct aws_call *call;
    gint64 deadline_ms; /* monotonic */

    json_t *services;   /* as DescribeServices gave them */
    size_t at;          /* in names */
    json_t *running;    /* the answer of DescribeTaskDefinition for what the service runs */
    json_t *candidates; /* newest task definitions of its family */
    size_t candidate;
    json_t *result; /* the reference to answer with */
    GString *versions;
    char *one_version; /* of all services so far */
    bool many_versions;
};

/* A job without services yet: add their names, then ecs_job_describe_services. */
struct ecs_job *ecs_job_new(struct ecs *ecs, const struct deploy_request *request,
                            void (*next)(struct ecs_job *job), deploy_fn fn, gpointer data);
/* Cancels it without an answer. */
void ecs_job_free(gpointer data);

/* Asks for all services of `names`, then calls `next` for the first one. */
void ecs_job_describe_services(struct ecs_job *job);
/* DescribeTaskDefinition with its tags. */
void ecs_job_describe_task(struct ecs_job *job, const char *task_definition,
                           void (*step)(struct ecs_job *job, json_t *reply));
/* Any call; its answer goes to `step`, its error ends the job. Steals `body`. */
void ecs_job_call(struct ecs_job *job, const char *action, json_t *body, enum aws_call_flags flags,
                  void (*step)(struct ecs_job *job, json_t *reply));

/* The service that it is about now: its name, what is configured for it (jobs on configured
 * services only), and what ECS says of it (NULL after the job was ended with an error). */
const char *ecs_job_name(const struct ecs_job *job);
const struct ecs_service_config *ecs_job_wanted(const struct ecs_job *job);
const json_t *ecs_job_service(struct ecs_job *job);
/* Goes on to the next service. */
void ecs_job_next(struct ecs_job *job);

/* These end the job: nothing may touch it afterwards. */
void ecs_job_end(struct ecs_job *job, const struct deploy_answer *answer, const GError *error);
void ecs_job_fail(struct ecs_job *job, const GError *error); /* the cell is put before its words */
/* `answer` with `result` as its reference, one line of JSON. */
void ecs_job_answer(struct ecs_job *job, struct deploy_answer answer);
