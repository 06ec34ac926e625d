/* alarms: CloudWatch alarms of the cell, by name or by prefix. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/gate_rows.h"

#include <string.h>

static char *with_cell(const char *pattern, const char *cell)
{
    g_auto(GStrv) parts = g_strsplit(pattern, "{cell}", -1);
    return g_strjoinv(cell, parts);
}

static bool any_matches(char *const *patterns, const char *cell, const char *name, bool prefix)
{
    for (; patterns && *patterns; patterns++) {
        g_autofree char *pattern = with_cell(*patterns, cell);
        if (prefix ? g_str_has_prefix(name, pattern) : strcmp(name, pattern) == 0)
            return true;
    }
    return false;
}

bool gate_watches_alarm(const struct gates_config *policy, const char *cell, const char *alarm)
{
    return any_matches(policy->alarm_names, cell, alarm, false) ||
           any_matches(policy->alarm_prefixes, cell, alarm, true);
}

static void alarm_evidence(struct gate_result *result, const struct gate_view *view,
                           const struct alarm *alarm)
{
    static const char *const words[] = {"OK", "ALARM", "INSUFFICIENT_DATA"};
    g_autofree char *at = when_rfc3339(alarm->since_ms);
    g_autofree char *source = g_strdup_printf("alarms %s", view->cell->source);
    json_array_append_new(result->evidence,
                          json_pack("{s:o, s:s, s:s, s:s}", "alarm", text_json(alarm->name),
                                    "value", words[alarm->state], "at", at, "source", source));
}

static void judge_alarm(const struct gate_view *view, const struct alarm *alarm,
                        struct gate_result *result)
{
    if (alarm->state == ALARM_INSUFFICIENT_DATA) {
        bool long_so = view->now_ms - MAX(alarm->since_ms, view->deployed_at_ms) >=
                       RECENT_PERIODS * view->period_ms;
        gate_says(result,
                  long_so ? no_data_verdict(view, view->policy->alarms_no_data, true)
                          : VERDICT_PENDING,
                  "no data", "alarm %s has INSUFFICIENT_DATA", alarm->name);
    } else if (alarm->since_ms < view->deployed_at_ms) {
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "alarm %s is in ALARM since before the deploy: not attributable", alarm->name);
    } else if (is_warming_up(view, view->now_ms)) {
        gate_says(result, VERDICT_PENDING, "warming up",
                  "alarm %s is in ALARM; restart noise is forgiven until the warm-up is over",
                  alarm->name);
    } else {
        gate_says(result, VERDICT_FAIL, "ALARM", "alarm %s is in ALARM: %s", alarm->name,
                  alarm->reason && *alarm->reason ? alarm->reason : "no reason given");
    }
}

static bool alarms_are_fresh(const struct gate_view *view)
{
    return view->reading->alarms && view->reading->alarms_at_ms >= view->deployed_at_ms &&
           view->now_ms - view->reading->alarms_at_ms < RECENT_PERIODS * view->period_ms;
}

static void say_unread(const struct gate_view *view, struct gate_result *result)
{
    bool early = view->now_ms - view->deployed_at_ms < RECENT_PERIODS * view->period_ms;
    if (early)
        gate_says(result, VERDICT_PENDING, "not yet",
                  "the cell's alarms have not been read since the deploy yet");
    else
        gate_says(result, no_data_verdict(view, view->policy->alarms_no_data, true), "no data",
                  "the cell's alarms could not be read for %d periods", RECENT_PERIODS);
}

void gate_alarms(const struct gate_view *view, struct gate_result *result)
{
    guint watched = 0;
    enum verdict worst = VERDICT_PASS;
    if (!alarms_are_fresh(view)) {
        say_unread(view, result);
        return;
    }
    for (guint i = 0; i < view->reading->alarms->len && worst != VERDICT_FAIL; i++) {
        const struct alarm *alarm = g_ptr_array_index(view->reading->alarms, i);
        struct gate_result one = {0};
        if (!gate_watches_alarm(view->policy, view->cell->id, alarm->name))
            continue;
        watched++;
        alarm_evidence(result, view, alarm);
        if (alarm->state == ALARM_OK)
            continue;
        judge_alarm(view, alarm, &one);
        if (one.verdict == VERDICT_FAIL || worst == VERDICT_PASS ||
            (one.verdict == VERDICT_HOLD && worst == VERDICT_PENDING)) {
            worst = one.verdict;
            gate_says(result, one.verdict, one.code, "%s", one.reason);
        }
        g_free(one.reason);
    }
    if (!result->reason)
        gate_says(result, VERDICT_PASS, "ok",
                  watched ? "none of %u alarms is in ALARM" : "no alarm watches this cell (%u)",
                  watched);
}
