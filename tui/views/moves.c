/* Moving one tenant: the cells that it could go to, with what is not proven of each, and why it
 * can't go to the others. */
#include "data/base/text.h"
#include "tui/views/choices.h"
#include "tui/views/departure.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

enum { HEAD_ROWS = 2 };

static void *moves_open(void)
{
    return choices_new();
}

static void moves_close(void *state)
{
    choices_free(state);
}

static void moves_prepare(void *state, const struct deck *deck, const struct area *area)
{
    choices_follow(state, deck, FAILOVER_MOVE, deck->tenant, area->rows - HEAD_ROWS);
}

static char *title_of(const struct deck *deck, enum role *role)
{
    const struct tenant *tenant =
        deck->snapshot && deck->tenant ? snapshot_tenant(deck->snapshot, deck->tenant) : NULL;
    *role = tenant ? ROLE_TITLE : ROLE_WARN;
    if (!tenant)
        return g_strdup_printf("tenant %s is not in the registry (any more)",
                               deck->tenant ? deck->tenant : "–");
    g_autofree char *users = tenant->current_users >= 0
                                 ? text_counted(tenant->current_users, "user")
                                 : g_strdup("users not known");
    return g_strdup_printf("%s of %s, %s, %s: where to?", tenant->id,
                           tenant->cell ? tenant->cell : "–", users,
                           tenant_tier_name(tenant->tier));
}

static void draw_title(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    enum role role;
    g_autofree char *title = title_of(deck, &role);
    wrap_told(canvas, &(struct area){area->row, 1, HEAD_ROWS, area->cols - 2}, role, title);
}

static void moves_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                       const struct area *area)
{
    const struct area below = {area->row + HEAD_ROWS, area->col, area->rows - HEAD_ROWS,
                               area->cols};
    draw_title(deck, canvas, area);
    choices_draw(state, deck, canvas, &below);
}

static const struct list *moves_list(const void *state)
{
    return &((const struct choices *)state)->list;
}

static struct topic moves_topic(const void *state, const struct deck *deck)
{
    return (struct topic){.cell = moves_list(state)->selected, .tenant = deck->tenant};
}

static struct reaction moves_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct list *list = &((struct choices *)state)->list;
    if (request == REQUEST_OPEN && list->selected)
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, list->selected};
    return view_move(list, request);
}

static bool moves_can(const void *state, const struct deck *deck, enum request request)
{
    if (request == REQUEST_WITHOUT_DNS && !departure_may_leave_dns(deck))
        return false;
    if (request == REQUEST_MOVE_IT || request == REQUEST_WITHOUT_DNS)
        return deck->write && choices_fit(state);
    return request != REQUEST_OPEN || moves_list(state)->selected;
}

static const enum request hints[] = {REQUEST_MOVE_IT, REQUEST_OPEN, REQUEST_WITHOUT_DNS,
                                     REQUEST_BACK,    REQUEST_HELP, REQUEST_QUIT,
                                     REQUEST_COUNT};

const struct view view_moves = {
    .hints = hints,
    .open = moves_open,
    .close = moves_close,
    .prepare = moves_prepare,
    .draw = moves_draw,
    .list = moves_list,
    .topic = moves_topic,
    .can = moves_can,
    .key = moves_key,
};
