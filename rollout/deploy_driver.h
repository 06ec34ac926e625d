/* What a deployer driver is made of: private to rollout/deploy*.c. A driver is one file that ends
 * in its `const struct deployer_driver`; `self` is what its `open` returned. The members do what
 * deploy.h says of the function of the same name, and never call `fn` from within themselves. */
#pragma once

#include "rollout/deploy.h"

/* What one call of a deployer is about. Strings are borrowed for the call. */
struct deploy_request {
    const struct cell_config *cell; /* lives as long as the config */
    const char *version;            /* to deploy, or to go back to */
    const char *previous;           /* deploy only */
    const char *reference;          /* progress, rollback */
    const char *token;              /* deploy, rollback */
    bool rollback;
};

struct deployer_driver {
    const char *name;
    gpointer (*open)(struct config *config, struct aws_client *client, const char *state_dir,
                     GError **error);
    void (*close)(gpointer self); /* no callback comes after this */
    void (*current)(gpointer self, const struct deploy_request *request, deploy_fn fn,
                    gpointer data);
    void (*deploy)(gpointer self, const struct deploy_request *request, deploy_fn fn,
                   gpointer data);
    void (*progress)(gpointer self, const struct deploy_request *request, deploy_fn fn,
                     gpointer data);
    void (*rollback)(gpointer self, const struct deploy_request *request, deploy_fn fn,
                     gpointer data);
    gint64 (*poll_ms)(gconstpointer self);
    gint64 deadline_ms;
};

extern const struct deployer_driver deploy_exec;
extern const struct deployer_driver deploy_ecs;

/* Answers that are known at once but have to come from the event loop. */
struct deploy_replies;
struct deploy_replies *deploy_replies_new(void);
void deploy_replies_free(struct deploy_replies *replies); /* those still waiting never come */

/* Copies `answer`; a non-NULL `error` is taken over and sent instead. */
void deploy_reply(struct deploy_replies *replies, const struct deploy_answer *answer, GError *error,
                  deploy_fn fn, gpointer data);
