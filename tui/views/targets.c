/* Everybody out of a cell into one other: which takes them alone, with what is not proven of it,
 * and why the others can't. From here that is done, or drilled; the screen failover has the plan
 * that may use several. */
#include "data/base/text.h"
#include "tui/views/choices.h"
#include "tui/views/departure.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

enum { HEAD_ROWS = 2 };

static void *targets_open(void)
{
    return choices_new();
}

static void targets_close(void *state)
{
    choices_free(state);
}

static void targets_prepare(void *state, const struct deck *deck, const struct area *area)
{
    choices_follow(state, deck, FAILOVER_FAILOVER, deck->cell, area->rows - HEAD_ROWS);
}

static char *title_of(const struct deck *deck, enum role *role)
{
    const struct evacuation *plan = deck_evacuation(deck, deck->cell);
    const char *cell = deck->cell ? deck->cell : "–";
    bool anybody = plan && !plan->refused && plan->tenants->len > 0;
    *role = anybody ? ROLE_TITLE : ROLE_WARN;
    if (!anybody)
        return g_strdup_printf("everybody in %s into one cell: %s", cell,
                               !plan           ? "where they would go is not planned yet"
                               : plan->refused ? plan->refused
                                               : "no tenant lives there");
    g_autofree char *tenants = text_counted(plan->tenants->len, "tenant");
    g_autofree char *users = text_counted(plan->users, "user");
    return g_strdup_printf("everybody in %s, %s, %s, into one cell: which?", cell, tenants, users);
}

static void draw_title(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    enum role role;
    g_autofree char *title = title_of(deck, &role);
    wrap_told(canvas, &(struct area){area->row, 1, HEAD_ROWS, area->cols - 2}, role, title);
}

static void targets_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                         const struct area *area)
{
    const struct area below = {area->row + HEAD_ROWS, area->col, area->rows - HEAD_ROWS,
                               area->cols};
    draw_title(deck, canvas, area);
    choices_draw(state, deck, canvas, &below);
}

static const struct list *targets_list(const void *state)
{
    return &((const struct choices *)state)->list;
}

static struct topic targets_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    return (struct topic){.cell = targets_list(state)->selected};
}

static struct reaction targets_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct list *list = &((struct choices *)state)->list;
    if (request == REQUEST_OPEN && list->selected)
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, list->selected};
    return view_move(list, request);
}

static bool targets_can(const void *state, const struct deck *deck, enum request request)
{
    if (request == REQUEST_WITHOUT_DNS && !departure_may_leave_dns(deck))
        return false;
    if (request != REQUEST_DRILL && request_acts(request) &&
        departure_is_under_way(deck, deck->cell))
        return false;
    if (request == REQUEST_FAIL_OVER || request == REQUEST_DRILL || request == REQUEST_WITHOUT_DNS)
        return deck->write && choices_fit(state);
    return request != REQUEST_OPEN || targets_list(state)->selected;
}

static const enum request hints[] = {REQUEST_FAIL_OVER,   REQUEST_DRILL, REQUEST_OPEN,
                                     REQUEST_WITHOUT_DNS, REQUEST_BACK,  REQUEST_HELP,
                                     REQUEST_QUIT,        REQUEST_COUNT};

const struct view view_targets = {
    .hints = hints,
    .open = targets_open,
    .close = targets_close,
    .prepare = targets_prepare,
    .draw = targets_draw,
    .list = targets_list,
    .topic = targets_topic,
    .can = targets_can,
    .key = targets_key,
};
