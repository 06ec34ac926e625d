#include "tui/views/choices.h"

#include "data/base/text.h"
#include "rollout/failover_draft.h"
#include "tui/views/view.h"
#include "tui/views/wrap.h"

/* For the whole of the selected row there are so many, on a screen that is not as low as that. */
enum { WHOLE_ROWS = 2, LEAST_ROWS = 5 };

struct choice {
    const char *cell;
    bool fits;
    unsigned needs; /* 1u << proof, where it fits */
    char *text;
};

static void choice_free(gpointer p)
{
    struct choice *choice = p;
    g_free(choice->text);
    g_free(choice);
}

struct choices *choices_new(void)
{
    struct choices *choices = g_new0(struct choices, 1);
    list_init(&choices->list);
    choices->all = g_ptr_array_new_with_free_func(choice_free);
    return choices;
}

void choices_free(struct choices *choices)
{
    list_release(&choices->list);
    g_ptr_array_unref(choices->all);
    g_clear_pointer(&choices->plans, evacuations_unref);
    g_free(choices->of);
    g_free(choices);
}

/* Why they can't go there: of one tenant its own reason says more. */
static char *why_not(const struct evacuation *plan, enum failover_kind kind)
{
    const struct placed_tenant *first = g_ptr_array_index(plan->tenants, 0);
    if (plan->refused)
        return g_strdup(plan->refused);
    return g_strdup(kind == FAILOVER_MOVE && first->why ? first->why : plan->why);
}

/* Whether there is a place for all, and if so what would have to be acknowledged; else why not. */
static struct choice *choice_of(const struct evacuation *plan, enum failover_kind kind,
                                const char *cell)
{
    struct choice *choice = g_new0(struct choice, 1);
    choice->cell = cell;
    choice->fits = plan->complete && !plan->refused;
    if (!choice->fits) {
        choice->text = why_not(plan, kind);
        return choice;
    }
    const struct placement_target *target = g_ptr_array_index(plan->targets, 0);
    choice->needs = failover_plan_needs(plan, kind);
    g_autofree char *needs = proofs_text(choice->needs);
    choice->text = g_strdup_printf("%.0f %% full with %s%s%s", target->used_pct_after,
                                   kind == FAILOVER_MOVE ? "it" : "them",
                                   *needs ? "; to be acknowledged: " : "", needs);
    return choice;
}

static gint fitting_first(gconstpointer a, gconstpointer b)
{
    return (*(const struct choice *const *)b)->fits - (*(const struct choice *const *)a)->fits;
}

static void plan_each(struct choices *choices, const struct deck *deck, enum failover_kind kind,
                      const char *of)
{
    const struct origins *origins = deck_origins(deck);
    g_autoptr(GPtrArray) moves = kind == FAILOVER_MOVE
                                     ? evacuation_moves(deck->snapshot, origins, of)
                                     : evacuation_into_each(deck->snapshot, origins, of);
    for (guint i = 0; i < moves->len; i++) {
        const struct prospective_move *move = g_ptr_array_index(moves, i);
        const struct cell_config *cell = config_cell(deck->config, move->to->id);
        if (cell && move->plan->tenants->len > 0)
            g_ptr_array_add(choices->all, choice_of(move->plan, kind, cell->id));
    }
    g_ptr_array_sort(choices->all, fitting_first);
}

static void take_terms(struct choices *choices, const struct deck *deck, const char *of)
{
    g_clear_pointer(&choices->plans, evacuations_unref);
    choices->plans = deck->evacuations ? evacuations_ref(deck->evacuations) : NULL;
    g_free(choices->of);
    choices->of = g_strdup(of);
}

void choices_follow(struct choices *choices, const struct deck *deck, enum failover_kind kind,
                    const char *of, int rows)
{
    if (choices->plans != deck->evacuations || g_strcmp0(of, choices->of) != 0) {
        take_terms(choices, deck, of);
        g_ptr_array_set_size(choices->all, 0);
        if (deck->evacuations && deck->snapshot && of)
            plan_each(choices, deck, kind, of);
        GPtrArray *ids = g_ptr_array_new();
        for (guint i = 0; i < choices->all->len; i++)
            g_ptr_array_add(ids, (char *)((struct choice *)choices->all->pdata[i])->cell);
        list_set(&choices->list, ids);
    }
    list_fit(&choices->list, MAX(1, rows >= LEAST_ROWS ? rows - WHOLE_ROWS : rows));
}

/* Of the cell's name. */
static int name_cols(int cols)
{
    return CLAMP(cols / 3, 12, 24);
}

static bool is_cut(const struct choice *choice, int cols)
{
    int name = name_cols(cols);
    return text_width(choice->cell) > name || text_width(choice->text) > cols - 5 - name;
}

/* The whole of what the selected row has no room for. */
static void draw_whole(const struct choice *choice, struct canvas *canvas, const struct area *area)
{
    g_autofree char *whole = g_strdup_printf("%s: %s", choice->cell, choice->text);
    if (is_cut(choice, area->cols))
        wrap_told(canvas, &(struct area){area->row, 1, area->rows, area->cols - 2}, ROLE_NORMAL,
                  whole);
}

static void draw_choice(const struct choice *choice, struct canvas *canvas, int row, int cols)
{
    int name = name_cols(cols);
    enum role role = !choice->fits ? ROLE_BAD : choice->needs ? ROLE_WARN : ROLE_GOOD;
    canvas_text(canvas, row, 1, 1, role, !choice->fits ? "✖" : choice->needs ? "▲" : "✔");
    canvas_text(canvas, row, 3, name, ROLE_NORMAL, choice->cell);
    canvas_text(canvas, row, 3 + name + 1, cols - 5 - name, choice->fits ? ROLE_NORMAL : ROLE_DIM,
                choice->text);
}

void choices_draw(const struct choices *choices, const struct deck *deck, struct canvas *canvas,
                  const struct area *area)
{
    const struct list *list = &choices->list;
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int row = area->row + i, at = list->top + i;
        draw_choice(g_ptr_array_index(choices->all, (guint)at), canvas, row, area->cols);
        view_show_row(list, at, canvas, row);
    }
    int shown = MIN(list->height, list_size(list)), gap = area->rows - shown > WHOLE_ROWS;
    const struct area below = {area->row + shown + gap, area->col, area->rows - shown - gap,
                               area->cols};
    if (list->selected && below.rows > 0)
        draw_whole(g_ptr_array_index(choices->all, (guint)list->index), canvas, &below);
    if (list_size(list) == 0)
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_UNKNOWN,
                    deck->evacuations ? "nowhere: nothing is known that would say where to"
                                      : "? not planned yet: the fleet is being read");
}

bool choices_fit(const struct choices *choices)
{
    const struct list *list = &choices->list;
    return list->selected &&
           ((const struct choice *)g_ptr_array_index(choices->all, (guint)list->index))->fits;
}
