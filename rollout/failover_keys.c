#include "rollout/failover_keys.h"

#include "data/base/when.h"
#include "rollout/tenure.h"

enum { VERIFIED_A_SECOND = 10 };

gint64 failover_length_ms(const struct config *config, const struct evacuation *evacuation,
                          enum failover_kind kind)
{
    const struct failover_config *failover = &config->failover;
    gint64 length_ms = MAX(0, failover->rto_ms) +
                       (gint64)evacuation->tenants->len * WHEN_SECOND / VERIFIED_A_SECOND;
    if (kind == FAILOVER_FAILOVER && *failover->fence.argv)
        length_ms += failover->fence.timeout_ms;
    if (kind == FAILOVER_FAILOVER && *failover->promote.argv)
        length_ms += failover->promote.timeout_ms * evacuation->targets->len;
    if (kind == FAILOVER_MOVE && *config->move.argv)
        length_ms += config->move.timeout_ms;
    return length_ms;
}

char *failover_outlasts_keys(const struct aws_tenure *keys, gint64 length_ms, gint64 now_ms)
{
    if (tenure_lasts(keys, now_ms + MAX(length_ms, TENURE_NEAR_MS)))
        return NULL;
    g_autofree char *words = tenure_words(keys);
    g_autofree char *length = duration_short(length_ms);
    g_autofree char *left = duration_short(MAX(0, tenure_end_ms(keys) - now_ms));
    return tenure_end_is_known(keys)
               ? g_strdup_printf("the AWS credentials end in %s, and it may take %s: sign in again "
                                 "before, or it stands still half-way: %s",
                                 left, length, words)
               : g_strdup_printf("it may take %s, and the AWS credentials may end before, where "
                                 "nobody renews them: %s",
                                 length, words);
}
