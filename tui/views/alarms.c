/* Alarms: every alarm of every cell, those that ring first and the newest of them on top. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/list.h"
#include "tui/console/table.h"
#include "tui/views/filter.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

#include <string.h>

enum { COL_STATE, COL_ALARM, COL_CELL, COL_FOR, COL_REASON, COL_COUNT };

static const struct column columns[COL_COUNT] = {
    [COL_STATE] = {"STATE", 10, 11, 0, false},    [COL_ALARM] = {"ALARM", 14, 31, 0, false},
    [COL_CELL] = {"CELL", 12, 20, 2, false},      [COL_FOR] = {"FOR", 4, 5, 1, true},
    [COL_REASON] = {"REASON", 12, 120, 3, false},
};

/* In the order of the screen. */
enum standing { RINGS, NEVER_READ, OLD, NO_DATA, WELL, STANDINGS };

static const struct {
    struct mark mark;
    const char *word;
} standings[STANDINGS] = {
    [RINGS] = {{"✖", ROLE_BAD}, "ALARM"},   [NEVER_READ] = {{"?", ROLE_UNKNOWN}, "not read"},
    [OLD] = {{"?", ROLE_UNKNOWN}, "STALE"}, [NO_DATA] = {{"?", ROLE_UNKNOWN}, "no data"},
    [WELL] = {{"✔", ROLE_GOOD}, "ok"},
};

struct row {
    char *id;
    const struct cell *cell;   /* of the deck's snapshot, as is the alarm */
    const struct alarm *alarm; /* NULL: this cell's alarms were never read */
    enum standing standing;
};

struct alarms {
    struct list list;
    GPtrArray *rows;        /* struct row *, in the order of the screen; what passes the filter */
    guint count[STANDINGS]; /* of all, whatever passes */
};

static void row_free(gpointer p)
{
    struct row *row = p;
    g_free(row->id);
    g_free(row);
}

static void *alarms_open(void)
{
    struct alarms *alarms = g_new0(struct alarms, 1);
    list_init(&alarms->list);
    alarms->rows = g_ptr_array_new_with_free_func(row_free);
    return alarms;
}

static void alarms_close(void *state)
{
    struct alarms *alarms = state;
    list_release(&alarms->list);
    g_ptr_array_unref(alarms->rows);
    g_free(alarms);
}

static gint64 read_age_ms(const struct deck *deck, const struct cell *cell)
{
    return MAX(0, deck->now_ms - cell->reading.alarms_at_ms);
}

/* Read too long ago, it says nothing about now, whatever it said then. */
static enum standing standing_of(const struct deck *deck, const struct cell *cell,
                                 const struct alarm *alarm)
{
    static const enum standing of_state[] = {
        [ALARM_OK] = WELL, [ALARM_ALARM] = RINGS, [ALARM_INSUFFICIENT_DATA] = NO_DATA};
    if (!alarm)
        return NEVER_READ;
    bool old = read_age_ms(deck, cell) > stale_after_ms(deck->config->metrics.period_ms);
    return old ? OLD : of_state[alarm->state];
}

static gint worst_and_newest_first(gconstpointer a, gconstpointer b)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    if (x->standing != y->standing)
        return (gint)x->standing - (gint)y->standing;
    gint64 x_ms = x->alarm ? x->alarm->since_ms : 0, y_ms = y->alarm ? y->alarm->since_ms : 0;
    if (x_ms != y_ms)
        return x_ms < y_ms ? 1 : -1;
    return strcmp(x->id, y->id);
}

static void add(struct alarms *alarms, const struct deck *deck, const struct filter *filter,
                const struct cell *cell, const struct alarm *alarm)
{
    enum standing standing = standing_of(deck, cell, alarm);
    const char *id = cell->config->id, *name = alarm ? alarm->name : "";
    const struct field fields[] = {{"state", standings[standing].word},
                                   {"alarm", name},
                                   {"cell", id},
                                   {"reason", alarm ? alarm->reason : NULL}};
    alarms->count[standing]++;
    if (!filter_takes(filter, fields, G_N_ELEMENTS(fields)))
        return;
    struct row *row = g_new0(struct row, 1);
    *row = (struct row){g_strdup_printf("%s\n%s", id, name), cell, alarm, standing};
    g_ptr_array_add(alarms->rows, row);
}

static void collect(struct alarms *alarms, const struct deck *deck)
{
    struct filter *filter = filter_parse(deck->filter);
    memset(alarms->count, 0, sizeof alarms->count);
    for (size_t i = 0; deck->snapshot && i < deck->snapshot->n_cells; i++) {
        const struct cell *cell = &deck->snapshot->cells[i];
        const GPtrArray *read = cell->reading.alarms;
        if (!read)
            add(alarms, deck, filter, cell, NULL);
        for (guint a = 0; read && a < read->len; a++)
            add(alarms, deck, filter, cell, g_ptr_array_index(read, a));
    }
    filter_free(filter);
    g_ptr_array_sort(alarms->rows, worst_and_newest_first);
}

static void alarms_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct alarms *alarms = state;
    g_autoptr(GPtrArray) before = alarms->rows; /* the list has its ids until it is set anew */
    alarms->rows = g_ptr_array_new_with_free_func(row_free);
    collect(alarms, deck);
    GPtrArray *ids = g_ptr_array_new();
    for (guint i = 0; i < alarms->rows->len; i++)
        g_ptr_array_add(ids, ((struct row *)g_ptr_array_index(alarms->rows, i))->id);
    list_set(&alarms->list, ids);
    list_fit(&alarms->list, area->rows - 2);
}

