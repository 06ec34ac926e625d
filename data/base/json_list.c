#include "data/base/json_list.h"

#include <stdbool.h>
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

/* What follows an array's bracket. */
static bool elements(struct rest *rest, json_element_fn fn, gpointer data)
{
    if (comes(rest, ']'))
        return true;
    do {
        OWN_JSON element = value(rest);
        if (!element)
            return false;
        fn(element, data);
    } while (comes(rest, ','));
    return comes(rest, ']');
}

static bool member(struct rest *rest, json_t *object, const char *list, json_element_fn fn,
                   gpointer data)
{
    OWN_JSON key = value(rest);
    const char *name = json_string_value(key);
    if (!name || !comes(rest, ':'))
        return false;
    bool listed = strcmp(name, list) == 0 && comes(rest, '[');
    if (listed && !elements(rest, fn, data))
        return false;
    return json_object_set_new(object, name, listed ? json_array() : value(rest)) == 0;
}

json_t *json_list_read(const char *text, size_t length, const char *list, json_element_fn fn,
                       gpointer data)
{
    struct rest rest = {text, text + length};
    OWN_JSON object = json_object();
    if (!comes(&rest, '{'))
        return NULL;
    if (!comes(&rest, '}')) {
        do {
            if (!member(&rest, object, list, fn, data))
                return NULL;
        } while (comes(&rest, ','));
        if (!comes(&rest, '}'))
            return NULL;
    }
    skip_white(&rest);
    return rest.at == rest.end ? json_incref(object) : NULL;
}
