#include "tests/simulation/base/host.h"

#include "data/base/when.h"

void hosts_begin(struct host hosts[HOSTS], gint64 now_ms)
{
    for (int i = 0; i < HOSTS; i++) {
        struct host *host = &hosts[i];
        g_snprintf(host->name, sizeof host->name, "bastion-%d", i + 1);
        g_snprintf(host->boot, sizeof host->boot, "boot-%d", i + 1);
        host->boot_offset_ms = (i + 1) * WHEN_DAY - now_ms;
    }
}
