#include "tui/views/view.h"

#include "tui/console/list.h"

#define VIEW_POINTER(id, name, way, takes, keys, summary) [VIEW_##id] = &view_##name,
const struct view *view_of(enum view_id id)
{
    static const struct view *const views[] = {VIEWS(VIEW_POINTER)};
    return views[id];
}

#define VIEW_ENTRY(id, name, way, takes, keys, summary) [VIEW_##id] = {#name, way, takes, summary},
const struct view_entry *view_entry(enum view_id id)
{
    static const struct view_entry entries[] = {VIEWS(VIEW_ENTRY)};
    return &entries[id];
}

const struct list *view_list(const struct view *view, const void *state)
{
    return view->rows ? view->rows(state) : view->list ? view->list(state) : NULL;
}

bool view_reads_releases(enum view_id id)
{
    return id == VIEW_RELEASES || id == VIEW_RELEASE;
}

bool view_offers(const struct view *view, const void *state, const struct deck *deck,
                 enum request request)
{
    return (deck->write || !request_acts(request)) &&
           (!view->can || view->can(state, deck, request));
}

void view_show_row(const struct list *list, int at, struct canvas *canvas, int row)
{
    const struct hotspot hotspot = {HOTSPOT_ROW, at, list_row(list, at)};
    canvas_hotspot(canvas, row, 0, canvas->cols, &hotspot);
    if (at == list->index)
        canvas_select(canvas, row, 0, canvas->cols);
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
    case REQUEST_SCROLL_UP:
        list_scroll(list, -1);
        break;
    case REQUEST_SCROLL_DOWN:
        list_scroll(list, 1);
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
