/* What may safely be done next about a cell that is being failed over, or could be: parts of
 * safe_next.h's sentences. */
#pragma once

#include "tui/views/deck.h"

/* Whether anybody lives there who would have to go somewhere, by what is planned now. */
bool safe_next_has_failover(const struct deck *deck, const struct cell *cell);
/* What took everybody out of it, where nobody lives there any more by a registry that was read
 * whole; NULL: nothing that is known. */
const struct failover *safe_next_left_by(const struct deck *deck, const struct cell *cell);
/* "fail over to cell-1-dr: F", what is not proven of that; or that nobody can go, and why. */
void safe_next_fail_over(GString *text, const struct deck *deck, const struct cell *cell);
/* What deck_cell_failover() is at: to wait for it, or what a person has to say to it. */
void safe_next_failing_over(GString *text, const struct deck *deck, const struct cell *cell);
