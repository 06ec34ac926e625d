/* Acts on a rollout (act_kind.h has what each of them is). */
#include "tui/views/act_kind.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/views/act_side.h"
#include "tui/views/blast.h"

#include <string.h>

static struct target target_of(const struct act *act)
{
    return (struct target){act->operation, act->version, act->wave, act->cell};
}

static char *cell_line(const struct act *act, const struct plan_cell *cell)
{
    const char *old = cell->from, *new = act->version;
    const char *const ways[][2] = {[GOES_FORWARD] = {old, new},
                                   [GOES_BACK] = {new, old},
                                   [STAYS_OLD] = {old, old},
                                   [STAYS_NEW] = {new, new}};
    return blast_cell_text(cell, ways[act->kind->direction][0], ways[act->kind->direction][1]);
}

static struct sight look(const struct act *act, const struct rollout *rollout,
                         const GPtrArray *operations)
{
    const struct target target = target_of(act);
    struct sight sight = {.lines = g_ptr_array_new_with_free_func(g_free)};
    struct blast blast = {0};
    g_ptr_array_add(sight.lines, g_strdup_printf("%s %s", act->cell ? act->cell : act->operation,
                                                 act->kind->effect));
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if (!act->kind->touches(rollout, &target, cell))
            continue;
        g_ptr_array_add(sight.lines, cell_line(act, cell->plan));
        blast_add(&blast, cell->plan);
    }
    g_ptr_array_insert(sight.lines, 1, blast_text(&blast));
    if (act->kind->tells)
        sight.note = act->kind->tells(rollout, operations, &target, &sight.bound);
    return sight;
}

static struct act *make(const struct deck *deck, const struct act_kind *kind,
                        const struct rollout *rollout, const struct target *target)
{
    struct act *act = act_new(deck, &act_on_rollouts, kind->request, target->operation);
    act->kind = kind;
    act->asks = kind->asks;
    act->version = g_strdup(target->version);
    act->wave = g_strdup(target->wave);
    act->cell = g_strdup(target->cell);
    act->expected = g_strdup(act->cell ? act->cell : act->version);
    act->sight = look(act, rollout, deck->operations);
    return act;
}

/* By the rollout as it is; NULL: it can be. Caller frees. */
static char *why_not(const struct act_kind *kind, const struct rollout *rollout,
                     const struct target *target, const struct person *person)
{
    bool one = kind->scope == SCOPE_CELL;
    if ((one && !target->cell) || (kind->scope == SCOPE_WAVE && !target->wave))
        return g_strdup("no cell is selected");
    char *why = kind->of_cells ? NULL
                               : rollout_refuses(rollout, kind->what,
                                                 one ? rollout_cell(rollout, target->cell) : NULL);
    return why || !kind->refuses ? why : kind->refuses(kind, rollout, target, person);
}

/* "; U shortens its bake", or NULL: there is no such way now. Caller frees. */
static char *way_instead(const struct deck *deck, const struct act_kind *kind,
                         const struct rollout *rollout, const char *cell)
{
    if (!kind->instead_words)
        return NULL;
    const struct person person = {deck->actor, deck->arn};
    const struct act_kind *other = act_kind_of(kind->instead, rollout);
    bool ended = rollout_state_final(rollout->state) || rollout->aborted || rollout->failed;
    const struct target target = other ? act_target(other, rollout, cell) : (struct target){0};
    g_autofree char *neither = other ? why_not(other, rollout, &target, &person) : NULL;
    if (other ? neither != NULL : !ended)
        return NULL;
    g_autofree char *key = keymap_shown(deck->keymap, kind->instead);
    return g_strdup_printf("; %s %s", *key ? key : "another way", kind->instead_words);
}

/* Why not, in words; NULL: it can be. Caller frees. */
static char *refusal(const struct deck *deck, const struct act_kind *kind,
                     const struct rollout *rollout, const struct target *target)
{
    if (!deck->write)
        return g_strdup_printf("read-only: nothing was done (`celldeck --write` may %s)",
                               kind->what);
    const struct person person = {deck->actor, deck->arn};
    g_autofree char *why = why_not(kind, rollout, target, &person);
    if (!why)
        return NULL;
    g_autofree char *instead = way_instead(deck, kind, rollout, target->cell);
    return g_strdup_printf("can't %s: %s%s", kind->what, why, instead ? instead : "");
}

static bool can(const struct deck *deck, enum request request, const char *cell)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    if (!rollout)
        return false;
    const struct act_kind *kind = act_kind_of(request, rollout);
    const struct target target = act_target(kind, rollout, cell);
    g_autofree char *why = refusal(deck, kind, rollout, &target);
    return !why;
}

static struct act *prepare(const struct deck *deck, enum request request, const char *cell,
                           GError **error)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    if (!rollout) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "there is no rollout to act on");
        return NULL;
    }
    const struct act_kind *kind = act_kind_of(request, rollout);
    const struct target target = act_target(kind, rollout, cell);
    g_autofree char *why = refusal(deck, kind, rollout, &target);
    if (why) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_REFUSED, why);
        return NULL;
    }
    return make(deck, kind, rollout, &target);
}

static char *title_of(const struct act *act)
{
    const char *verb = act->kind->verb;
    return act->cell   ? g_strdup_printf("%s %s in %s", verb, act->cell, act->operation)
           : act->wave ? g_strdup_printf("%s wave %s of %s (%s)", verb, act->wave, act->operation,
                                         act->version)
                       : g_strdup_printf("%s %s (%s)", verb, act->operation, act->version);
}

static char *sees(const struct act *act, const struct deck *deck, struct sight *now)
{
    const struct rollout *rollout = deck_rollout(deck, act->operation);
    if (!rollout)
        return NULL;
    const struct target target = target_of(act);
    bool same_kind = act_kind_of(act->request, rollout) == act->kind;
    char *why = same_kind ? refusal(deck, act->kind, rollout, &target)
                          : g_strdup_printf("can't %s: somebody else has done so", act->kind->what);
    if (!why)
        *now = look(act, rollout, deck->operations);
    return why;
}

static char *said_of(const struct act *act)
{
    return g_strdup_printf("%s%s%s %s", act->kind->verb, act->wave ? " wave " : "",
                           act->wave ? act->wave : "", act->cell ? act->cell : act->operation);
}

/* Events come and go while people type; what counts is whether it would still do what it said. */
static struct rollout *still_as_seen(struct journal *journal, const struct act *act, GError **error)
{
    struct rollout *rollout = rollout_load(journal, act->operation, error);
    if (!rollout) {
        if (error && !*error)
            g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "there is no rollout %s any more",
                        act->operation);
        return NULL;
    }
    struct sight now = look(act, rollout, NULL); /* of which no words are shown any more */
    bool same = sight_same(&now, &act->sight);
    if (!same)
        act_moved_on(act, &now, error);
    sight_clear(&now);
    if (!same)
        g_clear_pointer(&rollout, rollout_free);
    return rollout;
}

static bool put_on_record(struct journal *journal, const struct act *act, GError **error)
{
    OWN(rollout) rollout = still_as_seen(journal, act, error);
    if (!rollout)
        return false;
    const struct act_request request = {.kind = act->kind,
                                        .target = target_of(act),
                                        .rollout = rollout,
                                        .reason = act->reason,
                                        .bake = act->bake,
                                        .person = &act->person,
                                        .now_ms = when_now_ms()};
    return act->kind->run(journal, &request, error);
}

const struct act_side act_on_rollouts = {
    .can = can,
    .prepare = prepare,
    .title = title_of,
    .said = said_of,
    .sees = sees,
    .put = put_on_record,
};
