/* What Route 53's actions share. XML elements arrive as objects, repeated ones as arrays. */
#pragma once

#include "data/sim/call.h"

struct sim_zone;

/* One child or several: XML can't tell a list of one from a thing. NULL: there are no more. */
const json_t *sim_nth(const json_t *value, size_t i);
/* The zone's sets as the call's batch makes them, new reference; NULL, refused. */
json_t *sim_route53_changed(struct sim_call *call, const struct sim_zone *zone);
