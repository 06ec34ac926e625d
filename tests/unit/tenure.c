/* How long credentials last (aws_client_tenure), and what is said of it when. */
#include "rollout/tenure.h"

#include "data/base/when.h"

#include <criterion/criterion.h>

#define NOW G_GINT64_CONSTANT(1795489200000) /* 2026-11-24T03:00:00Z */

static struct aws_tenure sso(gint64 left_ms)
{
    return (struct aws_tenure){"profile ops (SSO session corp)", NOW + WHEN_HOUR, NOW + left_ms};
}

Test(tenure, a_session_ends_soon_from_half_an_hour_before_its_end)
{
    struct aws_tenure far = sso(30 * WHEN_MINUTE), near = sso(30 * WHEN_MINUTE - 1), past = sso(0);
    cr_expect_eq(tenure_stage(&far, NOW), TENURE_FINE);
    cr_expect_eq(tenure_stage(&near, NOW), TENURE_ENDING);
    cr_expect_eq(tenure_stage(&past, NOW), TENURE_ENDED);
}

Test(tenure, keys_that_renew_themselves_never_end_soon_and_have_ended_only_where_that_failed)
{
    struct aws_tenure role = {"instance metadata, role bastion", NOW + WHEN_MINUTE, 0};
    cr_expect_eq(tenure_stage(&role, NOW), TENURE_FINE);
    cr_expect_eq(tenure_stage(&role, NOW + WHEN_MINUTE), TENURE_ENDED);
    cr_expect(tenure_lasts(&role, NOW + 365 * WHEN_DAY));
    struct aws_tenure keys = {"profile ops", 0, 0};
    cr_expect_eq(tenure_stage(&keys, NOW), TENURE_FINE);
}

Test(tenure, an_end_that_nobody_knows_is_never_long_enough_and_never_soon)
{
    struct aws_tenure session = {"environment", 0, G_MININT64};
    cr_expect_eq(tenure_stage(&session, NOW), TENURE_FINE);
    cr_expect_not(tenure_lasts(&session, NOW));
}

Test(tenure, keys_that_a_session_without_a_known_end_renews_end_soon_where_renewing_is_overdue)
{
    struct aws_tenure session = {"profile ops (SSO session corp)", NOW + WHEN_HOUR, G_MININT64};
    cr_expect_eq(tenure_stage(&session, NOW + 46 * WHEN_MINUTE), TENURE_FINE, "being renewed");
    cr_expect_eq(tenure_stage(&session, NOW + 56 * WHEN_MINUTE), TENURE_ENDING);
    cr_expect_eq(tenure_stage(&session, NOW + WHEN_HOUR), TENURE_ENDED);
    cr_expect_not(tenure_lasts(&session, NOW));
}

Test(tenure, no_keys_used_yet_stand_against_nothing)
{
    struct aws_tenure none = {0};
    cr_expect_eq(tenure_stage(&none, NOW), TENURE_FINE);
    cr_expect(tenure_lasts(&none, NOW + WHEN_DAY));
}

static void expect_words(struct aws_tenure tenure, const char *expected)
{
    g_autofree char *words = tenure_words(&tenure);
    cr_expect_str_eq(words, expected);
}

Test(tenure, its_words_name_the_origin_and_the_end)
{
    expect_words(sso(WHEN_HOUR),
                 "profile ops (SSO session corp), whose session ends 2026-11-24T04:00:00Z");
    expect_words((struct aws_tenure){"environment", 0, G_MININT64},
                 "environment, a session whose end nobody knows");
    expect_words((struct aws_tenure){"profile ops (SSO session corp)", NOW, G_MININT64},
                 "profile ops (SSO session corp), a session whose end nobody knows (its keys now: "
                 "2026-11-24T03:00:00Z)");
    expect_words((struct aws_tenure){"environment", 0, 0}, "environment, without an end");
    expect_words((struct aws_tenure){"role r", NOW, 0}, "role r, good until 2026-11-24T03:00:00Z");
}
