/* The events of one operation: who did what when, newest first, and what exactly is on record. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/events_columns.h"
#include "tui/views/foot.h"
#include "tui/views/marks.h"
#include "tui/views/sheet_find.h"
#include "tui/views/view.h"

enum { FOOT_MOST = 24 };

struct events {
    struct find find;
    struct foot foot;
    GPtrArray *rows; /* struct event_row *; NULL: made anew before the next drawing */
    GPtrArray *of;   /* the events that they were made of, and how many there were */
    guint n;
    GHashTable *open; /* char *: groups whose every event has a row */
    bool all;
    guint hidden;
};

static void *events_open(void)
{
    struct events *events = g_new0(struct events, 1);
    find_init(&events->find);
    foot_init(&events->foot);
    events->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return events;
}

/* The events that they are of stay, for whoever still looks at the rows of the last drawing. */
static void forget_rows(struct events *events)
{
    g_clear_pointer(&events->rows, g_ptr_array_unref);
}

static void events_close(void *state)
{
    struct events *events = state;
    find_release(&events->find);
    foot_release(&events->foot);
    forget_rows(events);
    g_clear_pointer(&events->of, g_ptr_array_unref);
    g_hash_table_unref(events->open);
    g_free(events);
}

static const struct event_row *selected(const struct events *events)
{
    return find_selected(&events->find);
}

static void make_rows(struct events *events, const struct deck *deck)
{
    if (events->rows && events->of == deck->events && events->n == deck->events->len)
        return;
    forget_rows(events);
    g_clear_pointer(&events->of, g_ptr_array_unref);
    events->of = g_ptr_array_ref(deck->events);
    events->n = deck->events->len;
    events->rows = event_rows(deck->events, events->all, events->open, &events->hidden);
}

/* The sentence, which the row may not have room for, and the record itself, word for word: this is
 * the audit record. */
static void tell(struct events *events, const struct area *area)
{
    g_autoptr(GPtrArray) paragraphs = g_ptr_array_new_with_free_func(g_free);
    const struct event_row *row = selected(events);
    foot_fit(&events->foot, area, FOOT_MOST);
    if (row) {
        g_autofree char *record = text_json_dump(row->event->data, true);
        g_auto(GStrv) lines = g_strsplit(record, "\n", -1);
        const char *cell = story_cell(row->event);
        g_ptr_array_add(paragraphs,
                        g_strconcat(cell ? cell : "", cell ? " " : "", row->told, NULL));
        for (char **line = lines; *line; line++)
            g_ptr_array_add(paragraphs, g_strdup(*line));
    }
    foot_tell(&events->foot, row ? row->id : NULL, paragraphs);
}

static void events_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct events *events = state;
    make_rows(events, deck);
    find_follow(&events->find, &events_sheet, deck, &deck->arranged[VIEW_EVENTS], events->rows);
    tell(events, area);
    list_fit(&events->find.list, area->rows - 2 - events->foot.rows);
}

/* At the end of the title: what is not shown, and the key that shows it. Returns where it begins.
 */
static int draw_count(const struct events *events, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    g_autofree char *key = keymap_shown(deck->keymap, REQUEST_ALL);
    g_autofree char *text = NULL;
    const char *verb = events->hidden == 1 ? "is" : "are";
    if (events->all)
        text = g_strdup_printf(area->cols >= 60 ? "all %u, %s: fewer" : "all %u: %s",
                               deck->events->len, key);
    else if (events->hidden > 0 && area->cols >= 80)
        text = g_strdup_printf("%u of %u %s hidden, %s: all", events->hidden, deck->events->len,
                               verb, key);
    else if (events->hidden > 0)
        text = g_strdup_printf("%u more: %s", events->hidden, key);
    int cols = text ? text_width(text) : 0, from = area->cols - 1 - cols;
    canvas_text(canvas, area->row, from, cols, ROLE_DIM, text);
    return text ? from - 1 : area->cols - 1;
}

static void draw_title(const struct events *events, const struct deck *deck, struct canvas *canvas,
                       const struct area *area)
{
    const struct operation *operation = deck_operation(deck, deck->operation);
    if (!operation) {
        canvas_printf(canvas, area->row, 1, area->cols - 2, ROLE_WARN, "no operation %s",
                      deck->operation ? deck->operation : "–");
        return;
    }
    struct mark mark = mark_operation(operation->state, operation->ended_ms == 0);
    int col = 1, end = draw_count(events, deck, canvas, area);
    col += canvas_printf(canvas, area->row, col, end - col, ROLE_TITLE, "%s %s %s ", operation->id,
                         operation->kind, operation->subject);
    col += canvas_printf(canvas, area->row, col, end - col, mark.role, "%s %s", mark.shape,
                         operation->state);
    canvas_printf(canvas, area->row, col, end - col, ROLE_DIM, " · %s: %s", operation->actor,
                  operation->reason ? operation->reason : "");
}

