/* Keys of people who have signed in (SSO, MFA); tests/peers/people_credentials.test compares them
 * with botocore's, here is how long they last and what takes a long-lived process. */
#include "data/aws/client.h"
#include "data/aws/sso_token.h"
#include "data/aws/tool_cache.h"
#include "data/base/when.h"
#include "tests/unit/found.h"
#include "tests/unit/loopback.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(aws_people, .timeout = 30);

static const char config[] =
    "[sso-session corp]\nsso_start_url = https://corp.example.com/start\nsso_region = us-east-1\n"
    "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Ops\n"
    "[profile mfa]\nrole_arn = arn:r\nsource_profile = ops\nmfa_serial = arn:mfa\n"
    "[profile ops]\naws_access_key_id = OPS\naws_secret_access_key = s\n";
static const char mfa_session[] = "{\"RoleArn\": \"arn:r\", \"SerialNumber\": \"arn:mfa\"}";

/* A home, and stand-ins of SSO and SSO OIDC. */
struct desk {
    struct loopback loopback;
    char *home;
    char **env;
};

static void desk_init(struct desk *desk, const char *const *script)
{
    loopback_start(&desk->loopback, script);
    desk->home = g_dir_make_tmp("celldeck-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(desk->home, "config", NULL);
    cr_assert(g_file_set_contents(path, config, -1, NULL));
    desk->env = g_environ_setenv(NULL, "HOME", desk->home, TRUE);
    desk->env = g_environ_setenv(desk->env, "AWS_CONFIG_FILE", path, TRUE);
    desk->env = g_environ_setenv(desk->env, "AWS_ENDPOINT_URL", desk->loopback.url, TRUE);
}

static void desk_clear(struct desk *desk)
{
    const char *const about[][2] = {{"sso/cache", "corp"}, {"cli/cache", mfa_session}};
    for (size_t i = 0; i < G_N_ELEMENTS(about); i++) {
        g_autofree char *path = tool_cache_path(desk->env, about[i][0], about[i][1]);
        g_autofree char *folder = g_path_get_dirname(path);
        g_autofree char *tool = g_path_get_dirname(folder);
        g_unlink(path);
        g_rmdir(folder);
        g_rmdir(tool);
    }
    g_autofree char *aws = g_build_filename(desk->home, ".aws", NULL);
    g_autofree char *path = g_build_filename(desk->home, "config", NULL);
    g_rmdir(aws);
    g_unlink(path);
    cr_expect_eq(g_rmdir(desk->home), 0, "nothing else was left there");
    loopback_stop(&desk->loopback);
    g_free(desk->home);
    g_strfreev(desk->env);
}

/* Steals `document`. */
static void keep(struct desk *desk, const char *folder, const char *about, json_t *document)
{
    g_autofree char *path = tool_cache_path(desk->env, folder, about);
    g_autofree char *parent = g_path_get_dirname(path);
    g_mkdir_with_parents(parent, 0700);
    cr_assert(tool_cache_write(path, document, NULL));
    json_decref(document);
}

static void sign_in(struct desk *desk, gint64 ends_ms, bool renewable)
{
    g_autofree char *ends = when_rfc3339(ends_ms);
    json_t *token = json_pack("{s:s, s:s}", "accessToken", "old", "expiresAt", ends);
    if (renewable) {
        g_autofree char *registered = when_rfc3339(ends_ms + WHEN_DAY);
        json_object_set_new(token, "refreshToken", json_string("r"));
        json_object_set_new(token, "clientId", json_string("c"));
        json_object_set_new(token, "clientSecret", json_string("s"));
        json_object_set_new(token, "registrationExpiresAt", json_string(registered));
    }
    keep(desk, "sso/cache", "corp", token);
}

static char *json_answer(const char *body)
{
    return g_strdup_printf(ANSWER("200 OK", "", "%zu", "%s"), strlen(body), body);
}

/* GetRoleCredentials' answer. */
static char *role_keys(gint64 ends_ms)
{
    g_autofree char *body =
        g_strdup_printf("{\"roleCredentials\":{\"accessKeyId\":\"SSO\",\"secretAccessKey\":\"s\","
                        "\"sessionToken\":\"t\",\"expiration\":%" G_GINT64_FORMAT "}}",
                        ends_ms);
    return json_answer(body);
}

static struct credentials *credentials_of(const struct desk *desk, const char *profile)
{
    struct assumer nobody = {0};
    return credentials_new(g_main_context_default(), profile, desk->env, &nobody);
}

/* How long the keys last that `profile` has; `id` is theirs. */
static gint64 lasts_until(const struct desk *desk, const char *profile, const char *id)
{
    OWN(credentials) credentials = credentials_of(desk, profile);
    g_autofree char *found = find(credentials_identity(credentials, NULL));
    cr_assert_str_eq(found, id);
    struct aws_tenure tenure;
    credentials_tenure(credentials, &tenure);
    return tenure.lasts_until_ms;
}

Test(aws_people, what_a_sign_in_gives_lasts_to_its_end_or_that_of_the_last_keys_it_gave)
{
    gint64 now_ms = when_now_ms() / WHEN_SECOND * WHEN_SECOND;
    const struct {
        gint64 sign_in_ms, keys_ms, lasts_ms;
    } cases[] = {{8 * WHEN_HOUR, WHEN_HOUR, 8 * WHEN_HOUR}, {WHEN_MINUTE, WHEN_HOUR, WHEN_HOUR}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *keys = role_keys(now_ms + cases[i].keys_ms);
        const char *const script[] = {keys, NULL};
        struct desk desk;
        desk_init(&desk, script);
        sign_in(&desk, now_ms + cases[i].sign_in_ms, false);
        cr_expect_eq(lasts_until(&desk, "sso", "SSO"), now_ms + cases[i].lasts_ms, "case %zu", i);
        desk_clear(&desk);
    }
}

Test(aws_people, how_long_a_sign_in_can_be_renewed_nobody_knows)
{
    gint64 now_ms = when_now_ms();
    g_autofree char *renewed =
        json_answer("{\"accessToken\":\"new\",\"refreshToken\":\"r2\",\"expiresIn\":3600}");
    g_autofree char *keys = role_keys(now_ms + WHEN_HOUR);
    const char *const scripts[][3] = {{keys}, {renewed, keys}};
    const gint64 left_ms[] = {WHEN_HOUR, WHEN_MINUTE};
    for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
        struct desk desk;
        desk_init(&desk, scripts[i]);
        sign_in(&desk, now_ms + left_ms[i], true);
        cr_expect_eq(lasts_until(&desk, "sso", "SSO"), G_MININT64);
        cr_expect_eq(loopback_requests(&desk.loopback), i + 1);
        desk_clear(&desk);
    }
}

