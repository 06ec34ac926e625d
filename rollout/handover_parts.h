/* Between the files of the handover: each section's contents. */
#pragma once

#include "rollout/handover.h"

/* One more line. Steals `json`. */
void handover_add(GPtrArray *items, enum story_tone tone, json_t *json, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* "2026-11-24T11:50:00Z, 40m ago". Caller frees. */
char *handover_moment(gint64 at_ms, gint64 now_ms);
/* RFC 3339, null where it is 0. New reference. */
json_t *handover_moment_json(gint64 at_ms);

typedef void (*handover_fill_fn)(const struct handover_input *input, GPtrArray *items);
/* handover_operations.c */
void handover_open(const struct handover_input *input, GPtrArray *items);
void handover_changed(const struct handover_input *input, GPtrArray *items);
void handover_observed(const struct handover_input *input, GPtrArray *items);
void handover_releases(const struct handover_input *input, GPtrArray *items);
void handover_debts(const struct handover_input *input, GPtrArray *items);
/* handover_fleet.c */
void handover_not_well(const struct handover_input *input, GPtrArray *items);
void handover_alarms(const struct handover_input *input, GPtrArray *items);
void handover_drain(const struct handover_input *input, GPtrArray *items);
void handover_drills(const struct handover_input *input, GPtrArray *items);
void handover_unread(const struct handover_input *input, GPtrArray *items);
