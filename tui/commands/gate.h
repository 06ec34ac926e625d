/* The parts of `celldeck gate`, a file each; gate.c has the table. */
#pragma once

#include "data/past.h"
#include "tui/commands/subcommand.h"

/* What can be given to a subcommand of gate; each takes some of it. */
struct gate_options {
    char *cell, *deployed_at, *bake, *period; /* replay */
    char *hours;                              /* record */
    gboolean only;
};

static inline const struct gate_options *gate_options(const struct context *context)
{
    return context->options;
}

/* gate.c: "--hours 'x': expected ..."; `given` NULL: it is missing. Returns false. */
bool gate_wrong_option(GError **error, const char *option, const char *given, const char *expected);

/* gate_past.c */

/* Reads what CloudWatch still has of `cells` (guint, places in the configuration) and waits for it.
 * Never NULL; caller frees. */
struct past *gate_read_past(struct context *context, const GArray *cells, gint64 from_ms,
                            gint64 until_ms);
/* Says on stderr what it cost, and what could not be read: 7 then, else 0. */
int gate_tell_past(const struct past *past);

/* gate_replay.c */
int gate_replay_run(struct context *context, GError **error);
extern const GOptionEntry gate_replay_options[];

/* gate_record.c */
int gate_record_run(struct context *context, GError **error);
extern const GOptionEntry gate_record_options[];

/* gate_list.c */
int gate_list_run(struct context *context, GError **error);
