#include "data/base/error.h"
#include "rollout/ecs_job.h"

/* How far back a task definition with our token is looked for. */
enum { NEWEST_LOOKED_AT = 5 };

static const char *task_of(const json_t *deployment)
{
    const char *task = json_string_value(json_object_get(deployment, "taskDefinition"));
    return task ? task : "";
}

static void current_task_described(struct ecs_job *job, json_t *reply)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *version =
        ecs_task_version(json_object_get(reply, "taskDefinition"), ecs_job_wanted(job), &error);
    if (!version) {
        ecs_job_fail(job, error);
        return;
    }
    g_string_append_printf(job->versions, "%s%s runs %s", job->at ? ", " : "", ecs_job_name(job),
                           version);
    if (job->one_version && !g_str_equal(job->one_version, version))
        job->many_versions = true;
    if (!job->one_version)
        job->one_version = g_steal_pointer(&version);
    ecs_job_next(job);
}

static void current_next(struct ecs_job *job)
{
    if (job->at == job->names->len) {
        ecs_job_answer(
            job, (struct deploy_answer){.version = job->many_versions ? NULL : job->one_version,
                                        .note = job->many_versions ? job->versions->str : NULL});
        return;
    }
    const json_t *service = ecs_job_service(job);
    if (!service)
        return;
    const char *task = task_of(ecs_primary(service));
    json_object_set_new(job->result, ecs_job_name(job), json_string(task));
    ecs_job_describe_task(job, task, current_task_described);
}

static void begun(struct ecs_job *job, const json_t *deployment)
{
    json_object_set_new(job->result, ecs_job_name(job), ecs_begun(deployment));
    ecs_job_next(job);
}

static void updated(struct ecs_job *job, json_t *reply)
{
    const json_t *primary = ecs_primary(json_object_get(reply, "service"));
    if (!primary) {
        g_autoptr(GError) error = g_error_new(
            AWS_ERROR, AWS_ERROR_ANSWER,
            "UpdateService of %s answered without a PRIMARY deployment", ecs_job_name(job));
        ecs_job_fail(job, error);
        return;
    }
    begun(job, primary);
}

/* Idempotent, so it may be retried: a service that has this task definition already gets no new
 * deployment unless one is forced. */
static void update_service(struct ecs_job *job, const char *task_definition)
{
    json_t *body = json_pack("{s:s, s:s, s:s}", "cluster", job->cluster, "service",
                             ecs_job_name(job), "taskDefinition", task_definition);
    ecs_job_call(job, "UpdateService", body, AWS_CALL_READ, updated);
}

/* A deployment of this task definition that is there already is never begun again, even where it
 * has been given up or overtaken: progress then says so. */
static void deploy_task(struct ecs_job *job, const char *task_definition)
{
    const json_t *service = ecs_job_service(job);
    if (!service)
        return;
    const json_t *deployment = ecs_deployment_of(service, task_definition);
    if (deployment)
        begun(job, deployment);
    else
        update_service(job, task_definition);
}

static void registered(struct ecs_job *job, json_t *reply)
{
    json_t *definition = json_object_get(reply, "taskDefinition");
    deploy_task(job, json_string_value(json_object_get(definition, "taskDefinitionArn")));
}

/* An earlier call with this token registered it, and may have come further than that. */
static void found_registered(struct ecs_job *job, json_t *reply)
{
    const json_t *service = ecs_job_service(job);
    if (!service)
        return;
    json_t *gone = ecs_begun_and_gone(service, json_object_get(reply, "taskDefinition"));
    if (!gone) {
        registered(job, reply);
        return;
    }
    json_object_set_new(job->result, ecs_job_name(job), gone);
    ecs_job_next(job);
}

static void register_task(struct ecs_job *job)
{
    g_autoptr(GError) error = NULL;
    json_t *body =
        ecs_register_body(job->running, ecs_job_wanted(job), job->version, job->token, &error);
    if (body)
        ecs_job_call(job, "RegisterTaskDefinition", body, AWS_CALL_WRITE, registered);
    else
        ecs_job_fail(job, error);
}

static void look_at_candidate(struct ecs_job *job);

static void candidate_described(struct ecs_job *job, json_t *reply)
{
    if (ecs_has_token(reply, job->token)) {
        found_registered(job, reply);
        return;
    }
    job->candidate++;
    look_at_candidate(job);
}

