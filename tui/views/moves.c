/* Moving one tenant: the cells that it could go to, with what is not proven of each, and why it
 * can't go to the others. */
#include "data/base/text.h"
#include "rollout/failover_draft.h"
#include "tui/console/list.h"
#include "tui/views/view.h"

struct choice {
    const struct cell_config *cell;
    struct evacuation *plan; /* of the tenant, into that cell */
    char *text;
};

struct move_view {
    struct list list;
    GPtrArray *choices; /* struct choice *: those that fit first */
    char *terms;        /* what they follow from */
};

static void choice_free(gpointer p)
{
    struct choice *choice = p;
    evacuation_unref(choice->plan);
    g_free(choice->text);
    g_free(choice);
}

static void *move_open(void)
{
    struct move_view *view = g_new0(struct move_view, 1);
    list_init(&view->list);
    view->choices = g_ptr_array_new_with_free_func(choice_free);
    return view;
}

static void move_close(void *state)
{
    struct move_view *view = state;
    list_release(&view->list);
    g_ptr_array_unref(view->choices);
    g_free(view->terms);
    g_free(view);
}

/* Whether it has a place there, and if so what would have to be acknowledged; else why not. */
static char *choice_text(const struct evacuation *plan)
{
    const struct placed_tenant *placed = g_ptr_array_index(plan->tenants, 0);
    if (!placed->to)
        return g_strdup(placed->why ? placed->why : "it has no place there");
    const struct placement_target *target = g_ptr_array_index(plan->targets, 0);
    g_autofree char *needs = proofs_text(failover_plan_needs(plan, FAILOVER_MOVE));
    return g_strdup_printf("%.0f %% full with it%s%s", target->used_pct_after,
                           *needs ? "; to be acknowledged: " : "", needs);
}

static bool fits(const struct choice *choice)
{
    return choice->plan->complete && !choice->plan->refused;
}

static void add_choice(struct move_view *view, const struct prospective_move *move)
{
    if (move->plan->tenants->len == 0)
        return;
    struct choice *choice = g_new0(struct choice, 1);
    *choice = (struct choice){move->to, evacuation_ref(move->plan), choice_text(move->plan)};
    g_ptr_array_add(view->choices, choice);
}

static gint fitting_first(gconstpointer a, gconstpointer b)
{
    return fits(*(const struct choice *const *)b) - fits(*(const struct choice *const *)a);
}

static void add_choices(struct move_view *view, const struct deck *deck)
{
    if (!deck->evacuations || !deck->tenant)
        return;
    g_autoptr(GPtrArray) moves = evacuation_moves(deck->snapshot, deck_origins(deck), deck->tenant);
    for (guint i = 0; i < moves->len; i++)
        add_choice(view, g_ptr_array_index(moves, i));
    g_ptr_array_sort(view->choices, fitting_first);
}

static void move_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct move_view *view = state;
    g_autofree char *terms = g_strdup_printf("%p %s", (void *)deck->evacuations, deck->tenant);
    if (g_strcmp0(terms, view->terms) != 0) {
        g_free(view->terms);
        view->terms = g_steal_pointer(&terms);
        list_set(&view->list, g_ptr_array_new());
        g_ptr_array_set_size(view->choices, 0);
        add_choices(view, deck);
        GPtrArray *rows = g_ptr_array_new();
        for (guint i = 0; i < view->choices->len; i++)
            g_ptr_array_add(rows, ((struct choice *)view->choices->pdata[i])->cell->id);
        list_set(&view->list, rows);
    }
    list_fit(&view->list, MAX(1, area->rows - 2));
}

static void draw_title(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    const struct tenant *tenant =
        deck->snapshot && deck->tenant ? snapshot_tenant(deck->snapshot, deck->tenant) : NULL;
    g_autofree char *users = tenant && tenant->current_users >= 0
                                 ? text_counted(tenant->current_users, "user")
                                 : g_strdup("users not known");
    if (!tenant)
        canvas_printf(canvas, area->row, 1, area->cols - 2, ROLE_WARN,
                      "tenant %s is not in the registry (any more)",
                      deck->tenant ? deck->tenant : "–");
    else
        canvas_printf(canvas, area->row, 1, area->cols - 2, ROLE_TITLE,
                      "%s of %s, %s, %s: where to?", tenant->id, tenant->cell ? tenant->cell : "–",
                      users, tenant_tier_name(tenant->tier));
}

static void draw_choice(const struct choice *choice, struct canvas *canvas, int row, int cols)
{
    int name = CLAMP(cols / 3, 12, 24);
    bool may = fits(choice);
    unsigned needs = may ? failover_plan_needs(choice->plan, FAILOVER_MOVE) : 0;
    enum role role = !may ? ROLE_BAD : needs ? ROLE_WARN : ROLE_GOOD;
    canvas_text(canvas, row, 1, 1, role, !may ? "✖" : needs ? "▲" : "✔");
    canvas_text(canvas, row, 3, name, ROLE_NORMAL, choice->cell->id);
    canvas_text(canvas, row, 3 + name + 1, cols - 5 - name, may ? ROLE_NORMAL : ROLE_DIM,
                choice->text);
}

static void move_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    const struct move_view *view = state;
    const struct list *list = &view->list;
    draw_title(deck, canvas, area);
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int row = area->row + 2 + i, at = list->top + i;
        draw_choice(g_ptr_array_index(view->choices, (guint)at), canvas, row, area->cols);
        view_show_row(list, at, canvas, row);
    }
    if (list_size(list) == 0)
        canvas_text(canvas, area->row + 2, 1, area->cols - 2, ROLE_UNKNOWN,
                    deck->evacuations ? "nowhere: nothing is known of it that would say where to"
                                      : "? not planned yet: the fleet is being read");
}

static const struct list *move_list(const void *state)
{
    return &((const struct move_view *)state)->list;
}

static struct topic move_topic(const void *state, const struct deck *deck)
{
    return (struct topic){.cell = move_list(state)->selected, .tenant = deck->tenant};
}

static struct reaction move_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct list *list = &((struct move_view *)state)->list;
    if (request == REQUEST_OPEN && list->selected)
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, list->selected};
    return view_move(list, request);
}

static bool move_can(const void *state, const struct deck *deck, enum request request)
{
    const struct list *list = move_list(state);
    const struct move_view *view = state;
    if (request == REQUEST_MOVE_IT)
        return deck->write && list->selected &&
               fits(g_ptr_array_index(view->choices, (guint)list->index));
    return request != REQUEST_OPEN || list->selected;
}

static const enum request hints[] = {REQUEST_MOVE_IT, REQUEST_OPEN, REQUEST_BACK,
                                     REQUEST_HELP,    REQUEST_QUIT, REQUEST_COUNT};

const struct view view_moves = {
    .hints = hints,
    .open = move_open,
    .close = move_close,
    .prepare = move_prepare,
    .draw = move_draw,
    .list = move_list,
    .topic = move_topic,
    .can = move_can,
    .key = move_key,
};
