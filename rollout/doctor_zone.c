/* The hosted zone of tenants' names: may it be read? Asked for a name that no tenant has. */
#include "data/route53.h"
#include "rollout/doctor_check.h"

#define NO_TENANT "celldeck-doctor"

struct asked {
    struct checkup *checkup;
    struct finding *finding;
    char *name;
};

static void answered(const char *reply, const GError *error, gpointer data)
{
    struct asked *asked = data;
    g_autoptr(GError) unread = NULL;
    OWN(zone_record) record = reply ? zone_record_read(reply, asked->name, &unread) : NULL;
    if (record)
        finding_set(asked->finding,
                    judge_ok("readable: route53:ListResourceRecordSets is permitted"));
    else if (error && g_error_matches(error, AWS_ERROR, AWS_ERROR_NOT_FOUND))
        finding_set(asked->finding,
                    judge_failure("see failover.zone_id: aws route53 list-hosted-zones",
                                  "there is no such hosted zone"));
    else if (error)
        finding_fail(asked->finding, error, NULL);
    else
        finding_set(asked->finding, judge_failure("see AWS_ENDPOINT_URL_ROUTE_53 and proxies", "%s",
                                                  unread ? unread->message : "no answer"));
    checkup_release(asked->checkup);
    g_free(asked->name);
    g_free(asked);
}

void doctor_zone(struct checkup *checkup)
{
    const struct failover_config *failover = &checkup->doctor->config->failover;
    if (!failover->zone_id || !failover->record)
        return;
    g_autoptr(GString) name = g_string_new(failover->record);
    g_string_replace(name, "{subdomain}", NO_TENANT, 0);
    g_string_replace(name, "{tenant}", NO_TENANT, 0);
    struct asked *asked = g_new0(struct asked, 1);
    asked->checkup = checkup;
    asked->finding = checkup_add(checkup, "hosted zone %s", failover->zone_id);
    asked->name = g_strdup(name->str);
    checkup_hold(checkup);
    zone_record_ask(checkup->doctor->wish->client, failover->zone_id, name->str, DOCTOR_DEADLINE_MS,
                    answered, asked);
}
