/* The user's own commands of a failover: fence, promote, and the data of a move. Each runs once,
 * under its intent's token (job.h), and may outlive any number of conductors of this host. */
#include "rollout/failover_conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/fault_point.h"

#include <string.h>

enum { LOOK_PACE_MS = 200 };

/* What the intent in flight runs. */
struct errand {
    const char *name; /* for fault_point() */
    const char *setting, *limit_setting;
    const struct own_command *command;
    gint64 timeout_ms;                  /* as it was planned */
    const char *cell, *target, *tenant; /* for its environment; NULL: not set */
};

static struct errand errand_of(const struct crossing *crossing)
{
    const struct config *config = crossing->base.world->config;
    const struct failover *failover = crossing->failover;
    const struct failover_plan *plan = failover->plan;
    const struct failover_intent *intent = &failover->intent;
    if (intent->act == ACT_FENCE)
        return (struct errand){"fence",
                               "failover.fence.command",
                               "failover.fence.timeout",
                               &config->failover.fence,
                               plan->fence_ms,
                               plan->source,
                               NULL,
                               NULL};
    if (intent->act == ACT_PROMOTE)
        return (struct errand){"promote",
                               "failover.promote.command",
                               "failover.promote.timeout",
                               &config->failover.promote,
                               plan->promote_ms,
                               intent->cell,
                               intent->cell,
                               NULL};
    const struct failover_tenant *tenant = g_ptr_array_index(intent->tenants, 0);
    return (struct errand){"data",        "move.command", "move.timeout",   &config->move,
                           plan->move_ms, plan->source,   tenant->plan->to, tenant->plan->id};
}

static char **environment_of(const struct crossing *crossing, const struct errand *errand)
{
    const struct job_variable given[] = {
        {"CELLDECK_OPERATION", crossing->base.id},
        {"CELLDECK_TOKEN", crossing->failover->intent.token},
        {"CELLDECK_SOURCE", crossing->failover->plan->source},
        {"CELLDECK_CELL", errand->cell},
        {"CELLDECK_TARGET", errand->target},
        {"CELLDECK_TENANT", errand->tenant},
    };
    return job_environment(given, G_N_ELEMENTS(given));
}

static void begin(struct crossing *crossing, const struct errand *errand)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) environment = environment_of(crossing, errand);
    const struct job job = {
        .token = crossing->failover->intent.token,
        .setting = errand->setting,
        .argv = errand->command->argv,
        .environment = environment,
        .timeout_ms = errand->timeout_ms,
        .begun = crossing->base.id,
    };
    fault_point("call", errand->name);
    if (!job_begin(crossing->base.world->jobs, &job, &error))
        attempt_ends(&crossing->call, OUTCOME_REFUSED, error->message);
    fault_point("answered", errand->name);
}

/* The files of its token lie on the host that began it. Whether it was begun there, or runs there
 * still, can't be seen from here; and run twice it must not be. */
static bool is_from_elsewhere(const struct crossing *crossing)
{
    return crossing->intent_seq == crossing->inherited_seq && crossing->inherited_from &&
           g_strcmp0(crossing->inherited_from, crossing->base.world->actor) != 0;
}

static void leave_to_a_person(struct crossing *crossing, const struct errand *errand)
{
    g_autofree char *why = g_strdup_printf(
        "%s may have been begun by %s, and what became of it can't be seen from here: look there; "
        "resumed, it is run here",
        errand->setting, crossing->inherited_from);
    attempt_ends(&crossing->call, OUTCOME_REFUSED, why);
}

static void keep_output(struct crossing *crossing, const struct job_look *look)
{
    g_free(crossing->call_output);
    crossing->call_output = g_strdup(look->output);
}

/* "failover.fence.command: the command ended with exit status 3: no route to host": whose it is,
 * and the last that it said. */
static char *end_in_words(const struct errand *errand, const struct job_look *look)
{
    if (look->state == JOB_LOST)
        return g_strdup_printf("%s was begun and is gone without having said how it ended (was the "
                               "machine restarted?); how far it came is not known, and only who "
                               "resumes this has it run again",
                               errand->setting);
    g_autofree char *ending = job_ending_text(look, errand->timeout_ms, errand->limit_setting);
    g_autofree char *output = g_strchomp(g_strdup(look->output));
    const char *newline = strrchr(output, '\n');
    const char *last = newline ? newline + 1 : output;
    return g_strdup_printf("%s: %s%s%s", errand->setting, ending, *last ? ": " : "", last);
}

static void take_end(struct crossing *crossing, const struct errand *errand,
                     const struct job_look *look)
{
    bool well = look->state == JOB_ENDED && look->ending == ENDING_EXIT && look->value == 0;
    g_autofree char *why = end_in_words(errand, look);
    keep_output(crossing, look);
    attempt_ends(&crossing->call, well ? OUTCOME_DONE : OUTCOME_REFUSED, well ? NULL : why);
}

void command_call(struct crossing *crossing)
{
    const struct errand errand = errand_of(crossing);
    gint64 mono_ms = when_boot_ms();
    if (!attempt_is_due(&crossing->call, mono_ms))
        return;
    crossing->call.next_mono_ms = mono_ms + LOOK_PACE_MS;
    struct job_look look;
    job_look(crossing->base.world->jobs, crossing->failover->intent.token, &look);
    if (look.state == JOB_ENDED || look.state == JOB_LOST)
        take_end(crossing, &errand, &look);
    else if (look.state != JOB_UNBEGUN)
        crossing->call.outcome = OUTCOME_UNKNOWN;
    else if (is_from_elsewhere(crossing))
        leave_to_a_person(crossing, &errand);
    else if (!failover_may_call(crossing->failover))
        attempt_ends(&crossing->call, OUTCOME_NOT, "it was not begun");
    else if (crossing_may_write(crossing))
        begin(crossing, &errand);
    job_look_clear(&look);
}
