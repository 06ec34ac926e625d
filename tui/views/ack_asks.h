/* What is not proven of a plan, as a dialog asks for it: each by its name, which alone acknowledges
 * it (rollout.md, "Failover": nothing else does, `--yes` included). */
#pragma once

#include "rollout/failover_plan.h"
#include "rollout/placement.h"
#include "tui/console/dialog.h"

struct ack_about {
    const struct evacuation *evacuation;
    enum failover_kind kind;
    bool by_hand; /* the zone is left alone */
};

/* "data not proven: no rpo (cell-1-dr)". Caller frees. */
char *ack_words(const struct ack_about *about, enum proof proof);
/* One for each of `needs` (1u << proof) into `asks`, and how many; there has to be room for PROOFS.
 * What they hold is freed by ack_asks_clear(), which takes asks of others among them, too. */
size_t ack_asks_set(struct dialog_ask *asks, const struct ack_about *about, unsigned needs);
void ack_asks_clear(struct dialog_ask *asks, size_t n);
/* Those that were typed, 1u << proof. */
unsigned ack_asks_typed(const struct dialog *dialog);
