/* `celldeck iam-policy`: the least policy for this celldeck.yaml, ready for `aws iam
 * put-role-policy --policy-document file://policy.json`. Stdout has nothing but the document of one
 * identity; whom it is for, and whose are left, is said on stderr. */
#include "data/iam_policy.h"
#include "data/aws/caller.h"
#include "data/base/error.h"
#include "data/base/when.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"

/* The account of celldeck's own credentials, or NULL, and why is said. */
static char *ask_account(struct context *context)
{
    char *account = NULL;
    g_autoptr(GError) error = NULL;
    if (!context_whoami(context, NULL, &account, &error))
        out_message("the account is not known, so ARNs have * for it (--account ID names it): %s",
                    error->message);
    return account;
}

/* The first few of the roles that need policies of their own. */
static void say_others(const struct context *context, const struct iam_wish *wish)
{
    enum { SAID = 5 };
    g_autofree const char **roles = iam_roles(context->config);
    int others = 0;
    for (const char **role = roles; *role; role++) {
        if (g_strcmp0(*role, wish->role_arn) == 0 || others++ >= SAID)
            continue;
        out_message("cells behind another role need its own: celldeck iam-policy%s --role %s",
                    wish->read_only ? " --read-only" : "", *role);
    }
    if (others > SAID)
        out_message("... and so do %d more (cells.*.role_arn)", others - SAID);
}

static void say_whose(const struct context *context, const struct iam_wish *wish,
                      enum iam_width width)
{
    static const char *const given_up[] = {
        [IAM_ANY_CELL] = "cells' names, and the accounts of roles, are *",
        [IAM_ANY_PLACE] = "cells' names, the accounts of roles, and regions, are *"};
    out_message("this is the policy of %s%s%s%s", wish->role_arn ? "the role " : "",
                wish->role_arn ? wish->role_arn : "celldeck's own credentials",
                context->config->aws_profile && !wish->role_arn ? ", profile " : "",
                context->config->aws_profile && !wish->role_arn ? context->config->aws_profile
                                                                : "");
    if (width != IAM_EXACT)
        out_message("to fit the %d characters that IAM takes, %s", IAM_POLICY_MAX, given_up[width]);
    say_others(context, wish);
    if (!wish->read_only && context->config->deploy.driver == DRIVER_ECS)
        out_message("iam:PassRole is for the task and execution roles of your task definitions: "
                    "name them in place of role/* where you know them");
}

static bool account_is_one(const char *account, GError **error)
{
    if (!account || g_regex_match_simple("^[0-9]{12}$", account, G_REGEX_DOLLAR_ENDONLY, 0))
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "iam-policy: --account %s: expected 12 digits",
                account);
    return false;
}

static int print_policy(struct context *context, struct iam_wish *wish, GError **error)
{
    g_autofree char *asked = wish->account || wish->role_arn ? NULL : ask_account(context);
    if (asked)
        wish->account = asked;
    enum iam_width width = IAM_EXACT;
    json_t *policy = iam_policy(context->config, wish, &width, error);
    if (!policy)
        return CD_ERROR_FAILED;
    say_whose(context, wish, width);
    out_document(policy);
    return 0;
}

static int run(int argc, char **argv, GError **error)
{
    g_autofree char *role = NULL, *account = NULL;
    gboolean read_only = FALSE;
    const GOptionEntry options[] = {
        {"read-only", 0, 0, G_OPTION_ARG_NONE, &read_only, "Only what console and status need",
         NULL},
        {"role", 0, 0, G_OPTION_ARG_STRING, &role, "The policy of this role of cells", "ARN"},
        {"account", 0, 0, G_OPTION_ARG_STRING, &account,
         "Account of celldeck's own credentials; else STS is asked", "ID"},
        {0}};
    struct context context = {.about = command_iam_policy.summary};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, options, "", 0, 0, error) &&
        account_is_one(account, error) && context_open_config(&context, error)) {
        struct iam_wish wish = {.role_arn = role, .account = account, .read_only = read_only};
        code = print_policy(&context, &wish, error);
    }
    context_clear(&context);
    return code;
}

const struct command command_iam_policy = {
    .name = "iam-policy",
    .usage = "[--read-only] [--role ARN]",
    .summary = "the least IAM policy for this celldeck.yaml, as JSON",
    .run = run,
};
