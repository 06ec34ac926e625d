/* Keys of the role attached to an EC2 instance, from its metadata service (IMDS): a session token,
 * the role's name, its keys. As botocore's InstanceMetadataFetcher: version 1, without a token, is
 * used where version 2 is not to be had, unless that is forbidden.
 *
 * Keys stay in use while IMDS is out (the SDKs' "static stability"): where it does not answer, or
 * hands out keys that have expired, they count as good for some minutes more. AWS says so itself
 * when they no longer are, and that costs one refused call; without them nothing works. */
#include "data/aws/client.h"
#include "data/aws/provider.h"
#include "data/base/when.h"

#include <string.h>

/* Only reached without a proxy, and near: who is no EC2 instance should not wait for it long. */
static const gint64 usual_timeout_ms = 1 * WHEN_SECOND;
/* botocore's: a quarter of an hour, and 2 to 10 minutes so that not all ask again at once. */
static const gint64 extension_ms = 15 * WHEN_MINUTE;

static const char roles[] = "/latest/meta-data/iam/security-credentials/";

struct metadata {
    struct search *search;
    struct fetch *fetch;
    char *base; /* URL without a slash at the end */
    gint64 timeout_ms;
    int tries;
    bool v1_disabled;
    char *token_header; /* NULL: version 1 */
    char *role;
};

static void metadata_free(struct metadata *metadata)
{
    g_free(metadata->base);
    keys_wipe(metadata->token_header);
    g_free(metadata->role);
    g_free(metadata);
}

static void metadata_stop(gpointer data)
{
    struct metadata *metadata = data;
    fetch_cancel(metadata->fetch);
    metadata_free(metadata);
}

static void ask(struct metadata *metadata, const char *method, const char *path, const char *header,
                fetch_fn fn)
{
    g_autofree char *url = g_strconcat(metadata->base, path, NULL);
    const char *const headers[] = {header, NULL};
    struct fetch_request request = {.method = method,
                                    .url = url,
                                    .headers = headers,
                                    .timeout_ms = metadata->timeout_ms,
                                    .tries = metadata->tries,
                                    .no_proxy = true};
    metadata->fetch = search_fetch(metadata->search, &request, fn, metadata);
}

static struct keys *extended(const struct keys *keys)
{
    gint64 jitter_ms = g_random_int_range(2, 10) * WHEN_MINUTE;
    struct keys *longer = keys_new(keys->id, keys->secret, keys->token,
                                   when_now_ms() + extension_ms + jitter_ms, keys->origin);
    longer->extendable = true;
    return longer;
}

/* Nobody there: no instance of EC2, or one whose IMDS is out for now. */
static void no_answer(struct metadata *metadata, const char *why)
{
    struct search *search = metadata->search;
    const struct keys *before = search_renews(search);
    g_autofree char *reason = g_strdup(why);
    metadata_free(metadata);
    if (before && before->extendable)
        search_found(search, extended(before));
    else
        search_absent(search, "instance metadata (%s)", reason);
}

static void refused(struct metadata *metadata, const char *what)
{
    struct search *search = metadata->search;
    metadata_free(metadata);
    search_failed(search, "instance metadata: %s", what);
}

/* IMDS may answer 200 and say in Code and Message why there are no keys. */
static char *complaint(const json_t *json)
{
    const char *code = json_string_value(json_object_get(json, "Code"));
    const char *message = json_string_value(json_object_get(json, "Message"));
    return code && !g_str_equal(code, "Success")
               ? g_strdup_printf("%s: %s", code, message ? message : "no keys for the role")
               : NULL;
}

static void got_keys(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct metadata *metadata = data;
    if (error || answer->status != 200) {
        g_autofree char *status =
            answer ? g_strdup_printf("keys of role %s: HTTP %d", metadata->role, answer->status)
                   : NULL;
        no_answer(metadata, error ? error->message : status);
        return;
    }
    OWN_JSON json = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    g_autofree char *origin = g_strdup_printf("instance metadata, role %s", metadata->role);
    g_autofree char *said = complaint(json);
    const char *what = NULL;
    OWN(keys) keys = keys_of_machine(json, origin, &what);
    if (!keys || said) {
        refused(metadata, said ? said : what);
        return;
    }
    keys->extendable = true;
    bool expired = keys->expires_ms && keys->expires_ms <= when_now_ms();
    struct search *search = metadata->search;
    metadata_free(metadata);
    search_found(search, expired ? extended(keys) : keys_ref(keys));
}

