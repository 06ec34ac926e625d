/* What may safely be done about who carries an operation on: parts of safe_next.h's sentences. */
#pragma once

#include "tui/views/deck.h"

/* Nobody does: "run `celldeck conductor --until-idle`: nobody carries f3 on". */
void safe_next_conduct(GString *text, const struct deck *deck, const char *operation);
/* Somebody does, and is silent: what to look at, and what to do. */
void safe_next_wake_conductor(GString *text, const struct deck *deck, const char *operation);
