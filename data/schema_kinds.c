#include "data/schema_parts.h"

#include "data/base/text.h"
#include "data/base/when.h"

#include <string.h>

static bool parse_text(const struct schema_key *key, const char *text, gpointer member)
{
    (void)key;
    char **to = member;
    g_free(*to);
    *to = g_strdup(text);
    return true;
}

static json_t *json_text(const struct schema_key *key, gconstpointer member)
{
    (void)key;
    return text_json(*(char *const *)member);
}

static bool parse_bool(const struct schema_key *key, const char *text, gpointer member)
{
    (void)key;
    *(bool *)member = strcmp(text, "true") == 0;
    return *(bool *)member || strcmp(text, "false") == 0;
}

static json_t *json_bool(const struct schema_key *key, gconstpointer member)
{
    (void)key;
    return json_boolean(*(const bool *)member);
}

static bool parse_count(const struct schema_key *key, const char *text, gpointer member)
{
    guint64 n;
    if (!g_ascii_string_to_unsigned(text, 10, key->positive, G_MAXINT64, &n, NULL))
        return false;
    *(gint64 *)member = (gint64)n;
    return true;
}

static json_t *json_count(const struct schema_key *key, gconstpointer member)
{
    (void)key;
    return json_integer(*(const gint64 *)member);
}

static bool parse_int(const struct schema_key *key, const char *text, gpointer member)
{
    gint64 n;
    if (!parse_count(key, text, &n) || n > G_MAXINT)
        return false;
    *(int *)member = (int)n;
    return true;
}

static json_t *json_int(const struct schema_key *key, gconstpointer member)
{
    (void)key;
    return json_integer(*(const int *)member);
}

/* Ten years: what is longer is a slip, and moments are added up of it. */
#define LONGEST_DURATION_MS (3650 * WHEN_DAY)

static bool parse_duration(const struct schema_key *key, const char *text, gpointer member)
{
    gint64 ms;
    if (!duration_parse(text, &ms) || ms > LONGEST_DURATION_MS || (key->positive && ms == 0))
        return false;
    *(gint64 *)member = ms;
    return true;
}

static bool parse_seconds(const struct schema_key *key, const char *text, gpointer member)
{
    g_autofree char *with_unit = g_strconcat(text, "s", NULL);
    return parse_duration(key, with_unit, member) || parse_duration(key, text, member);
}

static json_t *json_duration(const struct schema_key *key, gconstpointer member)
{
    (void)key;
    gint64 ms = *(const gint64 *)member;
    g_autofree char *text = ms < 0 ? NULL : duration_config_text(ms);
    return text ? json_string(text) : json_null();
}

/* Decimal only: strtod() would take nan, inf and hexadecimal, too. */
static bool parse_number(const struct schema_key *key, const char *text, gpointer member)
{
    char *end = NULL;
    if (!g_ascii_isdigit(*text) || text[strspn(text, "0123456789.")])
        return false;
    double n = g_ascii_strtod(text, &end);
    if (*end || (key->positive && n <= 0))
        return false;
    *(double *)member = n;
    return true;
}

static bool parse_percent(const struct schema_key *key, const char *text, gpointer member)
{
    g_autofree char *number = g_strdup(text);
    if (g_str_has_suffix(number, "%"))
        number[strlen(number) - 1] = '\0';
    double pct;
    if (!parse_number(key, number, &pct) || pct > 100)
        return false;
    *(double *)member = pct;
    return true;
}

static json_t *json_number(const struct schema_key *key, gconstpointer member)
{
    (void)key;
    double n = *(const double *)member;
    return n < 0 ? json_null() : json_real(n);
}

static bool parse_choice(const struct schema_key *key, const char *text, gpointer member)
{
    for (int i = 0; key->choices[i]; i++) {
        if (strcmp(key->choices[i], text) == 0) {
            *(int *)member = i;
            return true;
        }
    }
    return false;
}

static json_t *json_choice(const struct schema_key *key, gconstpointer member)
{
    return json_string(key->choices[*(const int *)member]);
}

static bool parse_either(const struct schema_key *key, const char *text, gpointer member)
{
    int place;
    if (!parse_choice(key, text, &place))
        return false;
    *(bool *)member = place == 1;
    return true;
}

static json_t *json_either(const struct schema_key *key, gconstpointer member)
{
    return json_string(key->choices[*(const bool *)member]);
}

static const struct schema_scalar scalars[] = {
    [SCHEMA_TEXT] = {"a text", false, parse_text, json_text},
    [SCHEMA_BOOL] = {"true or false", true, parse_bool, json_bool},
    [SCHEMA_INT] = {"a whole number", true, parse_int, json_int},
    [SCHEMA_COUNT] = {"a whole number", true, parse_count, json_count},
    [SCHEMA_DURATION] = {"a duration such as 90s, 15m, 24h or 7d, at most 3650d", false,
                         parse_duration, json_duration},
    [SCHEMA_SECONDS] = {"seconds, or a duration such as 90s or 15m", false, parse_seconds,
                        json_duration},
    [SCHEMA_PERCENT] = {"a percentage from 0 to 100, such as 90%", false, parse_percent,
                        json_number},
    [SCHEMA_NUMBER] = {"a number such as 673 or 0.5", true, parse_number, json_number},
    [SCHEMA_CHOICE] = {"one of", false, parse_choice, json_choice},
    [SCHEMA_EITHER] = {"one of", false, parse_either, json_either},
};

const struct schema_scalar *schema_scalar(enum schema_kind kind)
{
    return kind < G_N_ELEMENTS(scalars) ? &scalars[kind] : NULL;
}

void schema_default(const struct schema_key *key, gpointer member)
{
    const struct schema_scalar *scalar = schema_scalar(key->kind);
    if (scalar && key->fallback)
        scalar->parse(key, key->fallback, member);
    else if (key->kind == SCHEMA_DURATION || key->kind == SCHEMA_SECONDS)
        *(gint64 *)member = -1;
    else if (key->kind == SCHEMA_NUMBER)
        *(double *)member = -1;
    else if (key->kind == SCHEMA_TEXTS)
        *(char ***)member = g_strsplit(key->fallback ? key->fallback : "", " ", -1);
    else if (key->kind == SCHEMA_TEXT_MAP)
        *(GHashTable **)member = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    else if (key->kind == SCHEMA_LIST || key->kind == SCHEMA_MAP)
        *(GPtrArray **)member = g_ptr_array_new();
}
