#include "data/glob.h"

#include "data/base/error.h"

static void append_glob(GString *out, const char *glob)
{
    for (const char *p = glob; *p;) {
        if (g_str_has_prefix(p, "**/")) {
            g_string_append(out, "(.*/)?");
            p += 3;
        } else if (g_str_has_prefix(p, "**")) {
            g_string_append(out, ".*");
            p += 2;
        } else if (*p == '*' || *p == '?') {
            g_string_append(out, *p++ == '*' ? "[^/]*" : "[^/]");
        } else {
            g_autofree char *literal = g_regex_escape_string(p, 1);
            g_string_append(out, literal);
            p++;
        }
    }
    g_string_append(out, g_str_has_suffix(glob, "/") ? ".*" : "(/.*)?");
}

GRegex *glob_compile(char *const *globs, GError **error)
{
    g_autoptr(GString) pattern = g_string_new("^(?:(?!)");
    for (; *globs; globs++) {
        g_string_append_c(pattern, '|');
        append_glob(pattern, *globs);
    }
    g_string_append(pattern, ")$");
    g_autoptr(GError) cause = NULL;
    GRegex *compiled =
        g_regex_new(pattern->str, G_REGEX_RAW | G_REGEX_DOTALL | G_REGEX_DOLLAR_ENDONLY, 0, &cause);
    if (!compiled)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "cannot use the path globs: %s; shorten them",
                    cause->message);
    return compiled;
}

bool glob_matches(const GRegex *globs, const char *path)
{
    g_autoptr(GError) undecided = NULL;
    return g_regex_match_full(globs, path, -1, 0, 0, NULL, &undecided) || undecided;
}
