#include "data/aws/sign.h"
#include "data/base/when.h"

#include <criterion/criterion.h>
#include <criterion/logging.h>
#include <ftw.h>
#include <string.h>

#define SUITE "../shared/vectors/sigv4"

/* AWS's test suite: the keys, scope and time its README gives. */
static struct keys *suite_keys(void)
{
    return keys_new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL, 0, "test");
}

static struct sign_scope suite_scope(void)
{
    struct sign_scope scope = {"us-east-1", "service", 0};
    cr_assert(when_parse("2015-08-30T12:36:00Z", &scope.at_ms));
    return scope;
}

struct parsed {
    struct sign_request request;
    char *method, *path, *query;
    GArray *headers;
    char **lines;
};

/* A .req file: request line, headers (folded lines go on with white space), blank line, body. */
static void parse(const char *text, struct parsed *parsed)
{
    const char *end = strstr(text, "\n\n");
    g_autofree char *head = end ? g_strndup(text, (gsize)(end - text)) : g_strdup(text);
    parsed->lines = g_strsplit(head, "\n", -1);
    const char *line = parsed->lines[0];
    const char *space = strchr(line, ' '), *http = strstr(line, " HTTP/1.1");
    parsed->method = g_strndup(line, (gsize)(space - line));
    g_autofree char *target = g_strndup(space + 1, (gsize)(http - space - 1));
    char *mark = strchr(target, '?');
    parsed->query = g_strdup(mark ? mark + 1 : "");
    if (mark)
        *mark = '\0';
    parsed->path = g_strdup(target);
    parsed->headers = g_array_new(FALSE, FALSE, sizeof(struct sign_header));
    for (char **l = parsed->lines + 1; *l; l++) {
        g_autoptr(GString) whole = g_string_new(*l);
        while (l[1] && g_ascii_isspace(*l[1]))
            g_string_append_printf(whole, "\n%s", *++l);
        g_free(*l);
        *l = g_strdup(whole->str);
        char *colon = strchr(*l, ':');
        if (!colon)
            continue; /* the last, empty line */
        *colon = '\0';
        struct sign_header header = {*l, colon + 1};
        g_array_append_val(parsed->headers, header);
    }
    parsed->request = (struct sign_request){.method = parsed->method,
                                            .path = parsed->path,
                                            .query = parsed->query,
                                            .headers = (void *)parsed->headers->data,
                                            .n_headers = parsed->headers->len,
                                            .body = end ? end + 2 : "",
                                            .body_size = end ? strlen(end + 2) : 0};
}

static void parsed_clear(struct parsed *parsed)
{
    g_free(parsed->method);
    g_free(parsed->path);
    g_free(parsed->query);
    g_array_free(parsed->headers, TRUE);
    g_strfreev(parsed->lines);
}

static char *beside(const char *request_path, const char *suffix)
{
    g_autofree char *stem = g_strndup(request_path, strlen(request_path) - strlen(".req"));
    g_autofree char *path = g_strconcat(stem, suffix, NULL);
    char *text = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s can't be read", path);
    return g_strchomp(text);
}

/* What is to be signed. One case has its session token only in the signed request: the signer is
 * to add it, which here is the caller's part. */
static char *unsigned_request(const char *path, const char *canonical)
{
    char *text = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL));
    if (!strstr(canonical, "x-amz-security-token:") || strstr(text, "X-Amz-Security-Token:"))
        return text;
    g_free(text);
    text = beside(path, ".sreq");
    *strstr(text, "\nAuthorization:") = '\0';
    return text;
}

static void expect_case(const char *path)
{
    g_autofree char *canonical = beside(path, ".creq");
    g_autofree char *text = unsigned_request(path, canonical);
    g_autofree char *to_sign = beside(path, ".sts");
    g_autofree char *authorization = beside(path, ".authz");
    struct parsed parsed;
    parse(text, &parsed);
    OWN(keys) keys = suite_keys();
    struct sign_scope scope = suite_scope();
    struct signature signature;
    sign(&parsed.request, keys, &scope, &signature);
    cr_expect_str_eq(signature.canonical, canonical, "%s:\n%s", path, signature.canonical);
    cr_expect_str_eq(signature.to_sign, to_sign, "%s", path);
    cr_expect_str_eq(signature.authorization, authorization, "%s", path);
    signature_clear(&signature);
    parsed_clear(&parsed);
}

