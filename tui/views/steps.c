/* The steps of a failover, a drill or a move: how far each tenant is, batch by batch, and its log.
 */
#include "data/base/text.h"
#include "tui/console/list.h"
#include "tui/views/act.h"
#include "tui/views/cell_look.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"
#include "tui/views/steps_head.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

#include <string.h>

struct steps {
    struct list list; /* ids of the tenants, in the order in which they go */
    GArray *head;     /* struct cell_line */
    int head_rows;    /* of it, that there is room for */
    bool chosen;      /* somebody moved: the selection no longer follows the work */
};

static void *steps_open(void)
{
    struct steps *steps = g_new0(struct steps, 1);
    list_init(&steps->list);
    steps->head = cell_lines_new();
    return steps;
}

static void steps_close(void *state)
{
    struct steps *steps = state;
    list_release(&steps->list);
    g_array_unref(steps->head);
    g_free(steps);
}

static const struct failover *shown(const struct deck *deck)
{
    return deck_failover(deck, deck->operation);
}

/* The first that is not at its end. */
static const char *at_work(const struct failover *failover)
{
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        bool over = tenant->step == TENANT_VERIFIED || tenant->step == TENANT_CHECKED ||
                    tenant->step == TENANT_BACK || tenant->step == TENANT_LEFT;
        if (!over)
            return tenant->plan->id;
    }
    return NULL;
}

static void set_tenants(struct steps *steps, const struct failover *failover)
{
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; failover && i < failover->tenants->len; i++)
        g_ptr_array_add(rows, failover_tenant_at(failover, i)->plan->id);
    list_set(&steps->list, rows);
    const char *working = failover && !steps->chosen ? at_work(failover) : NULL;
    if (working)
        list_select(&steps->list, working);
}

/* Below the head the tenants, below them the log: of a low screen the log gives way first. */
struct parts {
    int head, tenants, log;
};

static struct parts divide(const struct steps *steps, const struct area *area)
{
    enum { LEAST_TENANTS = 3, LEAST_LOG = 4 };
    struct parts parts = {.head = MIN((int)steps->head->len, MAX(1, area->rows - LEAST_TENANTS))};
    int rows = MAX(0, area->rows - parts.head), all = list_size(&steps->list);
    parts.tenants = MIN(all, rows);
    if (rows - parts.tenants < LEAST_LOG && rows >= LEAST_TENANTS * 2 + LEAST_LOG)
        parts.tenants = MIN(all, MAX(LEAST_TENANTS, rows - MAX(LEAST_LOG, rows / 3)));
    parts.log = rows - parts.tenants >= LEAST_LOG ? rows - parts.tenants : 0;
    return parts;
}

static void steps_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct steps *steps = state;
    const struct failover *failover = shown(deck);
    set_tenants(steps, failover);
    g_array_unref(steps->head);
    steps->head = failover ? steps_head(deck, failover, area->cols - 2) : cell_lines_new();
    list_fit(&steps->list, MAX(1, divide(steps, area).tenants));
}

/* Where it is, in a word, and since when or why. */
static void draw_where(const struct failover_tenant *tenant, const struct deck *deck,
                       struct canvas *canvas, int row, int col, int end)
{
    struct mark mark = mark_tenant_step(tenant->step);
    col += canvas_text(canvas, row, col, end - col, mark.role, tenant_step_name(tenant->step));
    if (tenant->why) {
        canvas_printf(canvas, row, col, end - col, ROLE_WARN, ": %s", tenant->why);
        return;
    }
    if (tenant->step == TENANT_PLANNED || tenant->since_ms <= 0)
        return;
    g_autofree char *at = mark_moment(tenant->since_ms, deck->now_ms);
    canvas_printf(canvas, row, col, end - col, ROLE_DIM, " %s", at);
}

static void draw_tenant(const struct failover_tenant *tenant, const struct deck *deck,
                        struct canvas *canvas, int row)
{
    enum { BATCH = 3, TARGET = 18, USERS = 9 };
    struct mark mark = mark_tenant_step(tenant->step);
    int end = canvas->cols - 1, name = CLAMP(canvas->cols / 3, 12, 30), col = 3;
    canvas_text(canvas, row, 1, 1, mark.role, mark.shape);
    if (canvas->cols >= 60) {
        g_autofree char *batch = g_strdup_printf("%u", tenant->batch + 1);
        canvas_right(canvas, row, col, BATCH, ROLE_DIM, batch);
        col += BATCH + 1;
    }
    canvas_text(canvas, row, col, name, ROLE_NORMAL, tenant->plan->id);
    col += name + 1;
    if (canvas->cols >= 70) {
        canvas_printf(canvas, row, col, TARGET, ROLE_DIM, "→ %s", tenant->plan->to);
        col += TARGET + 1;
    }
    if (canvas->cols >= 90) {
        g_autofree char *users = text_count(tenant->plan->users);
        canvas_right(canvas, row, col, USERS, ROLE_DIM, users);
        col += USERS + 2;
    }
    draw_where(tenant, deck, canvas, row, col, end);
}

