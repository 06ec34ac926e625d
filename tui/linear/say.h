/* What is said of each screen: the same facts, from the same functions, in sentences and "label:
 * value" lines in the order of their importance. What the deck was told to choose (say_choose) is
 * what a screen is about. */
#pragma once

#include "tui/linear/speech.h"
#include "tui/views/view.h"

/* Tells the deck that this screen is on top, on `subject` (NULL: none, or the rollout under way)
 * with `filter` (NULL: none), as the shell does. */
void say_choose(struct deck *deck, enum view_id view, const char *subject, const char *filter);
/* The screen on top. */
void say_screen(struct speech *speech, const struct deck *deck);

/* Who looks at what, and how far back; what is wrong, worst first; what is under way, and what may
 * be done about it. */
void say_brief(struct speech *speech, const struct deck *deck);
/* The one cell, as a sentence that stands alone: its state, since when, why, who is affected, what
 * changed there. Caller frees. */
char *say_cell_sentence(const struct deck *deck, const struct cell *cell);
/* "approve, pause, abort": what these people could do to this rollout now; "" where that is
 * nothing. Caller frees. */
char *say_may(const struct deck *deck, const struct rollout *rollout);

/* Of a screen without a speaker of its own, below: what its picture says, line by line; rows of its
 * list are items that open what Enter would. */
void say_picture(struct speech *speech, const struct deck *deck, enum view_id id);

/* A row of a picture as a sentence: its first field says what the others are about. */
void say_row(struct speech *speech, const char *row);

/* The last events of the deck's operation, the newest first. */
void say_log(struct speech *speech, const struct deck *deck);

/* Speakers of one screen each. */
void say_fleet(struct speech *speech, const struct deck *deck);
void say_tenants(struct speech *speech, const struct deck *deck);
void say_releases(struct speech *speech, const struct deck *deck);
void say_history(struct speech *speech, const struct deck *deck);
void say_cell(struct speech *speech, const struct deck *deck);
void say_rollout(struct speech *speech, const struct deck *deck);
void say_failover(struct speech *speech, const struct deck *deck);
void say_steps(struct speech *speech, const struct deck *deck);
void say_targets(struct speech *speech, const struct deck *deck);
void say_moves(struct speech *speech, const struct deck *deck);
void say_events(struct speech *speech, const struct deck *deck);
void say_help(struct speech *speech, const struct deck *deck);
