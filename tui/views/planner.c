#include "tui/views/planner.h"

#include "data/base/when.h"

/* It rests for so many times as long as a plan took. */
enum { RESTS = 10 };

struct job {
    struct snapshot *snapshot;
    struct evacuations *before; /* or NULL */
};

static void job_free(gpointer p)
{
    struct job *job = p;
    snapshot_unref(job->snapshot);
    g_clear_pointer(&job->before, evacuations_unref);
    g_free(job);
}

static void free_plans(gpointer p)
{
    evacuations_unref(p);
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct job *job = data;
    g_task_return_pointer(task, evacuation_all(job->snapshot, job->before), free_plans);
}

static void on_planned(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    struct planner *planner = data;
    struct evacuations *plans = g_task_propagate_pointer(G_TASK(result), NULL);
    gint64 now_ms = when_mono_ms();
    planner->works = false;
    planner->rests_until_ms = now_ms + RESTS * (now_ms - planner->began_ms);
    bool other = deck_take_evacuations(planner->deck, plans);
    if (other)
        planner->planned(planner->data);
}

void planner_follow(struct planner *planner)
{
    struct snapshot *snapshot = planner->deck->snapshot;
    gint64 now_ms = when_mono_ms();
    if (planner->works || !snapshot || snapshot == planner->of || now_ms < planner->rests_until_ms)
        return;
    g_clear_pointer(&planner->of, snapshot_unref);
    planner->of = snapshot_ref(snapshot);
    planner->works = true;
    planner->began_ms = now_ms;
    struct evacuations *before = planner->deck->evacuations;
    struct job *job = g_new0(struct job, 1);
    *job = (struct job){snapshot_ref(snapshot), before ? evacuations_ref(before) : NULL};
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_planned, planner);
    g_task_set_task_data(task, job, job_free);
    g_task_run_in_thread(task, work);
}

bool planner_is_done(const struct planner *planner)
{
    return !planner->works && planner->of && planner->of == planner->deck->snapshot;
}

void planner_release(struct planner *planner)
{
    while (planner->works)
        g_main_context_iteration(NULL, TRUE);
    g_clear_pointer(&planner->of, snapshot_unref);
}
