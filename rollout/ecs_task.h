/* ECS's answers, read and rewritten: pure JSON in, JSON out (aws.md, "ECS"). The calls themselves
 * are in deploy_ecs.c. Errors are CD_ERROR_FAILED and name the service and what was found. */
#pragma once

#include "rollout/deploy.h"

/* The version that `image` ("medplum/medplum-server:5.0.2") has by `pattern`
 * ("medplum/medplum-server:{version}"); NULL where it does not match. A digest (@sha256:…) behind
 * it is no part of the version. Caller frees. */
char *ecs_image_version(const char *image, const char *pattern);
/* `pattern` with its {version}. Caller frees. */
char *ecs_image(const char *pattern, const char *version);

/* The container that `wanted` is about: the one with the service's name, else the only one whose
 * image matches its pattern. Borrowed from `definition` (a taskDefinition object); NULL and an
 * error where there is none, its image does not match, or several could be meant. */
json_t *ecs_container(json_t *definition, const struct ecs_service_config *wanted, GError **error);
/* The version that container runs. Caller frees. */
char *ecs_task_version(json_t *definition, const struct ecs_service_config *wanted, GError **error);

/* The body of RegisterTaskDefinition from the answer of DescribeTaskDefinition (include TAGS): the
 * same task with `version`'s image, what ECS itself adds dropped, fields unknown to us passed
 * through, tags carried over (but aws:*, which is reserved) and celldeck:token set. */
json_t *ecs_register_body(const json_t *described, const struct ecs_service_config *wanted,
                          const char *version, const char *token, GError **error);
/* Whether the answer of DescribeTaskDefinition bears the tag celldeck:token = `token`. */
bool ecs_has_token(const json_t *described, const char *token);

/* The service `name` in the answer of DescribeServices, ACTIVE and with a PRIMARY deployment; else
 * an error: missing, being deleted, or of another deployment controller. Borrowed. */
const json_t *ecs_service(const json_t *services, const char *name, GError **error);
/* Its PRIMARY deployment; NULL where it has none. Borrowed. */
const json_t *ecs_primary(const json_t *service);
/* Its deployment of this task definition, newest first; NULL where there is none. Borrowed. */
const json_t *ecs_deployment_of(const json_t *service, const char *task_definition);

/* What a deploy's reference keeps of one service: {taskDefinition, deployment, created_ms}. The
 * time is by ECS's clock: it tells an answer from before our deployment from one where another
 * followed. */
json_t *ecs_begun(const json_t *deployment);
/* The same for a task definition (a taskDefinition object) that was registered under our token
 * earlier and has no deployment, where the PRIMARY one began after it was registered: ours began
 * and was gone back from, or somebody else deployed meanwhile. Either way it is not begun again,
 * and ecs_progress calls it failed. NULL where ours has simply not begun yet. */
json_t *ecs_begun_and_gone(const json_t *service, const json_t *definition);
/* How far what ecs_begun kept has come. DONE only while the PRIMARY deployment is ours, by its id
 * and its task definition, and COMPLETED with all its tasks: ECS's own rollback looks healthy too.
 * *note gets "api 1 of 2 tasks"; caller frees. */
enum deploy_progress ecs_progress(const json_t *service, const json_t *begun, char **note);
