/* The console without a full screen, for screen readers and serial lines: plain sentences, one
 * after the other; nothing is ever drawn over, nothing is said twice that has not changed, and no
 * colour or sign says what no word says. Who looks at what and what is wrong is said first, then
 * what changes, when it changes (news.h); what is typed is answered (word.h, say.h). What people do
 * goes the same way as on the screen (act.h, launch.h), asked in plain questions.
 *
 * News never breaks into a line that somebody is typing: it waits for Enter, or for a minute
 * without a key. Without a terminal on both sides there is no prompt, what is typed may come from a
 * pipe, and nothing is done to the world, for nobody can be asked. */
#pragma once

#include "tui/views/deck.h"

struct linear;
struct aws_client;

/* Borrows `deck`, and `client`, whose credentials and clock are told of. Takes the terminal where
 * stdin and stdout are one. */
struct linear *linear_new(struct deck *deck, const struct aws_client *client, bool ascii,
                          GError **error);
void linear_free(struct linear *linear);
OWNABLE(linear, linear_free);

/* As shell.h's. */
void linear_on_refresh(struct linear *linear, void (*fn)(gpointer data), gpointer data);
typedef void (*linear_watch_fn)(const char *const *cells, gpointer data);
void linear_on_watch(struct linear *linear, linear_watch_fn fn, gpointer data);
void linear_snapshot(struct linear *linear, struct snapshot *snapshot);
void linear_say(struct linear *linear, const char *line);
/* Until people leave, or what came through the pipe is answered. */
void linear_run(struct linear *linear);
