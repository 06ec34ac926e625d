#include "tui/views/drills.h"

#include "data/base/when.h"

char *drill_words(const struct deck *deck, const char *cell)
{
    if (deck->journal_error)
        return g_strdup("when it was drilled last is not known: the journal can't be read");
    const struct operation *drill = deck_last_drill(deck, cell);
    if (!drill)
        return g_strdup("its failover was never drilled");
    gint64 days = MAX(0, deck->now_ms - drill->ended_ms) / WHEN_DAY;
    if (days == 0)
        return g_strdup_printf("its failover was drilled within the last day (%s)", drill->id);
    return g_strdup_printf("its failover was drilled %" G_GINT64_FORMAT " day%s ago (%s)", days,
                           days == 1 ? "" : "s", drill->id);
}
