/* Place: where a new tenant would go, and why. What it asks is typed as a filter is, and answered
 * while it is typed. */
#include "data/base/text.h"
#include "tui/views/marks.h"
#include "tui/views/pager.h"
#include "tui/views/place_question.h"
#include "tui/views/view.h"

#define LEAD_COLS 16

struct place_view {
    struct pager pager;
    /* What its lines follow from. The plans are kept: others could come to lie where they lay. */
    struct evacuations *plans;
    char *terms;
    char *told; /* the question that they answer, as it was typed; NULL: none yet */
    struct place_question question;
    GArray *asks; /* struct place_ask: that question, or one of each kind to begin with */
    /* That they are answered with, beside the plans, while they are. */
    struct snapshot *snapshot;
    struct placing *placing;
};

static void stop_placing(struct place_view *view)
{
    g_clear_pointer(&view->placing, placing_free);
    g_clear_pointer(&view->snapshot, snapshot_unref);
}

static void *place_open(void)
{
    struct place_view *view = g_new0(struct place_view, 1);
    pager_init(&view->pager);
    view->asks = g_array_new(FALSE, FALSE, sizeof(struct place_ask));
    return view;
}

static void place_close(void *state)
{
    struct place_view *view = state;
    stop_placing(view);
    g_clear_pointer(&view->plans, evacuations_unref);
    pager_release(&view->pager);
    place_question_clear(&view->question);
    g_array_unref(view->asks);
    g_free(view->terms);
    g_free(view->told);
    g_free(view);
}

static void put(struct pager *pager, enum role role, const char *text)
{
    pager_add(pager, role, NULL, role, text);
}

static void put_candidate(struct pager *pager, const struct place_candidate *candidate)
{
    const char *why = candidate->why ? candidate->why : "";
    g_autofree char *text =
        candidate->fits ? g_strdup_printf("✔ %s", why)
                        : g_strdup_printf("✖ %.0f %% full with it%s%s", candidate->used_pct_after,
                                          *why ? " · " : "", why);
    pager_add(pager, ROLE_HEADER, candidate->cell->id, candidate->fits ? ROLE_NORMAL : ROLE_WARN,
              text);
}

static void put_answer(struct pager *pager, const struct place_answer *answer)
{
    enum role role = answer->refused ? ROLE_UNKNOWN : answer->to ? ROLE_GOOD : ROLE_BAD;
    const char *why = answer->refused ? answer->refused : answer->why;
    g_autofree char *text = g_strdup_printf("%s %s",
                                            answer->refused ? "?"
                                            : answer->to    ? "✔"
                                                            : "✖",
                                            why ? why : "");
    put(pager, role, text);
    g_autofree char *build = answer->build ? g_strconcat("to build: ", answer->build, NULL) : NULL;
    if (build)
        put(pager, ROLE_WARN, build);
    if (answer->refused || answer->candidates->len == 0)
        return;
    pager_heading(pager, "cells that may hold such a tenant, best first");
    for (guint i = 0; i < answer->candidates->len; i++)
        put_candidate(pager, g_ptr_array_index(answer->candidates, i));
}

static bool is_whole(const struct place_question *question)
{
    return question->ask.users > 0 && question->ask.residency;
}

/* What was asked; until that is whole, what a tenant of each residency and tier would find. */
static void set_asks(struct place_view *view, const struct deck *deck)
{
    static const enum tenant_tier tiers[] = {TIER_STANDARD, TIER_ENTERPRISE};
    const struct place_ask *like = &view->question.ask;
    g_array_set_size(view->asks, 0);
    if (is_whole(&view->question)) {
        g_array_append_val(view->asks, *like);
        return;
    }
    g_autoptr(GPtrArray) residencies = place_residencies(deck->config);
    for (guint i = 0; i < residencies->len; i++)
        for (size_t t = 0; t < G_N_ELEMENTS(tiers); t++) {
            const struct place_ask ask = {MAX(1, like->users), tiers[t],
                                          g_ptr_array_index(residencies, i), like->region};
            g_array_append_val(view->asks, ask);
        }
}

static void put_examples(struct place_view *view)
{
    for (guint i = 0; i < view->asks->len; i++) {
        const struct place_ask *ask = &g_array_index(view->asks, struct place_ask, i);
        const struct place_answer *answer = placing_answer(view->placing, i);
        g_autofree char *lead =
            g_strdup_printf("%s %s", ask->residency, tenant_tier_name(ask->tier));
        pager_add(&view->pager, ROLE_HEADER, lead,
                  answer->refused ? ROLE_UNKNOWN
                  : answer->to    ? ROLE_NORMAL
                                  : ROLE_WARN,
                  answer->refused ? answer->refused : answer->why);
    }
}

static void put_how(struct pager *pager, const struct deck *deck)
{
    g_autofree char *key = keymap_shown(deck->keymap, REQUEST_FILTER);
    g_autofree char *how =
        keymap_is_by_word(deck->keymap)
            ? g_strdup("Type place and its users, tier, residency and region: `place 500 "
                       "ENTERPRISE EU`.")
            : g_strdup_printf("%s, and its users, tier, residency and region: 500 ENTERPRISE EU",
                              key);
    put(pager, ROLE_DIM, how);
}

