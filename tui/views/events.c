/* The events of one operation: who did what when, and what exactly is on record. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/list.h"
#include "tui/views/filter.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

struct events {
    struct list list;
    GPtrArray *ids; /* char *: the events' numbers as text; what the list borrows */
    int skip;       /* lines of the selected event's record that are scrolled away */
    int longest;    /* how many can be */
    int page;       /* by how many at once */
};

static void *events_open(void)
{
    struct events *events = g_new0(struct events, 1);
    list_init(&events->list);
    events->ids = g_ptr_array_new_with_free_func(g_free);
    return events;
}

static void events_close(void *state)
{
    struct events *events = state;
    list_release(&events->list);
    g_ptr_array_unref(events->ids);
    g_free(events);
}

static const struct event *event_of(const struct deck *deck, const char *id)
{
    gint64 seq = id ? g_ascii_strtoll(id, NULL, 10) : 0;
    for (guint i = 0; i < deck->events->len; i++) {
        const struct event *event = g_ptr_array_index(deck->events, i);
        if (event->seq == seq)
            return event;
    }
    return NULL;
}

static int data_rows(const struct area *area)
{
    return area->rows >= 12 ? area->rows * 2 / 5 : 0;
}

static char *record_of(const struct event *event)
{
    return text_json_dump(event->data, true);
}

/* How far its record can be scrolled. */
static int last_skip(const struct events *events, const struct deck *deck, const struct area *area)
{
    const struct event *event = event_of(deck, events->list.selected);
    if (!event)
        return 0;
    g_autofree char *record = record_of(event);
    g_auto(GStrv) lines = g_strsplit(record, "\n", -1);
    return MAX(0, (int)g_strv_length(lines) - MAX(0, data_rows(area) - 1));
}

static void events_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct events *events = state;
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *rows = g_ptr_array_new();
    struct filter *filter = filter_parse(deck->filter);
    for (guint i = 0; i < deck->events->len; i++) {
        const struct event *event = g_ptr_array_index(deck->events, i);
        g_autofree char *told = story_sentence(event);
        const struct field fields[] = {{"type", event->type},
                                       {"cell", story_cell(event)},
                                       {"actor", event->actor},
                                       {"event", told}};
        if (!filter_takes(filter, fields, G_N_ELEMENTS(fields)))
            continue;
        g_ptr_array_add(ids, g_strdup_printf("%" G_GINT64_FORMAT, event->seq));
        g_ptr_array_add(rows, g_ptr_array_index(ids, ids->len - 1));
    }
    filter_free(filter);
    g_autofree char *before = g_strdup(events->list.selected);
    list_set(&events->list, rows);
    g_ptr_array_unref(events->ids);
    events->ids = ids;
    list_fit(&events->list, area->rows - 1 - data_rows(area));
    if (!events->list.moved) { /* the newest, until somebody looks at another */
        list_move(&events->list, list_size(&events->list));
        events->list.moved = false;
    }
    if (g_strcmp0(before, events->list.selected) != 0)
        events->skip = 0;
    events->page = MAX(1, data_rows(area) - 2);
    events->longest = last_skip(events, deck, area);
    events->skip = CLAMP(events->skip, 0, events->longest);
}

static void draw_event(const struct event *event, struct canvas *canvas, int row)
{
    int col = 1, end = canvas->cols - 1;
    g_autofree char *clock = mark_clock(event->at_ms);
    g_autofree char *told = story_sentence(event);
    const char *cell = story_cell(event);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, event->seq);
    canvas_right(canvas, row, col, 4, ROLE_DIM, number);
    col += 5;
    col += canvas_text(canvas, row, col, end - col, ROLE_DIM, clock) + 1;
    if (canvas->cols >= 100) {
        canvas_text(canvas, row, col, 18, ROLE_DIM, event->actor);
        col += 19;
    }
    if (cell)
        col += canvas_text(canvas, row, col, end - col, ROLE_ACCENT, cell) + 1;
    canvas_text(canvas, row, col, end - col, mark_tone(story_tone(event)), told);
}

