/* What AWS's own tools keep below ~/.aws: sign-ins in sso/cache, roles' sessions in cli/cache. A
 * JSON document a file, for its owner alone, named by the SHA-1 of what it is about. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* Of `folder` ("sso/cache") what is kept about `about`. `env` is an environment as of
 * g_get_environ(). Caller frees. */
char *tool_cache_path(char **env, const char *folder, const char *about);

/* NULL: there is none, or it is no JSON object in a file of at most 1 MiB. */
json_t *tool_cache_read(const char *path);

/* Puts `document` in the place of what is there, whole or not at all. `error` never quotes it. */
bool tool_cache_write(const char *path, const json_t *document, GError **error);

/* Whether tool_cache_write could. */
bool tool_cache_is_writable(const char *path);
