/* What people ask of a rollout that is under way: approve, pause, resume, abort, rollback, accept,
 * retry, skip. Each becomes an event; the conductor does the rest. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/request.h"
#include "tui/commands/rollout.h"

#include <string.h>

/* Each takes what it goes by and nothing else: `abort --cell C` is no smaller abort. */
#define WAVE                                                                                       \
    {                                                                                              \
        "wave", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(wave), "The wave it is about", "WAVE"    \
    }
#define CELL                                                                                       \
    {                                                                                              \
        "cell", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(cell), "The cell it is about", "CELL"    \
    }
#define REASON                                                                                     \
    {                                                                                              \
        "reason", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(reason), "Why; kept in the history",   \
            "TEXT"                                                                                 \
    }
#define YES                                                                                        \
    {                                                                                              \
        "yes", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(yes), "Do not ask for a confirmation", NULL \
    }

const GOptionEntry rollout_approve_options[] = {WAVE, YES, {0}};
const GOptionEntry rollout_stop_options[] = {REASON, YES, {0}};
const GOptionEntry rollout_cell_options[] = {CELL, REASON, YES, {0}};
const GOptionEntry rollout_resume_options[] = {
    {"override", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(override),
     "Break-glass: go on although the wave's window is shut; a debt to review", "REASON"},
    WAVE,
    {"bake", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(bake),
     "With --override: the wave bakes no longer than that", "DURATION"},
    YES,
    {0}};
const GOptionEntry rollout_rollback_options[] = {CELL,
                                                 WAVE,
                                                 {"all", 0, 0, G_OPTION_ARG_NONE,
                                                  ROLLOUT_OPTION(all),
                                                  "Every cell that the rollout has changed", NULL},
                                                 REASON,
                                                 YES,
                                                 {0}};

/* The conductor may have ended since (nothing was live, the machine was restarted). */
static int done(struct context *context, bool asked_for, GError **error)
{
    if (!asked_for)
        return CD_ERROR_FAILED;
    if (conductor_spawn(context->config, context->state_dir, error))
        return 0;
    g_prefix_error(error, "it is on record, but nobody carries it out yet: ");
    return CD_ERROR_FAILED;
}

static bool needs(const char *value, const char *option, GError **error)
{
    if (value && *value)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s is missing: give it, and see --help", option);
    return false;
}

/* The cells meant by --wave or --all that can be brought back, or the one that --cell names. */
static char **cells_meant(const struct rollout *rollout, const struct rollout_options *asked,
                          GError **error)
{
    if ((asked->cell && !request_cell_named(rollout, asked->cell, error)) ||
        (asked->wave && request_wave_named(rollout, asked->wave, error) < 0))
        return NULL;
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        const struct plan_wave *wave = rollout->plan->waves->pdata[cell->wave];
        g_autofree char *why_not = rollout_refuses(rollout, "rollback", cell);
        bool meant = asked->all || !g_strcmp0(asked->wave, wave->name) ||
                     !g_strcmp0(asked->cell, cell->plan->id);
        if (meant && (!why_not || asked->cell))
            g_ptr_array_add(cells, cell->plan->id);
    }
    if (cells->len == 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "no cell of %s that it has changed is meant by that; see celldeck rollout "
                    "status %s",
                    rollout->id, rollout->id);
        return NULL;
    }
    g_ptr_array_add(cells, NULL);
    return g_strdupv((char **)cells->pdata);
}

int rollout_approve_run(struct context *context, GError **error)
{
    OWN(rollout) rollout = rollout_require(context, error);
    const struct person person = context_person(context);
    return done(context,
                rollout && rollout_confirm_approval(context, rollout, &person, error) &&
                    request_approve(context->journal, rollout->id, rollout_options(context)->wave,
                                    &person, when_now_ms(), error),
                error);
}

int rollout_pause_run(struct context *context, GError **error)
{
    const struct person person = context_person(context);
    return done(context,
                request_pause(context->journal, context->args[0], rollout_options(context)->reason,
                              &person, when_now_ms(), error),
                error);
}

static bool go_on(struct context *context, const struct rollout *rollout, GError **error)
{
    const struct person person = context_person(context);
    return rollout_confirm_resume(context, rollout, error) &&
           request_resume(context->journal, rollout->id, &person, when_now_ms(), error);
}

static bool break_glass(struct context *context, const struct rollout *rollout,
                        const struct override_request *override, GError **error)
{
    const struct person person = context_person(context);
    return rollout_confirm_override(context, rollout, override, error) &&
           request_override(context->journal, rollout->id, rollout_options(context)->wave, override,
                            &person, when_now_ms(), error) &&
           (!rollout->paused ||
            request_resume(context->journal, rollout->id, &person, when_now_ms(), error));
}

int rollout_resume_run(struct context *context, GError **error)
{
    struct override_request override;
    if (!rollout_override_read(context, &override, error))
        return CD_ERROR_USAGE;
    if (rollout_options(context)->wave && !override.reason) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_USAGE,
                            "resume is of the whole rollout; --wave goes with --override REASON");
        return CD_ERROR_USAGE;
    }
    OWN(rollout) rollout = rollout_require(context, error);
    return done(context,
                rollout && (override.reason ? break_glass(context, rollout, &override, error)
                                            : go_on(context, rollout, error)),
                error);
}

int rollout_abort_run(struct context *context, GError **error)
{
    OWN(rollout) rollout = rollout_require(context, error);
    const struct person person = context_person(context);
    return done(context,
                rollout && rollout_confirm_abort(context, rollout, error) &&
                    request_abort(context->journal, rollout->id, rollout_options(context)->reason,
                                  &person, when_now_ms(), error),
                error);
}

int rollout_rollback_run(struct context *context, GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    if (!asked->cell + !asked->wave + !asked->all != 2) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_USAGE,
                            "rollback: exactly one of --cell C, --wave W and --all is needed");
        return CD_ERROR_USAGE;
    }
    OWN(rollout) rollout = rollout_require(context, error);
    g_auto(GStrv) cells = rollout ? cells_meant(rollout, asked, error) : NULL;
    const struct person person = context_person(context);
    return done(context,
                cells && rollout_confirm_rollback(context, rollout, cells, error) &&
                    request_rollback(context->journal, rollout->id, (const char *const *)cells,
                                     asked->reason, &person, when_now_ms(), error),
                error);
}

static int ask_of_cell(struct context *context, const char *what, GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    if (!needs(asked->cell, "--cell", error) || !needs(asked->reason, "--reason", error))
        return CD_ERROR_USAGE;
    OWN(rollout) rollout = rollout_require(context, error);
    const struct person person = context_person(context);
    return done(context,
                rollout && rollout_confirm_cell(context, rollout, what, error) &&
                    request_cell(context->journal, rollout->id, what, asked->cell, asked->reason,
                                 &person, when_now_ms(), error),
                error);
}

int rollout_accept_run(struct context *context, GError **error)
{
    return ask_of_cell(context, "accept", error);
}

int rollout_retry_run(struct context *context, GError **error)
{
    return ask_of_cell(context, "retry", error);
}

int rollout_skip_run(struct context *context, GError **error)
{
    return ask_of_cell(context, "skip", error);
}
