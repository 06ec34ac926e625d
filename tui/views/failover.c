/* Failover: where everybody goes if the cell dies now, what is not proven of that, and what would
 * have to be built; from here it is begun, or drilled. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/guests.h"
#include "tui/views/checks.h"
#include "tui/views/departure.h"
#include "tui/views/drills.h"
#include "tui/views/evacuation_lines.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

#include <string.h>

#define LEAD_COLS 16

struct failover_view {
    struct pager pager;
    struct evacuation *plan; /* that the pager has; NULL: none */
    char *terms;             /* what else its lines follow from */
};

static void *failover_open(void)
{
    struct failover_view *view = g_new0(struct failover_view, 1);
    pager_init(&view->pager);
    return view;
}

static void failover_close(void *state)
{
    struct failover_view *view = state;
    pager_release(&view->pager);
    g_clear_pointer(&view->plan, evacuation_unref);
    g_free(view->terms);
    g_free(view);
}

static void put(struct pager *pager, enum role role, const char *text)
{
    pager_add(pager, role, NULL, role, text);
}

/* What is under way there, and where to see it. */
static void put_live(struct pager *pager, const struct deck *deck)
{
    const struct failover *live = deck_cell_failover(deck, deck->cell);
    if (!live)
        return;
    g_autofree char *key = keymap_shown(deck->keymap, REQUEST_OPEN);
    g_autofree char *text = g_strdup_printf("◔ %s, a %s of this cell, is %s: %s shows its steps",
                                            live->id, failover_kind_name(live->plan->kind),
                                            failover_state_name(live->state), key);
    put(pager, ROLE_ACCENT, text);
}

/* How the cell is itself, where it is not well: since when is how long its tenants have waited. */
static void put_source(struct pager *pager, const struct deck *deck)
{
    const struct cell *cell = deck_cell(deck, deck->cell);
    g_autofree char *how = cell ? evacuation_source_text(cell, deck->now_ms) : NULL;
    if (!how)
        return;
    struct mark mark = mark_health(cell->health);
    g_autofree char *text = g_strdup_printf("%s %s", mark.shape, how);
    put(pager, mark.role, text);
}

/* Before somebody empties the whole cell to bring those home. */
static void put_guests(struct pager *pager, const struct deck *deck, const struct evacuation *plan)
{
    g_autoptr(GPtrArray) guests = guests_of(plan, deck_origins(deck));
    g_autofree char *words = guests_words(plan, guests);
    if (words)
        put(pager, ROLE_NORMAL, words);
}

static void put_checks(struct pager *pager, const struct deck *deck, const struct evacuation *plan)
{
    g_autoptr(GPtrArray) checks = checks_of(deck, plan, FAILOVER_FAILOVER);
    pager_heading(pager, "preflight");
    for (guint i = 0; i < checks->len; i++) {
        const struct check *check = g_ptr_array_index(checks, i);
        g_autofree char *line = check_line(check);
        put(pager, check->ok ? ROLE_NORMAL : ROLE_BAD, line);
    }
}

static void put_plan(struct pager *pager, const struct deck *deck, const struct evacuation *plan)
{
    struct mark mark = mark_drain(evacuation_drain(plan));
    g_autofree char *standing = evacuation_standing(plan);
    g_autofree char *title = g_strdup_printf("%s %s: %s", mark.shape, deck->cell, standing);
    g_autofree char *drilled = drill_words(deck, deck->cell);
    bool bars = !keymap_is_by_word(deck->keymap);
    put(pager, mark.role, title);
    put_source(pager, deck);
    put_live(pager, deck);
    if (plan->tenants->len > 0)
        put(pager, ROLE_DIM, drilled);
    put_guests(pager, deck, plan);
    evacuation_tell_targets(pager, plan, bars);
    evacuation_tell_proofs(pager, plan);
    if (evacuation_drain(plan) == DRAIN_READY || evacuation_drain(plan) == DRAIN_UNPROVEN)
        put_checks(pager, deck, plan);
    evacuation_tell_build(pager, plan);
    evacuation_tell_tenants(pager, plan);
}

static void put_none(struct pager *pager, const struct deck *deck)
{
    g_autofree char *text =
        g_strdup_printf("? where everybody in %s would go is not planned yet: the registry, the "
                        "metrics and every cell are being read",
                        deck->cell ? deck->cell : "it");
    put(pager, ROLE_UNKNOWN, text);
}