static void look_at_candidate(struct ecs_job *job)
{
    const char *arn = json_string_value(json_array_get(job->candidates, job->candidate));
    if (arn)
        ecs_job_describe_task(job, arn, candidate_described);
    else
        register_task(job);
}

static void candidates_listed(struct ecs_job *job, json_t *reply)
{
    json_decref(job->candidates);
    job->candidates = json_incref(json_object_get(reply, "taskDefinitionArns"));
    job->candidate = 0;
    look_at_candidate(job);
}

/* ECS has no client token, so the token is a tag: what an earlier call registered and did not live
 * to use is among the newest of the family. */
static void running_described(struct ecs_job *job, json_t *reply)
{
    if (ecs_has_token(reply, job->token)) {
        found_registered(job, reply);
        return;
    }
    json_decref(job->running);
    job->running = json_incref(reply);
    json_t *family = json_object_get(json_object_get(reply, "taskDefinition"), "family");
    json_t *body = json_pack("{s:O, s:s, s:i}", "familyPrefix", family, "sort", "DESC",
                             "maxResults", NEWEST_LOOKED_AT);
    ecs_job_call(job, "ListTaskDefinitions", body, AWS_CALL_READ, candidates_listed);
}

static void deploy_next(struct ecs_job *job);

static void image_checked(struct ecs_job *job, json_t *reply)
{
    g_autoptr(GError) error = NULL;
    if (ecs_container(json_object_get(reply, "taskDefinition"), ecs_job_wanted(job), &error))
        ecs_job_next(job);
    else
        ecs_job_fail(job, error);
}

/* Before the first service is written to: has every one of them the image that is configured? */
static void check_next(struct ecs_job *job)
{
    if (job->at == job->names->len) {
        job->at = 0;
        job->next = deploy_next;
        deploy_next(job);
        return;
    }
    const json_t *service = ecs_job_service(job);
    if (service)
        ecs_job_describe_task(job, task_of(ecs_primary(service)), image_checked);
}

/* Nothing is written to any service while one of them can't be. */
static bool all_can_be_written(struct ecs_job *job)
{
    for (size_t i = 0; i < job->names->len; i++) {
        g_autoptr(GError) error = NULL;
        if (!ecs_service(job->services, g_ptr_array_index(job->names, i), &error)) {
            ecs_job_fail(job, error);
            return false;
        }
    }
    return true;
}

static void deploy_next(struct ecs_job *job)
{
    if (job->at == job->names->len) {
        ecs_job_answer(job, (struct deploy_answer){.progress = DEPLOY_GOING});
        return;
    }
    const json_t *service = ecs_job_service(job);
    if (service)
        ecs_job_describe_task(job, task_of(ecs_primary(service)), running_described);
}

/* Every service goes to its recorded task definition, whether it got the new one or not. */
static void rollback_next(struct ecs_job *job)
{
    if (job->at == job->names->len) {
        ecs_job_answer(job, (struct deploy_answer){.progress = DEPLOY_GOING});
        return;
    }
    if (job->at == 0 && !all_can_be_written(job))
        return;
    const json_t *service = ecs_job_service(job);
    if (!service)
        return;
    const char *recorded = json_string_value(json_object_get(job->reference, ecs_job_name(job)));
    const json_t *primary = ecs_primary(service);
    if (g_str_equal(task_of(primary), recorded))
        begun(job, primary);
    else
        update_service(job, recorded);
}

static void progress_all(struct ecs_job *job)
{
    g_autoptr(GString) note = g_string_new(NULL);
    enum deploy_progress all = DEPLOY_DONE;
    for (; job->at < job->names->len; job->at++) {
        const char *name = ecs_job_name(job);
        const json_t *begun_as = json_object_get(job->reference, name);
        g_autoptr(GError) missing = NULL;
        const json_t *service = ecs_service(job->services, name, &missing);
        g_autofree char *words = NULL;
        enum deploy_progress one =
            service ? ecs_progress(service, begun_as, &words) : DEPLOY_FAILED;
        g_string_append_printf(note, "%s%s", note->len ? ", " : "",
                               service ? words : missing->message);
        if (one == DEPLOY_FAILED || all == DEPLOY_DONE)
            all = one;
        json_object_set_new(job->result, name, json_string(task_of(begun_as)));
    }
    struct deploy_answer answer = {.progress = all, .note = note->str};
    if (all == DEPLOY_DONE)
        ecs_job_answer(job, answer);
    else
        ecs_job_end(job, &answer, NULL);
}

