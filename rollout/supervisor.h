/* Runs a command of the user's own under a process that outlives whoever began it: the conductor
 * may be killed at any instant, the command goes on, and what became of it is on disk for the
 * successor (rollout.md, "exec").
 *
 * The supervisor holds a lock on a file, and the command inherits it: while it is locked, one of
 * them lives. When the command has ended, a status file is renamed into place before the lock goes.
 * So: status there = ended, so; no status and locked = still at it; neither = it was never begun
 * (lock file empty) or died with the machine (not empty). */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct supervised {
    const char *program; /* an absolute path */
    char **argv, **environment;
    gint64 timeout_ms; /* then SIGTERM, then SIGKILL to it and everything it started */
    int lock_fd;       /* flock()ed by the caller, who closes its own copy afterwards */
    const char *begun; /* written into the lock file just before the command is started */
    int output_fd;     /* gets the last SUPERVISOR_OUTPUT_MAX of stdout and stderr */
    const char *status_path, *status_temporary;
    const char *stop_path; /* appears when somebody wants it stopped */
    /* An earlier command of the same cell, or -1: waited for before this one is started. */
    int earlier_lock_fd;
    const char *earlier_status_path;
};

enum { SUPERVISOR_OUTPUT_MAX = 64 * 1024 };

/* Forks and returns at once; the command is not a child of this process. */
bool supervisor_start(const struct supervised *job, GError **error);

/* How a command ended, as the status file has it in one word and a number. */
enum ending {
    ENDING_EXIT,     /* value: exit status */
    ENDING_SIGNAL,   /* value: signal that killed it */
    ENDING_DEADLINE, /* killed at its timeout */
    ENDING_STOPPED,  /* killed because stop_path appeared */
    ENDING_WAITED,   /* never started: the earlier command did not end in time */
    ENDING_UNSTARTED /* value: errno of the fork */
};
/* False if `text` is no such status. */
bool supervisor_status_parse(const char *text, enum ending *ending, int *value);
