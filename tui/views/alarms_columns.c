#include "tui/views/alarms_columns.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/since.h"

#include <math.h>
#include <string.h>

static const struct {
    struct mark mark;
    const char *word;
} standings[STANDINGS] = {
    [RINGS] = {{"✖", ROLE_BAD}, "ALARM"},   [NEVER_READ] = {{"?", ROLE_UNKNOWN}, "not read"},
    [OLD] = {{"?", ROLE_UNKNOWN}, "STALE"}, [NO_DATA] = {{"?", ROLE_UNKNOWN}, "no data"},
    [WELL] = {{"✔", ROLE_GOOD}, "ok"},
};
static const enum standing of_state[] = {
    [ALARM_OK] = WELL, [ALARM_ALARM] = RINGS, [ALARM_INSUFFICIENT_DATA] = NO_DATA};

struct mark alarm_mark(enum standing standing)
{
    return standings[standing].mark;
}

static gint64 read_age_ms(const struct deck *deck, const struct cell *cell)
{
    return MAX(0, deck->now_ms - cell->reading.alarms_at_ms);
}

/* Read too long ago, it says nothing about now, whatever it said then. */
static enum standing standing_of(const struct deck *deck, const struct cell *cell,
                                 const struct alarm *alarm)
{
    if (!alarm)
        return NEVER_READ;
    bool old = read_age_ms(deck, cell) > stale_after_ms(deck->config->metrics.period_ms);
    return old ? OLD : of_state[alarm->state];
}

/* What it was when people marked what they saw; a cell that was not read then is no news. */
static const char *before(const struct deck *deck, const struct cell *cell,
                          const struct alarm *alarm)
{
    const struct cell *then = deck->since ? snapshot_cell(deck->since, cell->config->id) : NULL;
    const GPtrArray *read = then && then != cell ? then->reading.alarms : NULL;
    if (!read || !alarm || read == cell->reading.alarms)
        return NULL;
    for (guint i = 0; i < read->len; i++) {
        const struct alarm *was = g_ptr_array_index(read, i);
        if (strcmp(was->name, alarm->name) == 0)
            return was->state == alarm->state ? NULL : standings[of_state[was->state]].word;
    }
    return "not there";
}

static void row_free(gpointer p)
{
    struct alarm_row *row = p;
    g_free(row->id);
    g_free(row);
}

static void add(GPtrArray *rows, const struct deck *deck, const struct cell *cell,
                const struct alarm *alarm)
{
    struct alarm_row *row = g_new0(struct alarm_row, 1);
    *row = (struct alarm_row){
        .id = g_strdup_printf("%s\n%s", cell->config->id, alarm ? alarm->name : ""),
        .cell = cell,
        .alarm = alarm,
        .standing = standing_of(deck, cell, alarm),
        .before = before(deck, cell, alarm)};
    g_ptr_array_add(rows, row);
}

static gint worst_and_newest_first(gconstpointer a, gconstpointer b)
{
    const struct alarm_row *x = *(const struct alarm_row *const *)a;
    const struct alarm_row *y = *(const struct alarm_row *const *)b;
    if (x->standing != y->standing)
        return (gint)x->standing - (gint)y->standing;
    gint64 x_ms = x->alarm ? x->alarm->since_ms : 0, y_ms = y->alarm ? y->alarm->since_ms : 0;
    if (x_ms != y_ms)
        return x_ms < y_ms ? 1 : -1;
    return strcmp(x->id, y->id);
}

GPtrArray *alarm_rows(const struct deck *deck)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    for (size_t i = 0; deck->snapshot && i < deck->snapshot->n_cells; i++) {
        const struct cell *cell = &deck->snapshot->cells[i];
        const GPtrArray *read = cell->reading.alarms;
        if (!read)
            add(rows, deck, cell, NULL);
        for (guint a = 0; read && a < read->len; a++)
            add(rows, deck, cell, g_ptr_array_index(read, a));
    }
    g_ptr_array_sort(rows, worst_and_newest_first);
    return rows;
}

char *alarm_reason(const struct alarm_row *row)
{
    const struct alarm *alarm = row->alarm;
    const char *reason = alarm && alarm->reason ? alarm->reason : "";
    if (!alarm)
        return g_strdup("the alarms of this cell were never read");
    if (row->standing == OLD && alarm->state == ALARM_ALARM)
        return g_strdup_printf("it was in ALARM: %s", reason);
    return g_strdup(row->standing == OLD ? "what it was then says nothing about now" : reason);
}

static const char *alarms_id(const void *row)
{
    return ((const struct alarm_row *)row)->id;
}

