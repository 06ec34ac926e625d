/* Who we are to AWS, for how long, and by which clock. */
#include "data/aws/caller.h"
#include "data/base/when.h"
#include "data/iam_policy.h"
#include "rollout/doctor_check.h"

#include <string.h>

struct asked {
    struct checkup *checkup;
    struct finding *finding;
    const char *role_arn; /* of the configuration */
};

static void ask(struct checkup *checkup, struct finding *finding, const char *role_arn,
                aws_caller_fn fn)
{
    struct asked *asked = g_new(struct asked, 1);
    *asked = (struct asked){checkup, finding, role_arn};
    checkup_hold(checkup);
    aws_caller_ask(checkup->doctor->wish->client, role_arn, DOCTOR_DEADLINE_MS, fn, asked);
}

static struct judgement judge_caller(const struct aws_caller *caller)
{
    if (g_str_has_suffix(caller->arn, ":root"))
        return judge_warning("use a role with the policy of celldeck iam-policy",
                             "%s: the account's root user, which may do anything", caller->arn);
    return judge_ok("%s", caller->arn);
}

static struct judgement judge_stranger(const GError *error, const char *role_arn)
{
    const char *colon = strstr(error->message, ": ");
    const char *what = colon ? colon + 2 : error->message;
    if (role_arn)
        return judge_role(error);
    if (error->domain == AWS_ERROR && error->code == AWS_ERROR_CREDENTIALS)
        return judge_failure("aws sts get-caller-identity has to work here: see aws.profile, "
                             "AWS_PROFILE, or sign in again",
                             "%s", what);
    return judge_error(error, NULL);
}

static void on_caller(const struct aws_caller *caller, const GError *error, gpointer data)
{
    struct asked *asked = data;
    finding_set(asked->finding,
                caller ? judge_caller(caller) : judge_stranger(error, asked->role_arn));
    checkup_release(asked->checkup);
    g_free(asked);
}

static void on_own(const struct aws_caller *caller, const GError *error, gpointer data)
{
    struct asked *asked = data;
    struct checkup *checkup = asked->checkup;
    struct aws_tenure tenure;
    aws_client_tenure(checkup->doctor->wish->client, &tenure);
    if (caller && tenure.origin)
        finding_set(checkup_add(checkup, "how long they last"),
                    judge_tenure(&tenure, when_now_ms()));
    on_caller(caller, error, data);
}

void doctor_credentials(struct checkup *checkup)
{
    const struct config *config = checkup->doctor->config;
    const char *profile = config ? config->aws_profile : NULL;
    ask(checkup,
        profile ? checkup_add(checkup, "celldeck's own, profile %s", profile)
                : checkup_add(checkup, "celldeck's own"),
        NULL, on_own);
    g_autofree const char **roles = config ? iam_roles(config) : NULL;
    for (const char **role = roles; role && *role; role++)
        ask(checkup, checkup_add(checkup, "%s", *role), *role, on_caller);
}

static void on_date(const struct aws_caller *caller, const GError *error, gpointer data)
{
    struct asked *asked = data;
    gint64 skew_ms = aws_client_skew_ms(asked->checkup->doctor->wish->client);
    (void)caller;
    (void)error;
    finding_set(asked->finding, skew_ms == G_MININT64
                                    ? judge_skipped("AWS gave no time to compare with")
                                    : judge_clock(skew_ms));
    checkup_release(asked->checkup);
    g_free(asked);
}

void doctor_clock(struct checkup *checkup)
{
    ask(checkup, checkup_add(checkup, "this machine's"), NULL, on_date);
}
