/* AssumeRole, for the credentials. It is signed with the source's keys, so it can't go through the
 * chain it is part of. */
#include "data/aws/sts.h"

#include "data/aws/call.h"
#include "data/aws/xml.h"
#include "data/base/when.h"

struct assume {
    struct aws_call *call;
    char *origin;
    keys_fn fn;
    gpointer data;
};

static void assume_free(struct assume *assume)
{
    g_free(assume->origin);
    g_free(assume);
}

struct keys *sts_keys(const struct http_answer *answer, const char *origin)
{
    g_autoptr(GHashTable) texts = xml_texts(answer->body->str, (gssize)answer->body->len, NULL);
    gint64 expires_ms = 0;
    const char *id = texts ? g_hash_table_lookup(texts, "AccessKeyId") : NULL;
    const char *secret = texts ? g_hash_table_lookup(texts, "SecretAccessKey") : NULL;
    const char *token = texts ? g_hash_table_lookup(texts, "SessionToken") : NULL;
    const char *expires = texts ? g_hash_table_lookup(texts, "Expiration") : NULL;
    if (!id || !secret || !token || !expires || !when_parse(expires, &expires_ms))
        return NULL;
    return keys_new(id, secret, token, expires_ms, origin);
}

static void deliver_keys(const struct aws_call *call, const struct http_answer *answer,
                         const GError *error)
{
    struct assume *assume = call->data;
    OWN(keys) keys = answer ? sts_keys(answer, assume->origin) : NULL;
    g_autoptr(GError) unread = NULL;
    if (answer && !keys)
        unread = call_error(call, AWS_ERROR_ANSWER, "the answer has no complete credentials");
    assume->fn(keys, error ? error : unread, assume->data);
    assume_free(assume);
}

static gpointer assume_role(gpointer self, struct keys *source, const struct role *role, keys_fn fn,
                            gpointer data)
{
    struct aws_client *client = self;
    g_autofree char *duration = g_strdup_printf("%" G_GINT64_FORMAT, role->duration_s);
    const char *params[9] = {"RoleArn", role->arn, "RoleSessionName", role->session};
    size_t n = 4;
    if (role->external_id) {
        params[n++] = "ExternalId";
        params[n++] = role->external_id;
    }
    if (role->duration_s > 0) {
        params[n++] = "DurationSeconds";
        params[n++] = duration;
    }
    struct assume *assume = g_new0(struct assume, 1);
    assume->origin = g_strconcat("role ", role->arn, NULL);
    assume->fn = fn;
    assume->data = data;
    const char *region = endpoints_region(client->endpoints);
    struct aws_target target = {.service = AWS_STS, .region = region ? region : STS_REGION};
    char *body = query_body(aws_facts(AWS_STS), "AssumeRole", params);
    struct aws_call *call = call_new(client, &target, "AssumeRole", body, AWS_CALL_READ, 0);
    call->keys = keys_ref(source);
    call->deliver = deliver_keys;
    call->data = assume;
    assume->call = call;
    return assume;
}

static void assume_cancel(gpointer data)
{
    struct assume *assume = data;
    aws_call_cancel(assume->call);
    assume_free(assume);
}

struct assumer sts_assumer(struct aws_client *client)
{
    return (struct assumer){.assume = assume_role,
                            .cancel = assume_cancel,
                            .self = client,
                            .region = endpoints_region(client->endpoints)};
}
