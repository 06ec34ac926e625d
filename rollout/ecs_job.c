#include "rollout/ecs_job.h"

#include "data/base/when.h"

/* DescribeServices takes no more (aws.md, "Limits"). */
enum { DESCRIBE_MAX = 10 };

void ecs_job_free(gpointer data)
{
    struct ecs_job *job = data;
    if (job->call)
        aws_call_cancel(job->call);
    json_decref(job->reference);
    json_decref(job->services);
    json_decref(job->running);
    json_decref(job->candidates);
    json_decref(job->result);
    g_ptr_array_unref(job->names);
    g_string_free(job->versions, TRUE);
    g_free(job->one_version);
    g_free(job->cluster);
    g_free(job->version);
    g_free(job->token);
    g_free(job);
}

void ecs_job_end(struct ecs_job *job, const struct deploy_answer *answer, const GError *error)
{
    guint at = 0;
    /* Out of the list before `fn`, which may free the deployer. */
    if (g_ptr_array_find(job->ecs->jobs, job, &at))
        g_ptr_array_steal_index(job->ecs->jobs, at);
    job->fn(error ? NULL : answer, error, job->data);
    ecs_job_free(job);
}

void ecs_job_fail(struct ecs_job *job, const GError *error)
{
    g_autoptr(GError) told = g_error_copy(error);
    g_prefix_error(&told, "%s: ", job->cell->id);
    ecs_job_end(job, NULL, told);
}

static void ecs_job_called(json_t *reply, const GError *error, gpointer data)
{
    struct ecs_job *job = data;
    job->call = NULL;
    if (error)
        ecs_job_fail(job, error);
    else
        job->step(job, reply);
}

/* Steals `body`. */
void ecs_job_call(struct ecs_job *job, const char *action, json_t *body, enum aws_call_flags flags,
                  void (*step)(struct ecs_job *job, json_t *reply))
{
    gint64 left_ms = job->deadline_ms - when_mono_ms();
    if (left_ms <= 0) {
        json_decref(body);
        g_autoptr(GError) late =
            g_error_new(AWS_ERROR, AWS_ERROR_TIMEOUT,
                        "ECS took longer than %d s, before %s; it goes on from there when asked "
                        "again",
                        ECS_JOB_DEADLINE_MS / 1000, action);
        ecs_job_fail(job, late);
        return;
    }
    struct aws_target target = {AWS_ECS, job->cell->region, job->cell->role_arn};
    job->step = step;
    job->call =
        aws_json(job->ecs->client, &target, action, body, flags, left_ms, ecs_job_called, job);
}

const char *ecs_job_name(const struct ecs_job *job)
{
    return g_ptr_array_index(job->names, job->at);
}

const struct ecs_service_config *ecs_job_wanted(const struct ecs_job *job)
{
    return g_ptr_array_index(job->ecs->config->deploy.ecs_services, job->at);
}

/* The service that it is about now; NULL after the job was ended with an error. */
const json_t *ecs_job_service(struct ecs_job *job)
{
    g_autoptr(GError) error = NULL;
    const json_t *service = ecs_service(job->services, ecs_job_name(job), &error);
    if (!service)
        ecs_job_fail(job, error);
    return service;
}

void ecs_job_next(struct ecs_job *job)
{
    job->at++;
    job->next(job);
}

/* Answers with what was gathered in `result`, as one line of JSON. */
void ecs_job_answer(struct ecs_job *job, struct deploy_answer answer)
{
    char *reference = json_dumps(job->result, JSON_COMPACT | JSON_SORT_KEYS);
    answer.reference = reference;
    ecs_job_end(job, &answer, NULL);
    free(reference);
}

static void services_described(struct ecs_job *job, json_t *reply)
{
    json_array_extend(job->services, json_object_get(reply, "services"));
    job->at = MIN(job->at + DESCRIBE_MAX, job->names->len);
    if (job->at < job->names->len) {
        ecs_job_describe_services(job);
        return;
    }
    job->at = 0;
    job->next(job);
}

void ecs_job_describe_services(struct ecs_job *job)
{
    json_t *names = json_array();
    for (size_t i = job->at; i < job->names->len && i < job->at + DESCRIBE_MAX; i++)
        json_array_append_new(names, json_string(g_ptr_array_index(job->names, i)));
    json_t *body = json_pack("{s:s, s:o}", "cluster", job->cluster, "services", names);
    ecs_job_call(job, "DescribeServices", body, AWS_CALL_READ, services_described);
}

void ecs_job_describe_task(struct ecs_job *job, const char *task_definition,
                           void (*step)(struct ecs_job *job, json_t *reply))
{
    json_t *body = json_pack("{s:s, s:[s]}", "taskDefinition", task_definition, "include", "TAGS");
    ecs_job_call(job, "DescribeTaskDefinition", body, AWS_CALL_READ, step);
}

struct ecs_job *ecs_job_new(struct ecs *ecs, const struct deploy_request *request,
                            void (*next)(struct ecs_job *job), deploy_fn fn, gpointer data)
{
    struct ecs_job *job = g_new0(struct ecs_job, 1);
    *job = (struct ecs_job){.ecs = ecs,
                            .cell = request->cell,
                            .cluster = config_ecs_cluster(ecs->config, request->cell->id),
                            .version = g_strdup(request->version),
                            .token = g_strdup(request->token),
                            .names = g_ptr_array_new_with_free_func(g_free),
                            .fn = fn,
                            .data = data,
                            .next = next,
                            .deadline_ms = when_mono_ms() + ECS_JOB_DEADLINE_MS,
                            .services = json_array(),
                            .result = json_object(),
                            .versions = g_string_new(NULL)};
    g_ptr_array_add(ecs->jobs, job);
    return job;
}
