/* probe: the cell's own /healthcheck names the new version, and every dependency is up. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/releases.h"
#include "rollout/gate_rows.h"

#include <string.h>

static bool names_version(const struct probe *probe, const char *version)
{
    if (!probe->version)
        return false;
    g_autofree char *seen = version_plain(probe->version);
    g_autofree char *wanted = version_plain(version);
    return strcmp(seen, wanted) == 0;
}

static bool is_hit(const struct gate_view *view, const struct probe *probe)
{
    return probe_all_up(probe) && names_version(probe, view->version);
}

static char *what_is_wrong(const struct gate_view *view, const struct probe *probe)
{
    if (!probe->answered)
        return g_strdup_printf("no good answer (%s)", probe->error ? probe->error : "unreadable");
    if (!names_version(probe, view->version))
        return g_strdup_printf("it names %s, not %s", probe->version ? probe->version : "nothing",
                               view->version);
    for (guint i = 0; i < probe->dependencies->len; i++) {
        const struct dependency *dependency = g_ptr_array_index(probe->dependencies, i);
        if (!dependency->up)
            return g_strdup_printf("%s is down", dependency->name);
    }
    return g_strdup("it says that it is not well");
}

static void probe_evidence(struct gate_result *result, const struct gate_view *view,
                           const struct probe *probe)
{
    g_autofree char *at = when_rfc3339(probe->at_ms);
    g_autofree char *source = g_strdup_printf("probe %s", view->cell->id);
    json_t *value = probe->answered ? text_json(probe->version) : text_json(probe->error);
    json_array_append_new(result->evidence,
                          json_pack("{s:s, s:o, s:s, s:s}", "probe", "/healthcheck", "value", value,
                                    "at", at, "source", source));
}

/* How many of the newest probes since the deploy are alike: hits (> 0) or misses (< 0). */
static int running(const struct gate_view *view, const struct probe **newest)
{
    const GPtrArray *probes = view->reading->probes;
    int n = 0;
    *newest = NULL;
    for (guint i = probes ? probes->len : 0; i > 0; i--) {
        const struct probe *probe = g_ptr_array_index(probes, i - 1);
        bool hit = is_hit(view, probe);
        if (probe->at_ms < view->deployed_at_ms || (n != 0 && hit != (n > 0)))
            break;
        if (!*newest)
            *newest = probe;
        n += hit ? 1 : -1;
    }
    return n;
}

/* A control that does not answer, or has a dependency down, has the same trouble. */
static bool controls_share_it(const struct gate_view *view)
{
    guint n = 0;
    for (size_t i = 0; i < view->n_controls; i++) {
        const GPtrArray *probes = view->controls[i].reading->probes;
        n += probes && probes->len > 0 && !probe_all_up(g_ptr_array_index(probes, probes->len - 1));
    }
    return n > 0 && n >= SHARED_SHARE * (double)view->n_controls;
}

static void say_missed(const struct gate_view *view, const struct probe *newest, int misses,
                       struct gate_result *result)
{
    g_autofree char *wrong = what_is_wrong(view, newest);
    if (misses < PROBES_RUNNING)
        gate_says(result, VERDICT_PENDING, "missed", "/healthcheck: %s", wrong);
    else if (is_warming_up(view, newest->at_ms))
        gate_says(result, VERDICT_PENDING, "warming up",
                  "/healthcheck: %s; forgiven until the warm-up is over", wrong);
    else if (!probe_all_up(newest) && controls_share_it(view))
        gate_says(result, VERDICT_HOLD, "not attributable",
                  "/healthcheck: %s, as with at least half of the controls: not attributable",
                  wrong);
    else
        gate_says(result, VERDICT_FAIL, "missed", "/healthcheck: %s, %d times running", wrong,
                  misses);
}

void gate_probe(const struct gate_view *view, struct gate_result *result)
{
    const struct probe *newest;
    int n = running(view, &newest);
    gint64 since_ms = newest ? newest->at_ms : view->deployed_at_ms;
    if (newest)
        probe_evidence(result, view, newest);
    /* A probe a period; one may be under way when the third is due. */
    if (view->now_ms - since_ms >= (RECENT_PERIODS + 1) * view->period_ms)
        gate_says(result, no_data_verdict(view, view->policy->probe_no_data, false), "no data",
                  "/healthcheck was not asked for more than %d periods", RECENT_PERIODS);
    else if (n < 0 && newest)
        say_missed(view, newest, -n, result);
    else if (n < PROBES_RUNNING)
        gate_says(result, VERDICT_PENDING, "too few",
                  "/healthcheck has named %s %d time%s running, %d are needed", view->version, n,
                  n == 1 ? "" : "s", PROBES_RUNNING);
    else
        gate_says(result, VERDICT_PASS, "ok",
                  "/healthcheck names %s and every dependency is up, %d times running",
                  view->version, n);
}
