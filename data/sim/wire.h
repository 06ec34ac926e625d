/* From an HTTP request to a call, and from its result to an HTTP answer, in each of AWS's
 * protocols (guide/aws.md, "Protocols"). */
#pragma once

#include "data/sim/call.h"

struct sim_request {
    char *method, *path;                   /* the path without its query */
    json_t *query;                         /* {name: value} */
    char *authorization, *target, *accept; /* headers, or NULL */
    char *date, *token;                    /* X-Amz-Date, X-Amz-Security-Token, or NULL */
    char *host;                            /* Host, or NULL */
    GString *body;
};

struct sim_answer {
    int status;
    const char *type; /* of the content */
    char *body;
    char *error_header, *request_id; /* or NULL */
};

enum sim_protocol { SIM_JSON_10, SIM_JSON_11, SIM_QUERY, SIM_QUERY_JSON, SIM_REST_XML };

/* A request as a call of one service. Strings of `call` lie in here. */
struct sim_wire {
    enum sim_protocol protocol;
    char *access_key, *region, *service; /* of the credential scope; service may be guessed */
    char *action;                        /* "" where there is none */
    json_t *in;
    const char *date, *token; /* the request's */
    bool is_signed;
};
void sim_wire_read(struct sim_wire *wire, const struct sim_request *request);
void sim_wire_clear(struct sim_wire *wire);

/* The cell that a call is about, by what it names, or NULL. Borrowed from the world. */
const char *sim_wire_cell(const struct sim_wire *wire, const struct sim_world *world);

/* NULL for an unknown service or action. */
const struct sim_action *sim_wire_action(const struct sim_wire *wire);

/* `result` or, where NULL, `error`. `uuid` is the request's id. */
void sim_wire_write(const struct sim_wire *wire, const char *uuid, const json_t *result,
                    const struct sim_error *error, struct sim_answer *answer);
