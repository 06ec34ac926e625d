#include "rollout/ecs_task.h"

#include <criterion/criterion.h>
#include <string.h>

/* As ECS answers (shortened), with a field that no service model of today knows. */
static const char described[] =
    "{\"taskDefinition\": {\"taskDefinitionArn\": \"arn:aws:ecs:us-west-2:1:task-definition/api:7\","
    " \"containerDefinitions\": ["
    "  {\"name\": \"envoy\", \"image\": \"envoyproxy/envoy:v1.30\", \"cpu\": 64},"
    "  {\"name\": \"api\", \"image\": \"medplum/medplum-server:5.0.2\", \"cpu\": 1024,"
    "   \"environment\": [{\"name\": \"A\", \"value\": \"b\"}], \"holograms\": {\"on\": true}}],"
    " \"family\": \"api\", \"networkMode\": \"awsvpc\", \"revision\": 7, \"volumes\": [],"
    " \"status\": \"ACTIVE\", \"requiresAttributes\": [{\"name\": \"x\"}],"
    " \"compatibilities\": [\"EC2\", \"FARGATE\"], \"registeredAt\": 1763980000.5,"
    " \"registeredBy\": \"arn:aws:iam::1:user/x\", \"enableFaultInjection\": false},"
    " \"tags\": [{\"key\": \"team\", \"value\": \"core\"},"
    "  {\"key\": \"aws:cloudformation:stack-name\", \"value\": \"s\"},"
    "  {\"key\": \"celldeck:token\", \"value\": \"old\"}]}";

static struct ecs_service_config api = {.service = (char *)"api",
                                        .image = (char *)"medplum/medplum-server:{version}"};

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    cr_assert(json != NULL);
    return json;
}

