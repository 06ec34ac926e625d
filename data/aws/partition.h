/* AWS's partitions (the world, China, GovCloud, ...): how hosts are named in each, as botocore's
 * partitions.json and the services' endpoint rules have it. */
#pragma once

#include "data/aws/service.h"

struct partition;

/* The one that `region` is of, told by its name; the world's for a name that nobody knows yet. */
const struct partition *partition_of(const char *region);
/* As ARNs name it: "aws", "aws-cn", ... */
const char *partition_name(const struct partition *partition);
/* What global services are signed for. */
const char *partition_global_region(const struct partition *partition);

/* The host of a service: its FIPS endpoint, the one that has IPv6 too ("dual-stack"), or both.
 * AWS_ERROR_REQUEST where the partition has no such. Caller frees. */
char *partition_host(const struct partition *partition, const struct aws_facts *facts,
                     const char *region, bool fips, bool dual, GError **error);
