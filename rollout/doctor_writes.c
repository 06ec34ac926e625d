/* Permissions to write, as far as they can be asked for without writing: by calls that AWS must
 * refuse for their content. AWS's own services look for permissions so (Application Auto Scaling's
 * guide, "Permissions validation for API calls"). Nothing is ever sent to a running service. */
#include "rollout/doctor_check.h"
#include "rollout/notify.h"

static void take_register(struct checkup *checkup, struct finding *finding,
                          const struct aws_target *target, json_t *reply, const GError *error,
                          gpointer data)
{
    (void)checkup;
    (void)reply;
    (void)data;
    finding_set(finding, judge_write("ecs:RegisterTaskDefinition", error, target->role_arn));
}

static void take_list(struct checkup *checkup, struct finding *finding,
                      const struct aws_target *target, json_t *reply, const GError *error,
                      gpointer data)
{
    (void)checkup;
    (void)data;
    if (reply)
        finding_set(finding, judge_ok("ecs:ListTaskDefinitions is permitted"));
    else
        finding_fail(finding, error, target->role_arn);
}

/* A task definition must have a container: ECS answers ClientException, "Container list cannot be
 * empty". */
static void ask_place(struct checkup *checkup, const struct place *place)
{
    g_autofree char *name = place_name(place);
    struct aws_target target = {AWS_ECS, place->region, place->role_arn};
    checkup_ask(checkup, checkup_add(checkup, "%s", name), &target, "ListTaskDefinitions",
                json_pack("{s:i}", "maxResults", 1), AWS_CALL_READ, take_list, NULL);
    checkup_ask(checkup, checkup_add(checkup, "%s", name), &target, "RegisterTaskDefinition",
                json_pack("{s:s, s:[]}", "family", "celldeck-doctor", "containerDefinitions"),
                AWS_CALL_WRITE, take_register, NULL);
}

void doctor_deploying(struct checkup *checkup)
{
    if (checkup->doctor->config->deploy.driver != DRIVER_ECS)
        return;
    g_autoptr(GArray) places = doctor_places(checkup->doctor->config);
    for (guint i = 0; i < places->len; i++)
        ask_place(checkup, &g_array_index(places, struct place, i));
    struct judgement untried = judge_skipped(
        "not tried: nothing is sent to a running service, not even what it must refuse");
    untried.fix = g_strdup("compare with what celldeck iam-policy prints");
    finding_set(checkup_add(checkup, "ecs:UpdateService, ecs:TagResource, iam:PassRole"), untried);
}

static void take_heartbeat(struct checkup *checkup, struct finding *finding,
                           const struct aws_target *target, json_t *reply, const GError *error,
                           gpointer data)
{
    (void)checkup;
    (void)target;
    (void)data;
    finding_set(finding, reply ? judge_ok("cloudwatch:PutMetricData is permitted")
                               : judge_write("cloudwatch:PutMetricData", error, NULL));
}

/* Without any datum it has nothing to write, whatever CloudWatch makes of it. */
void doctor_ask_heartbeat(struct checkup *checkup)
{
    const char *namespace = checkup->doctor->config->heartbeat.namespace;
    struct aws_target target = {.service = AWS_CLOUDWATCH};
    checkup_ask(checkup, checkup_add(checkup, "heartbeat in %s", namespace), &target,
                "PutMetricData", json_pack("{s:s, s:[]}", "Namespace", namespace, "MetricData"),
                AWS_CALL_WRITE, take_heartbeat, NULL);
}

struct publishing {
    struct checkup *checkup;
    struct finding *finding;
};

static void published(const char *reply, const GError *error, gpointer data)
{
    struct publishing *publishing = data;
    (void)reply;
    if (g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND))
        finding_set(publishing->finding,
                    judge_failure("see notify.sns_topic: aws sns list-topics", "no such topic"));
    else
        finding_set(publishing->finding, judge_write("sns:Publish", error, NULL));
    checkup_release(publishing->checkup);
    g_free(publishing);
}

void doctor_ask_topic(struct checkup *checkup)
{
    const char *topic = checkup->doctor->config->sns_topic;
    g_autofree char *region = notify_topic_region(topic);
    const char *const params[] = {"TopicArn", topic, "Message", "", NULL};
    struct aws_target target = {.service = AWS_SNS, .region = region};
    struct publishing *publishing = g_new(struct publishing, 1);
    *publishing = (struct publishing){checkup, checkup_add(checkup, "%s", topic)};
    checkup_hold(checkup);
    aws_query(checkup->doctor->wish->client, &target, "Publish", params, AWS_CALL_WRITE,
              DOCTOR_DEADLINE_MS, published, publishing);
}
