/* Do the credentials last for a failover, drill or move? Said before anything is written, and no
 * refusal: the cell is dying now, and whoever starts it can sign in again while it runs (a rollout,
 * which bakes for days with nobody there, is refused instead). Pure. */
#pragma once

#include "data/aws/client.h"
#include "rollout/failover_plan.h"
#include "rollout/placement.h"

/* How long it may well take: failover.rto, the time of its commands, and ten tenants verified a
 * second, which is all that Route 53 answers (aws.md, "Limits"). */
gint64 failover_length_ms(const struct config *config, const struct evacuation *evacuation,
                          enum failover_kind kind);

/* "the AWS credentials end in 9m, and it may take 12m: ..."; NULL: they last for that long, and for
 * as long as somebody who is told of their end needs (TENURE_NEAR_MS). Caller frees. */
char *failover_outlasts_keys(const struct aws_tenure *keys, gint64 length_ms, gint64 now_ms);
