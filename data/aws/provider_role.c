/* Keys of a role: of one that a profile names (role_arn with source_profile or credential_source),
 * or of one that a cell's target names. Both are STS's AssumeRole with another identity's keys. For
 * a role that wants an MFA code, it was AWS's own command line that asked for it. */
#include "data/aws/provider.h"
#include "data/aws/tool_cache.h"
#include "data/base/when.h"

#include <string.h>

struct assumption {
    struct search *search;
    struct role role;
    gint64 source_lasts_until_ms;
    struct keys_wait *wait; /* for the source's keys ... */
    gpointer call;          /* ... then for STS */
};

static void assumption_free(struct assumption *assumption)
{
    g_free(assumption->role.arn);
    g_free(assumption->role.session);
    g_free(assumption->role.external_id);
    g_free(assumption);
}

static void assumption_stop(gpointer data)
{
    struct assumption *assumption = data;
    if (assumption->wait)
        keys_wait_cancel(assumption->wait);
    if (assumption->call)
        search_assumer(assumption->search)->cancel(assumption->call);
    assumption_free(assumption);
}

static void end(struct assumption *assumption, struct keys *keys, const GError *error)
{
    struct search *search = assumption->search;
    g_autofree char *arn = g_strdup(assumption->role.arn);
    if (keys)
        keys->lasts_until_ms =
            keys_earlier_end(keys->lasts_until_ms, assumption->source_lasts_until_ms);
    assumption_free(assumption);
    if (keys)
        search_found(search, keys_ref(keys));
    else
        search_failed(search, "role %s can't be assumed: %s", arn, error->message);
}

static void got_role_keys(struct keys *keys, const GError *error, gpointer data)
{
    end(data, keys, error);
}

static void got_source_keys(struct keys *keys, const GError *error, gpointer data)
{
    struct assumption *assumption = data;
    assumption->wait = NULL;
    if (!keys) {
        end(assumption, NULL, error);
        return;
    }
    assumption->source_lasts_until_ms = keys->lasts_until_ms;
    const struct assumer *assumer = search_assumer(assumption->search);
    assumption->call =
        assumer->assume(assumer->self, keys, &assumption->role, got_role_keys, assumption);
}

static void assume(struct search *search, struct identity *source, const char *arn,
                   const char *session, const char *external_id, const char *duration_s)
{
    struct assumption *assumption = g_new0(struct assumption, 1);
    assumption->search = search;
    assumption->role =
        (struct role){.arn = g_strdup(arn),
                      .session = session ? g_strdup(session) : search_session_name(search),
                      .external_id = g_strdup(external_id),
                      .duration_s = duration_s ? g_ascii_strtoll(duration_s, NULL, 10) : 0};
    search->step = assumption;
    search->step_cancel = assumption_stop;
    assumption->wait = identity_wait(source, got_source_keys, assumption);
}

static void start_role(struct search *search)
{
    assume(search, search_source(search), search_role_arn(search), NULL, NULL, NULL);
}

const struct provider provider_role = {start_role};

/* Whether a profile's keys stand in the files themselves: such a source is used as it is, even
 * where it names a role too (so a profile may be its own source). */
static bool has_keys(const struct profiles *profiles, const char *profile)
{
    return profiles_get(profiles, profile, "aws_access_key_id") != NULL;
}

/* The profile at which a chain of source_profiles comes back to itself, or NULL. */
static const char *loop_in(const struct profiles *profiles, const char *profile)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const char *at = profile;
    do {
        if (!g_hash_table_add(seen, (gpointer)at))
            return at;
        at = profiles_get(profiles, at, "role_arn") ? profiles_get(profiles, at, "source_profile")
                                                    : NULL;
    } while (at && !has_keys(profiles, at));
    return NULL;
}

