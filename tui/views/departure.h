/* Taking tenants elsewhere from the console: a failover, its drill, or the move of one tenant.
 * Asked first: what is checked, the blast radius, each thing that is not proven to be acknowledged
 * by its name, a reason, and the cell's (the tenant's) name typed; then opened by a worker, as the
 * command does it (rollout/failover_request.h), and a conductor seen to be at work.
 *
 * It is bound to who goes where by the plan that was shown, and to what was not proven of it. Where
 * that is another while the question is open, what was typed is void; where it is at the last
 * moment, nothing is done. */
#pragma once

#include "rollout/failover_plan.h"
#include "tui/console/dialog.h"
#include "tui/views/deck.h"

struct departure;
void departure_free(struct departure *departure);

struct departure_ask {
    enum failover_kind kind;
    const char *of; /* a cell; of a move a tenant */
    const char *to; /* only into that cell, or NULL */
    bool by_hand;   /* without DNS: the registry alone, and people change the records */
};
/* By the deck's plans, credentials and moment, which have to be those of now. NULL with an error
 * that says why it can't even be asked. */
struct departure *departure_new(const struct deck *deck, const struct departure_ask *ask,
                                GError **error);
/* Whether there is a zone that could be left alone: without one it is in any case. */
bool departure_may_leave_dns(const struct deck *deck);
/* Whether everybody is being taken out of that cell already, or is held half-way: no other can
 * begin before that is over. */
bool departure_is_under_way(const struct deck *deck, const char *cell);
/* The question; where a check fails that tells which, and asks nothing. */
struct dialog *departure_dialog(const struct departure *departure);
/* The open question follows the deck. True: it is another, and *dialog too. */
bool departure_follow(struct departure *departure, const struct deck *deck, struct dialog **dialog);

/* Called in the main context; `id` NULL: nothing was begun, and `error` says why. With both it is
 * on record, and nobody carries it on yet. */
typedef void (*departure_fn)(const char *id, const GError *error, gpointer data);
/* Takes `departure`; `dialog` has what was typed. */
void departure_begin(struct departure *departure, const struct deck *deck,
                     const struct dialog *dialog, departure_fn fn, gpointer data);