static gpointer ecs_open(struct config *config, struct aws_client *client, const char *state_dir,
                         GError **error)
{
    (void)state_dir;
    if (!config->deploy.ecs_cluster || config->deploy.ecs_services->len == 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s: deploy.driver ecs needs deploy.ecs.cluster and deploy.ecs.services",
                    config->path);
        return NULL;
    }
    struct ecs *ecs = g_new0(struct ecs, 1);
    *ecs = (struct ecs){config_ref(config), client, g_ptr_array_new_with_free_func(ecs_job_free),
                        deploy_replies_new()};
    return ecs;
}

static void ecs_close(gpointer self)
{
    struct ecs *ecs = self;
    g_ptr_array_unref(ecs->jobs);
    deploy_replies_free(ecs->replies);
    config_unref(ecs->config);
    g_free(ecs);
}

/* A job on all services that are configured. */
static void start_on_configured(struct ecs *ecs, const struct deploy_request *request,
                                void (*next)(struct ecs_job *job), deploy_fn fn, gpointer data)
{
    struct ecs_job *job = ecs_job_new(ecs, request, next, fn, data);
    const GPtrArray *services = ecs->config->deploy.ecs_services;
    for (size_t i = 0; i < services->len; i++) {
        const struct ecs_service_config *service = g_ptr_array_index(services, i);
        g_ptr_array_add(job->names, g_strdup(service->service));
    }
    ecs_job_describe_services(job);
}

/* Whether every service in `reference` has what `next` needs: a task definition's ARN (rollback),
 * or what ecs_begun keeps (progress). */
static bool reference_is_whole(const json_t *reference, bool begun_shape)
{
    const char *name;
    const json_t *kept;
    json_object_foreach ((json_t *)reference, name, kept)
        if (begun_shape ? !json_is_string(json_object_get(kept, "deployment"))
                        : !json_is_string(kept))
            return false;
    return json_object_size(reference) > 0;
}

/* A job on the services that `reference` names: those of the plan, whatever is configured now. */
static void start_on_reference(struct ecs *ecs, const struct deploy_request *request,
                               void (*next)(struct ecs_job *job), deploy_fn fn, gpointer data)
{
    json_t *reference = request->reference ? json_loads(request->reference, 0, NULL) : NULL;
    if (!reference_is_whole(reference, next == progress_all)) {
        json_decref(reference);
        GError *error =
            g_error_new(CD_ERROR, CD_ERROR_FAILED,
                        "%s: \"%s\" is no reference that the ecs deployer made; was "
                        "deploy.driver changed in the middle of a rollout?",
                        request->cell->id, request->reference ? request->reference : "");
        deploy_reply(ecs->replies, NULL, error, fn, data);
        return;
    }
    struct ecs_job *job = ecs_job_new(ecs, request, next, fn, data);
    job->reference = reference;
    const char *name;
    const json_t *kept;
    json_object_foreach (reference, name, kept) {
        g_ptr_array_add(job->names, g_strdup(name));
    }
    ecs_job_describe_services(job);
}

static void ecs_current(gpointer self, const struct deploy_request *request, deploy_fn fn,
                        gpointer data)
{
    start_on_configured(self, request, current_next, fn, data);
}

static void ecs_deploy(gpointer self, const struct deploy_request *request, deploy_fn fn,
                       gpointer data)
{
    start_on_configured(self, request, check_next, fn, data);
}

static void ecs_ask_progress(gpointer self, const struct deploy_request *request, deploy_fn fn,
                             gpointer data)
{
    start_on_reference(self, request, progress_all, fn, data);
}

static void ecs_rollback(gpointer self, const struct deploy_request *request, deploy_fn fn,
                         gpointer data)
{
    start_on_reference(self, request, rollback_next, fn, data);
}

static gint64 ecs_poll_ms(gconstpointer self)
{
    const struct ecs *ecs = self;
    return ecs->config->deploy.ecs_poll_ms;
}

const struct deployer_driver deploy_ecs = {
    .name = "ecs",
    .open = ecs_open,
    .close = ecs_close,
    .current = ecs_current,
    .deploy = ecs_deploy,
    .progress = ecs_ask_progress,
    .rollback = ecs_rollback,
    .poll_ms = ecs_poll_ms,
    .deadline_ms = ECS_JOB_DEADLINE_MS,
};
