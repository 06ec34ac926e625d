/* The gates: questions asked of metrics, alarms and probes while a cell bakes (rollout.md,
 * "Gates"). Pure: rows in, verdict and evidence out; no clock, no I/O. Verdicts never collapse into
 * one another: only PASS moves forward, only FAIL rolls back, everything else waits. */
#pragma once

#include "data/base/when.h"
#include "data/fleet.h"

enum verdict { VERDICT_PENDING, VERDICT_PASS, VERDICT_HOLD, VERDICT_FAIL };
const char *verdict_name(enum verdict verdict); /* "PASS" */
bool verdict_parse(const char *name, enum verdict *verdict);

enum gate {
    GATE_LIMITS,
    GATE_ALARMS,
    GATE_PROBE,
    GATE_REGRESSION,
    GATE_SLO,
    GATE_DATA,
    GATE_TRAFFIC,
    GATE_COUNT
};
const char *gate_name(enum gate gate); /* "limits", "alarms", "probe", ... */
bool gate_parse(const char *name, enum gate *gate);

/* How far before a deploy the rows go that its gates compare with: the controls' and the cell's
 * own, who is asked about the same hours of the day before, too. */
#define GATES_PAST_MS     (4 * WHEN_HOUR)
#define GATES_OWN_PAST_MS (GATES_PAST_MS + WHEN_DAY)
/* Of long periods those hours have too few to know a level by: 30 of them then. */
gint64 gates_past_ms(gint64 period_ms);
gint64 gates_own_past_ms(gint64 period_ms);

/* A cell that still runs the old version. */
struct gate_control {
    const char *id;
    const struct cell_reading *reading; /* NULL: nothing is known of it (any more) */
};

/* What was learnt of a bake so far, so that a new row costs no pass over the old ones. It follows
 * the view that it is used with: of another deploy it begins anew. Regression judges a period once,
 * when it has settled; what comes later than that counts for `data` and `traffic` only. */
struct gate_memory;
struct gate_memory *gate_memory_new(void);
void gate_memory_free(struct gate_memory *memory);
OWNABLE(gate_memory, gate_memory_free);

/* What the gates look at. Borrowed for the call. */
struct gate_view {
    const struct gates_config *policy;
    const struct config *config; /* for metrics.own; NULL: there are none, or not as planned */
    const struct cell_config *cell;
    bool dr; /* traffic is not asked for */
    bool low_traffic_pass;
    gint64 period_ms, settle_ms;
    gint64 patience_ms; /* how long a settled period waits to be compared until all rows are in */
    bool awaits_past;   /* more of it than `reading` has is being read */
    gint64 deployed_at_ms; /* when the deploy was seen complete */
    gint64 bake_ms;
    gint64 now_ms;
    const char *version;                 /* what /healthcheck must name */
    const struct cell_reading *reading;  /* with the cell's past before the deploy */
    const struct gate_control *controls; /* more of them than before: compared anew */
    size_t n_controls;
    struct gate_memory *memory; /* never NULL */
};

struct gate_result {
    enum verdict verdict;
    const char *code; /* what the reason is about, in one static word: while verdict and code stay
                         the same, a reason with newer figures is no news */
    char *reason;     /* one sentence, never NULL */
    json_t *evidence; /* array of {metric|alarm|probe, value, at, source} */
};
void gate_result_clear(struct gate_result *result);

/* How far the bake's data go: counted from settled periods that start at or after deployed_at. */
struct bake_samples {
    gint64 periods_due, periods_read; /* of the health metric so far */
    bool enough;                      /* 70 % of the bake's and its last six (all where shorter) */
    bool settled; /* the bake's last period too: what the gates say is said of all of it */
};

/* Asks every gate; `results` has GATE_COUNT places. */
void gates_judge(const struct gate_view *view, struct gate_result results[GATE_COUNT],
                 struct bake_samples *samples);

/* Whether the gate `alarms` looks at this alarm of the cell's: by gates.alarms.names, .prefixes. */
bool gate_watches_alarm(const struct gates_config *policy, const char *cell, const char *alarm);

/* The gates of a whole cell in one word: FAIL if any fails, else HOLD, else PENDING, else PASS. */
enum verdict gates_sum(const struct gate_result results[GATE_COUNT]);
