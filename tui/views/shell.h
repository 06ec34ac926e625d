/* The console at work: one deck, a stack of screens, and what is being typed. Keys come in, views
 * react, the shell does what they ask for and draws the screen on top. */
#pragma once

#include "tui/console/screen.h"
#include "tui/views/deck.h"

struct shell;

/* Borrows `deck`. Takes the terminal. */
struct shell *shell_new(struct deck *deck, const struct screen_options *options, GError **error);
void shell_free(struct shell *shell);
OWNABLE(shell, shell_free);

/* Key `refresh`: what reads every source again. */
void shell_on_refresh(struct shell *shell, void (*fn)(gpointer data), gpointer data);
/* A new snapshot for the deck. */
void shell_snapshot(struct shell *shell, struct snapshot *snapshot);
/* Something for people to know, until the next key. */
void shell_say(struct shell *shell, const char *line);
/* Until people leave. */
void shell_run(struct shell *shell);
