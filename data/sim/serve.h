/* What happens to one request: faults first, then the simulator's own paths, a cell's
 * /healthcheck, or a call to AWS; and the list of all calls so far. */
#pragma once

#include "data/sim/wire.h"

#include <stdio.h>

struct sim_server {
    struct sim_cloud *cloud;
    json_t *calls; /* GET /sim/calls */
    FILE *log;     /* one line of JSON a call, or NULL */
};

enum sim_outcome {
    SIM_ANSWER,
    SIM_CUT,  /* close the connection without an answer */
    SIM_WAIT, /* say nothing until until_ms, then ask again */
};

/* How an answer's body gets to the client. */
enum sim_delivery {
    SIM_WHOLE,
    SIM_DRIBBLED,  /* a few bytes at a time, over dribble_ms */
    SIM_HALVED,    /* the first half as if it were all */
    SIM_BROKEN_OFF /* the first half of what Content-Length promises, then the connection ends */
};

struct sim_served {
    struct sim_answer answer;      /* SIM_ANSWER */
    enum sim_delivery delivery;    /* SIM_ANSWER */
    gint64 dribble_ms;             /* SIM_DRIBBLED */
    gint64 clock_ms;               /* what the answer's Date says */
    const struct sim_fault *until; /* SIM_WAIT: as long as this is on, then cut */
    gint64 delay_ms;               /* SIM_WAIT: that long, then serve; 0 where `until` is set */
};

/* `again` is set when a request that had to wait for delay_ms is served at last. */
enum sim_outcome sim_serve(struct sim_server *server, const struct sim_request *request, bool again,
                           gint64 now_ms, struct sim_served *served);
void sim_answer_clear(struct sim_answer *answer);
