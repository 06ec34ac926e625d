/* A deployer to test with: a configuration of one cell, cell-2, in a folder of its own, and calls
 * that wait for their answer. */
#pragma once

#include "rollout/deploy.h"

struct bench {
    char *dir; /* also the state folder */
    struct config *config;
    struct deployer *deployer;
    const struct cell_config *cell;
};

/* `deploy` is the `deploy:` part of celldeck.yaml; every `$D` in it becomes the bench's folder. */
void bench_open(struct bench *bench, const char *deploy, struct aws_client *client);
void bench_close(struct bench *bench);
/* What the file `name` in the bench's folder has; "" if it is not there. Caller frees. */
char *bench_file(const struct bench *bench, const char *name);

struct reply {
    char *version, *reference, *note; /* as in struct deploy_answer */
    char *error;                      /* or NULL */
    enum deploy_progress progress;
};
void reply_clear(struct reply *reply);

struct reply bench_current(const struct bench *bench);
struct reply bench_deploy(const struct bench *bench, const char *version, const char *token);
struct reply bench_rollback(const struct bench *bench, const char *reference, const char *version,
                            const char *token);
struct reply bench_progress(const struct bench *bench, const char *reference);
/* Asks for progress until it is not DEPLOY_GOING. */
struct reply bench_settle(const struct bench *bench, const char *reference);
