#include "tui/commands/upkeep.h"

#include "data/aws/skew.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/tenure.h"

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

/* What is true of polling: of the one who does it, else of one who would. */
struct polling {
    const char *by; /* NULL: nobody does */
    double usd_per_hour;
    const char *slowed;
};

static struct polling polling_of(const struct snapshot *snapshot, const struct poller_seen *seen)
{
    if (seen->who)
        return (struct polling){seen->who, seen->usd_per_hour, seen->slowed};
    return (struct polling){NULL, snapshot->cost_usd_per_hour, snapshot->slowed};
}

void upkeep_json(json_t *document, const struct snapshot *snapshot, const struct poller_seen *seen,
                 const struct aws_client *client)
{
    const struct polling polling = polling_of(snapshot, seen);
    struct aws_tenure tenure;
    aws_client_tenure(client, &tenure);
    gint64 skew_ms = aws_client_skew_ms(client);
    json_object_set_new(document, "cost_usd_per_hour", json_real(polling.usd_per_hour));
    json_object_set_new(
        document, "polling",
        json_pack("{s:o, s:o}", "by", text_json(polling.by), "slowed", text_json(polling.slowed)));
    json_object_set_new(document, "credentials", credentials_json(&tenure));
    json_object_set_new(document, "clock_skew_s",
                        skew_ms == G_MININT64 ? json_null()
                                              : json_real((double)skew_ms / WHEN_SECOND));
}

static void print_polling(struct out_style style, const struct polling *polling)
{
    g_autofree char *by = polling->by ? g_strdup_printf(", by %s", polling->by)
                                      : g_strdup(" while a console is open");
    out_line(style, polling->slowed ? OUT_WARN : OUT_PLAIN, "Polling: %s$%.2f an hour%s%s%s",
             polling->by ? "" : "up to ", polling->usd_per_hour, by, polling->slowed ? "; " : "",
             polling->slowed ? polling->slowed : "");
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
                  const struct poller_seen *seen, const struct aws_client *client, gint64 now_ms)
{
    const struct polling polling = polling_of(snapshot, seen);
    struct aws_tenure tenure;
    aws_client_tenure(client, &tenure);
    g_autofree char *off = skew_words(aws_client_skew_ms(client));
    if (off)
        out_line(style, OUT_BAD,
                 "Clock: this machine's is %s, and ages here are wrong by as much; let it follow a "
                 "time server",
                 off);
    print_polling(style, &polling);
    if (!tenure.origin)
        return;
    static const enum out_role roles[] = {
        [TENURE_FINE] = OUT_PLAIN, [TENURE_ENDING] = OUT_WARN, [TENURE_ENDED] = OUT_BAD};
    g_autofree char *words = tenure_words(&tenure);
    g_autofree char *left = left_text(&tenure, now_ms);
    out_line(style, roles[tenure_stage(&tenure, now_ms)], "Credentials: %s%s", words, left);
}
