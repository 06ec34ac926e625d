#include "data/aws/skew.h"

#include "data/base/text.h"
#include "data/base/when.h"

char *skew_words(gint64 skew_ms)
{
    if (skew_ms == G_MININT64 || ABS(skew_ms) < 30 * WHEN_SECOND)
        return NULL;
    /* A Date has whole seconds: ten minutes may be read as a little less, and are not nine. */
    g_autofree char *off = duration_short(ABS(skew_ms) + WHEN_SECOND);
    return g_strdup_printf("%s %s AWS's", off, skew_ms > 0 ? "behind" : "ahead of");
}
