#include "data/aws/client.h"

#include "data/aws/call.h"

#include <string.h>

/* Cells that do not answer their probes may not take the connections that AWS is asked over. */
enum { PLAIN_CONNECTIONS = 256 };

static double random_jitter(void)
{
    return g_random_double();
}

struct aws_client *aws_client_new(const char *profile, const char *region)
{
    struct aws_client *client = g_new0(struct aws_client, 1);
    g_auto(GStrv) env = g_get_environ();
    OWN(profiles) profiles = profiles_load(env);
    client->context = g_main_context_ref_thread_default();
    client->transport = transport_new(client->context, 0);
    client->plain = transport_new(client->context, PLAIN_CONNECTIONS);
    client->readers = reply_readers_new(client->context);
    client->endpoints = endpoints_new(env, profiles, profile_name(profile, env), region);
    struct assumer assumer = sts_assumer(client);
    client->credentials = credentials_new(client->context, profile, env, &assumer);
    client->jitter = random_jitter;
    client->lanes = lanes_new();
    client->measured_skew_ms = G_MININT64;
    return client;
}

void aws_client_free(struct aws_client *client)
{
    if (!client)
        return;
    credentials_stop(client->credentials); /* its calls to STS are among the client's calls */
    while (client->calls.head)
        call_free(client->calls.head->data);
    credentials_free(client->credentials);
    transport_free(client->transport);
    transport_free(client->plain);
    reply_readers_free(client->readers);
    endpoints_free(client->endpoints);
    g_hash_table_unref(client->lanes);
    g_main_context_unref(client->context);
    g_free(client);
}

void aws_call_cancel(struct aws_call *call)
{
    if (call && !call->ended)
        call_free(call);
}

const char *aws_call_refusal(const struct aws_call *call)
{
    return call->refusal;
}

void aws_client_tenure(const struct aws_client *client, struct aws_tenure *tenure)
{
    credentials_tenure(client->credentials, tenure);
}

gint64 aws_client_skew_ms(const struct aws_client *client)
{
    return client->measured_skew_ms;
}

const struct aws_counters *aws_client_counters(const struct aws_client *client)
{
    return &client->counters;
}

static gpointer read_json(const char *text, size_t length, gpointer with, GError **error)
{
    (void)with;
    json_t *json = length ? json_loadb(text, length, 0, NULL) : json_object();
    if (json_is_object(json))
        return json;
    json_decref(json);
    g_set_error(error, AWS_ERROR, AWS_ERROR_ANSWER, "the answer is no JSON object (%zu bytes)",
                length);
    return NULL;
}

static void free_json(gpointer json)
{
    json_decref(json);
}

static const struct aws_reader json_reader = {read_json, free_json};

static void deliver_value(const struct aws_call *call, const struct http_answer *answer,
                          const GError *error)
{
    aws_value_fn fn = (aws_value_fn)call->fn;
    (void)answer;
    fn(call->value, error, call->data);
}

static void deliver_json(const struct aws_call *call, const struct http_answer *answer,
                         const GError *error)
{
    aws_json_fn fn = (aws_json_fn)call->fn;
    (void)answer;
    fn(call->value, error, call->data);
}

static struct aws_call *call_as(struct aws_client *client, const struct aws_target *target,
                                struct aws_call *call)
{
    call->identity = credentials_identity(client->credentials, target->role_arn);
    return call;
}

/* Steals `body`; what remains to be set is who hears of it. */
static struct aws_call *json_call(struct aws_client *client, const struct aws_target *target,
                                  const char *action, json_t *body, enum aws_call_flags flags,
                                  gint64 deadline_ms)
{
    char *text = json_dumps(body, JSON_COMPACT);
    struct aws_call *call =
        call_as(client, target, call_new(client, target, action, text, flags, deadline_ms));
    call->metrics = json_array_size(json_object_get(body, "MetricDataQueries"));
    json_decref(body);
    return call;
}

struct aws_call *aws_json(struct aws_client *client, const struct aws_target *target,
                          const char *action, json_t *body, enum aws_call_flags flags,
                          gint64 deadline_ms, aws_json_fn fn, gpointer data)
{
    struct aws_call *call = json_call(client, target, action, body, flags, deadline_ms);
    call->reader = &json_reader;
    call->deliver = deliver_json;
    call->fn = G_CALLBACK(fn);
    call->data = data;
    return call;
}

