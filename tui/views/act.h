/* What people do to a rollout from the console: asked first, with the blast radius and a name to
 * type, then appended to the journal by a worker thread (an append fsyncs).
 *
 * An act is bound to what was on the screen when it was asked for: the rollout and the cell by
 * their ids, and the blast radius that was shown. If by the time it is to be done it would touch
 * other cells, nothing is done and that is said. */
#pragma once

#include "tui/console/dialog.h"
#include "tui/views/deck.h"
#include "tui/views/requests.h"

struct act;
void act_free(struct act *act);

/* `request` (one of act_kind.h's) of the deck's rollout; `cell`: the selected one, or NULL. NULL
 * with an error that says why it can't be: read-only, or not in this state. */
struct act *act_prepare(const struct deck *deck, enum request request, const char *cell,
                        GError **error);
/* Whether it can be now. */
bool act_can(const struct deck *deck, enum request request, const char *cell);
/* The question to put before it. */
struct dialog *act_dialog(const struct act *act);
/* The open question follows the deck. True: it has changed; `*dialog` says so and shows the new
 * blast radius, with what was typed taken back; or, where it can't be done any more, why. */
bool act_follow(struct act *act, const struct deck *deck, struct dialog **dialog);

/* Called in the main context; `error` NULL: done. `said` is what was done, in words. */
typedef void (*act_fn)(const char *said, const GError *error, gpointer data);
/* Takes `act`. Does it in a worker thread, and sees to it that a conductor is at work. `dialog` has
 * what was typed. */
void act_do(struct act *act, const struct dialog *dialog, act_fn fn, gpointer data);
