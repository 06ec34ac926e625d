/* The version part of releases.h: semantic versioning's grammar and order (semver.org, 2.0.0). */
#include "data/releases.h"

#include <string.h>

bool version_is(const char *text)
{
    return g_regex_match_simple(
        "^v?[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$", text,
        G_REGEX_DOLLAR_ENDONLY, 0);
}

const char *version_bare(const char *text)
{
    return text[0] == 'v' && g_ascii_isdigit(text[1]) ? text + 1 : text;
}

/* Of any length: versions made of dates and counters outgrow an integer. */
static int compare_numbers(const char *a, const char *b)
{
    a += strspn(a, "0");
    b += strspn(b, "0");
    size_t a_length = strlen(a), b_length = strlen(b);
    return a_length != b_length ? (a_length > b_length) - (a_length < b_length) : strcmp(a, b);
}

static bool is_number(const char *s)
{
    return *s && !s[strspn(s, "0123456789")];
}

static int compare_identifiers(const char *a, const char *b)
{
    bool a_number = is_number(a), b_number = is_number(b);
    if (a_number && b_number)
        return compare_numbers(a, b);
    return a_number != b_number ? (a_number ? -1 : 1) : strcmp(a, b);
}

/* "1.2.3" or "rc.1", identifier by identifier; fewer sort first. */
static int compare_dotted(const char *a, const char *b)
{
    g_auto(GStrv) as = g_strsplit(a, ".", -1);
    g_auto(GStrv) bs = g_strsplit(b, ".", -1);
    for (size_t i = 0; as[i] || bs[i]; i++) {
        if (!as[i] || !bs[i])
            return as[i] ? 1 : -1;
        int order = compare_identifiers(as[i], bs[i]);
        if (order)
            return order;
    }
    return 0;
}

int version_compare(const char *a, const char *b)
{
    g_auto(GStrv) a_build = g_strsplit(version_bare(a), "+", 2);
    g_auto(GStrv) b_build = g_strsplit(version_bare(b), "+", 2);
    if (!a_build[0] || !b_build[0])
        return (a_build[0] != NULL) - (b_build[0] != NULL);
    g_auto(GStrv) as = g_strsplit(a_build[0], "-", 2);
    g_auto(GStrv) bs = g_strsplit(b_build[0], "-", 2);
    int order = compare_dotted(as[0] ? as[0] : "", bs[0] ? bs[0] : "");
    if (order)
        return order;
    const char *a_pre = as[0] ? as[1] : NULL, *b_pre = bs[0] ? bs[1] : NULL;
    if (!a_pre || !b_pre)
        return (b_pre != NULL) - (a_pre != NULL);
    return compare_dotted(a_pre, b_pre);
}

/* A suffix is a build's when it is a commit ("-a1b2c3", "-12-ga1b2c3" of git describe) or follows
 * a plus; "-rc.1" makes another version and stays. */
char *version_plain(const char *version)
{
    if (!strpbrk(version, "+-")) /* most have none; the engine asks at every look */
        return g_utf8_make_valid(version_bare(version), -1);
    g_autoptr(GRegex) build =
        g_regex_new("(\\+.*|(-[0-9]+)?-g?[0-9a-f]{6,40})$", G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    const char *bare = version_bare(version);
    g_autofree char *valid = g_utf8_make_valid(bare, -1);
    return g_regex_replace_literal(build, valid, -1, 0, "", 0, NULL);
}
