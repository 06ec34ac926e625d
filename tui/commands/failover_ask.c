/* `celldeck failover resume|revert`. Each becomes an event; the conductor does the rest. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_request.h"
#include "tui/commands/failover.h"

#include <string.h>

const GOptionEntry failover_revert_options[] = {FAILOVER_ACTS_OPTIONS};
const GOptionEntry failover_resume_options[] = {
    {"ack", 0, 0, G_OPTION_ARG_STRING_ARRAY, FAILOVER_OPTION(acks),
     "Go on without the command that failed: fence or promote; on record", "NAME"},
    FAILOVER_ACTS_OPTIONS};

/* `seen`: as it was when whoever asks was asked. */
static int ask(struct context *context, const char *what, const struct failover *seen,
               enum failover_state wanted, GError **error)
{
    const struct person person = context_person(context);
    const char *id = context->args[0];
    char *const *acks = failover_options(context)->acks;
    const struct failover_ack ack = {acks ? *acks : NULL, seen->seq};
    if (!failover_request(context->journal, id, what, failover_options(context)->reason,
                          ack.name ? &ack : NULL, &person, when_now_ms(), error))
        return CD_ERROR_FAILED;
    int code = failover_carry_on(context, id, wanted, error);
    OWN(failover) failover = context->json ? failover_load(context->journal, id, NULL) : NULL;
    if (failover)
        out_json("failover.status", failover_json(failover, when_now_ms()));
    return code;
}

/* What could never be done is refused before anybody is asked to confirm it. */
static bool may_be(const struct failover *failover, const char *what, GError **error)
{
    g_autofree char *why = failover_refuses(failover, what);
    if (why)
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "can't %s %s: %s", what, failover->id, why);
    return !why;
}

static bool may_ack(const struct context *context, const struct failover *failover, GError **error)
{
    char *const *acks = failover_options(context)->acks;
    for (; acks && *acks; acks++) {
        g_autofree char *why = failover_refuses_ack(failover, *acks);
        if (!why)
            continue;
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "--ack %s of %s: %s", *acks, failover->id,
                    why);
        return false;
    }
    return true;
}

/* What is left out, and what that comes to. */
static void print_without(const struct context *context, const struct failover *failover)
{
    const struct failover_command *failed = failover_failed_command(failover);
    if (!failover_options(context)->acks || !failed)
        return;
    g_autofree char *words = failover_without_words(failover, failed);
    out_message("goes on %s (%s)", words, failed->error);
}

int failover_resume_run(struct context *context, GError **error)
{
    OWN(failover) failover = failover_require(context->journal, context->args[0], error);
    if (!failover || !may_be(failover, "resume", error) || !may_ack(context, failover, error))
        return CD_ERROR_FAILED;
    /* A drill writes nothing. */
    bool sure = failover_options(context)->yes || strcmp(failover->kind, "drill") == 0;
    struct failover_progress progress = failover_progress(failover);
    g_autofree char *all = text_counted(progress.total, "tenant");
    out_message("blast radius: %u cells; %u of %s done, %u left", failover->plan->targets->len + 1,
                progress.done, all, progress.left);
    print_without(context, failover);
    g_autofree char *what = g_strdup_printf("go on with %s", failover->id);
    if (!context_confirm(sure, what, failover->cell, error))
        return CD_ERROR_REFUSED;
    return ask(context, "resume", failover, failover_wanted(failover), error);
}

/* What would go back: those that something was done to. */
static void print_blast_radius(const struct failover *failover)
{
    guint tenants = 0;
    gint64 users = 0;
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        bool touched = tenant->item != ITEM_AS_PLANNED || tenant->record != RECORD_AS_IT_WAS;
        tenants += touched;
        users += touched ? tenant->plan->users : 0;
    }
    g_autofree char *tenants_text = text_counted(tenants, "tenant");
    g_autofree char *users_text = text_counted(users, "user");
    out_message("blast radius: %u cells; %s, %s go back to %s", failover->plan->targets->len + 1,
                tenants_text, users_text, failover->cell);
}

int failover_revert_run(struct context *context, GError **error)
{
    OWN(failover) failover = failover_require(context->journal, context->args[0], error);
    if (!failover || !may_be(failover, "revert", error))
        return CD_ERROR_FAILED;
    print_blast_radius(failover);
    g_autofree char *what = g_strdup_printf("revert %s", failover->id);
    if (!context_confirm(failover_options(context)->yes, what, failover->cell, error))
        return CD_ERROR_REFUSED;
    return ask(context, "revert", failover, FAILOVER_REVERTED, error);
}
