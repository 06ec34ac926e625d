/* The feed against a small AWS on loopback, in a thread of this program. Periods are a second. */
#include "data/feed.h"

#include "data/base/when.h"
#include "tests/unit/small_fleet.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <microhttpd.h>
#include <string.h>

/* What the test and the server's threads share, under `lock`. */
static struct {
    GMutex lock;
    GCond let_go;
    bool released;      /* calls that hang may end */
    bool eu_hangs;      /* nothing of eu-west-1 answers */
    bool second_fails;  /* the registry's second page is refused */
    bool metrics_empty; /* GetMetricData has no datapoints any more */
    int metrics_now, metrics_most, metrics_calls;
    double end_times[64]; /* of us-east-1's GetMetricData */
} aws;

static struct MHD_Daemon *server;
static struct config *config;
static struct aws_client *client;
static struct feed *feed;
static GMainLoop *loop;
static struct snapshot *latest;

static bool asked(bool *flag)
{
    g_mutex_lock(&aws.lock);
    bool set = *flag;
    g_mutex_unlock(&aws.lock);
    return set;
}

static void set(bool *flag, bool value)
{
    g_mutex_lock(&aws.lock);
    *flag = value;
    g_cond_broadcast(&aws.let_go);
    g_mutex_unlock(&aws.lock);
}

static void hang(void)
{
    g_mutex_lock(&aws.lock);
    while (!aws.released)
        g_cond_wait(&aws.let_go, &aws.lock);
    g_mutex_unlock(&aws.lock);
}

static double value_of(const char *metric)
{
    if (strcmp(metric, "cell_health_status") == 0)
        return 1;
    return strcmp(metric, "cell_error_rate") == 0 ? 0.3 : 40;
}

static char *metrics_reply(json_t *body)
{
    double end_s = json_real_value(json_object_get(body, "EndTime"));
    bool empty = asked(&aws.metrics_empty);
    OWN_JSON results = json_array();
    size_t i;
    json_t *query;
    json_array_foreach (json_object_get(body, "MetricDataQueries"), i, query) {
        json_t *stat = json_object_get(query, "MetricStat");
        const char *name =
            json_string_value(json_object_get(json_object_get(stat, "Metric"), "MetricName"));
        json_t *result =
            json_pack("{s:O, s:s, s:[f], s:[f]}", "Id", json_object_get(query, "Id"), "StatusCode",
                      "Complete", "Timestamps", end_s - 1, "Values", value_of(name));
        if (empty)
            json_object_set_new(result, "Timestamps", json_array());
        json_array_append_new(results, result);
    }
    OWN_JSON reply = json_pack("{s:O}", "MetricDataResults", results);
    return json_dumps(reply, 0);
}

static char *metrics_call(json_t *body, bool eu)
{
    if (!eu) {
        g_mutex_lock(&aws.lock);
        aws.metrics_now++;
        aws.metrics_most = MAX(aws.metrics_most, aws.metrics_now);
        if (aws.metrics_calls < (int)G_N_ELEMENTS(aws.end_times))
            aws.end_times[aws.metrics_calls] = json_real_value(json_object_get(body, "EndTime"));
        aws.metrics_calls++;
        g_mutex_unlock(&aws.lock);
    }
    char *reply = metrics_reply(body);
    g_mutex_lock(&aws.lock);
    aws.metrics_now -= !eu;
    g_mutex_unlock(&aws.lock);
    return reply;
}

static char *scan_reply(json_t *body, unsigned *status)
{
    bool second = json_object_get(body, "ExclusiveStartKey") != NULL;
    if (json_integer_value(json_object_get(body, "Segment")) > 0)
        return strdup("{\"Items\":[]}");
    if (second && asked(&aws.second_fails)) {
        *status = 400;
        return strdup("{\"__type\":\"ValidationException\",\"message\":\"no\"}");
    }
    return strdup(second ? "{\"Items\":[{\"tenantId\":{\"S\":\"t2\"},\"cellId\":{\"S\":\"us\"}}]}"
                         : "{\"Items\":[{\"tenantId\":{\"S\":\"t1\"},\"cellId\":{\"S\":\"us\"}}],"
                           "\"LastEvaluatedKey\":{\"tenantId\":{\"S\":\"t1\"}}}");
}

