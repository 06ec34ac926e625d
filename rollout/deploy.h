/* Deployers: how a version gets into a cell (rollout.md, "Deployers"). One interface, asynchronous
 * in the caller's GLib main context, every function idempotent: the same token again finds what the
 * first call began and never does it twice. A driver is one file ending in a `struct
 * deploy_driver`. */
#pragma once

#include "data/aws/client.h"
#include "data/config.h"

enum deploy_progress { DEPLOY_GOING, DEPLOY_DONE, DEPLOY_FAILED };

struct deploy_answer {     /* borrowed for the call */
    const char *version;   /* current: what runs, or NULL */
    const char *reference; /* current: of what runs; deploy, rollback: of what was begun. Where a
                              cell has several parts, a JSON object with one member a part */
    enum deploy_progress progress;
    const char *note; /* "2 of 3 tasks running", a command's last output, ... or NULL */
};
/* `answer` is NULL exactly when `error` is set. An error of deploy or rollback that
 * aws_error_is_unsure() (or a time-out) may have taken effect: call again with the same token.
 * Never called from within the function it was given to. `note` may have several lines, its first
 * one being the summary; it is valid UTF-8, at most 8 KiB and a line, and not cleaned. */
typedef void (*deploy_fn)(const struct deploy_answer *answer, const GError *error, gpointer data);

struct deployer;

/* The driver that config->deploy names. Borrows `client`; `state_dir` is for exec's lock files and
 * output. CD_ERROR_USAGE for a driver that this build lacks. */
struct deployer *deployer_new(struct config *config, struct aws_client *client,
                              const char *state_dir, GError **error);
void deployer_free(struct deployer *deployer); /* no callback comes after this */

/* What runs in the cell: version and the deployer's own reference of it. `version` is NULL where
 * that can't be told (services of different versions, no deploy.exec.current); `note` says why. */
void deployer_current(struct deployer *deployer, const struct cell_config *cell, deploy_fn fn,
                      gpointer data);
/* Begins. `previous` is the version that runs now. */
void deployer_deploy(struct deployer *deployer, const struct cell_config *cell, const char *version,
                     const char *previous, const char *token, deploy_fn fn, gpointer data);
/* How far what deploy or rollback began has come. `reference` is what they answered. Once it is
 * DEPLOY_DONE the answer's reference is what `current` calls what now runs (NULL where only the
 * team's own command can tell). DEPLOY_FAILED is final: the deployer gave up, went back by itself,
 * or was overtaken by somebody else. */
void deployer_progress(struct deployer *deployer, const struct cell_config *cell,
                       const char *reference, deploy_fn fn, gpointer data);
/* Goes back to exactly what `current` once called `reference` and `version`, also while a deploy
 * is still under way, which is then stopped. `reference` may be NULL where `current` gave none
 * (exec only). */
void deployer_rollback(struct deployer *deployer, const struct cell_config *cell,
                       const char *reference, const char *version, const char *token, deploy_fn fn,
                       gpointer data);
/* How long between two looks at progress (deploy.ecs.poll; 200 ms for exec). */
gint64 deployer_poll_ms(const struct deployer *deployer);
/* The longest any one of its calls may take: leases must outlast it. */
gint64 deployer_deadline_ms(const struct deployer *deployer);
