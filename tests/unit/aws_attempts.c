/* When a call is tried again, how long it is patient, and what it says then. */
#include "tests/unit/loopback.h"

#include "data/base/when.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(aws_attempts, .timeout = 30);

Test(aws_attempts, a_read_is_tried_again_after_a_500_a_reset_and_half_an_answer)
{
    const char *const after_500[] = {broken, broken, good, NULL};
    struct outcome outcome = one_call(after_500, AWS_CALL_READ, 0, 3);
    expect_reply(&outcome);
    const char half[] = ANSWER("200 OK", "", "11", "{\"Cou");
    const char *const after_half[] = {RESET, half, good, NULL};
    outcome_clear(&outcome);
    outcome = one_call(after_half, AWS_CALL_READ, 0, 3);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

Test(aws_attempts, three_attempts_are_all_and_the_error_says_what_where_and_which)
{
    const char *const script[] = {throttled, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 3);
    expect_error(&outcome, AWS_ERROR_THROTTLED,
                 "DynamoDB Scan in us-east-1: ThrottlingException: Rate exceeded (request REQ1, "
                 "attempt 3)");
    cr_expect_not(aws_error_is_unsure(outcome.error));
    outcome_clear(&outcome);
}

Test(aws_attempts, a_write_is_sent_once_unless_it_was_throttled)
{
    const char *const fails[] = {broken, good, NULL};
    struct outcome outcome = one_call(fails, AWS_CALL_WRITE, 0, 1);
    expect_error(&outcome, AWS_ERROR_SERVICE, "HTTP 500");
    cr_expect(aws_error_is_unsure(outcome.error));
    const char *const resets[] = {RESET, good, NULL};
    outcome_clear(&outcome);
    outcome = one_call(resets, AWS_CALL_WRITE, 0, 1);
    expect_error(&outcome, AWS_ERROR_NETWORK, "DynamoDB Scan");
    cr_expect(aws_error_is_unsure(outcome.error));
    const char *const refuses[] = {throttled, good, NULL};
    outcome_clear(&outcome);
    outcome = one_call(refuses, AWS_CALL_WRITE, 0, 2);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

Test(aws_attempts, a_server_that_hangs_ends_with_the_deadline)
{
    const char *const script[] = {HANG, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_WRITE, 300, 1);
    expect_error(&outcome, AWS_ERROR_TIMEOUT, "DynamoDB Scan in us-east-1");
    cr_expect(aws_error_is_unsure(outcome.error));
    outcome_clear(&outcome);
}

Test(aws_attempts, a_read_on_a_dead_connection_has_time_left_for_another_one)
{
    const char *const script[] = {HANG, good, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 2000, 2);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

/* A refusal of the signature whose Date is ten minutes ahead of this machine. */
static char *skewed(void)
{
    g_autoptr(GDateTime) at =
        g_date_time_new_from_unix_utc((when_now_ms() + 10 * WHEN_MINUTE) / 1000);
    g_autofree char *date = g_date_time_format(at, "%a, %d %b %Y %H:%M:%S GMT");
    return g_strdup_printf(
        ANSWER("403 Forbidden", "Date: %s\r\n", "38", "{\"__type\":\"InvalidSignatureException\"}"),
        date);
}

Test(aws_attempts, a_wrong_clock_is_corrected_by_awss_and_asked_once_more)
{
    g_autofree char *refusal = skewed();
    const char *const script[] = {refusal, good, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_WRITE, 0, 2);
    expect_reply(&outcome);
    outcome_clear(&outcome);
}

Test(aws_attempts, a_clock_that_stays_wrong_is_called_clock_skew)
{
    g_autofree char *refusal = skewed();
    const char *const script[] = {refusal, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 0, 2);
    expect_error(&outcome, AWS_ERROR_CREDENTIALS, "clock skew: this machine's clock is ");
    expect_error(&outcome, AWS_ERROR_CREDENTIALS, "behind AWS's");
    outcome_clear(&outcome);
}

Test(aws_attempts, a_call_past_its_deadline_says_how_long_and_what_each_attempt_came_to)
{
    const char *const script[] = {throttled, HANG, NULL};
    struct outcome outcome = one_call(script, AWS_CALL_READ, 2000, 3);
    expect_error(&outcome, AWS_ERROR_TIMEOUT,
                 "DynamoDB Scan in us-east-1: no answer within 2 s (attempt 1: "
                 "ThrottlingException; attempt 2: Operation timed out after ");
    cr_expect(strstr(outcome.error->message, "; attempt 3: ") != NULL, "%s",
              outcome.error->message);
    outcome_clear(&outcome);
}

static struct outcome fail_in(struct aws_client *client, const char *region)
{
    struct outcome outcome = {0};
    ask_in(client, region, AWS_CALL_READ, 0, &outcome);
    run_until_ended(&outcome);
    return outcome;
}

Test(aws_attempts, a_region_whose_calls_fail_uses_up_its_own_retries_and_nobody_elses)
{
    const char *const script[] = {broken, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    /* A bucket holds 500 tokens, and a retry takes 5: enough for 50 calls of three attempts. */
    for (int i = 0; i < 50; i++) {
        struct outcome outcome = fail_in(client, "us-east-1");
        outcome_clear(&outcome);
    }
    cr_expect_eq(loopback_requests(&loopback), 150);
    struct outcome outcome = fail_in(client, "us-east-1");
    expect_error(&outcome, AWS_ERROR_SERVICE, "; not tried again, too many calls there");
    cr_expect_eq(loopback_requests(&loopback), 151);
    outcome_clear(&outcome);
    outcome = fail_in(client, "eu-west-1");
    expect_error(&outcome, AWS_ERROR_SERVICE, "in eu-west-1: HTTP 500 (attempt 3)");
    cr_expect_eq(loopback_requests(&loopback), 154);
    outcome_clear(&outcome);
    aws_client_free(client);
    loopback_stop(&loopback);
}

Test(aws_attempts, the_skew_of_the_clock_can_be_asked_for_once_somebody_has_answered)
{
    g_autofree char *refusal = skewed();
    const char *const script[] = {refusal, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    cr_expect_eq(aws_client_skew_ms(client), G_MININT64);
    struct outcome outcome = fail_in(client, "us-east-1");
    gint64 off_ms = aws_client_skew_ms(client) - 10 * WHEN_MINUTE;
    cr_expect(ABS(off_ms) < WHEN_MINUTE, "%" G_GINT64_FORMAT " ms off", off_ms);
    outcome_clear(&outcome);
    aws_client_free(client);
    loopback_stop(&loopback);
}
