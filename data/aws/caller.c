#include "data/aws/caller.h"

#include "data/aws/call.h"
#include "data/aws/xml.h"

static void deliver_caller(const struct aws_call *call, const struct http_answer *answer,
                           const GError *error)
{
    aws_caller_fn fn = (aws_caller_fn)call->fn;
    g_autoptr(GHashTable) texts =
        answer ? xml_texts(answer->body->str, (gssize)answer->body->len, NULL) : NULL;
    struct aws_caller caller = {0};
    if (texts)
        caller = (struct aws_caller){g_hash_table_lookup(texts, "Arn"),
                                     g_hash_table_lookup(texts, "Account")};
    g_autoptr(GError) unread = NULL;
    if (answer && (!caller.arn || !caller.account))
        unread = call_error(call, AWS_ERROR_ANSWER, "the answer names no caller");
    if (error || unread)
        fn(NULL, error ? error : unread, call->data);
    else
        fn(&caller, NULL, call->data);
}

struct aws_call *aws_caller_ask(struct aws_client *client, const char *role_arn, gint64 deadline_ms,
                                aws_caller_fn fn, gpointer data)
{
    static const char *const nothing[] = {NULL};
    static const char action[] = "GetCallerIdentity";
    const char *region = endpoints_region(client->endpoints);
    struct aws_target target = {.service = AWS_STS, .region = region ? region : STS_REGION};
    struct aws_call *call =
        call_new(client, &target, action, query_body(aws_facts(AWS_STS), action, nothing),
                 AWS_CALL_READ, deadline_ms);
    call->identity = credentials_identity(client->credentials, role_arn);
    call->deliver = deliver_caller;
    call->fn = G_CALLBACK(fn);
    call->data = data;
    return call;
}
