#include "tui/views/fleet_columns.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/chart.h"
#include "tui/views/dies_column.h"
#include "tui/views/marks.h"
#include "tui/views/since.h"

#include <math.h>
#include <string.h>

enum {
    SPARK_PERIODS = 12,
    DIGITS = 7, /* an error rate, "100.0 %" */
    SHARE = 6,  /* " 40 %", a blank before it */
    BAR_LEAST = 3,
    CHANGED_MS = 120000, /* how long a change is marked */
};

enum {
    COL_CELL,
    COL_STATE,
    COL_WAVE,
    COL_VERSION,
    COL_SINCE,
    COL_ERRORS,
    COL_USERS,
    COL_CPU,
    COL_DB,
    COL_TENANTS,
    COL_DIES,
    COL_FOR,
    COL_CLASS,
    COL_REGION,
    COL_RESIDENCY,
    COL_REQUESTS,
    COL_LATENCY,
    COL_USED,
    COL_COUNT
};

static const char *fleet_id(const void *row)
{
    return ((const struct cell *)row)->config->id;
}

static bool quiet(const struct cell *cell)
{
    return cell->health == HEALTH_HEALTHY || cell->health == HEALTH_STANDBY;
}

static bool fleet_faulty(const void *row, const struct deck *deck)
{
    (void)deck;
    return !quiet(row);
}

static void fleet_lead(const void *row, const struct deck *deck, struct canvas *canvas, int line)
{
    const struct cell *cell = row;
    g_autoptr(GString) before = g_string_new(NULL);
    const gint64 *changed = g_hash_table_lookup(deck->changed, cell->config->id);
    if ((changed && deck->now_ms - *changed < CHANGED_MS) || since_cell(deck, cell, before))
        canvas_text(canvas, line, 0, 1, ROLE_ACCENT, "▎");
    struct mark mark = mark_health(cell->health);
    canvas_text(canvas, line, 1, 1, mark.role, mark.shape);
}

static const char *cell_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return fleet_id(row);
}

static enum role cell_role(const void *row, const struct deck *deck)
{
    (void)deck;
    return quiet(row) ? ROLE_NORMAL : ROLE_TITLE;
}

static const char *state_text(const void *row, const struct deck *deck, GString *scratch)
{
    g_autofree char *text = mark_health_text(row, deck->now_ms);
    return g_string_assign(scratch, text)->str;
}

static double state_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return ((const struct cell *)row)->health;
}

static enum role state_role(const void *row, const struct deck *deck)
{
    (void)deck;
    return mark_health(((const struct cell *)row)->health).role;
}

static const char *wave_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)scratch;
    const char *wave = deck_wave(deck, ((const struct cell *)row)->config);
    return wave ? wave : "–";
}

static const char *version_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct cell *)row)->version;
}

/* With what a rollout did or does there. */
static void version_draw(const void *row, const struct deck *deck, struct canvas *canvas, int line,
                         const struct place *place)
{
    const struct cell *cell = row;
    struct rollout *rollout = NULL;
    const struct rollout_cell *part = deck_cell_rollout(deck, cell->config->id, &rollout);
    bool fresh = cell->version_at_ms > 0 && deck->now_ms - cell->version_at_ms <=
                                                stale_after_ms(deck->config->metrics.period_ms);
    int used = canvas_text(canvas, line, place->col, place->cols - 2,
                           fresh ? ROLE_NORMAL : ROLE_DIM, cell->version ? cell->version : "–");
    if (!part || part->state == CELL_PENDING)
        return;
    struct mark mark = mark_cell_state(part->state);
    canvas_text(canvas, line, place->col + used + 1, place->cols - used - 1, mark.role, mark.shape);
}

static const char *since_text(const void *row, const struct deck *deck, GString *scratch)
{
    return since_cell(deck, row, scratch);
}

/* NAN where it says nothing about now. */
static double fresh(const struct cell *cell, const struct deck *deck, enum metric metric)
{
    bool stale;
    double value = mark_metric(cell, metric, deck->config->metrics.period_ms, deck->now_ms, &stale);
    return stale ? NAN : value;
}

#define METRIC_FIELD(name, metric)                                                                 \
    static double name##_number(const void *row, const struct deck *deck)                          \
    {                                                                                              \
        return fresh(row, deck, metric);                                                           \
    }                                                                                              \
    static const char *name##_text(const void *row, const struct deck *deck, GString *scratch)     \
    {                                                                                              \
        g_autofree char *text = mark_value(metric, fresh(row, deck, metric));                      \
        return g_string_assign(scratch, text)->str;                                                \
    }
#define METRIC_ROLE(name, metric)                                                                  \
    static enum role name##_role(const void *row, const struct deck *deck)                         \
    {                                                                                              \
        return isnan(fresh(row, deck, metric)) ? ROLE_UNKNOWN : ROLE_NORMAL;                       \
    }
