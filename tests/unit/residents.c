/* Who lives in a cell: asked for whole, as it is now, and told whole or not at all. */
#include "data/residents.h"
#include "tests/unit/loopback.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(residents, .timeout = 30);

enum { SEGMENTS = 4 };

Test(residents, the_registry_is_scanned_as_it_is_now_for_those_of_the_cell)
{
    OWN(config) config = small_fleet(NULL);
    OWN_JSON body = residents_request(config, "cell-1", 0, 1, NULL);
    OWN_JSON wanted = json_loads(
        "{\"TableName\": \"cell-registry\", \"ConsistentRead\": true,"
        " \"FilterExpression\": \"#cellId = :cell\", \"ProjectionExpression\": \"#tenantId\","
        " \"ExpressionAttributeNames\": {\"#cellId\": \"cellId\", \"#tenantId\": \"tenantId\"},"
        " \"ExpressionAttributeValues\": {\":cell\": {\"S\": \"cell-1\"}}}",
        0, NULL);
    cr_expect(json_equal(body, wanted));
}

Test(residents, a_page_is_asked_for_from_where_the_one_before_ended)
{
    OWN(config) config = small_fleet(NULL);
    OWN_JSON key = json_pack("{s:{s:s}}", "tenantId", "S", "t-7");
    OWN_JSON body = residents_request(config, "cell-1", 1, SEGMENTS, key);
    cr_expect(json_equal(json_object_get(body, "ExclusiveStartKey"), key));
    cr_expect_eq(json_integer_value(json_object_get(body, "Segment")), 1);
    cr_expect_eq(json_integer_value(json_object_get(body, "TotalSegments")), SEGMENTS);
}

struct end {
    int ended;
    char *ids; /* "a b", or NULL */
    GError *error;
};

static void end_clear(struct end *end)
{
    g_free(end->ids);
    g_clear_error(&end->error);
}

static void took(const GPtrArray *ids, const GError *error, gpointer data)
{
    struct end *end = data;
    GString *text = g_string_new(NULL);
    for (guint i = 0; ids && i < ids->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "", (const char *)ids->pdata[i]);
    end->ended++;
    end->ids = g_string_free(text, !ids);
    end->error = error ? g_error_copy(error) : NULL;
}

static char *answer(const char *body)
{
    return g_strdup_printf("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
                           strlen(body), body);
}

/* One that is given up may still be on its way to the server when the test is over: each has a
 * server of its own, which stays. */
static struct loopback servers[4];
static int n_servers;

static struct end against(const char *const *script, guint requests)
{
    OWN(config) config = small_fleet(NULL);
    struct loopback *loopback = &servers[n_servers++];
    loopback_start(loopback, script);
    struct aws_client *client = quick_client();
    struct end end = {0};
    residents_read(client, config, "cell-1", 0, took, &end);
    while (!end.ended)
        g_main_context_iteration(NULL, TRUE);
    if (requests)
        cr_expect_eq(loopback_requests(loopback), requests);
    aws_client_free(client);
    loopback_stop(loopback);
    return end;
}

#define ID(id) "{\"tenantId\":{\"S\":\"" id "\"}}"

Test(residents, whoever_is_on_any_page_of_any_part_is_told_by_id)
{
    g_autofree char *first = answer("{\"Items\":[" ID("b") "],\"LastEvaluatedKey\":{\"tenantId\":"
                                                           "{\"S\":\"b\"}}}"),
                    *none = answer("{\"Items\":[]}"),
                    *more = answer("{\"Items\":[" ID("c") "," ID("a") "]}");
    const char *const script[] = {first, none, none, none, more, NULL};
    struct end end = against(script, SEGMENTS + 1);
    cr_expect_null(end.error);
    cr_expect_str_eq(end.ids, "a b c");
    end_clear(&end);
}

Test(residents, a_part_that_can_not_be_read_makes_the_whole_unknown)
{
    g_autofree char *some = answer("{\"Items\":[" ID("a") "]}"), *strange = answer("{\"Count\":7}"),
                    *nameless = answer("{\"Items\":[{\"tenantId\":{\"N\":\"7\"}}]}");
    const char *const thirds[] = {broken, strange, nameless};
    for (size_t i = 0; i < G_N_ELEMENTS(thirds); i++) {
        const char *const script[] = {some, some, thirds[i], thirds[i], NULL};
        struct end end = against(script, 0);
        cr_expect_eq(end.ended, 1);
        cr_expect_null(end.ids);
        cr_expect(strstr(end.error->message, "DynamoDB Scan"), "%s", end.error->message);
        end_clear(&end);
    }
}

Test(residents, a_question_that_is_given_up_calls_nobody)
{
    OWN(config) config = small_fleet(NULL);
    const char *const script[] = {HANG, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct end end = {0};
    struct residents_call *call = residents_read(client, config, "cell-1", 0, took, &end);
    loopback_wait(&loopback, SEGMENTS);
    residents_cancel(call);
    aws_client_free(client);
    loopback_stop(&loopback);
    cr_expect_eq(end.ended, 0);
}
