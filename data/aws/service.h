/* What is fixed about each AWS service: names, protocol and API version, from botocore's service
 * models (aws.md, "Protocols"). */
#pragma once

#include "data/aws/client.h"

struct aws_facts {
    const char *name;    /* for people: "CloudWatch" */
    const char *host;    /* first label of its endpoint, and the name requests are signed for */
    const char *setting; /* AWS_ENDPOINT_URL_<setting>; in lower case in [services ...] */
    const char *iam;     /* how permissions call it: "cloudwatch" in cloudwatch:GetMetricData */
    const char *target;  /* what X-Amz-Target starts with; NULL: no JSON protocol */
    const char *content_type; /* of what is sent */
    const char *version;      /* of a Query API; NULL: not one */
    bool global;              /* one endpoint for a whole partition */
    bool usual_is_fips;       /* in GovCloud its usual endpoint is its FIPS endpoint */
};

/* STS answers everywhere; where no region is set, its first one does. */
#define STS_REGION "us-east-1"

const struct aws_facts *aws_facts(enum aws_service service);
