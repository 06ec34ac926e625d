/* One cell: how it is and why, who is affected, what it measures, and what was done to it. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/pane.h"
#include "tui/views/cell_notes.h"
#include "tui/views/cell_page.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

#include <string.h>

struct cell_view {
    gint64 span_ms;
    struct pane pane;
    char *shown;               /* the cell that the pane is on; NULL: none yet */
    struct registry *registry; /* `tenants` are of, or NULL */
    GPtrArray *tenants;        /* struct tenant *: of the cell, most users first */
    struct cell_look look;     /* of the last prepare() */
    GPtrArray *reasons;        /* char *: lines below the title */
    GPtrArray *more_reasons;   /* char *: those for which it has no room */
    GArray *blocks;            /* of the page; NULL: no cell */
};

static void *cell_open(void)
{
    struct cell_view *view = g_new0(struct cell_view, 1);
    view->span_ms = WHEN_HOUR;
    view->tenants = g_ptr_array_new();
    view->reasons = g_ptr_array_new_with_free_func(g_free);
    view->more_reasons = g_ptr_array_new_with_free_func(g_free);
    return view;
}

static void cell_close(void *state)
{
    struct cell_view *view = state;
    registry_unref(view->registry);
    g_ptr_array_unref(view->tenants);
    g_ptr_array_unref(view->reasons);
    g_ptr_array_unref(view->more_reasons);
    g_clear_pointer(&view->blocks, g_array_unref);
    g_free(view->shown);
    g_free(view);
}

static gint most_users_first(gconstpointer a, gconstpointer b)
{
    const struct tenant *x = *(const struct tenant *const *)a,
                        *y = *(const struct tenant *const *)b;
    if (x->current_users != y->current_users)
        return x->current_users < y->current_users ? 1 : -1;
    return strcmp(x->id, y->id);
}

/* Only when the registry or the cell is another: there may be 100,000 to go through. */
static void find_tenants(struct cell_view *view, struct registry *registry, const char *cell)
{
    if (registry == view->registry && g_strcmp0(view->shown, cell) == 0)
        return;
    g_ptr_array_set_size(view->tenants, 0);
    for (guint i = 0; registry && i < registry->tenants->len; i++) {
        struct tenant *tenant = registry->tenants->pdata[i];
        if (g_strcmp0(tenant->cell, cell) == 0)
            g_ptr_array_add(view->tenants, tenant);
    }
    g_ptr_array_sort(view->tenants, most_users_first);
    struct registry *before = view->registry;
    view->registry = registry ? registry_ref(registry) : NULL;
    registry_unref(before);
}

/* Below the title as many lines of why as leave the page most of the screen. */
static void set_reasons(struct cell_view *view, const struct cell *cell, const struct area *area)
{
    g_ptr_array_set_size(view->reasons, 0);
    g_ptr_array_set_size(view->more_reasons, 0);
    for (char **reason = cell->reasons; *reason; reason++)
        wrap_text(*reason, MAX(8, area->cols - 5), "  ", view->reasons);
    guint most = (guint)MAX(2, area->rows / 4);
    while (view->reasons->len > most)
        g_ptr_array_insert(view->more_reasons, 0,
                           g_ptr_array_steal_index(view->reasons, view->reasons->len - 1));
}

static void look_at(struct cell_view *view, const struct deck *deck, const struct cell *cell)
{
    view->look = (struct cell_look){.deck = deck,
                                    .cell = cell,
                                    .tenants = view->tenants,
                                    .span_ms = view->span_ms,
                                    .more_reasons = view->more_reasons};
    g_autoptr(GArray) notes = cell_notes_of(deck->cell_events);
    slo_budget_count(&view->look.budget, cell->config->sla_pct, deck->config->metrics.period_ms,
                     &cell->reading, (const struct slo_note *)(void *)notes->data, notes->len,
                     deck->now_ms);
}

static int page_rows(const struct cell_view *view, const struct area *area)
{
    return MAX(0, area->rows - 1 - (int)view->reasons->len);
}

static void cell_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct cell_view *view = state;
    const struct cell *cell = deck_cell(deck, deck->cell);
    g_clear_pointer(&view->blocks, g_array_unref);
    if (!cell)
        return;
    find_tenants(view, deck->snapshot->registry, deck->cell);
    if (g_strcmp0(view->shown, deck->cell) != 0) {
        g_free(view->shown);
        view->shown = g_strdup(deck->cell);
        view->pane.top = 0;
    }
    set_reasons(view, cell, area);
    look_at(view, deck, cell);
    int rows = page_rows(view, area), all = 0;
    view->blocks = cell_page_lay(&view->look, rows, MAX(1, area->cols - 2), &all);
    pane_fit(&view->pane, rows, all);
}

