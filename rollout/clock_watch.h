/* The wall clock beside the monotonic one, while we watch something that began at a moment of the
 * wall clock's: by how much that has jumped is no time that has passed. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct clock_watch {
    gint64 of_ms, offset_ms; /* wall minus monotonic clock at the first sight of what began then */
};

/* By how much the wall clock has jumped while we watched what began at `began_ms`. The other clock
 * counts on while the machine sleeps, so that a suspended night is time that has passed, and no
 * jump. What begins in the future was stamped by a clock that has been set right since, or by
 * another host's: it counts as begun when we first saw it. So does what begins `afresh`. */
gint64 clock_watch_credit(struct clock_watch *clock, gint64 began_ms, bool afresh);
