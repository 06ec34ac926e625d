/* What a failover or a move would need: the team's commands, and permission to write to registry
 * and zone, asked for by writes that can't be done: of a tenant and a record that are not there. */
#include "data/record_set.h"
#include "data/registry_write.h"
#include "data/route53_write.h"
#include "rollout/doctor_check.h"

#define NOBODY    "celldeck-doctor"
#define NO_CHANGE "C00000000CELLDECK"

struct asked {
    struct checkup *checkup;
    struct finding *finding;
    const char *permission;
};

static struct asked *ask(struct checkup *checkup, const char *permission)
{
    struct asked *asked = g_new0(struct asked, 1);
    asked->checkup = checkup;
    asked->finding = checkup_add(checkup, "%s", permission);
    asked->permission = permission;
    checkup_hold(checkup);
    return asked;
}

static void settle(struct asked *asked, struct judgement judgement)
{
    finding_set(asked->finding, judgement);
    checkup_release(asked->checkup);
    g_free(asked);
}

/* Refused because it is not there is as good as done. */
static void take_write(struct asked *asked, const GError *error)
{
    bool refused = g_error_matches(error, AWS_ERROR, AWS_ERROR_CONDITION);
    if (refused)
        settle(asked, judge_ok("permitted"));
    else if (g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND))
        settle(asked, judge_skipped("not known: what it would write to is not there"));
    else
        settle(asked, judge_write(asked->permission, error, NULL));
}

static void take_read(struct asked *asked, const GError *error)
{
    if (!error || g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND) ||
        g_error_matches(error, AWS_ERROR, AWS_ERROR_REQUEST))
        settle(asked, judge_ok("permitted"));
    else
        settle(asked, judge_error(error, NULL));
}

static void item_came(const struct tenant_item *item, const GError *error, gpointer data)
{
    (void)item;
    take_read(data, error);
}

static void item_changed(const struct tenant_item *item, const GError *error, gpointer data)
{
    (void)item;
    take_write(data, error);
}

static void ask_registry(struct checkup *checkup)
{
    static const struct tenant_change change = {.status = NOBODY, .updated_at = NOBODY};
    static const struct tenant_condition never = {NOBODY, NOBODY, NOBODY};
    const struct config *config = checkup->doctor->config;
    struct aws_client *client = checkup->doctor->wish->client;
    tenant_item_get(client, config, NOBODY, DOCTOR_DEADLINE_MS, item_came,
                    ask(checkup, "dynamodb:GetItem"));
    tenant_item_update(client, config, NOBODY, &change, &never, DOCTOR_DEADLINE_MS, item_changed,
                       ask(checkup, "dynamodb:UpdateItem"));
}

static void record_changed(const char *id, enum zone_status status, const GError *error,
                           gpointer data)
{
    (void)id, (void)status;
    take_write(data, error);
}

static void change_came(const char *id, enum zone_status status, const GError *error, gpointer data)
{
    (void)id, (void)status;
    take_read(data, error);
}

static void answer_came(const struct zone_answer *answer, const GError *error, gpointer data)
{
    (void)answer;
    take_read(data, error);
}

/* That it is private is nothing to mend, and has to be known: the evidence is another. */
static void kind_came(bool private, const GError *error, gpointer data)
{
    struct asked *asked = data;
    if (!error && private)
        settle(asked,
               judge_ok("permitted; the hosted zone is private, of which TestDNSAnswer tells "
                        "nothing: who is moved is verified by the zone's records and the "
                        "cell that answers"));
    else
        take_read(asked, error);
}

static void ask_zone(struct checkup *checkup)
{
    const struct failover_config *failover = &checkup->doctor->config->failover;
    struct aws_client *client = checkup->doctor->wish->client;
    g_autoptr(GString) name = g_string_new(failover->record);
    g_string_replace(name, "{subdomain}", NOBODY, 0);
    g_string_replace(name, "{tenant}", NOBODY, 0);
    OWN(record_set) none = record_set_cname(name->str, NOBODY ".invalid", 1);
    const struct zone_change never = {ZONE_DELETE, none};
    zone_change(client, failover->zone_id, &never, 1, NULL, DOCTOR_DEADLINE_MS, record_changed,
                ask(checkup, "route53:ChangeResourceRecordSets"), NULL);
    zone_change_status(client, NO_CHANGE, DOCTOR_DEADLINE_MS, change_came,
                       ask(checkup, "route53:GetChange"));
    zone_kind_ask(client, failover->zone_id, DOCTOR_DEADLINE_MS, kind_came,
                  ask(checkup, "route53:GetHostedZone"));
    zone_test_answer(client, failover->zone_id, name->str, "CNAME", DOCTOR_DEADLINE_MS, answer_came,
                     ask(checkup, "route53:TestDNSAnswer"));
}

static void look_for(struct checkup *checkup, const char *key, const struct own_command *command)
{
    if (!*command->argv)
        return;
    g_autofree char *program = g_find_program_in_path(command->argv[0]);
    struct finding *finding = checkup_add(checkup, "%s", key);
    if (program)
        finding_set(finding, judge_ok("%s is there", program));
    else
        finding_set(finding,
                    judge_failure("name it by its whole path, and make it executable",
                                  "there is no program %s that can be run", command->argv[0]));
}

void doctor_failover(struct checkup *checkup)
{
    const struct config *config = checkup->doctor->config;
    doctor_backups(checkup);
    look_for(checkup, "failover.fence.command", &config->failover.fence);
    look_for(checkup, "failover.promote.command", &config->failover.promote);
    look_for(checkup, "move.command", &config->move);
    ask_registry(checkup);
    if (config->failover.zone_id && config->failover.record)
        ask_zone(checkup);
}
