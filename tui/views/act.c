#include "tui/views/act.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/views/act_kind.h"
#include "tui/views/blast.h"

#include <gio/gio.h>
#include <string.h>

/* What a person is shown of it. */
struct sight {
    GPtrArray *lines; /* char *: what will happen, and to which cells; binding, all of it */
    char *bound;      /* what else it is bound to, or NULL */
    char *note;       /* what else is to be known: its words may change, and bind nothing */
};

struct act {
    const struct act_kind *kind;
    enum request request;
    char *operation, *version, *wave, *cell;
    char *reason, *bake; /* as typed, where they are asked for */
    char *expected;
    struct sight sight;
    char *state_dir;
    bool recorded;        /* the worker's word for it */
    struct person person; /* its strings are ours */
    struct config *config;
    act_fn fn;
    gpointer data;
};

static void sight_clear(struct sight *sight)
{
    g_clear_pointer(&sight->lines, g_ptr_array_unref);
    g_clear_pointer(&sight->bound, g_free);
    g_clear_pointer(&sight->note, g_free);
}

static bool same_sight(const struct sight *a, const struct sight *b)
{
    bool same = a->lines->len == b->lines->len && g_strcmp0(a->bound, b->bound) == 0;
    for (guint i = 0; same && i < a->lines->len; i++)
        same = strcmp(g_ptr_array_index(a->lines, i), g_ptr_array_index(b->lines, i)) == 0;
    return same;
}

void act_free(struct act *act)
{
    if (!act)
        return;
    char *strings[] = {act->operation,
                       act->version,
                       act->wave,
                       act->cell,
                       act->reason,
                       act->bake,
                       act->expected,
                       act->state_dir,
                       (char *)act->person.actor,
                       (char *)act->person.arn};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    sight_clear(&act->sight);
    if (act->config)
        config_unref(act->config);
    g_free(act);
}

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

static struct sight look(const struct act *act, const struct rollout *rollout)
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
        sight.note = act->kind->tells(rollout, &target, &sight.bound);
    return sight;
}

static struct act *make(const struct deck *deck, const struct act_kind *kind,
                        const struct rollout *rollout, const struct target *target)
{
    struct act *act = g_new0(struct act, 1);
    act->kind = kind;
    act->request = kind->request;
    act->operation = g_strdup(target->operation);
    act->version = g_strdup(target->version);
    act->wave = g_strdup(target->wave);
    act->cell = g_strdup(target->cell);
    act->expected = g_strdup(act->cell ? act->cell : act->version);
    act->state_dir = g_strdup(deck->state_dir);
    act->person = (struct person){g_strdup(deck->actor), g_strdup(deck->arn)};
    act->config = config_ref(deck->config);
    act->sight = look(act, rollout);
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

bool act_can(const struct deck *deck, enum request request, const char *cell)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    if (!rollout)
        return false;
    const struct act_kind *kind = act_kind_of(request, rollout);
    const struct target target = act_target(kind, rollout, cell);
    g_autofree char *why = refusal(deck, kind, rollout, &target);
    return !why;
}

struct act *act_prepare(const struct deck *deck, enum request request, const char *cell,
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

static GPtrArray *shown_lines(const struct sight *sight)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < sight->lines->len; i++)
        g_ptr_array_add(lines, g_strdup(g_ptr_array_index(sight->lines, i)));
    if (sight->note)
        g_ptr_array_insert(lines, 2, g_strdup(sight->note));
    return lines;
}

static char *title_of(const struct act *act)
{
    const char *verb = act->kind->verb;
    return act->cell   ? g_strdup_printf("%s %s in %s", verb, act->cell, act->operation)
           : act->wave ? g_strdup_printf("%s wave %s of %s (%s)", verb, act->wave, act->operation,
                                         act->version)
                       : g_strdup_printf("%s %s (%s)", verb, act->operation, act->version);
}

struct dialog *act_dialog(const struct act *act)
{
    g_autofree char *title = title_of(act);
    struct dialog *dialog =
        dialog_new(title, shown_lines(&act->sight), act->kind->asks, act->expected);
    dialog->about = act->sight.bound;
    return dialog;
}

/* It can't be done any more: what is left of the question tells that. */
static struct dialog *over_dialog(const struct act *act, const char *why)
{
    g_autofree char *title = title_of(act);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(lines, g_strdup(why));
    g_ptr_array_add(lines, g_strdup("It has changed since you were asked; nothing was done."));
    struct dialog *dialog = dialog_new(title, lines, NULL, NULL);
    dialog->role = ROLE_BAD;
    return dialog;
}

bool act_follow(struct act *act, const struct deck *deck, struct dialog **dialog)
{
    const struct rollout *rollout = deck_rollout(deck, act->operation);
    if (!rollout || !(*dialog)->expected)
        return false;
    const struct target target = target_of(act);
    bool same_kind = act_kind_of(act->request, rollout) == act->kind;
    g_autofree char *why =
        same_kind ? refusal(deck, act->kind, rollout, &target)
                  : g_strdup_printf("can't %s: somebody else has done so", act->kind->what);
    if (why) {
        dialog_free(*dialog);
        *dialog = over_dialog(act, why);
        return true;
    }
    struct sight now = look(act, rollout);
    bool changed = !same_sight(&now, &act->sight);
    sight_clear(&act->sight);
    act->sight = now;
    (*dialog)->about = act->sight.bound;
    if (changed)
        dialog_change(*dialog, shown_lines(&act->sight));
    return changed;
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
    struct sight now = look(act, rollout);
    bool same = same_sight(&now, &act->sight);
    if (!same)
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "%s has moved on since you were asked; nothing was done. It would now be: %s",
                    act->operation, (const char *)g_ptr_array_index(now.lines, 1));
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

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    struct act *act = data;
    GError *error = NULL;
    OWN(journal) journal = journal_open(act->config, act->state_dir, &error);
    act->recorded = journal && put_on_record(journal, act, &error);
    if (act->recorded && conductor_spawn(act->config, act->state_dir, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

static void on_done(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    const struct act *act = data;
    g_autoptr(GError) error = NULL;
    g_task_propagate_boolean(G_TASK(result), &error);
    g_autofree char *said =
        g_strdup_printf("%s%s%s %s: on record", act->kind->verb, act->wave ? " wave " : "",
                        act->wave ? act->wave : "", act->cell ? act->cell : act->operation);
    if (error && act->recorded) /* which nothing undoes: whoever conducts it next reads it */
        g_prefix_error(&error, "%s, but nobody carries it out yet: ", said);
    act->fn(said, error, act->data);
}

static void free_act(gpointer act)
{
    act_free(act);
}

void act_do(struct act *act, const struct dialog *dialog, act_fn fn, gpointer data)
{
    act->reason = g_strdup(act_typed(act->kind, dialog, "Reason"));
    act->bake = g_strdup(act_typed(act->kind, dialog, "Bake"));
    act->fn = fn;
    act->data = data;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, act);
    g_task_set_task_data(task, act, free_act);
    g_task_run_in_thread(task, work);
}
