/* Where would a new tenant go? The question as people type it: "500 enterprise EU us-west-2", its
 * words in any order. */
#pragma once

#include "rollout/placement.h"

struct place_question {
    struct place_ask ask; /* users 0: not said; residency, region: the configuration's, or NULL */
    char *wrong;          /* the first word that is none of these, in words; NULL: none */
};
/* Without words everything is NULL or 0, and the tier STANDARD. */
struct place_question place_question_parse(const struct config *config, const char *text);
void place_question_clear(struct place_question *question);
/* The residencies of the fleet's cells, each once; borrowed from the configuration. */
GPtrArray *place_residencies(const struct config *config);
