/* Windows and freezes: when a wave may go forward. */
#include "rollout/window.h"

#include "data/base/when.h"

#include <criterion/criterion.h>

static gint64 at(const char *text)
{
    gint64 at_ms = 0;
    cr_assert(when_parse(text, &at_ms), "%s", text);
    return at_ms;
}

static void expect_moment(gint64 found_ms, const char *expected, const char *from)
{
    g_autofree char *found = found_ms ? when_rfc3339(found_ms) : g_strdup("never");
    cr_expect_str_eq(found, expected, "from %s: %s, not %s", from, found, expected);
}

struct moment {
    const char *window, *at;
    bool open;
    const char *opens;
};

static void expect_moments(const struct moment *moments, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct moment *moment = &moments[i];
        OWN(window) window = window_new(moment->window);
        cr_expect_eq(window_is_open(window, at(moment->at)), moment->open, "%s at %s",
                     moment->window, moment->at);
        expect_moment(window_opens_ms(window, at(moment->at)), moment->opens, moment->at);
    }
}

#define NEW_YORK "Mon-Thu 09:00-16:00 America/New_York"

Test(window, it_goes_by_the_days_and_clocks_of_its_place)
{
    /* 2026-11-26 is a Thursday; New York is five hours behind UTC. */
    static const struct moment moments[] = {
        {NEW_YORK, "2026-11-26T13:59:59.999Z", false, "2026-11-26T14:00:00Z"},
        {NEW_YORK, "2026-11-26T14:00:00Z", true, "2026-11-26T14:00:00Z"},
        {NEW_YORK, "2026-11-26T20:59:59Z", true, "2026-11-26T20:59:59Z"},
        {NEW_YORK, "2026-11-26T21:00:00Z", false, "2026-11-30T14:00:00Z"},
        {NEW_YORK, "2026-11-27T15:00:00Z", false, "2026-11-30T14:00:00Z"},
        {"Sat 00:00-24:00 UTC", "2026-11-28T23:59:59Z", true, "2026-11-28T23:59:59Z"},
        {"Sat 00:00-24:00 UTC", "2026-11-29T00:00:00Z", false, "2026-12-05T00:00:00Z"},
        {"Mon,Wed-Thu 10:00-11:00 Asia/Kolkata", "2026-11-24T00:00:00Z", false,
         "2026-11-25T04:30:00Z"},
        {"Sun-Mon 10:00-11:00 UTC", "2026-11-29T12:00:00Z", false, "2026-11-30T10:00:00Z"},
    };
    expect_moments(moments, G_N_ELEMENTS(moments));
}

Test(window, one_that_ends_before_it_begins_ends_on_the_next_day)
{
    static const struct moment moments[] = {
        {"Fri 22:00-04:00 UTC", "2026-11-27T21:59:00Z", false, "2026-11-27T22:00:00Z"},
        {"Fri 22:00-04:00 UTC", "2026-11-27T22:00:00Z", true, "2026-11-27T22:00:00Z"},
        {"Fri 22:00-04:00 UTC", "2026-11-28T03:59:00Z", true, "2026-11-28T03:59:00Z"},
        {"Fri 22:00-04:00 UTC", "2026-11-28T04:00:00Z", false, "2026-12-04T22:00:00Z"},
        {"Fri 22:00-04:00 UTC", "2026-11-27T03:00:00Z", false, "2026-11-27T22:00:00Z"},
        {"Sun 22:00-04:00 UTC", "2026-11-30T01:00:00Z", true, "2026-11-30T01:00:00Z"},
    };
    expect_moments(moments, G_N_ELEMENTS(moments));
}

Test(window, it_follows_the_clocks_when_they_are_changed)
{
    /* New York puts its clocks forward on 2027-03-14 at 02:00 (07:00Z), back on 2026-11-01. */
    static const struct moment moments[] = {
        {"Mon-Sun 09:00-10:00 America/New_York", "2027-03-13T16:00:00Z", false,
         "2027-03-14T13:00:00Z"},
        {"Sun 02:15-05:00 America/New_York", "2027-03-14T06:59:00Z", false, "2027-03-14T07:00:00Z"},
        {"Sun 02:15-02:45 America/New_York", "2027-03-14T06:00:00Z", false, "2027-03-21T06:15:00Z"},
        {"Sun 01:15-01:45 America/New_York", "2026-11-01T05:00:00Z", false, "2026-11-01T05:15:00Z"},
        {"Sun 01:15-01:45 America/New_York", "2026-11-01T06:20:00Z", true, "2026-11-01T06:20:00Z"},
    };
    expect_moments(moments, G_N_ELEMENTS(moments));
}

Test(window, one_of_a_place_that_is_not_known_here_never_opens)
{
    OWN(window) window = window_new("Mon-Sun 00:00-24:00 Atlantis/Harbour");
    cr_expect_not(window_is_open(window, at("2026-11-26T12:00:00Z")));
    cr_expect_eq(window_opens_ms(window, at("2026-11-26T12:00:00Z")), 0);
    cr_expect_str_eq(window_text(window), "Mon-Sun 00:00-24:00 Atlantis/Harbour");
}

