/* Credentials and how long a failover may take: a warning, with nothing guessed. */
#include "rollout/failover_keys.h"

#include "data/base/when.h"
#include "tests/unit/placement_stage.h"

#include <criterion/criterion.h>

#define NOW (1795000000 * G_GINT64_CONSTANT(1000))

static char *said(gint64 lasts_until_ms, gint64 length_ms)
{
    const struct aws_tenure keys = {.origin = "profile ops", .lasts_until_ms = lasts_until_ms};
    return failover_outlasts_keys(&keys, length_ms, NOW);
}

Test(failover_keys, that_last_for_it_and_for_whoever_is_told_of_their_end_are_nothing_to_speak_of)
{
    cr_expect_null(said(NOW + 31 * WHEN_MINUTE, 5 * WHEN_MINUTE));
    g_autofree char *soon = said(NOW + 29 * WHEN_MINUTE, 5 * WHEN_MINUTE);
    cr_assert(soon);
    cr_expect(strstr(soon, "end in 29m, and it may take 5m") && strstr(soon, "profile ops"), "%s",
              soon);
    cr_expect_null(said(NOW + 2 * WHEN_HOUR, WHEN_HOUR));
    g_autofree char *late = said(NOW + 50 * WHEN_MINUTE, WHEN_HOUR);
    cr_expect(late && strstr(late, "end in 50m, and it may take 60m"), "%s", late);
}

Test(failover_keys, that_renew_themselves_or_were_never_used_are_nothing_to_speak_of)
{
    const struct aws_tenure unused = {0};
    cr_expect_null(said(0, WHEN_HOUR));
    cr_expect_null(failover_outlasts_keys(&unused, WHEN_HOUR, NOW));
}

Test(failover_keys, whose_end_nobody_knows_are_said_to_be_that)
{
    g_autofree char *unknown = said(G_MININT64, WHEN_MINUTE);
    cr_expect(unknown && strstr(unknown, "may end before") && strstr(unknown, "nobody knows"), "%s",
              unknown);
}

Test(failover_keys, a_length_is_the_teams_target_with_what_commands_and_questions_take,
     .fini = placing_clear)
{
    placing_fleet(CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 1000, "")
                      CELL_LINE("cell-1-dr", "dr", "us-west-2", "US", 1000, REPLICA("cell-1")),
                  "failover: {rto: 5m, fence: {command: [f], timeout: 2m}, promote: {command: [p], "
                  "timeout: 3m}}\nmove: {command: [m], timeout: 7m}\n");
    for (int i = 0; i < 20; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        lives(.id = id, .cell = "cell-1", .current_users = 1);
    }
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    const struct config *config = placing_config();
    cr_expect_eq(failover_length_ms(config, plan, FAILOVER_FAILOVER),
                 10 * WHEN_MINUTE + 2 * WHEN_SECOND);
    cr_expect_eq(failover_length_ms(config, plan, FAILOVER_MOVE),
                 12 * WHEN_MINUTE + 2 * WHEN_SECOND);
    cr_expect_eq(failover_length_ms(config, plan, FAILOVER_DRILL),
                 5 * WHEN_MINUTE + 2 * WHEN_SECOND);
}
