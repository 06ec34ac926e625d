/* The fleet: one row a cell, worst first. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/chart.h"
#include "tui/console/list.h"
#include "tui/console/table.h"
#include "tui/views/filter.h"
#include "tui/views/frame.h"
#include "tui/views/headline.h"
#include "tui/views/marks.h"
#include "tui/views/unread.h"
#include "tui/views/view.h"

#include <math.h>
#include <string.h>

#define SPARK_PERIODS 12
#define BAR_LEAST     3
#define BAR_FROM_COLS 100 /* from this width on, users have their bar: others give way to it */
#define CHANGED_MS    (2 * WHEN_MINUTE) /* how long a change is marked */

enum {
    COL_CELL,
    COL_STATE,
    COL_WAVE,
    COL_VERSION,
    COL_ERRORS,
    COL_USERS,
    COL_CPU,
    COL_DB,
    COL_TENANTS,
    COL_COUNT
};

/* Titles stand over the digits of numbers seven columns wide.
 * IF IT DIES (rollout.md, "Failover") will stand after TENANTS. */
static const struct column columns[COL_COUNT] = {
    [COL_CELL] = {"CELL", 12, 22, 0, false},      [COL_STATE] = {"STATE", 9, 10, 0, false},
    [COL_WAVE] = {"WAVE", 8, 12, 6, false},       [COL_VERSION] = {"VERSION", 9, 11, 1, false},
    [COL_ERRORS] = {" ERRORS", 14, 20, 2, false}, [COL_USERS] = {"  USERS of MAX", 7, 26, 3, false},
    [COL_CPU] = {"CPU", 5, 6, 5, true},           [COL_DB] = {"DB", 5, 6, 7, true},
    [COL_TENANTS] = {"TENANTS", 7, 8, 4, true},
};

struct fleet {
    struct list list;
    GPtrArray *cells;  /* const struct cell *, worst first, of the deck's snapshot */
    char *headline[2]; /* its lines; the second NULL where one is enough */
    enum role headline_role;
};

static void *fleet_open(void)
{
    struct fleet *fleet = g_new0(struct fleet, 1);
    list_init(&fleet->list);
    fleet->cells = g_ptr_array_new();
    return fleet;
}

static void fleet_close(void *state)
{
    struct fleet *fleet = state;
    list_release(&fleet->list);
    g_ptr_array_unref(fleet->cells);
    g_free(fleet->headline[0]);
    g_free(fleet->headline[1]);
    g_free(fleet);
}

/* A standby that is well ranks with the healthy; ties stay in celldeck.yaml's order. */
static int rank(const struct cell *cell)
{
    return cell->health == HEALTH_STANDBY ? HEALTH_HEALTHY : (int)cell->health;
}

static gint worst_first(gconstpointer a, gconstpointer b)
{
    const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;
    if (rank(x) != rank(y))
        return rank(y) - rank(x);
    return x < y ? -1 : x > y;
}

static bool passes(const struct filter *filter, const struct deck *deck, const struct cell *cell)
{
    const struct cell_config *config = cell->config;
    g_autofree char *state = mark_health_text(cell, deck->now_ms);
    const struct field fields[] = {
        {"cell", config->id},
        {"state", state},
        {"wave", deck_wave(deck, config)},
        {"version", cell->version},
        {"region", config->region},
        {"residency", config->residency},
        {"class", cell_class_name(config->class)},
    };
    return filter_takes(filter, fields, G_N_ELEMENTS(fields));
}

/* Above the cells: the headline and the titles. */
static int head_rows(const struct fleet *fleet)
{
    return fleet->headline[1] ? 3 : 2;
}

/* Two lines where the sentence is long and the screen is not small: it ends with what is being
 * done about it. Broken between two of its parts. */
static void set_headline(struct fleet *fleet, const struct deck *deck, const struct area *area)
{
    g_autofree char *sentence = headline(deck, fleet->cells, &fleet->headline_role);
    char *at = NULL;
    int cols = area->cols - 2;
    if (area->rows >= 14 && text_width(sentence) > cols)
        for (char *p = sentence; (p = strstr(p, " · ")); p++) {
            g_autofree char *before = g_strndup(sentence, (gsize)(p - sentence));
            if (text_width(before) <= cols)
                at = p;
        }
    g_free(fleet->headline[0]);
    g_free(fleet->headline[1]);
    fleet->headline[1] = at ? g_strconcat(" ", at, NULL) : NULL;
    fleet->headline[0] = at ? g_strndup(sentence, (gsize)(at - sentence)) : g_strdup(sentence);
}

