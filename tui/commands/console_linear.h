/* The console line by line: `celldeck console --linear`, or `linear: on` in console.yaml. */
#pragma once

#include "tui/commands/context.h"
#include "tui/views/deck.h"

/* Until people leave, or what came through a pipe is answered. False with CD_ERROR_USAGE where they
 * want to act and there is no terminal to ask them on. */
bool console_linear(struct deck *deck, struct context *context, GError **error);