static void draw_foot(const struct events *events, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    const struct event_row *row = selected(events);
    if (!row)
        return;
    const struct event *event = row->event;
    g_autofree char *at = when_rfc3339(event->at_ms);
    g_autofree char *title = g_strdup_printf("%s  %s  %s  %.12s", event->type, at, event->actor,
                                             event->hash ? event->hash : "");
    foot_draw(&events->foot, deck, canvas, area, title);
}

static void draw_nothing(const struct events *events, const struct deck *deck,
                         struct canvas *canvas, const struct area *area)
{
    g_autofree char *key = keymap_shown(deck->keymap, REQUEST_ALL);
    const char *what = *deck->filter                        ? "no event passes the filter"
                       : deck->arranged[VIEW_EVENTS].faults ? "nothing went wrong"
                                                            : "nothing has happened yet";
    g_autofree char *more =
        events->hidden ? g_strdup_printf(" (%s looks at all)", key) : g_strdup("");
    canvas_printf(canvas, area->row + 2, 3, area->cols - 4, ROLE_DIM, "%s%s", what, more);
}

static void events_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                        const struct area *area)
{
    const struct events *events = state;
    const struct area table = {area->row + 1, 0, area->rows - 1, area->cols};
    draw_title(events, deck, canvas, area);
    sheet_draw(&events_sheet, deck, &deck->arranged[VIEW_EVENTS], &events->find.list,
               events->find.rows, canvas, &table);
    if (list_size(&events->find.list) == 0 && deck_operation(deck, deck->operation))
        draw_nothing(events, deck, canvas, area);
    draw_foot(events, deck, canvas, area);
}

static const struct list *events_list(const void *state)
{
    return &((const struct events *)state)->find.list;
}

static struct topic events_topic(const void *state, const struct deck *deck)
{
    const struct event_row *row = selected(state);
    return (struct topic){.cell = row ? story_cell(row->event) : NULL,
                          .operation = deck->operation};
}

/* Opens what stands for many, or closes what one of them belongs to; the place is kept. */
static struct reaction open_or_close(struct events *events)
{
    const struct event_row *row = selected(events);
    if (!row || (row->times == 1 && !row->one_of_many))
        return (struct reaction){.what = REACT_NONE};
    struct list *list = &events->find.list;
    g_free(list->selected);
    list->moved = true;
    if (row->one_of_many) {
        list->selected = g_strdup(row->group);
        g_hash_table_remove(events->open, row->group);
    } else {
        list->selected = g_strdup_printf("%" G_GINT64_FORMAT, row->event->seq);
        g_hash_table_add(events->open, g_strdup(row->group));
    }
    forget_rows(events);
    return (struct reaction){.what = REACT_REDRAW};
}

static struct reaction events_key(void *state, const struct deck *deck, enum request request)
{
    struct events *events = state;
    (void)deck;
    struct reaction scrolled = foot_key(&events->foot, request);
    if (!(scrolled.what & REACT_UNUSED))
        return scrolled;
    if (request == REQUEST_OPEN)
        return open_or_close(events);
    if (request != REQUEST_ALL)
        return view_move(&events->find.list, request);
    events->all = !events->all;
    forget_rows(events);
    return (struct reaction){.what = REACT_REDRAW};
}

static bool events_can(const void *state, const struct deck *deck, enum request request)
{
    const struct events *events = state;
    const struct event_row *row = selected(events);
    switch (request) {
    case REQUEST_MORE:
    case REQUEST_LESS:
        return foot_can(&events->foot);
    case REQUEST_OPEN:
        return row && (row->times > 1 || row->one_of_many);
    case REQUEST_ALL:
        return events->all || events->hidden > 0;
    case REQUEST_ROLLOUT:
        return deck_rollout(deck, deck->operation);
    default:
        return true;
    }
}

static const enum request hints[] = {REQUEST_BACK,    REQUEST_ALL,    REQUEST_OPEN, REQUEST_MORE,
                                     REQUEST_ROLLOUT, REQUEST_FILTER, REQUEST_SORT, REQUEST_HELP,
                                     REQUEST_QUIT,    REQUEST_COUNT};

const struct view view_events = {
    .sheet = &events_sheet,
    .hints = hints,
    .open = events_open,
    .close = events_close,
    .prepare = events_prepare,
    .draw = events_draw,
    .list = events_list,
    .topic = events_topic,
    .can = events_can,
    .key = events_key,
};
