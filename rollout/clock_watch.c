#include "rollout/clock_watch.h"

#include "data/base/when.h"

gint64 clock_watch_credit(struct clock_watch *clock, gint64 began_ms, bool afresh)
{
    gint64 now_ms = when_now_ms(), offset_ms = now_ms - when_boot_ms();
    if (clock->of_ms != began_ms) {
        clock->of_ms = began_ms;
        clock->offset_ms = offset_ms + (afresh ? began_ms - now_ms : MAX(0, began_ms - now_ms));
    }
    return offset_ms - clock->offset_ms;
}
