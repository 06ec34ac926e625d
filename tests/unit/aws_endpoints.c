/* Where AWS is reached, by files and environment. */
#include "data/aws/endpoints.h"

#include "data/aws/client.h"
#include "tests/unit/aws_place.h"

#include <criterion/criterion.h>
#include <string.h>

static const char in_ireland[] = "[default]\nregion = eu-west-1\n";

static void expect_url(struct aws_place *place, const char *profile, enum aws_service service,
                       const char *region, const char *url, const char *signing_region)
{
    OWN(profiles) profiles = profiles_load(place->env);
    OWN(endpoints)
    endpoints = endpoints_new(place->env, profiles, profile_name(profile, place->env), NULL);
    g_autoptr(GError) error = NULL;
    OWN(endpoint) endpoint = endpoints_find(endpoints, service, region, &error);
    cr_assert(endpoint != NULL, "%s", error ? error->message : "");
    cr_expect_str_eq(endpoint->url, url);
    cr_expect_str_eq(endpoint->region, signing_region);
}

Test(aws_endpoints, awss_own_are_named_by_service_and_region)
{
    struct aws_place place;
    aws_place_init(&place, in_ireland, NULL);
    expect_url(&place, NULL, AWS_CLOUDWATCH, NULL, "https://monitoring.eu-west-1.amazonaws.com",
               "eu-west-1");
    expect_url(&place, NULL, AWS_ROUTE53, NULL, "https://route53.amazonaws.com", "us-east-1");
    expect_url(&place, NULL, AWS_ECS, "cn-north-1", "https://ecs.cn-north-1.amazonaws.com.cn",
               "cn-north-1");
    aws_place_set(&place, "AWS_DEFAULT_REGION", "us-west-1");
    expect_url(&place, NULL, AWS_SNS, NULL, "https://sns.us-west-1.amazonaws.com", "us-west-1");
    aws_place_set(&place, "AWS_REGION", "us-west-2");
    expect_url(&place, NULL, AWS_SNS, NULL, "https://sns.us-west-2.amazonaws.com", "us-west-2");
    aws_place_clear(&place);
}

Test(aws_endpoints, configured_ones_go_from_the_nearest_to_the_farthest)
{
    struct aws_place place;
    aws_place_init(&place,
                   "[profile p]\nregion = r1\nendpoint_url = http://profile:1/base/\nservices = s\n"
                   "[services s]\ndynamodb =\n  endpoint_url = http://services:2\n",
                   NULL);
    expect_url(&place, "p", AWS_ECS, NULL, "http://profile:1/base", "r1");
    expect_url(&place, "p", AWS_DYNAMODB, NULL, "http://services:2", "r1");
    aws_place_set(&place, "AWS_ENDPOINT_URL", "http://[::1]:80/");
    expect_url(&place, "p", AWS_DYNAMODB, NULL, "http://[::1]", "r1");
    aws_place_set(&place, "AWS_ENDPOINT_URL_ROUTE_53", "https://one.example:4443");
    expect_url(&place, "p", AWS_ROUTE53, NULL, "https://one.example:4443", "us-east-1");
    aws_place_set(&place, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    expect_url(&place, "p", AWS_DYNAMODB, NULL, "https://dynamodb.r1.amazonaws.com", "r1");
    aws_place_clear(&place);
}

Test(aws_endpoints, no_region_a_wrong_one_and_a_wrong_url_are_refused)
{
    struct aws_place place;
    aws_place_init(&place, NULL, NULL);
    OWN(profiles) profiles = profiles_load(place.env);
    OWN(endpoints) endpoints = endpoints_new(place.env, profiles, "default", NULL);
    const char *const regions[] = {NULL, "us-east-1.evil.example/", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(regions); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect(endpoints_find(endpoints, AWS_ECS, regions[i], &error) == NULL);
        cr_expect(g_error_matches(error, AWS_ERROR, AWS_ERROR_REQUEST));
    }
    aws_place_set(&place, "AWS_ENDPOINT_URL", "ftp://somewhere");
    OWN(endpoints) wrong = endpoints_new(place.env, profiles, "default", "us-east-1");
    cr_expect(endpoints_find(wrong, AWS_ECS, NULL, NULL) == NULL);
    static const char *const with_secrets[] = {"https://ops:sEcReT@h", "https://h/?key=sEcReT",
                                               "//ops:sEcReT@[h"};
    for (size_t i = 0; i < G_N_ELEMENTS(with_secrets); i++) {
        aws_place_set(&place, "AWS_ENDPOINT_URL", with_secrets[i]);
        OWN(endpoints) telling = endpoints_new(place.env, profiles, "default", "us-east-1");
        g_autoptr(GError) error = NULL;
        cr_expect(endpoints_find(telling, AWS_ECS, NULL, &error) == NULL);
        cr_expect(strstr(error->message, "sEcReT") == NULL, "%s", error->message);
        cr_expect(strstr(error->message, "AWS_ENDPOINT_URL") != NULL, "%s", error->message);
    }
    aws_place_clear(&place);
}
