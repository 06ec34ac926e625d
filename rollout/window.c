#include "rollout/window.h"

#include "data/base/when.h"

#include <string.h>

enum { MINUTES_A_DAY = 24 * 60 };

struct window {
    char *text;
    bool days[8]; /* by g_date_time_get_day_of_week(): Monday is 1 */
    int from_min, to_min;
    GTimeZone *zone; /* NULL: unknown here */
};

static int day_of(const char *name)
{
    static const char *const names[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    for (int day = 1; day <= 7; day++)
        if (strncmp(names[day], name, 3) == 0)
            return day;
    return 0;
}

/* "Mon-Wed,Fri"; "Fri-Mon" goes over Sunday. */
static void read_days(struct window *window, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", 0);
    for (char **part = parts; *part; part++) {
        int first = day_of(*part);
        int last = strlen(*part) > 4 ? day_of(*part + 4) : first;
        for (int day = first; day && last; day = day % 7 + 1) {
            window->days[day] = true;
            if (day == last)
                break;
        }
    }
}

static int minute_of(const char *text)
{
    return (int)(g_ascii_strtoll(text, NULL, 10) * 60 + g_ascii_strtoll(text + 3, NULL, 10));
}

struct window *window_new(const char *text)
{
    struct window *window = g_new0(struct window, 1);
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    window->text = g_strdup(text);
    if (g_strv_length(words) < 3 || strlen(words[1]) != strlen("09:00-16:00"))
        return window;
    read_days(window, words[0]);
    window->from_min = minute_of(words[1]);
    window->to_min = minute_of(words[1] + strlen("09:00-"));
    window->zone = g_time_zone_new_identifier(words[2]);
    return window;
}

void window_free(struct window *window)
{
    if (!window)
        return;
    g_free(window->text);
    g_clear_pointer(&window->zone, g_time_zone_unref);
    g_free(window);
}

const char *window_text(const struct window *window)
{
    return window->text;
}

static GDateTime *local_time(GTimeZone *zone, gint64 at_ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / WHEN_SECOND);
    return utc ? g_date_time_to_timezone(utc, zone) : NULL;
}

bool window_is_open(const struct window *window, gint64 at_ms)
{
    g_autoptr(GDateTime) local = window->zone ? local_time(window->zone, at_ms) : NULL;
    if (!local)
        return false;
    int day = g_date_time_get_day_of_week(local);
    int day_before = day == 1 ? 7 : day - 1;
    int minute = g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
    if (window->from_min < window->to_min)
        return window->days[day] && minute >= window->from_min && minute < window->to_min;
    return (window->days[day] && minute >= window->from_min) ||
           (window->days[day_before] && minute < window->to_min);
}

/* Where clocks skip that minute, GLib takes one as far behind. */
static gint64 minute_of_day_ms(GTimeZone *zone, GDateTime *day, int minute)
{
    g_autoptr(GDateTime) at =
        g_date_time_new(zone, g_date_time_get_year(day), g_date_time_get_month(day),
                        g_date_time_get_day_of_month(day), minute / 60, minute % 60, 0);
    return at ? g_date_time_to_unix(at) * WHEN_SECOND : 0;
}

/* Around `first_ms`, when the window's first minute comes by the calendar. Where clocks are put
 * forward over it, it opens as they are; where they are put back, it may have come an hour before.
 */
static gint64 first_open_ms(const struct window *window, gint64 first_ms, gint64 at_ms)
{
    gint64 next_minute_ms = (at_ms + WHEN_MINUTE - 1) / WHEN_MINUTE * WHEN_MINUTE;
    for (gint64 now_ms = MAX(next_minute_ms, first_ms - WHEN_HOUR); now_ms <= first_ms + WHEN_HOUR;
         now_ms += WHEN_MINUTE)
        if (window_is_open(window, now_ms))
            return now_ms;
    return 0;
}

