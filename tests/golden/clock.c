/* What the linker puts in place of the clocks (Makefile: --wrap): they stand. */
#include "tests/golden/world.h"

gint64 __wrap_when_now_ms(void);
gint64 __wrap_when_boot_ms(void);
gint64 __wrap_when_mono_ms(void);

static gint64 stands_at_ms;

void clock_set(gint64 now_ms)
{
    stands_at_ms = now_ms;
}

gint64 __wrap_when_now_ms(void)
{
    return stands_at_ms;
}

gint64 __wrap_when_boot_ms(void)
{
    return stands_at_ms;
}

gint64 __wrap_when_mono_ms(void)
{
    return stands_at_ms;
}
