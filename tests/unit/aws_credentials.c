/* Credentials, over files in a temporary folder and an environment of our own. */
#include "data/aws/client.h"
#include "data/aws/credentials.h"
#include "data/base/when.h"
#include "tests/unit/aws_place.h"

#include <criterion/criterion.h>
#include <string.h>

struct assumption {
    keys_fn fn;
    gpointer data;
    char *id;
    GSource *source;
};

static gboolean answer(gpointer data)
{
    struct assumption *assumption = data;
    OWN(keys) keys = keys_new(assumption->id, "s", "t", when_now_ms() + WHEN_HOUR, "role");
    assumption->fn(keys, NULL, assumption->data);
    g_free(assumption->id);
    g_source_unref(assumption->source);
    g_free(assumption);
    return G_SOURCE_REMOVE;
}

/* Instead of STS: the role's key id is the source's with a plus. */
static gpointer assume(gpointer self, struct keys *source, const struct role *role, keys_fn fn,
                       gpointer data)
{
    struct aws_place *place = self;
    g_autofree char *before = place->assumed;
    place->assumed = g_strdup_printf("%s%s %s %s;", before, source->id, role->arn, role->session);
    struct assumption *assumption = g_new0(struct assumption, 1);
    *assumption =
        (struct assumption){fn, data, g_strconcat(source->id, "+", NULL), g_idle_source_new()};
    g_source_set_callback(assumption->source, answer, assumption, NULL);
    g_source_attach(assumption->source, NULL);
    return assumption;
}

static void assume_cancel(gpointer call)
{
    struct assumption *assumption = call;
    g_source_destroy(assumption->source);
    g_source_unref(assumption->source);
    g_free(assumption->id);
    g_free(assumption);
}

struct found {
    bool ended;
    char *text; /* "ID SECRET TOKEN", or the error's message */
};

static void found_keys(struct keys *keys, const GError *error, gpointer data)
{
    struct found *found = data;
    found->ended = true;
    found->text =
        keys ? g_strdup_printf("%s %s %s", keys->id, keys->secret, keys->token ? keys->token : "-")
             : g_strdup(error->message);
}

static struct credentials *credentials_of(struct aws_place *place, const char *profile)
{
    struct assumer assumer = {.assume = assume, .cancel = assume_cancel, .self = place};
    return credentials_new(g_main_context_default(), profile, place->env, &assumer);
}

/* What is found for `profile` (NULL: as the environment says). Caller frees. */
static char *find(struct aws_place *place, const char *profile)
{
    OWN(credentials) credentials = credentials_of(place, profile);
    struct found found = {0};
    identity_wait(credentials_identity(credentials, NULL), found_keys, &found);
    cr_expect_not(found.ended, "the callback came from within identity_wait");
    while (!found.ended)
        g_main_context_iteration(NULL, TRUE);
    return found.text;
}

static void expect_found(struct aws_place *place, const char *profile, const char *text)
{
    g_autofree char *found = find(place, profile);
    cr_expect_str_eq(found, text);
}

static void expect_refused(struct aws_place *place, const char *profile, const char *part)
{
    g_autofree char *found = find(place, profile);
    cr_expect(strstr(found, part) != NULL, "%s", found);
}

static const char both_config[] = "[default]\nregion = eu-west-1\naws_access_key_id = CONFIG\n"
                                  "aws_secret_access_key = s\n"
                                  "[profile \"two words\"]\naws_access_key_id=TWO\n"
                                  "aws_secret_access_key=s\n";
static const char both_credentials[] = "; a comment GKeyFile would refuse\n[default]\n"
                                       "aws_access_key_id = FILE\n# another\n"
                                       "aws_secret_access_key = a=b:c\n"
                                       "aws_session_token = t\n"
                                       "[ops]\naws_access_key_id = OPS\n"
                                       "aws_secret_access_key = s\n";

Test(aws_credentials, the_environments_keys_come_before_files_unless_a_profile_is_named)
{
    struct aws_place place;
    aws_place_init(&place, both_config, both_credentials);
    expect_found(&place, NULL, "FILE a=b:c t");
    aws_place_set(&place, "AWS_ACCESS_KEY_ID", "ENV");
    aws_place_set(&place, "AWS_SECRET_ACCESS_KEY", "s");
    expect_found(&place, NULL, "ENV s -");
    aws_place_set(&place, "AWS_SESSION_TOKEN", "tok");
    expect_found(&place, NULL, "ENV s tok");
    expect_found(&place, "ops", "OPS s -");
    expect_found(&place, "two words", "TWO s -");
    aws_place_clear(&place);
}

Test(aws_credentials, aws_profile_names_the_profile)
{
    struct aws_place place;
    aws_place_init(&place, both_config, both_credentials);
    aws_place_set(&place, "AWS_PROFILE", "ops");
    expect_found(&place, NULL, "OPS s -");
    aws_place_clear(&place);
}