gint64 window_opens_ms(const struct window *window, gint64 at_ms)
{
    if (window_is_open(window, at_ms))
        return at_ms;
    g_autoptr(GDateTime) today = window->zone ? local_time(window->zone, at_ms) : NULL;
    /* A week on, each day of it has come; one more, where clocks skipped all of a window. */
    for (int ahead = 0; today && ahead <= 14; ahead++) {
        g_autoptr(GDateTime) day = g_date_time_add_days(today, ahead);
        if (!day) /* the end of all days */
            return 0;
        if (!window->days[g_date_time_get_day_of_week(day)])
            continue;
        gint64 opens_ms =
            first_open_ms(window, minute_of_day_ms(window->zone, day, window->from_min), at_ms);
        if (opens_ms)
            return opens_ms;
    }
    return 0;
}

void freeze_free(struct freeze *freeze)
{
    if (!freeze)
        return;
    g_free(freeze->reason);
    g_strfreev(freeze->waves);
    g_free(freeze);
}

gint64 calendar_moment_ms(const char *text, const char *zone, bool end)
{
    g_autoptr(GTimeZone) place = g_time_zone_new_identifier(zone);
    g_autofree char *iso = g_strndup(text, strlen("2026-12-18"));
    g_autofree char *start = g_strconcat(iso, "T00:00:00", NULL);
    g_autoptr(GDateTime) day = place ? g_date_time_new_from_iso8601(start, place) : NULL;
    if (!day)
        return 0;
    if (strlen(text) > strlen("2026-12-18 "))
        return minute_of_day_ms(place, day, minute_of(text + strlen("2026-12-18 ")));
    g_autoptr(GDateTime) next = g_date_time_add_days(day, 1);
    if (end && !next) /* the last day of all */
        return minute_of_day_ms(place, day, MINUTES_A_DAY - 1) + WHEN_MINUTE;
    return minute_of_day_ms(place, end ? next : day, 0);
}

static bool holds_for(const struct freeze *freeze, const char *wave)
{
    return !freeze->waves || !*freeze->waves ||
           g_strv_contains((const char *const *)freeze->waves, wave);
}

const struct freeze *calendar_freeze(const struct calendar *calendar, gint64 at_ms)
{
    for (guint i = 0; calendar->freezes && i < calendar->freezes->len; i++) {
        const struct freeze *freeze = g_ptr_array_index(calendar->freezes, i);
        if (holds_for(freeze, calendar->wave) && at_ms >= freeze->from_ms && at_ms < freeze->to_ms)
            return freeze;
    }
    return NULL;
}

bool calendar_ever_frozen(const struct calendar *calendar)
{
    for (guint i = 0; calendar->freezes && i < calendar->freezes->len; i++)
        if (holds_for(g_ptr_array_index(calendar->freezes, i), calendar->wave))
            return true;
    return false;
}

gint64 calendar_opens_ms(const struct calendar *calendar, gint64 at_ms)
{
    guint freezes = calendar->freezes ? calendar->freezes->len : 0;
    /* Each turn leaves a freeze behind for good. */
    for (guint turn = 0; at_ms && turn <= freezes; turn++) {
        if (calendar->window)
            at_ms = window_opens_ms(calendar->window, at_ms);
        const struct freeze *freeze = at_ms ? calendar_freeze(calendar, at_ms) : NULL;
        if (!freeze)
            return at_ms;
        at_ms = freeze->to_ms;
    }
    return 0;
}

char *calendar_closed(const struct calendar *calendar, gint64 at_ms)
{
    gint64 opens_ms = calendar_opens_ms(calendar, at_ms);
    if (opens_ms == at_ms)
        return NULL;
    const struct freeze *freeze = calendar_freeze(calendar, at_ms);
    g_autofree char *opens = opens_ms ? when_rfc3339(opens_ms) : NULL;
    if (freeze)
        return g_strdup_printf("wave %s is frozen %s%s%s%s%s", calendar->wave,
                               opens ? "until " : "for good", opens ? opens : "",
                               freeze->reason ? " (" : "", freeze->reason ? freeze->reason : "",
                               freeze->reason ? ")" : "");
    return g_strdup_printf("wave %s %s%s (its window: %s)", calendar->wave,
                           opens ? "opens " : "never opens", opens ? opens : "",
                           window_text(calendar->window));
}
