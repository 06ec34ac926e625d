/* Moments and durations. A moment is milliseconds since 1970 UTC in a gint64
 * named `..._ms` or `at_ms`; a duration is milliseconds too. Engine and gates
 * read no clock: whoever calls them passes `now_ms`. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define WHEN_SECOND G_GINT64_CONSTANT(1000)
#define WHEN_MINUTE (60 * WHEN_SECOND)
#define WHEN_HOUR   (60 * WHEN_MINUTE)
#define WHEN_DAY    (24 * WHEN_HOUR)

/* The wall clock, and a clock that never jumps (meaningful only as a difference). */
gint64 when_now_ms(void);
gint64 when_mono_ms(void);
/* One that never jumps, counts on while the machine sleeps (so that no lease outlives a suspended
 * laptop), and is the same for all processes of a boot. */
gint64 when_boot_ms(void);

/* "2026-11-24T01:15:59Z", with ".250" only where the milliseconds are not zero. Caller frees. */
char *when_rfc3339(gint64 at_ms);

/* Takes RFC 3339 / ISO 8601 with a zone. False if `text` is not one; *at_ms is then untouched. */
bool when_parse(const char *text, gint64 *at_ms);

/* "90s", "15m", "24h", "7d": one whole number, one unit (product.md, "Two files"). False if
 * `text` is anything else, negative or too large for a gint64 of milliseconds. */
bool duration_parse(const char *text, gint64 *duration_ms);

/* The way back, exact: the largest unit that divides it ("24h" for 86,400,000). Caller frees. */
char *duration_config_text(gint64 duration_ms);

/* For people, one unit and never more than five columns: "4s", "38s", "6m", "3h", "12d". */
char *duration_short(gint64 duration_ms);
