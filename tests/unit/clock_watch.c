/* A wall clock that jumps is no time that has passed. The jump is played by the moment that is
 * watched: one of the future was stamped by a clock that has been set right since. */
#include "rollout/clock_watch.h"
#include "data/base/when.h"

#include <criterion/criterion.h>

enum { SLACK_MS = 2000 }; /* between two looks at two clocks */

Test(clock_watch, while_the_clocks_agree_there_is_nothing_to_take_off)
{
    struct clock_watch clock = {0};
    gint64 began_ms = when_now_ms() - WHEN_HOUR;
    cr_expect_eq(clock_watch_credit(&clock, began_ms, false), 0);
    cr_expect_lt(ABS(clock_watch_credit(&clock, began_ms, false)), SLACK_MS);
}

Test(clock_watch, what_began_in_the_future_counts_as_begun_when_it_was_first_seen)
{
    struct clock_watch clock = {0};
    gint64 began_ms = when_now_ms() + WHEN_HOUR;
    gint64 credit_ms = clock_watch_credit(&clock, began_ms, false);
    cr_expect_lt(ABS(when_now_ms() - credit_ms - began_ms), SLACK_MS);
}

Test(clock_watch, what_begins_afresh_has_its_whole_time)
{
    struct clock_watch clock = {0};
    gint64 began_ms = when_now_ms() - WHEN_HOUR;
    gint64 credit_ms = clock_watch_credit(&clock, began_ms, true);
    cr_expect_lt(ABS(credit_ms - WHEN_HOUR), SLACK_MS);
    cr_expect_lt(ABS(clock_watch_credit(&clock, began_ms, true) - credit_ms), SLACK_MS);
}
