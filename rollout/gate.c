#include "rollout/gate.h"

#include "rollout/gate_rows.h"

#include <string.h>

/* One line a gate. */
static const struct {
    const char *name;
    gate_fn judge;
} gates[GATE_COUNT] = {
    [GATE_LIMITS] = {"limits", gate_limits},
    [GATE_ALARMS] = {"alarms", gate_alarms},
    [GATE_PROBE] = {"probe", gate_probe},
    [GATE_REGRESSION] = {"regression", gate_regression},
    [GATE_SLO] = {"slo", gate_slo},
    [GATE_DATA] = {"data", gate_data},
    [GATE_TRAFFIC] = {"traffic", gate_traffic},
};

static const char *const verdicts[] = {
    [VERDICT_PENDING] = "PENDING",
    [VERDICT_PASS] = "PASS",
    [VERDICT_HOLD] = "HOLD",
    [VERDICT_FAIL] = "FAIL",
};

const char *verdict_name(enum verdict verdict)
{
    return verdicts[verdict];
}

bool verdict_parse(const char *name, enum verdict *verdict)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++)
        if (strcmp(verdicts[i], name) == 0) {
            *verdict = i;
            return true;
        }
    return false;
}

const char *gate_name(enum gate gate)
{
    return gates[gate].name;
}

bool gate_parse(const char *name, enum gate *gate)
{
    for (size_t i = 0; i < GATE_COUNT; i++)
        if (strcmp(gates[i].name, name) == 0) {
            *gate = i;
            return true;
        }
    return false;
}

void gate_result_clear(struct gate_result *result)
{
    g_free(result->reason);
    json_decref(result->evidence);
    *result = (struct gate_result){0};
}

void gates_judge(const struct gate_view *view, struct gate_result results[GATE_COUNT],
                 struct bake_samples *samples)
{
    gate_memory_follow(view->memory, view);
    for (size_t i = 0; i < GATE_COUNT; i++) {
        results[i] = (struct gate_result){.evidence = json_array()};
        if (gates_config_off(view->policy, gates[i].name))
            gate_says(&results[i], VERDICT_PASS, "off", "not asked: gates.off names it");
        else
            gates[i].judge(view, &results[i]);
    }
    *samples = gate_samples(view, METRIC_HEALTH);
}

enum verdict gates_sum(const struct gate_result results[GATE_COUNT])
{
    static const int weight[] = {
        [VERDICT_PASS] = 0, [VERDICT_PENDING] = 1, [VERDICT_HOLD] = 2, [VERDICT_FAIL] = 3};
    enum verdict sum = VERDICT_PASS;
    for (size_t i = 0; i < GATE_COUNT; i++)
        if (weight[results[i].verdict] > weight[sum])
            sum = results[i].verdict;
    return sum;
}
