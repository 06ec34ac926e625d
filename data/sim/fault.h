/* Faults on a timetable and at run time (default.yaml, "faults"). */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

enum sim_fault_kind {
    SIM_THROTTLE,
    SIM_ERROR500,
    SIM_HANG,
    SIM_LATE,
    SIM_RESET,
    SIM_MISSING,
    SIM_HALF,
    SIM_DEAD,
    SIM_FAULT_KINDS
};

struct sim_fault {
    enum sim_fault_kind kind;
    char *service, *region, *cell; /* NULL: any */
    gint64 from_ms, until_ms, delay_ms;
};

struct sim_faults;
/* `timetable` is an array of faults, their times counted from `start_ms`. NULL and CD_ERROR_USAGE
 * for one of no known kind. */
struct sim_faults *sim_faults_new(const json_t *timetable, gint64 start_ms, GError **error);
void sim_faults_free(struct sim_faults *faults);
OWNABLE(sim_faults, sim_faults_free);

/* One more, counted from `base_ms`. Without `for` it stays until it is cleared. */
bool sim_faults_add(struct sim_faults *faults, const json_t *fault, gint64 base_ms, GError **error);
/* Ends all that have begun and forgets all that have not. Holes in the metrics stay. */
void sim_faults_clear(struct sim_faults *faults, gint64 now_ms);

/* The first fault of the kind that is on at `at_ms` for this service, region and cell (each may be
 * NULL: not about one), or NULL. */
const struct sim_fault *sim_fault_on(const struct sim_faults *faults, enum sim_fault_kind kind,
                                     const char *service, const char *region, const char *cell,
                                     gint64 at_ms);
