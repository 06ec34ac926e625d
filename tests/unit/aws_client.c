/* One call: what goes over the wire, what comes back, and how it is given up. */
#include "tests/unit/loopback.h"

#include "data/base/when.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

TestSuite(aws_client, .timeout = 30);

Test(aws_client, a_request_is_signed_and_carries_the_session_token)
{
    struct loopback loopback;
    const char *const script[] = {good, NULL};
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome outcome = {0};
    ask(client, AWS_CALL_READ, 0, &outcome);
    run_until_ended(&outcome);
    expect_reply(&outcome);
    const char *request = loopback.requests->pdata[0];
    const char *const parts[] = {
        "POST / HTTP/1.1\r\n",
        "\r\nX-Amz-Security-Token: tOkEn\r\n",
        "\r\nX-Amz-Target: DynamoDB_20120810.Scan\r\n",
        "\r\nContent-Type: application/x-amz-json-1.0\r\n",
        "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDTEST/",
        "/us-east-1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
        "x-amz-security-token;x-amz-target, ",
        "\r\n\r\n{\"TableName\":\"t\"}"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        cr_expect(strstr(request, parts[i]) != NULL, "%s not in\n%s", parts[i], request);
    aws_client_free(client);
    loopback_stop(&loopback);
    outcome_clear(&outcome);
}

Test(aws_client, a_configured_base_path_is_asked_as_it_is)
{
    static const char *const lines[][2] = {{"", "POST / HTTP"},
                                           {"/", "POST / HTTP"},
                                           {"/aws", "POST /aws HTTP"},
                                           {"/aws/", "POST /aws/ HTTP"}};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        struct loopback loopback;
        const char *const script[] = {good, NULL};
        loopback_start(&loopback, script);
        g_autofree char *url = g_strconcat(loopback.url, lines[i][0], NULL);
        g_setenv("AWS_ENDPOINT_URL", url, TRUE);
        struct aws_client *client = quick_client();
        struct outcome outcome = {0};
        ask(client, AWS_CALL_READ, 0, &outcome);
        run_until_ended(&outcome);
        expect_reply(&outcome);
        cr_expect(g_str_has_prefix(loopback.requests->pdata[0], lines[i][1]), "%s",
                  (char *)loopback.requests->pdata[0]);
        aws_client_free(client);
        loopback_stop(&loopback);
        outcome_clear(&outcome);
    }
}

Test(aws_client, garbage_is_an_answer_that_cant_be_read)
{
    const char *const script[] = {ANSWER("200 OK", "x-amzn-RequestId: REQ7\r\n", "7", "garbage"),
                                  NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 1);
    expect_error(
        &outcome, AWS_ERROR_ANSWER,
        "DynamoDB Scan in us-east-1: the answer is no JSON object (7 bytes) (request REQ7); "
        "if that goes on, check what AWS_ENDPOINT_URL");
    outcome_clear(&outcome);
}

Test(aws_client, awss_words_never_bring_a_secret_into_an_error)
{
    const char *const script[] = {
        ANSWER("400 Bad", "", "61",
               "{\"__type\":\"ValidationException\",\"message\":\"tOkEn sEcReT end\"}"),
        NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 1);
    expect_error(&outcome, AWS_ERROR_REQUEST, "[redacted] [redacted] end");
    outcome_clear(&outcome);
}

Test(aws_client, a_secret_in_awss_words_is_not_left_over_by_half_where_they_are_cut_short)
{
    for (int before = 380; before < 400; before += 3) {
        g_autofree char *much = g_strnfill((gsize)before, 'x');
        g_autofree char *body = g_strdup_printf(
            "{\"__type\":\"ValidationException\",\"message\":\"%stOkEnsEcReT\"}", much);
        g_autofree char *answer =
            g_strdup_printf(ANSWER("400 Bad", "", "%zu", "%s"), strlen(body), body);
        const char *const script[] = {answer, NULL};
        struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 1);
        expect_error(&outcome, AWS_ERROR_REQUEST, "xxx");
        cr_expect(strstr(outcome.error->message, "xt") == NULL, "%s", outcome.error->message);
        outcome_clear(&outcome);
    }
}

