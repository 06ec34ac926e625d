/* Alarms: every alarm of every cell, those that ring first and the newest of them on top. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/alarms_columns.h"
#include "tui/views/foot.h"
#include "tui/views/sheet_find.h"
#include "tui/views/view.h"

#include <string.h>

enum { FOOT_MOST = 3 };

struct alarms {
    struct find find;
    struct foot foot;
    guint count[STANDINGS]; /* of all, whatever passes */
    GPtrArray *rows;        /* struct alarm_row *; NULL: none yet */
    /* What they were made of, and at which second. */
    struct snapshot *snapshot;
    gconstpointer since;
    gint64 second;
};

static void *alarms_open(void)
{
    struct alarms *alarms = g_new0(struct alarms, 1);
    find_init(&alarms->find);
    foot_init(&alarms->foot);
    return alarms;
}

static void forget_rows(struct alarms *alarms)
{
    g_clear_pointer(&alarms->rows, g_ptr_array_unref);
    g_clear_pointer(&alarms->snapshot, snapshot_unref);
}

static void alarms_close(void *state)
{
    struct alarms *alarms = state;
    find_release(&alarms->find);
    foot_release(&alarms->foot);
    forget_rows(alarms);
    g_free(alarms);
}

/* What was read grows old by itself, so they are of this second. */
static void make_rows(struct alarms *alarms, const struct deck *deck)
{
    gint64 second = deck->now_ms / WHEN_SECOND;
    if (alarms->rows && alarms->snapshot == deck->snapshot && alarms->since == deck->since &&
        alarms->second == second)
        return;
    forget_rows(alarms);
    alarms->rows = alarm_rows(deck);
    alarms->snapshot = deck->snapshot ? snapshot_ref(deck->snapshot) : NULL;
    alarms->since = deck->since;
    alarms->second = second;
    memset(alarms->count, 0, sizeof alarms->count);
    for (guint i = 0; i < alarms->rows->len; i++)
        alarms->count[((struct alarm_row *)g_ptr_array_index(alarms->rows, i))->standing]++;
}

static const struct alarm_row *selected(const struct alarms *alarms)
{
    return find_selected(&alarms->find);
}

static void tell(struct alarms *alarms, const struct area *area)
{
    g_autoptr(GPtrArray) paragraphs = g_ptr_array_new_with_free_func(g_free);
    const struct alarm_row *row = selected(alarms);
    foot_fit(&alarms->foot, area, FOOT_MOST);
    g_autofree char *reason = row ? alarm_reason(row) : NULL;
    if (row && row->alarm && foot_brief(&alarms->foot))
        g_ptr_array_add(paragraphs, g_strdup_printf("%s: %s", row->alarm->name, reason));
    else if (row)
        g_ptr_array_add(paragraphs, g_steal_pointer(&reason));
    if (row && row->before)
        g_ptr_array_add(paragraphs, g_strdup_printf("at the mark it was %s", row->before));
    foot_tell(&alarms->foot, row ? row->id : NULL, paragraphs);
}

static void alarms_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct alarms *alarms = state;
    make_rows(alarms, deck);
    find_follow(&alarms->find, &alarms_sheet, deck, &deck->arranged[VIEW_ALARMS], alarms->rows);
    tell(alarms, area);
    list_fit(&alarms->find.list, area->rows - 2 - alarms->foot.rows);
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
    const struct mark mark = alarm_mark(worst);
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

static void draw_foot(const struct alarms *alarms, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    const struct alarm_row *row = selected(alarms);
    if (!row)
        return;
    g_autofree char *since =
        row->alarm ? when_rfc3339(row->alarm->since_ms) : g_strdup("never read");
    g_autofree char *title = g_strdup_printf("%s  %s  %s", row->alarm ? row->alarm->name : "alarms",
                                             row->cell->config->id, since);
    foot_draw(&alarms->foot, deck, canvas, area, title);
}

static const char *nothing(const struct alarms *alarms, const struct deck *deck)
{
    return *deck->filter            ? "no alarm passes the filter"
           : alarms->rows->len == 0 ? "no cell has an alarm"
                                    : "every alarm is ok (f shows all)";
}

static void alarms_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                        const struct area *area)
{
    const struct alarms *alarms = state;
    const struct area table = {area->row + 1, 0, area->rows - 1, area->cols};
    if (!deck->snapshot) {
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_UNKNOWN,
                    "nothing has been read yet");
        return;
    }
    draw_summary(alarms, canvas, area);
    sheet_draw(&alarms_sheet, deck, &deck->arranged[VIEW_ALARMS], &alarms->find.list,
               alarms->find.rows, canvas, &table);
    if (list_size(&alarms->find.list) == 0)
        canvas_text(canvas, area->row + 2, 3, area->cols - 4, ROLE_DIM, nothing(alarms, deck));
    draw_foot(alarms, deck, canvas, area);
}

static const struct list *alarms_list(const void *state)
{
    return &((const struct alarms *)state)->find.list;
}

static struct topic alarms_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    const struct alarm_row *row = selected(state);
    return (struct topic){.cell = row ? row->cell->config->id : NULL,
                          .alarm = row && row->alarm ? row->alarm->name : NULL};
}

static void alarms_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)deck;
    const struct find *find = &((const struct alarms *)state)->find;
    const struct list *list = &find->list;
    for (int i = list->top; i < list->top + list->height && i < list_size(list); i++) {
        const struct alarm_row *row = g_ptr_array_index(find->rows, (guint)i);
        g_ptr_array_add(ids, row->cell->config->id);
    }
}

static bool alarms_can(const void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    const struct alarms *alarms = state;
    if (request == REQUEST_MORE || request == REQUEST_LESS)
        return foot_can(&alarms->foot);
    return request != REQUEST_OPEN || selected(alarms);
}

static struct reaction alarms_key(void *state, const struct deck *deck, enum request request)
{
    struct alarms *alarms = state;
    struct reaction scrolled = foot_key(&alarms->foot, request);
    if (!(scrolled.what & REACT_UNUSED))
        return scrolled;
    if (request == REQUEST_OPEN && selected(alarms))
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, alarms_topic(state, deck).cell};
    return view_move(&alarms->find.list, request);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_FAULTS, REQUEST_ROLLOUT, REQUEST_FILTER,
                                     REQUEST_BACK, REQUEST_SORT,   REQUEST_MORE,    REQUEST_HELP,
                                     REQUEST_QUIT, REQUEST_COUNT};

const struct view view_alarms = {
    .sheet = &alarms_sheet,
    .hints = hints,
    .open = alarms_open,
    .close = alarms_close,
    .prepare = alarms_prepare,
    .draw = alarms_draw,
    .cells = alarms_cells,
    .list = alarms_list,
    .topic = alarms_topic,
    .can = alarms_can,
    .key = alarms_key,
};
