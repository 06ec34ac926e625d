#include "data/config_words.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static const char *match(const char *pattern, const char *text, const char *expected)
{
    return g_regex_match_simple(pattern, text, G_REGEX_DOLLAR_ENDONLY, 0) ? NULL : expected;
}

const char *word_any(const char *text)
{
    return match("^[^\\x00-\\x1f\\x7f]*[^\\x00-\\x20\\x7f][^\\x00-\\x1f\\x7f]*$", text,
                 "a text that is not empty, in one line");
}

/* It becomes part of file names, journal streams, alarm names and environment variables. */
const char *word_id(const char *text)
{
    return match("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", text,
                 "letters, digits, '-', '_' and '.', at most 64, the first a letter or digit");
}

const char *word_region(const char *text)
{
    return match("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", text, "a region such as us-east-1");
}

const char *word_accent(const char *text)
{
    return match("^(red|orange|yellow|green|cyan|blue|magenta|grey)$", text,
                 "red, orange, yellow, green, cyan, blue, magenta or grey");
}

/* DynamoDB's naming rule. */
const char *word_table(const char *text)
{
    return match("^[A-Za-z0-9_.-]{3,255}$", text,
                 "a table name: 3 to 255 letters, digits, '-', '_' and '.'");
}

/* PutMetricData's rules (API reference): AWS/ is Amazon's own. */
const char *word_namespace(const char *text)
{
    return match("^(?!AWS/)[A-Za-z0-9._/#][A-Za-z0-9._/#:-]{0,254}$", text,
                 "a CloudWatch namespace such as Celldeck, that does not begin with AWS/");
}

/* /healthcheck is appended to its path. */
const char *word_endpoint(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    if (!host || !*host || word_url_pattern(text))
        return "an http:// or https:// URL such as https://cell0.example.com";
    if (g_uri_get_userinfo(uri))
        return "a URL without a user and password (this file is no place for secrets)";
    if (g_uri_get_query(uri) || g_uri_get_fragment(uri))
        return "a URL without '?' and '#': /healthcheck is appended to its path";
    return NULL;
}

const char *word_url_pattern(const char *text)
{
    return match("^https?://[^\\s]+$", text,
                 "an http:// or https:// URL such as https://{record}/healthcheck");
}

const char *word_host(const char *text)
{
    return match("^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?\\.?$", text,
                 "a host name such as cell0.example.com");
}

const char *word_record(const char *text)
{
    return match("\\{(subdomain|tenant)\\}", text,
                 "a name that differs from tenant to tenant, such as {subdomain}.example.com");
}

const char *word_address(const char *text)
{
    return match("^[0-9]{1,3}(\\.[0-9]{1,3}){3}(:[0-9]{1,5})?$", text,
                 "an IPv4 address such as 10.0.0.2 or 10.0.0.2:5353");
}

const char *word_account(const char *text)
{
    return match("^[0-9]{12}$", text, "an AWS account of 12 digits");
}

const char *word_arn(const char *text)
{
    return match("^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[^\\s]+$", text,
                 "an ARN such as arn:aws:sns:us-east-1:123456789012:ops");
}

const char *word_image(const char *text)
{
    return match("^[^\\s]*\\{version\\}[^\\s]*$", text,
                 "an image with {version} in it, such as medplum/medplum-server:{version}");
}

const char *word_with_cell(const char *text)
{
    return match("\\{cell\\}", text, "a path with {cell} in it, such as cells/{cell}.yaml");
}

#define HOUR "([01][0-9]|2[0-3]):[0-5][0-9]"

const char *word_zone(const char *text)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(text);
    return zone ? NULL
                : "a time zone that this machine knows (package tzdata), such as America/New_York";
}

const char *word_window(const char *text)
{
    static const char day[] = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    g_autofree char *pattern = g_strdup_printf(
        "^%s(-%s)?(,%s(-%s)?)* " HOUR "-(" HOUR "|24:00) [^ ]+$", day, day, day, day);
    const char *wrong =
        match(pattern, text, "a window such as Mon-Thu 09:00-16:00 America/New_York");
    return wrong ? wrong : word_zone(strrchr(text, ' ') + 1);
}

