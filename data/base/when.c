#include "data/base/when.h"

#include <string.h>
#include <time.h>

static const struct {
    char unit;
    gint64 ms;
} units[] = {{'d', WHEN_DAY}, {'h', WHEN_HOUR}, {'m', WHEN_MINUTE}, {'s', WHEN_SECOND}};

gint64 when_now_ms(void)
{
    return g_get_real_time() / 1000;
}

gint64 when_mono_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

gint64 when_boot_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (gint64)now.tv_sec * WHEN_SECOND + now.tv_nsec / 1000000;
}

char *when_rfc3339(gint64 at_ms)
{
    gint64 ms = ((at_ms % 1000) + 1000) % 1000;
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc((at_ms - ms) / 1000);
    if (!at)
        return g_strdup_printf("%" G_GINT64_FORMAT "ms", at_ms);
    g_autofree char *whole = g_date_time_format(at, "%Y-%m-%dT%H:%M:%S");
    return ms ? g_strdup_printf("%s.%03dZ", whole, (int)ms) : g_strconcat(whole, "Z", NULL);
}

bool when_parse(const char *text, gint64 *at_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(text, NULL);
    if (!at)
        return false;
    *at_ms = g_date_time_to_unix(at) * 1000 + g_date_time_get_microsecond(at) / 1000;
    return true;
}

bool duration_parse(const char *text, gint64 *duration_ms)
{
    if (!g_ascii_isdigit(*text))
        return false;
    char *end = NULL;
    guint64 count = g_ascii_strtoull(text, &end, 10);
    if (!*end || end[1])
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (units[i].unit != *end)
            continue;
        if (count > (guint64)(G_MAXINT64 / units[i].ms))
            return false;
        *duration_ms = (gint64)count * units[i].ms;
        return true;
    }
    return false;
}

char *duration_config_text(gint64 duration_ms)
{
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (duration_ms >= units[i].ms && duration_ms % units[i].ms == 0)
            return g_strdup_printf("%" G_GINT64_FORMAT "%c", duration_ms / units[i].ms,
                                   units[i].unit);
    return duration_ms == 0 ? g_strdup("0s")
                            : g_strdup_printf("%" G_GINT64_FORMAT "ms", duration_ms);
}

char *duration_short(gint64 duration_ms)
{
    if (duration_ms < 0)
        duration_ms = 0;
    /* A unit is used up to twice its next larger one, so that 90 s stays "90s" but 3 min is "3m".
     */
    gint64 s = duration_ms / WHEN_SECOND;
    if (s < 120)
        return g_strdup_printf("%ds", (int)s);
    if (s < 120 * 60)
        return g_strdup_printf("%dm", (int)(s / 60));
    if (s < 48 * 3600)
        return g_strdup_printf("%dh", (int)(s / 3600));
    return g_strdup_printf("%" G_GINT64_FORMAT "d", s / 86400);
}
