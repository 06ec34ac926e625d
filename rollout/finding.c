#include "rollout/finding.h"

#include <math.h>
#include <string.h>

struct asking {
    const struct config *config;
    const struct gates_config *policy;
    const struct cell_config *cell;
    bool dr;
    const struct rollout_gate *said;
};

static enum metric metric_of(const struct asking *asking, const json_t *datum)
{
    const char *name = json_string_value(json_object_get(datum, "metric"));
    enum metric metric = 0, n = metric_count(asking->config);
    while (metric < n && g_strcmp0(name, metric_name_in(asking->config, metric)) != 0)
        metric++;
    return metric < n ? metric : METRIC_COUNT;
}

static double number_in(const json_t *datum, const char *key)
{
    const json_t *value = json_object_get(datum, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static struct finding finding(enum metric metric)
{
    return (struct finding){.metric = metric, .limit = NAN, .expected = NAN};
}

static struct finding own_limit_of(const struct asking *asking, const struct own_metric *own,
                                   enum metric metric)
{
    struct finding found = finding(metric);
    found.limit = gates_config_own_limit(asking->policy, own->name);
    found.below = own->falls;
    return found;
}

static struct finding limit_of(const struct asking *asking, enum metric metric)
{
    struct finding found = finding(metric);
    const struct own_metric *own = metric_own(asking->config, metric);
    if (own)
        return own_limit_of(asking, own, metric);
    if (metric == METRIC_HEALTH) {
        found.limit = 1;
        found.below = true;
    }
    if (metric == METRIC_ERROR_RATE)
        found.limit = asking->policy->max_error_rate_pct;
    if (metric == METRIC_ACTIVE_USERS && asking->cell->max_users > 0)
        found.limit = (double)asking->cell->max_users * asking->policy->max_used_pct / 100;
    return found;
}

static bool is_beyond(const struct finding *found, double value)
{
    return !isnan(found->limit) && (found->below ? value < found->limit : value > found->limit);
}

static struct finding of_limits(const struct asking *asking)
{
    size_t i;
    const json_t *datum;
    json_array_foreach (asking->said->evidence, i, datum) {
        enum metric metric = metric_of(asking, datum);
        struct finding found = limit_of(asking, metric);
        if (metric != METRIC_COUNT && is_beyond(&found, number_in(datum, "value")))
            return found;
    }
    return limit_of(asking, asking->dr ? METRIC_HEALTH : METRIC_ERROR_RATE);
}

/* Of errors the evidence counts events; the chart shows their share of the requests. */
static double expected_in(const json_t *datum, enum metric metric)
{
    double expected = number_in(datum, "expected");
    if (metric != METRIC_ERROR_RATE)
        return expected;
    double requests = number_in(datum, "requests");
    return requests > 0 ? 100 * expected / requests : NAN;
}

static struct finding of_regression(const struct asking *asking)
{
    const char *verdict = verdict_name(asking->said->verdict);
    size_t i;
    const json_t *datum, *first = NULL;
    json_array_foreach (asking->said->evidence, i, datum) {
        const char *own = json_string_value(json_object_get(datum, "verdict"));
        if (g_strcmp0(own, verdict) == 0 && !first)
            first = datum;
    }
    if (!first)
        return finding(METRIC_ERROR_RATE);
    struct finding found = finding(metric_of(asking, first));
    found.expected = expected_in(first, found.metric);
    return found;
}

/* The error rate at which the budget burns as fast as the alert that is, or comes first, allows. */
static struct finding of_slo(const struct asking *asking)
{
    struct finding found = finding(METRIC_ERROR_RATE);
    double times =
        asking->policy->slo_fast > 0 ? asking->policy->slo_fast : asking->policy->slo_slow;
    size_t i;
    const json_t *datum;
    json_array_foreach (asking->said->evidence, i, datum) {
        double limit = number_in(datum, "limit");
        if (number_in(datum, "value") > limit) {
            times = limit;
            break;
        }
    }
    if (times > 0)
        found.limit = times * (100 - asking->cell->sla_pct);
    return found;
}

/* Its last datum is the newest of the metric that is silent. */
static struct finding of_data(const struct asking *asking)
{
    size_t n = json_array_size(asking->said->evidence);
    enum metric metric = metric_of(asking, json_array_get(asking->said->evidence, n ? n - 1 : 0));
    bool silent = g_strcmp0(asking->said->code, "no data") == 0 && metric != METRIC_COUNT;
    return finding(silent ? metric : METRIC_HEALTH);
}

/* The evidence has what was expected of several periods at once; the chart shows each. */
static struct finding of_traffic(const struct asking *asking)
{
    struct finding found = finding(METRIC_REQUESTS);
    size_t i;
    const json_t *datum;
    json_array_foreach (asking->said->evidence, i, datum) {
        double periods = number_in(datum, "periods");
        if (periods > 0)
            found.expected = number_in(datum, "expected") / periods;
    }
    return found;
}

static struct finding of_none(const struct asking *asking)
{
    (void)asking;
    return finding(METRIC_COUNT);
}

struct finding finding_of(const struct config *config, const struct gates_config *policy,
                          const struct cell_config *cell, bool dr, enum gate gate,
                          const struct rollout_gate *said)
{
    static struct finding (*const of[GATE_COUNT])(const struct asking *) = {
        [GATE_LIMITS] = of_limits,   [GATE_ALARMS] = of_none, [GATE_PROBE] = of_none,
        [GATE_SLO] = of_slo,         [GATE_DATA] = of_data,   [GATE_REGRESSION] = of_regression,
        [GATE_TRAFFIC] = of_traffic,
    };
    const struct asking asking = {config, policy, cell, dr, said};
    return of[gate](&asking);
}
