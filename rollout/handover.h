/* What the next on-call needs to know (`celldeck handover`): a report out of one snapshot and the
 * journal, in sections. Pure. Every section says something: what is there, or that nothing is, or
 * that it is not known, because what it would be read from could not be read. Nothing is cut in
 * silence: what is older than a section looks back is counted. */
#pragma once

#include "rollout/engine.h"
#include "rollout/failover.h"
#include "rollout/placement.h"
#include "rollout/story.h"

#define HANDOVER_CHANGED_MS  (12 * 60 * 60 * G_GINT64_CONSTANT(1000)) /* a shift */
#define HANDOVER_OBSERVED_MS (7 * 24 * 60 * 60 * G_GINT64_CONSTANT(1000))
#define HANDOVER_REVIEW_MS                                                                         \
    (30 * 24 * 60 * 60 * G_GINT64_CONSTANT(1000)) /* debts, failed releases */

struct handover_input {
    const struct snapshot *snapshot;
    const struct evacuations *evacuations; /* of that snapshot */
    const GPtrArray *operations; /* struct operation *, all, newest first; NULL: not read ... */
    const char *journal_error;   /* ... because of this */
    const GPtrArray *rollouts; /* struct rollout *, those live or begun within HANDOVER_REVIEW_MS */
    const GPtrArray *failovers; /* struct failover *, the same: moves and drills too */
    GHashTable *unconducted;    /* live operations that nobody carries on; a set of ids */
    gint64 now_ms;
};
/* Whether `rollouts` or `failovers` shall have it. */
bool handover_wants(const struct operation *operation, gint64 now_ms);

struct handover_item {
    enum story_tone tone;
    char *text;   /* one line, not cleaned */
    json_t *json; /* an object, or an array of them where the line tells of several */
};
struct handover_section {
    const char *key;   /* in JSON: "not_well" */
    const char *title; /* "not well" */
    const char *none;  /* what it says where there is nothing: "every cell is well" */
    bool unknown;      /* the journal could not be read: nothing is known of this */
    GPtrArray *items;  /* struct handover_item * */
};
struct handover {
    char *title;         /* "medplum-prod: 4 of 5 cells are well, 1 operation is open" */
    GPtrArray *sections; /* struct handover_section *, what matters most first */
};
struct handover *handover_of(const struct handover_input *input);
void handover_free(struct handover *handover);
OWNABLE(handover, handover_free);
/* {at, title, KEY: [...], ...}; a section of which nothing is known is null. New reference. */
json_t *handover_json(const struct handover *handover, gint64 now_ms);
