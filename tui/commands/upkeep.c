#include "tui/commands/upkeep.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/tenure.h"

/* `celldeck status` asks once, by itself. */
#define BY "this command"

static json_t *moment_json(gint64 at_ms)
{
    g_autofree char *text = at_ms > 0 ? when_rfc3339(at_ms) : NULL;
    return text_json(text);
}

static json_t *credentials_json(const struct aws_tenure *tenure)
{
    if (!tenure->origin)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:b}", "origin", text_json(tenure->origin), "expires_at",
                     moment_json(tenure->expires_ms), "lasts_until",
                     moment_json(tenure->lasts_until_ms), "renews_itself",
                     tenure->lasts_until_ms == 0);
}

void upkeep_json(json_t *document, const struct snapshot *snapshot, const struct aws_tenure *tenure)
{
    json_object_set_new(document, "polling",
                        json_pack("{s:s, s:o}", "by", BY, "slowed", text_json(snapshot->slowed)));
    json_object_set_new(document, "credentials", credentials_json(tenure));
}

/* ", in 38m", or "". */
static char *left_text(const struct aws_tenure *tenure, gint64 now_ms)
{
    gint64 end_ms = tenure_end_ms(tenure);
    if (!tenure_end_is_known(tenure) || end_ms <= now_ms)
        return g_strdup("");
    g_autofree char *left = duration_short(end_ms - now_ms);
    return g_strdup_printf(", in %s", left);
}

void upkeep_print(struct out_style style, const struct snapshot *snapshot,
                  const struct aws_tenure *tenure, gint64 now_ms)
{
    if (snapshot->slowed)
        out_line(style, OUT_WARN, "Polling: $%.2f an hour; %s", snapshot->cost_usd_per_hour,
                 snapshot->slowed);
    else
        out_line(style, OUT_PLAIN, "Polling: $%.2f an hour at this pace",
                 snapshot->cost_usd_per_hour);
    if (!tenure->origin)
        return;
    static const enum out_role roles[] = {
        [TENURE_FINE] = OUT_PLAIN, [TENURE_ENDING] = OUT_WARN, [TENURE_ENDED] = OUT_BAD};
    g_autofree char *words = tenure_words(tenure);
    g_autofree char *left = left_text(tenure, now_ms);
    out_line(style, roles[tenure_stage(tenure, now_ms)], "Credentials: %s%s", words, left);
}
