/* One tenant's item: what a change is conditional on, and what its answers mean. */
#include "data/registry_write.h"
#include "tests/unit/loopback.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(registry_write, .timeout = 30);

#define ITEM(cell, status, updated)                                                                \
    "{\"tenantId\":{\"S\":\"t1\"},\"cellId\":{\"S\":\"" cell "\"},\"region\":{\"S\":\"us-east-1\"" \
    "},\"status\":{\"S\":\"" status "\"},\"updatedAt\":" updated "}"
#define SEEN "{\"S\":\"2026-01-02T03:04:05Z\"}"

static const struct tenant_change change = {
    .cell = "cell-2", .status = "ACTIVE", .updated_at = "2026-11-24T01:15:59.250Z"};
static const struct tenant_condition condition = {
    .cell = "cell-1", .status = "MIGRATING", .updated_at = "2026-01-02T03:04:05Z"};

static char *text_of(const json_t *json)
{
    char *dump = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    char *text = g_strdup(dump);
    free(dump);
    return text;
}

Test(registry_write, a_change_sets_what_it_names_where_cell_status_and_moment_are_as_read)
{
    OWN(config) config = small_fleet(NULL);
    OWN_JSON body = tenant_change_request(config, "t1", &change, &condition);
    g_autofree char *text = text_of(body);
    cr_expect_str_eq(
        text, "{\"ConditionExpression\":\"#cellId = :cellId AND #status = :status AND #updatedAt = "
              ":updatedAt\","
              "\"ExpressionAttributeNames\":{\"#cellId\":\"cellId\",\"#status\":\"status\","
              "\"#updatedAt\":\"updatedAt\"},"
              "\"ExpressionAttributeValues\":{\":cellId\":{\"S\":\"cell-1\"},"
              "\":newcellId\":{\"S\":\"cell-2\"},\":newstatus\":{\"S\":\"ACTIVE\"},"
              "\":newupdatedAt\":{\"S\":\"2026-11-24T01:15:59.250Z\"},"
              "\":status\":{\"S\":\"MIGRATING\"},\":updatedAt\":{\"S\":\"2026-01-02T03:04:05Z\"}},"
              "\"Key\":{\"tenantId\":{\"S\":\"t1\"}},\"ReturnValues\":\"ALL_NEW\","
              "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\",\"TableName\":\"cell-registry\","
              "\"UpdateExpression\":\"SET #cellId = :newcellId, #status = :newstatus, #updatedAt = "
              ":newupdatedAt\"}");
}

Test(registry_write, a_missing_moment_must_be_missing_still_and_digits_may_be_a_number)
{
    static const struct {
        const char *updated_at, *condition;
    } cases[] = {
        {NULL, "attribute_not_exists(#updatedAt)"},
        {"1732406400", "(#updatedAt = :updatedAt OR #updatedAt = :updatedNumber)"},
        {"yesterday", "#updatedAt = :updatedAt"},
        {"e", "#updatedAt = :updatedAt"},
    };
    OWN(config) config = small_fleet(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct tenant_condition only = condition;
        only.updated_at = cases[i].updated_at;
        OWN_JSON body = tenant_change_request(config, "t1", &change, &only);
        const char *text = json_string_value(json_object_get(body, "ConditionExpression"));
        g_autofree char *expected =
            g_strconcat("#cellId = :cellId AND #status = :status AND ", cases[i].condition, NULL);
        cr_expect_str_eq(text, expected);
    }
}

