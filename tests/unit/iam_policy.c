#include "data/iam_policy.h"
#include "data/aws/actions.h"
#include "data/aws/endpoints.h"
#include "data/base/error.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

#define ROLE   "arn:aws-cn:iam::210987654321:role/celldeck"
#define HEAD   "name: x\naws: {region: us-east-1}\ncells:\n"
#define LIMITS "residency: US, endpoint: \"https://c.example.com\", max_users: 1, max_patients: 1"
#define CELLS                                                                                      \
    "  one: {class: dev, " LIMITS "}\n"                                                            \
    "  two: {class: dev, region: cn-north-1, role_arn: \"" ROLE "\", " LIMITS "}\n"
#define ECS                                                                                        \
    "deploy: {driver: ecs, ecs: {cluster: \"fleet-{cell}\", services: {api: \"a:{version}\"}}}\n"
#define SNS "notify: {sns_topic: \"arn:aws:sns:us-east-1:123456789012:ops\"}\n"

static json_t *policy_of(const char *yaml, const struct iam_wish *wish, enum iam_width *width)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = config_of(yaml);
    json_t *policy = iam_policy(config, wish, width, &error);
    cr_assert(policy, "%s", error ? error->message : "");
    return policy;
}

/* "Sid: action action -> resource resource" of each statement, and its condition's values. */
static char *in_short(const json_t *policy)
{
    GString *text = g_string_new(NULL);
    size_t i, j;
    const json_t *statement, *value;
    const char *key;
    json_array_foreach (json_object_get(policy, "Statement"), i, statement) {
        g_string_append(text, "allow");
        json_array_foreach (json_object_get(statement, "Action"), j, value)
            g_string_append_printf(text, " %s", json_string_value(value));
        g_string_append(text, " on");
        json_array_foreach (json_object_get(statement, "Resource"), j, value)
            g_string_append_printf(text, " %s", json_string_value(value));
        const json_t *condition = json_object_get(statement, "Condition");
        json_object_foreach ((json_t *)json_object_get(condition, "StringEquals"), key, value)
            g_string_append_printf(text, " if %s=%s", key, json_string_value(value));
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void expect_policy(const char *yaml, const struct iam_wish *wish, const char *expected)
{
    OWN_JSON policy = policy_of(yaml, wish, NULL);
    g_autofree char *text = in_short(policy);
    cr_expect_str_eq(text, expected);
}

Test(iam_policy, asks_for_what_the_configuration_calls_on_the_narrowest_resources)
{
    const struct iam_wish own = {.account = "123456789012"};
    expect_policy(
        HEAD CELLS ECS SNS, &own,
        "allow cloudwatch:GetMetricData cloudwatch:DescribeAlarms ecs:DescribeTaskDefinition "
        "ecs:ListTaskDefinitions ecs:RegisterTaskDefinition on *\n"
        "allow dynamodb:Scan dynamodb:GetItem dynamodb:UpdateItem on "
        "arn:aws:dynamodb:us-east-1:123456789012:table/cell-registry\n"
        "allow ecs:DescribeServices ecs:UpdateService on "
        "arn:aws:ecs:us-east-1:123456789012:service/fleet-one/api\n"
        "allow sts:AssumeRole on " ROLE "\n"
        "allow sns:Publish on arn:aws:sns:us-east-1:123456789012:ops\n"
        "allow ecs:TagResource on arn:aws:ecs:us-east-1:123456789012:task-definition/*:* if "
        "ecs:CreateAction=RegisterTaskDefinition\n"
        "allow iam:PassRole on arn:aws:iam::123456789012:role/* if "
        "iam:PassedToService=ecs-tasks.amazonaws.com\n");
}

Test(iam_policy, of_a_role_has_only_what_is_done_to_its_cells_in_its_partition_and_account)
{
    const struct iam_wish role = {.role_arn = ROLE, .account = "123456789012"};
    expect_policy(
        HEAD CELLS ECS SNS, &role,
        "allow cloudwatch:GetMetricData cloudwatch:DescribeAlarms ecs:DescribeTaskDefinition "
        "ecs:ListTaskDefinitions ecs:RegisterTaskDefinition on *\n"
        "allow ecs:DescribeServices ecs:UpdateService on "
        "arn:aws-cn:ecs:cn-north-1:210987654321:service/fleet-two/api\n"
        "allow ecs:TagResource on arn:aws-cn:ecs:cn-north-1:210987654321:task-definition/*:* if "
        "ecs:CreateAction=RegisterTaskDefinition\n"
        "allow iam:PassRole on arn:aws-cn:iam::210987654321:role/* if "
        "iam:PassedToService=ecs-tasks.amazonaws.com\n");
}

Test(iam_policy, that_only_reads_can_change_nothing_and_tell_nobody)
{
    const struct iam_wish reader = {.account = "123456789012", .read_only = true};
    expect_policy(
        HEAD CELLS ECS SNS, &reader,
        "allow cloudwatch:GetMetricData cloudwatch:DescribeAlarms on *\n"
        "allow dynamodb:Scan on arn:aws:dynamodb:us-east-1:123456789012:table/cell-registry\n"
        "allow sts:AssumeRole on " ROLE "\n");
}

Test(iam_policy, of_a_shared_journal_reads_and_appends_and_a_reader_only_reads)
{
    static const char yaml[] = HEAD "  one: {class: dev, " LIMITS "}\n"
                                    "journal: {store: dynamodb, table: deeds, region: eu-west-1}\n";
    static const char table[] = "on arn:aws:dynamodb:eu-west-1:123456789012:table/deeds\n";
    const struct iam_wish own = {.account = "123456789012"};
    OWN_JSON policy = policy_of(yaml, &own, NULL);
    g_autofree char *text = in_short(policy);
    g_autofree char *both = g_strconcat("allow dynamodb:Query dynamodb:PutItem ", table, NULL);
    cr_expect(strstr(text, both), "%s", text);
    const struct iam_wish reader = {.account = "123456789012", .read_only = true};
    OWN_JSON less = policy_of(yaml, &reader, NULL);
    g_autofree char *read = in_short(less),
                    *one = g_strconcat("allow dynamodb:Query ", table, NULL);
    cr_expect(strstr(read, one), "%s", read);
}

/* Route 53 knows no narrower resource for the last two than these. */
Test(iam_policy, of_a_zone_changes_its_records_and_a_reader_only_reads_them)
{
    static const char yaml[] = HEAD "  one: {class: dev, " LIMITS "}\n"
                                    "failover: {zone_id: Z1, record: '{subdomain}.example.com'}\n";
    const struct iam_wish own = {.account = "123456789012"};
    OWN_JSON policy = policy_of(yaml, &own, NULL);
    g_autofree char *text = in_short(policy);
    cr_expect(strstr(text, "allow route53:ListResourceRecordSets route53:GetHostedZone "
                           "route53:ChangeResourceRecordSets "
                           "on arn:aws:route53:::hostedzone/Z1\n"
                           "allow route53:GetChange on arn:aws:route53:::change/*\n"
                           "allow route53:TestDNSAnswer on *\n"),
              "%s", text);
    const struct iam_wish reader = {.account = "123456789012", .read_only = true};
    OWN_JSON less = policy_of(yaml, &reader, NULL);
    g_autofree char *read = in_short(less);
    cr_expect(strstr(read, "allow route53:ListResourceRecordSets on arn:aws:route53:::hostedzone/"
                           "Z1\n"),
              "%s", read);
    cr_expect(!strstr(read, "Change") && !strstr(read, "TestDNS"), "%s", read);
}

Test(iam_policy, of_credentials_that_reach_no_cell_themselves_asks_nothing_of_cells)
{
    const struct iam_wish own = {0};
    expect_policy(HEAD "  two: {class: dev, role_arn: \"" ROLE "\", " LIMITS "}\n" ECS, &own,
                  "allow dynamodb:Scan dynamodb:GetItem dynamodb:UpdateItem on "
                  "arn:aws:dynamodb:us-east-1:*:table/cell-registry\n"
                  "allow sts:AssumeRole on " ROLE "\n");
}

Test(iam_policy, without_a_deployer_of_ecs_asks_nothing_of_it)
{
    const struct iam_wish own = {.account = "123456789012"};
    OWN_JSON policy =
        policy_of(HEAD CELLS "deploy: {driver: exec, exec: {command: [x]}}\n", &own, NULL);
    g_autofree char *text = in_short(policy);
    cr_expect(strstr(text, "ecs:") == NULL && strstr(text, "PassRole") == NULL, "%s", text);
}

static char *many_cells(int regions, int cells)
{
    static const char *const named[] = {"us-east-1", "us-west-2", "eu-west-1", "eu-west-2",
                                        "eu-central-1"};
    GString *yaml = g_string_new(HEAD);
    for (int i = 0; i < cells; i++)
        g_string_append_printf(yaml, "  cell-%04d: {class: dev, region: %s, " LIMITS "}\n", i,
                               named[i % regions]);
    g_string_append(yaml, ECS);
    return g_string_free(yaml, FALSE);
}

static size_t size_of(const json_t *policy)
{
    g_autofree char *text = json_dumps(policy, JSON_COMPACT);
    return strlen(text);
}

Test(iam_policy, of_a_big_fleet_fits_what_iam_takes_by_wildcards_for_the_cells)
{
    const struct iam_wish own = {.account = "123456789012"};
    g_autofree char *few = many_cells(2, 20), *many = many_cells(5, 1000);
    enum iam_width width = IAM_ANY_PLACE;
    OWN_JSON small = policy_of(few, &own, &width);
    cr_expect_eq(width, IAM_EXACT);
    OWN_JSON big = policy_of(many, &own, &width);
    cr_expect_eq(width, IAM_ANY_CELL);
    cr_expect_leq(size_of(big), (size_t)IAM_POLICY_MAX);
    g_autofree char *text = in_short(big);
    cr_expect(strstr(text, "arn:aws:ecs:eu-central-1:123456789012:service/fleet-*/api") != NULL);
    cr_expect(strstr(text, "cell-0001") == NULL);
}

Test(iam_policy, of_a_role_that_no_cell_has_is_refused_with_those_there_are)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = config_of(HEAD CELLS);
    const struct iam_wish wrong = {.role_arn = "arn:aws:iam::123456789012:role/other"};
    cr_assert_null(iam_policy(config, &wrong, NULL, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
    cr_expect(strstr(error->message, "there are: " ROLE) != NULL, "%s", error->message);
}

Test(aws_actions, are_each_there_once_and_every_companion_belongs_to_one)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const struct aws_action *action = aws_actions(); action->name; action++) {
        char *permission = aws_action_permission(action);
        cr_expect(g_hash_table_add(known, permission), "%s stands there twice", permission);
        cr_expect_eq(aws_action_find(action->service, action->name), action);
        cr_expect(*action->purpose != '\0');
    }
    for (const struct aws_companion *at = aws_companions(); at->permission; at++)
        cr_expect(aws_action_find(at->service, at->needed_by) != NULL, "%s", at->permission);
}

Test(aws_actions, partitions_are_told_by_the_region)
{
    cr_expect_str_eq(aws_partition("eu-west-1"), "aws");
    cr_expect_str_eq(aws_partition("cn-north-1"), "aws-cn");
    cr_expect_str_eq(aws_partition("us-gov-west-1"), "aws-us-gov");
    cr_expect_str_eq(aws_partition(NULL), "aws");
}
