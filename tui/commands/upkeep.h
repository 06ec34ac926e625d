/* What a look at the fleet hangs on: what it costs and who polls, and the credentials with which
 * that is done. Lines of `status`, members of `status --json`. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"
#include "data/poller.h"
#include "tui/commands/out.h"

/* Sets "polling" {by, slowed}, "cost_usd_per_hour" and "credentials" {origin, expires_at,
 * lasts_until, renews_itself} in `document`; null where nothing is slowed, no credentials were
 * used, or no end is known. Where somebody polls (`seen`), what that costs is said; else what it
 * would, and "by" is null. */
void upkeep_json(json_t *document, const struct snapshot *snapshot, const struct poller_seen *seen,
                 const struct aws_tenure *tenure);

/* "Polling: $0.04 an hour, by alice's console, pid 77"; "Credentials: ...", a warning where they
 * end soon. */
void upkeep_print(struct out_style style, const struct snapshot *snapshot,
                  const struct poller_seen *seen, const struct aws_tenure *tenure, gint64 now_ms);
