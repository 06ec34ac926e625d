#include "tui/views/act.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/request.h"
#include "tui/views/blast.h"

#include <gio/gio.h>
#include <string.h>

struct act {
    const struct kind *kind;
    char *operation, *version, *wave, *cell;
    char *reason; /* as it was typed, where the request takes one */
    char *expected;
    GPtrArray *lines;
    char *state_dir;
    struct person person; /* its strings are ours */
    struct config *config;
    act_fn fn;
    gpointer data;
};

static bool do_approve(struct journal *journal, const struct act *act, GError **error)
{
    return request_approve(journal, act->operation, act->wave, &act->person, when_now_ms(), error);
}

static bool do_pause(struct journal *journal, const struct act *act, GError **error)
{
    return request_pause(journal, act->operation, act->reason, &act->person, when_now_ms(), error);
}

static bool do_resume(struct journal *journal, const struct act *act, GError **error)
{
    return request_resume(journal, act->operation, &act->person, when_now_ms(), error);
}

static bool do_abort(struct journal *journal, const struct act *act, GError **error)
{
    return request_abort(journal, act->operation, act->reason, &act->person, when_now_ms(), error);
}

static bool do_rollback(struct journal *journal, const struct act *act, GError **error)
{
    const char *const cells[] = {act->cell, NULL};
    return request_rollback(journal, act->operation, cells, act->reason, &act->person,
                            when_now_ms(), error);
}

static bool of_wave(const struct act *act, const struct rollout *rollout,
                    const struct rollout_cell *cell)
{
    const struct plan_wave *wave = g_ptr_array_index(rollout->plan->waves, cell->wave);
    return strcmp(wave->name, act->wave) == 0;
}

static bool not_begun(const struct act *act, const struct rollout *rollout,
                      const struct rollout_cell *cell)
{
    (void)act, (void)rollout;
    return cell->state == CELL_PENDING;
}

static bool in_flight(const struct act *act, const struct rollout *rollout,
                      const struct rollout_cell *cell)
{
    (void)act, (void)rollout;
    return cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING;
}

static bool this_cell(const struct act *act, const struct rollout *rollout,
                      const struct rollout_cell *cell)
{
    (void)rollout;
    return strcmp(cell->plan->id, act->cell) == 0;
}

static const struct kind {
    const char *what; /* as rollout_refuses() calls it */
    const char *verb, *effect;
    bool of_cell, names_wave, takes_reason, back;
    bool (*touches)(const struct act *, const struct rollout *, const struct rollout_cell *);
    bool (*run)(struct journal *, const struct act *, GError **);
} kinds[] = {
    {.what = "approve",
     .verb = "Approve",
     .effect = "goes on into this wave with",
     .names_wave = true,
     .touches = of_wave,
     .run = do_approve},
    {.what = "pause",
     .verb = "Pause",
     .effect = "goes no further; gates go on judging. Still to come:",
     .takes_reason = true,
     .touches = not_begun,
     .run = do_pause},
    {.what = "resume",
     .verb = "Resume",
     .effect = "goes on. Still to come:",
     .touches = not_begun,
     .run = do_resume},
    {.what = "abort",
     .verb = "Abort",
     .effect = "ends for good; what is in flight rolls back:",
     .takes_reason = true,
     .back = true,
     .touches = in_flight,
     .run = do_abort},
    {.what = "rollback",
     .verb = "Roll back",
     .effect = "goes back to the recorded version:",
     .of_cell = true,
     .takes_reason = true,
     .back = true,
     .touches = this_cell,
     .run = do_rollback},
};

void act_free(struct act *act)
{
    if (!act)
        return;
    char *strings[] = {act->operation,
                       act->version,
                       act->wave,
                       act->cell,
                       act->reason,
                       act->expected,
                       act->state_dir,
                       (char *)act->person.actor,
                       (char *)act->person.arn};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_ptr_array_unref(act->lines);
    if (act->config)
        config_unref(act->config);
    g_free(act);
}

static const struct kind *kind_of(enum request request, const struct rollout *rollout)
{
    switch (request) {
    case REQUEST_APPROVE:
        return &kinds[0];
    case REQUEST_PAUSE:
        return rollout->paused ? &kinds[2] : &kinds[1];
    case REQUEST_ABORT:
        return &kinds[3];
    default:
        return &kinds[4];
    }
}

/* What the person is told, and what the act is bound to: what will happen, and to which cells. */
static GPtrArray *describe(const struct act *act, const struct rollout *rollout)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    struct blast blast = {0};
    g_ptr_array_add(
        lines, g_strdup_printf("%s %s", act->cell ? act->cell : act->operation, act->kind->effect));
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if (!act->kind->touches(act, rollout, cell))
            continue;
        const char *old = cell->plan->from, *new = act->version;
        g_ptr_array_add(lines, blast_cell_text(cell->plan, act->kind->back ? new : old,
                                               act->kind->back ? old : new));
        blast_add(&blast, cell->plan);
    }
    g_ptr_array_insert(lines, 1, blast_text(&blast));
    return lines;
}

