/* Help: every key, out of the table that the keys themselves come from, on what terms this console
 * looks, and what it could not read. */
#include "tui/console/list.h"
#include "tui/views/terms.h"
#include "tui/views/unread.h"
#include "tui/views/view.h"

struct help {
    struct list list;
    GPtrArray *terms; /* char *: the last rows */
};

static void *help_open(void)
{
    struct help *help = g_new0(struct help, 1);
    list_init(&help->list);
    return help;
}

static void help_close(void *state)
{
    struct help *help = state;
    list_release(&help->list);
    if (help->terms)
        g_ptr_array_unref(help->terms);
    g_free(help);
}

static const char *const notes[] = {
    "Shapes: ● healthy  ○ standby, well  ▲ degraded  ✖ unhealthy  ? stale or unknown",
    "Rollouts: → deploying  ◔ baking  ✔ passed  ↺ back or going back  ◆ accepted",
    "▎ left of a cell: its health or version changed in the last 2 minutes",
    "Filters: words must all be there; !word must not; state:stale looks in one column",
    ":start VERSION attended: you stay and renew credentials that end before the plan does",
    "Commands: :start VERSION :cell ID :tenants TEXT :rollout ID :history :quit",
};

static void help_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct help *help = state;
    GPtrArray *terms = terms_lines(deck);
    GPtrArray *unread = unread_lines(deck, area->cols - 4);
    if (unread->len > 0)
        g_ptr_array_add(terms, g_strdup("Could not be read:"));
    g_ptr_array_extend_and_steal(terms, unread);
    GPtrArray *rows = g_ptr_array_new();
    for (int i = 0; i < REQUEST_COUNT; i++)
        g_ptr_array_add(rows, (gpointer)request_bindings()[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++)
        g_ptr_array_add(rows, (gpointer)notes[i]);
    for (guint i = 0; i < terms->len; i++)
        g_ptr_array_add(rows, g_ptr_array_index(terms, i));
    list_set(&help->list, rows);
    if (help->terms)
        g_ptr_array_unref(help->terms);
    help->terms = terms;
    list_fit(&help->list, area->rows - 1);
}

static void draw_binding(const struct binding *binding, struct canvas *canvas, int row)
{
    static const struct {
        enum spot spot;
        const char *name;
    } spots[] = {{PLACE_ROLLOUT, "rollout"}, {PLACE_CELL, "cell"}, {PLACE_FLEET, "lists"}};
    canvas_text(canvas, row, 2, 21, ROLE_KEY, binding->keys);
    canvas_text(canvas, row, 24, 10, ROLE_NORMAL, binding->name);
    canvas_text(canvas, row, 35, canvas->cols - 36, ROLE_DIM, binding->summary);
    for (size_t i = 0; binding->places != PLACE_ANY && i < G_N_ELEMENTS(spots); i++)
        if (binding->places & spots[i].spot) {
            canvas_right(canvas, row, 76, canvas->cols - 78, ROLE_DIM, spots[i].name);
            return;
        }
}

static void help_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    (void)deck;
    const struct help *help = state;
    const struct list *list = &help->list;
    canvas_text(canvas, area->row, 2, area->cols - 4, ROLE_HEADER,
                "celldeck " CELLDECK_VERSION ": keys");
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int at = list->top + i, row = area->row + 1 + i;
        if (at < REQUEST_COUNT)
            draw_binding(&request_bindings()[at], canvas, row);
        else
            canvas_text(canvas, row, 2, area->cols - 4, ROLE_NORMAL, list_row(list, at));
        if (at == list->index)
            canvas_select(canvas, row, 0, area->cols);
    }
}

static struct reaction help_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct help *help = state;
    return view_move(&help->list, request);
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_QUIT, REQUEST_COUNT};

const struct view view_help = {
    .hints = hints,
    .open = help_open,
    .close = help_close,
    .prepare = help_prepare,
    .draw = help_draw,
    .key = help_key,
};
