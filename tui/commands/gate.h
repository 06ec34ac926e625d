/* The parts of `celldeck gate`, a file each; gate.c has the table. */
#pragma once

#include "data/past.h"
#include "tui/commands/subcommand.h"

/* What can be given to a subcommand of gate; each takes some of it. */
struct gate_options {
    char *cell, *deployed_at, *bake, *period; /* replay */
    char *rollout;
    char *hours; /* record */
    gboolean only;
};

static inline const struct gate_options *gate_options(const struct context *context)
{
    return context->options;
}

/* gate.c: "--hours 'x': expected ..."; `given` NULL: it is missing. Returns false. */
bool gate_wrong_option(GError **error, const char *option, const char *given, const char *expected);

/* gate_past.c */

/* Before so many readings of so many cells each: false (CD_ERROR_REFUSED) where they may cost more
 * than polling may in an hour (aws.max_usd_per_hour); what costs a lot is said beforehand. */
bool gate_may_spend(const struct context *context, guint readings, guint cells, GError **error);

/* Reads what CloudWatch still has of `cells` (guint, places in the configuration) and waits for it.
 * Never NULL; caller frees. */
struct past *gate_read_past(struct context *context, const GArray *cells, gint64 from_ms,
                            gint64 until_ms);
/* What several readings cost and could not read. All zero to begin with. */
struct gate_spent {
    guint64 metrics, calls;
    GPtrArray *faults; /* char *, each once; NULL: none */
};
void gate_add_spent(struct gate_spent *spent, const struct past *past);
/* Says it on stderr, and lets go of it: 7 where something could not be read, else 0. */
int gate_tell_spent(struct gate_spent *spent);

/* gate_replay.c */
int gate_replay_run(struct context *context, GError **error);
extern const GOptionEntry gate_replay_options[];

/* gate_rollout.c: replay --rollout */
int gate_rollout_run(struct context *context, GError **error);

/* gate_record.c */
int gate_record_run(struct context *context, GError **error);
extern const GOptionEntry gate_record_options[];

/* gate_list.c */
int gate_list_run(struct context *context, GError **error);
