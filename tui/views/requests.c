#include "tui/views/requests.h"

#include <string.h>

#define REQUEST_BINDING(id, name, keys, places, summary)                                           \
    {REQUEST_##id, name, keys, places, summary},
static const struct binding bindings[] = {REQUESTS(REQUEST_BINDING)};

const struct binding *request_bindings(void)
{
    return bindings;
}

char *request_key(enum request request)
{
    const char *keys = bindings[request].keys;
    return g_strndup(keys, strcspn(keys, " "));
}

bool request_acts(enum request request)
{
    return request == REQUEST_START || request == REQUEST_APPROVE || request == REQUEST_PAUSE ||
           request == REQUEST_ABORT || request == REQUEST_ROLLBACK;
}
