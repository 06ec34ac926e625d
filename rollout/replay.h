/* The gates over a past bake: the same code that judges live ones, fed row by row as they would
 * have been seen. */
#pragma once

#include "data/recording.h"
#include "rollout/gate.h"

struct replay {
    const struct recording *recording;
    const char *cell;                  /* whose bake it is; every other is a control */
    const struct config *config;       /* for metrics.own; NULL: there are none */
    const struct cell_config *known;   /* what is known of the cell; NULL: its name alone */
    const struct gates_config *policy; /* borrowed */
    gint64 deployed_at_ms, bake_ms, period_ms;
    gint64 until_ms; /* the cell left the version before its bake was over; 0: it did not */
    double sla_pct;  /* promised availability, where `known` is NULL */
    bool low_traffic_pass, dr;
};

/* After each evaluation. `results` has GATE_COUNT places; alarms and probe, which a recording has
 * none of, are not asked and PASS. */
typedef void (*replay_fn)(gint64 at_ms, const struct gate_result *results, enum verdict verdict,
                          gpointer data);

/* Whether the recording can tell anything of such a bake: it has the cell, rows as far apart as a
 * period, and some of its span. CD_ERROR_USAGE says what it has instead. One that merely ends too
 * early, or begins with the bake, can. */
bool replay_fits(const struct replay *replay, GError **error);
/* What the recording has of the cell, where that ends before the bake does; else NULL. Frees. */
char *replay_shortfall(const struct replay *replay);

/* Evaluates after every period, until a gate says FAIL or the bake is over. What is PENDING then
 * holds: there is no more to wait for. Returns FAIL, HOLD or PASS, and when it was said.
 * Where it ends at `until_ms` instead, it returns what was said last: PENDING, too.
 * CD_ERROR_USAGE (and PENDING) where the recording has no such cell or the bake no period. */
enum verdict replay_run(const struct replay *replay, replay_fn fn, gpointer data, gint64 *at_ms,
                        GError **error);
