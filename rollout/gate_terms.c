#include "rollout/gate_terms.h"

#include <string.h>

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct gate_terms all[GATE_COUNT] = {
    [GATE_LIMITS] = {"health is 1; errors and used capacity are within their limits",
                     "of health alone", SETTINGS("limits.")},
    [GATE_ALARMS] = {"none of the cell's CloudWatch alarms is in ALARM", "asked",
                     SETTINGS("alarms.")},
    [GATE_PROBE] = {"/healthcheck names the new version, all is up, 3 times running", "asked",
                    SETTINGS("probe.")},
    [GATE_REGRESSION] = {"no worse than its own past, nor than its controls", "not asked",
                         SETTINGS("regression.")},
    [GATE_SLO] = {"its error budget does not burn too fast", "not asked", SETTINGS("slo.")},
    [GATE_DATA] = {"70 % of the bake's periods have data, its last six too", "of health alone",
                   SETTINGS("data.")},
    [GATE_TRAFFIC] = {"enough requests to judge by, and no collapse of them", "not asked",
                      SETTINGS("min_requests", "traffic.")},
};

const struct gate_terms *gate_terms(enum gate gate)
{
    return &all[gate];
}

static bool goes_by(const struct gate_terms *terms, const char *key)
{
    for (const char *const *setting = terms->settings; setting && *setting; setting++) {
        size_t length = strlen(*setting);
        bool stem = (*setting)[length - 1] == '.';
        if (stem ? strncmp(key, *setting, length) == 0 : strcmp(key, *setting) == 0)
            return true;
    }
    return false;
}

enum gate gate_of_setting(const char *key)
{
    int gate = 0;
    while (gate < GATE_COUNT && !goes_by(&all[gate], key))
        gate++;
    return (enum gate)gate;
}