static void draw_log(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    struct area log = {area->row + 1, area->col, area->rows - 1, area->cols};
    frame_rule(canvas, area->row, area, "events");
    g_autoptr(GPtrArray) newest = g_ptr_array_new();
    for (guint i = deck->events->len; i-- > 0;)
        if (deck_worth_telling(g_ptr_array_index(deck->events, i)))
            g_ptr_array_add(newest, g_ptr_array_index(deck->events, i));
    frame_log(canvas, &log, newest, deck->now_ms, true);
}

static void draw_none(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    const struct operation *operation = deck_operation(deck, deck->operation);
    const struct area below = {area->row + 1, 2, area->rows - 1, area->cols - 4};
    bool other = operation && !deck_kind_has_steps(operation->kind);
    g_autofree char *not_here =
        other ? g_strdup_printf("%s is a %s: it has no steps of a failover.", operation->id,
                                operation->kind)
              : g_strdup("No failover, drill or move yet. A cell's plan is on the screen "
                         "failover, whatever comes.");
    wrap_told(canvas, &below, deck->journal_error ? ROLE_BAD : ROLE_DIM,
              deck->journal_error ? deck->journal_error : not_here);
}

static void steps_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                       const struct area *area)
{
    const struct steps *steps = state;
    const struct failover *failover = shown(deck);
    if (!failover) {
        draw_none(deck, canvas, area);
        return;
    }
    struct parts parts = divide(steps, area);
    for (int i = 0; i < parts.head; i++) {
        const struct cell_line *line = &g_array_index(steps->head, struct cell_line, (guint)i);
        canvas_text(canvas, area->row + i, 1, area->cols - 2, line->role, line->text);
    }
    int row = area->row + parts.head;
    const struct list *list = &steps->list;
    for (int i = 0; i < parts.tenants && list->top + i < list_size(list); i++) {
        int at = list->top + i;
        draw_tenant(failover_tenant_at(failover, (guint)at), deck, canvas, row + i);
        view_show_row(list, at, canvas, row + i);
    }
    const struct area log = {row + parts.tenants, 1, parts.log, area->cols - 2};
    if (parts.log)
        draw_log(deck, canvas, &log);
}

static const struct list *steps_list(const void *state)
{
    return &((const struct steps *)state)->list;
}

/* The source and every target. */
static void steps_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    (void)state;
    const struct failover *failover = shown(deck);
    if (!failover || !failover->plan)
        return;
    g_ptr_array_add(ids, failover->plan->source);
    for (guint i = 0; i < failover->plan->targets->len; i++) {
        const struct planned_target *target = g_ptr_array_index(failover->plan->targets, i);
        g_ptr_array_add(ids, target->cell);
    }
}

static struct topic steps_topic(const void *state, const struct deck *deck)
{
    const struct failover *failover = shown(deck);
    return (struct topic){.cell = failover && failover->plan ? failover->plan->source : NULL,
                          .tenant = steps_list(state)->selected,
                          .operation = deck->operation};
}

static const char *other_failover(const struct deck *deck, int by)
{
    guint n = deck->failovers->len;
    for (guint i = 0; i < n; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        if (g_strcmp0(failover->id, deck->operation) != 0)
            continue;
        const struct failover *other =
            g_ptr_array_index(deck->failovers, (guint)((int)(i + n) + by) % n);
        return other->id;
    }
    return NULL;
}

static struct reaction steps_key(void *state, const struct deck *deck, enum request request)
{
    struct steps *steps = state;
    switch (request) {
    case REQUEST_OPEN:
        return steps->list.selected
                   ? (struct reaction){REACT_OPEN, VIEW_TENANT, request, steps->list.selected}
                   : (struct reaction){.what = REACT_NONE};
    case REQUEST_NEXT:
        return (struct reaction){REACT_TURN, VIEW_STEPS, request, other_failover(deck, 1)};
    case REQUEST_PREVIOUS:
        return (struct reaction){REACT_TURN, VIEW_STEPS, request, other_failover(deck, -1)};
    case REQUEST_RESUME:
    case REQUEST_REVERT:
        return (struct reaction){REACT_ACT, VIEW_STEPS, request, NULL};
    default: {
        struct reaction moved = view_move(&steps->list, request);
        steps->chosen |= moved.what == REACT_REDRAW;
        return moved;
    }
    }
}

static bool steps_can(const void *state, const struct deck *deck, enum request request)
{
    if (request == REQUEST_RESUME || request == REQUEST_REVERT)
        return act_can(deck, request, NULL);
    if (request == REQUEST_NEXT || request == REQUEST_PREVIOUS)
        return deck->failovers->len > 1;
    return request != REQUEST_OPEN || steps_list(state)->selected;
}

static const enum request hints[] = {REQUEST_RESUME, REQUEST_REVERT, REQUEST_OPEN,
                                     REQUEST_EVENTS, REQUEST_NEXT,   REQUEST_BACK,
                                     REQUEST_HELP,   REQUEST_QUIT,   REQUEST_COUNT};

const struct view view_steps = {
    .hints = hints,
    .open = steps_open,
    .close = steps_close,
    .prepare = steps_prepare,
    .draw = steps_draw,
    .list = steps_list,
    .cells = steps_cells,
    .topic = steps_topic,
    .can = steps_can,
    .key = steps_key,
};
