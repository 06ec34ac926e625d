/* What of this machine a plan hangs on. Credentials that end before the plan can (rollout.md,
 * "Plan"): a rollout bakes for days, and a session ends after hours: with nobody there, nothing
 * would be rolled back any more. And the clock: a gate counts what CloudWatch stamped after the
 * deploy was seen, by our clock. */
#include "data/aws/skew.h"
#include "data/base/when.h"
#include "rollout/refusals.h"
#include "rollout/tenure.h"

/* " (so do the roles of cell-1, ...)", or "". */
static char *roles_text(const struct plan *plan, const struct config *config)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    for (guint w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = g_ptr_array_index(plan->waves, w);
        for (guint i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = g_ptr_array_index(wave->cells, i);
            const struct cell_config *known = config_cell(config, cell->id);
            if (known && known->role_arn)
                g_ptr_array_add(cells, cell->id);
        }
    }
    if (cells->len == 0)
        return g_strdup("");
    g_ptr_array_add(cells, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)cells->pdata);
    return g_strdup_printf(" (so do the roles of %s, which are assumed with them)", all);
}

char *plan_outlasts_keys(const struct plan *plan, const struct survey *survey)
{
    gint64 length_ms = plan_at_best_ms(plan, survey->now_ms);
    if (tenure_lasts(&survey->keys, survey->now_ms + length_ms))
        return NULL;
    g_autofree char *words = tenure_words(&survey->keys);
    g_autofree char *roles = roles_text(plan, survey->config);
    g_autofree char *length = duration_short(length_ms);
    bool known = tenure_end_is_known(&survey->keys);
    g_autofree char *left = duration_short(MAX(0, tenure_end_ms(&survey->keys) - survey->now_ms));
    return g_strdup_printf("the plan takes %s at best, and the AWS credentials %s before, unless a "
                           "person renews them: %s%s%s%s",
                           length, known ? "end" : "may end", words, known ? ", in " : "",
                           known ? left : "", roles);
}

void clock_is_right(struct asking *asking)
{
    g_autofree char *now = skew_words(asking->survey->skew_ms);
    /* Once it runs, a figure that is another at every look would be news at every look. */
    const char *off = now && asking->own ? "half a minute or more away from AWS's" : now;
    if (off)
        refuse(asking, REFUSE_CLOCK, NULL,
               "this machine's clock is %s: what was measured before a deploy would count as after "
               "it, or the other way round; let it follow a time server (timedatectl set-ntp true)",
               off);
}

void credentials_last(struct asking *asking)
{
    if (!asking->options || !asking->options->unattended)
        return;
    g_autofree char *why = plan_outlasts_keys(asking->plan, asking->survey);
    if (why)
        refuse(asking, REFUSE_CREDENTIALS, NULL,
               "%s: start it with credentials that renew themselves (an instance's or a "
               "container's role, a profile with credential_process)%s",
               why,
               asking->survey->keys_at_work ? ", after you have ended that conductor, so that the "
                                              "next one has them"
                                            : "");
}
