/* Reading loosely typed values: a scenario's YAML, a request's JSON, and a Query form (whose
 * numbers are text) all become jansson values, and are read through these. A key that is missing
 * or of another type gives the default. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

/* Borrowed from `object`. */
const char *sim_text(const json_t *object, const char *key, const char *otherwise);
/* Numbers, and text that is a number. */
double sim_number(const json_t *object, const char *key, double otherwise);
/* true, false, and text "true", "false". */
bool sim_flag(const json_t *object, const char *key, bool otherwise);
/* Milliseconds: "250ms", "90s", "24h" as in celldeck.yaml, and plain numbers of seconds (0.2). */
gint64 sim_duration(const json_t *object, const char *key, gint64 otherwise_ms);
/* Milliseconds since 1970 of a moment in epoch seconds or ISO 8601. */
gint64 sim_moment(const json_t *object, const char *key, gint64 otherwise_ms);

/* Whether array (or single text) `list` has the text `word`. NULL has nothing. */
bool sim_list_has(const json_t *list, const char *word);

/* A YAML document as JSON: plain scalars become numbers, booleans and null where they look so.
 * `name` is for the message. NULL and CD_ERROR_USAGE where it is no YAML. New reference. */
json_t *sim_yaml(const char *text, size_t length, const char *name, GError **error);

/* A JSON object as YAML for people: the outermost `depth` levels as blocks, the rest in flow
 * style. Caller frees. */
char *sim_yaml_text(const json_t *object, int depth);
