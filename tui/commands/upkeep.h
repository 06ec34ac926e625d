/* What a look at the fleet hangs on: what it costs and who polls, and the credentials with which
 * that is done. Lines of `status`, members of `status --json`. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"
#include "tui/commands/out.h"

/* Sets "polling" {by, slowed} and "credentials" {origin, expires_at, lasts_until, renews_itself}
 * in `document`; null where nothing is slowed, no credentials were used, or no end is known. */
void upkeep_json(json_t *document, const struct snapshot *snapshot,
                 const struct aws_tenure *tenure);

/* "Polling costs $0.04 an hour while ..."; "Credentials: ...", a warning where they end soon. */
void upkeep_print(struct out_style style, const struct snapshot *snapshot,
                  const struct aws_tenure *tenure, gint64 now_ms);
