/* Who is affected by what is wrong with cells: tenants, their registered users, and the patients
 * that may be behind them, no more than the registry and celldeck.yaml allow for. */
#pragma once

#include "tui/views/deck.h"

struct affected {
    gint64 cells, tenants, users, patients;
};
void affected_add(struct affected *affected, const struct cell *cell);
/* "12 tenants, 4,011 users, 20,000 patients at most": what the registry says of them, "≥" where it
 * was read in part, and with its age where that is too old. Caller frees. */
char *affected_text(const struct deck *deck, const struct affected *affected);
/* The same without patients: "12 tenants, 4,011 users". Caller frees. */
char *affected_brief(const struct deck *deck, const struct affected *affected);
/* " (registry STALE 6m)" where what it says is not known to be so any more, else "". Caller frees.
 */
char *affected_age(const struct deck *deck);
