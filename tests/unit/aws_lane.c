/* Who waits for whom. */
#include "tests/unit/loopback.h"

#include "data/base/when.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(aws_lane, .timeout = 30);

Test(aws_lane, no_more_than_sixteen_calls_to_a_service_are_under_way)
{
    struct loopback loopback;
    const char *const script[] = {HANG, NULL};
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome outcomes[20] = {0};
    struct aws_call *calls[20];
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
        calls[i] = ask(client, AWS_CALL_READ, 0, &outcomes[i]);
    while (loopback_requests(&loopback) < LANE_WIDTH)
        g_main_context_iteration(NULL, TRUE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    cr_expect_eq(aws_client_counters(client)->requests[AWS_DYNAMODB], LANE_WIDTH);
    for (size_t i = 0; i < 4; i++)
        aws_call_cancel(calls[i]);
    while (loopback_requests(&loopback) < G_N_ELEMENTS(calls))
        g_main_context_iteration(NULL, TRUE);
    aws_client_free(client);
    loopback_stop(&loopback);
}

Test(aws_lane, a_region_that_does_not_answer_holds_up_no_other)
{
    struct loopback loopback;
    const char *script[LANE_WIDTH + 2] = {0};
    for (size_t i = 0; i < LANE_WIDTH; i++)
        script[i] = HANG;
    script[LANE_WIDTH] = good;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome dead[3 * LANE_WIDTH] = {0}, alive = {0};
    for (size_t i = 0; i < G_N_ELEMENTS(dead); i++)
        ask_in(client, "us-east-1", AWS_CALL_READ, 0, &dead[i]);
    loopback_wait(&loopback, LANE_WIDTH);
    ask_in(client, "eu-west-1", AWS_CALL_READ, 0, &alive);
    run_until_ended(&alive);
    expect_reply(&alive);
    cr_expect_eq(loopback_requests(&loopback), LANE_WIDTH + 1);
    outcome_clear(&alive);
    aws_client_free(client);
    loopback_stop(&loopback);
}

Test(aws_lane, a_call_that_waited_in_vain_says_so)
{
    struct loopback loopback;
    const char *const script[] = {HANG, NULL};
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct outcome first[LANE_WIDTH] = {0}, last = {0};
    for (size_t i = 0; i < LANE_WIDTH; i++)
        ask(client, AWS_CALL_READ, 0, &first[i]);
    loopback_wait(&loopback, LANE_WIDTH);
    ask(client, AWS_CALL_WRITE, 100, &last);
    run_until_ended(&last);
    expect_error(&last, AWS_ERROR_THROTTLED,
                 "not sent within 0.1 s: 16 calls before it are still unanswered");
    cr_expect_not(aws_error_is_unsure(last.error), "it was never sent");
    outcome_clear(&last);
    aws_client_free(client);
    loopback_stop(&loopback);
}