static void got_role(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct metadata *metadata = data;
    if (error || answer->status != 200) {
        g_autofree char *status =
            answer && answer->status == 404 ? g_strdup("the instance has no role")
            : answer ? g_strdup_printf("name of the role: HTTP %d", answer->status)
                     : NULL;
        no_answer(metadata, error ? error->message : status);
        return;
    }
    /* What IAM allows in a name; anything else is no name, and nothing to be shown. */
    const char *body = answer->body->str;
    size_t length = strspn(body, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_+=,.@-");
    if (length == 0 || body[length + strspn(body + length, "\r\n")]) {
        no_answer(metadata, *body ? "it named no role" : "the instance has no role");
        return;
    }
    metadata->role = g_strndup(body, length);
    g_autofree char *path = g_strconcat(roles, metadata->role, NULL);
    ask(metadata, "GET", path, metadata->token_header, got_keys);
}

/* No token: an IMDS without version 2 says 403, 404 or 405, and one that may not send its answer
 * another hop (into a container) says nothing. */
static void got_token(const struct http_answer *answer, const GError *error, gpointer data)
{
    struct metadata *metadata = data;
    bool silent = error && error->code != AWS_ERROR_TIMEOUT;
    if (silent || (answer && answer->status == 400)) {
        no_answer(metadata, error ? error->message : "it refused to give a session token");
        return;
    }
    bool token =
        answer && answer->status == 200 && answer->body->len && !strpbrk(answer->body->str, "\r\n");
    if (!token && metadata->v1_disabled) {
        no_answer(metadata, "it gave no session token, and IMDSv1 is disabled by "
                            "AWS_EC2_METADATA_V1_DISABLED or ec2_metadata_v1_disabled");
        return;
    }
    if (token)
        metadata->token_header = g_strconcat("X-aws-ec2-metadata-token: ", answer->body->str, NULL);
    ask(metadata, "GET", roles, metadata->token_header, got_role);
}

static const char *setting(const struct search *search, const char *variable, const char *key)
{
    return profiles_setting(search->profiles, search->profile, search->env, variable, key);
}

/* A number of AWS's settings within bounds, else `usual`. */
static gint64 number(const char *value, gint64 longest, gint64 usual)
{
    gint64 n = value ? g_ascii_strtoll(value, NULL, 10) : 0;
    return n >= 1 && n <= longest ? n : usual;
}

/* Where IMDS is; NULL where the settings are wrong. */
static char *base_url(const struct search *search)
{
    const char *endpoint =
        setting(search, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    const char *mode = setting(search, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                               "ec2_metadata_service_endpoint_mode");
    bool ipv6 = mode && g_ascii_strcasecmp(mode, "IPv6") == 0;
    if (mode && !ipv6 && g_ascii_strcasecmp(mode, "IPv4") != 0)
        return NULL;
    if (!endpoint)
        return g_strdup(ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
    g_autoptr(GUri) uri = g_uri_parse(endpoint, G_URI_FLAGS_ENCODED, NULL);
    if (!uri || !g_uri_get_host(uri) || !*g_uri_get_host(uri))
        return NULL;
    char *base = g_strdup(endpoint);
    for (size_t end = strlen(base); end && base[end - 1] == '/'; end--)
        base[end - 1] = '\0';
    return base;
}

static void start_metadata(struct search *search)
{
    if (setting_is_true(env_setting(search->env, "AWS_EC2_METADATA_DISABLED"))) {
        search_absent(search, "instance metadata (AWS_EC2_METADATA_DISABLED)");
        return;
    }
    char *base = base_url(search);
    if (!base) {
        search_failed(search,
                      "AWS_EC2_METADATA_SERVICE_ENDPOINT (or _MODE, or profile \"%s\"'s "
                      "ec2_metadata_service_endpoint) is no URL (or neither IPv4 nor IPv6)",
                      search->profile);
        return;
    }
    const char *seconds =
        setting(search, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
    const char *tries =
        setting(search, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts");
    struct metadata *metadata = g_new0(struct metadata, 1);
    metadata->search = search;
    metadata->base = base;
    metadata->timeout_ms = seconds ? number(seconds, 60, 1) * WHEN_SECOND : usual_timeout_ms;
    metadata->tries = (int)number(tries, 10, 1);
    metadata->v1_disabled = setting_is_true(
        setting(search, "AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled"));
    search->step = metadata;
    search->step_cancel = metadata_stop;
    ask(metadata, "PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600",
        got_token);
}

const struct provider provider_metadata = {start_metadata};
