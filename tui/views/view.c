#include "tui/views/view.h"

#include "tui/console/list.h"

const struct view *view_of(enum view_id id)
{
    static const struct view *const views[] = {
        [VIEW_FLEET] = &view_fleet,     [VIEW_CELL] = &view_cell,
        [VIEW_TENANTS] = &view_tenants, [VIEW_TENANT] = &view_tenant,
        [VIEW_ROLLOUT] = &view_rollout, [VIEW_HISTORY] = &view_history,
        [VIEW_EVENTS] = &view_events,   [VIEW_HELP] = &view_help,
    };
    return views[id];
}

struct reaction view_move(struct list *list, enum request request)
{
    int page = MAX(1, list->height - 1), all = list_size(list);
    switch (request) {
    case REQUEST_UP:
        list_move(list, -1);
        break;
    case REQUEST_DOWN:
        list_move(list, 1);
        break;
    case REQUEST_PAGE_UP:
        list_move(list, -page);
        break;
    case REQUEST_PAGE_DOWN:
        list_move(list, page);
        break;
    case REQUEST_FIRST:
        list_move(list, -all);
        break;
    case REQUEST_LAST:
        list_move(list, all);
        break;
    default:
        return (struct reaction){.what = REACT_UNUSED};
    }
    return (struct reaction){.what = REACT_REDRAW};
}
