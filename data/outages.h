/* The sources of a snapshot that could not be read, by what stood in the way, for people: keys that
 * are missing are missing for all of them, and are told of once. */
#pragma once

#include "data/fleet.h"

struct outage {
    char *names; /* "metrics us-east-1, alarms us-east-1" */
    char *bare;  /* why, without which call it was: what all of them have in common, and the first
                    one's request and attempts */
    char *why;   /* the whole error where it is one source's, else as `bare` */
};

/* struct outage *, in the order of the first source of each; owned by the caller. Probes are not
 * among them: a cell whose /healthcheck is silent was read, and its state says so. `waiting` tells
 * whether a source that nobody has asked yet is an outage. */
GPtrArray *outages_of(const struct snapshot *snapshot, bool waiting);
