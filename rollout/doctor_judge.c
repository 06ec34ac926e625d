#include "rollout/doctor_judge.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "data/registry.h"
#include "rollout/tenure.h"

#include <string.h>

static struct judgement judged(enum doctor_level level, const char *fix, const char *format,
                               va_list args)
{
    return (struct judgement){level, g_strdup_vprintf(format, args), g_strdup(fix)};
}

struct judgement judge_ok(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct judgement judgement = judged(DOCTOR_OK, NULL, format, args);
    va_end(args);
    return judgement;
}

struct judgement judge_skipped(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct judgement judgement = judged(DOCTOR_SKIPPED, NULL, format, args);
    va_end(args);
    return judgement;
}

struct judgement judge_warning(const char *fix, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct judgement judgement = judged(DOCTOR_WARNING, fix, format, args);
    va_end(args);
    return judgement;
}

struct judgement judge_failure(const char *fix, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct judgement judgement = judged(DOCTOR_FAILURE, fix, format, args);
    va_end(args);
    return judgement;
}

void judgement_clear(struct judgement *judgement)
{
    g_free(judgement->text);
    g_free(judgement->fix);
}

/* An error says "CloudWatch GetMetricData in us-east-1: what (request 1f, attempt 2); what to do":
 * what, for the finding has the rest in its own words. Caller frees. */
static char *what_happened(const GError *error)
{
    const char *colon = strstr(error->message, ": ");
    const char *what = colon ? colon + 2 : error->message;
    gsize length = strlen(what);
    static const char *const ends[] = {"; ", " (request ", " (attempt "};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        const char *end = strstr(what, ends[i]);
        if (end)
            length = MIN(length, (gsize)(end - what));
    }
    return g_strndup(what, length);
}

/* IAM's refusals have one form: "User: ARN is not authorized to perform: ACTION on resource: ARN
 * because no identity-based policy allows the ACTION action", or "... with an explicit deny in a
 * service control policy". In short, and alike for all regions; that nothing
 * allows it goes without saying. Caller frees. */
static char *denial(const char *what)
{
    static const char perform[] = "is not authorized to perform: ";
    const char *action = strstr(what, perform);
    if (!action)
        return g_strconcat("not permitted: ", what, NULL);
    action += strlen(perform);
    const char *because = strstr(action, " because ");
    const char *deny = strstr(action, " with an explicit deny");
    const char *reason = deny      ? deny + strlen(" with ")
                         : because ? because + strlen(" because ")
                                   : "";
    g_autofree char *name = g_strndup(action, strcspn(action, " "));
    bool plain = !*reason || g_str_has_prefix(reason, "no identity-based policy allows");
    return g_strconcat(name, " is not permitted", plain ? NULL : ": ", reason, NULL);
}

static struct judgement judge_denied(const char *what, const char *role_arn)
{
    g_autofree char *fix = g_strconcat("give it the policy that this prints: celldeck iam-policy",
                                       role_arn ? " --role " : "", role_arn, NULL);
    g_autofree char *words = denial(what);
    bool forbidden = strstr(what, "explicit deny") != NULL;
    return judge_failure(forbidden ? "ask who keeps those policies: a deny outweighs any permission"
                                   : fix,
                         "%s", words);
}

static const char garbled[] = "ask again; if it stays so, something on the way changes answers: "
                              "see proxy and endpoint settings";

struct judgement judge_error(const GError *error, const char *role_arn)
{
    g_autofree char *what = what_happened(error);
    if (error->domain != AWS_ERROR)
        return judge_failure(garbled, "%s", what);
    switch (error->code) {
    case AWS_ERROR_CREDENTIALS:
        return judge_skipped("not asked, for want of credentials that serve");
    case AWS_ERROR_DENIED:
        return judge_denied(what, role_arn);
    case AWS_ERROR_THROTTLED:
        return judge_warning("ask again in a minute; if it stays so, raise the account's quota",
                             "%s", what);
    case AWS_ERROR_NETWORK:
    case AWS_ERROR_TIMEOUT:
        return judge_failure("see health.aws.amazon.com, then network, proxy and endpoint settings",
                             "%s", what);
    case AWS_ERROR_SERVICE:
        return judge_failure("AWS's own trouble: see health.aws.amazon.com, and ask again", "%s",
                             what);
    case AWS_ERROR_ANSWER:
        return judge_failure(garbled, "%s", what);
    default:
        return judge_failure("see the setting that it speaks of: in celldeck.yaml, the environment "
                             "or the AWS profile",
                             "%s", what);
    }
}

struct judgement judge_local(const GError *error, const char *fix)
{
    const char *advice = strstr(error->message, "; ");
    if (!advice)
        return judge_failure(fix, "%s", error->message);
    return judge_failure(advice + strlen("; "), "%.*s", (int)(advice - error->message),
                         error->message);
}

