/* `celldeck history export`. */
#pragma once

#include "tui/commands/context.h"

struct history_export_options {
    char *since, *until, *to;
    gboolean mask;
};
extern const GOptionEntry history_export_entries[];
int history_export_command(struct context *context, GError **error);