static bool alarms_faulty(const void *row, const struct deck *deck)
{
    (void)deck;
    return ((const struct alarm_row *)row)->standing != WELL;
}

static void alarms_lead(const void *row, const struct deck *deck, struct canvas *canvas, int line)
{
    (void)deck;
    const struct alarm_row *shown = row;
    struct mark mark = alarm_mark(shown->standing);
    if (shown->before)
        canvas_text(canvas, line, 0, 1, ROLE_ACCENT, "▎");
    canvas_text(canvas, line, 1, 1, mark.role, mark.shape);
}

static const char *state_text(const void *row, const struct deck *deck, GString *scratch)
{
    const struct alarm_row *shown = row;
    if (shown->standing != OLD)
        return standings[shown->standing].word;
    g_autofree char *age = duration_short(read_age_ms(deck, shown->cell));
    g_string_printf(scratch, "STALE %s", age);
    return scratch->str;
}

/* As the screen has them: what rings comes first. */
static double state_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return STANDINGS - ((const struct alarm_row *)row)->standing;
}

static enum role state_role(const void *row, const struct deck *deck)
{
    (void)deck;
    return alarm_mark(((const struct alarm_row *)row)->standing).role;
}

static const char *alarm_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    const struct alarm *alarm = ((const struct alarm_row *)row)->alarm;
    return alarm ? alarm->name : "–";
}

static const char *cell_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct alarm_row *)row)->cell->config->id;
}

static double for_number(const void *row, const struct deck *deck)
{
    const struct alarm *alarm = ((const struct alarm_row *)row)->alarm;
    return alarm ? (double)MAX(0, deck->now_ms - alarm->since_ms) : NAN;
}

static const char *for_text(const void *row, const struct deck *deck, GString *scratch)
{
    double for_ms = for_number(row, deck);
    if (isnan(for_ms))
        return "–";
    g_autofree char *text = duration_short((gint64)for_ms);
    return g_string_assign(scratch, text)->str;
}

static const char *reason_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck;
    g_autofree char *text = alarm_reason(row);
    return g_string_assign(scratch, text)->str;
}

static const char *since_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck;
    const char *was = ((const struct alarm_row *)row)->before;
    if (!was)
        return NULL;
    g_string_printf(scratch, "was %s", was);
    return scratch->str;
}

enum { COL_STATE, COL_SINCE, COL_ALARM, COL_CELL, COL_FOR, COL_REASON, COL_COUNT };

/* clang-format off */
static const struct sheet_column columns[COL_COUNT] = {
    [COL_STATE] = {"state", {"STATE", 10, 11, 0, false}, state_text, state_number, state_role,
                   .falls = true},
    [COL_SINCE] = {"since", {"SINCE MARK", 11, 13, 1, false}, since_text, .role = sheet_accent,
                   .wanted = since_marked, .quiet = true},
    [COL_ALARM] = {"alarm", {"ALARM", 14, 31, 0, false}, alarm_text},
    [COL_CELL] = {"cell", {"CELL", 14, 20, 2, false}, cell_text},
    [COL_FOR] = {"for", {"FOR", 5, 5, 1, true}, for_text, for_number, .quiet = true},
    [COL_REASON] = {"reason", {"REASON", 24, 160, 3, false}, reason_text, .role = sheet_dim},
};
/* clang-format on */

/* Names take what the longest needs; a reason that would get no more than a few words of room is
 * left to the foot. */
static void alarms_fit(struct column *shapes, const struct deck *deck, int cols)
{
    int alarm = 0, cell = 0, most = cols < 60 ? 19 : 40;
    for (size_t i = 0; deck->snapshot && i < deck->snapshot->n_cells; i++) {
        const struct cell *of = &deck->snapshot->cells[i];
        cell = MAX(cell, text_width(of->config->id));
        for (guint a = 0; of->reading.alarms && a < of->reading.alarms->len; a++)
            alarm = MAX(alarm, text_width(((struct alarm *)of->reading.alarms->pdata[a])->name));
    }
    shapes[COL_ALARM].least = CLAMP(alarm, 14, most);
    shapes[COL_ALARM].wish = CLAMP(alarm, shapes[COL_ALARM].least, 60);
    shapes[COL_CELL].wish = CLAMP(cell, shapes[COL_CELL].least, 40);
}

const struct sheet alarms_sheet = {
    .columns = columns,
    .n = COL_COUNT,
    .id = alarms_id,
    .faulty = alarms_faulty,
    .lead = alarms_lead,
    .fit = alarms_fit,
};
