#include "data/aws/endpoints.h"

#include "data/aws/partition.h"
#include "data/aws/transport.h"

#include <string.h>

struct endpoints {
    char *profile;
    char *region;
    char *ca_file;
    char *urls[AWS_SERVICES]; /* configured ones; NULL: AWS's own */
    bool fips, dual;
};

const char *aws_partition(const char *region)
{
    return partition_name(partition_of(region ? region : ""));
}

static const char *configured_url(char **env, const struct profiles *profiles, const char *profile,
                                  enum aws_service service)
{
    const char *setting = aws_facts(service)->setting;
    g_autofree char *name = g_strconcat("AWS_ENDPOINT_URL_", setting, NULL);
    g_autofree char *lower = g_ascii_strdown(setting, -1);
    g_autofree char *key = g_strconcat(lower, ".endpoint_url", NULL);
    const char *services = profiles_get(profiles, profile, "services");
    const char *const found[] = {
        env_setting(env, name),
        env_setting(env, "AWS_ENDPOINT_URL"),
        services ? profiles_get_in(profiles->services, services, key) : NULL,
        profiles_get(profiles, profile, "endpoint_url"),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(found); i++)
        if (found[i])
            return found[i];
    return NULL;
}

struct endpoints *endpoints_new(char **env, const struct profiles *profiles, const char *profile,
                                const char *region)
{
    struct endpoints *endpoints = g_new0(struct endpoints, 1);
    const char *const regions[] = {region, env_setting(env, "AWS_REGION"),
                                   env_setting(env, "AWS_DEFAULT_REGION"),
                                   profiles_get(profiles, profile, "region")};
    for (size_t i = 0; i < G_N_ELEMENTS(regions) && !endpoints->region; i++)
        endpoints->region = g_strdup(regions[i]);
    endpoints->profile = g_strdup(profile);
    endpoints->ca_file = g_strdup(profiles_ca_file(profiles, profile, env));
    endpoints->fips = setting_is_true(
        profiles_setting(profiles, profile, env, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
    endpoints->dual = setting_is_true(profiles_setting(
        profiles, profile, env, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
    if (setting_is_true(profiles_setting(profiles, profile, env,
                                         "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                         "ignore_configured_endpoint_urls")))
        return endpoints;
    for (enum aws_service s = 0; s < AWS_SERVICES; s++)
        endpoints->urls[s] = g_strdup(configured_url(env, profiles, profile, s));
    return endpoints;
}

void endpoints_free(struct endpoints *endpoints)
{
    if (!endpoints)
        return;
    for (enum aws_service s = 0; s < AWS_SERVICES; s++)
        g_free(endpoints->urls[s]);
    g_free(endpoints->profile);
    g_free(endpoints->region);
    g_free(endpoints->ca_file);
    g_free(endpoints);
}

const char *endpoints_region(const struct endpoints *endpoints)
{
    return endpoints->region;
}

const char *endpoints_ca_file(const struct endpoints *endpoints)
{
    return endpoints->ca_file;
}

void endpoint_free(struct endpoint *endpoint)
{
    if (!endpoint)
        return;
    g_free(endpoint->url);
    g_free(endpoint->host);
    g_free(endpoint->path);
    g_free(endpoint->tail);
    g_free(endpoint->region);
    g_free(endpoint);
}

/* A region becomes part of a host name: nothing else may slip in with it. */
static bool check_region(const struct endpoints *endpoints, const char *region, GError **error)
{
    if (!region) {
        g_set_error(error, AWS_ERROR, AWS_ERROR_REQUEST,
                    "no region: set aws.region in celldeck.yaml, AWS_REGION, or region in profile "
                    "%s",
                    endpoints->profile);
        return false;
    }
    size_t good = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (region[good] || !*region) {
        g_set_error(error, AWS_ERROR, AWS_ERROR_REQUEST, "\"%s\" is not the name of a region",
                    region);
        return false;
    }
    return true;
}

/* The Host header as curl would write it: without the scheme's own port, IPv6 in brackets. */
static char *host_header(GUri *uri)
{
    const char *host = g_uri_get_host(uri);
    g_autofree char *name = strchr(host, ':') ? g_strconcat("[", host, "]", NULL) : g_strdup(host);
    int port = g_uri_get_port(uri);
    int usual = g_str_equal(g_uri_get_scheme(uri), "https") ? 443 : 80;
    return port < 0 || port == usual ? g_steal_pointer(&name)
                                     : g_strdup_printf("%s:%d", name, port);
}

static bool take_url(struct endpoint *endpoint, const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";
    if ((!g_str_equal(scheme, "http") && !g_str_equal(scheme, "https")) || !g_uri_get_host(uri) ||
        !*g_uri_get_host(uri) || g_uri_get_userinfo(uri) || g_uri_get_query(uri))
        return false;
    endpoint->path = g_strdup(g_uri_get_path(uri));
    size_t length = strlen(endpoint->path);
    while (length && endpoint->path[length - 1] == '/')
        length--;
    endpoint->tail = g_strdup(length ? endpoint->path + length : "/");
    endpoint->path[length] = '\0';
    endpoint->host = host_header(uri);
    endpoint->url = g_strconcat(scheme, "://", endpoint->host, endpoint->path, NULL);
    return true;
}

struct endpoint *endpoints_find(const struct endpoints *endpoints, enum aws_service service,
                                const char *region, GError **error)
{
    const struct aws_facts *facts = aws_facts(service);
    if (!region)
        region = endpoints->region;
    if (!check_region(endpoints, region, error))
        return NULL;
    const struct partition *partition = partition_of(region);
    const char *url = endpoints->urls[service];
    OWN(endpoint) endpoint = g_new0(struct endpoint, 1);
    endpoint->region = g_strdup(facts->global ? partition_global_region(partition) : region);
    if (url && take_url(endpoint, url))
        return g_steal_pointer(&endpoint);
    if (url) {
        g_autofree char *shown = url_shown(url);
        g_set_error(error, AWS_ERROR, AWS_ERROR_REQUEST,
                    "AWS_ENDPOINT_URL or endpoint_url for %s is no http(s)://host[:port][/path] "
                    "URL without user and query: \"%s\"",
                    facts->name, shown);
        return NULL;
    }
    endpoint->host =
        partition_host(partition, facts, region, endpoints->fips, endpoints->dual, error);
    if (!endpoint->host)
        return NULL;
    endpoint->url = g_strconcat("https://", endpoint->host, NULL);
    endpoint->path = g_strdup("");
    endpoint->tail = g_strdup("/");
    return g_steal_pointer(&endpoint);
}
