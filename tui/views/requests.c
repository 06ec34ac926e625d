#include "tui/views/requests.h"

#define REQUEST_BINDING(id, name, keys, places, summary)                                           \
    {REQUEST_##id, name, keys, places, summary},
#define VIEW_BINDING(id, name, way, takes, keys, summary)                                          \
    {REQUEST_##id, #name, keys, PLACE_ANY, summary},
static const struct binding bindings[] = {REQUESTS(REQUEST_BINDING) VIEWS(VIEW_BINDING)};

const struct binding *request_bindings(void)
{
    return bindings;
}

enum view_id request_view(enum request request)
{
    int after = (int)request - (int)(REQUEST_COUNT - VIEW_COUNT);
    return after >= 0 && after < VIEW_COUNT ? (enum view_id)after : VIEW_COUNT;
}

bool request_acts(enum request request)
{
    return request == REQUEST_START || request == REQUEST_APPROVE || request == REQUEST_PAUSE ||
           request == REQUEST_ABORT || request == REQUEST_ROLLBACK;
}
