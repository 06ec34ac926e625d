/* Reader for the INI dialect of ~/.aws/config and ~/.aws/credentials, as botocore (Python's
 * configparser) reads it; GKeyFile refuses its `;` comments and continuation lines.
 *
 * `#` and `;` start a comment only at the start of a line. A key ends at the first `=` or `:` and
 * is not case-sensitive. A line indented deeper than the key before continues its value; under a
 * key without a value of its own, `name = value` lines nest and are kept as "key.name". */
#pragma once

#include <glib.h>

/* section -> (lower-case key -> value), both GHashTable. Sections that stand twice are merged.
 * NULL with G_KEY_FILE_ERROR_PARSE naming `path` and line; lines are never quoted, for they may
 * hold secrets. */
GHashTable *ini_parse(const char *text, const char *path, GError **error);
