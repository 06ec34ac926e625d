#include "tui/views/safe_next_conductor.h"

#include "rollout/conductor.h"

void safe_next_conduct(GString *text, const struct deck *deck, const char *operation)
{
    const char *host = deck->config->journal_host;
    g_string_append_printf(text, "run `celldeck conductor --until-idle`%s%s: nobody carries %s on",
                           host ? " on " : "", host ? host : "", operation);
}

void safe_next_wake_conductor(GString *text, const struct deck *deck, const char *operation)
{
    const struct conductor_info *info = g_hash_table_lookup(deck->conductors, operation);
    g_string_append_printf(text,
                           "see conductor.log on %s, and if process %" G_GINT64_FORMAT
                           " is stuck, kill it and run `celldeck conductor --until-idle` there",
                           info->host, info->pid);
}