static int log_rows(const struct fleet *fleet, const struct area *area)
{
    int spare = area->rows - head_rows(fleet) - 1 - (int)fleet->cells->len;
    return area->rows < 12 ? 0 : MAX(spare, 3);
}

static void fleet_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct fleet *fleet = state;
    g_ptr_array_set_size(fleet->cells, 0);
    for (size_t i = 0; deck->snapshot && i < deck->snapshot->n_cells; i++)
        g_ptr_array_add(fleet->cells, &deck->snapshot->cells[i]);
    g_ptr_array_sort(fleet->cells, worst_first);
    set_headline(fleet, deck, area);
    struct filter *filter = filter_parse(deck->filter);
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; i < fleet->cells->len; i++) {
        const struct cell *cell = g_ptr_array_index(fleet->cells, i);
        if (!*deck->filter || passes(filter, deck, cell))
            g_ptr_array_add(rows, cell->config->id);
    }
    filter_free(filter);
    list_set(&fleet->list, rows);
    list_fit(&fleet->list, area->rows - head_rows(fleet) - log_rows(fleet, area));
}

static void put_version(struct canvas *canvas, int row, const struct place *place,
                        const struct deck *deck, const struct cell *cell)
{
    struct rollout *rollout = NULL;
    const struct rollout_cell *part = deck_cell_rollout(deck, cell->config->id, &rollout);
    bool fresh = cell->version_at_ms > 0 && deck->now_ms - cell->version_at_ms <=
                                                stale_after_ms(deck->config->metrics.period_ms);
    int used = canvas_text(canvas, row, place->col, place->cols - 2, fresh ? ROLE_NORMAL : ROLE_DIM,
                           cell->version ? cell->version : "–");
    if (!part || part->state == CELL_PENDING)
        return;
    struct mark mark = mark_cell_state(part->state);
    canvas_text(canvas, row, place->col + used + 1, place->cols - used - 1, mark.role, mark.shape);
}

static void put_errors(struct canvas *canvas, int row, const struct place *place,
                       const struct deck *deck, const struct cell *cell)
{
    gint64 period_ms = deck->config->metrics.period_ms;
    bool stale;
    double value = mark_metric(cell, METRIC_ERROR_RATE, period_ms, deck->now_ms, &stale);
    double limit = deck->config->gates.max_error_rate_pct;
    g_autofree char *text = mark_value(METRIC_ERROR_RATE, stale ? NAN : value);
    enum role role = stale ? ROLE_UNKNOWN : value > limit ? ROLE_BAD : ROLE_NORMAL;
    canvas_right(canvas, row, place->col, MIN(7, place->cols), role, text);
    int room = MIN(place->cols - 8, SPARK_PERIODS);
    if (room < 3)
        return;
    double values[SPARK_PERIODS];
    mark_periods(cell, METRIC_ERROR_RATE, period_ms, deck->now_ms, values, (size_t)room);
    double top = limit;
    for (int i = 0; i < room; i++)
        top = isnan(values[i]) ? top : MAX(top, values[i]);
    g_autofree char *spark = chart_spark(values, (size_t)room, top);
    canvas_text(canvas, row, place->col + 8, room, role == ROLE_BAD ? ROLE_BAD : ROLE_DIM, spark);
}

