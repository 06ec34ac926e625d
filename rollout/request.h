/* What people ask of rollouts, as events: each function appends to the journal and returns; the
 * conductor reads. A lost compare-and-append is read back and tried again as long as the request
 * still makes sense. The event keeps the person's login and, where known, ARN. All of them refuse
 * (CD_ERROR_REFUSED, or BUSY) what can't be, in words. */
#pragma once

#include "rollout/engine.h"

/* Break-glass (product.md, "People and safety"): with a reason, a wave's window and freezes are
 * lifted, or with `bake_ms` its bake is shortened. It stands in the history as a debt to review. */
struct override_request {
    const char *reason; /* NULL: nobody breaks any glass */
    gint64 bake_ms;     /* 0: the window is lifted */
};

/* {reason, window, bake_ms} as events have it. New reference. */
json_t *override_json(const struct override_request *override);

struct start_request {
    struct plan *plan;
    const char *reason, *ticket; /* reason is required, ticket may be NULL */
    const char *expected_hash;   /* --plan HASH, or NULL */
    bool attended, retry_failed;
    const char *credentials; /* those that somebody stays to renew, in words; NULL: none */
    const char *const *fixes;
    struct override_request override; /* for each of its waves that it means something to */
};
/* Why breaking the glass at the start would change nothing of the plan (`bake_ms` 0: windows and
 * freezes are lifted), or NULL. Caller frees. */
char *request_refuses_glass(const struct plan *plan, gint64 bake_ms);
/* Whether it would be taken as things are; asked before anybody is asked to confirm it. */
bool request_may_start(struct journal *journal, const struct start_request *start, GError **error);
/* Appends `opened` under a new id ("r1", "r2", ... : the next number of this journal) and returns
 * it. Two live rollouts never share a cell: CD_ERROR_BUSY names the first, who runs it, where and
 * since when. Caller frees. */
char *request_start(struct journal *journal, const struct start_request *start,
                    const struct person *requester, gint64 now_ms, GError **error);

/* What of a rollout a name means; -1 or NULL with CD_ERROR_USAGE: nothing of it. */
gssize request_wave_named(const struct rollout *rollout, const char *name, GError **error);
const struct rollout_cell *request_cell_named(const struct rollout *rollout, const char *id,
                                              GError **error);

/* The wave that an approval would be for: the first that has not started and wants some; -1: none.
 */
gssize request_waiting_wave(const struct rollout *rollout);
/* rollout_refuses_approval(), and whoever has approved it already does not count twice. NULL: it
 * would be taken as things are. Caller frees. */
char *request_refuses_approval(const struct rollout *rollout, size_t wave,
                               const struct person *person, gint64 now_ms);
/* `wave` NULL: the one that waits. Approver ≠ requester where the wave says so.
 * request_may_approve: which wave it would be, as things are; -1 with an error: none. */
gssize request_may_approve(const struct rollout *rollout, const char *wave,
                           const struct person *person, gint64 now_ms, GError **error);
bool request_approve(struct journal *journal, const char *id, const char *wave,
                     const struct person *person, gint64 now_ms, GError **error);
bool request_pause(struct journal *journal, const char *id, const char *reason,
                   const struct person *person, gint64 now_ms, GError **error);
bool request_resume(struct journal *journal, const char *id, const struct person *person,
                    gint64 now_ms, GError **error);
/* `wave` NULL: the one under way, or else the next one. request_may_override: whether it would be
 * taken as things are. */
bool request_may_override(const struct rollout *rollout, const char *wave,
                          const struct override_request *override, GError **error);
bool request_override(struct journal *journal, const char *id, const char *wave,
                      const struct override_request *override, const struct person *person,
                      gint64 now_ms, GError **error);
bool request_abort(struct journal *journal, const char *id, const char *reason,
                   const struct person *person, gint64 now_ms, GError **error);
/* `cells`: ids, NULL-terminated; newest first is the engine's affair. `reason` may be NULL: what is
 * urgent need not be explained first. */
bool request_rollback(struct journal *journal, const char *id, const char *const *cells,
                      const char *reason, const struct person *person, gint64 now_ms,
                      GError **error);
/* `what`: "accept", "retry" or "skip". */
bool request_cell(struct journal *journal, const char *id, const char *what, const char *cell,
                  const char *reason, const struct person *person, gint64 now_ms, GError **error);
