/* What each gate asks, for people: `gate list`. */
#pragma once

#include "rollout/gate.h"

struct gate_terms {
    const char *asks;  /* what has to be so */
    const char *of_dr; /* of a dr cell: "asked", "not asked", ... */
    const char *const
        *settings; /* keys of celldeck.yaml's `gates` that it goes by, NULL-terminated;
                      one that ends with a dot stands for all that begin so */
};
const struct gate_terms *gate_terms(enum gate gate);
/* The gate that alone goes by the setting of this key ("limits.used"); GATE_COUNT: all do. */
enum gate gate_of_setting(const char *key);
