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
    char *terms; /* what its lines follow from */
};

static void *place_open(void)
{
    struct place_view *view = g_new0(struct place_view, 1);
    pager_init(&view->pager);
    return view;
}

static void place_close(void *state)
{
    struct place_view *view = state;
    pager_release(&view->pager);
    g_free(view->terms);
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
        g_strdup_printf("%s %.0f %% full with it%s%s", candidate->fits ? "✔" : "✖",
                        candidate->used_pct_after, *why ? " · " : "", why);
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

/* What a tenant of each residency would find, to begin with. */
static void put_examples(struct pager *pager, const struct deck *deck, const struct place_ask *like)
{
    static const enum tenant_tier tiers[] = {TIER_STANDARD, TIER_ENTERPRISE};
    g_autoptr(GPtrArray) residencies = place_residencies(deck->config);
    for (guint i = 0; i < residencies->len; i++)
        for (size_t t = 0; t < G_N_ELEMENTS(tiers); t++) {
            struct place_ask ask = {like->users > 0 ? like->users : 1, tiers[t],
                                    g_ptr_array_index(residencies, i), like->region};
            OWN(place_answer) answer = place_find(deck->snapshot, deck_origins(deck), &ask);
            g_autofree char *lead =
                g_strdup_printf("%s %s", ask.residency, tenant_tier_name(ask.tier));
            const char *why = answer->refused ? answer->refused : answer->why;
            pager_add(pager, ROLE_HEADER, lead,
                      answer->refused ? ROLE_UNKNOWN
                      : answer->to    ? ROLE_NORMAL
                                      : ROLE_WARN,
                      why);
        }
}

static void put_question(struct pager *pager, const struct deck *deck,
                         const struct place_question *question)
{
    const struct place_ask *ask = &question->ask;
    g_autofree char *key = keymap_shown(deck->keymap, REQUEST_FILTER);
    g_autofree char *how =
        keymap_is_by_word(deck->keymap)
            ? g_strdup("Type place and its users, tier, residency and region: `place 500 "
                       "ENTERPRISE EU`.")
            : g_strdup_printf("%s, and its users, tier, residency and region: 500 ENTERPRISE EU",
                              key);
    if (question->wrong)
        put(pager, ROLE_WARN, question->wrong);
    if (ask->users > 0 && ask->residency) {
        OWN(place_answer) answer = place_find(deck->snapshot, deck_origins(deck), ask);
        g_autofree char *users = text_counted(ask->users, "user");
        g_autofree char *asked = g_strdup_printf(
            "a new %s tenant of %s with its data in %s%s%s", tenant_tier_name(ask->tier), users,
            ask->residency, ask->region ? ", in " : "", ask->region ? ask->region : "");
        put(pager, ROLE_TITLE, asked);
        put_answer(pager, answer);
        return;
    }
    put(pager, ROLE_TITLE, "Where would a new tenant go, and why?");
    put(pager, ROLE_DIM, how);
    g_autofree char *users = text_counted(MAX(1, ask->users), "user");
    g_autofree char *heading = g_strdup_printf("one of %s", users);
    pager_heading(pager, heading);
    put_examples(pager, deck, ask);
}

static void tell(struct pager *pager, const struct deck *deck, const struct area *area)
{
    struct place_question question = place_question_parse(deck->config, deck->filter);
    pager_begin(pager, area->cols - 2, LEAD_COLS);
    if (deck->evacuations)
        put_question(pager, deck, &question);
    else
        put(pager, ROLE_UNKNOWN,
            "? where anybody would go is not known yet: the fleet is being read");
    pager_end(pager, area->rows);
    place_question_clear(&question);
}

static void place_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct place_view *view = state;
    /* Plans are others only where the fleet is another in a way that matters to them. */
    g_autofree char *terms =
        g_strdup_printf("%p %d %s", (void *)deck->evacuations, area->cols, deck->filter);
    if (g_strcmp0(terms, view->terms) != 0) {
        g_free(view->terms);
        view->terms = g_steal_pointer(&terms);
        tell(&view->pager, deck, area);
    }
    list_fit(&view->pager.list, area->rows);
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
    .key = place_key,
};
