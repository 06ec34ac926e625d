/* What a look at the fleet hangs on: what it costs and who polls, the credentials with which that
 * is done, and this machine's clock. Lines of `status`, members of `status --json`. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"
#include "data/poller.h"
#include "tui/commands/out.h"

/* Sets "polling" {by, slowed}, "cost_usd_per_hour", "credentials" {origin, expires_at, lasts_until,
 * renews_itself} and "clock_skew_s" (AWS's clock minus ours) in `document`; null where nothing is
 * slowed, no credentials were used, no end is known, or AWS has not answered. Where somebody polls
 * (`seen`), what that costs is said; else what it would, and "by" is null. */
void upkeep_json(json_t *document, const struct snapshot *snapshot, const struct poller_seen *seen,
                 const struct aws_client *client);

/* "Polling: $0.04 an hour, by alice's console, pid 77"; "Credentials: ...", a warning where they
 * end soon; "Clock: ..." where it is off. */
void upkeep_print(struct out_style style, const struct snapshot *snapshot,
                  const struct poller_seen *seen, const struct aws_client *client, gint64 now_ms);