const char *word_day(const char *text)
{
    const char *wrong = match("^[0-9]{4}-[0-9]{2}-[0-9]{2}( " HOUR ")?$", text,
                              "a day such as 2026-12-18, or a minute of it: 2026-12-18 17:00");
    if (wrong)
        return wrong;
    g_autofree char *day = g_strndup(text, strlen("2026-12-18"));
    g_auto(GStrv) parts = g_strsplit(day, "-", 3);
    return g_date_valid_dmy((GDateDay)g_ascii_strtoull(parts[2], NULL, 10),
                            (GDateMonth)g_ascii_strtoull(parts[1], NULL, 10),
                            (GDateYear)g_ascii_strtoull(parts[0], NULL, 10))
               ? NULL
               : "a day that there is";
}

const char *word_store(const char *text)
{
    return match("^(sqlite|dynamodb)$", text, "sqlite or dynamodb");
}

/* What the others ask is what a cell passes on: there is nothing to pass without. */
const char *word_gate_off(const char *text)
{
    return match("^(regression|slo|alarms)$", text,
                 "regression, slo or alarms: limits, probe, data and traffic are always asked");
}

/* A dr cell has no traffic to compare anything with. */
const char *word_control_class(const char *text)
{
    return match("^(dev|shared|dedicated)$", text, "dev, shared or dedicated");
}

/* CloudWatch's names of 255 characters, in letters that files and terminals take as they are; those
 * of celldeck's own metrics are read anyway, and what gates call these stands for them alone. */
const char *word_own_metric(const char *text)
{
    static const struct {
        const char *taken, *expected;
    } others[] = {
        {"^(?!cell_(health_status|request_count|error_rate|cpu_utilization|db_connections|"
         "active_users|latency_p95)$)",
         "another name: celldeck reads this metric of every cell without being told"},
        {"^(?!(error_rate|latency|cpu|connections)$)",
         "another name: in gates.regression.metrics this word is a metric that celldeck reads of "
         "every cell without being told"},
    };
    const char *wrong = match("^[A-Za-z][A-Za-z0-9_.:/-]{0,254}$", text,
                              "a metric's name: a letter, then letters, digits and _ . : / -");
    for (size_t i = 0; !wrong && i < G_N_ELEMENTS(others); i++)
        wrong = match(others[i].taken, text, others[i].expected);
    return wrong;
}

/* Of "(low:high)", where both are there, the low one comes first. */
static bool bounds_in_order(const char *text)
{
    const char *low = strchr(text, '('), *colon = low ? strchr(low, ':') : NULL;
    if (!colon || colon == low + 1 || colon[1] == ')')
        return true;
    return g_ascii_strtod(low + 1, NULL) < g_ascii_strtod(colon + 1, NULL);
}

#define DECIMALS "(\\.[0-9]{1,10})?"
#define SHARE    "([0-9]{1,2}" DECIMALS "|100(\\.0{1,10})?)"
#define AMOUNT   "[0-9]{1,15}" DECIMALS
/* Two, or either of them. */
#define BOUNDS(x) "(" x ":" x "|:" x "|" x ":)"

#define PLAIN   "Average|Sum|Minimum|Maximum|SampleCount|IQM"
#define UP_TO   "(p|tm|wm|tc|ts)" SHARE
#define BETWEEN "(TM|WM|TC|TS)\\((" BOUNDS(SHARE "%") "|" BOUNDS(AMOUNT) ")\\)"
#define RANK    "PR\\(" BOUNDS(AMOUNT) "\\)"

/* GetMetricData's statistics, as CloudWatch's user guide defines them ("CloudWatch statistics
 * definitions"): bounds are percentages of 0 to 100 or values, up to 10 decimals; a rank's are
 * values alone. */
const char *word_stat(const char *text)
{
    static const char expected[] =
        "Average, Sum, Minimum, Maximum, SampleCount, a percentile of p0 to p100, IQM, or one that "
        "leaves values out: tm, wm, tc or ts with a percentage (tm99), TM, WM, TC or TS with bounds "
        "(TM(10%:90%), TC(:300)), PR with values (PR(100:2000))";
    const char *wrong = match("^(" PLAIN "|" UP_TO "|" BETWEEN "|" RANK ")$", text, expected);
    return wrong || bounds_in_order(text) ? wrong : "bounds of which the lower one comes first";
}

static const char *between(const char *text, double least, double most, const char *expected)
{
    double n = g_ascii_strtod(text, NULL);
    return n >= least && n <= most ? NULL : expected;
}

/* Of less than 1.05, chance makes most of what is seen. */
const char *word_ratio(const char *text)
{
    return between(text, 1.05, 100, "a ratio of 1.05 to 100, such as 1.3");
}

/* Below 10:1, one good release in ten may be rolled back. */
const char *word_odds(const char *text)
{
    return between(text, 10, 1e6, "odds of 10 to 1000000, such as 100");
}