static int cases_run;

static int visit(const char *path, const struct stat *stat, int type, struct FTW *at)
{
    (void)stat;
    (void)at;
    if (type == FTW_F && g_str_has_suffix(path, ".req")) {
        expect_case(path);
        cases_run++;
    }
    return 0;
}

Test(aws_sign, every_case_of_awss_own_suite_comes_out_to_the_byte)
{
    if (!g_file_test(SUITE, G_FILE_TEST_IS_DIR)) {
        /* Not cr_log_warn(): Criterion ends with 1 after a warning. */
        fprintf(stderr, "%s is not there: only the built-in cases are run\n", SUITE);
        return;
    }
    nftw(SUITE, visit, 16, FTW_PHYS);
    cr_expect_geq(cases_run, 34);
}

static void expect_canonical(const char *path, const char *query, const char *canonical_path,
                             const char *canonical_query)
{
    OWN(keys) keys = suite_keys();
    struct sign_scope scope = suite_scope();
    struct sign_header host = {"Host", "example.amazonaws.com"};
    struct sign_request request = {
        .method = "GET", .path = path, .query = query, .headers = &host, .n_headers = 1};
    struct signature signature;
    sign(&request, keys, &scope, &signature);
    g_auto(GStrv) lines = g_strsplit(signature.canonical, "\n", -1);
    cr_expect_str_eq(lines[1], canonical_path, "%s gave %s", path, lines[1]);
    cr_expect_str_eq(lines[2], canonical_query, "%s gave %s", query, lines[2]);
    signature_clear(&signature);
}

Test(aws_sign, a_plain_get_has_the_signature_aws_publishes_for_it)
{
    OWN(keys) keys = suite_keys();
    struct sign_scope scope = suite_scope();
    g_autofree char *date = sign_date(scope.at_ms);
    cr_expect_str_eq(date, "20150830T123600Z");
    struct sign_header headers[] = {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", date}};
    struct sign_request request = {
        .method = "GET", .path = "/", .headers = headers, .n_headers = 2};
    struct signature signature;
    sign(&request, keys, &scope, &signature);
    cr_expect_str_eq(
        signature.authorization,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    signature_clear(&signature);
}

Test(aws_sign, paths_are_normalised_and_escaped_a_second_time)
{
    expect_canonical("/a/../b/./c//d", "", "/b/c/d", "");
    expect_canonical("/..", "", "/", "");
    expect_canonical("/2015-03-31/functions/arn%3Aaws%3Alambda/", "",
                     "/2015-03-31/functions/arn%253Aaws%253Alambda/", "");
    expect_canonical("/a b:c", "", "/a%20b%3Ac", "");
}

Test(aws_sign, queries_are_sorted_by_name_then_value_and_escaped_once)
{
    expect_canonical("/", "b=2&a=2&a=1&flag", "/", "a=1&a=2&b=2&flag=");
    expect_canonical("/", "Param-3=x&Param=y", "/", "Param=y&Param-3=x");
    expect_canonical("/", "a=%7e%2f", "/", "a=~%2F");
}

Test(aws_sign, keys_are_taken_out_of_a_text_wherever_they_stand)
{
    OWN(keys) keys = keys_new("AKID", "sEcrEt/", "tOkEn==", 0, "test");
    const char *secrets[KEYS_SECRETS];
    keys_secrets(keys, secrets);
    g_autofree char *safe = keys_hide("x tOkEn== y sEcrEt/ z AKID tOkEn==", secrets);
    cr_expect_str_eq(safe, "x [redacted] y [redacted] z [redacted] [redacted]");
}