Test(ecs_task, the_version_is_what_the_pattern_leaves_open)
{
    const struct {
        const char *image, *pattern, *version;
    } cases[] = {
        {"medplum/medplum-server:5.0.2", "medplum/medplum-server:{version}", "5.0.2"},
        {"m/s:5.0.2@sha256:abcd", "m/s:{version}", "5.0.2"},
        {"m/s:v5.0.2-slim", "m/s:v{version}-slim", "5.0.2"},
        {"other/s:5.0.2", "m/s:{version}", NULL},
        {"m/s:", "m/s:{version}", NULL},
        {"m/s", "m/s:{version}", NULL},
        {"m/s:5.0.2", "m/s:latest", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *version = ecs_image_version(cases[i].image, cases[i].pattern);
        cr_expect(g_strcmp0(version, cases[i].version) == 0, "%s: %s", cases[i].image, version);
    }
    g_autofree char *image = ecs_image("m/s:v{version}-slim", "5.1.0");
    cr_expect_str_eq(image, "m/s:v5.1.0-slim");
}

Test(ecs_task, a_new_revision_is_the_old_one_but_for_the_image_and_the_token)
{
    OWN_JSON answer = parse(described);
    g_autoptr(GError) error = NULL;
    OWN_JSON body = ecs_register_body(answer, &api, "5.0.3", "r17-cell-2", &error);
    cr_assert(body != NULL, "%s", error ? error->message : "");
    OWN_JSON expected = parse(
        "{\"containerDefinitions\": ["
        "  {\"name\": \"envoy\", \"image\": \"envoyproxy/envoy:v1.30\", \"cpu\": 64},"
        "  {\"name\": \"api\", \"image\": \"medplum/medplum-server:5.0.3\", \"cpu\": 1024,"
        "   \"environment\": [{\"name\": \"A\", \"value\": \"b\"}], \"holograms\": {\"on\": true}}],"
        " \"family\": \"api\", \"networkMode\": \"awsvpc\", \"volumes\": [],"
        " \"enableFaultInjection\": false,"
        " \"tags\": [{\"key\": \"team\", \"value\": \"core\"},"
        "  {\"key\": \"celldeck:token\", \"value\": \"r17-cell-2\"}]}");
    char *got = json_dumps(body, JSON_SORT_KEYS);
    cr_expect(json_equal(body, expected), "%s", got);
    free(got);
    cr_expect(ecs_has_token(body, "r17-cell-2"));
    cr_expect(ecs_has_token(answer, "old") && !ecs_has_token(answer, "r17-cell-2"));
}

static void expect_no_container(const char *containers, const char *words)
{
    g_autofree char *text = g_strdup_printf("{\"containerDefinitions\": %s}", containers);
    OWN_JSON definition = parse(text);
    g_autoptr(GError) error = NULL;
    cr_expect(ecs_container(definition, &api, &error) == NULL);
    cr_assert(error != NULL);
    cr_expect(strstr(error->message, words), "%s", error->message);
}

Test(ecs_task, a_container_that_can_not_be_told_is_refused_in_words)
{
    expect_no_container("[]", "no container has");
    expect_no_container("[{\"name\": \"api\", \"image\": \"fork/server:5\"}]",
                        "the container of its name is not the one");
    expect_no_container("[{\"name\": \"a\", \"image\": \"medplum/medplum-server:1\"},"
                        " {\"name\": \"b\", \"image\": \"medplum/medplum-server:2\"}]",
                        "more than one container");
}

Test(ecs_task, the_only_container_with_the_image_serves_whatever_its_name)
{
    OWN_JSON definition = parse("{\"containerDefinitions\": [{\"name\": \"MedplumTask\","
                                " \"image\": \"medplum/medplum-server:5.0.2\"}]}");
    g_autofree char *version = ecs_task_version(definition, &api, NULL);
    cr_expect_str_eq(version, "5.0.2");
}

#define OLD                                                                                        \
    "{\"id\": \"ecs-svc/1\", \"status\": \"%s\", \"taskDefinition\": \"td:7\", "                   \
    "\"desiredCount\": 2, \"runningCount\": 2, \"createdAt\": 1000.5, "                            \
    "\"rolloutState\": \"COMPLETED\", \"rolloutStateReason\": \"rolled back\"}"
#define NEW                                                                                        \
    "{\"id\": \"ecs-svc/2\", \"status\": \"%s\", \"taskDefinition\": \"td:8\", "                   \
    "\"desiredCount\": 2, \"runningCount\": %d, \"failedTasks\": %d, \"createdAt\": 2000.5, "      \
    "\"rolloutState\": \"%s\", \"rolloutStateReason\": \"tasks failed to start\"}"

/* `deployments` of service api, asked about the one that began as ecs-svc/2. */
static void expect_progress(const char *deployments, enum deploy_progress progress,
                            const char *words)
{
    OWN_JSON begun = parse("{\"taskDefinition\": \"td:8\", \"deployment\": \"ecs-svc/2\","
                           " \"created_ms\": 2000500}");
    g_autofree char *text = g_strdup_printf(
        "{\"serviceName\": \"api\", \"status\": \"ACTIVE\", \"deployments\": [%s]}", deployments);
    OWN_JSON service = parse(text);
    g_autofree char *note = NULL;
    cr_expect_eq(ecs_progress(service, begun, &note), progress, "%s", note);
    cr_expect(strstr(note, words), "%s", note);
}

Test(ecs_task, done_is_our_deployment_completed_with_all_its_tasks)
{
    g_autofree char *going = g_strdup_printf(NEW "," OLD, "PRIMARY", 1, 3, "IN_PROGRESS", "ACTIVE");
    expect_progress(going, DEPLOY_GOING, "api 1 of 2 tasks, 3 failed");
    g_autofree char *fewer = g_strdup_printf(NEW, "PRIMARY", 1, 0, "COMPLETED");
    expect_progress(fewer, DEPLOY_GOING, "api 1 of 2 tasks");
    g_autofree char *done = g_strdup_printf(NEW, "PRIMARY", 2, 0, "COMPLETED");
    expect_progress(done, DEPLOY_DONE, "api 2 of 2 tasks");
}

Test(ecs_task, ecs_own_rollback_is_a_failure_however_healthy_it_looks)
{
    g_autofree char *failed = g_strdup_printf(NEW "," OLD, "PRIMARY", 0, 3, "FAILED", "ACTIVE");
    expect_progress(failed, DEPLOY_FAILED, "gave its deployment up: tasks failed to start");
    g_autofree char *rolling = g_strdup_printf(OLD "," NEW, "PRIMARY", "ACTIVE", 0, 3, "FAILED");
    expect_progress(rolling, DEPLOY_FAILED, "not ours: tasks failed to start");
    expect_progress("{\"id\": \"ecs-svc/3\", \"status\": \"PRIMARY\", \"taskDefinition\": \"td:7\","
                    " \"desiredCount\": 2, \"runningCount\": 2, \"createdAt\": 3000,"
                    " \"rolloutState\": \"COMPLETED\"}",
                    DEPLOY_FAILED, "now runs td:7 by deployment ecs-svc/3, not ours");
}

Test(ecs_task, an_answer_from_before_our_deployment_says_nothing)
{
    g_autofree char *stale = g_strdup_printf(OLD, "PRIMARY");
    expect_progress(stale, DEPLOY_GOING, "does not show its deployment yet");
}

Test(ecs_task, a_service_that_can_not_be_deployed_to_is_told_why)
{
    const struct {
        const char *services, *words;
    } cases[] = {
        {"[]", "knows no service api"},
        {"[{\"serviceName\": \"api\", \"status\": \"INACTIVE\"}]", "is INACTIVE"},
        {"[{\"serviceName\": \"api\", \"status\": \"ACTIVE\", \"deployments\": []}]",
         "no PRIMARY deployment"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN_JSON services = parse(cases[i].services);
        g_autoptr(GError) error = NULL;
        cr_expect(ecs_service(services, "api", &error) == NULL);
        cr_assert(error != NULL);
        cr_expect(strstr(error->message, cases[i].words), "%s", error->message);
    }
}