Test(aws_credentials, nothing_found_says_where_was_looked_and_what_to_do)
{
    struct aws_place place;
    aws_place_init(&place, NULL, NULL);
    g_autofree char *path = g_build_filename(place.dir, "credentials", NULL);
    expect_refused(&place, NULL, path);
    expect_refused(&place, NULL, "set AWS_ACCESS_KEY_ID");
    aws_place_clear(&place);
}

Test(aws_credentials,
     a_profile_that_is_named_and_not_there_is_an_error_whatever_the_environment_has)
{
    struct aws_place place;
    aws_place_init(&place, both_config, NULL);
    aws_place_set(&place, "AWS_ACCESS_KEY_ID", "ENV");
    aws_place_set(&place, "AWS_SECRET_ACCESS_KEY", "s");
    aws_place_set(&place, "AWS_PROFILE", "nope");
    expect_refused(&place, NULL, "there is no AWS profile \"nope\"");
    aws_place_clear(&place);
}

Test(aws_credentials, half_a_pair_of_keys_is_an_error_and_not_the_next_providers_turn)
{
    struct aws_place place;
    aws_place_init(&place, both_config, "[default]\naws_access_key_id = HALF\n");
    expect_refused(&place, NULL, "no aws_secret_access_key");
    aws_place_set(&place, "AWS_ACCESS_KEY_ID", "ENV");
    expect_refused(&place, NULL, "AWS_SECRET_ACCESS_KEY is not");
    aws_place_clear(&place);
}

Test(aws_credentials, a_file_that_cant_be_parsed_is_named_by_line_and_never_quoted)
{
    struct aws_place place;
    aws_place_init(&place, NULL, "[default]\nsEcReT without a delimiter\n");
    expect_refused(&place, NULL, "credentials:2: ");
    g_autofree char *said = find(&place, NULL);
    cr_expect(strstr(said, "sEcReT") == NULL);
    aws_place_clear(&place);
}

Test(aws_credentials, credential_process_is_run_and_read)
{
    struct aws_place place;
    aws_place_init(
        &place,
        "[default]\n"
        "credential_process = printf '{\"Version\":1,\"AccessKeyId\":\"P\","
        "\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\","
        "\"Expiration\":\"2099-01-01T00:00:00Z\"}'\n"
        "[profile fails]\ncredential_process = sh -c 'echo run login first >&2; exit 3'\n"
        "[profile old]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"P\","
        "\"SecretAccessKey\":\"s\",\"Expiration\":\"2001-01-01T00:00:00Z\"}'\n"
        "[profile garbage]\ncredential_process = echo sEcReT\n"
        "[profile missing]\ncredential_process = /nonexistent/program\n",
        NULL);
    expect_found(&place, NULL, "P s t");
    expect_refused(&place, "fails", "run login first");
    expect_refused(&place, "old", "expired");
    expect_refused(&place, "garbage", "no JSON");
    g_autofree char *said = find(&place, "garbage");
    cr_expect(strstr(said, "sEcReT") == NULL);
    expect_refused(&place, "missing", "can't be run");
    aws_place_clear(&place);
}

Test(aws_credentials, a_profiles_role_is_assumed_with_its_sources_keys)
{
    struct aws_place place;
    aws_place_init(&place,
                   "[profile a]\nrole_arn = arn:a\nsource_profile = b\nrole_session_name = me\n"
                   "[profile b]\nrole_arn = arn:b\nsource_profile = ops\nrole_session_name = me\n"
                   "[profile self]\nrole_arn = arn:self\nsource_profile = self\n"
                   "role_session_name = me\naws_access_key_id = SELF\naws_secret_access_key = s\n",
                   both_credentials);
    expect_found(&place, "a", "OPS++ s t");
    cr_expect_str_eq(place.assumed, "OPS arn:b me;OPS+ arn:a me;");
    expect_found(&place, "self", "SELF+ s t");
    aws_place_clear(&place);
}

Test(aws_credentials, sources_that_lead_nowhere_or_in_a_circle_are_refused)
{
    struct aws_place place;
    aws_place_init(&place,
                   "[profile x]\nrole_arn = arn:x\nsource_profile = y\n"
                   "[profile y]\nrole_arn = arn:y\nsource_profile = x\n"
                   "[profile lost]\nrole_arn = arn:l\nsource_profile = nobody\n"
                   "[profile none]\nrole_arn = arn:n\n"
                   "[profile mfa]\nrole_arn = arn:m\nsource_profile = keys\nmfa_serial = arn:mfa\n"
                   "[profile keys]\naws_access_key_id = K\naws_secret_access_key = s\n",
                   NULL);
    expect_refused(&place, "x", "lead back to \"x\"");
    expect_refused(&place, "lost", "no source_profile \"nobody\"");
    expect_refused(&place, "none", "has role_arn, but no source_profile");
    expect_refused(&place, "mfa", "run `aws sts get-caller-identity --profile mfa`");
    aws_place_clear(&place);
}

