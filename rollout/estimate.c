#include "rollout/estimate.h"

#include "data/base/text.h"
#include "data/base/when.h"

#define DEPLOYS_COUNTED 20

struct calendar plan_calendar(const struct plan *plan, const struct plan_wave *wave)
{
    return (struct calendar){wave->name, wave->window, plan->freezes};
}

/* calendar_opens_ms() has 0 for what never opens. */
static gint64 opens_ms(const struct calendar *calendar, gint64 at_ms)
{
    gint64 opens_ms = calendar_opens_ms(calendar, at_ms);
    return opens_ms || !at_ms ? opens_ms : ESTIMATE_NEVER;
}

/* Cells beyond max_in_flight wait for the ones before them, and each turn begins while the wave is
 * open. A deploy is seen complete somewhere within a period, whose datapoint does not count yet;
 * then the bake; then its last period has to settle (rollout.md, "Gates"). *starts_ms: when the
 * first turn begins. */
static gint64 wave_ends_ms(const struct plan *plan, const struct estimate_terms *terms,
                           const struct plan_wave *wave, gint64 at_ms, gint64 *starts_ms)
{
    const struct calendar calendar = plan_calendar(plan, wave);
    gint64 bake_ms = terms->bake_ms ? MIN(terms->bake_ms, wave->bake_ms) : wave->bake_ms;
    gint64 width = MAX(1, wave->max_in_flight);
    gint64 turns = (wave->cells->len + width - 1) / width;
    *starts_ms = at_ms;
    for (gint64 turn = 0; turn < turns && at_ms != ESTIMATE_NEVER; turn++) {
        at_ms = terms->lifted ? at_ms : opens_ms(&calendar, at_ms);
        if (turn == 0)
            *starts_ms = at_ms;
        if (at_ms != ESTIMATE_NEVER)
            at_ms += terms->deploy_ms + plan->period_ms + bake_ms + plan->settle_ms;
    }
    return at_ms;
}

gint64 estimate_wave_ms(const struct plan *plan, const struct estimate_terms *terms, size_t wave)
{
    gint64 at_ms = terms->now_ms;
    for (guint i = 0; i < plan->waves->len && at_ms != ESTIMATE_NEVER; i++) {
        gint64 starts_ms = ESTIMATE_NEVER;
        gint64 ends_ms =
            wave_ends_ms(plan, terms, g_ptr_array_index(plan->waves, i), at_ms, &starts_ms);
        if (i == wave)
            return starts_ms;
        at_ms = ends_ms;
    }
    return at_ms;
}

gint64 plan_at_best_ms(const struct plan *plan, gint64 now_ms)
{
    struct estimate_terms terms = {.now_ms = now_ms};
    gint64 ends_ms = estimate_wave_ms(plan, &terms, plan->waves->len);
    if (ends_ms == ESTIMATE_NEVER) { /* which is refused; nobody knows better than without it */
        terms.lifted = true;
        ends_ms = estimate_wave_ms(plan, &terms, plan->waves->len);
    }
    return ends_ms - now_ms;
}

static gint compare_ms(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;
    return (left > right) - (left < right);
}

void estimate_deploys(struct estimate_terms *terms, const GArray *deploys_ms)
{
    guint n = deploys_ms ? MIN(deploys_ms->len, DEPLOYS_COUNTED) : 0;
    terms->deploys = n;
    terms->deploy_ms = 0;
    if (n == 0)
        return;
    g_autoptr(GArray) last = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_vals(last, &g_array_index(deploys_ms, gint64, deploys_ms->len - n), n);
    g_array_sort(last, compare_ms);
    terms->deploy_ms = g_array_index(last, gint64, n / 2);
}

char *estimate_moment(gint64 at_ms, gint64 now_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / WHEN_SECOND);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_ms / WHEN_SECOND);
    if (!at || !now)
        return g_strdup("never");
    bool today = g_date_time_get_year(at) == g_date_time_get_year(now) &&
                 g_date_time_get_day_of_year(at) == g_date_time_get_day_of_year(now);
    return g_date_time_format(at, today ? "%H:%M:%SZ" : "%a %Y-%m-%d %H:%MZ");
}

static int approvals_of(const struct plan *plan, GString *waves)
{
    int n = 0;
    for (guint i = 0; i < plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, i);
        n += wave->approvals;
        if (wave->approvals && waves)
            g_string_append_printf(waves, "%s%s", waves->len ? ", " : "", wave->name);
    }
    return n;
}

/* The waits that nobody can foresee. */
static char *not_in_it(const struct plan *plan, const struct estimate_terms *terms)
{
    g_autoptr(GString) waves = g_string_new(NULL);
    GString *text = g_string_new(" Not in it:");
    int approvals = approvals_of(plan, waves);
    if (approvals)
        g_string_append_printf(text, " %d approval%s (%s);", approvals, approvals > 1 ? "s" : "",
                               waves->str);
    if (!terms->deploys)
        g_string_append(text, " deploys (none is on record yet);");
    g_string_append(text, " holds.");
    return g_string_free(text, FALSE);
}

char *estimate_text(const struct plan *plan, const struct estimate_terms *terms)
{
    gint64 ends_ms = estimate_wave_ms(plan, terms, plan->waves->len);
    if (ends_ms == ESTIMATE_NEVER)
        return g_strdup("It is never through: a wave does not open any more.");
    g_autofree char *takes = duration_short(ends_ms - terms->now_ms);
    g_autofree char *until = estimate_moment(ends_ms, terms->now_ms);
    g_autofree char *one = duration_short(terms->deploy_ms);
    g_autofree char *without = not_in_it(plan, terms);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "Takes %s at best: until %s", takes, until);
    if (terms->deploys)
        g_string_append_printf(text, ", with deploys of %s, the median of %u on record", one,
                               terms->deploys);
    g_string_append_printf(text, ".%s", without);
    return g_string_free(text, FALSE);
}

static json_t *moment_json(gint64 at_ms)
{
    g_autofree char *at =
        at_ms != ESTIMATE_NEVER ? when_rfc3339(at_ms / WHEN_SECOND * WHEN_SECOND) : NULL;
    return text_json(at);
}

json_t *estimate_json(const struct plan *plan, const struct estimate_terms *terms)
{
    json_t *waves = json_array();
    gint64 at_ms = terms->now_ms;
    for (guint i = 0; i < plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, i);
        gint64 starts_ms = ESTIMATE_NEVER;
        if (at_ms != ESTIMATE_NEVER)
            at_ms = wave_ends_ms(plan, terms, wave, at_ms, &starts_ms);
        json_array_append_new(waves, json_pack("{s:o, s:o, s:o}", "name", text_json(wave->name),
                                               "starts_at", moment_json(starts_ms), "ends_at",
                                               moment_json(at_ms)));
    }
    json_t *deploy =
        terms->deploys ? json_real((double)terms->deploy_ms / WHEN_SECOND) : json_null();
    return json_pack("{s:o, s:o, s:I, s:i, s:o}", "ends_at", moment_json(at_ms), "deploy_s", deploy,
                     "deploys", (json_int_t)terms->deploys, "approvals", approvals_of(plan, NULL),
                     "waves", waves);
}
