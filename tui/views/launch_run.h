/* The processes of a launch: celldeck's own commands, their words and what they printed. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

struct launch_errand;
/* `said`: what stood on stderr; `code`: the exit code, -1 where it was ended or never began, and
 * `said` is then why. `errand` is freed afterwards. */
typedef void (*errand_fn)(struct launch_errand *errand, const char *out, const char *said, int code,
                          gpointer data);
/* Runs `celldeck WORDS` (NULL-terminated) on that state folder, in a session of its own. `fn` is
 * called once, in the main context, never from within. */
struct launch_errand *errand_run(const char *const *words, const char *state_dir, errand_fn fn,
                                 gpointer data);
/* Ends it: `fn` is still called. */
void errand_end(struct launch_errand *errand);