static void put_users(struct canvas *canvas, int row, const struct place *place,
                      const struct deck *deck, const struct cell *cell)
{
    bool stale;
    double users = mark_metric(cell, METRIC_ACTIVE_USERS, deck->config->metrics.period_ms,
                               deck->now_ms, &stale);
    double pct = users / (double)cell->config->max_users * 100;
    enum role role = stale                                    ? ROLE_UNKNOWN
                     : pct > deck->config->gates.max_used_pct ? ROLE_BAD
                     : cell->closed_to_new                    ? ROLE_WARN
                                                              : ROLE_NORMAL;
    g_autofree char *text = mark_value(METRIC_ACTIVE_USERS, users);
    canvas_right(canvas, row, place->col, 7, role, text);
    int room = place->cols - 8;
    if (room < BAR_LEAST + 6 || isnan(users))
        return;
    int bar_cols = MIN(10, room - 6);
    g_autofree char *bar = chart_bar(pct, bar_cols);
    canvas_text(canvas, row, place->col + 8, bar_cols, role == ROLE_NORMAL ? ROLE_DIM : role, bar);
    g_autofree char *share = g_strdup_printf("%.0f %%", pct);
    canvas_right(canvas, row, place->col + 9 + bar_cols, 5, role, share);
}

static void put_metric(struct canvas *canvas, int row, int column, const struct place *place,
                       const struct deck *deck, const struct cell *cell, enum metric metric)
{
    bool stale;
    double value = mark_metric(cell, metric, deck->config->metrics.period_ms, deck->now_ms, &stale);
    g_autofree char *text = mark_value(metric, stale ? NAN : value);
    table_put(canvas, row, &columns[column], place, stale ? ROLE_UNKNOWN : ROLE_NORMAL, text);
}

static void put_tenants(struct canvas *canvas, int row, const struct place *place,
                        const struct deck *deck, const struct cell *cell)
{
    const struct registry *registry = deck->snapshot->registry;
    g_autofree char *text = registry_count_text(registry, cell->tenants);
    table_put(canvas, row, &columns[COL_TENANTS], place,
              registry && registry->complete ? ROLE_NORMAL : ROLE_UNKNOWN, text);
}

static void draw_cell(struct canvas *canvas, int row, const struct place *places,
                      const struct deck *deck, const struct cell *cell)
{
    const struct cell_config *config = cell->config;
    const gint64 *changed = g_hash_table_lookup(deck->changed, config->id);
    if (changed && deck->now_ms - *changed < CHANGED_MS)
        canvas_text(canvas, row, 0, 1, ROLE_ACCENT, "▎");
    struct mark mark = mark_health(cell->health);
    canvas_text(canvas, row, 1, 1, mark.role, mark.shape);
    bool quiet = cell->health == HEALTH_HEALTHY || cell->health == HEALTH_STANDBY;
    table_put(canvas, row, &columns[COL_CELL], &places[COL_CELL], quiet ? ROLE_NORMAL : ROLE_TITLE,
              config->id);
    g_autofree char *state = mark_health_text(cell, deck->now_ms);
    table_put(canvas, row, &columns[COL_STATE], &places[COL_STATE], mark.role, state);
    const char *wave = deck_wave(deck, config);
    table_put(canvas, row, &columns[COL_WAVE], &places[COL_WAVE], ROLE_DIM, wave ? wave : "–");
    put_version(canvas, row, &places[COL_VERSION], deck, cell);
    if (places[COL_ERRORS].cols > 0)
        put_errors(canvas, row, &places[COL_ERRORS], deck, cell);
    if (places[COL_USERS].cols > 0)
        put_users(canvas, row, &places[COL_USERS], deck, cell);
    put_metric(canvas, row, COL_CPU, &places[COL_CPU], deck, cell, METRIC_CPU);
    put_metric(canvas, row, COL_DB, &places[COL_DB], deck, cell, METRIC_DB_CONNECTIONS);
    put_tenants(canvas, row, &places[COL_TENANTS], deck, cell);
}

static void draw_log(const struct fleet *fleet, const struct deck *deck, struct canvas *canvas,
                     const struct area *area)
{
    int rows = log_rows(fleet, area);
    if (rows < 2)
        return;
    struct area log = {area->row + area->rows - rows, 1, rows, area->cols - 2};
    int unread = unread_draw(canvas, &log, deck);
    log.row += unread;
    log.rows -= unread;
    g_autofree char *title = g_strdup_printf("journal%s", deck->personal ? " (personal)" : "");
    frame_rule(canvas, log.row, &log, title);
    log.row++;
    log.rows--;
    if (deck->copy_trouble) {
        canvas_text(canvas, log.row, log.col, log.cols, ROLE_BAD, deck->copy_trouble);
        log.row++;
        log.rows--;
    }
    if (deck->journal_error)
        canvas_printf(canvas, log.row, log.col, log.cols, ROLE_BAD, "can't be read: %s",
                      deck->journal_error);
    else if (deck->tail->len == 0)
        canvas_text(canvas, log.row, log.col, log.cols, ROLE_DIM, "nothing has been done yet");
    else
        frame_log(canvas, &log, deck->tail, true);
}

