/* Who calls: the sessions that STS has lent, and a user ("ops") behind every other key. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

#define SIM_ACCOUNT "123456789012"

/* Keys of a role. */
struct sim_session {
    char *access_key, *token;
    char *account, *role, *name; /* a role by its name alone, without its path */
    gint64 issued_ms, expires_ms;
};

struct sim_sessions;
struct sim_sessions *sim_sessions_new(void);
void sim_sessions_free(struct sim_sessions *sessions);
OWNABLE(sim_sessions, sim_sessions_free);

/* Lends `role_arn` to a session of that name. Keeps it for as long as the simulator runs, so that
 * its end can be told from keys that never were. NULL where `role_arn` names no role. */
const struct sim_session *sim_sessions_lend(struct sim_sessions *sessions, const char *role_arn,
                                            const char *name, gint64 now_ms, gint64 expires_ms);
/* NULL for keys that were not lent here. */
const struct sim_session *sim_sessions_find(const struct sim_sessions *sessions,
                                            const char *access_key);

/* The caller's ARN and account, as STS tells them; `session` NULL: the user. Caller frees. */
char *sim_caller_arn(const struct sim_session *session);
const char *sim_caller_account(const struct sim_session *session);
