/* A command of the user's that failed, and that a person goes on without. */
#include "rollout/failover_fold.h"

#include <string.h>

/* `i` 0 is the fence; the replicas follow. NULL: there are no more. */
static struct failover_command *command_at(const struct failover *failover, guint i)
{
    if (i == 0)
        return (struct failover_command *)&failover->fence;
    return i <= failover->promotes->len
               ? &g_array_index(failover->promotes, struct failover_command, i - 1)
               : NULL;
}

static bool has_failed(const struct failover_command *command)
{
    return command->error && !failover_command_settled(command);
}

const struct failover_command *failover_failed_command(const struct failover *failover)
{
    bool fence = failover->code == FAILOVER_FENCE_FAILED;
    if (failover->state != FAILOVER_HELD || failover->reverting ||
        (!fence && failover->code != FAILOVER_PROMOTE_FAILED))
        return NULL;
    const struct failover_command *command;
    for (guint i = fence ? 0 : 1; (command = command_at(failover, i)); i++)
        if (has_failed(command))
            return command;
    return NULL;
}

const char *failover_may_ack(const struct failover *failover)
{
    const struct failover_command *command = failover_failed_command(failover);
    return !command ? NULL : command->target ? "promote" : "fence";
}

char *failover_refuses_ack(const struct failover *failover, const char *ack)
{
    const char *may = failover_may_ack(failover);
    if (may && strcmp(may, ack) == 0)
        return NULL;
    return may ? g_strdup_printf("it is held because failover.%s.command failed: that is what can "
                                 "be acknowledged (--ack %s)",
                                 may, may)
               : g_strdup("it is not held because a command to fence or to promote failed: there "
                          "is nothing to acknowledge");
}

char *failover_without_words(const struct failover *failover,
                             const struct failover_command *command)
{
    return command->target
               ? g_strdup_printf("without promoting %s: it takes writes only where somebody has "
                                 "made it writable by hand",
                                 command->target->cell)
               : g_strdup_printf("without fencing %s: it may still take writes",
                                 failover->plan->source);
}

GPtrArray *failover_done_without(const struct failover *failover)
{
    GPtrArray *all = g_ptr_array_new();
    struct failover_command *command;
    for (guint i = 0; (command = command_at(failover, i)); i++)
        if (command->acked)
            g_ptr_array_add(all, command);
    return all;
}

/* Of two that resume at once the second is not meant for what the first came to: it names whom. */
void failover_fold_ack(struct failover *failover, const struct event *event)
{
    const char *ack = event_text(event, "ack"), *cell = event_text(event, "cell");
    struct failover_command *command = (struct failover_command *)failover_failed_command(failover);
    const char *may = failover_may_ack(failover);
    if (!ack || !command || strcmp(ack, may) != 0 ||
        g_strcmp0(cell, command->target ? command->target->cell : NULL) != 0)
        return;
    command->acked = true;
    command->acked_by = g_strdup(event->actor);
    command->acked_ms = event->at_ms;
}
