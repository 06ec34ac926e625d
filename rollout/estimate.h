/* When a plan could be through. A lower bound, honest about what is not in it: every gate goes well
 * at once and approvals are there when they are wanted; windows, freezes and bakes are waited for;
 * and a deploy takes what deploys took so far, or no time, where none is on record. */
#pragma once

#include "rollout/plan.h"

struct estimate_terms {
    gint64 now_ms;    /* when it would be started */
    gint64 deploy_ms; /* for one deploy; 0: none is on record */
    guint deploys;    /* on record */
    bool lifted;      /* break-glass: no window or freeze holds it */
    gint64 bake_ms;   /* break-glass: no bake is longer; 0: as planned */
};
/* Of how long deploys took (gint64 ms, the last of them last): the median of the last 20. NULL or
 * empty: none is on record. */
void estimate_deploys(struct estimate_terms *terms, const GArray *deploys_ms);

#define ESTIMATE_NEVER (-1)
/* When the wave could start at the earliest, if the plan is started on these terms; `wave` beyond
 * the last: when all of it could be through. ESTIMATE_NEVER: a
 * window does not open any more. */
gint64 estimate_wave_ms(const struct plan *plan, const struct estimate_terms *terms, size_t wave);

/* "Takes 11d at best: until Tue 2026-12-08 14:00Z, with deploys of 45s, the median of 8 on record.
 * Not in it: 1 approval (enterprise); holds." Caller frees. */
char *estimate_text(const struct plan *plan, const struct estimate_terms *terms);
/* "Tue 2026-12-08 14:00Z"; of today, "14:00:31Z". Caller frees. */
char *estimate_moment(gint64 at_ms, gint64 now_ms);
/* {ends_at, deploy_s, deploys, approvals, waves[] {name, starts_at, ends_at}}: a moment that never
 * comes, and a duration that nobody knows, are null. */
json_t *estimate_json(const struct plan *plan, const struct estimate_terms *terms);
