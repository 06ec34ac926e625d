#include "data/route53_write.h"

#include "data/aws/xml.h"
#include "data/route53_call.h"

#include <string.h>

const struct aws_target zone_target = {.service = AWS_ROUTE53};

void zone_call_done(struct zone_call *call)
{
    call->free(call);
}

void zone_call_cancel(struct zone_call *call)
{
    if (!call || call->ended)
        return;
    aws_call_cancel(call->call);
    call->free(call);
}

static void free_plain(struct zone_call *call)
{
    g_free(call);
}

static struct zone_call *zone_call_new(GCallback fn, gpointer data)
{
    struct zone_call *call = g_new0(struct zone_call, 1);
    call->fn = fn;
    call->data = data;
    call->free = free_plain;
    return call;
}

char *zone_path(const char *format, const char *id)
{
    const char *slash = strrchr(id, '/');
    g_autofree char *escaped = g_uri_escape_string(slash ? slash + 1 : id, NULL, FALSE);
    g_autoptr(GString) path = g_string_new(format);
    g_string_replace(path, "{id}", escaped, 0);
    return g_string_free(g_steal_pointer(&path), FALSE);
}

static bool not_read(const char *action, GError **error)
{
    g_set_error(error, AWS_ERROR, AWS_ERROR_ANSWER,
                "Route 53 %s: the answer is not what was asked for; if that goes on, check what "
                "AWS_ENDPOINT_URL and HTTPS_PROXY lead to",
                action);
    return false;
}

bool zone_change_read(const char *xml, char **id, enum zone_status *status, GError **error)
{
    g_autoptr(GHashTable) texts = xml_texts(xml, -1, NULL);
    const char *path = texts ? g_hash_table_lookup(texts, "Id") : NULL;
    const char *word = texts ? g_hash_table_lookup(texts, "Status") : NULL;
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *plain = slash ? slash + 1 : path;
    bool insync = g_strcmp0(word, "INSYNC") == 0;
    if (!plain || !*plain || (!insync && g_strcmp0(word, "PENDING") != 0))
        return not_read("ChangeInfo", error);
    *id = g_strdup(plain);
    *status = insync ? ZONE_INSYNC : ZONE_PENDING;
    return true;
}

static void change_ended(const char *reply, const GError *error, gpointer data)
{
    struct zone_call *call = data;
    zone_change_fn fn = (zone_change_fn)call->fn;
    g_autoptr(GError) unread = NULL;
    g_autofree char *id = NULL;
    enum zone_status status = ZONE_PENDING;
    if (reply)
        zone_change_read(reply, &id, &status, &unread);
    call->ended = true;
    fn(id, status, error ? error : unread, call->data);
    zone_call_done(call);
}

struct zone_call *zone_change(struct aws_client *client, const char *zone_id,
                              const struct zone_change *changes, size_t n, const char *comment,
                              gint64 deadline_ms, zone_change_fn fn, gpointer data, GError **error)
{
    if (!zone_changes_fit(changes, n, error))
        return NULL;
    g_autofree char *path = zone_path("/2013-04-01/hostedzone/{id}/rrset/", zone_id);
    struct zone_call *call = zone_call_new(G_CALLBACK(fn), data);
    call->call =
        aws_rest_post(client, &zone_target, "ChangeResourceRecordSets", path,
                      zone_changes_body(changes, n, comment), deadline_ms, change_ended, call);
    return call;
}

struct zone_call *zone_change_status(struct aws_client *client, const char *id, gint64 deadline_ms,
                                     zone_change_fn fn, gpointer data)
{
    static const char *const params[] = {NULL};
    g_autofree char *path = zone_path("/2013-04-01/change/{id}", id);
    struct zone_call *call = zone_call_new(G_CALLBACK(fn), data);
    call->call = aws_rest_get(client, &zone_target, "GetChange", path, params, deadline_ms,
                              change_ended, call);
    return call;
}

void zone_answer_free(struct zone_answer *answer)
{
    if (!answer)
        return;
    g_free(answer->code);
    g_ptr_array_unref(answer->values);
    g_free(answer);
}

struct zone_answer *zone_answer_read(const char *xml, GError **error)
{
    g_autoptr(GHashTable) texts = xml_texts(xml, -1, NULL);
    const char *code = texts ? g_hash_table_lookup(texts, "ResponseCode") : NULL;
    if (!code) {
        not_read("TestDNSAnswer", error);
        return NULL;
    }
    struct zone_answer *answer = g_new0(struct zone_answer, 1);
    answer->code = g_strdup(code);
    answer->values = xml_list(xml, -1, "RecordDataEntry");
    return answer;
}

bool zone_answer_is(const struct zone_answer *answer, const struct record_set *set)
{
    if (strcmp(answer->code, "NOERROR") != 0 || set->foreign)
        return false;
    if (set->alias_name)
        return answer->values->len > 0;
    OWN(record_set) told = record_set_new(set->name, set->type);
    told->ttl_s = set->ttl_s;
    for (guint i = 0; i < answer->values->len; i++)
        g_ptr_array_add(told->values, g_strdup(answer->values->pdata[i]));
    return record_set_equal(told, set);
}

static void answer_came(const char *reply, const GError *error, gpointer data)
{
    struct zone_call *call = data;
    zone_answer_fn fn = (zone_answer_fn)call->fn;
    g_autoptr(GError) unread = NULL;
    OWN(zone_answer) answer = reply ? zone_answer_read(reply, &unread) : NULL;
    call->ended = true;
    fn(answer, error ? error : unread, call->data);
    zone_call_done(call);
}

bool zone_kind_read(const char *xml, bool *private, GError **error)
{
    g_autoptr(GHashTable) texts = xml_texts(xml, -1, NULL);
    const char *word = texts ? g_hash_table_lookup(texts, "PrivateZone") : NULL;
    *private = g_strcmp0(word, "true") == 0;
    return *private || g_strcmp0(word, "false") == 0 || not_read("GetHostedZone", error);
}

static void kind_came(const char *reply, const GError *error, gpointer data)
{
    struct zone_call *call = data;
    zone_kind_fn fn = (zone_kind_fn)call->fn;
    g_autoptr(GError) unread = NULL;
    bool private = false;
    if (reply)
        zone_kind_read(reply, &private, &unread);
    call->ended = true;
    fn(private, error ? error : unread, call->data);
    zone_call_done(call);
}

struct zone_call *zone_kind_ask(struct aws_client *client, const char *zone_id, gint64 deadline_ms,
                                zone_kind_fn fn, gpointer data)
{
    static const char *const params[] = {NULL};
    g_autofree char *path = zone_path("/2013-04-01/hostedzone/{id}", zone_id);
    struct zone_call *call = zone_call_new(G_CALLBACK(fn), data);
    call->call = aws_rest_get(client, &zone_target, "GetHostedZone", path, params, deadline_ms,
                              kind_came, call);
    return call;
}

struct zone_call *zone_test_answer(struct aws_client *client, const char *zone_id, const char *name,
                                   const char *type, gint64 deadline_ms, zone_answer_fn fn,
                                   gpointer data)
{
    const char *slash = strrchr(zone_id, '/');
    const char *const params[] = {
        "hostedzoneid", slash ? slash + 1 : zone_id, "recordname", name, "recordtype", type, NULL};
    struct zone_call *call = zone_call_new(G_CALLBACK(fn), data);
    call->call = aws_rest_get(client, &zone_target, "TestDNSAnswer", "/2013-04-01/testdnsanswer",
                              params, deadline_ms, answer_came, call);
    return call;
}
