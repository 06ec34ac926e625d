/* When a rollout may go forward: windows and freezes (rollout.md: they stop forward motion, never a
 * rollback). Pure: calendars and time zones, no clock.
 *
 * A window is `DAYS FROM-TO ZONE`, such as "Mon-Thu 09:00-16:00 America/New_York": on each of these
 * days, by that place's clocks, from FROM up to TO. A TO that is not after FROM is the next day's.
 * When clocks are put forward, an hour that does not exist is in no window; put back, the hour that
 * comes twice is in it twice. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

struct window;

/* `text` as config_words.h's word_window() lets through. A zone that this machine does not know
 * gives a window that never opens: better late than in the middle of somebody's day. */
struct window *window_new(const char *text);
void window_free(struct window *window);
OWNABLE(window, window_free);
const char *window_text(const struct window *window);

bool window_is_open(const struct window *window, gint64 at_ms);
/* The first moment from `at_ms` on in which it is open; 0: it never is. */
gint64 window_opens_ms(const struct window *window, gint64 at_ms);

/* Nothing goes forward from `from_ms` up to `to_ms`. */
struct freeze {
    gint64 from_ms, to_ms;
    char *reason; /* or NULL */
    char **waves; /* the ones it holds for, by name; none: all */
};
void freeze_free(struct freeze *freeze);

/* A day (2026-12-18) or a minute of it (2026-12-18 17:00) in a place, as word_day() lets through;
 * `end`: of a day, its end. 0: no such zone here. */
gint64 calendar_moment_ms(const char *text, const char *zone, bool end);

/* What keeps a wave from going forward: its window (NULL: always open) and the freezes (struct
 * freeze *) that hold for it. */
struct calendar {
    const char *wave;
    const struct window *window;
    const GPtrArray *freezes;
};
/* The freeze that holds at `at_ms`, or NULL. */
const struct freeze *calendar_freeze(const struct calendar *calendar, gint64 at_ms);
/* Whether any freeze holds for the wave, whenever that is. */
bool calendar_ever_frozen(const struct calendar *calendar);
/* The first moment from `at_ms` on in which the wave may go forward; 0: none. */
gint64 calendar_opens_ms(const struct calendar *calendar, gint64 at_ms);
/* Why it may not at `at_ms`, and from when on it may; the same words as long as that is so. NULL:
 * it may. Caller frees. */
char *calendar_closed(const struct calendar *calendar, gint64 at_ms);
