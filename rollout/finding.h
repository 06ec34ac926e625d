/* What a gate's word is about: the metric, and what that was held against. For whoever draws it;
 * the gates themselves put it into sentences and evidence. Pure. */
#pragma once

#include "rollout/engine.h"

struct finding {
    enum metric metric; /* METRIC_COUNT: the gate asks no metric (alarms, probe), or none we know */
    double limit;       /* in the metric's unit; NAN: it has none */
    bool below;         /* it is crossed by falling short of it */
    double expected;    /* by the cell's own past, in the metric's unit; NAN: not said */
};

/* `config`: for metrics.own; NULL: there are none. `said`: the gate's last event, which may not
 * have come yet; the policy is that of its wave. With several metrics it is the one that the gate's
 * verdict is about: the first that is beyond its limit, or the first that has the verdict. */
struct finding finding_of(const struct config *config, const struct gates_config *policy,
                          const struct cell_config *cell, bool dr, enum gate gate,
                          const struct rollout_gate *said);
