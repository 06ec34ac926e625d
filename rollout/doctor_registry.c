/* The registry's table: readable, and a table of tenants? */
#include "data/base/text.h"
#include "rollout/doctor_check.h"

static void take(struct checkup *checkup, struct finding *finding, const struct aws_target *target,
                 json_t *reply, const GError *error, gpointer data)
{
    (void)target;
    (void)data;
    g_autofree char *text = reply ? text_json_dump(reply, false) : NULL;
    if (reply)
        finding_set(finding, judge_registry(checkup->doctor->config, text));
    else if (g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND))
        finding_set(finding, judge_failure("see registry.table, registry.region (aws.region else) "
                                           "and the account: aws dynamodb list-tables",
                                           "there is no such table"));
    else
        finding_fail(finding, error, NULL);
}

void doctor_registry(struct checkup *checkup)
{
    enum { LOOKED_AT = 50 };
    const struct config *config = checkup->doctor->config;
    struct aws_target target = {AWS_DYNAMODB, config->registry_region, NULL};
    struct finding *finding =
        checkup_add(checkup, "table %s in %s", config->registry_table,
                    config->registry_region ? config->registry_region : "the default region");
    checkup_ask(checkup, finding, &target, "Scan",
                json_pack("{s:s, s:i}", "TableName", config->registry_table, "Limit", LOOKED_AT),
                AWS_CALL_READ, take, NULL);
}
