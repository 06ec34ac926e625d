#include "data/base/json_list.h"

#include <string.h>

struct rest {
    const char *at, *end;
};

static void skip_white(struct rest *rest)
{
    while (rest->at < rest->end && *rest->at && strchr(" \t\r\n", *rest->at))
        rest->at++;
}

/* Whether `c` comes next; then it is passed over. */
static bool comes(struct rest *rest, char c)
{
    skip_white(rest);
    bool found = rest->at < rest->end && *rest->at == c;
    rest->at += found;
    return found;
}

/* The value that comes next, whatever follows it. New reference; NULL: there is none. */
static json_t *value(struct rest *rest)
{
    json_error_t told;
    json_t *json = json_loadb(rest->at, (size_t)(rest->end - rest->at),
                              JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &told);
    if (json)
        rest->at += told.position;
    return json;
}

/* Where the string ends that begins at `at`: behind its closing quote. NULL: it does not. */
static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        at += *at == '\\';
    return at < end ? at + 1 : NULL;
}

/* Where the object that begins at `at` ends, if it is one: nobody has looked closely. NULL: it does
 * not. */
static const char *object_end(const char *at, const char *end)
{
    guint depth = 0;
    while (at && at < end) {
        char c = *at;
        if (c == '"') {
            at = string_end(at, end);
            continue;
        }
        depth += c == '{' || c == '[';
        if ((c == '}' || c == ']') && --depth == 0)
            return at + 1;
        at++;
    }
    return NULL;
}

/* Whether what comes next is known; then it is passed over. */
static bool is_known(struct rest *rest, const struct json_list_reader *reader, gpointer data)
{
    skip_white(rest);
    if (!reader->known || rest->at == rest->end || *rest->at != '{')
        return false;
    const char *behind = object_end(rest->at, rest->end);
    bool known = behind && reader->known(rest->at, (size_t)(behind - rest->at), data);
    if (known)
        rest->at = behind;
    return known;
}

static bool element(struct rest *rest, const struct json_list_reader *reader, gpointer data)
{
    if (is_known(rest, reader, data))
        return true;
    const char *text = rest->at;
    OWN_JSON json = value(rest);
    if (json)
        reader->element(json, text, (size_t)(rest->at - text), data);
    return json != NULL;
}

/* What follows an array's bracket. */
static bool elements(struct rest *rest, const struct json_list_reader *reader, gpointer data)
{
    if (comes(rest, ']'))
        return true;
    do {
        if (!element(rest, reader, data))
            return false;
    } while (comes(rest, ','));
    return comes(rest, ']');
}

static bool member(struct rest *rest, json_t *object, const char *list,
                   const struct json_list_reader *reader, gpointer data)
{
    OWN_JSON key = value(rest);
    const char *name = json_string_value(key);
    if (!name || !comes(rest, ':'))
        return false;
    bool listed = strcmp(name, list) == 0 && comes(rest, '[');
    if (listed && !elements(rest, reader, data))
        return false;
    return json_object_set_new(object, name, listed ? json_array() : value(rest)) == 0;
}

json_t *json_list_read(const char *text, size_t length, const char *list,
                       const struct json_list_reader *reader, gpointer data)
{
    struct rest rest = {text, text + length};
    OWN_JSON object = json_object();
    if (!comes(&rest, '{'))
        return NULL;
    if (!comes(&rest, '}')) {
        do {
            if (!member(&rest, object, list, reader, data))
                return NULL;
        } while (comes(&rest, ','));
        if (!comes(&rest, '}'))
            return NULL;
    }
    skip_white(&rest);
    return rest.at == rest.end ? json_incref(object) : NULL;
}
