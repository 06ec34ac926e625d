#include "tui/views/act.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/request.h"

#include <gio/gio.h>
#include <string.h>

#define SAID_REASON "from the console"

struct act {
    const struct kind *kind;
    char *operation, *version, *wave, *cell;
    gint64 seq; /* the rollout's last event when this was asked for */
    char *expected;
    GPtrArray *lines;
    char *state_dir, *actor;
    struct config *config;
    act_fn fn;
    gpointer data;
};

static bool do_approve(struct journal *journal, const struct act *act, GError **error)
{
    return request_approve(journal, act->operation, act->wave, act->actor, when_now_ms(), error);
}

static bool do_pause(struct journal *journal, const struct act *act, GError **error)
{
    return request_pause(journal, act->operation, SAID_REASON, act->actor, when_now_ms(), error);
}

static bool do_resume(struct journal *journal, const struct act *act, GError **error)
{
    return request_resume(journal, act->operation, act->actor, when_now_ms(), error);
}

static bool do_abort(struct journal *journal, const struct act *act, GError **error)
{
    return request_abort(journal, act->operation, SAID_REASON, act->actor, when_now_ms(), error);
}

static bool do_rollback(struct journal *journal, const struct act *act, GError **error)
{
    const char *const cells[] = {act->cell, NULL};
    return request_rollback(journal, act->operation, cells, SAID_REASON, act->actor, when_now_ms(),
                            error);
}

static bool of_wave(const struct act *act, const struct rollout *rollout,
                    const struct rollout_cell *cell)
{
    (void)act;
    return cell->wave == rollout->wave;
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
    bool of_cell, names_wave;
    bool (*touches)(const struct act *, const struct rollout *, const struct rollout_cell *);
    bool (*run)(struct journal *, const struct act *, GError **);
} kinds[] = {
    {"approve", "Approve", "goes on into this wave with", false, true, of_wave, do_approve},
    {"pause", "Pause", "goes no further; gates go on judging. Still to come:", false, false,
     not_begun, do_pause},
    {"resume", "Resume", "goes on. Still to come:", false, false, not_begun, do_resume},
    {"abort", "Abort", "ends for good; what is in flight rolls back:", false, false, in_flight,
     do_abort},
    {"rollback", "Roll back", "goes back to the recorded version:", true, false, this_cell,
     do_rollback},
};

void act_free(struct act *act)
{
    if (!act)
        return;
    char *strings[] = {act->operation, act->version,   act->wave, act->cell,
                       act->expected,  act->state_dir, act->actor};
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

static void add_line(struct act *act, char *line)
{
    g_ptr_array_add(act->lines, line);
}

/* The blast radius: which cells, how many tenants and users. */
static void add_blast_radius(struct act *act, const struct rollout *rollout)
{
    gint64 tenants = 0, users = 0;
    guint cells = 0;
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if (!act->kind->touches(act, rollout, cell))
            continue;
        g_autofree char *has = text_count(cell->plan->users);
        add_line(act, g_strdup_printf("  %s: %" G_GINT64_FORMAT " tenants, %s users, %s → %s",
                                      cell->plan->id, cell->plan->tenants, has,
                                      cell->plan->from ? cell->plan->from : "?", act->version));
        cells++;
        tenants += cell->plan->tenants;
        users += cell->plan->users;
    }
    g_autofree char *tenants_text = text_count(tenants);
    g_autofree char *users_text = text_count(users);
    g_ptr_array_insert(act->lines, 1,
                       g_strdup_printf("Blast radius: %u cell%s, %s tenants, %s users", cells,
                                       cells == 1 ? "" : "s", tenants_text, users_text));
}

static struct act *make(const struct deck *deck, const struct kind *kind,
                        const struct rollout *rollout, const char *cell)
{
    struct act *act = g_new0(struct act, 1);
    const struct plan_wave *wave = rollout->wave < rollout->plan->waves->len
                                       ? g_ptr_array_index(rollout->plan->waves, rollout->wave)
                                       : NULL;
    act->kind = kind;
    act->operation = g_strdup(rollout->id);
    act->version = g_strdup(rollout->plan->version);
    act->wave = g_strdup(kind->names_wave && wave ? wave->name : NULL);
    act->cell = g_strdup(kind->of_cell ? cell : NULL);
    act->seq = rollout->seq;
    act->expected = g_strdup(act->cell ? act->cell : act->version);
    act->state_dir = g_strdup(deck->state_dir);
    act->actor = g_strdup(deck->actor);
    act->config = config_ref(deck->config);
    act->lines = g_ptr_array_new_with_free_func(g_free);
    add_line(act, g_strdup_printf("%s %s", act->cell ? act->cell : rollout->id, kind->effect));
    add_blast_radius(act, rollout);
    return act;
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
    if (!deck->write) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "read-only: nothing was done (`celldeck --write` may %s)", kind->what);
        return NULL;
    }
    const struct rollout_cell *part = kind->of_cell && cell ? rollout_cell(rollout, cell) : NULL;
    g_autofree char *why = kind->of_cell && !part ? g_strdup("no cell is selected")
                                                  : rollout_refuses(rollout, kind->what, part);
    if (!why && kind->names_wave)
        why = rollout_refuses_approval(rollout, rollout->wave, deck->actor);
    if (why) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "can't %s: %s", kind->what, why);
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
    return dialog_new(title, lines, act->expected);
}

/* --- the worker thread --------------------------------------------------------------------------
 */

static bool still_as_seen(struct journal *journal, const struct act *act, GError **error)
{
    OWN(rollout) rollout = rollout_load(journal, act->operation, error);
    if (!rollout) {
        if (error && !*error)
            g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "there is no rollout %s any more",
                        act->operation);
        return false;
    }
    if (rollout->seq == act->seq)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                "%s has moved on since you were asked (event %" G_GINT64_FORMAT
                ", now %" G_GINT64_FORMAT "): nothing was done, look again",
                act->operation, act->seq, rollout->seq);
    return false;
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct act *act = data;
    GError *error = NULL;
    OWN(journal) journal = journal_open(act->state_dir, &error);
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

void act_do(struct act *act, act_fn fn, gpointer data)
{
    act->fn = fn;
    act->data = data;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, act);
    g_task_set_task_data(task, act, free_act);
    g_task_run_in_thread(task, work);
}
