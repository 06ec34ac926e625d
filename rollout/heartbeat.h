/* A metric that says "the conductor is at work, and sees": 1 while it carries something on and can
 * read what its gates are asked of (notify.heartbeat). An alarm that takes missing data as
 * breaching then rings when the conductor is blind, hung or dead, whatever it was that killed it:
 * nothing that a dead process would have to do can be relied upon. */
#pragma once

#include "data/aws/client.h"
#include "data/config.h"

struct heartbeat;

/* Borrows `client`, references `config`. `problem` gets one line when a beat could not be sent, and
 * not again before one could. */
typedef void (*heartbeat_problem_fn)(const char *line, gpointer data);
struct heartbeat *heartbeat_new(struct config *config, struct aws_client *client,
                                heartbeat_problem_fn problem, gpointer data);
void heartbeat_free(struct heartbeat *heartbeat); /* cancels what is under way */
OWNABLE(heartbeat, heartbeat_free);

enum heartbeat_kind {
    HEARTBEAT_NONE,   /* blind, or nothing to do and about to end: nothing is sent */
    HEARTBEAT_IDLE,   /* a service that waits for something to do: 0, and so no missing data */
    HEARTBEAT_AT_WORK /* 1 */
};
/* Called often; sends the metric when its time has come. Without notify.heartbeat it does nothing.
 * `mono_ms` is of the clock that never jumps. */
void heartbeat_tick(struct heartbeat *heartbeat, enum heartbeat_kind kind, gint64 mono_ms);

/* What PutMetricData is sent: `value`, dimension Fleet = the configuration's name. New reference.
 */
json_t *heartbeat_body(const struct config *config, double value, gint64 now_ms);
