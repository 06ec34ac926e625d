#include "rollout/notify.h"

#include "data/base/text.h"
#include "rollout/command.h"

struct notifier {
    struct config *config;
    struct aws_client *client;
    notify_problem_fn problem;
    gpointer data;
    GPtrArray *deliveries; /* struct delivery *, under way */
};

/* One notice on one of its ways: the command or the call is set. */
struct delivery {
    struct notifier *notifier;
    char *operation;
    struct command *command;
    struct aws_call *call;
};

static void delivery_free(gpointer data)
{
    struct delivery *delivery = data;
    if (delivery->command)
        command_cancel(delivery->command);
    if (delivery->call)
        aws_call_cancel(delivery->call);
    g_free(delivery->operation);
    g_free(delivery);
}

static struct delivery *delivery_new(struct notifier *notifier, const struct notice *notice)
{
    struct delivery *delivery = g_new0(struct delivery, 1);
    delivery->notifier = notifier;
    delivery->operation = g_strdup(notice->operation);
    g_ptr_array_add(notifier->deliveries, delivery);
    return delivery;
}

/* Ends it; `error` NULL: it was delivered. */
static void delivery_end(struct delivery *delivery, const GError *error)
{
    struct notifier *notifier = delivery->notifier;
    g_autofree char *line = error ? g_strdup_printf("%s: a notice was not delivered: %s",
                                                    delivery->operation, error->message)
                                  : NULL;
    delivery->command = NULL;
    delivery->call = NULL;
    g_ptr_array_remove_fast(notifier->deliveries, delivery);
    if (line)
        notifier->problem(line, notifier->data);
}

static void command_done(const char *output, const GError *error, gpointer data)
{
    (void)output;
    delivery_end(data, error);
}

static void published(const char *reply, const GError *error, gpointer data)
{
    (void)reply;
    delivery_end(data, error);
}

static void send_by_command(struct notifier *notifier, const struct notice *notice)
{
    OWN_JSON json = notice_json(notice, notifier->config->name);
    g_autofree char *input = text_json_dump(json, false);
    g_auto(GStrv) environment = g_get_environ();
    environment = g_environ_setenv(environment, "OPERATION", notice->operation, TRUE);
    environment = g_environ_setenv(environment, "STATE", notice->state, TRUE);
    environment = g_environ_setenv(environment, "SUBJECT", notice->subject, TRUE);
    struct delivery *delivery = delivery_new(notifier, notice);
    g_autoptr(GError) error = NULL;
    delivery->command = command_run("notify.command", notifier->config->notify_command, environment,
                                    input, NOTIFY_DEADLINE_MS, command_done, delivery, &error);
    if (!delivery->command)
        delivery_end(delivery, error);
}

char *notify_topic_region(const char *arn)
{
    g_auto(GStrv) parts = g_strsplit(arn, ":", 6);
    return g_strv_length(parts) > 3 && *parts[3] ? g_strdup(parts[3]) : NULL;
}

static void send_by_sns(struct notifier *notifier, const struct notice *notice)
{
    const char *topic = notifier->config->sns_topic;
    g_autofree char *region = notify_topic_region(topic);
    g_autofree char *subject = notice_sns_subject(notice, notifier->config->name);
    g_autofree char *message = notice_sns_message(notice, notifier->config->name);
    const char *const params[] = {"TopicArn", topic, "Subject", subject, "Message", message, NULL};
    struct aws_target target = {.service = AWS_SNS, .region = region};
    struct delivery *delivery = delivery_new(notifier, notice);
    /* May be retried: told twice is better than not at all. */
    delivery->call = aws_query(notifier->client, &target, "Publish", params, AWS_CALL_READ,
                               NOTIFY_DEADLINE_MS, published, delivery);
}

struct notifier *notifier_new(struct config *config, struct aws_client *client,
                              notify_problem_fn problem, gpointer data)
{
    struct notifier *notifier = g_new0(struct notifier, 1);
    *notifier = (struct notifier){.config = config_ref(config),
                                  .client = client,
                                  .problem = problem,
                                  .data = data,
                                  .deliveries = g_ptr_array_new_with_free_func(delivery_free)};
    return notifier;
}

void notifier_free(struct notifier *notifier)
{
    g_ptr_array_unref(notifier->deliveries);
    config_unref(notifier->config);
    g_free(notifier);
}

void notifier_send(struct notifier *notifier, const struct notice *notice)
{
    if (notifier->config->notify_command[0])
        send_by_command(notifier, notice);
    if (notifier->config->sns_topic && notifier->client)
        send_by_sns(notifier, notice);
}

bool notifier_busy(const struct notifier *notifier)
{
    return notifier->deliveries->len > 0;
}
