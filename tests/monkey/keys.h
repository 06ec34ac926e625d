/* What a monkey types: keys of every kind, words, commands, pastes, the mouse's bytes and rubbish,
 * by a seed. It never leaves (no q, no Ctrl-C, no click on the hint that does it), never stops the
 * console (no Ctrl-Z), and never types the name that confirms an act: every version of the fleet's
 * has a 5 in it, which it has no key for but as part of a command. */
#pragma once

#include <glib.h>

struct monkey {
    GRand *rand;
    guint keys;            /* typed so far */
    int rows, rows_before; /* of the terminal, and of that before it was last pulled at */
};

void monkey_init(struct monkey *monkey, guint32 seed);
void monkey_release(struct monkey *monkey);

/* The next few bytes, which belong together; any byte may be among them. Caller frees. */
GString *monkey_types(struct monkey *monkey);
/* What size it pulls the terminal to. */
void monkey_pulls(struct monkey *monkey, int *rows, int *cols);
