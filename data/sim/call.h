/* One call to a simulated service, whichever protocol it came by: a request as JSON in, a result
 * as JSON out. Services know nothing of HTTP. */
#pragma once

#include "data/sim/cloud.h"

/* An error in AWS's own words. `code` without namespace, as clients compare it. */
struct sim_error {
    int status; /* 0: no error */
    char *code, *message;
    json_t *more; /* what a JSON protocol says beside them, or NULL */
};

struct sim_call {
    struct sim_cloud *cloud;
    const char *service; /* as in the SigV4 scope: "monitoring", "dynamodb", ... */
    const char *region;
    const char *access_key;
    const struct sim_session *session; /* NULL: a user, not a role */
    const char *action;
    json_t *in;        /* never NULL */
    gint64 now_ms;     /* when things happen */
    gint64 clock_ms;   /* what the service's clock says; a `skew` fault moves it */
    bool half;         /* a `half` fault is on: pages after the first must fail */
    const char *fault; /* the kind of the one that refused it, or NULL */
    struct sim_error error;
};

/* The result (new reference), or NULL after sim_refuse(). */
typedef json_t *(*sim_handler)(struct sim_call *call);

enum sim_access {
    SIM_READ,
    SIM_WRITE,
    SIM_OPEN, /* needs no signature, and changes nothing */
};

struct sim_action {
    const char *name;
    sim_handler handle;
    enum sim_access access;
};

/* Sets call->error; returns NULL, so that a handler can return it. */
json_t *sim_refuse(struct sim_call *call, int status, const char *code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Whether the cell is in the call's region, and in `account` (NULL: the caller's). A cell of which
 * the scenario names no account is in all. */
bool sim_call_sees(const struct sim_call *call, const struct sim_cell *cell, const char *account);

/* A text that must be there; else refuses with `code` and gives NULL. Borrowed from call->in. */
const char *sim_need(struct sim_call *call, const char *key, const char *code);

/* Where a page starts: the decoded NextToken, 0 without one, -1 (and refused with `code`) for one
 * that we never gave. A second page under a `half` fault is refused too. */
gint64 sim_page_start(struct sim_call *call, const char *key, const char *code);
/* The token for a page that starts at item `from`. */
json_t *sim_page_token(gint64 from);

/* Ends with a member without a name. */
extern const struct sim_action sim_cloudwatch_actions[], sim_dynamodb_actions[], sim_ecs_actions[],
    sim_sts_actions[], sim_sns_actions[], sim_route53_actions[];
