/* History: every operation, newest first. */
#include "data/base/when.h"
#include "tui/views/marks.h"
#include "tui/views/sheet_find.h"
#include "tui/views/since.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

static const char *history_id(const void *row)
{
    return ((const struct operation *)row)->id;
}

/* Under way, or not ended well. */
static bool history_faulty(const void *row, const struct deck *deck)
{
    (void)deck;
    const struct operation *operation = row;
    enum role role = mark_operation(operation->state, operation->ended_ms == 0).role;
    return role == ROLE_WARN || role == ROLE_BAD;
}

static void history_lead(const void *row, const struct deck *deck, struct canvas *canvas, int line)
{
    const struct operation *operation = row;
    struct mark mark = mark_operation(operation->state, operation->ended_ms == 0);
    if (since_moment(deck, MAX(operation->started_ms, operation->ended_ms)))
        canvas_text(canvas, line, 0, 1, ROLE_ACCENT, "▎");
    canvas_text(canvas, line, 1, 1, mark.role, mark.shape);
}

#define TEXT_FIELD(member)                                                                         \
    static const char *member##_text(const void *row, const struct deck *deck, GString *scratch)   \
    {                                                                                              \
        (void)deck, (void)scratch;                                                                 \
        return ((const struct operation *)row)->member;                                            \
    }
TEXT_FIELD(id)
TEXT_FIELD(kind)
TEXT_FIELD(subject)
TEXT_FIELD(state)
TEXT_FIELD(actor)
TEXT_FIELD(reason)

static enum role state_role(const void *row, const struct deck *deck)
{
    (void)deck;
    const struct operation *operation = row;
    return mark_operation(operation->state, operation->ended_ms == 0).role;
}

static double started_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return (double)((const struct operation *)row)->started_ms;
}

static const char *started_text(const void *row, const struct deck *deck, GString *scratch)
{
    g_autofree char *text = mark_time(((const struct operation *)row)->started_ms, deck->now_ms);
    return g_string_assign(scratch, text)->str;
}

static double took_number(const void *row, const struct deck *deck)
{
    const struct operation *operation = row;
    gint64 end_ms = operation->ended_ms ? operation->ended_ms : deck->now_ms;
    return (double)MAX(0, end_ms - operation->started_ms);
}

static const char *took_text(const void *row, const struct deck *deck, GString *scratch)
{
    g_autofree char *text = duration_short((gint64)took_number(row, deck));
    return g_string_assign(scratch, text)->str;
}

static double cells_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return g_strv_length(((const struct operation *)row)->cells);
}

/* Which they are, for filters; what is drawn is how many. */
static const char *cells_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck;
    g_autofree char *text = g_strjoinv(" ", ((const struct operation *)row)->cells);
    return g_string_assign(scratch, text)->str;
}

static void cells_draw(const void *row, const struct deck *deck, struct canvas *canvas, int line,
                       const struct place *place)
{
    g_autofree char *text = g_strdup_printf("%.0f", cells_number(row, deck));
    canvas_right(canvas, line, place->col, place->cols, ROLE_DIM, text);
}

/* clang-format off */
static const struct sheet_column columns[] = {
    {.id = "id", .shape = {"ID", 4, 6, 0, false}, .text = id_text},
    {.id = "kind", .shape = {"KIND", 8, 9, 5, false}, .text = kind_text, .role = sheet_dim},
    {.id = "subject", .shape = {"SUBJECT", 8, 16, 0, false}, .text = subject_text},
    {.id = "state", .shape = {"STATE", 9, 10, 0, false}, .text = state_text, .role = state_role},
    {.id = "started", .shape = {"STARTED", 12, 12, 1, false}, .text = started_text,
     .number = started_number, .role = sheet_dim, .falls = true, .moment = true, .quiet = true},
    {.id = "took", .shape = {"TOOK", 5, 5, 4, true}, .text = took_text, .number = took_number,
     .role = sheet_dim, .falls = true, .quiet = true},
    {.id = "actor", .shape = {"ACTOR", 10, 24, 2, false}, .text = actor_text},
    {.id = "cells", .shape = {"CELLS", 5, 5, 6, true}, .text = cells_text, .number = cells_number,
     .draw = cells_draw, .falls = true},
    {.id = "reason", .shape = {"REASON", 10, 80, 3, false}, .text = reason_text},
};
/* clang-format on */

static const struct sheet history_sheet = {
    .columns = columns,
    .n = G_N_ELEMENTS(columns),
    .id = history_id,
    .faulty = history_faulty,
    .lead = history_lead,
};

static void *history_open(void)
{
    struct find *find = g_new0(struct find, 1);
    find_init(find);
    return find;
}

static void history_close(void *state)
{
    find_release(state);
    g_free(state);
}

static void history_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct find *find = state;
    find_follow(find, &history_sheet, deck, &deck->arranged[VIEW_HISTORY], deck->operations);
    list_fit(&find->list, area->rows - 1);
}

static void history_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                         const struct area *area)
{
    const struct find *find = state;
    sheet_draw(&history_sheet, deck, &deck->arranged[VIEW_HISTORY], &find->list, find->rows, canvas,
               area);
    if (list_size(&find->list) > 0)
        return;
    const struct area below = {area->row + 1, 3, area->rows - 1, area->cols - 4};
    wrap_told(canvas, &below, deck->journal_error ? ROLE_BAD : ROLE_DIM,
              deck->journal_error          ? deck->journal_error
              : deck->operations->len == 0 ? "nothing has been done yet"
              : *deck->filter              ? "no operation passes the filter"
                                           : "every operation ended well (f shows all)");
}

static const struct list *history_list(const void *state)
{
    return &((const struct find *)state)->list;
}

static struct topic history_topic(const void *state, const struct deck *deck)
{
    const struct operation *operation = deck_operation(deck, history_list(state)->selected);
    bool rolls = operation && g_strcmp0(operation->kind, "rollout") == 0;
    return (struct topic){.operation = operation ? operation->id : NULL,
                          .version = rolls ? operation->subject : NULL};
}

static struct reaction history_key(void *state, const struct deck *deck, enum request request)
{
    struct list *list = &((struct find *)state)->list;
    const struct operation *operation = deck_operation(deck, list->selected);
    if (request == REQUEST_OPEN && operation)
        return (struct reaction){REACT_OPEN,
                                 deck_kind_has_steps(operation->kind) ? VIEW_STEPS : VIEW_EVENTS,
                                 request, list->selected};
    return view_move(list, request);
}

static bool history_can(const void *state, const struct deck *deck, enum request request)
{
    const struct operation *operation = deck_operation(deck, history_list(state)->selected);
    if (request == REQUEST_ROLLOUT)
        return operation && g_strcmp0(operation->kind, "rollout") == 0;
    return operation ||
           (request != REQUEST_OPEN && request != REQUEST_EVENTS && request != REQUEST_EXPORT);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_ROLLOUT, REQUEST_FILTER, REQUEST_BACK,
                                     REQUEST_SORT, REQUEST_TURN,    REQUEST_EXPORT, REQUEST_HELP,
                                     REQUEST_QUIT, REQUEST_COUNT};

const struct view view_history = {
    .sheet = &history_sheet,
    .hints = hints,
    .open = history_open,
    .close = history_close,
    .prepare = history_prepare,
    .draw = history_draw,
    .list = history_list,
    .topic = history_topic,
    .can = history_can,
    .key = history_key,
};