static char *state_text(const struct row *row, const struct deck *deck)
{
    if (row->standing != OLD)
        return g_strdup(standings[row->standing].word);
    g_autofree char *age = duration_short(read_age_ms(deck, row->cell));
    return g_strdup_printf("STALE %s", age);
}

static char *reason_text(const struct row *row)
{
    const struct alarm *alarm = row->alarm;
    const char *reason = alarm && alarm->reason ? alarm->reason : "";
    if (!alarm)
        return g_strdup("the alarms of this cell were never read");
    if (row->standing == OLD && alarm->state == ALARM_ALARM)
        return g_strdup_printf("it was in ALARM: %s", reason);
    return g_strdup(row->standing == OLD ? "what it was then says nothing about now" : reason);
}

static void draw_row(const struct row *row, const struct deck *deck, struct canvas *canvas, int at,
                     const struct place *places)
{
    const struct mark mark = standings[row->standing].mark;
    const struct alarm *alarm = row->alarm;
    g_autofree char *state = state_text(row, deck);
    g_autofree char *since =
        alarm ? duration_short(MAX(0, deck->now_ms - alarm->since_ms)) : g_strdup("–");
    g_autofree char *reason = reason_text(row);
    const char *texts[COL_COUNT] = {[COL_STATE] = state,
                                    [COL_ALARM] = alarm ? alarm->name : "–",
                                    [COL_CELL] = row->cell->config->id,
                                    [COL_FOR] = since,
                                    [COL_REASON] = reason};
    canvas_text(canvas, at, 1, 1, mark.role, mark.shape);
    for (int i = 0; i < COL_COUNT; i++) {
        enum role role = i == COL_STATE ? mark.role : i == COL_REASON ? ROLE_DIM : ROLE_NORMAL;
        table_put(canvas, at, &columns[i], &places[i], role, texts[i]);
    }
}

static guint alarms_read(const struct alarms *alarms)
{
    guint n = 0;
    for (int i = 0; i < STANDINGS; i++)
        n += i == NEVER_READ ? 0 : alarms->count[i];
    return n;
}

/* "✖ 2 of 15 alarms in ALARM · 3 without data". */
static void draw_summary(const struct alarms *alarms, struct canvas *canvas,
                         const struct area *area)
{
    static const struct {
        enum standing standing;
        const char *one, *many;
    } more[] = {{NEVER_READ, "cell not read", "cells not read"},
                {OLD, "read too long ago", "read too long ago"},
                {NO_DATA, "without data", "without data"}};
    const guint *count = alarms->count;
    bool unsure = count[NEVER_READ] || count[OLD] || count[NO_DATA];
    enum standing worst = count[RINGS] ? RINGS : unsure ? NO_DATA : WELL;
    const struct mark mark = standings[worst].mark;
    int col = 1, end = area->col + area->cols - 1;
    col += canvas_printf(canvas, area->row, col, end - col, mark.role,
                         "%s %u of %u alarm%s in ALARM", mark.shape, count[RINGS],
                         alarms_read(alarms), alarms_read(alarms) == 1 ? "" : "s");
    for (size_t i = 0; i < G_N_ELEMENTS(more); i++) {
        guint n = count[more[i].standing];
        if (n > 0)
            col += canvas_printf(canvas, area->row, col, end - col, ROLE_UNKNOWN, " · %u %s", n,
                                 n == 1 ? more[i].one : more[i].many);
    }
}

static void alarms_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                        const struct area *area)
{
    const struct alarms *alarms = state;
    const struct list *list = &alarms->list;
    struct place places[COL_COUNT];
    if (!deck->snapshot) {
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_UNKNOWN,
                    "nothing has been read yet");
        return;
    }
    table_layout(columns, COL_COUNT, 3, area->cols - 4, places);
    draw_summary(alarms, canvas, area);
    table_header(canvas, area->row + 1, columns, COL_COUNT, places);
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int at = area->row + 2 + i;
        draw_row(g_ptr_array_index(alarms->rows, (guint)(list->top + i)), deck, canvas, at, places);
        if (list->top + i == list->index)
            canvas_select(canvas, at, 0, area->cols);
    }
    if (list_size(list) == 0)
        canvas_text(canvas, area->row + 2, 3, area->cols - 4, ROLE_DIM,
                    *deck->filter ? "no alarm passes the filter" : "no cell has an alarm");
}

static const struct row *selected(const struct alarms *alarms)
{
    return alarms->list.selected ? g_ptr_array_index(alarms->rows, (guint)alarms->list.index)
                                 : NULL;
}

static struct topic alarms_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    const struct row *row = selected(state);
    return (struct topic){.cell = row ? row->cell->config->id : NULL};
}

static void alarms_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)deck;
    const struct alarms *alarms = state;
    const struct list *list = &alarms->list;
    for (int i = list->top; i < list->top + list->height && i < list_size(list); i++) {
        const struct row *row = g_ptr_array_index(alarms->rows, (guint)i);
        g_ptr_array_add(ids, row->cell->config->id);
    }
}

static bool alarms_can(const void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return request != REQUEST_OPEN || selected(state);
}

static struct reaction alarms_key(void *state, const struct deck *deck, enum request request)
{
    struct alarms *alarms = state;
    if (request == REQUEST_OPEN && selected(alarms))
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, alarms_topic(state, deck).cell};
    return view_move(&alarms->list, request);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_ROLLOUT, REQUEST_FILTER, REQUEST_BACK,
                                     REQUEST_HELP, REQUEST_QUIT,    REQUEST_COUNT};

const struct view view_alarms = {
    .hints = hints,
    .open = alarms_open,
    .close = alarms_close,
    .prepare = alarms_prepare,
    .draw = alarms_draw,
    .cells = alarms_cells,
    .topic = alarms_topic,
    .can = alarms_can,
    .key = alarms_key,
};
