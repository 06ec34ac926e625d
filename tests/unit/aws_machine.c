/* Keys of the machine that we run on; tests/peers/machine_credentials.test compares them with
 * botocore's, here is what takes a long-lived process. */
#include "data/aws/provider.h"
#include "data/base/when.h"
#include "tests/unit/found.h"
#include "tests/unit/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(aws_machine, .timeout = 30);

Test(aws_machine, a_containers_token_is_sent_to_its_agent_and_over_tls_only)
{
    const struct {
        const char *url;
        bool allowed;
    } cases[] = {{"http://169.254.170.2/v2/x", true},
                 {"http://169.254.170.23/x", true},
                 {"http://[fd00:ec2::23]/x", true},
                 {"http://127.0.0.1:9/x", true},
                 {"http://127.9.9.9/x", true},
                 {"http://[::1]:9/x", true},
                 {"http://localhost/x", true},
                 {"https://example.com/x", true},
                 {"http://example.com/x", false},
                 {"http://169.254.169.254/x", false},
                 {"http://169.254.170.2@example.com/", false},
                 {"http://localhost.example.com/", false},
                 {"http://127.0.0.1.example.com/", false},
                 {"ftp://localhost/x", false},
                 {"/x", false},
                 {"http:///x", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_eq(container_may_ask(cases[i].url), cases[i].allowed, "%s", cases[i].url);
}

#define TOKEN ANSWER("200 OK", "", "5", "TOKEN")
#define ROLE  ANSWER("200 OK", "", "3", "ops")

/* Keys of the role that end in `life_ms`. */
static char *role_keys(gint64 life_ms)
{
    g_autofree char *end = when_rfc3339(when_now_ms() + life_ms);
    g_autofree char *body = g_strdup_printf("{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\","
                                            "\"Token\":\"t\",\"Expiration\":\"%s\"}",
                                            end);
    return g_strdup_printf(ANSWER("200 OK", "", "%zu", "%s"), strlen(body), body);
}

static void expect_found(struct identity *identity, const char *part)
{
    g_autofree char *text = find(identity);
    cr_expect(strstr(text, part) != NULL, "%s", text);
}

static struct credentials *instance_credentials(const struct loopback *loopback)
{
    g_auto(GStrv) env = g_environ_setenv(NULL, "HOME", "/nonexistent", TRUE);
    env = g_environ_setenv(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT", loopback->url, TRUE);
    struct assumer nobody = {0};
    return credentials_new(g_main_context_default(), NULL, env, &nobody);
}

Test(aws_machine, keys_of_an_instance_are_used_on_while_its_metadata_is_out)
{
    g_autofree char *short_lived = role_keys(1);
    const char *const script[] = {TOKEN, ROLE, short_lived, RESET, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    OWN(credentials) credentials = instance_credentials(&loopback);
    struct identity *identity = credentials_identity(credentials, NULL);
    expect_found(identity, "A");
    /* Expired by now, or as good as: the next one asks again, and nobody is there. */
    expect_found(identity, "A");
    struct keys *keys = identity_keys(identity);
    cr_assert(keys != NULL, "they count as good for some minutes more");
    cr_expect(keys->expires_ms > when_now_ms() + 15 * WHEN_MINUTE);
    cr_expect_eq(loopback_requests(&loopback), 4);
    identity_forget(identity, keys); /* AWS refuses them: that ends it */
    expect_found(identity, "instance metadata (PUT http://127.0.0.1:");
    loopback_stop(&loopback);
}

Test(aws_machine, a_search_may_be_given_up_at_any_step)
{
    const char *const scripts[][4] = {{HANG}, {TOKEN, HANG}, {TOKEN, ROLE, HANG}};
    for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
        struct loopback loopback;
        loopback_start(&loopback, scripts[i]);
        struct credentials *credentials = instance_credentials(&loopback);
        struct found found = {0};
        identity_wait(credentials_identity(credentials, NULL), found_keys, &found);
        loopback_wait(&loopback, (guint)i + 1);
        credentials_free(credentials);
        while (g_main_context_iteration(NULL, FALSE))
            ;
        cr_expect_not(found.ended);
        loopback_stop(&loopback);
    }
}