/* What is on record, word for word: this is the audit record. */
static void draw_data(const struct event *event, int skip, struct canvas *canvas,
                      const struct area *area)
{
    g_autofree char *at = when_rfc3339(event->at_ms);
    g_autofree char *title = g_strdup_printf("%s  %s  %s  %.12s", event->type, at, event->actor,
                                             event->hash ? event->hash : "");
    frame_rule(canvas, area->row, area, title);
    g_autofree char *record = record_of(event);
    g_auto(GStrv) lines = g_strsplit(record, "\n", -1);
    int n = (int)g_strv_length(lines), rows = area->rows - 1;
    for (int i = 0; i < rows && skip + i < n; i++)
        canvas_text(canvas, area->row + 1 + i, area->col + 1, area->cols - 2, ROLE_NORMAL,
                    lines[skip + i]);
    if (n <= rows)
        return;
    g_autofree char *where =
        g_strdup_printf(" J/K: %d-%d of %d ", skip + 1, MIN(n, skip + rows), n);
    canvas_right(canvas, area->row, area->col, area->cols - 1, ROLE_KEY, where);
}

static void draw_title(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    const struct operation *operation = deck_operation(deck, deck->operation);
    if (!operation) {
        canvas_printf(canvas, area->row, 1, area->cols - 2, ROLE_WARN, "no operation %s",
                      deck->operation ? deck->operation : "–");
        return;
    }
    struct mark mark = mark_operation(operation->state, operation->ended_ms == 0);
    int col = 1, end = area->cols - 1;
    col += canvas_printf(canvas, area->row, col, end - col, ROLE_TITLE, "%s %s %s ", operation->id,
                         operation->kind, operation->subject);
    col += canvas_printf(canvas, area->row, col, end - col, mark.role, "%s %s", mark.shape,
                         operation->state);
    canvas_printf(canvas, area->row, col, end - col, ROLE_DIM, " · %s: %s", operation->actor,
                  operation->reason ? operation->reason : "");
}

static void events_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                        const struct area *area)
{
    const struct events *events = state;
    const struct list *list = &events->list;
    draw_title(deck, canvas, area);
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int row = area->row + 1 + i;
        const struct event *event = event_of(deck, list_row(list, list->top + i));
        if (!event)
            continue; /* the list is older than the deck: the next frame follows */
        draw_event(event, canvas, row);
        if (list->top + i == list->index)
            canvas_select(canvas, row, 0, area->cols);
    }
    const struct event *event = event_of(deck, list->selected);
    int rows = data_rows(area);
    struct area data = {area->row + area->rows - rows, 1, rows, area->cols - 2};
    if (event && rows)
        draw_data(event, events->skip, canvas, &data);
}

static struct topic events_topic(const void *state, const struct deck *deck)
{
    const struct events *events = state;
    const struct event *event = event_of(deck, events->list.selected);
    return (struct topic){.cell = event ? story_cell(event) : NULL, .operation = deck->operation};
}

static struct reaction events_key(void *state, const struct deck *deck, enum request request)
{
    struct events *events = state;
    (void)deck;
    if (request == REQUEST_MORE || request == REQUEST_LESS) {
        events->skip =
            MAX(0, events->skip + (request == REQUEST_MORE ? events->page : -events->page));
        return (struct reaction){.what = REACT_REDRAW};
    }
    return view_move(&events->list, request);
}

static bool events_can(const void *state, const struct deck *deck, enum request request)
{
    if (request == REQUEST_MORE || request == REQUEST_LESS)
        return ((const struct events *)state)->longest > 0;
    return request != REQUEST_ROLLOUT || deck_rollout(deck, deck->operation);
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_ROLLOUT, REQUEST_MORE, REQUEST_FILTER,
                                     REQUEST_HELP, REQUEST_QUIT,    REQUEST_COUNT};

const struct view view_events = {
    .hints = hints,
    .open = events_open,
    .close = events_close,
    .prepare = events_prepare,
    .draw = events_draw,
    .topic = events_topic,
    .can = events_can,
    .key = events_key,
};
