#include "tests/unit/fake_aws.h"

#include "data/base/own.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

struct fake_aws fake;

static struct MHD_Daemon *server;
static char *address;

/* Room for what a signature's scope, a target and a body say of a call. */
struct call {
    json_t *body;
    const char *text;
    bool eu;
    unsigned status;
};

static bool is_set(const bool *flag)
{
    g_mutex_lock(&fake.lock);
    bool set = *flag;
    g_mutex_unlock(&fake.lock);
    return set;
}

void fake_set(bool *flag, bool value)
{
    g_mutex_lock(&fake.lock);
    *flag = value;
    g_cond_broadcast(&fake.changed);
    g_mutex_unlock(&fake.lock);
}

void fake_set_number(int *number, int value)
{
    g_mutex_lock(&fake.lock);
    *number = value;
    g_mutex_unlock(&fake.lock);
}

int fake_number(const int *number)
{
    g_mutex_lock(&fake.lock);
    int value = *number;
    g_mutex_unlock(&fake.lock);
    return value;
}

GArray *fake_ends(const char *cell)
{
    GArray *ends = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_mutex_lock(&fake.lock);
    for (guint i = 0; i < fake.asked->len; i++) {
        const struct fake_asked *asked = &g_array_index(fake.asked, struct fake_asked, i);
        if (strcmp(asked->cell, cell) == 0)
            g_array_append_val(ends, asked->end_s);
    }
    g_mutex_unlock(&fake.lock);
    return ends;
}

static void hang(void)
{
    g_mutex_lock(&fake.lock);
    while (!fake.released)
        g_cond_wait(&fake.changed, &fake.lock);
    g_mutex_unlock(&fake.lock);
}

static void go_in(struct fake_gate *gate)
{
    g_mutex_lock(&fake.lock);
    gate->now++;
    gate->most = MAX(gate->most, gate->now);
    g_cond_broadcast(&fake.changed);
    while (!fake.released && gate->most < gate->wanted)
        g_cond_wait(&fake.changed, &fake.lock);
    g_mutex_unlock(&fake.lock);
}

static void go_out(struct fake_gate *gate)
{
    g_mutex_lock(&fake.lock);
    gate->now--;
    g_mutex_unlock(&fake.lock);
}

static double value_of(const char *metric)
{
    if (strcmp(metric, "cell_health_status") == 0)
        return 1;
    return strcmp(metric, "cell_error_rate") == 0 ? 0.3 : 40;
}

static void note_asked(const json_t *metric, double end_s)
{
    struct fake_asked asked = {.end_s = (gint64)end_s};
    const json_t *dimension = json_array_get(json_object_get(metric, "Dimensions"), 0);
    g_strlcpy(asked.cell, json_string_value(json_object_get(dimension, "Value")),
              sizeof asked.cell);
    g_mutex_lock(&fake.lock);
    g_array_append_val(fake.asked, asked);
    g_mutex_unlock(&fake.lock);
}

static char *metrics_call(struct call *call)
{
    double end_s = json_number_value(json_object_get(call->body, "EndTime"));
    double start_s = json_number_value(json_object_get(call->body, "StartTime"));
    bool empty = is_set(&fake.metrics_empty);
    if (end_s - start_s >= 3600)
        fake_set_number(&fake.whole_pasts, fake_number(&fake.whole_pasts) + 1);
    OWN_JSON results = json_array();
    size_t i;
    json_t *query;
    if (!call->eu)
        go_in(&fake.metrics);
    json_array_foreach (json_object_get(call->body, "MetricDataQueries"), i, query) {
        const json_t *metric = json_object_get(json_object_get(query, "MetricStat"), "Metric");
        const char *name = json_string_value(json_object_get(metric, "MetricName"));
        if (strcmp(name, "cell_health_status") == 0)
            note_asked(metric, end_s);
        json_t *result =
            json_pack("{s:O, s:s, s:[f], s:[f]}", "Id", json_object_get(query, "Id"), "StatusCode",
                      "Complete", "Timestamps", end_s - 1, "Values", value_of(name));
        if (start_s + 1 < end_s - 1) {
            json_array_append_new(json_object_get(result, "Timestamps"), json_real(start_s + 1));
            json_array_append_new(json_object_get(result, "Values"), json_real(value_of(name)));
        }
        if (empty)
            json_object_set_new(result, "Timestamps", json_array());
        json_array_append_new(results, result);
    }
    if (!call->eu)
        go_out(&fake.metrics);
    OWN_JSON reply = json_pack("{s:O}", "MetricDataResults", results);
    return json_dumps(reply, 0);
}

static char *refused(struct call *call)
{
    call->status = 400;
    return strdup("{\"__type\":\"ValidationException\",\"message\":\"no\"}");
}

/* Two pages a segment; tenant N is of segment N % segments, each segment's first alone on its first
 * page. */