METRIC_FIELD(errors, METRIC_ERROR_RATE)
METRIC_FIELD(users, METRIC_ACTIVE_USERS)
METRIC_FIELD(cpu, METRIC_CPU)
METRIC_FIELD(db, METRIC_DB_CONNECTIONS)
METRIC_FIELD(requests, METRIC_REQUESTS)
METRIC_FIELD(latency, METRIC_LATENCY_P95)
METRIC_ROLE(errors, METRIC_ERROR_RATE)
METRIC_ROLE(cpu, METRIC_CPU)
METRIC_ROLE(db, METRIC_DB_CONNECTIONS)
METRIC_ROLE(requests, METRIC_REQUESTS)
METRIC_ROLE(latency, METRIC_LATENCY_P95)

static void errors_draw(const void *row, const struct deck *deck, struct canvas *canvas, int line,
                        const struct place *place)
{
    const struct cell *cell = row;
    double limit = deck->config->gates.max_error_rate_pct;
    g_autoptr(GString) text = g_string_new(NULL);
    enum role role = errors_number(row, deck) > limit ? ROLE_BAD : errors_role(row, deck);
    canvas_right(canvas, line, place->col, MIN(DIGITS, place->cols), role,
                 errors_text(row, deck, text));
    int room = MIN(place->cols - DIGITS - 1, SPARK_PERIODS);
    if (room < BAR_LEAST)
        return;
    double values[SPARK_PERIODS];
    mark_periods(cell, METRIC_ERROR_RATE, deck->config->metrics.period_ms, deck->now_ms, values,
                 (size_t)room);
    double top = limit;
    for (int i = 0; i < room; i++)
        top = isnan(values[i]) ? top : MAX(top, values[i]);
    g_autofree char *spark = chart_spark(values, (size_t)room, top);
    canvas_text(canvas, line, place->col + DIGITS + 1, room, role == ROLE_BAD ? ROLE_BAD : ROLE_DIM,
                spark);
}

/* As wide as the most that any cell may have, "10,000". */
static int users_digits(const struct deck *deck)
{
    gint64 most = 0;
    for (guint i = 0; i < deck->config->cells->len; i++) {
        const struct cell_config *config = g_ptr_array_index(deck->config->cells, i);
        most = MAX(most, config->max_users);
    }
    g_autofree char *text = text_count(most);
    return MAX(5, text_width(text));
}

static double used_number(const void *row, const struct deck *deck)
{
    const struct cell *cell = row;
    return users_number(row, deck) / (double)cell->config->max_users * 100;
}

static const char *used_text(const void *row, const struct deck *deck, GString *scratch)
{
    double share = used_number(row, deck);
    if (isnan(share))
        return "–";
    g_string_printf(scratch, "%.0f %%", share);
    return scratch->str;
}

static enum role used_role(const void *row, const struct deck *deck)
{
    double share = used_number(row, deck);
    return isnan(share)                                ? ROLE_UNKNOWN
           : share > deck->config->gates.max_used_pct  ? ROLE_BAD
           : ((const struct cell *)row)->closed_to_new ? ROLE_WARN
                                                       : ROLE_NORMAL;
}

/* Users, what share of the most that may be that is, and a bar between them where there is room. */
static void users_draw(const void *row, const struct deck *deck, struct canvas *canvas, int line,
                       const struct place *place)
{
    g_autoptr(GString) users = g_string_new(NULL);
    g_autoptr(GString) share = g_string_new(NULL);
    int digits = MIN(users_digits(deck), place->cols), room = place->cols - digits;
    enum role role = used_role(row, deck);
    canvas_right(canvas, line, place->col, digits, role, users_text(row, deck, users));
    if (room < SHARE || role == ROLE_UNKNOWN)
        return;
    int bar = MIN(10, room - SHARE - 1), col = place->col + digits;
    if (bar >= BAR_LEAST) {
        g_autofree char *drawn = chart_bar(used_number(row, deck), bar);
        canvas_text(canvas, line, col + 1, bar, role == ROLE_NORMAL ? ROLE_DIM : role, drawn);
        col += 1 + bar;
    }
    canvas_right(canvas, line, col, SHARE, role, used_text(row, deck, share));
}

static const char *tenants_text(const void *row, const struct deck *deck, GString *scratch)
{
    g_autofree char *text =
        registry_count_text(deck->snapshot->registry, ((const struct cell *)row)->tenants);
    return g_string_assign(scratch, text)->str;
}

static double tenants_number(const void *row, const struct deck *deck)
{
    return deck->snapshot->registry ? (double)((const struct cell *)row)->tenants : NAN;
}

static enum role tenants_role(const void *row, const struct deck *deck)
{
    (void)row;
    const struct registry *registry = deck->snapshot->registry;
    return registry && registry->complete ? ROLE_NORMAL : ROLE_UNKNOWN;
}

/* How long it has been in its state. */
static double for_number(const void *row, const struct deck *deck)
{
    const struct cell *cell = row;
    return cell->since_ms > 0 ? (double)MAX(0, deck->now_ms - cell->since_ms) : NAN;
}

