/* The table of a shared journal: there, with the right keys, readable, and may it be appended to?
 */
#include "data/base/when.h"
#include "data/journal_copy.h"
#include "rollout/doctor_check.h"

static const char make_fix[] = "celldeck journal table prints the command that makes it";

static void take_read(struct checkup *checkup, struct finding *finding,
                      const struct aws_target *target, json_t *reply, const GError *error,
                      gpointer data)
{
    (void)target;
    (void)data;
    gint64 age_ms = journal_copy_age_ms(checkup->doctor->state_dir);
    g_autofree char *age = age_ms < 0 ? NULL : duration_short(age_ms);
    if (g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND))
        finding_set(finding, judge_failure(make_fix, "there is no such table"));
    else if (g_error_matches(error, AWS_ERROR, AWS_ERROR_REQUEST))
        finding_set(finding, judge_failure("name another table with journal.table; celldeck "
                                           "journal table prints the command that makes it",
                                           "is no journal's table: its keys must be log (S) and "
                                           "position (N)"));
    else if (error)
        finding_fail(finding, error, NULL);
    else if (!json_is_array(json_object_get(reply, "Items")))
        finding_set(finding, judge_failure(NULL, "answers, but not with a list of items"));
    else
        finding_set(finding, judge_ok("answers, and has a journal's keys; this host's copy of it "
                                      "was last read %s%s",
                                      age ? age : "never", age ? " ago" : ""));
}

/* The put has a condition that no item can meet. */
static void take_put(struct checkup *checkup, struct finding *finding,
                     const struct aws_target *target, json_t *reply, const GError *error,
                     gpointer data)
{
    (void)checkup;
    (void)target;
    (void)reply;
    (void)data;
    if (g_error_matches(error, AWS_ERROR, AWS_ERROR_CONDITION))
        finding_set(finding, judge_ok("dynamodb:PutItem is permitted"));
    else if (g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND))
        finding_set(finding, judge_skipped("not tried: there is no such table"));
    else
        finding_set(finding, judge_write("dynamodb:PutItem", error, NULL));
}

void doctor_shared_journal(struct checkup *checkup)
{
    const struct config *config = checkup->doctor->config;
    const struct aws_target target = {AWS_DYNAMODB, config->journal_region, NULL};
    const char *table = config->journal_table, *region = config->journal_region;
    if (!config_journal_is_shared(config) || !checkup->doctor->state_dir)
        return;
    json_t *query = journal_table_query(table, 0);
    json_object_set_new(query, "Limit", json_integer(1));
    checkup_ask(
        checkup,
        checkup_add(checkup, "table %s in %s", table, region ? region : "the default region"),
        &target, "Query", query, AWS_CALL_READ, take_read, NULL);
    if (!checkup->doctor->wish->read_only)
        checkup_ask(checkup, checkup_add(checkup, "appending to %s", table), &target, "PutItem",
                    journal_table_probe(table), AWS_CALL_WRITE, take_put, NULL);
}
