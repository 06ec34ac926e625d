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
/* The targets are well and have room, and the registry was read whole. */
bool failover_is_fit(const struct failover_observation *seen);

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