/* The tenure of `profile`'s keys once they are found. */
static struct aws_tenure tenure_of(struct credentials *credentials, const char *role_arn)
{
    struct found found = {0};
    struct aws_tenure tenure;
    identity_wait(credentials_identity(credentials, role_arn), found_keys, &found);
    while (!found.ended)
        g_main_context_iteration(NULL, TRUE);
    g_free(found.text);
    credentials_tenure(credentials, &tenure);
    return tenure;
}

Test(aws_credentials, a_sessions_token_without_an_end_can_not_be_renewed_and_is_told_by_its_origin)
{
    const struct {
        const char *profile, *origin;
        gint64 lasts_until_ms;
    } cases[] = {{NULL, "profile default in ", G_MININT64},
                 {"ops", "profile ops in ", 0},
                 {"role", "role", G_MININT64}};
    struct aws_place place;
    aws_place_init(&place, "[profile role]\nrole_arn = arn:r\nsource_profile = default\n",
                   both_credentials);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(credentials) credentials = credentials_of(&place, cases[i].profile);
        struct aws_tenure tenure;
        credentials_tenure(credentials, &tenure);
        cr_expect(tenure.origin == NULL && tenure.lasts_until_ms == 0, "nothing was found yet");
        tenure = tenure_of(credentials, "arn:cell");
        cr_expect(tenure.origin && strstr(tenure.origin, cases[i].origin), "%s", tenure.origin);
        cr_expect_eq(tenure.lasts_until_ms, cases[i].lasts_until_ms, "case %zu", i);
    }
    aws_place_clear(&place);
}

Test(aws_credentials, a_session_in_the_environment_may_say_when_it_ends)
{
    struct aws_place place;
    aws_place_init(&place, NULL, NULL);
    aws_place_set(&place, "AWS_ACCESS_KEY_ID", "ENV");
    aws_place_set(&place, "AWS_SECRET_ACCESS_KEY", "s");
    aws_place_set(&place, "AWS_SESSION_TOKEN", "t");
    aws_place_set(&place, "AWS_CREDENTIAL_EXPIRATION", "2099-01-01T00:00:00Z");
    OWN(credentials) credentials = credentials_of(&place, NULL);
    struct aws_tenure tenure = tenure_of(credentials, NULL);
    cr_expect_eq(tenure.lasts_until_ms, tenure.expires_ms);
    cr_expect_gt(tenure.expires_ms, when_now_ms());
    aws_place_set(&place, "AWS_CREDENTIAL_EXPIRATION", "2001-01-01T00:00:00Z");
    expect_refused(&place, NULL, "ended at 2001-01-01T00:00:00Z");
    aws_place_set(&place, "AWS_CREDENTIAL_EXPIRATION", "tomorrow");
    expect_refused(&place, NULL, "no ISO 8601 time");
    aws_place_clear(&place);
}

Test(aws_credentials, calls_that_wait_share_one_search_and_later_ones_the_cached_keys)
{
    struct aws_place place;
    aws_place_init(&place, NULL, both_credentials);
    OWN(credentials) credentials = credentials_of(&place, NULL);
    struct identity *role = credentials_identity(credentials, "arn:role");
    cr_expect_eq(role, credentials_identity(credentials, "arn:role"));
    cr_expect(identity_keys(role) == NULL);
    struct found found[2] = {0};
    for (size_t i = 0; i < 2; i++)
        identity_wait(role, found_keys, &found[i]);
    while (!found[0].ended || !found[1].ended)
        g_main_context_iteration(NULL, TRUE);
    cr_expect(g_str_has_prefix(place.assumed, "FILE arn:role "));
    cr_expect(strchr(place.assumed, ';') == strrchr(place.assumed, ';'));
    struct keys *keys = identity_keys(role);
    cr_assert(keys != NULL);
    identity_forget(role, keys);
    cr_expect(identity_keys(role) == NULL);
    for (size_t i = 0; i < 2; i++)
        g_free(found[i].text);
    aws_place_clear(&place);
}

Test(aws_credentials, keys_that_are_refused_again_and_again_are_not_looked_for_at_every_call)
{
    struct aws_place place;
    aws_place_init(&place,
                   "[profile a]\nrole_arn = arn:a\nsource_profile = ops\n"
                   "role_session_name = me\n",
                   both_credentials);
    OWN(credentials) credentials = credentials_of(&place, "a");
    struct identity *identity = credentials_identity(credentials, NULL);
    tenure_of(credentials, NULL);
    identity_forget(identity, identity_keys(identity));
    cr_expect(identity_keys(identity) == NULL);
    tenure_of(credentials, NULL);
    struct keys *again = identity_keys(identity);
    identity_forget(identity, again);
    cr_expect_eq(identity_keys(identity), again, "they are not looked for at every refusal");
    aws_place_clear(&place);
}
