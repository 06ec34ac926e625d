/* History: every operation, newest first. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/list.h"
#include "tui/console/table.h"
#include "tui/views/filter.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

enum {
    COL_ID,
    COL_KIND,
    COL_SUBJECT,
    COL_STATE,
    COL_STARTED,
    COL_TOOK,
    COL_ACTOR,
    COL_CELLS,
    COL_REASON,
    COL_COUNT
};

static const struct column columns[COL_COUNT] = {
    [COL_ID] = {"ID", 4, 6, 0, false},
    [COL_KIND] = {"KIND", 8, 9, 5, false},
    [COL_SUBJECT] = {"SUBJECT", 8, 16, 0, false},
    [COL_STATE] = {"STATE", 9, 10, 0, false},
    [COL_STARTED] = {"STARTED", 12, 12, 1, false},
    [COL_TOOK] = {"TOOK", 5, 5, 4, true},
    [COL_ACTOR] = {"ACTOR", 10, 24, 2, false},
    [COL_CELLS] = {"CELLS", 5, 5, 6, true},
    [COL_REASON] = {"REASON", 10, 80, 3, false},
};

struct history {
    struct list list;
};

static void *history_open(void)
{
    struct history *history = g_new0(struct history, 1);
    list_init(&history->list);
    return history;
}

static void history_close(void *state)
{
    struct history *history = state;
    list_release(&history->list);
    g_free(history);
}

static bool passes(const struct filter *filter, const struct operation *operation)
{
    g_autofree char *cells = g_strjoinv(" ", operation->cells);
    const struct field fields[] = {
        {"id", operation->id},
        {"kind", operation->kind},
        {"subject", operation->subject},
        {"state", operation->state},
        {"actor", operation->actor},
        {"reason", operation->reason},
        {"cells", cells},
    };
    return filter_takes(filter, fields, G_N_ELEMENTS(fields));
}

static void history_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct history *history = state;
    struct filter *filter = filter_parse(deck->filter);
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (passes(filter, operation))
            g_ptr_array_add(rows, operation->id);
    }
    filter_free(filter);
    list_set(&history->list, rows);
    list_fit(&history->list, area->rows - 1);
}

static void draw_operation(const struct operation *operation, const struct deck *deck,
                           struct canvas *canvas, int row, const struct place *places)
{
    gint64 end_ms = operation->ended_ms ? operation->ended_ms : deck->now_ms;
    g_autofree char *started = mark_time(operation->started_ms, deck->now_ms);
    g_autofree char *took = duration_short(MAX(0, end_ms - operation->started_ms));
    g_autofree char *cells = g_strdup_printf("%u", g_strv_length(operation->cells));
    struct mark mark = mark_operation(operation->state, operation->ended_ms == 0);
    const char *texts[COL_COUNT] = {
        [COL_ID] = operation->id,
        [COL_KIND] = operation->kind,
        [COL_SUBJECT] = operation->subject,
        [COL_STATE] = operation->state,
        [COL_STARTED] = started,
        [COL_TOOK] = took,
        [COL_ACTOR] = operation->actor,
        [COL_CELLS] = cells,
        [COL_REASON] = operation->reason,
    };
    canvas_text(canvas, row, 1, 1, mark.role, mark.shape);
    for (int i = 0; i < COL_COUNT; i++) {
        bool quiet = i == COL_KIND || i == COL_STARTED || i == COL_TOOK || i == COL_CELLS;
        enum role role = i == COL_STATE ? mark.role : quiet ? ROLE_DIM : ROLE_NORMAL;
        table_put(canvas, row, &columns[i], &places[i], role, texts[i]);
    }
}

static void history_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                         const struct area *area)
{
    const struct history *history = state;
    const struct list *list = &history->list;
    struct place places[COL_COUNT];
    table_layout(columns, COL_COUNT, 3, area->cols - 4, places);
    table_header(canvas, area->row, columns, COL_COUNT, places);
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int row = area->row + 1 + i;
        const struct operation *operation = deck_operation(deck, list_row(list, list->top + i));
        draw_operation(operation, deck, canvas, row, places);
        if (list->top + i == list->index)
            canvas_select(canvas, row, 0, area->cols);
    }
    if (list_size(list) == 0)
        canvas_text(canvas, area->row + 1, 3, area->cols - 4, ROLE_DIM,
                    deck->journal_error     ? deck->journal_error
                    : deck->operations->len ? "no operation passes the filter"
                                            : "nothing has been done yet");
}

static struct topic history_topic(const void *state, const struct deck *deck)
{
    const struct operation *operation =
        deck_operation(deck, ((const struct history *)state)->list.selected);
    bool rolls = operation && g_strcmp0(operation->kind, "rollout") == 0;
    return (struct topic){.operation = operation ? operation->id : NULL,
                          .version = rolls ? operation->subject : NULL};
}

static struct reaction history_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct history *history = state;
    if (request == REQUEST_OPEN && history->list.selected)
        return (struct reaction){REACT_OPEN, VIEW_EVENTS, request, history->list.selected};
    return view_move(&history->list, request);
}

static bool history_can(const void *state, const struct deck *deck, enum request request)
{
    const struct operation *operation =
        deck_operation(deck, ((const struct history *)state)->list.selected);
    if (request == REQUEST_ROLLOUT)
        return operation && g_strcmp0(operation->kind, "rollout") == 0;
    return operation || (request != REQUEST_OPEN && request != REQUEST_EVENTS);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_ROLLOUT, REQUEST_FILTER, REQUEST_BACK,
                                     REQUEST_HELP, REQUEST_QUIT,    REQUEST_COUNT};

const struct view view_history = {
    .hints = hints,
    .open = history_open,
    .close = history_close,
    .prepare = history_prepare,
    .draw = history_draw,
    .topic = history_topic,
    .can = history_can,
    .key = history_key,
};