static struct act *make(const struct deck *deck, const struct kind *kind,
                        const struct rollout *rollout, const char *cell)
{
    struct act *act = g_new0(struct act, 1);
    gssize waits = request_waiting_wave(rollout);
    const struct plan_wave *wave =
        waits >= 0 ? g_ptr_array_index(rollout->plan->waves, (guint)waits) : NULL;
    act->kind = kind;
    act->operation = g_strdup(rollout->id);
    act->version = g_strdup(rollout->plan->version);
    act->wave = g_strdup(kind->names_wave && wave ? wave->name : NULL);
    act->cell = g_strdup(kind->of_cell ? cell : NULL);
    act->expected = g_strdup(act->cell ? act->cell : act->version);
    act->state_dir = g_strdup(deck->state_dir);
    act->person = (struct person){g_strdup(deck->actor), g_strdup(deck->arn)};
    act->config = config_ref(deck->config);
    act->lines = describe(act, rollout);
    return act;
}

/* Why not, in words; NULL: it can be. Caller frees. */
static char *refusal(const struct deck *deck, const struct kind *kind,
                     const struct rollout *rollout, const char *cell)
{
    if (!deck->write)
        return g_strdup_printf("read-only: nothing was done (`celldeck --write` may %s)",
                               kind->what);
    const struct rollout_cell *part = kind->of_cell && cell ? rollout_cell(rollout, cell) : NULL;
    g_autofree char *why = kind->of_cell && !part ? g_strdup("no cell is selected")
                                                  : rollout_refuses(rollout, kind->what, part);
    gssize waits = request_waiting_wave(rollout);
    if (!why && kind->names_wave)
        why = waits < 0 ? g_strdup("none of its waves waits for an approval")
                        : rollout_refuses_approval(rollout, (size_t)waits,
                                                   &(const struct person){deck->actor, deck->arn});
    return why ? g_strdup_printf("can't %s: %s", kind->what, why) : NULL;
}

bool act_can(const struct deck *deck, enum request request, const char *cell)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    g_autofree char *why = rollout ? refusal(deck, kind_of(request, rollout), rollout, cell) : NULL;
    return rollout && !why;
}

struct act *act_prepare(const struct deck *deck, enum request request, const char *cell,
                        GError **error)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    if (!rollout) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "there is no rollout to act on");
        return NULL;
    }
    const struct kind *kind = kind_of(request, rollout);
    g_autofree char *why = refusal(deck, kind, rollout, cell);
    if (why) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_REFUSED, why);
        return NULL;
    }
    return make(deck, kind, rollout, cell);
}

struct dialog *act_dialog(const struct act *act)
{
    g_autofree char *title =
        act->cell   ? g_strdup_printf("%s %s in %s", act->kind->verb, act->cell, act->operation)
        : act->wave ? g_strdup_printf("%s wave %s of %s (%s)", act->kind->verb, act->wave,
                                      act->operation, act->version)
                    : g_strdup_printf("%s %s (%s)", act->kind->verb, act->operation, act->version);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < act->lines->len; i++)
        g_ptr_array_add(lines, g_strdup(g_ptr_array_index(act->lines, i)));
    return dialog_new(title, lines, act->kind->takes_reason ? "Reason" : NULL, act->expected);
}

static bool same_lines(const GPtrArray *a, const GPtrArray *b)
{
    bool same = a->len == b->len;
    for (guint i = 0; same && i < a->len; i++)
        same = strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) == 0;
    return same;
}

/* Events come and go while people type; what counts is whether it would still do what it said. */
static bool still_as_seen(struct journal *journal, const struct act *act, GError **error)
{
    OWN(rollout) rollout = rollout_load(journal, act->operation, error);
    if (!rollout) {
        if (error && !*error)
            g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "there is no rollout %s any more",
                        act->operation);
        return false;
    }
    g_autoptr(GPtrArray) now = describe(act, rollout);
    if (same_lines(now, act->lines))
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                "%s has moved on since you were asked; nothing was done. It would now be: %s",
                act->operation, (const char *)g_ptr_array_index(now, 1));
    return false;
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct act *act = data;
    GError *error = NULL;
    OWN(journal) journal = journal_open(act->config, act->state_dir, &error);
    bool done = journal && still_as_seen(journal, act, &error) &&
                act->kind->run(journal, act, &error) &&
                conductor_spawn(act->config, act->state_dir, &error);
    if (done)
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
    g_autofree char *said = g_strdup_printf("%s %s: on record", act->kind->verb,
                                            act->cell ? act->cell : act->operation);
    act->fn(said, error, act->data);
}

static void free_act(gpointer act)
{
    act_free(act);
}

void act_do(struct act *act, const char *reason, act_fn fn, gpointer data)
{
    act->reason = g_strdup(reason);
    act->fn = fn;
    act->data = data;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, act);
    g_task_set_task_data(task, act, free_act);
    g_task_run_in_thread(task, work);
}
