/* What each service calls the troubles that all of them know; codes as clients compare them. */
#pragma once

struct sim_words {
    const char *service;
    const char *iam; /* the service's name in "iam:Action" */
    const char *throttled, *broken, *denied, *expired, *bad_time;
    int denied_status; /* of the last three */
};

/* Never NULL: for an unknown service the words of most. */
const struct sim_words *sim_words(const char *service);
