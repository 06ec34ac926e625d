#include "tui/views/act.h"

#include "data/base/error.h"
#include "rollout/conductor.h"
#include "tui/views/act_side.h"

#include <gio/gio.h>
#include <string.h>

void sight_clear(struct sight *sight)
{
    g_clear_pointer(&sight->lines, g_ptr_array_unref);
    g_clear_pointer(&sight->bound, g_free);
    g_clear_pointer(&sight->note, g_free);
}

bool sight_same(const struct sight *a, const struct sight *b)
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
                       act->ack,
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

struct act *act_new(const struct deck *deck, const struct act_side *side, enum request request,
                    const char *operation)
{
    struct act *act = g_new0(struct act, 1);
    act->side = side;
    act->request = request;
    act->operation = g_strdup(operation);
    act->state_dir = g_strdup(deck->state_dir);
    act->person = (struct person){g_strdup(deck->actor), g_strdup(deck->arn)};
    act->config = config_ref(deck->config);
    return act;
}

static const struct act_side *side_of(enum request request)
{
    return request == REQUEST_RESUME || request == REQUEST_REVERT ? &act_on_steps
                                                                  : &act_on_rollouts;
}

bool act_can(const struct deck *deck, enum request request, const char *cell)
{
    return side_of(request)->can(deck, request, cell);
}

struct act *act_prepare(const struct deck *deck, enum request request, const char *cell,
                        GError **error)
{
    return side_of(request)->prepare(deck, request, cell, error);
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

struct dialog *act_dialog(const struct act *act)
{
    g_autofree char *title = act->side->title(act);
    struct dialog *dialog = dialog_new(title, shown_lines(&act->sight), act->asks, act->expected);
    dialog->about = act->sight.bound;
    return dialog;
}

/* It can't be done any more: what is left of the question tells that. */
static struct dialog *over_dialog(const struct act *act, const char *why)
{
    g_autofree char *title = act->side->title(act);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(lines, g_strdup(why));
    g_ptr_array_add(lines, g_strdup("It has changed since you were asked; nothing was done."));
    struct dialog *dialog = dialog_new(title, lines, NULL, NULL);
    dialog->role = ROLE_BAD;
    return dialog;
}

bool act_follow(struct act *act, const struct deck *deck, struct dialog **dialog)
{
    struct sight now = {0};
    if (!(*dialog)->expected)
        return false;
    g_autofree char *why = act->side->sees(act, deck, &now);
    if (why) {
        dialog_free(*dialog);
        *dialog = over_dialog(act, why);
        return true;
    }
    if (!now.lines)
        return false;
    bool changed = !sight_same(&now, &act->sight);
    sight_clear(&act->sight);
    act->sight = now;
    (*dialog)->about = act->sight.bound;
    if (changed)
        dialog_change(*dialog, shown_lines(&act->sight));
    return changed;
}

bool act_moved_on(const struct act *act, const struct sight *now, GError **error)
{
    g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                "%s has moved on since you were asked; nothing was done. It would now be: %s",
                act->operation, (const char *)g_ptr_array_index(now->lines, 1));
    return false;
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    struct act *act = data;
    GError *error = NULL;
    OWN(journal) journal = journal_open(act->config, act->state_dir, &error);
    act->recorded = journal && act->side->put(journal, act, &error);
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
    g_autofree char *what = act->side->said(act);
    g_autofree char *said = g_strconcat(what, ": on record", NULL);
    if (error && act->recorded) /* which nothing undoes: whoever conducts it next reads it */
        g_prefix_error(&error, "%s, but nobody carries it out yet: ", said);
    act->fn(said, error, act->data);
}

/* What was typed for one of its asks, by what that is called; NULL: it asks no such thing. */
static const char *typed(const struct act *act, const struct dialog *dialog, const char *name)
{
    for (size_t i = 0; act->asks && i < DIALOG_ASKS && act->asks[i].name; i++)
        if (strcmp(act->asks[i].name, name) == 0)
            return dialog_text(dialog, i);
    return NULL;
}

static void free_act(gpointer act)
{
    act_free(act);
}

void act_do(struct act *act, const struct dialog *dialog, act_fn fn, gpointer data)
{
    act->reason = g_strdup(typed(act, dialog, "Reason"));
    act->bake = g_strdup(typed(act, dialog, "Bake"));
    act->ack = g_strdup(typed(act, dialog, "fence"));
    act->ack = act->ack ? act->ack : g_strdup(typed(act, dialog, "promote"));
    act->fn = fn;
    act->data = data;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, act);
    g_task_set_task_data(task, act, free_act);
    g_task_run_in_thread(task, work);
}
