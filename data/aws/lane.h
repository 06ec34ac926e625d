/* How many calls to one service in one region may be under way at a time: private to data/aws.
 *
 * A lane is a service in a region, as a botocore client is: what does not answer there holds up
 * nobody elsewhere, neither by the places it takes nor by the retries it uses up. */
#pragma once

#include "data/aws/client.h"
#include "data/aws/retry.h"

/* AWS's control APIs give an account some 10 to 50 calls a second, each taking 50 to 200 ms: more
 * than 16 at a time would only be throttled. A dead region holds 16 connections a service for as
 * long as its calls are patient, of the many hundred that transport.c allows. */
enum { LANE_WIDTH = 16 };

struct lane {
    int busy;
    GQueue waiting; /* of struct lane_place, by link */
    struct retry_bucket bucket;
};

/* One call's place: in none, in the queue, or in the lane. */
struct lane_place {
    struct lane *lane;
    GList link;
    bool waits, in;
    void (*go)(
        gpointer data); /* its turn has come; called from within somebody else's lane_leave */
    gpointer data;
};

GHashTable *lanes_new(void); /* "service region" -> struct lane */
struct lane *lane_of(GHashTable *lanes, enum aws_service service, const char *region);

void lane_place_init(struct lane_place *place, struct lane *lane, void (*go)(gpointer data),
                     gpointer data);
/* True with a place in the lane (kept until lane_leave), else it waits in the queue for `go`. */
bool lane_enter(struct lane_place *place);
/* Gives up the place, or the waiting for it; the next one in the queue goes. */
void lane_leave(struct lane_place *place);
