/* Faults on a timetable and at run time (default.yaml, "faults"): which ones there are, and which
 * of them are on. What each does to a request is serve.h's affair, to metrics cloudwatch.c's. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

enum sim_fault_kind {
    SIM_THROTTLE,
    SIM_BUSY,
    SIM_ERROR500,
    SIM_ERROR503,
    SIM_DENIED,
    SIM_EXPIRED,
    SIM_SKEW,
    SIM_HANG,
    SIM_LATE,
    SIM_RESET,
    SIM_LOST,
    SIM_SLOW_BODY,
    SIM_HALF_BODY,
    SIM_CUT_BODY,
    SIM_MISSING,
    SIM_HALF,
    SIM_DEAD,
    SIM_MEDDLE,
    SIM_FAULT_KINDS
};

/* What a request, or a metric, is about. Any member may be NULL: not about one. */
struct sim_subject {
    const char *service, *action, *region, *cell;
    const char *account, *role; /* of the caller; a role by its name alone */
};

struct sim_fault {
    enum sim_fault_kind kind;
    struct {
        char *service, *action, *region, *cell, *account, *role; /* NULL: any */
    } about;
    gint64 from_ms, until_ms;
    gint64 delay_ms;     /* SIM_LATE, SIM_SLOW_BODY */
    gint64 skew_ms;      /* SIM_SKEW: how far AWS's clock is ahead */
    gint64 skip;         /* so many calls that it is about pass before */
    gint64 one_in;       /* of so many calls that it is about, the first */
    gint64 calls;        /* after so many that it struck it is over */
    gint64 seen, struck; /* so far */
    char *tenant;        /* SIM_MEDDLE: whose item ... */
    json_t *set;         /* ... gets these attributes; null takes one away */
};

struct sim_faults;
/* `timetable` is an array of faults, their times counted from `start_ms`. NULL and CD_ERROR_USAGE
 * for one of no known kind, with an unknown key or with a value of the wrong type. */
struct sim_faults *sim_faults_new(const json_t *timetable, gint64 start_ms, GError **error);
void sim_faults_free(struct sim_faults *faults);
OWNABLE(sim_faults, sim_faults_free);

/* One more, or an array of them, counted from `base_ms`. Without `for` it stays until it is
 * cleared. */
bool sim_faults_add(struct sim_faults *faults, const json_t *fault, gint64 base_ms, GError **error);
/* Ends all that have begun and forgets all that have not. Holes in the metrics stay. */
void sim_faults_clear(struct sim_faults *faults, gint64 now_ms);

/* The first fault of the kind that is on at `at_ms` for this subject, or NULL. */
const struct sim_fault *sim_fault_on(const struct sim_faults *faults, enum sim_fault_kind kind,
                                     const struct sim_subject *subject, gint64 at_ms);
/* The same for one request: counts it, so that `skip`, `one_in` and `calls` hold. */
const struct sim_fault *sim_fault_strikes(struct sim_faults *faults, enum sim_fault_kind kind,
                                          const struct sim_subject *subject, gint64 now_ms);
/* The name a scenario gives the kind. */
const char *sim_fault_name(enum sim_fault_kind kind);
