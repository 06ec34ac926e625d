/* ECS task definitions: families of numbered revisions, kept as they were registered. */
#pragma once

#include "data/sim/call.h"

/* By ARN, "family:revision" or "family" (its newest). Borrowed; NULL where there is none. */
json_t *sim_task_definition(const struct sim_cloud *cloud, const char *region, const char *name);

/* The tag of the image of its container `name`, else of its first: what version it is. */
char *sim_task_definition_version(const json_t *definition, const char *name);

json_t *sim_register_task_definition(struct sim_call *call);
json_t *sim_describe_task_definition(struct sim_call *call);
json_t *sim_list_task_definitions(struct sim_call *call);
