/* Signs what it is told to on stdin, one JSON object a line, and prints each Authorization header:
 * for sigv4.test, which compares them with botocore's. */
#include "data/aws/sign.h"

#include <stdio.h>
#include <string.h>

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void sign_one(const json_t *one)
{
    const json_t *list = json_object_get(one, "headers");
    size_t count = json_array_size(list);
    g_autofree struct sign_header *headers = g_new0(struct sign_header, count);
    for (size_t i = 0; i < count; i++)
        headers[i] =
            (struct sign_header){json_string_value(json_array_get(json_array_get(list, i), 0)),
                                 json_string_value(json_array_get(json_array_get(list, i), 1))};
    const char *body = text(one, "body");
    struct sign_request request = {.method = text(one, "method"),
                                   .path = text(one, "path"),
                                   .query = text(one, "query"),
                                   .headers = headers,
                                   .n_headers = count,
                                   .body = body,
                                   .body_size = strlen(body)};
    struct sign_scope scope = {text(one, "region"), text(one, "service"),
                               json_integer_value(json_object_get(one, "at_ms"))};
    OWN(keys) keys = keys_new(text(one, "id"), text(one, "secret"), text(one, "token"), 0, "test");
    struct signature signature = {0};
    sign(&request, keys, &scope, &signature);
    puts(signature.authorization);
    signature_clear(&signature);
}

int main(void)
{
    g_autofree char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        OWN_JSON one = json_loads(line, 0, NULL);
        if (!one)
            return 1;
        sign_one(one);
    }
    return 0;
}
