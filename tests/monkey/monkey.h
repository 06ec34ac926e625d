/* The monkey's stories. */
#pragma once

#include "tests/monkey/keys.h"
#include "tests/screen/stage.h"

#define MONKEY_KEYS 20000 /* in `make check` */

/* In the pen: every so often the terminal must show what a full redraw shows; nothing is appended
 * to the journal; it leaves as others do. Read-only, then with --write. */
void a_monkey_in_a_world_that_stands(const char *build, guint keys);
/* At celldeck --write on the simulator, beside a rollout that waits for an approval, while AWS
 * comes and goes: nothing is written to AWS and nothing is on record as the monkey's. */
void a_monkey_at_the_program_itself(const char *build, guint keys);

/* Types `n` times, pulls at the window now and then, and calls `look` (may be NULL) every few
 * hundred keys; false where the console ended or `look` said so. */
bool monkey_plays(struct monkey *monkey, struct seat *seat, guint n,
                  bool (*look)(struct seat *seat, gpointer data), gpointer data);
