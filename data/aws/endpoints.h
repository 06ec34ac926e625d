/* Where a service is asked, and the region it is signed for (aws.md, "Credentials"). */
#pragma once

#include "data/aws/client.h"
#include "data/aws/profiles.h"

struct endpoint {
    char *url;  /* scheme, host, port and base path, without a slash at the end */
    char *host; /* value of the Host header */
    char *path; /* base path, "" or "/base" */
    char *tail; /* of a call without a path of its own, after `url` or `path`: "/" where there is no
                   base path, else the slashes that it was given with, as botocore has it */
    char *region; /* to sign for */
};
void endpoint_free(struct endpoint *endpoint);
OWNABLE(endpoint, endpoint_free);

struct endpoints;

/* `profile` is the profile's name, `region` the caller's wish or NULL. Copies what it needs. */
struct endpoints *endpoints_new(char **env, const struct profiles *profiles, const char *profile,
                                const char *region);
void endpoints_free(struct endpoints *endpoints);
OWNABLE(endpoints, endpoints_free);

/* The region given to endpoints_new, else AWS_REGION, AWS_DEFAULT_REGION, the profile's; or NULL.
 */
const char *endpoints_region(const struct endpoints *endpoints);

/* AWS_CA_BUNDLE, else the profile's ca_bundle; NULL: the system's. */
const char *endpoints_ca_file(const struct endpoints *endpoints);

/* AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's [services] entry, its endpoint_url
 * (none of them where AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true): each as it is, as in botocore;
 * else AWS's own, as AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT (or the profile's
 * use_..._endpoint) want it. `region` NULL: the default. AWS_ERROR_REQUEST where there is no
 * region, it is none, or a URL is none. */
struct endpoint *endpoints_find(const struct endpoints *endpoints, enum aws_service service,
                                const char *region, GError **error);

/* The partition that `region` (NULL: unknown) is of, as ARNs name it: "aws", "aws-cn", ... */
const char *aws_partition(const char *region);
