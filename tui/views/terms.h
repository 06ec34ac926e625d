/* The terms on which this console looks: what polling costs and whether that slows it down, who
 * polls, and until when the credentials last. In the header as far as there is room, whole in help.
 */
#pragma once

#include "tui/views/deck.h"

/* Credentials that end within half an hour, or have: from `col` on, before all that matters less.
 * Return the columns used, spaces after it included. */
int terms_draw_keys(struct canvas *canvas, int row, int col, int cols, const struct deck *deck);
/* A clock that is not AWS's: what is newest, and what is stale, can't be told by it. */
int terms_draw_clock(struct canvas *canvas, int row, int col, int cols, const struct deck *deck);
/* Cost, with a mark where it slows polling down; who polls, where that is not us or there is room.
 */
int terms_draw_polling(struct canvas *canvas, int row, int col, int cols, const struct deck *deck);

/* "alice on bastion-1, to AWS arn:aws:...": who people are. NULL: not known. Caller frees. */
char *terms_who(const struct deck *deck);
/* All of it as lines for people: char *, owned by the array; who they are, if it is known, first.
 */
GPtrArray *terms_lines(const struct deck *deck);
