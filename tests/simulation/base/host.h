/* The machines that conductors work on, each with clocks of its own. */
#pragma once

#include <glib.h>

enum { HOSTS = 2 };
struct host {
    char name[16], boot[16];
    gint64 wall_offset_ms, boot_offset_ms; /* from true time */
};
void hosts_begin(struct host hosts[HOSTS], gint64 now_ms);