/* Names and versions take what the longest of them needs, and no more. */
static void layout(const struct deck *deck, const struct area *area, struct place *places)
{
    struct column fitted[COL_COUNT];
    memcpy(fitted, columns, sizeof columns);
    int cell = 0, wave = 0, version = 0;
    for (guint i = 0; i < deck->config->cells->len; i++) {
        const struct cell_config *config = g_ptr_array_index(deck->config->cells, i);
        const char *name = deck_wave(deck, config);
        cell = MAX(cell, text_width(config->id));
        wave = MAX(wave, name ? text_width(name) : 0);
    }
    for (size_t i = 0; deck->snapshot && i < deck->snapshot->n_cells; i++) {
        const char *read = deck->snapshot->cells[i].version;
        version = MAX(version, read ? text_width(read) : 0);
    }
    fitted[COL_CELL].wish = CLAMP(cell + 1, fitted[COL_CELL].least, 40);
    fitted[COL_WAVE].least = CLAMP(wave, 4, 12);
    fitted[COL_WAVE].wish = MAX(wave, fitted[COL_WAVE].least);
    fitted[COL_VERSION].least = CLAMP(version + 2, 7, 14); /* and what a rollout did there */
    fitted[COL_VERSION].wish = fitted[COL_VERSION].least + 1;
    if (area->cols >= BAR_FROM_COLS) {
        fitted[COL_USERS].least = 7 + 1 + BAR_LEAST + 6;
        fitted[COL_ERRORS].least = 12;
    }
    table_layout(fitted, COL_COUNT, 3, area->cols - 4, places);
}

static void fleet_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                       const struct area *area)
{
    const struct fleet *fleet = state;
    struct place places[COL_COUNT];
    layout(deck, area, places);
    int top = area->row + head_rows(fleet);
    for (int i = 0; i < 2; i++)
        canvas_text(canvas, area->row + i, 1, area->cols - 2, fleet->headline_role,
                    fleet->headline[i]);
    table_header(canvas, top - 1, columns, COL_COUNT, places);
    const struct list *list = &fleet->list;
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int row = top + i;
        const char *id = list_row(list, list->top + i);
        draw_cell(canvas, row, places, deck, deck_cell(deck, id));
        if (list->top + i == list->index)
            canvas_select(canvas, row, 0, area->cols);
    }
    if (deck->snapshot && list_size(list) == 0)
        canvas_text(canvas, top, 3, area->cols - 4, ROLE_DIM,
                    "no cell passes the filter (Esc shows all)");
    draw_log(fleet, deck, canvas, area);
}

static void fleet_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)deck;
    const struct list *list = &((const struct fleet *)state)->list;
    for (int i = list->top; i < list->top + list->height && i < list_size(list); i++)
        g_ptr_array_add(ids, (gpointer)list_row(list, i));
}

static struct topic fleet_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    return (struct topic){.cell = ((const struct fleet *)state)->list.selected};
}

static struct reaction fleet_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct fleet *fleet = state;
    if (request == REQUEST_OPEN && fleet->list.selected)
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, fleet->list.selected};
    return view_move(&fleet->list, request);
}

static bool fleet_can(const void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return ((const struct fleet *)state)->list.selected ||
           (request != REQUEST_OPEN && request != REQUEST_CELL);
}

static const enum request hints[] = {
    REQUEST_OPEN,   REQUEST_ROLLOUT, REQUEST_TENANTS, REQUEST_START, REQUEST_HISTORY,
    REQUEST_FILTER, REQUEST_COMMAND, REQUEST_HELP,    REQUEST_QUIT,  REQUEST_COUNT};

const struct view view_fleet = {
    .hints = hints,
    .open = fleet_open,
    .close = fleet_close,
    .prepare = fleet_prepare,
    .draw = fleet_draw,
    .cells = fleet_cells,
    .topic = fleet_topic,
    .can = fleet_can,
    .key = fleet_key,
};
