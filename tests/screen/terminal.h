/* A terminal with somebody in front of it: a pseudo-terminal whose output libvterm draws, so that a
 * test sees what a person would see. Everything waits for a condition, never for a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <termios.h>
#include <vterm.h>

struct seat {
    int master, slave;
    pid_t child; /* 0 once it has ended */
    int status;  /* as waitpid gave it */
    struct termios before;
    VTerm *vterm;
    VTermScreen *screen;
    int rows, cols;
    bool alternate, cursor; /* as the terminal stands now */
    GString *said;          /* every byte that has come so far */
};

/* Runs argv (NULL-terminated) with the variables `env` ("NAME=value", NULL-terminated) on top of
 * ours. */
struct seat *seat_new(int rows, int cols, char *const argv[], char *const env[]);
void seat_free(struct seat *seat);

void seat_resize(struct seat *seat, int rows, int cols);
void seat_type(struct seat *seat, const char *bytes);
void seat_type_bytes(struct seat *seat, const char *bytes, size_t n);
/* Draws what comes within `wait_ms`; false: nothing did. */
bool seat_draw(struct seat *seat, int wait_ms);
/* Waits until the program has read all that was typed; false if it never does, or has ended
 * (`status` says how). */
bool seat_reads(struct seat *seat);
/* The same, and until it has said all there is to say of it: after a key (settled), and after one
 * that may have been a lone Esc (idle). */
bool seat_settled(struct seat *seat);
bool seat_idle(struct seat *seat);
/* What another program would print on this terminal afterwards. */
void seat_print(struct seat *seat, const char *bytes);
/* Whether `bytes` ever came. */
bool seat_said(const struct seat *seat, const char *bytes);

/* One row, and all of them, as text. Caller frees. */
char *seat_row(struct seat *seat, int row);
char *seat_text(struct seat *seat);

/* True as soon as `text` stands somewhere (is nowhere); false, and the screen on stdout, if that
 * never happens. */
bool seat_shows(struct seat *seat, const char *text);
bool seat_hides(struct seat *seat, const char *text);
/* The same of row `row`, which may be negative: from the bottom. */
bool seat_row_shows(struct seat *seat, int row, const char *text);
/* Waits until the program has ended. */
bool seat_ended(struct seat *seat);
/* Waits until the terminal stands as it was found: mode, screen, cursor. (What a program wrote
 * last may reach this side of a pseudo-terminal after the program has ended.) */
bool seat_restored(struct seat *seat);
