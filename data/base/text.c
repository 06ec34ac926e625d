#include "data/base/text.h"

#include <math.h>
#include <string.h>

static bool is_harmless(gunichar c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return false;
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* bidi controls, zero-width joiners, BOM, tags */
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
        return false;
    default:
        /* Mongolian vowel separator, Hangul fillers and variation selectors draw nothing. */
        return !(c == 0x034f || c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||
                 (c >= 0x180b && c <= 0x180f) || (c >= 0xfe00 && c <= 0xfe0f));
    }
}

/* How many bytes `s` begins with that are one harmless column each; nearly all text is only that.
 */
static size_t plain_length(const char *s)
{
    const char *p = s;
    while (*p >= 0x20 && *p < 0x7f)
        p++;
    return (size_t)(p - s);
}

char *text_clean(const char *s)
{
    const char *rest = s ? s : "";
    size_t plain = plain_length(rest);
    if (!rest[plain])
        return g_strndup(rest, plain);
    GString *out = g_string_new_len(rest, (gssize)plain);
    for (const char *p = rest + plain; *p;) {
        gunichar c = g_utf8_get_char_validated(p, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (guchar)*p++);
            continue;
        }
        const char *next = g_utf8_next_char(p);
        if (is_harmless(c))
            g_string_append_len(out, p, next - p);
        else if (c < 0x100)
            g_string_append_printf(out, "\\x%02x", c);
        else
            g_string_append_printf(out, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
        p = next;
    }
    return g_string_free(out, FALSE);
}

char *text_utf8(const char *s, gssize length)
{
    return g_utf8_make_valid(s, length);
}

static int char_width(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

int text_width(const char *s)
{
    size_t plain = plain_length(s);
    int width = (int)plain;
    for (const char *p = s + plain; *p; p = g_utf8_next_char(p))
        width += char_width(g_utf8_get_char(p));
    return width;
}

/* How many bytes of `s` fit into `columns`; *used says how many columns they take. */
static size_t bytes_that_fit(const char *s, int columns, int *used)
{
    const char *p = s;
    *used = 0;
    while (*p) {
        int width = char_width(g_utf8_get_char(p));
        if (*used + width > columns)
            break;
        *used += width;
        p = g_utf8_next_char(p);
    }
    return (size_t)(p - s);
}

char *text_fit(const char *s, int columns, bool right, bool ascii)
{
    if (columns <= 0)
        return g_strdup("");
    GString *out = g_string_new(NULL);
    int used = text_width(s);
    if (used > columns) {
        size_t bytes = bytes_that_fit(s, columns - 1, &used);
        g_string_append_len(out, s, (gssize)bytes);
        g_string_append(out, ascii ? "~" : "…");
        used++;
    } else {
        g_string_append(out, s);
    }
    for (; used < columns; used++) {
        if (right)
            g_string_prepend_c(out, ' ');
        else
            g_string_append_c(out, ' ');
    }
    return g_string_free(out, FALSE);
}

char *text_count(gint64 n)
{
    GString *out = g_string_new(NULL);
    g_string_printf(out, "%" G_GINT64_FORMAT, n);
    gssize first = n < 0 ? 1 : 0;
    for (gssize at = (gssize)out->len - 3; at > first; at -= 3)
        g_string_insert_c(out, at, ',');
    return g_string_free(out, FALSE);
}

char *text_figure(double figure)
{
    bool large = figure >= 999.5 && figure < 1e15;
    return large ? text_count((gint64)nearbyint(figure)) : g_strdup_printf("%.3g", figure);
}

char *text_counted(gint64 n, const char *noun)
{
    g_autofree char *count = text_count(n);
    return g_strdup_printf("%s %s%s", count, noun, n == 1 ? "" : "s");
}

static size_t edit_distance(const char *a, const char *b)
{
    size_t width = strlen(b) + 1;
    g_autofree size_t *row = g_new(size_t, width);
    for (size_t j = 0; j < width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j < width; j++) {
            size_t above = row[j];
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            row[j] = MIN(change, MIN(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[width - 1];
}

const char *text_nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    size_t best_distance = MAX(1, strlen(word) / 3) + 1;
    for (; *candidates; candidates++) {
        size_t distance = edit_distance(word, *candidates);
        if (distance < best_distance) {
            best_distance = distance;
            best = *candidates;
        }
    }
    return best;
}

json_t *text_json(const char *s)
{
    if (!s)
        return json_null();
    g_autofree char *valid = text_utf8(s, -1);
    return json_string(valid);
}

char *text_json_dump(const json_t *json, bool pretty)
{
    size_t flags = JSON_ENSURE_ASCII | JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) : JSON_COMPACT);
    char *dumped = json_dumps(json, flags | JSON_REAL_PRECISION(15));
    char *copy = g_strdup(dumped);
    free(dumped);
    return copy;
}

char *text_csv(const char *field)
{
    GString *out = g_string_new(*field && strchr("=+-@", *field) ? "'" : NULL);
    g_string_append(out, field);
    if (strpbrk(out->str, ",\"\r\n")) {
        g_string_replace(out, "\"", "\"\"", 0);
        g_string_prepend_c(out, '"');
        g_string_append_c(out, '"');
    }
    return g_string_free(out, FALSE);
}
