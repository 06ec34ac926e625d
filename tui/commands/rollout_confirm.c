/* What is said and asked before an act on a rollout: whom it touches, and a name to type
 * (product.md, "Commands": an acting command). To pause needs none of it: it brings nothing about,
 * and may be urgent. What could never be done is refused before anybody is asked. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/request.h"
#include "tui/commands/rollout.h"

#include <string.h>

struct radius {
    guint cells;
    gint64 tenants, users;
};

static void radius_add(struct radius *radius, const struct rollout_cell *cell)
{
    radius->cells++;
    radius->tenants += cell->plan->tenants;
    radius->users += cell->plan->users;
}

static void print_radius(const char *title, const struct radius *radius)
{
    g_autofree char *cells = text_counted(radius->cells, "cell");
    g_autofree char *tenants = text_counted(radius->tenants, "tenant");
    g_autofree char *users = text_counted(radius->users, "user");
    out_message("%s: %s, %s, %s", title, cells, tenants, users);
}

static const char *or_unknown(const char *version)
{
    return version ? version : "?";
}

static bool makes_sense(const struct rollout *rollout, const char *what,
                        const struct rollout_cell *cell, GError **error)
{
    g_autofree char *why = rollout_refuses(rollout, what, cell);
    if (why)
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "can't %s %s: %s", what, rollout->id, why);
    return !why;
}

bool rollout_confirm_approval(struct context *context, const struct rollout *rollout,
                              const struct person *person, GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    gssize wave = request_may_approve(rollout, asked->wave, person, when_now_ms(), error);
    if (wave < 0)
        return false;
    struct radius radius = {0};
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        if (cell->wave != (size_t)wave)
            continue;
        radius_add(&radius, cell);
        out_message("%s goes from %s to %s", cell->plan->id, or_unknown(cell->plan->from),
                    rollout->plan->version);
    }
    print_radius("blast radius", &radius);
    const struct plan_wave *plan = rollout->plan->waves->pdata[wave];
    g_autofree char *what = g_strdup_printf("approve wave %s of %s", plan->name, rollout->id);
    return context_confirm(asked->yes, what, rollout->plan->version, error);
}

/* Of the cells that are still to come and, `in_flight`, of those under way. */
static struct radius ahead(const struct rollout *rollout, bool in_flight)
{
    struct radius radius = {0};
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        bool flies = cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING;
        if (cell->state == CELL_PENDING || (in_flight && flies))
            radius_add(&radius, cell);
    }
    return radius;
}

bool rollout_confirm_resume(struct context *context, const struct rollout *rollout, GError **error)
{
    if (!makes_sense(rollout, "resume", NULL, error))
        return false;
    struct radius radius = ahead(rollout, false);
    print_radius("still to come", &radius);
    g_autofree char *what = g_strdup_printf("resume %s", rollout->id);
    return context_confirm(rollout_options(context)->yes, what, rollout->plan->version, error);
}

/* Where it is refused to lift a window and the bake could be shortened, that is said. */
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

bool rollout_confirm_override(struct context *context, const struct rollout *rollout,
                              const struct override_request *override, GError **error)
{
    if (!may_break_glass(rollout, rollout_options(context)->wave, override, error))
        return false;
    struct radius radius = ahead(rollout, true);
    out_message("break-glass: it stands in the history as a debt to review");
    print_radius("still ahead", &radius);
    return context_confirm(rollout_options(context)->yes, "break the glass", rollout->plan->version,
                           error);
}

static void goes_back(struct radius *radius, const struct rollout_cell *cell)
{
    radius_add(radius, cell);
    out_message("%s goes back to %s", cell->plan->id, or_unknown(cell->plan->from));
}

bool rollout_confirm_abort(struct context *context, const struct rollout *rollout, GError **error)
{
    if (!makes_sense(rollout, "abort", NULL, error))
        return false;
    struct radius radius = {0};
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        if (cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING)
            goes_back(&radius, cell);
    }
    print_radius("blast radius", &radius);
    g_autofree char *what = g_strdup_printf("abort %s", rollout->id);
    return context_confirm(rollout_options(context)->yes, what, rollout->plan->version, error);
}

bool rollout_confirm_rollback(struct context *context, const struct rollout *rollout,
                              char *const *cells, GError **error)
{
    for (char *const *id = cells; *id; id++)
        if (!makes_sense(rollout, "rollback", rollout_cell(rollout, *id), error))
            return false;
    struct radius radius = {0};
    for (char *const *id = cells; *id; id++)
        goes_back(&radius, rollout_cell(rollout, *id));
    print_radius("blast radius", &radius);
    const char *word = cells[1] ? rollout->plan->version : cells[0];
    g_autofree char *what = g_strdup_printf("roll %s back", cells[1] ? rollout->id : cells[0]);
    return context_confirm(rollout_options(context)->yes, what, word, error);
}

/* What becomes of a cell by each of them. */
static void tell_act(const struct context *context, const struct rollout *rollout, const char *what,
                     const struct rollout_cell *cell)
{
    const char *id = cell->plan->id, *to = rollout->plan->version;
    g_autoptr(GPtrArray) operations = history_operations(context->journal, 0, NULL);
    g_autofree char *held = rollout_held_words(cell, operations);
    if (strcmp(what, "accept") == 0)
        out_message("%s is taken for good on %s, though its gates did not pass it: %s", id, to,
                    held ? held : "see celldeck rollout status");
    else if (strcmp(what, "retry") == 0)
        out_message("%s gets %s once more", id, to);
    else
        out_message("%s stays on %s, and the rollout goes on without it", id,
                    or_unknown(cell->plan->from));
}

bool rollout_confirm_cell(struct context *context, const struct rollout *rollout, const char *what,
                          GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    const struct rollout_cell *cell = request_cell_named(rollout, asked->cell, error);
    if (!cell || !makes_sense(rollout, what, cell, error))
        return false;
    struct radius radius = {0};
    radius_add(&radius, cell);
    tell_act(context, rollout, what, cell);
    print_radius("blast radius", &radius);
    g_autofree char *sentence = g_strdup_printf("%s it", what);
    return context_confirm(asked->yes, sentence, cell->plan->id, error);
}
