#include "rollout/tenure.h"

#include "data/base/when.h"

bool tenure_end_is_known(const struct aws_tenure *tenure)
{
    return tenure->lasts_until_ms > 0;
}

/* Keys that renew themselves are renewed long before their end: past it, that has failed. */
gint64 tenure_end_ms(const struct aws_tenure *tenure)
{
    return tenure_end_is_known(tenure) ? tenure->lasts_until_ms : MAX(0, tenure->expires_ms);
}

static bool renews_itself(const struct aws_tenure *tenure)
{
    return tenure->lasts_until_ms == 0;
}

enum tenure_stage tenure_stage(const struct aws_tenure *tenure, gint64 now_ms)
{
    gint64 end_ms = tenure->origin ? tenure_end_ms(tenure) : 0;
    gint64 near_ms = tenure_end_is_known(tenure) ? TENURE_NEAR_MS
                     : renews_itself(tenure)     ? 0
                                                 : TENURE_OVERDUE_MS;
    if (!end_ms)
        return TENURE_FINE;
    if (now_ms >= end_ms)
        return TENURE_ENDED;
    return end_ms - now_ms < near_ms ? TENURE_ENDING : TENURE_FINE;
}

bool tenure_lasts(const struct aws_tenure *tenure, gint64 until_ms)
{
    return !tenure->origin || renews_itself(tenure) || tenure->lasts_until_ms >= until_ms;
}

char *tenure_words(const struct aws_tenure *tenure)
{
    gint64 end_ms = tenure_end_ms(tenure);
    g_autofree char *end = end_ms ? when_rfc3339(end_ms / WHEN_SECOND * WHEN_SECOND) : NULL;
    const char *origin = tenure->origin ? tenure->origin : "none used yet";
    if (renews_itself(tenure))
        return g_strconcat(origin, end ? ", good until " : ", without an end", end, NULL);
    if (tenure_end_is_known(tenure))
        return g_strconcat(origin, ", whose session ends ", end, NULL);
    g_autofree char *keys = end ? g_strdup_printf(" (its keys now: %s)", end) : g_strdup("");
    return g_strconcat(origin, ", a session whose end nobody knows", keys, NULL);
}
