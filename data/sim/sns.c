/* SNS: Publish, kept for GET /sim/state. */
#include "data/sim/call.h"
#include "data/sim/value.h"

#include <string.h>

#define MESSAGE_BYTES_MAX 262144 /* guide/aws.md, "Limits and prices" */

static json_t *publish(struct sim_call *call)
{
    const char *topic = sim_text(call->in, "TopicArn", sim_text(call->in, "TargetArn", NULL));
    const char *message = sim_text(call->in, "Message", NULL);
    if (!topic || !g_str_has_prefix(topic, "arn:aws:sns:"))
        return sim_refuse(call, 400, "InvalidParameter", "Invalid parameter: TopicArn");
    if (!message || !*message)
        return sim_refuse(call, 400, "InvalidParameter", "Invalid parameter: Empty message");
    if (strlen(message) > MESSAGE_BYTES_MAX)
        return sim_refuse(call, 400, "InvalidParameter", "Invalid parameter: Message too long");
    json_array_append_new(call->cloud->published,
                          json_pack("{s:s, s:s*, s:s}", "TopicArn", topic, "Subject",
                                    sim_text(call->in, "Subject", NULL), "Message", message));
    g_autofree char *id = sim_cloud_uuid(call->cloud);
    return json_pack("{s:s}", "MessageId", id);
}

const struct sim_action sim_sns_actions[] = {{"Publish", publish, SIM_WRITE}, {0}};