Test(registry_write, a_condition_holds_of_an_item_as_dynamodb_would_have_it)
{
    static const struct {
        const char *item, *updated_at;
        bool holds;
    } cases[] = {
        {ITEM("cell-1", "MIGRATING", SEEN), "2026-01-02T03:04:05Z", true},
        {ITEM("cell-2", "MIGRATING", SEEN), "2026-01-02T03:04:05Z", false},
        {ITEM("cell-1", "ACTIVE", SEEN), "2026-01-02T03:04:05Z", false},
        {ITEM("cell-1", "MIGRATING", SEEN), "2026-01-02T03:04:05.000Z", false},
        {ITEM("cell-1", "MIGRATING", SEEN), NULL, false},
        {ITEM("cell-1", "MIGRATING", "{\"N\":\"7\"}"), "7", true},
        {"{\"cellId\":{\"S\":\"cell-1\"},\"status\":{\"S\":\"MIGRATING\"}}", NULL, true},
        {"{\"cellId\":{\"S\":\"cell-1\"},\"status\":{\"S\":\"MIGRATING\"}}", "7", false},
        {"{}", NULL, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN_JSON raw = json_loads(cases[i].item, 0, NULL);
        OWN(tenant_item) item = tenant_item_of(raw);
        struct tenant_condition only = condition;
        only.updated_at = cases[i].updated_at;
        cr_expect_eq(tenant_condition_holds(&only, item), cases[i].holds, "%zu", i);
    }
}

struct end {
    int ended;
    char *state; /* "cell-1 ACTIVE 2026-...", "gone", NULL: not known */
    GError *error;
    struct tenant_call *call; /* cancelled from within the callback */
};

static void end_clear(struct end *end)
{
    g_free(end->state);
    g_clear_error(&end->error);
    *end = (struct end){0};
}

static void took(const struct tenant_item *item, const GError *error, gpointer data)
{
    struct end *end = data;
    end->ended++;
    if (item)
        end->state = item->raw
                         ? g_strdup_printf("%s %s %s", item->cell, item->status, item->updated_at)
                         : g_strdup("gone");
    end->error = error ? g_error_copy(error) : NULL;
    tenant_call_cancel(end->call);
}

static char *answer_of(const char *status, const char *body)
{
    return g_strdup_printf("HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
                           status, strlen(body), body);
}

/* The change (or a look, where `reads`) against one or two answers. */
static struct end against(bool reads, const char *first, const char *second, guint requests)
{
    OWN(config) config = small_fleet(NULL);
    const char *const script[] = {first, second, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct end end = {0};
    end.call = reads ? tenant_item_get(client, config, "t1", 0, took, &end)
                     : tenant_item_update(client, config, "t1", &change, &condition, 0, took, &end);
    while (!end.ended)
        g_main_context_iteration(NULL, TRUE);
    cr_expect_eq(loopback_requests(&loopback), requests, "%u requests",
                 loopback_requests(&loopback));
    aws_client_free(client);
    loopback_stop(&loopback);
    return end;
}

Test(registry_write, a_look_tells_the_item_or_that_there_is_none)
{
    g_autofree char *there = answer_of("200 OK", "{\"Item\":" ITEM("cell-1", "ACTIVE", SEEN) "}"),
                    *none = answer_of("200 OK", "{}");
    struct end end = against(true, there, NULL, 1);
    cr_expect_str_eq(end.state, "cell-1 ACTIVE 2026-01-02T03:04:05Z");
    cr_expect_null(end.error);
    end_clear(&end);
    end = against(true, none, NULL, 1);
    cr_expect_str_eq(end.state, "gone");
    cr_expect_null(end.error);
    end_clear(&end);
}

Test(registry_write, a_change_that_was_made_tells_the_item_as_it_is_now)
{
    g_autofree char *done =
        answer_of("200 OK", "{\"Attributes\":" ITEM("cell-2", "ACTIVE", "{\"S\":\"new\"}") "}");
    struct end end = against(false, done, NULL, 1);
    cr_expect_null(end.error);
    cr_expect_str_eq(end.state, "cell-2 ACTIVE new");
    end_clear(&end);
}

#define CONDITION "{\"__type\":\"x#ConditionalCheckFailedException\",\"message\":\"no\""

Test(registry_write, a_change_of_what_is_another_by_now_tells_what_stands_there)
{
    g_autofree char *told =
        answer_of("400 Bad", CONDITION ",\"Item\":" ITEM("cell-3", "DOWN", SEEN) "}");
    struct end end = against(false, told, NULL, 1);
    cr_assert(g_error_matches(end.error, AWS_ERROR, AWS_ERROR_CONDITION));
    cr_expect_str_eq(end.state, "cell-3 DOWN 2026-01-02T03:04:05Z");
    cr_expect(strstr(end.error->message,
                     "nothing was changed: tenant t1 is no longer as it was read (cell-1, "
                     "MIGRATING, updated 2026-01-02T03:04:05Z) but cell-3, DOWN, updated "
                     "2026-01-02T03:04:05Z"),
              "%s", end.error->message);
    end_clear(&end);
}

/* Older stand-ins for DynamoDB do not tell it with the refusal, and nobody can of an item that is
 * not there. */
Test(registry_write, what_a_refusal_does_not_tell_is_looked_at)
{
    g_autofree char *refused = answer_of("400 Bad", CONDITION "}"),
                    *there = answer_of("200 OK", "{\"Item\":" ITEM("cell-3", "DOWN", SEEN) "}"),
                    *none = answer_of("200 OK", "{}"),
                    *denied = answer_of("400 Bad", "{\"__type\":\"AccessDeniedException\"}");
    struct end end = against(false, refused, there, 2);
    cr_expect_str_eq(end.state, "cell-3 DOWN 2026-01-02T03:04:05Z");
    cr_expect(g_error_matches(end.error, AWS_ERROR, AWS_ERROR_CONDITION));
    end_clear(&end);
    end = against(false, refused, none, 2);
    cr_expect_str_eq(end.state, "gone");
    cr_expect(strstr(end.error->message, "but gone from the registry"), "%s", end.error->message);
    end_clear(&end);
    end = against(false, refused, denied, 2);
    cr_expect_null(end.state);
    cr_expect(g_error_matches(end.error, AWS_ERROR, AWS_ERROR_CONDITION));
    cr_expect(strstr(end.error->message, "but not known"), "%s", end.error->message);
    end_clear(&end);
}

Test(registry_write, a_change_whose_answer_is_lost_is_unsure_and_not_sent_again)
{
    g_autofree char *cut = answer_of("200 OK", "{}");
    const char *const answers[] = {RESET, broken, cut};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        struct end end = against(false, answers[i], NULL, 1);
        cr_expect(aws_error_is_unsure(end.error), "%zu", i);
        cr_expect_null(end.state);
        end_clear(&end);
    }
}

Test(registry_write, a_change_that_was_refused_for_its_rate_is_sent_again)
{
    g_autofree char *done =
        answer_of("200 OK", "{\"Attributes\":" ITEM("cell-2", "ACTIVE", SEEN) "}");
    struct end end = against(false, throttled, done, 2);
    cr_expect_null(end.error);
    end_clear(&end);
}

Test(registry_write, a_change_that_is_given_up_calls_nobody)
{
    OWN(config) config = small_fleet(NULL);
    const char *const script[] = {HANG, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct end end = {0};
    struct tenant_call *call =
        tenant_item_update(client, config, "t1", &change, &condition, 0, took, &end);
    loopback_wait(&loopback, 1);
    tenant_call_cancel(call);
    aws_client_free(client);
    loopback_stop(&loopback);
    cr_expect_eq(end.ended, 0);
}