struct aws_call *aws_read(struct aws_client *client, const struct aws_target *target,
                          const char *action, json_t *body, gint64 deadline_ms,
                          const struct aws_reader *reader, gpointer with, GDestroyNotify release,
                          aws_value_fn fn, gpointer data)
{
    struct aws_call *call = json_call(client, target, action, body, AWS_CALL_READ, deadline_ms);
    call->reader = reader;
    call->with = with;
    call->release = release;
    call->deliver = deliver_value;
    call->fn = G_CALLBACK(fn);
    call->data = data;
    return call;
}

static void deliver_text(const struct aws_call *call, const struct http_answer *answer,
                         const GError *error)
{
    aws_text_fn fn = (aws_text_fn)call->fn;
    fn(answer ? answer->body->str : NULL, error, call->data);
}

char *query_body(const struct aws_facts *facts, const char *action, const char *const *params)
{
    GString *body = g_string_new(NULL);
    g_string_append_printf(body, "Action=%s&Version=%s", action, facts->version);
    for (; *params; params += 2) {
        g_autofree char *value = g_uri_escape_string(params[1], NULL, FALSE);
        g_string_append_printf(body, "&%s=%s", params[0], value);
    }
    return g_string_free(body, FALSE);
}

struct aws_call *aws_query(struct aws_client *client, const struct aws_target *target,
                           const char *action, const char *const *params, enum aws_call_flags flags,
                           gint64 deadline_ms, aws_text_fn fn, gpointer data)
{
    char *body = query_body(aws_facts(target->service), action, params);
    struct aws_call *call =
        call_as(client, target, call_new(client, target, action, body, flags, deadline_ms));
    call->deliver = deliver_text;
    call->fn = G_CALLBACK(fn);
    call->data = data;
    return call;
}

struct aws_call *aws_rest_get(struct aws_client *client, const struct aws_target *target,
                              const char *action, const char *path, const char *const *params,
                              gint64 deadline_ms, aws_text_fn fn, gpointer data)
{
    struct aws_call *call = call_as(
        client, target, call_new(client, target, action, g_strdup(""), AWS_CALL_READ, deadline_ms));
    GString *query = g_string_new(NULL);
    for (; *params; params += 2) {
        g_autofree char *value = g_uri_escape_string(params[1], NULL, FALSE);
        g_string_append_printf(query, "%s%s=%s", query->len ? "&" : "", params[0], value);
    }
    call->path = g_strdup(path);
    call->query = g_string_free(query, FALSE);
    call->deliver = deliver_text;
    call->fn = G_CALLBACK(fn);
    call->data = data;
    return call;
}

struct aws_call *aws_rest_post(struct aws_client *client, const struct aws_target *target,
                               const char *action, const char *path, char *body, gint64 deadline_ms,
                               aws_text_fn fn, gpointer data)
{
    struct aws_call *call = call_as(
        client, target, call_new(client, target, action, body, AWS_CALL_WRITE, deadline_ms));
    call->path = g_strdup(path);
    call->deliver = deliver_text;
    call->fn = G_CALLBACK(fn);
    call->data = data;
    return call;
}

static void deliver_http(const struct aws_call *call, const struct http_answer *answer,
                         const GError *error)
{
    aws_http_fn fn = (aws_http_fn)call->fn;
    fn(answer ? answer->status : 0, answer ? answer->body->str : NULL, error, call->data);
}

struct aws_call *aws_http_get(struct aws_client *client, const char *url, gint64 deadline_ms,
                              aws_http_fn fn, gpointer data)
{
    static const struct aws_target nowhere = {0};
    struct aws_call *call = call_new(client, &nowhere, "GET", NULL, AWS_CALL_READ, deadline_ms);
    call->url = g_strdup(url);
    call->deliver = deliver_http;
    call->fn = G_CALLBACK(fn);
    call->data = data;
    return call;
}

struct aws_call *aws_http_get_at(struct aws_client *client, const char *url, const char *address,
                                 gint64 deadline_ms, aws_http_fn fn, gpointer data)
{
    struct aws_call *call = aws_http_get(client, url, deadline_ms, fn, data);
    call->address = g_strdup(address);
    return call;
}
