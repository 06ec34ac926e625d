/* The table of a shared journal: there, with the right keys, readable, the one that this host's
 * copy is of, and may it be appended to? */
#include "data/base/when.h"
#include "data/journal_copy.h"
#include "rollout/doctor_check.h"

#include <string.h>

/* The newest event of this host's copy: position 0 where there is none, or it can't be read, which
 * is another finding's to say. */
struct copy_end {
    gint64 position;
    char *hash;
};

static void copy_end_free(struct copy_end *end)
{
    g_free(end->hash);
    g_free(end);
}
OWNABLE(copy_end, copy_end_free);

static struct copy_end *copy_end_of(const char *dir)
{
    struct copy_end *end = g_new0(struct copy_end, 1);
    g_autofree char *file = g_build_filename(dir, "history.db", NULL);
    OWN(journal)
    copy = g_file_test(file, G_FILE_TEST_EXISTS) ? journal_open_read_only(dir, NULL) : NULL;
    gint64 position = copy ? journal_head(copy, NULL) : 0;
    end->hash = position > 0 ? journal_head_hash(copy, NULL) : NULL;
    bool still = end->hash && journal_head(copy, NULL) == position;
    end->position = still ? position : 0; /* or somebody is just appending */
    return end;
}

static bool has_end(const struct copy_end *end, const json_t *items)
{
    struct journal_item item;
    return end->position == 0 ||
           (json_array_size(items) > 0 &&
            journal_table_read("", json_array_get(items, 0), &item, NULL) &&
            item.position == end->position && strcmp(item.row.hash, end->hash) == 0);
}

static const char lost_fix[] =
    "stop acting until it is known whether it was emptied, restored to an earlier time, or is "
    "another table of that name; see celldeck history verify";

static const char make_fix[] = "celldeck journal table prints the command that makes it";

static void take_read(struct checkup *checkup, struct finding *finding,
                      const struct aws_target *target, json_t *reply, const GError *error,
                      gpointer data)
{
    (void)target;
    OWN(copy_end) end = data;
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
    else if (!has_end(end, json_object_get(reply, "Items")))
        finding_set(finding, judge_failure(lost_fix,
                                           "does not have the newest event of this host's copy, "
                                           "at position %" G_GINT64_FORMAT,
                                           end->position));
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
    struct copy_end *end = copy_end_of(checkup->doctor->state_dir);
    json_t *query = journal_table_query(table, end->position);
    json_object_set_new(query, "Limit", json_integer(1));
    checkup_ask(
        checkup,
        checkup_add(checkup, "table %s in %s", table, region ? region : "the default region"),
        &target, "Query", query, AWS_CALL_READ, take_read, end);
    if (!checkup->doctor->wish->read_only)
        checkup_ask(checkup, checkup_add(checkup, "appending to %s", table), &target, "PutItem",
                    journal_table_probe(table), AWS_CALL_WRITE, take_put, NULL);
}
