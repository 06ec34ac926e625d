/* The conductor: the process that carries operations on (rollout.md). A thin shell around the
 * engines: it observes, asks engine_decide (or failover_decide), appends, and makes the one call
 * that an intent authorises. It holds lease/OP while it works on OP; lock/CELL for a rollout from a
 * cell's intent until it has passed or is back, for a failover or a move of all their cells until
 * they end. It reads the journal first and the world second whenever it starts. */
#pragma once

#include "data/config.h"

#include <stdbool.h>

struct conductor_options {
    bool until_idle; /* end when no operation is live, instead of waiting for the next */
    const char *state_dir;
};

/* Runs in this process until idle, SIGTERM or SIGINT (no call is begun after either; what is in
 * flight is left to the next conductor). Returns false with an error where it can't begin. */
bool conductor_run(struct config *config, const struct conductor_options *options, GError **error);

/* Starts `celldeck conductor --until-idle` detached from this terminal and session (setsid, stdio
 * on /dev/null and conductor.log), unless one is already working on this state folder. */
bool conductor_spawn(const struct config *config, const char *state_dir, GError **error);

/* The credentials of the conductor that conductor_spawn would leave the work to: not the asker's
 * own count then. `keys->origin` is *origin, which the caller frees. False: there is none, or it
 * has not said. */
struct aws_tenure;
bool conductor_keys(const char *state_dir, struct aws_tenure *keys, char **origin);

/* Who conducts, read from the leases: for status and console. All strings freed by _clear. */
struct conductor_info {
    bool alive;
    char *host;
    gint64 pid;
    gint64 heartbeat_ms; /* when its lease was last renewed */
    gint64 lease_ms;     /* how long it may be silent before others may take over */
    bool silent;         /* it lives, and has been for longer: stopped, or without the journal */
};
struct journal;
bool conductor_find(struct journal *journal, const char *operation, struct conductor_info *info);
void conductor_info_clear(struct conductor_info *info);
