/* Path globs as git and shells write them: `*` and `?` stay within one folder, `**` goes through
 * any number of them (none, too). A glob without a wildcard at its end means the file or all that
 * lies below the folder. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* NULL-terminated `globs` compiled; free with g_regex_unref(). No globs match nothing. NULL and
 * CD_ERROR_USAGE where they are too long together. */
GRegex *glob_compile(char *const *globs, GError **error);
/* A path that could not be decided about within PCRE's limits counts as matching. */
bool glob_matches(const GRegex *globs, const char *path);