static char *reply_to(struct MHD_Connection *connection, const char *url, const char *text,
                      unsigned *status)
{
    const char *target = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Amz-Target");
    const char *signature =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
    bool eu = (signature && strstr(signature, "/eu-west-1/")) || g_str_has_prefix(url, "/eu/");
    if (eu && asked(&aws.eu_hangs))
        hang();
    OWN_JSON body = json_loads(text, 0, NULL);
    if (!target)
        return strdup("{\"version\":\"5.0.2\",\"postgres\":true,\"redis\":true}");
    if (g_str_has_suffix(target, ".GetMetricData"))
        return metrics_call(body, eu);
    if (g_str_has_suffix(target, ".Scan"))
        return scan_reply(body, status);
    return strdup("{\"MetricAlarms\":[],\"CompositeAlarms\":[]}");
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
    GString *body = *state;
    if (*upload_size) {
        g_string_append_len(body, upload, (gssize)*upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    unsigned status = 200;
    char *text = reply_to(connection, url, body->str, &status);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result result = MHD_queue_response(connection, status, response);
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

static void begin(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0,
                              NULL, NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &any,
                              MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    cr_assert(server);
    unsigned port = MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port;
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u", port);
    g_setenv("AWS_ENDPOINT_URL", url, TRUE);
    g_setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", TRUE);
    g_setenv("AWS_SECRET_ACCESS_KEY", "example", TRUE);
    g_autofree char *yaml = g_strdup_printf(
        "name: fed\naws: {region: us-east-1}\nmetrics: {period: 1s}\ncells:\n"
        "  us: {class: shared, residency: US, endpoint: '%s/us', max_users: 100, "
        "max_patients: 1}\n"
        "  eu: {class: shared, residency: EU, region: eu-west-1, endpoint: '%s/eu', "
        "max_users: 100, max_patients: 1}\n",
        url, url);
    config = config_of(yaml);
    client = aws_client_new(NULL, "us-east-1");
    loop = g_main_loop_new(NULL, FALSE);
}

static void end(void)
{
    feed_free(feed);
    aws_client_free(client);
    set(&aws.released, true);
    MHD_stop_daemon(server);
    snapshot_unref(latest);
    config_unref(config);
    g_main_loop_unref(loop);
}

TestSuite(feed, .init = begin, .fini = end, .timeout = 60);

static bool (*awaited)(const struct snapshot *snapshot);

static void on_snapshot(struct snapshot *snapshot, gpointer data)
{
    (void)data;
    snapshot_unref(latest);
    latest = snapshot_ref(snapshot);
    if (awaited && awaited(snapshot))
        g_main_loop_quit(loop);
}

static void on_done(struct snapshot *snapshot, gpointer data)
{
    cr_expect_eq(snapshot, latest, "the last one went to everybody");
    *(bool *)data = true;
    g_main_loop_quit(loop);
}

static void read_once(void)
{
    bool done = false;
    feed = feed_new(config, client, on_snapshot, NULL);
    feed_read_once(feed, on_done, &done);
    g_main_loop_run(loop);
    cr_assert(done);
}

static void poll_until(bool (*condition)(const struct snapshot *snapshot))
{
    awaited = condition;
    if (!feed) {
        feed = feed_new(config, client, on_snapshot, NULL);
        feed_start(feed);
    }
    g_main_loop_run(loop);
    awaited = NULL;
}

static const struct source *source_named(const struct snapshot *snapshot, const char *name)
{
    for (guint i = 0; i < snapshot->sources->len; i++) {
        const struct source *source = snapshot->sources->pdata[i];
        if (strcmp(source->name, name) == 0)
            return source;
    }
    return NULL;
}

Test(feed, one_reading_asks_every_source_and_ends_when_all_have_answered)
{
    read_once();
    static const char *const names[] = {
        "registry",         "metrics us-east-1", "alarms us-east-1", "metrics eu-west-1",
        "alarms eu-west-1", "probe us",          "probe eu"};
    cr_expect_eq(latest->sources->len, G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct source *source = source_named(latest, names[i]);
        cr_assert(source, "%s", names[i]);
        cr_expect_eq(source->state, SOURCE_OK, "%s: %s", names[i], source->error);
    }
    for (size_t i = 0; i < 2; i++)
        cr_expect_eq(latest->cells[i].health, HEALTH_HEALTHY, "%s", latest->cells[i].reasons[0]);
    cr_expect_eq(latest->cells[0].tenants, 2);
    cr_expect(latest->registry->complete);
    cr_expect(latest->cost_usd_per_hour > 0);
}

Test(feed, half_a_registry_is_incomplete_and_breaks_nothing_else)
{
    set(&aws.second_fails, true);
    read_once();
    cr_assert(latest->registry);
    cr_expect(!latest->registry->complete);
    cr_expect_eq(latest->registry->tenants->len, 1);
    cr_expect_eq(source_named(latest, "registry")->state, SOURCE_ERROR);
    cr_expect(source_named(latest, "registry")->error != NULL);
    cr_expect_eq(source_named(latest, "metrics us-east-1")->state, SOURCE_OK);
    cr_expect_eq(latest->cells[0].health, HEALTH_HEALTHY);
}

Test(feed, one_reading_waits_for_the_slowest_without_letting_the_others_grow_old)
{
    set(&aws.eu_hangs, true);
    read_once();
    /* A call has at least 5 s, and here 3 s make a value stale. */
    cr_expect_eq(latest->cells[0].health, HEALTH_HEALTHY, "%s", latest->cells[0].reasons[0]);
    cr_expect_eq(source_named(latest, "metrics us-east-1")->state, SOURCE_OK);
    cr_expect_eq(source_named(latest, "metrics eu-west-1")->state, SOURCE_ERROR);
    cr_expect_eq(latest->cells[1].health, HEALTH_UNKNOWN);
}

static bool us_was_asked_three_times(const struct snapshot *snapshot)
{
    g_mutex_lock(&aws.lock);
    bool done = aws.metrics_calls >= 3;
    g_mutex_unlock(&aws.lock);
    return done && snapshot->cells[0].health == HEALTH_HEALTHY;
}

Test(feed, a_region_that_does_not_answer_leaves_the_others_on_time)
{
    set(&aws.eu_hangs, true);
    poll_until(us_was_asked_three_times);
    cr_expect_eq(latest->cells[1].health, HEALTH_UNKNOWN);
    cr_expect_eq(source_named(latest, "metrics us-east-1")->state, SOURCE_OK);
    cr_expect_neq(source_named(latest, "metrics eu-west-1")->state, SOURCE_OK);
}

Test(feed, a_source_is_never_asked_twice_at_once_nor_for_the_same_period_again)
{
    poll_until(us_was_asked_three_times);
    g_mutex_lock(&aws.lock);
    cr_expect_eq(aws.metrics_most, 1);
    for (int i = 1; i < MIN(aws.metrics_calls, (int)G_N_ELEMENTS(aws.end_times)); i++)
        cr_expect(aws.end_times[i] > aws.end_times[i - 1]);
    g_mutex_unlock(&aws.lock);
}

static bool us_is_stale(const struct snapshot *snapshot)
{
    return snapshot->cells[0].health == HEALTH_STALE;
}

Test(feed, a_cell_whose_metrics_stop_turns_stale_while_its_source_answers)
{
    poll_until(us_was_asked_three_times);
    set(&aws.metrics_empty, true);
    poll_until(us_is_stale);
    cr_expect_eq(source_named(latest, "metrics us-east-1")->state, SOURCE_OK);
}

Test(feed, it_begins_with_what_it_was_primed_with)
{
    OWN(snapshot) kept = NULL;
    read_once();
    kept = g_steal_pointer(&latest);
    feed_free(feed);
    set(&aws.eu_hangs, true);
    feed = feed_new(config, client, on_snapshot, NULL);
    feed_prime(feed, kept);
    awaited = us_is_stale;
    feed_start(feed);
    /* The first snapshot, of whichever source answered first, still has the other region's past. */
    while (!latest)
        g_main_context_iteration(NULL, TRUE);
    cr_expect(latest->cells[1].reading.series[METRIC_HEALTH] != NULL);
    cr_expect(latest->registry != NULL);
}