static void draw_title(const struct cell_view *view, struct canvas *canvas, const struct area *area)
{
    const struct deck *deck = view->look.deck;
    const struct cell *cell = view->look.cell;
    struct mark mark = mark_health(cell->health);
    const struct cell_config *config = cell->config;
    g_autofree char *state = mark_health_text(cell, deck->now_ms);
    g_autofree char *hidden = pane_text(&view->pane);
    const char *wave = deck_wave(deck, config);
    int col = 1, row = area->row, end = area->cols - 2 - text_width(hidden);
    canvas_right(canvas, row, end, area->cols - 1 - end, ROLE_ACCENT, hidden);
    col += canvas_printf(canvas, row, col, end - col, mark.role, "%s ", mark.shape);
    col += canvas_text(canvas, row, col, end - col, ROLE_TITLE, config->id) + 1;
    col += canvas_text(canvas, row, col, end - col, mark.role, state);
    if (cell->since_ms > 0 && cell->health != HEALTH_STALE) {
        g_autofree char *age = duration_short(MAX(0, deck->now_ms - cell->since_ms));
        col += canvas_printf(canvas, row, col, end - col, mark.role, " for %s", age);
    }
    col += canvas_printf(canvas, row, col, end - col, ROLE_NORMAL, " · %s",
                         cell->version ? cell->version : "version unknown");
    canvas_printf(canvas, row, col, end - col, ROLE_DIM, " · %s · %s · %s · wave %s",
                  cell_class_name(config->class), config->region, config->residency,
                  wave ? wave : "–");
    for (guint i = 0; i < view->reasons->len; i++)
        canvas_text(canvas, row + 1 + (int)i, 3, area->cols - 4, mark.role,
                    view->reasons->pdata[i]);
}

static void cell_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    const struct cell_view *view = state;
    if (!view->blocks) {
        canvas_printf(canvas, area->row, 2, area->cols - 4, ROLE_WARN,
                      "nothing has been read of cell %s yet", deck->cell ? deck->cell : "–");
        return;
    }
    draw_title(view, canvas, area);
    if (view->pane.height < 1 || area->cols < 3)
        return;
    struct canvas *page = canvas_new(view->pane.height, area->cols - 2, canvas->ascii);
    cell_page_draw(&view->look, view->blocks, view->pane.top, page);
    canvas_paste(canvas, area->row + 1 + (int)view->reasons->len, 1, page);
    canvas_free(page);
}

static void cell_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)state;
    if (deck->cell)
        g_ptr_array_add(ids, deck->cell);
}

/* The last hours are kept of every cell. */
static gint64 cell_past_ms(const void *state)
{
    const struct cell_view *view = state;
    return view->span_ms > 3 * WHEN_HOUR ? view->span_ms : 0;
}

static gint64 next_span(gint64 span_ms)
{
    static const gint64 spans[] = {WHEN_HOUR, 3 * WHEN_HOUR, WHEN_DAY};
    size_t i = 0;
    while (i < G_N_ELEMENTS(spans) && spans[i] <= span_ms)
        i++;
    return spans[i % G_N_ELEMENTS(spans)];
}

/* How far a key scrolls; 0: it does not. */
static int scrolled_by(const struct pane *pane, enum request request)
{
    int page = MAX(1, pane->height - 1), all = pane->all;
    const struct {
        enum request request;
        int by;
    } steps[] = {{REQUEST_UP, -1},          {REQUEST_DOWN, 1},       {REQUEST_PAGE_UP, -page},
                 {REQUEST_PAGE_DOWN, page}, {REQUEST_FIRST, -all},   {REQUEST_LAST, all},
                 {REQUEST_SCROLL_UP, -1},   {REQUEST_SCROLL_DOWN, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        if (steps[i].request == request)
            return steps[i].by;
    return 0;
}

static struct reaction cell_key(void *state, const struct deck *deck, enum request request)
{
    struct cell_view *view = state;
    int by = scrolled_by(&view->pane, request);
    if (by != 0) {
        pane_move(&view->pane, by);
        return (struct reaction){.what = REACT_REDRAW};
    }
    switch (request) {
    case REQUEST_SPAN:
        view->span_ms = next_span(view->span_ms);
        return (struct reaction){.what = REACT_REDRAW};
    case REQUEST_NEXT:
    case REQUEST_PREVIOUS:
        return (struct reaction){REACT_TURN, VIEW_CELL, request,
                                 deck_neighbour(deck, request == REQUEST_NEXT ? 1 : -1)};
    default:
        return (struct reaction){.what = REACT_UNUSED};
    }
}

static const enum request hints[] = {REQUEST_BACK,     REQUEST_DOWN,     REQUEST_SPAN,
                                     REQUEST_FAILOVER, REQUEST_TENANTS,  REQUEST_ROLLOUT,
                                     REQUEST_NEXT,     REQUEST_PREVIOUS, REQUEST_HELP,
                                     REQUEST_QUIT,     REQUEST_COUNT};

const struct view view_cell = {
    .hints = hints,
    .open = cell_open,
    .close = cell_close,
    .prepare = cell_prepare,
    .draw = cell_draw,
    .cells = cell_cells,
    .past_ms = cell_past_ms,
    .key = cell_key,
};
