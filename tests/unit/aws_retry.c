#include "data/aws/answer.h"
#include "data/aws/retry.h"

#include <criterion/criterion.h>

static const struct retry_bucket full = {500};

Test(aws_retry, there_are_three_attempts_and_no_more)
{
    struct retry_bucket bucket = full;
    gint64 delay_ms = -1;
    cr_expect(retry_next(&bucket, RETRY_TRANSIENT, false, 1, 0.5, &delay_ms));
    cr_expect_eq(delay_ms, 500);
    cr_expect(retry_next(&bucket, RETRY_TRANSIENT, false, 2, 0.5, &delay_ms));
    cr_expect_eq(delay_ms, 1000);
    cr_expect_not(retry_next(&bucket, RETRY_TRANSIENT, false, 3, 0.5, &delay_ms));
    cr_expect_eq(bucket.tokens, 490);
}

Test(aws_retry, what_will_not_get_better_is_not_tried_again)
{
    struct retry_bucket bucket = full;
    gint64 delay_ms;
    cr_expect_not(retry_next(&bucket, RETRY_NOT, false, 1, 0, &delay_ms));
    cr_expect_eq(bucket.tokens, 500);
}

Test(aws_retry, a_write_is_sent_again_only_where_it_was_refused_before_anything_was_done)
{
    struct retry_bucket bucket = full;
    gint64 delay_ms;
    cr_expect(retry_next(&bucket, RETRY_REFUSED, true, 1, 0, &delay_ms));
    cr_expect_not(retry_next(&bucket, RETRY_THROTTLED, true, 1, 0, &delay_ms));
    cr_expect_not(retry_next(&bucket, RETRY_TRANSIENT, true, 1, 0, &delay_ms));
    cr_expect_not(retry_next(&bucket, RETRY_TIMEOUT, true, 1, 0, &delay_ms));
}

Test(aws_retry, an_empty_bucket_ends_retries_and_successes_fill_it_again)
{
    struct retry_bucket bucket = {9};
    gint64 delay_ms;
    cr_expect_not(retry_next(&bucket, RETRY_TIMEOUT, false, 1, 0, &delay_ms));
    cr_expect(retry_next(&bucket, RETRY_TRANSIENT, false, 1, 0, &delay_ms));
    cr_expect_not(retry_next(&bucket, RETRY_TRANSIENT, false, 1, 0, &delay_ms));
    retry_succeeded(&bucket, RETRY_TRANSIENT);
    cr_expect_eq(bucket.tokens, 9);
    retry_succeeded(&bucket, RETRY_NOT);
    cr_expect_eq(bucket.tokens, 10);
    bucket.tokens = 500;
    retry_succeeded(&bucket, RETRY_TIMEOUT);
    cr_expect_eq(bucket.tokens, 500);
}

Test(aws_retry, codes_and_statuses_say_whether_trying_again_may_help)
{
    cr_expect_eq(retry_kind_of("ThrottlingException", 400), RETRY_REFUSED);
    cr_expect_eq(retry_kind_of("PriorRequestNotComplete", 400), RETRY_REFUSED);
    cr_expect_eq(retry_kind_of("TransactionInProgressException", 400), RETRY_THROTTLED);
    cr_expect_eq(retry_kind_of("RequestTimeout", 400), RETRY_TRANSIENT);
    cr_expect_eq(retry_kind_of("ValidationException", 400), RETRY_NOT);
    cr_expect_eq(retry_kind_of(NULL, 429), RETRY_REFUSED);
    cr_expect_eq(retry_kind_of(NULL, 503), RETRY_TRANSIENT);
    cr_expect_eq(retry_kind_of(NULL, 501), RETRY_NOT);
}

/* An answer of that status, body and one header ("name: value" or NULL). */
static struct fault *fault_of(int status, const char *body, const char *header)
{
    struct http_answer answer = {.status = status, .body = g_string_new(body)};
    answer.headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (header) {
        g_auto(GStrv) parts = g_strsplit(header, ": ", 2);
        g_hash_table_insert(answer.headers, g_strdup(parts[0]), g_strdup(parts[1]));
    }
    struct fault *fault = fault_read(&answer, NULL);
    g_string_free(answer.body, TRUE);
    g_hash_table_unref(answer.headers);
    return fault;
}

static void expect_fault(int status, const char *body, const char *header, const char *code,
                         enum aws_error kind)
{
    OWN(fault) fault = fault_of(status, body, header);
    cr_assert(fault != NULL);
    cr_expect_str_eq(fault->code, code);
    cr_expect_eq(fault->kind, kind, "%s: kind %d", code, (int)fault->kind);
}

Test(aws_answer, the_code_is_read_in_all_three_of_awss_forms)
{
    expect_fault(400, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\"}",
                 NULL, "ResourceNotFoundException", AWS_ERROR_NOT_FOUND);
    expect_fault(400, "{}", "x-amzn-query-error: Throttling;Sender", "Throttling",
                 AWS_ERROR_THROTTLED);
    expect_fault(403,
                 "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
                 "<Message>old</Message></Error><RequestId>r1</RequestId></ErrorResponse>",
                 NULL, "ExpiredToken", AWS_ERROR_CREDENTIALS);
}

Test(aws_answer, an_answer_without_a_code_is_judged_by_its_status)
{
    expect_fault(500, "oops", NULL, "HTTP 500", AWS_ERROR_SERVICE);
    expect_fault(403, "", NULL, "HTTP 403", AWS_ERROR_DENIED);
    expect_fault(404, "<html>", NULL, "HTTP 404", AWS_ERROR_NOT_FOUND);
    expect_fault(301, "", NULL, "HTTP 301", AWS_ERROR_REQUEST);
    expect_fault(429, "", NULL, "HTTP 429", AWS_ERROR_THROTTLED);
    cr_expect(fault_of(200, "not read", NULL) == NULL);
}

Test(aws_answer, a_cancelled_transaction_says_item_by_item_why)
{
#define CANCELLED(reasons)                                                                         \
    "{\"__type\":\"x#TransactionCanceledException\",\"CancellationReasons\":[" reasons "]}"
    const char *code = "TransactionCanceledException";
    expect_fault(400, CANCELLED("{\"Code\":\"None\"},{\"Code\":\"ConditionalCheckFailed\"}"), NULL,
                 code, AWS_ERROR_CONDITION);
    expect_fault(400, CANCELLED("{\"Code\":\"TransactionConflict\"}"), NULL, code,
                 AWS_ERROR_THROTTLED);
    expect_fault(400, CANCELLED("{\"Code\":\"ValidationError\"}"), NULL, code, AWS_ERROR_REQUEST);
}

Test(aws_answer, a_message_is_one_line_of_text_and_not_long)
{
    OWN(fault) fault = fault_of(400, "{\"message\":\"first\\nthe signed request\"}", NULL);
    cr_expect_str_eq(fault->message, "first");
    g_autofree char *flood = g_strnfill(5000, 'x');
    g_autofree char *body = g_strdup_printf("{\"message\":\"%s\"}", flood);
    OWN(fault) cut = fault_of(400, body, "date: Tue, 24 Nov 2026 01:00:00 GMT");
    cr_expect_leq(g_utf8_strlen(cut->message, -1), 401);
    cr_expect_eq(cut->date_ms, G_GINT64_CONSTANT(1795482000000));
}
