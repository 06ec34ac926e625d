/* Prints where each service is asked in the regions given as arguments (none: the default one) and
 * what for it is signed, a line each: "SERVICE REGION URL SIGNING-REGION", or "SERVICE REGION none"
 * and on the next line, after a blank, why. For endpoints.test, which compares them with
 * botocore's. */
#include "data/aws/endpoints.h"
#include "data/aws/service.h"

#include <stdio.h>

static void print_endpoint(const struct endpoints *endpoints, enum aws_service service,
                           const char *region)
{
    g_autoptr(GError) error = NULL;
    OWN(endpoint) endpoint = endpoints_find(endpoints, service, region, &error);
    printf("%s %s ", aws_facts(service)->setting, region ? region : "-");
    if (endpoint)
        printf("%s %s\n", endpoint->url, endpoint->region);
    else
        printf("none\n %s\n", error->message);
}

int main(int argc, char **argv)
{
    g_auto(GStrv) env = g_get_environ();
    OWN(profiles) profiles = profiles_load(env);
    OWN(endpoints) endpoints = endpoints_new(env, profiles, profile_name(NULL, env), NULL);
    for (int i = 1; i < MAX(argc, 2); i++)
        for (enum aws_service s = 0; s <= AWS_ROUTE53; s++)
            print_endpoint(endpoints, s, argv[i]);
    return 0;
}