struct judgement judge_role(const GError *error)
{
    g_autofree char *words = strstr(error->message, "is not authorized to perform: ")
                                 ? denial(error->message)
                                 : what_happened(error);
    const char *end = strstr(words, " (request ");
    return judge_failure("let its trust policy name celldeck's own credentials, and give those the "
                         "policy of celldeck iam-policy",
                         "can't be assumed: %.*s", (int)(end ? end - words : (gssize)strlen(words)),
                         words);
}

struct judgement judge_write(const char *permission, const GError *error, const char *role_arn)
{
    if (!error)
        return judge_warning("look for what it made there; tell the authors of celldeck",
                             "AWS took a call that it had to refuse for its content");
    if (error->domain == AWS_ERROR && error->code == AWS_ERROR_REQUEST)
        return judge_ok("%s is permitted, as far as a call tells that is refused for its content",
                        permission);
    return judge_error(error, role_arn);
}

struct judgement judge_tenure(const struct aws_tenure *tenure, gint64 now_ms)
{
    static const char fix[] = "sign in again, or use a role that renews itself";
    g_autofree char *words = tenure_words(tenure);
    switch (tenure_stage(tenure, now_ms)) {
    case TENURE_ENDED:
        return judge_failure(fix, "%s: that is over", words);
    case TENURE_ENDING:
        return judge_warning(fix, "%s: that is soon", words);
    default:
        if (tenure->lasts_until_ms == G_MININT64)
            return judge_warning("a rollout on these needs --attended: use a role that renews "
                                 "itself",
                                 "%s", words);
        return judge_ok(tenure->lasts_until_ms ? "%s; a longer rollout needs --attended" : "%s",
                        words);
    }
}

struct judgement judge_clock(gint64 skew_ms)
{
    static const char fix[] =
        "let it follow a time server: timedatectl set-ntp true (chronyc tracking says how far)";
    gint64 off_s = (ABS(skew_ms) + WHEN_SECOND / 2) / WHEN_SECOND;
    const char *way = skew_ms > 0 ? "behind" : "ahead of";
    /* A Date has whole seconds, and the answer took its time. */
    if (off_s <= 3)
        return judge_ok("agrees with AWS's");
    if (off_s < 240)
        return judge_warning(fix, "%" G_GINT64_FORMAT " s %s AWS's", off_s, way);
    return judge_failure(
        fix, "%" G_GINT64_FORMAT " s %s AWS's, which refuses what is signed five minutes off",
        off_s, way);
}

struct judgement judge_disk(const char *folder, guint64 free_bytes)
{
    static const guint64 tight = 500 * 1000 * 1000;
    g_autofree char *room = g_format_size(free_bytes);
    g_autofree char *fix = g_strdup_printf("make room on the disk of %s", folder);
    if (free_bytes < STATE_DIR_ROOM)
        return judge_failure(fix, "%s free: the journal will soon not be written any more", room);
    if (free_bytes < tight)
        return judge_warning(fix, "%s free: a journal grows by some 3 MB a day of rollout", room);
    return judge_ok("local disk, %s free", room);
}

/* A page that is not the last one ends with the whole key of its last item. */
static bool is_other_key(const json_t *key)
{
    return key && (json_object_size(key) != 1 || !json_object_get(key, "tenantId"));
}

static struct judgement judge_items(const GArray *items)
{
    static const char fix[] = "celldeck tenants lists what is wrong with each";
    const struct tenant *first = NULL;
    guint faulty = 0;
    for (guint i = 0; i < items->len; i++) {
        const struct tenant *tenant = g_array_index(items, struct registry_item, i).tenant;
        if (tenant->fault && faulty++ == 0)
            first = tenant;
    }
    if (!items->len)
        return judge_warning("see registry.table and registry.region", "it has no item");
    if (!first)
        return judge_ok("readable; its items are tenants of these cells (%u looked at)",
                        items->len);
    const char *name = *first->id ? first->id : "an item without tenantId";
    if (faulty == items->len)
        return judge_failure(fix, "none of %u items looks like a tenant: %s: %s", faulty, name,
                             first->fault);
    return judge_warning(fix, "%u of %u items are faulty: %s: %s", faulty, items->len, name,
                         first->fault);
}

struct judgement judge_registry(struct config *config, const char *text)
{
    g_autoptr(GError) error = NULL;
    struct registry_with with = {config, NULL};
    struct registry_page *page = registry_read(text, strlen(text), &with, &error);
    if (!page)
        return judge_failure(garbled, "%s", error->message);
    struct judgement judgement =
        is_other_key(page->start_key)
            ? judge_failure("name the tenants' table in registry.table",
                            "its key is another one than the string tenantId")
            : judge_items(page->items);
    registry_page_free(page);
    return judgement;
}
