/* A cell and a control on the bench: periods of 60 s, settled 15 s after their end; the cell was
 * deployed at 0 h 00 of the toy day, after two hours of past. */
#pragma once

#include "data/base/when.h"
#include "rollout/gate.h"

#include <criterion/criterion.h>

#define DEPLOYED_MS (G_GINT64_CONSTANT(28333333) * WHEN_MINUTE)
#define PAST        120

struct cell_rows {
    GArray *points[METRIC_COUNT];
    struct cell_reading reading;
};

struct bench {
    struct gates_config policy;
    const struct config *config; /* or NULL */
    struct cell_config cell;
    struct cell_rows own, control, well; /* `well`: a control with which nothing is ever wrong */
    size_t n_well;                       /* how many such there are beside `control` */
    struct gate_control controls[3];
    struct gate_memory *memory;
    gint64 patience_ms, bake_ms, period_ms; /* of a minute */
    bool no_controls, awaits_past;
    struct gate_view view;
    struct gate_result results[GATE_COUNT];
    struct bake_samples samples;
};

struct bench *bench_new(void);
void bench_free(struct bench *bench);
OWNABLE(bench, bench_free);

/* One datum. */
void bench_row(struct cell_rows *rows, enum metric metric, int minute, double value);
/* A minute in which all is well. */
void bench_well(struct cell_rows *rows, int minute);
void bench_probed(struct cell_rows *rows, int minute, const char *version, bool up);
/* Cell and control both, from the deploy on. */
void bench_well_until(struct bench *bench, int minutes);
/* Judges when the period that starts at `minute - 1` has just settled, of a bake of `bake_ms` (30
 * minutes). */
const struct gate_result *bench_judge(struct bench *bench, int minute, enum gate gate);

#define EXPECT(result, wanted)                                                                     \
    do {                                                                                           \
        const struct gate_result *said = (result);                                                 \
        cr_expect_eq(said->verdict, wanted, "%s: %s", verdict_name(said->verdict), said->reason);  \
    } while (0)