/* The identity that assumes a profile's role; NULL after search_failed. */
static struct identity *source_of(struct search *search)
{
    const struct profiles *profiles = search->profiles;
    const char *profile = search->profile;
    const char *source = profiles_get(profiles, profile, "source_profile");
    const char *place = profiles_get(profiles, profile, "credential_source");
    if (source && place) {
        search_failed(search,
                      "profile \"%s\" has both source_profile and credential_source: "
                      "keep one of them",
                      profile);
    } else if (place) {
        struct identity *keys_of_place = search_place(search, place);
        if (!keys_of_place)
            search_failed(search,
                          "profile \"%s\": credential_source is \"%s\", but has to be Environment, "
                          "EcsContainer or Ec2InstanceMetadata",
                          profile, place);
        return keys_of_place;
    } else if (!source) {
        search_failed(search, "profile \"%s\" has role_arn, but no source_profile", profile);
    } else if (!profiles_has(profiles, source)) {
        search_failed(search, "profile \"%s\": there is no source_profile \"%s\"", profile, source);
    } else if (loop_in(profiles, profile)) {
        search_failed(search, "profile \"%s\": its source_profiles lead back to \"%s\"", profile,
                      loop_in(profiles, profile));
    } else {
        return search_profile(search, source, !has_keys(profiles, source));
    }
    return NULL;
}

/* How `aws` names the session in ~/.aws/cli/cache: botocore's AssumeRoleCredentialFetcher. Caller
 * frees. */
static char *session_name(const struct profiles *profiles, const char *profile)
{
    static const char *const names[][2] = {{"RoleArn", "role_arn"},
                                           {"RoleSessionName", "role_session_name"},
                                           {"ExternalId", "external_id"},
                                           {"SerialNumber", "mfa_serial"}};
    OWN_JSON asked = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = profiles_get(profiles, profile, names[i][1]);
        if (value)
            json_object_set_new(asked, names[i][0], json_string(value));
    }
    const char *duration_s = profiles_get(profiles, profile, "duration_seconds");
    gint64 seconds = 0;
    if (duration_s && g_ascii_string_to_signed(duration_s, 10, 0, G_MAXINT, &seconds, NULL))
        json_object_set_new(asked, "DurationSeconds", json_integer(seconds));
    return json_dumps(asked, JSON_SORT_KEYS | JSON_ENSURE_ASCII);
}

/* Nobody can type a code into a conductor, and one is good for one time only: the session that
 * somebody began with `aws` is taken, for as long as it lasts. */
static void take_mfa_session(struct search *search, const char *arn)
{
    const char *profile = search->profile;
    g_autofree char *name = session_name(search->profiles, profile);
    g_autofree char *path = tool_cache_path(search->env, "cli/cache", name);
    g_autofree char *origin = g_strdup_printf("role %s of profile %s (MFA)", arn, profile);
    OWN_JSON session = tool_cache_read(path);
    const char *what = NULL;
    OWN(keys)
    keys = keys_of_json(json_object_get(session, "Credentials"), "SessionToken", origin, &what);
    gint64 now_ms = when_now_ms();
    if (keys && keys->token && keys->expires_ms > now_ms) {
        keys->lasts_until_ms = keys->expires_ms;
        search_found(search, keys_ref(keys));
        return;
    }
    g_autofree char *ended = keys && keys->expires_ms
                                 ? when_rfc3339(keys->expires_ms / WHEN_SECOND * WHEN_SECOND)
                                 : NULL;
    search_failed(
        search,
        "profile \"%s\" wants an MFA code%s%s: run `aws sts get-caller-identity --profile "
        "%s` and type it there; celldeck takes that session (or use credential_process)",
        profile, ended ? ", and its last session ended " : "", ended ? ended : "", profile);
}

static void start_profile_role(struct search *search)
{
    const struct profiles *profiles = search->profiles;
    const char *profile = search->profile;
    const char *arn = profiles_get(profiles, profile, "role_arn");
    if (!search_readable(search))
        return;
    if (!arn || profiles_get(profiles, profile, "web_identity_token_file")) {
        search_absent(search, "role_arn");
        return;
    }
    struct identity *source = source_of(search);
    if (!source)
        return;
    if (profiles_get(profiles, profile, "mfa_serial"))
        take_mfa_session(search, arn);
    else
        assume(search, source, arn, profiles_get(profiles, profile, "role_session_name"),
               profiles_get(profiles, profile, "external_id"),
               profiles_get(profiles, profile, "duration_seconds"));
}

const struct provider provider_profile_role = {start_profile_role};