Test(aws_people, a_sign_in_that_is_said_to_last_for_ever_is_taken_all_the_same)
{
    gint64 now_ms = when_now_ms() / WHEN_SECOND * WHEN_SECOND;
    g_autofree char *token =
        json_answer("{\"accessToken\":\"new\",\"expiresIn\":9223372036854775807}");
    g_autofree char *keys = role_keys(now_ms + WHEN_HOUR);
    const char *const script[] = {token, keys, NULL};
    struct desk desk;
    desk_init(&desk, script);
    sign_in(&desk, now_ms + WHEN_MINUTE, true);
    cr_expect_eq(lasts_until(&desk, "sso", "SSO"), G_MININT64);
    desk_clear(&desk);
}

Test(aws_people, a_session_begun_with_a_code_lasts_to_its_end_and_asks_nobody)
{
    gint64 ends_ms = when_now_ms() / WHEN_SECOND * WHEN_SECOND + WHEN_HOUR;
    g_autofree char *ends = when_rfc3339(ends_ms);
    const char *const script[] = {RESET, NULL};
    struct desk desk;
    desk_init(&desk, script);
    keep(&desk, "cli/cache", mfa_session,
         json_pack("{s:{s:s, s:s, s:s, s:s}}", "Credentials", "AccessKeyId", "MFA",
                   "SecretAccessKey", "s", "SessionToken", "t", "Expiration", ends));
    cr_expect_eq(lasts_until(&desk, "mfa", "MFA"), ends_ms);
    cr_expect_eq(loopback_requests(&desk.loopback), 0);
    desk_clear(&desk);
}

Test(aws_people, a_search_may_be_given_up_at_any_step)
{
    g_autofree char *renewed = json_answer("{\"accessToken\":\"new\",\"expiresIn\":3600}");
    const char *const scripts[][3] = {{HANG}, {renewed, HANG}};
    for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
        struct desk desk;
        desk_init(&desk, scripts[i]);
        sign_in(&desk, when_now_ms() + WHEN_MINUTE, true);
        struct credentials *credentials = credentials_of(&desk, "sso");
        struct found found = {0};
        identity_wait(credentials_identity(credentials, NULL), found_keys, &found);
        loopback_wait(&desk.loopback, (guint)i + 1);
        credentials_free(credentials);
        while (g_main_context_iteration(NULL, FALSE))
            ;
        cr_expect_not(found.ended);
        desk_clear(&desk);
    }
}

Test(aws_people, what_is_no_sign_in_is_none_and_nobody_waits_for_it)
{
    struct desk desk;
    const char *const script[] = {NULL};
    desk_init(&desk, script);
    const char *const tokens[] = {"", "two words", "line\r\nX-Other: y"};
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        keep(
            &desk, "sso/cache", "corp",
            json_pack("{s:s, s:s}", "accessToken", tokens[i], "expiresAt", "2999-01-01T00:00:00Z"));
        cr_expect_null(sso_token_load(desk.env, "corp"), "%s", tokens[i]);
    }
    g_autofree char *path = tool_cache_path(desk.env, "sso/cache", "corp");
    g_unlink(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    alarm(10);
    cr_expect_null(sso_token_load(desk.env, "corp"), "a pipe");
    desk_clear(&desk);
}
