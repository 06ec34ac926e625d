#include "data/aws/partition.h"

struct partition {
    const char *name;
    const char *prefix;               /* of its regions' names */
    const char *suffix, *dual_suffix; /* of hosts; NULL: it has no dual-stack ones */
    const char *global_infix;         /* between a global service and the suffix ... */
    const char *global_dual_infix;    /* ... and the dual one */
    const char *global_region;
    bool usual_is_fips; /* services whose usual endpoint is the FIPS one are here */
};

/* The last one fits everything. */
static const struct partition partitions[] = {
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "", "global.",
     "cn-northwest-1", false},
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "us-gov.", "us-gov.", "us-gov-west-1",
     true},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "", "", "us-iso-east-1", false},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "", "", "us-isob-east-1", false},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", NULL, "", "", "eu-isoe-west-1", false},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", NULL, "", "", "us-isof-south-1", false},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", "", "global.",
     "eusc-de-east-1", false},
    {"aws", "", "amazonaws.com", "api.aws", "", "global.", "us-east-1", false},
};

const struct partition *partition_of(const char *region)
{
    const struct partition *partition = partitions;
    while (!g_str_has_prefix(region, partition->prefix))
        partition++;
    return partition;
}

const char *partition_name(const struct partition *partition)
{
    return partition->name;
}

const char *partition_global_region(const struct partition *partition)
{
    return partition->global_region;
}

char *partition_host(const struct partition *partition, const struct aws_facts *facts,
                     const char *region, bool fips, bool dual, GError **error)
{
    if (dual && !partition->dual_suffix) {
        g_set_error(error, AWS_ERROR, AWS_ERROR_REQUEST,
                    "AWS_USE_DUALSTACK_ENDPOINT (or use_dualstack_endpoint) is set, but partition "
                    "%s, which %s is of, has no such endpoints",
                    partition->name, region);
        return NULL;
    }
    bool bare = partition->usual_is_fips && facts->usual_is_fips && (facts->global || !dual);
    const char *mark = fips && !bare ? "-fips" : "";
    const char *suffix = dual ? partition->dual_suffix : partition->suffix;
    const char *infix = dual ? partition->global_dual_infix : partition->global_infix;
    return facts->global ? g_strconcat(facts->host, mark, ".", infix, suffix, NULL)
                         : g_strconcat(facts->host, mark, ".", region, ".", suffix, NULL);
}
