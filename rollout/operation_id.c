#include "rollout/operation_id.h"

char *operation_next_id(struct journal *journal, const char *letter, GError **error)
{
    g_auto(GStrv) streams = journal_streams(journal, letter, error);
    if (!streams)
        return NULL;
    guint64 last = 0;
    for (char **stream = streams; *stream; stream++) {
        char *end = NULL;
        guint64 number = g_ascii_strtoull(*stream + 1, &end, 10);
        if (end != *stream + 1 && !*end && number > last)
            last = number;
    }
    return g_strdup_printf("%s%" G_GUINT64_FORMAT, letter, last + 1);
}
