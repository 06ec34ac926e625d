/* alarms: CloudWatch alarms of the cell, by name or by prefix. ALARM is a FAIL, unless as many of
 * the controls have the same alarm in ALARM as make it everybody's. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/gate_rows.h"
#include "rollout/judge_constants.h"

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

/* The alarm of a control that has its id where `alarm` has this cell's; NULL: it has none. */
static const struct alarm *same_of(const struct gate_view *view, const struct gate_control *control,
                                   const struct alarm *alarm)
{
    const char *at = strstr(alarm->name, view->cell->id);
    if (!at || !control->reading || !control->reading->alarms)
        return NULL;
    g_autofree char *name = g_strdup_printf("%.*s%s%s", (int)(at - alarm->name), alarm->name,
                                            control->id, at + strlen(view->cell->id));
    for (guint i = 0; i < control->reading->alarms->len; i++) {
        const struct alarm *same = g_ptr_array_index(control->reading->alarms, i);
        if (strcmp(same->name, name) == 0)
            return same;
    }
    return NULL;
}

/* It rings, or did when the cell's own already rang and has stopped just now. */
static bool rings_too(const struct gate_view *view, const struct alarm *same,
                      const struct alarm *alarm)
{
    if (same->state != ALARM_OK)
        return same->state == ALARM_ALARM;
    return same->since_ms > alarm->since_ms &&
           view->now_ms - same->since_ms < JUDGE_STANDS * view->period_ms;
}

struct sharing {
    guint ringing; /* controls whose same alarm rings, too */
    guint unheard; /* that has not been read a period after the cell's began: it may */
};

static struct sharing sharing_of(const struct gate_view *view, const struct alarm *alarm)
{
    struct sharing sharing = {0};
    for (size_t i = 0; i < view->n_controls; i++) {
        const struct gate_control *control = &view->controls[i];
        const struct alarm *same = same_of(view, control, alarm);
        if (!same)
            continue;
        if (rings_too(view, same, alarm))
            sharing.ringing++;
        else
            sharing.unheard += control->reading->alarms_at_ms < alarm->since_ms + view->period_ms;
    }
    return sharing;
}

static bool is_everybodys(const struct gate_view *view, guint controls)
{
    return controls > 0 && controls >= SHARED_SHARE * (double)view->n_controls;
}

/* It began after the deploy and its warm-up. */
static void blame(const struct gate_view *view, const struct alarm *alarm,
                  struct gate_result *result)
{
    struct sharing sharing = sharing_of(view, alarm);
    bool late = view->now_ms - alarm->since_ms >= RECENT_PERIODS * view->period_ms;
    if (is_everybodys(view, sharing.ringing))
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "alarm %s is in ALARM, but so is that of %u of %zu controls: not attributable",
                  alarm->name, sharing.ringing, view->n_controls);
    else if (!late && is_everybodys(view, sharing.ringing + sharing.unheard))
        gate_says(result, VERDICT_PENDING, "controls",
                  "alarm %s is in ALARM; whether its controls' are has not been read yet",
                  alarm->name);
    else
        gate_says(result, VERDICT_FAIL, "ALARM", "alarm %s is in ALARM: %s", alarm->name,
                  alarm->reason && *alarm->reason ? alarm->reason : "no reason given");
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
        blame(view, alarm, result);
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