Test(aws_client, an_error_says_what_to_do)
{
    static const struct {
        const char *answer;
        enum aws_error kind;
        const char *advice;
    } told[] = {
        {ANSWER("400 Bad", "", "38", "{\"__type\":\"ResourceNotFoundException\"}"),
         AWS_ERROR_NOT_FOUND, "; check its name in celldeck.yaml, and that it is in this region"},
        {ANSWER("500 Oh", "", "2", "{}"), AWS_ERROR_SERVICE, "; AWS has trouble there"},
        {ANSWER("400 Bad", "", "34", "{\"__type\":\"AccessDeniedException\"}"), AWS_ERROR_DENIED,
         "; the permission it takes is dynamodb:Scan"},
        {ANSWER("400 Bad", "", "34", "{\"__type\":\"ExpiredTokenException\"}"),
         AWS_ERROR_CREDENTIALS, "; get fresh credentials (these came from: environment)"},
        {ANSWER("400 Bad", "", "40", "{\"__type\":\"UnrecognizedClientException\"}"),
         AWS_ERROR_CREDENTIALS, ", or enable the region for the account"},
        {RESET, AWS_ERROR_NETWORK, "; check network, HTTPS_PROXY and AWS_CA_BUNDLE"},
        {HANG, AWS_ERROR_TIMEOUT, "; check network and HTTPS_PROXY, and whether AWS has trouble"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        const char *const script[] = {told[i].answer, NULL};
        gint64 deadline_ms = told[i].kind == AWS_ERROR_TIMEOUT ? 300 : 0;
        struct outcome outcome = one_call(script, AWS_CALL_WRITE, deadline_ms, 1);
        expect_error(&outcome, told[i].kind, told[i].advice);
        outcome_clear(&outcome);
    }
}

Test(aws_client, a_cancelled_call_never_calls_back)
{
    struct loopback loopback;
    const char *const script[] = {HANG, NULL};
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome first = {0}, second = {0};
    aws_call_cancel(ask(client, AWS_CALL_READ, 0, &first));
    struct aws_call *call = ask(client, AWS_CALL_READ, 0, &second);
    while (loopback_requests(&loopback) < 1)
        g_main_context_iteration(NULL, TRUE);
    aws_call_cancel(call);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    cr_expect_eq(first.ended + second.ended, 0);
    cr_expect_eq(client->calls.length, 0);
    aws_client_free(client);
    loopback_stop(&loopback);
}

Test(aws_client, a_client_may_be_freed_with_calls_under_way_and_from_a_callback)
{
    struct loopback loopback;
    const char *const script[] = {good, HANG, NULL};
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome first = {.free_client = client}, second = {0};
    first.cancel_call = ask(client, AWS_CALL_READ, 0, &first);
    run_until_ended(&first);
    expect_reply(&first);
    client = quick_client();
    ask(client, AWS_CALL_READ, 0, &second);
    while (loopback_requests(&loopback) < 2)
        g_main_context_iteration(NULL, TRUE);
    aws_client_free(client);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    cr_expect_eq(second.ended, 0);
    loopback_stop(&loopback);
    outcome_clear(&first);
}

static void took_page(int status, const char *body, const GError *error, gpointer data)
{
    struct outcome *outcome = data;
    outcome->ended++;
    outcome->error = error ? g_error_copy(error) : NULL;
    outcome->reply = json_pack("{s:i,s:s*}", "status", status, "body", body);
}

Test(aws_client, a_plain_get_has_any_status_unsigned_and_not_retried)
{
    struct loopback loopback;
    const char *const script[] = {broken, NULL};
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome outcome = {0};
    g_autofree char *url = g_strconcat(loopback.url, "/healthcheck", NULL);
    aws_http_get(client, url, 0, took_page, &outcome);
    run_until_ended(&outcome);
    cr_expect_eq(json_integer_value(json_object_get(outcome.reply, "status")), 500);
    cr_expect_eq(loopback_requests(&loopback), 1);
    cr_expect(strstr(loopback.requests->pdata[0], "Authorization") == NULL);
    aws_client_free(client);
    loopback_stop(&loopback);
    outcome_clear(&outcome);
}

Test(aws_client, an_action_that_the_table_of_actions_does_not_have_is_not_sent)
{
    const char *const script[] = {good, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome outcome = {0};
    const struct aws_target dynamodb = {.service = AWS_DYNAMODB};
    aws_json(client, &dynamodb, "DeleteTable", json_object(), 0, 0, outcome_took, &outcome);
    run_until_ended(&outcome);
    cr_assert_not_null(outcome.error);
    cr_expect(strstr(outcome.error->message, "DynamoDB DeleteTable in us-east-1: not sent") !=
              NULL);
    cr_expect_eq(loopback_requests(&loopback), 0);
    aws_client_free(client);
    loopback_stop(&loopback);
    outcome_clear(&outcome);
}

/* STS's answer that lends a role: keys `id` for an hour. */
static char *lent(const char *id)
{
    g_autofree char *expires = when_rfc3339(when_now_ms() + WHEN_HOUR);
    g_autofree char *xml = g_strdup_printf(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s</AccessKeyId>"
        "<SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken><Expiration>%s"
        "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        id, expires);
    return g_strdup_printf(ANSWER("200 OK", "", "%zu", "%s"), strlen(xml), xml);
}

Test(aws_client, a_cells_role_is_assumed_once_and_its_keys_sign_its_calls)
{
    g_autofree char *sts = lent("AKIDROLE");
    const char *const script[] = {sts, good, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct aws_target target = {.service = AWS_DYNAMODB,
                                .role_arn = "arn:aws:iam::123456789012:role/cell"};
    struct outcome outcomes[2] = {0};
    for (size_t i = 0; i < 2; i++)
        aws_json(client, &target, "Scan", json_object(), 0, 0, outcome_took, &outcomes[i]);
    for (size_t i = 0; i < 2; i++) {
        run_until_ended(&outcomes[i]);
        expect_reply(&outcomes[i]);
    }
    cr_expect_eq(loopback_requests(&loopback), 3);
    cr_expect(strstr(loopback.requests->pdata[0], "Credential=AKIDTEST/") != NULL);
    cr_expect(strstr(loopback.requests->pdata[0],
                     "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcell") != NULL);
    cr_expect(strstr(loopback.requests->pdata[1], "Credential=AKIDROLE/") != NULL);
    cr_expect(strstr(loopback.requests->pdata[2], "Credential=AKIDROLE/") != NULL);
    aws_client_free(client);
    loopback_stop(&loopback);
    outcome_clear(&outcomes[0]);
    outcome_clear(&outcomes[1]);
}

Test(aws_client, keys_that_are_over_by_awss_clock_are_had_anew_once_even_for_a_write)
{
    g_autofree char *first = lent("AKIDONE"), *second = lent("AKIDTWO");
    static const char over[] =
        ANSWER("400 Bad", "", "34", "{\"__type\":\"ExpiredTokenException\"}");
    const char *const scripts[][6] = {{first, over, second, good, NULL},
                                      {first, over, second, over, good, NULL},
                                      {first, over, first, good, NULL}};
    static const guint requests[] = {4, 4, 3};
    for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
        struct loopback loopback;
        loopback_start(&loopback, scripts[i]);
        struct aws_client *client = quick_client();
        struct aws_target target = {.service = AWS_DYNAMODB,
                                    .role_arn = "arn:aws:iam::123456789012:role/cell"};
        struct outcome outcome = {0};
        aws_json(client, &target, "Scan", json_object(), AWS_CALL_WRITE, 0, outcome_took, &outcome);
        run_until_ended(&outcome);
        cr_expect_eq(loopback_requests(&loopback), requests[i], "%zu: %u requests, %s", i,
                     loopback_requests(&loopback), outcome.error ? outcome.error->message : "");
        if (i == 0)
            expect_reply(&outcome);
        else
            expect_error(&outcome, AWS_ERROR_CREDENTIALS, "; get fresh credentials");
        if (i == 0)
            cr_expect(strstr(loopback.requests->pdata[3], "Credential=AKIDTWO/") != NULL);
        aws_client_free(client);
        loopback_stop(&loopback);
        outcome_clear(&outcome);
    }
}

/* The connection of this process to the loopback server; -1: there is none. */
static int connection_to(const struct loopback *loopback)
{
    int port = atoi(strrchr(loopback->url, ':') + 1);
    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_in peer = {0};
        socklen_t size = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == port)
            return fd;
    }
    return -1;
}

Test(aws_client, a_connection_that_a_firewall_has_forgotten_is_given_up_by_the_kernel)
{
    static const char kept[] = KEPT_ANSWER("200 OK", "", "11", "{\"Count\":7}");
    const char *const script[] = {kept, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome outcome = {0};
    ask(client, AWS_CALL_READ, 0, &outcome);
    run_until_ended(&outcome);
    unsigned patience_ms = 0;
    socklen_t size = sizeof patience_ms;
    cr_assert_eq(
        getsockopt(connection_to(&loopback), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, &size),
        0);
    cr_expect_eq(patience_ms, 10000);
    outcome_clear(&outcome);
    aws_client_free(client);
    loopback_stop(&loopback);
}

Test(aws_client, a_connection_is_used_again_but_never_for_a_write)
{
    static const char kept[] = KEPT_ANSWER("200 OK", "", "11", "{\"Count\":7}");
    const char *const script[] = {kept, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    for (int i = 0; i < 4; i++) {
        struct outcome outcome = {0};
        ask(client, i < 3 ? AWS_CALL_READ : AWS_CALL_WRITE, 0, &outcome);
        run_until_ended(&outcome);
        expect_reply(&outcome);
        outcome_clear(&outcome);
    }
    cr_expect_eq(loopback_requests(&loopback), 4);
    cr_expect_eq(g_atomic_int_get(&loopback.connections), 2);
    aws_client_free(client);
    loopback_stop(&loopback);
}
