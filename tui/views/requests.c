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
    static const bool acts[REQUEST_COUNT] = {
        [REQUEST_START] = true,        [REQUEST_APPROVE] = true,     [REQUEST_PAUSE] = true,
        [REQUEST_ABORT] = true,        [REQUEST_ROLLBACK] = true,    [REQUEST_ROLLBACK_WAVE] = true,
        [REQUEST_ROLLBACK_ALL] = true, [REQUEST_RETRY] = true,       [REQUEST_SKIP] = true,
        [REQUEST_ACCEPT] = true,       [REQUEST_LIFT_WINDOW] = true, [REQUEST_SHORTEN_BAKE] = true,
        [REQUEST_RESUME] = true,       [REQUEST_REVERT] = true,      [REQUEST_FAIL_OVER] = true,
        [REQUEST_DRILL] = true,        [REQUEST_MOVE_IT] = true,     [REQUEST_WITHOUT_DNS] = true,
    };
    return acts[request];
}