/* There may be thousands of tenants: the lines are made only where they say something else. */
static char *terms_of(const struct deck *deck, const struct area *area)
{
    const struct cell *cell = deck_cell(deck, deck->cell);
    g_autofree char *how = cell ? evacuation_source_text(cell, deck->now_ms) : NULL;
    return g_strdup_printf("%s %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", deck->cell,
                           area->cols, deck->journal_version, deck->now_ms / WHEN_HOUR,
                           how ? how : "");
}

static void failover_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct failover_view *view = state;
    struct evacuation *plan = (struct evacuation *)deck_evacuation(deck, deck->cell);
    g_autofree char *terms = terms_of(deck, area);
    if (plan != view->plan || g_strcmp0(terms, view->terms) != 0) {
        g_clear_pointer(&view->plan, evacuation_unref);
        view->plan = plan ? evacuation_ref(plan) : NULL;
        g_free(view->terms);
        view->terms = g_steal_pointer(&terms);
        pager_begin(&view->pager, area->cols - 2, LEAD_COLS);
        if (plan)
            put_plan(&view->pager, deck, plan);
        else
            put_none(&view->pager, deck);
        pager_end(&view->pager, area->rows);
    }
    list_fit(&view->pager.list, area->rows);
}

static void failover_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                          const struct area *area)
{
    (void)deck;
    const struct failover_view *view = state;
    const struct area within = {area->row, 1, area->rows, area->cols - 2};
    pager_draw(&view->pager, canvas, &within);
}

static const struct list *failover_list(const void *state)
{
    return &((const struct failover_view *)state)->pager.list;
}

/* The cell, and those that take its tenants. */
static void failover_cells(const void *state, const struct deck *deck, GPtrArray *ids)
{
    const struct failover_view *view = state;
    if (deck->cell)
        g_ptr_array_add(ids, deck->cell);
    for (guint i = 0; view->plan && i < view->plan->targets->len; i++) {
        const struct placement_target *target = g_ptr_array_index(view->plan->targets, i);
        g_ptr_array_add(ids, target->cell->id);
    }
}

static struct reaction failover_key(void *state, const struct deck *deck, enum request request)
{
    struct failover_view *view = state;
    const struct failover *live = deck_cell_failover(deck, deck->cell);
    switch (request) {
    case REQUEST_OPEN:
        return live ? (struct reaction){REACT_OPEN, VIEW_STEPS, request, live->id}
                    : (struct reaction){REACT_OPEN, VIEW_CELL, request, deck->cell};
    case REQUEST_NEXT:
    case REQUEST_PREVIOUS:
        return (struct reaction){REACT_TURN, VIEW_FAILOVER, request,
                                 deck_neighbour(deck, request == REQUEST_NEXT ? 1 : -1)};
    default:
        return pager_move(&view->pager, request);
    }
}

static const enum request hints[] = {REQUEST_FAIL_OVER, REQUEST_DRILL,   REQUEST_TARGETS,
                                     REQUEST_OPEN,      REQUEST_NEXT,    REQUEST_WITHOUT_DNS,
                                     REQUEST_BACK,      REQUEST_TENANTS, REQUEST_PREVIOUS,
                                     REQUEST_HELP,      REQUEST_QUIT,    REQUEST_COUNT};

static bool failover_can(const void *state, const struct deck *deck, enum request request)
{
    const struct evacuation *plan = ((const struct failover_view *)state)->plan;
    bool anybody = plan && !plan->refused && plan->tenants->len > 0;
    if (request == REQUEST_TARGETS)
        return anybody;
    if (request == REQUEST_WITHOUT_DNS && !departure_may_leave_dns(deck))
        return false;
    if (request != REQUEST_DRILL && departure_is_under_way(deck, deck->cell))
        return !request_acts(request);
    return !request_acts(request) || (deck->write && anybody && plan->complete);
}

const struct view view_failover = {
    .hints = hints,
    .open = failover_open,
    .close = failover_close,
    .prepare = failover_prepare,
    .draw = failover_draw,
    .list = failover_list,
    .cells = failover_cells,
    .can = failover_can,
    .key = failover_key,
};
