/* Between the files of failover_decide. */
#pragma once

#include "rollout/failover_state.h"

#define NO_EVENT ((struct failover_decision){0})

/* What is waited for has been waited for as long as the plan allows, however the clock has jumped;
 * `due` is when that is. */
gint64 failover_due_ms(const struct failover *failover);
bool failover_is_late(const struct failover *failover, const struct failover_observation *seen);
/* Nobody else touches these cells. */
bool failover_may_write(const struct failover *failover, const struct failover_observation *seen);
/* The targets are well and have room, the registry was read whole, and of one that has done nothing
 * yet the plan has everybody. */
bool failover_is_fit(const struct failover *failover, const struct failover_observation *seen);

/* failover_behind.c: who lives in the source. */

/* Whom the plan does not have, before anything was done: how many; 0 also where it is not read or
 * not asked. */
gint64 failover_strangers(const struct failover *failover, const struct failover_observation *seen);
/* The plan has everybody who lives there, or that is not asked (any more). */
bool failover_has_everybody(const struct failover *failover,
                            const struct failover_observation *seen);
/* Why that is not known: caller frees. */
char *failover_unread_words(const struct failover *failover,
                            const struct failover_observation *seen);
/* Who was passed over, or came in since: of a drill, which moves nobody, only the latter. */
struct failover_behind failover_behind_of(const struct failover *failover,
                                          const struct failover_observation *seen);
void failover_behind_clear(struct failover_behind *behind);
/* "3 tenants came to cell-1 after the plan was made: a, b, c". Caller frees. */
char *failover_strangers_words(const struct failover *failover,
                               const struct failover_behind *behind);
/* See failover_behind_words. */
char *failover_behind_text(const struct failover *failover, const struct failover_behind *behind);
/* To and from an event's data: behind, behind_first, behind_why. */
void failover_behind_add(json_t *data, const struct failover_behind *behind);

static inline const struct observed_tenant *failover_observed(
    const struct failover_observation *seen, const struct failover_tenant *tenant)
{
    return &seen->tenants[tenant->place];
}
/* Why a tenant is left alone, with where its record leads by our own doing. New reference. */
json_t *failover_left_why(const struct failover_tenant *tenant, const char *why);
json_t *failover_moment(gint64 at_ms);

/* failover_outcome.c: what became of the intent in flight. */
struct failover_decision failover_outcome(const struct failover *failover,
                                          const struct failover_observation *seen);
/* failover_phases.c: what the batch comes to next. `waits_only`: nothing is begun. */
struct failover_decision failover_batch_step(const struct failover *failover,
                                             const struct failover_observation *seen, guint place,
                                             bool waits_only);
/* failover_standing.c: its state, where that is another now. */
struct failover_decision failover_state_news(const struct failover *failover,
                                             const struct failover_observation *seen);