static void put_question(struct place_view *view, const struct deck *deck)
{
    struct pager *pager = &view->pager;
    const struct place_ask *ask = &view->question.ask;
    if (view->question.wrong)
        put(pager, ROLE_WARN, view->question.wrong);
    if (!is_whole(&view->question)) {
        put(pager, ROLE_TITLE, "Where would a new tenant go, and why?");
        put_how(pager, deck);
        return;
    }
    g_autofree char *users = text_counted(ask->users, "user");
    g_autofree char *asked = g_strdup_printf(
        "a new %s tenant of %s with its data in %s%s%s", tenant_tier_name(ask->tier), users,
        ask->residency, ask->region ? ", in " : "", ask->region ? ask->region : "");
    put(pager, ROLE_TITLE, asked);
}

static void put_answers(struct place_view *view)
{
    if (is_whole(&view->question)) {
        put_answer(&view->pager, placing_answer(view->placing, 0));
        return;
    }
    g_autofree char *users = text_counted(MAX(1, view->question.ask.users), "user");
    g_autofree char *heading = g_strdup_printf("one of %s", users);
    pager_heading(&view->pager, heading);
    put_examples(view);
}

static void begin(struct place_view *view, const struct deck *deck)
{
    place_question_clear(&view->question);
    view->question = place_question_parse(deck->config, deck->filter);
    set_asks(view, deck);
    view->snapshot = snapshot_ref(deck->snapshot);
    view->placing =
        placing_new(view->snapshot, view->plans->origins,
                    (const struct place_ask *)(void *)view->asks->data, view->asks->len);
}

static void tell(struct place_view *view, const struct deck *deck, const struct area *area)
{
    pager_begin(&view->pager, area->cols - 2, LEAD_COLS);
    if (view->placing) {
        put_question(view, deck);
        put_answers(view);
    } else {
        put(&view->pager, ROLE_UNKNOWN,
            "? where anybody would go is not known yet: the fleet is being read");
    }
    pager_end(&view->pager, area->rows);
    g_free(view->told);
    view->told = g_strdup(view->placing ? deck->filter : NULL);
    stop_placing(view);
}

static void tell_progress(struct place_view *view, const struct deck *deck, const struct area *area)
{
    g_autofree char *progress =
        g_strdup_printf("… being worked out: %d %%", placing_pct(view->placing));
    pager_begin(&view->pager, area->cols - 2, LEAD_COLS);
    put_question(view, deck);
    put(&view->pager, ROLE_UNKNOWN, progress);
    pager_end(&view->pager, area->rows);
    g_clear_pointer(&view->told, g_free);
}

/* Whether they are others than those before. Plans are others only where the fleet is another in a
 * way that matters to them. */
static bool take_terms(struct place_view *view, const struct deck *deck, const struct area *area)
{
    g_autofree char *terms = g_strdup_printf("%d %s", area->cols, deck->filter);
    if (view->plans == deck->evacuations && g_strcmp0(terms, view->terms) == 0)
        return false;
    stop_placing(view); /* it borrows of the plans */
    g_clear_pointer(&view->plans, evacuations_unref);
    view->plans = deck->evacuations ? evacuations_ref(deck->evacuations) : NULL;
    g_free(view->terms);
    view->terms = g_steal_pointer(&terms);
    return true;
}

/* Until all is answered anew, what was found by the plans before stands; never under another
 * question. */
static void place_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct place_view *view = state;
    bool asked = take_terms(view, deck, area);
    if (asked && deck->evacuations)
        begin(view, deck);
    bool done = view->placing ? !placing_go_on(view->placing) : asked;
    if (done)
        tell(view, deck, area);
    else if (view->placing && g_strcmp0(view->told, deck->filter) != 0)
        tell_progress(view, deck, area);
    list_fit(&view->pager.list, area->rows);
}

static enum work place_works(const void *state)
{
    return ((const struct place_view *)state)->placing ? WORK_ASKED : WORK_NONE;
}

static void place_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                       const struct area *area)
{
    (void)deck;
    const struct area within = {area->row, 1, area->rows, area->cols - 2};
    pager_draw(&((const struct place_view *)state)->pager, canvas, &within);
}

static const struct list *place_list(const void *state)
{
    return &((const struct place_view *)state)->pager.list;
}

static struct reaction place_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return pager_move(&((struct place_view *)state)->pager, request);
}

static const enum request hints[] = {REQUEST_FILTER, REQUEST_BACK, REQUEST_FLEET, REQUEST_TENANTS,
                                     REQUEST_HELP,   REQUEST_QUIT, REQUEST_COUNT};

const struct view view_place = {
    .hints = hints,
    .open = place_open,
    .close = place_close,
    .prepare = place_prepare,
    .draw = place_draw,
    .list = place_list,
    .works = place_works,
    .key = place_key,
};
