/* Who lives in a cell, and what was done to it: parts of its page that may be long. */
#include "data/base/text.h"
#include "rollout/story.h"
#include "tui/views/cell_look.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"
#include "tui/views/requests.h"
#include "tui/views/wrap.h"

enum { USERS_COLS = 7 };

static int tenants_rows(const struct cell_look *look, int cols)
{
    (void)cols;
    return 1 + MAX(1, (int)look->tenants->len);
}

static void draw_tenant(const struct tenant *tenant, struct canvas *canvas, int row,
                        const struct area *area)
{
    g_autofree char *users =
        tenant->current_users < 0 ? g_strdup("–") : text_count(tenant->current_users);
    int col = area->col + USERS_COLS + 1, end = area->col + area->cols;
    canvas_right(canvas, row, area->col, USERS_COLS, ROLE_DIM, users);
    col += canvas_text(canvas, row, col, end - col, tenant->fault ? ROLE_WARN : ROLE_NORMAL,
                       tenant->id);
    if (tenant->status != TENANT_ACTIVE)
        col += canvas_printf(canvas, row, col, end - col, ROLE_WARN, " %s",
                             tenant_status_name(tenant->status));
    if (tenant->fault)
        canvas_printf(canvas, row, col, end - col, ROLE_WARN, ": %s", tenant->fault);
}

static void tenants_draw(const struct cell_look *look, struct canvas *canvas,
                         const struct area *area)
{
    const struct registry *registry = look->deck->snapshot->registry;
    const char *how = !registry ? ": not read" : !registry->complete ? ": read in part" : "";
    g_autofree char *count = registry_count_text(registry, look->cell->tenants);
    g_autofree char *users = registry_count_text(registry, look->cell->registered_users);
    g_autofree char *title =
        g_strdup_printf("%s tenants, %s users registered%s", count, users, how);
    frame_rule(canvas, area->row, area, title);
    if (look->tenants->len == 0)
        canvas_text(canvas, area->row + 1, area->col, area->cols,
                    registry ? ROLE_DIM : ROLE_UNKNOWN,
                    !registry            ? "? the registry was never read"
                    : registry->complete ? "none"
                                         : "? none in what was read");
    /* There may be thousands of them. */
    int from = MAX(0, -area->row - 1), to = canvas->rows - area->row - 1;
    for (int i = from; i < MIN(to, (int)look->tenants->len); i++)
        draw_tenant(look->tenants->pdata[i], canvas, area->row + 1 + i, area);
}

/* Newest first; what does not fit a row goes on in the next. With no canvas the rows are only
 * counted. */
static int put_history(const struct cell_look *look, struct canvas *canvas, const struct area *area)
{
    enum { CLOCK = 13, ID = 5 }; /* "Nov 23 11:50 r17  " */
    const GPtrArray *events = look->deck->cell_events;
    int row = 0, set_in = area->cols >= 50 ? CLOCK + ID : CLOCK;
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = events->pdata[i];
        g_autofree char *told = story_sentence(event);
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        wrap_text(told, MAX(8, area->cols - set_in), "", lines);
        if (canvas && area->row + row < canvas->rows && area->row + row + (int)lines->len > 0) {
            g_autofree char *time = mark_moment(event->at_ms, look->deck->now_ms);
            int at = area->row + row;
            canvas_text(canvas, at, area->col, CLOCK - 1, ROLE_DIM, time);
            if (set_in > CLOCK)
                canvas_text(canvas, at, area->col + CLOCK, ID - 1, ROLE_DIM, event->stream);
            for (guint l = 0; l < lines->len; l++)
                canvas_text(canvas, at + (int)l, area->col + set_in, area->cols - set_in,
                            mark_tone(story_tone(event)), lines->pdata[l]);
        }
        row += (int)lines->len;
    }
    return row;
}

/* How many operations on the cell the deck has not read; they are in the history. */
static guint earlier(const struct cell_look *look)
{
    guint n = 0;
    for (guint i = 0; i < look->deck->operations->len; i++) {
        const struct operation *operation = look->deck->operations->pdata[i];
        n += g_strv_contains((const char *const *)operation->cells, look->cell->config->id);
    }
    return n > DECK_CELL_OPERATIONS ? n - DECK_CELL_OPERATIONS : 0;
}

static int history_rows(const struct cell_look *look, int cols)
{
    const struct area area = {.cols = cols};
    return 1 + MAX(1, put_history(look, NULL, &area)) + (earlier(look) > 0);
}

static void history_draw(const struct cell_look *look, struct canvas *canvas,
                         const struct area *area)
{
    frame_rule(canvas, area->row, area, "what was done here, newest first");
    const struct area below = {area->row + 1, area->col, area->rows - 1, area->cols};
    if (look->deck->cell_events->len == 0)
        canvas_text(canvas, below.row, below.col, below.cols,
                    look->deck->journal_error ? ROLE_BAD : ROLE_DIM,
                    look->deck->journal_error ? "? the journal can't be read"
                                              : "nothing that the journal knows of");
    const int rows = put_history(look, canvas, &below);
    const guint more = earlier(look);
    g_autofree char *key = keymap_shown(look->deck->keymap, REQUEST_HISTORY);
    if (more)
        canvas_printf(canvas, below.row + MAX(1, rows), below.col, below.cols, ROLE_DIM,
                      "%u earlier operation%s: key %s", more, more == 1 ? "" : "s", key);
}

const struct cell_part cell_tenants = {tenants_rows, tenants_draw};
const struct cell_part cell_history = {history_rows, history_draw};
