/* Runs somebody's own short command (deploy.exec.current, notify.command) beside the event loop:
 * bounded in time and in output, in a session of its own, so that it is killed with its children.
 * Deploys are another matter, they outlive this process: see supervisor.h. */
#pragma once

#include "data/base/own.h"

#include <glib.h>

enum { COMMAND_OUTPUT_MAX = 64 * 1024 };

/* `output` is what it wrote to stdout (valid UTF-8, at most COMMAND_OUTPUT_MAX; more is refused to
 * it), NULL exactly when `error` is set: it could not be started, did not end in time (it is dead
 * now), or ended with anything but exit status 0 (the message has the last line of its stderr). */
typedef void (*command_fn)(const char *output, const GError *error, gpointer data);

struct command;

/* `environment` is the whole of it: the user's own as it is (a command of theirs may need the keys
 * in it) and what the caller adds, never a key that was found elsewhere. `input` (may be NULL:
 * nothing) is its stdin. `what` names it in errors. Everything is copied. NULL and `error` where it
 * can't be started; else exactly one `fn`, never from within this function, unless it is cancelled
 * first. */
struct command *command_run(const char *what, char **argv, char **environment, const char *input,
                            gint64 deadline_ms, command_fn fn, gpointer data, GError **error);

/* Kills it; no callback comes after this. */
void command_cancel(struct command *command);
