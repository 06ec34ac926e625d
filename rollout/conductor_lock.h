/* conductor.lock in the state folder tells whoever starts a rollout that a conductor is at work
 * here, so that no second one need be begun. It decides nothing: leases do. A conductor that has
 * been stopped keeps the lock and no longer touches the file, and then another may begin. */
#pragma once

#include "data/aws/client.h"

/* A file descriptor, or -1: another process has it, or it can't be made. */
int conductor_lock_take(const char *state_dir);
void conductor_lock_touch(int fd);
/* Sets *fd to -1. */
void conductor_lock_release(int *fd);
/* Somebody has it and has touched it within `fresh_ms`. */
bool conductor_lock_is_alive(const char *state_dir, gint64 fresh_ms);

/* What the file has in it: whose credentials rollouts will be carried on with. */
char *conductor_lock_text(const struct aws_tenure *keys); /* caller frees */
void conductor_lock_write(int fd, const char *text);
/* The same read back; `keys->origin` is *origin, which says that it is the conductor's and which
 * the caller frees. False: it has not been written (yet). */
bool conductor_lock_read(const char *state_dir, struct aws_tenure *keys, char **origin);
