/* What can be said of a failover from its state alone: shared by the fold, the engine and its JSON,
 * and nobody else's affair. */
#pragma once

#include "rollout/failover.h"

/* What a batch comes to next, on either way; on the way back MARK takes placed tenants out of their
 * new cell again, and GIVE_BACK restores them. A batch is in the first phase that a tenant of it
 * wants. */
enum phase {
    PHASE_MARK,
    PHASE_COPY,
    PHASE_READ,
    PHASE_CHANGE,
    PHASE_INSYNC,
    PHASE_PLACE,
    PHASE_GIVE_BACK, /* on the way there: the marks of those whose records can't be changed */
    PHASE_VERIFY,
    PHASE_DONE
};
bool tenant_wants(const struct failover *failover, const struct failover_tenant *tenant,
                  enum phase phase);
enum phase batch_phase(const struct failover *failover, guint place);
/* The batches in the order of this way: the i-th one's place. */
guint batch_in_turn(const struct failover *failover, guint i);
/* Whether the i-th in turn may be worked on: the first has gone all the way (of a revert: the one
 * before it has been sent back), and Route 53 has taken the one before; one whose change was
 * refused for now waits until all before it are done. */
bool batch_may_begin(const struct failover *failover, guint i);
/* The first `i` in turn are done. */
bool batches_are_done(const struct failover *failover, guint i);
/* All batches of this way are done. */
bool failover_is_done(const struct failover *failover);

/* What a dns.failed's `code` is held for; "changed": NO_CODE, for that is read anew. */
enum failover_code failover_code_of_dns(const char *code);

/* failover_progress_words() without what is refused for now. Caller frees. */
char *failover_done_words(const struct failover *failover);

/* Its outcome is recorded. */
void failover_forget_intent(struct failover *failover);

bool tenant_is_left(const struct failover_tenant *tenant);
/* Something was done to it and not undone, or undone by this revert. */
bool tenant_was_touched(const struct failover_tenant *tenant);

/* Drills write nothing. */
static inline bool failover_is_drill(const struct failover *failover)
{
    return failover->plan && failover->plan->kind == FAILOVER_DRILL;
}

/* The source is to be fenced, or was. */
static inline bool failover_fences(const struct failover *failover)
{
    return failover->plan && failover->plan->fence_ms > 0 && !failover_is_drill(failover);
}

/* It ran, or a person goes on without it. */
static inline bool failover_command_settled(const struct failover_command *command)
{
    return command->done || command->acked;
}
/* The source is fenced as far as it will be, where it is to be. */
static inline bool failover_fence_settled(const struct failover *failover)
{
    return !failover_fences(failover) || failover_command_settled(&failover->fence);
}
/* ... and its replicas are promoted. */
bool failover_commands_settled(const struct failover *failover);

/* failover_record.c: raw record sets, and what a change of Route 53's may hold (aws.md, "Limits").
 */

/* A CNAME to `dns_name`, whatever its case and trailing dot. `record` may be NULL. */
bool record_leads_to(const json_t *record, const char *dns_name);
bool record_same(const json_t *a, const json_t *b); /* either may be NULL */
/* "leads to cell1.example.com": for people. Caller frees. */
char *record_words(const json_t *record);
/* The CNAME that leads the tenant to its target. New reference. */
json_t *record_new(const struct failover *failover, const struct failover_tenant *tenant);
/* The `changes` of the batch's next dns.intent: as many of its tenants as fit. New reference. */
json_t *record_changes(const struct failover *failover, guint place);