static char *scan_call(struct call *call)
{
    bool second = json_object_get(call->body, "ExclusiveStartKey") != NULL;
    int segment = (int)json_integer_value(json_object_get(call->body, "Segment"));
    int segments = MAX(1, (int)json_integer_value(json_object_get(call->body, "TotalSegments")));
    go_in(&fake.scanning);
    g_mutex_lock(&fake.lock);
    fake.scans++;
    fake.consistent += json_is_true(json_object_get(call->body, "ConsistentRead"));
    bool fails = fake.scans_fail || (second && fake.second_fails) ||
                 (segment > 0 && segment == fake.segment_fails);
    int tenants = fake.tenants, moved = fake.moved, twin = fake.twin;
    g_mutex_unlock(&fake.lock);
    go_out(&fake.scanning);
    if (fails)
        return refused(call);
    OWN_JSON items = json_array();
    for (int i = 1; i <= tenants; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i == twin ? 1 : i);
        if (i % segments == segment && (i > segments) == second)
            json_array_append_new(items, json_pack("{s:{s:s}, s:{s:s}}", "tenantId", "S", id,
                                                   "cellId", "S", i == moved ? "eu" : "us"));
    }
    OWN_JSON reply =
        json_pack("{s:O, s:{s:f}}", "Items", items, "ConsumedCapacity", "CapacityUnits", 0.5);
    if (!second)
        json_object_set_new(reply, "LastEvaluatedKey",
                            json_pack("{s:{s:s}}", "tenantId", "S", "t1"));
    return json_dumps(reply, 0);
}

static void add_alarm(json_t *alarms, const char *name, bool on)
{
    json_array_append_new(alarms, json_pack("{s:s, s:s, s:f}", "AlarmName", name, "StateValue",
                                            on ? "ALARM" : "OK", "StateUpdatedTimestamp", 1.0));
}

/* Pages of a hundred. */
static char *alarms_call(struct call *call)
{
    bool signal = json_object_get(call->body, "StateValue") != NULL;
    bool second = json_object_get(call->body, "NextToken") != NULL;
    g_mutex_lock(&fake.lock);
    *(signal ? &fake.signals : &fake.lists) += !second;
    bool on = fake.alarm && !call->eu, more = fake.more_alarms && !signal;
    g_mutex_unlock(&fake.lock);
    OWN_JSON alarms = json_array();
    if ((on || !signal) && !call->eu && !second)
        add_alarm(alarms, "us-errors", on);
    for (int i = second ? 99 : 0; more && i < (second ? 150 : 99); i++) {
        g_autofree char *name = g_strdup_printf("us-more-%d", i);
        add_alarm(alarms, name, false);
    }
    OWN_JSON reply = json_pack("{s:O, s:[]}", "MetricAlarms", alarms, "CompositeAlarms");
    if (more && !second)
        json_object_set_new(reply, "NextToken", json_string("2"));
    return json_dumps(reply, 0);
}

static char *role_call(struct call *call)
{
    if (!strstr(call->text, "denied"))
        return strdup("<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDROLE"
                      "</AccessKeyId><SecretAccessKey>example</SecretAccessKey><SessionToken>t"
                      "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
                      "</AssumeRoleResult></AssumeRoleResponse>");
    call->status = 403;
    return strdup("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                  "<Message>no</Message></Error></ErrorResponse>");
}

static char *reply_to(struct MHD_Connection *connection, const char *url, struct call *call)
{
    const char *target = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Amz-Target");
    const char *signature =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
    call->eu = (signature && strstr(signature, "/eu-west-1/")) || g_str_has_prefix(url, "/eu/");
    if (call->eu && is_set(&fake.eu_hangs))
        hang();
    if (!target && signature)
        return role_call(call);
    if (!target)
        return strdup("{\"version\":\"5.0.2\",\"postgres\":true,\"redis\":true}");
    if (g_str_has_suffix(target, ".GetMetricData"))
        return metrics_call(call);
    if (g_str_has_suffix(target, ".DescribeAlarms"))
        return alarms_call(call);
    if (is_set(&fake.registry_hangs))
        hang();
    return scan_call(call);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    (void)data;
    (void)method;
    (void)version;
    if (!*state) {
        *state = g_string_new(NULL);
        return MHD_YES;
    }
    GString *text = *state;
    if (*upload_size) {
        g_string_append_len(text, upload, (gssize)*upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    OWN_JSON body = json_loads(text->str, 0, NULL);
    struct call call = {.body = body, .text = text->str, .status = 200};
    char *answer = reply_to(connection, url, &call);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(answer), answer, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result result = MHD_queue_response(connection, call.status, response);
    MHD_destroy_response(response);
    return result;
}

static void on_end(void *data, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code)
{
    (void)data;
    (void)connection;
    (void)code;
    if (*state)
        g_string_free(*state, TRUE);
}

const char *fake_start(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    fake.asked = g_array_new(FALSE, FALSE, sizeof(struct fake_asked));
    fake.tenants = 2;
    server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0,
                              NULL, NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &any,
                              MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    cr_assert(server);
    unsigned port = MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port;
    address = g_strdup_printf("http://127.0.0.1:%u", port);
    g_setenv("AWS_ENDPOINT_URL", address, TRUE);
    g_setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", TRUE);
    g_setenv("AWS_SECRET_ACCESS_KEY", "example", TRUE);
    return address;
}

void fake_stop(void)
{
    fake_set(&fake.released, true);
    MHD_stop_daemon(server);
    g_array_unref(fake.asked);
    g_free(address);
}
