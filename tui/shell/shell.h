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
/* Told, after a drawing, which cells people look at: those on the screen on top and those of live
 * rollouts; NULL-terminated, borrowed, and only when they are others than before. */
typedef void (*shell_watch_fn)(const char *const *cells, gpointer data);
void shell_on_watch(struct shell *shell, shell_watch_fn fn, gpointer data);
/* Told, after a drawing, that the cell's metrics are shown back to `since_ms`; 0: no further than
 * they are kept anyway. Of one cell at a time: 0 for the one before comes first. */
typedef void (*shell_past_fn)(const char *cell, gint64 since_ms, gpointer data);
void shell_on_past(struct shell *shell, shell_past_fn fn, gpointer data);
/* Whose credentials the header speaks of; borrowed. */
struct aws_client;
void shell_use_keys(struct shell *shell, const struct aws_client *client);
/* Whom the witnesses of where a tenant lives are asked through (whereabouts.h), of the one that is
 * looked at; borrowed. */
void shell_use_witnesses(struct shell *shell, struct aws_client *client);
/* A new snapshot for the deck. */
void shell_snapshot(struct shell *shell, struct snapshot *snapshot);
/* Something for people to know: for a while on screen, and among the messages. */
void shell_say(struct shell *shell, const char *line);
/* Until people leave. */
void shell_run(struct shell *shell);