static const char *for_text(const void *row, const struct deck *deck, GString *scratch)
{
    double ms = for_number(row, deck);
    g_autofree char *text = isnan(ms) ? g_strdup("–") : duration_short((gint64)ms);
    return g_string_assign(scratch, text)->str;
}

static const char *class_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return cell_class_name(((const struct cell *)row)->config->class);
}

static const char *region_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct cell *)row)->config->region;
}

static const char *residency_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct cell *)row)->config->residency;
}

/* Titles stand over the digits of numbers. */
/* clang-format off */
static const struct sheet_column columns[COL_COUNT] = {
    [COL_CELL] = {"cell", {"CELL", 12, 22, 0, false}, cell_text, .role = cell_role},
    [COL_STATE] = {"state", {"STATE", 9, 10, 0, false}, state_text, state_number, state_role,
                   .falls = true},
    [COL_WAVE] = {"wave", {"WAVE", 8, 12, 6, false}, wave_text, .role = sheet_dim},
    [COL_VERSION] = {"version", {"VERSION", 9, 11, 1, false}, version_text, .draw = version_draw},
    [COL_SINCE] = {"since", {"SINCE MARK", 13, 32, 2, false}, since_text, .role = sheet_accent,
                   .wanted = since_marked, .quiet = true},
    [COL_ERRORS] = {"errors", {" ERRORS", DIGITS, 20, 2, false}, errors_text, errors_number,
                    .draw = errors_draw, .falls = true, .quiet = true},
    [COL_USERS] = {"users", {" USERS of MAX", 13, 26, 3, false}, users_text, users_number,
                   .draw = users_draw, .falls = true, .quiet = true},
    [COL_CPU] = {"cpu", {"CPU", 5, 6, 5, true}, cpu_text, cpu_number, cpu_role, .falls = true,
                 .quiet = true},
    [COL_DB] = {"db", {"DB", 5, 6, 7, true}, db_text, db_number, db_role, .falls = true,
                .quiet = true},
    [COL_TENANTS] = {"tenants", {"TENANTS", 7, 8, 5, true}, tenants_text, tenants_number,
                     tenants_role, .falls = true, .quiet = true},
    [COL_DIES] = {"dies", {"IF IT DIES", 13, 46, 4, false}, dies_text, dies_number,
                  .draw = dies_draw, .falls = true, .quiet = true},
    [COL_FOR] = {"for", {"FOR", 4, 6, 5, true}, for_text, for_number, .spare = true,
                 .quiet = true},
    [COL_CLASS] = {"class", {"CLASS", 6, 9, 6, false}, class_text, .role = sheet_dim, .spare = true},
    [COL_REGION] = {"region", {"REGION", 9, 14, 6, false}, region_text, .role = sheet_dim,
                    .spare = true},
    [COL_RESIDENCY] = {"residency", {"RES", 3, 5, 6, false}, residency_text, .role = sheet_dim,
                       .spare = true},
    [COL_REQUESTS] = {"requests", {"REQUESTS", 8, 9, 5, true}, requests_text, requests_number,
                      requests_role, .falls = true, .spare = true, .quiet = true},
    [COL_LATENCY] = {"latency", {"LATENCY", 7, 8, 5, true}, latency_text, latency_number,
                     latency_role, .falls = true, .spare = true, .quiet = true},
    [COL_USED] = {"used", {"USED", 5, 5, 5, true}, used_text, used_number, used_role,
                  .falls = true, .spare = true, .quiet = true},
};
/* clang-format on */

/* Names and versions take what the longest of them needs, and no more. */
static void fleet_fit(struct column *shapes, const struct deck *deck, int cols)
{
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
    shapes[COL_CELL].wish = CLAMP(cell + 1, shapes[COL_CELL].least, 40);
    shapes[COL_WAVE].least = CLAMP(wave, 4, 12);
    shapes[COL_WAVE].wish = MAX(wave, shapes[COL_WAVE].least);
    shapes[COL_VERSION].least = CLAMP(version + 2, 7, 14); /* and what a rollout did there */
    shapes[COL_VERSION].wish = shapes[COL_VERSION].least + 1;
    shapes[COL_DIES].least = cols < 110 ? 13 : cols < 140 ? 19 : 30;
    int digits = users_digits(deck);
    shapes[COL_USERS].least = digits + SHARE;
    shapes[COL_USERS].wish = digits + 1 + 10 + SHARE;
    if (cols < 80)
        return; /* charts and bars: what else there is gives way to them */
    shapes[COL_USERS].least += 1 + BAR_LEAST;
    shapes[COL_ERRORS].least = DIGITS + 1 + (cols < 100 ? BAR_LEAST : BAR_LEAST + 1);
}

const struct sheet fleet_sheet = {
    .columns = columns,
    .n = COL_COUNT,
    .id = fleet_id,
    .faulty = fleet_faulty,
    .lead = fleet_lead,
    .fit = fleet_fit,
};
