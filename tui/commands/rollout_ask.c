/* What people ask of a rollout that is under way: approve, pause, resume, abort, rollback, accept,
 * retry, skip. Each becomes an event; the conductor does the rest. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/request.h"
#include "tui/commands/rollout.h"

#include <string.h>

const GOptionEntry rollout_ask_options[] = {
    {"wave", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(wave), "The wave it is about", "WAVE"},
    {"cell", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(cell), "The cell it is about", "CELL"},
    {"all", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(all), "Every cell that the rollout has changed",
     NULL},
    {"reason", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(reason), "Why; kept in the history",
     "TEXT"},
    {"override", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(override),
     "Break-glass: go on although the wave's window is shut; a debt to review", "REASON"},
    {"bake", 0, 0, G_OPTION_ARG_STRING, ROLLOUT_OPTION(bake),
     "With --override: the wave bakes no longer than that", "DURATION"},
    {"yes", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(yes), "Do not ask for a confirmation", NULL},
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

/* May the glass be broken so? Where it is refused to lift a window and the bake could be shortened,
 * that is said. */
static bool may_break_glass(const struct rollout *rollout, const char *wave,
                            const struct override_request *override, GError **error)
{
    const struct override_request shorter = {override->reason, rollout->plan->period_ms};
    g_autoptr(GError) refused = NULL;
    if (request_may_override(rollout, wave, override, &refused))
        return true;
    bool instead = !override->bake_ms && request_may_override(rollout, wave, &shorter, NULL);
    g_set_error(error, refused->domain, refused->code, "%s%s", refused->message,
                instead ? "; --bake shortens its bake" : "");
    return false;
}

/* What could never be done is refused before anybody is asked to confirm it. */
static bool makes_sense(const struct rollout *rollout, const char *what,
                        const struct rollout_cell *cell, GError **error)
{
    g_autofree char *why = rollout_refuses(rollout, what, cell);
    if (why)
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "can't %s %s: %s", what, rollout->id, why);
    return !why;
}

static void print_blast_radius(const struct rollout *rollout, char *const *cells)
{
    gint64 tenants = 0, users = 0;
    for (char *const *id = cells; *id; id++) {
        const struct rollout_cell *cell = rollout_cell(rollout, *id);
        tenants += cell ? cell->plan->tenants : 0;
        users += cell ? cell->plan->users : 0;
        out_message("%s goes back to %s", *id, cell && cell->plan->from ? cell->plan->from : "?");
    }
    guint n = g_strv_length((char **)cells);
    g_autofree char *tenants_text = text_count(tenants), *users_text = text_count(users);
    out_message("blast radius: %u cell%s, %s tenants, %s users", n, n == 1 ? "" : "s", tenants_text,
                users_text);
}

/* Says which cells go back, and lets the version be typed. */
static bool confirm_abort(struct context *context, GError **error)
{
    OWN(rollout) rollout = rollout_require(context, error);
    if (!rollout || !makes_sense(rollout, "abort", NULL, error))
        return false;
    g_auto(GStrv) in_flight = g_new0(char *, rollout->cells->len + 1);
    for (guint i = 0, n = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        if (cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING)
            in_flight[n++] = g_strdup(cell->plan->id);
    }
    print_blast_radius(rollout, in_flight);
    g_autofree char *sentence = g_strdup_printf("abort %s", rollout->id);
    return context_confirm(rollout_options(context)->yes, sentence, rollout->plan->version, error);
}

int rollout_approve_run(struct context *context, GError **error)
{
    const struct person person = context_person(context);
    return done(context,
                request_approve(context->journal, context->args[0], rollout_options(context)->wave,
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

/* Says what is left of the rollout, for which the glass is broken, and lets the version be typed.
 */
static bool confirm_override(struct context *context, const struct rollout *rollout, GError **error)
{
    gint64 tenants = 0, users = 0;
    guint cells = 0;
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        bool ahead = cell->state == CELL_PENDING || cell->state == CELL_DEPLOYING ||
                     cell->state == CELL_BAKING;
        cells += ahead;
        tenants += ahead ? cell->plan->tenants : 0;
        users += ahead ? cell->plan->users : 0;
    }
    g_autofree char *tenants_text = text_count(tenants), *users_text = text_count(users);
    out_message("break-glass: it stands in the history as a debt to review");
    out_message("still ahead: %u cell%s, %s tenants, %s users", cells, cells == 1 ? "" : "s",
                tenants_text, users_text);
    return context_confirm(rollout_options(context)->yes, "break the glass", rollout->plan->version,
                           error);
}

static bool break_glass(struct context *context, const struct override_request *override,
                        const struct person *person, GError **error)
{
    OWN(rollout) rollout = rollout_require(context, error);
    const char *wave = rollout_options(context)->wave;
    return rollout && may_break_glass(rollout, wave, override, error) &&
           confirm_override(context, rollout, error) &&
           request_override(context->journal, rollout->id, wave, override, person, when_now_ms(),
                            error) &&
           (!rollout->paused ||
            request_resume(context->journal, rollout->id, person, when_now_ms(), error));
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
    const struct person person = context_person(context);
    bool asked_for = override.reason ? break_glass(context, &override, &person, error)
                                     : request_resume(context->journal, context->args[0], &person,
                                                      when_now_ms(), error);
    return done(context, asked_for, error);
}

int rollout_abort_run(struct context *context, GError **error)
{
    const struct person person = context_person(context);
    return done(context,
                confirm_abort(context, error) &&
                    request_abort(context->journal, context->args[0],
                                  rollout_options(context)->reason, &person, when_now_ms(), error),
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
    for (char **id = cells; id && *id; id++)
        if (!makes_sense(rollout, "rollback", rollout_cell(rollout, *id), error))
            return CD_ERROR_REFUSED;
    if (!cells)
        return CD_ERROR_FAILED;
    print_blast_radius(rollout, cells);
    const struct person person = context_person(context);
    const char *word = cells[1] ? rollout->plan->version : cells[0];
    g_autofree char *sentence = g_strdup_printf("roll %s back", cells[1] ? rollout->id : cells[0]);
    return done(context,
                context_confirm(asked->yes, sentence, word, error) &&
                    request_rollback(context->journal, rollout->id, (const char *const *)cells,
                                     asked->reason, &person, when_now_ms(), error),
                error);
}

static int ask_of_cell(struct context *context, const char *what, GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    const struct person person = context_person(context);
    return done(context,
                needs(asked->cell, "--cell", error) && needs(asked->reason, "--reason", error) &&
                    request_cell(context->journal, context->args[0], what, asked->cell,
                                 asked->reason, &person, when_now_ms(), error),
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
