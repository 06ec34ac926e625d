#include "tui/linear/plain.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *sign, *word;
} signs[] = {
    {" · ", "; "}, {" → ", " to "}, {"≥ ", "at least "}, {"≥", "at least "}, {"≤ ", "at most "},
    {"▲ ", ""},    {"✖ ", ""},      {"● ", ""},          {"○ ", ""},         {"✔ ", ""},
    {"◔ ", ""},    {"↺ ", ""},      {"◆ ", ""},          {"▸ ", ""},         {" …", " ..."},
    {"…", "..."},  {"→ ", ""},      {"×", " times"},
};

static gsize sign_at(const char *p, const char **word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        gsize n = strlen(signs[i].sign);
        if (strncmp(p, signs[i].sign, n) == 0) {
            *word = signs[i].word;
            return n;
        }
    }
    return 0;
}

/* What is not known, between two blanks. */
static const char nothing[] = "–";

static bool alone(const char *text, const char *p)
{
    const char *end = p + strlen(nothing);
    return g_str_has_prefix(p, nothing) && (p == text || p[-1] == ' ') && strchr(" ;,", *end);
}

char *plain_words(const char *text)
{
    GString *out = g_string_new(NULL);
    bool unknown = g_str_has_prefix(text, "? "); /* the sign of what is stale or unknown */
    for (const char *p = text + (unknown ? 2 : 0); *p;) {
        const char *word = "";
        gsize n = alone(text, p) ? strlen(nothing) : sign_at(p, &word);
        word = alone(text, p) ? "not known" : word;
        g_string_append_len(out, n ? word : p, n ? -1 : 1);
        p += n ? n : 1;
    }
    return g_string_free(out, FALSE);
}
