/* Between the files of a failover's fold; fold.h has what it shares with a rollout's. */
#pragma once

#include "rollout/failover_state.h"
#include "rollout/fold.h"

/* What one kind of event makes of the failover. False: the event breaks the order, and nothing is
 * changed. */
typedef bool failover_fold_fn(struct failover *failover, const struct event *event, GError **error);

/* failover_fold_batches.c */
failover_fold_fn failover_fold_registry_intent, failover_fold_registry_done, failover_fold_dns_read,
    failover_fold_dns_intent, failover_fold_dns_called, failover_fold_dns_failed,
    failover_fold_dns_insync, failover_fold_verified, failover_fold_tenant_left;

/* failover_fold_commands.c: fence, promote, data */
failover_fold_fn failover_fold_fence_intent, failover_fold_promote_intent,
    failover_fold_data_intent, failover_fold_command_done, failover_fold_command_failed;

/* The intent in flight is the event's; its deadline, which all have, is read. */
void failover_fold_begin(struct failover *failover, const struct event *event,
                         enum failover_act act);
/* The intent in flight has failed: its way stops here until a person says how to go on. What a
 * revert found out of the way there stops nothing. Ends the intent. */
void failover_fold_failed(struct failover *failover, enum failover_code code, const char *why);
/* The intent in flight is refused for now. What ends a call of its kind ends that, too, unless it
 * is put off till later. */
void failover_fold_delay(struct failover *failover, enum failover_code code, const char *why);
/* What a `resume` goes on without. */
void failover_fold_ack(struct failover *failover, const struct event *event);
/* Who lives in the source at its end (failover_behind.c). */
void failover_fold_behind(struct failover *failover, const struct event *event);
void failover_fold_step(struct failover_tenant *tenant, enum tenant_step step, gint64 at_ms);