Test(window, what_opens_is_open_and_was_shut_before)
{
    static const char *const texts[] = {NEW_YORK, "Fri 22:00-04:00 Europe/Berlin",
                                        "Tue,Sat 02:30-03:30 Europe/London",
                                        "Mon-Sun 23:59-00:01 Asia/Kathmandu"};
    gint64 from_ms = at("2026-10-20T00:00:00Z");
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        OWN(window) window = window_new(texts[i]);
        /* Half a year, in steps that meet every minute of an hour. */
        for (gint64 now_ms = from_ms; now_ms < from_ms + 180 * WHEN_DAY;
             now_ms += 37 * WHEN_MINUTE) {
            gint64 opens_ms = window_opens_ms(window, now_ms);
            cr_assert(opens_ms >= now_ms && window_is_open(window, opens_ms), "%s", texts[i]);
            cr_assert(opens_ms == now_ms || !window_is_open(window, opens_ms - 1), "%s", texts[i]);
            cr_assert(opens_ms == now_ms || !window_is_open(window, now_ms), "%s", texts[i]);
        }
    }
}

Test(window, a_freeze_holds_from_its_first_day_to_the_end_of_its_last)
{
    expect_moment(calendar_moment_ms("2026-12-18", "America/New_York", false),
                  "2026-12-18T05:00:00Z", "its first day");
    expect_moment(calendar_moment_ms("2027-01-03", "America/New_York", true),
                  "2027-01-04T05:00:00Z", "its last day");
    expect_moment(calendar_moment_ms("2027-01-03 17:30", "UTC", true), "2027-01-03T17:30:00Z",
                  "to the minute");
}

Test(window, a_freeze_to_the_end_of_all_days_holds_to_it)
{
    cr_expect(calendar_moment_ms("9999-12-31", "UTC", true) >= at("9999-12-31T23:59:59Z"));
    cr_expect(calendar_moment_ms("9999-12-31", "America/New_York", true) >=
              at("9999-12-31T23:59:59Z"));
    cr_expect(calendar_moment_ms("9999-12-31 23:59", "America/New_York", true) >=
              at("9999-12-31T23:59:00Z"));
}

static struct calendar calendar_of(const struct window *window, GPtrArray *freezes)
{
    return (struct calendar){"enterprise", window, freezes};
}

static void add_freeze(GPtrArray *freezes, const char *from, const char *to, const char *wave)
{
    struct freeze *freeze = g_new0(struct freeze, 1);
    *freeze = (struct freeze){.from_ms = at(from), .to_ms = at(to), .reason = g_strdup("holidays")};
    freeze->waves = wave ? g_strsplit(wave, " ", -1) : NULL;
    g_ptr_array_add(freezes, freeze);
}

Test(window, a_wave_opens_when_its_window_does_and_no_freeze_holds_for_it)
{
    OWN(window) window = window_new("Mon-Sun 09:00-10:00 UTC");
    g_autoptr(GPtrArray) freezes = g_ptr_array_new_with_free_func((GDestroyNotify)freeze_free);
    add_freeze(freezes, "2026-12-18T00:00:00Z", "2026-12-20T09:30:00Z", NULL);
    add_freeze(freezes, "2026-12-20T09:00:00Z", "2026-12-22T00:00:00Z", "enterprise dev");
    add_freeze(freezes, "2026-12-22T00:00:00Z", "2027-12-22T00:00:00Z", "mid-size");
    const struct calendar calendar = calendar_of(window, freezes);
    gint64 before_ms = at("2026-12-17T10:00:00Z"), open_ms = at("2026-12-22T09:00:00Z");
    cr_expect_eq(calendar_opens_ms(&calendar, before_ms), open_ms);
    cr_expect_eq(calendar_opens_ms(&calendar, open_ms), open_ms);
    g_autofree char *shut = calendar_closed(&calendar, before_ms);
    cr_expect_str_eq(shut, "wave enterprise opens 2026-12-22T09:00:00Z (its window: Mon-Sun "
                           "09:00-10:00 UTC)");
    g_autofree char *frozen = calendar_closed(&calendar, at("2026-12-19T09:30:00Z"));
    cr_expect_str_eq(frozen, "wave enterprise is frozen until 2026-12-22T09:00:00Z (holidays)");
    cr_expect_null(calendar_closed(&calendar, open_ms));
    const struct calendar always = calendar_of(NULL, NULL);
    cr_expect_null(calendar_closed(&always, before_ms));
}

Test(window, a_window_behind_a_freeze_for_ever_never_opens)
{
    OWN(window) window = window_new("Sun 09:00-10:00 UTC");
    g_autoptr(GPtrArray) freezes = g_ptr_array_new_with_free_func((GDestroyNotify)freeze_free);
    add_freeze(freezes, "2026-12-18T00:00:00Z", "9999-12-31T23:59:59Z", NULL);
    const struct calendar calendar = calendar_of(window, freezes);
    g_autofree char *frozen = calendar_closed(&calendar, at("2026-12-20T09:30:00Z"));
    cr_expect_str_eq(frozen, "wave enterprise is frozen for good (holidays)");
}
