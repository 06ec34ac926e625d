/* Who polls, and why nothing is shared, in words for people. */
#include "data/base/when.h"
#include "data/poller_turn.h"

char *poller_leader_words(const struct lead *lead)
{
    if (lead->kind == POLLER_CONDUCTOR)
        return g_strdup_printf("conductor, pid %" G_GINT64_FORMAT, lead->holder->pid);
    return g_strdup_printf("%s's console, pid %" G_GINT64_FORMAT, lead->actor, lead->holder->pid);
}

char *poller_cache_words(const struct snapshot *snapshot)
{
    gint64 read_ms = 0;
    for (guint i = 0; i < snapshot->sources->len; i++)
        read_ms = MAX(read_ms, ((const struct source *)snapshot->sources->pdata[i])->read_ms);
    if (!read_ms)
        return g_strdup("the cache");
    g_autofree char *age = duration_short(MAX(0, when_now_ms() - read_ms));
    return g_strdup_printf("the cache, %s old", age);
}

char *poller_desk_trouble(const struct poller_desk *desk, const char *why)
{
    return g_strdup_printf("%s; this %s polls for itself", why,
                           desk->self.kind == POLLER_CONDUCTOR ? "conductor" : "console");
}
