/* The terminal device: raw mode, the size, and putting everything back on every way out.
 *
 * There is one terminal in a process, because signal handlers can be handed nothing. The device is
 * opened anew by name, so that O_NONBLOCK stays ours: on the inherited descriptor it would be the
 * shell's too, and would outlive us. Restoring is async-signal-safe and happens once, whoever comes
 * first: terminal_close, exit(), SIGTERM, SIGINT, SIGQUIT, SIGHUP, or a crash. After a hang-up
 * there mostly is nobody left to read it; but where somebody is (a `kill -HUP`), a terminal that
 * goes on reporting its mouse would type into their shell. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Takes the terminal behind stdin and stdout. An error if there is none. Returns the descriptor to
 * read keys from and write frames to; it never blocks. */
int terminal_open(GError **error);

/* Leaves flow control (Ctrl-S, Ctrl-Q) to the terminal where it was found so: a serial line may not
 * take bytes as fast as they come. */
void terminal_heed_flow_control(void);

/* What to write on the way out and, after SIGCONT, on the way back in (terminfo's rmcup, smcup and
 * their like), there followed by `mouse` while terminal_want_mouse(true) holds. Copied; at most 255
 * bytes each. Called once: a signal may come at any moment after. */
void terminal_set_sequences(const char *leave, const char *enter, const char *mouse);
void terminal_want_mouse(bool wanted);

/* Back to how it was found. Idempotent. */
void terminal_close(void);

/* False where the terminal doesn't tell. */
bool terminal_size(int *rows, int *cols);

/* Stops this process as Ctrl-Z does elsewhere; the terminal is put back meanwhile. */
void terminal_suspend(void);

/* A descriptor that becomes readable when the size changed or when we were continued, and what it
 * was; asking clears it. */
int terminal_wake_fd(void);
enum terminal_wake { TERMINAL_RESIZED = 1 << 0, TERMINAL_CONTINUED = 1 << 1 };
unsigned terminal_woken(void);
