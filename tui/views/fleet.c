/* The fleet: one row a cell, worst first. */
#include "data/base/text.h"
#include "tui/views/fleet_columns.h"
#include "tui/views/fleet_log.h"
#include "tui/views/headline.h"
#include "tui/views/sheet_find.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

#include <string.h>

struct fleet {
    struct find find;
    GPtrArray *headline, *next; /* their lines */
    enum role headline_role;
};

static void *fleet_open(void)
{
    struct fleet *fleet = g_new0(struct fleet, 1);
    find_init(&fleet->find);
    fleet->headline = g_ptr_array_new();
    fleet->next = g_ptr_array_new();
    return fleet;
}

static void fleet_close(void *state)
{
    struct fleet *fleet = state;
    find_release(&fleet->find);
    g_ptr_array_unref(fleet->headline);
    g_ptr_array_unref(fleet->next);
    g_free(fleet);
}

static gint worst_first(gconstpointer a, gconstpointer b)
{
    const struct cell *const *x = a, *const *y = b;
    return cell_by_worst(*x, *y);
}

GPtrArray *fleet_in_order(const struct deck *deck)
{
    GPtrArray *cells = g_ptr_array_new();
    for (size_t i = 0; deck->snapshot && i < deck->snapshot->n_cells; i++)
        g_ptr_array_add(cells, &deck->snapshot->cells[i]);
    g_ptr_array_sort(cells, worst_first);
    return cells;
}

/* Above the cells: the headline, what to do next, and the titles. */
static int head_rows(const struct fleet *fleet)
{
    return (int)(fleet->headline->len + fleet->next->len) + 1;
}

/* On a small screen what is wrong has two lines and its next step one; that all is well has one,
 * on any but a large one. */
enum { TINY_ROWS = 8, SMALL_ROWS = 14, LARGE_ROWS = 30 };

static void set_headline(struct fleet *fleet, const struct deck *deck, const GPtrArray *cells,
                         const struct area *area)
{
    g_autofree char *next = headline_next(deck, cells);
    g_autofree char *whole = headline(deck, cells, &fleet->headline_role);
    bool tiny = area->rows < TINY_ROWS, small = area->rows < SMALL_ROWS;
    bool brief = area->rows < LARGE_ROWS && !next && fleet->headline_role == ROLE_NORMAL;
    int most = tiny || brief ? 1 : small ? 2 : 3, cols = area->cols - 2;
    g_ptr_array_unref(fleet->headline);
    fleet->headline = headline_lines(deck, cells, cols, most, &fleet->headline_role);
    g_ptr_array_unref(fleet->next);
    fleet->next = g_ptr_array_new_with_free_func(g_free);
    if (next && !tiny)
        wrap_within(next, cols, "  ", small ? 1 : 2, fleet->next);
}

static int log_rows(const struct fleet *fleet, const struct area *area)
{
    int spare = area->rows - head_rows(fleet) - 1 - (int)fleet->find.given->len;
    return area->rows < 12 ? 0 : MAX(spare, 3);
}

static void fleet_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct fleet *fleet = state;
    g_autoptr(GPtrArray) cells = fleet_in_order(deck);
    set_headline(fleet, deck, cells, area);
    find_follow(&fleet->find, &fleet_sheet, deck, &deck->arranged[VIEW_FLEET], cells);
    list_fit(&fleet->find.list, area->rows - head_rows(fleet) - log_rows(fleet, area));
}

static const char *why_none(const struct fleet *fleet, const struct deck *deck)
{
    if (*deck->filter)
        return "no cell passes the filter (Esc shows all)";
    return fleet->find.given->len ? "nothing is wrong with any cell (f shows all)" : "";
}

static void fleet_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                       const struct area *area)
{
    const struct fleet *fleet = state;
    int head = head_rows(fleet), log = log_rows(fleet, area);
    int row = area->row;
    for (guint i = 0; i < fleet->headline->len; i++)
        canvas_text(canvas, row++, 1, area->cols - 2, fleet->headline_role,
                    g_ptr_array_index(fleet->headline, i));
    for (guint i = 0; i < fleet->next->len; i++)
        canvas_text(canvas, row++, 1, area->cols - 2, ROLE_TITLE,
                    g_ptr_array_index(fleet->next, i));
    const struct area table = {area->row + head - 1, 0, area->rows - head + 1 - log, area->cols};
    sheet_draw(&fleet_sheet, deck, &deck->arranged[VIEW_FLEET], &fleet->find.list, fleet->find.rows,
               canvas, &table);
    if (deck->snapshot && list_size(&fleet->find.list) == 0)
        canvas_text(canvas, area->row + head, 3, area->cols - 4, ROLE_DIM, why_none(fleet, deck));
    if (log >= 2) {
        const struct area below = {area->row + area->rows - log, 1, log, area->cols - 2};
        fleet_log_draw(deck, canvas, &below);
    }
}

static const struct list *fleet_list(const void *state)
{
    return &((const struct fleet *)state)->find.list;
}

static void fleet_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)deck;
    const struct list *list = fleet_list(state);
    for (int i = list->top; i < list->top + list->height && i < list_size(list); i++)
        g_ptr_array_add(ids, (gpointer)list_row(list, i));
}

static struct topic fleet_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    return (struct topic){.cell = fleet_list(state)->selected};
}

static struct reaction fleet_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct list *list = &((struct fleet *)state)->find.list;
    if (request == REQUEST_OPEN && list->selected)
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, list->selected};
    return view_move(list, request);
}

static bool fleet_can(const void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return fleet_list(state)->selected || (request != REQUEST_OPEN && request != REQUEST_CELL);
}

static const enum request hints[] = {
    REQUEST_OPEN,    REQUEST_ROLLOUT, REQUEST_FAILOVER, REQUEST_TENANTS, REQUEST_START,
    REQUEST_HISTORY, REQUEST_FILTER,  REQUEST_SORT,     REQUEST_FAULTS,  REQUEST_MARK,
    REQUEST_COMMAND, REQUEST_HELP,    REQUEST_QUIT,     REQUEST_COUNT};

const struct view view_fleet = {
    .sheet = &fleet_sheet,
    .hints = hints,
    .open = fleet_open,
    .close = fleet_close,
    .prepare = fleet_prepare,
    .draw = fleet_draw,
    .list = fleet_list,
    .cells = fleet_cells,
    .topic = fleet_topic,
    .can = fleet_can,
    .key = fleet_key,
};
