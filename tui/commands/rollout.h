/* The parts of `celldeck rollout`, a file each; rollout.c has the table. */
#pragma once

#include "rollout/engine.h"
#include "rollout/estimate.h"
#include "rollout/plan.h"
#include "rollout/request.h"
#include "tui/commands/subcommand.h"

/* What can be given to a subcommand of rollout; each takes some of it. */
struct rollout_options {
    char *reason, *ticket, *plan_hash, *wave, *cell, *override, *bake;
    char **fixes;
    gboolean all, yes, wait, attended, retry_failed;
};
#define ROLLOUT_OPTION(member) OPTION_AT(struct rollout_options, member)

static inline const struct rollout_options *rollout_options(const struct context *context)
{
    return context->options;
}

/* rollout.c: the rollout that context->args[0] names, or NULL with an error. */
struct rollout *rollout_require(struct context *context, GError **error);

/* --override with its --bake (0: none). False with an error where --bake is no duration, or stands
 * alone. */
bool rollout_override_read(const struct context *context, struct override_request *request,
                           GError **error);

/* rollout_plan.c */
struct rollout_planned {
    struct plan *plan;
    GPtrArray *refusals; /* struct refusal * */
    char *short_keys;    /* why the credentials don't last as long as the plan; NULL: they do */
    char *keys;          /* which those are, in words */
    struct snapshot *snapshot;
    struct estimate_terms terms; /* as of when all of it was read, with the glass as it is broken */
};
/* Reads the fleet, asks the deployers, makes the plan. False with an error where even that can't be
 * done. Release with rollout_planned_clear. */
bool rollout_plan_read(struct context *context, const char *version,
                       const struct plan_options *options, struct rollout_planned *planned,
                       GError **error);
void rollout_planned_clear(struct rollout_planned *planned);
/* Plan, notes and blast radius for people. */
void rollout_plan_print(const struct rollout_planned *planned, struct out_style style);
/* The refusals as one error, NULL if there are none. */
GError *rollout_plan_refusal(const struct rollout_planned *planned);
int rollout_plan_run(struct context *context, GError **error);
extern const GOptionEntry rollout_plan_options[];

/* rollout_start.c */
int rollout_start_run(struct context *context, GError **error);
extern const GOptionEntry rollout_start_options[];

/* rollout_show.c */
int rollout_list_run(struct context *context, GError **error);
int rollout_status_run(struct context *context, GError **error);
int rollout_watch_run(struct context *context, GError **error);

/* rollout_confirm.c: says whom it touches, and lets a name be typed. False with an error where it
 * can't be done anyway, or was not confirmed. */
bool rollout_confirm_approval(struct context *context, const struct rollout *rollout,
                              const struct person *person, GError **error);
bool rollout_confirm_resume(struct context *context, const struct rollout *rollout, GError **error);
bool rollout_confirm_override(struct context *context, const struct rollout *rollout,
                              const struct override_request *override, GError **error);
bool rollout_confirm_abort(struct context *context, const struct rollout *rollout, GError **error);
/* `cells`: ids of the rollout's, NULL-terminated. */
bool rollout_confirm_rollback(struct context *context, const struct rollout *rollout,
                              char *const *cells, GError **error);
/* `what`: "accept", "retry" or "skip", of the cell that --cell names. */
bool rollout_confirm_cell(struct context *context, const struct rollout *rollout, const char *what,
                          GError **error);

/* rollout_ask.c */
int rollout_approve_run(struct context *context, GError **error);
int rollout_pause_run(struct context *context, GError **error);
int rollout_resume_run(struct context *context, GError **error);
int rollout_abort_run(struct context *context, GError **error);
int rollout_rollback_run(struct context *context, GError **error);
int rollout_accept_run(struct context *context, GError **error);
int rollout_retry_run(struct context *context, GError **error);
int rollout_skip_run(struct context *context, GError **error);
extern const GOptionEntry rollout_approve_options[];
extern const GOptionEntry rollout_stop_options[]; /* pause and abort */
extern const GOptionEntry rollout_resume_options[];
extern const GOptionEntry rollout_rollback_options[];
extern const GOptionEntry rollout_cell_options[]; /* accept, retry and skip */
