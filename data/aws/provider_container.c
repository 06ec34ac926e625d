/* Keys of a container's task (ECS) or pod (EKS Pod Identity, Greengrass), from the agent that
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI names. */
#include "data/aws/provider.h"
#include "data/base/when.h"

#include <string.h>

/* botocore's ContainerMetadataFetcher: two seconds, three tries. */
enum { TRIES = 3 };
static const gint64 timeout_ms = 2 * WHEN_SECOND;

struct container {
    struct search *search;
    struct fetch *fetch;
};

static void container_stop(gpointer data)
{
    struct container *container = data;
    fetch_cancel(container->fetch);
    g_free(container);
}

bool container_may_ask(const char *url)
{
    static const char *const agents[] = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23", NULL};
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    if (!host || !*host)
        return false;
    return g_str_equal(scheme, "https") ||
           (g_str_equal(scheme, "http") &&
            (host_is_loopback(host) || g_strv_contains(agents, host)));
}

/* The agent's URL; NULL after search_absent or search_failed. */
static char *agent_url(struct search *search)
{
    const char *relative = env_setting(search->env, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = env_setting(search->env, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative) {
        if (*relative == '/')
            return g_strconcat("http://169.254.170.2", relative, NULL);
        search_failed(search, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /");
    } else if (!full) {
        search_absent(search, "container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, _FULL_URI)");
    } else if (!container_may_ask(full)) {
        search_failed(search,
                      "AWS_CONTAINER_CREDENTIALS_FULL_URI has to be an https URL, or http on "
                      "loopback, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]");
    } else {
        return g_strdup(full);
    }
    return NULL;
}

/* What the agent wants to see as Authorization; NULL where nothing is set. False after
 * search_failed. Read anew every time: the file's token is changed as time goes by. */
static bool authorization(struct search *search, char **token)
{
    const char *path = env_setting(search->env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *given = env_setting(search->env, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    g_autoptr(GError) error = NULL;
    if (path && !g_file_get_contents(path, token, NULL, &error)) {
        search_failed(search, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE can't be read: %s",
                      error->message);
        return false;
    }
    if (!path)
        *token = g_strdup(given);
    if (*token && strpbrk(*token, "\r\n")) {
        search_failed(search, "the token of AWS_CONTAINER_AUTHORIZATION_TOKEN%s has a line break",
                      path ? "_FILE" : "");
        return false;
    }
    return true;
}

static void agent_answered(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct container *container = data;
    struct search *search = container->search;
    g_free(container);
    if (error) {
        search_failed(search, "credentials of the container: %s", error->message);
        return;
    }
    if (answer->status != 200) {
        search_failed(search, "credentials of the container: its agent answered HTTP %d",
                      answer->status);
        return;
    }
    OWN_JSON json = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    const char *what = NULL;
    struct keys *keys = keys_of_machine(json, "container", &what);
    if (keys)
        search_found(search, keys);
    else
        search_failed(search, "credentials of the container: %s", what);
}

static void start_container(struct search *search)
{
    g_autofree char *url = agent_url(search);
    char *token = NULL;
    if (!url || !authorization(search, &token)) {
        keys_wipe(token);
        return;
    }
    char *header = token ? g_strconcat("Authorization: ", token, NULL) : NULL;
    const char *const headers[] = {"Accept: application/json", header, NULL};
    struct fetch_request request = {.method = "GET",
                                    .url = url,
                                    .headers = headers,
                                    .timeout_ms = timeout_ms,
                                    .tries = TRIES,
                                    .no_proxy = true};
    struct container *container = g_new0(struct container, 1);
    container->search = search;
    search->step = container;
    search->step_cancel = container_stop;
    container->fetch = search_fetch(search, &request, agent_answered, container);
    keys_wipe(token);
    keys_wipe(header);
}

const struct provider provider_container = {start_container};
