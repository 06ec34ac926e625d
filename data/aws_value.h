/* Values as AWS writes them in JSON. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* A moment: epoch seconds, with a fraction or not, or an ISO 8601 string; answers may carry either
 * (aws.md, "Protocols"). False, *at_ms untouched, if it is neither. */
bool aws_time_value(const json_t *value, gint64 *at_ms);
