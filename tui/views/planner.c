#include "tui/views/planner.h"

#include "data/base/when.h"

/* It rests for so many times as long as a plan took. */
enum { RESTS = 10 };

struct job {
    struct snapshot *snapshot;
    struct evacuations *before; /* or NULL */
    struct origins_reader *reader;
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

/* Where the journal can't be read now, what it has said before. */
static struct origins *read_origins(const struct job *job)
{
    struct origins *origins = origins_reader_look(job->reader, NULL);
    if (!origins && job->before && job->before->origins)
        origins = origins_ref(job->before->origins);
    return origins;
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct job *job = data;
    OWN(origins) origins = read_origins(job);
    g_task_return_pointer(task, evacuation_all(job->snapshot, origins, job->before), free_plans);
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

static bool is_planned(const struct planner *planner, const struct snapshot *snapshot)
{
    return snapshot == planner->of && planner->of_journal == planner->deck->journal_version;
}

static void start(struct planner *planner, struct snapshot *snapshot, gint64 now_ms)
{
    struct deck *deck = planner->deck;
    g_clear_pointer(&planner->of, snapshot_unref);
    planner->of = snapshot_ref(snapshot);
    planner->of_journal = deck->journal_version;
    planner->works = true;
    planner->began_ms = now_ms;
    if (!planner->reader)
        planner->reader = origins_reader_new(deck->state_dir);
    struct evacuations *before = deck->evacuations;
    struct job *job = g_new0(struct job, 1);
    *job = (struct job){snapshot_ref(snapshot), before ? evacuations_ref(before) : NULL,
                        planner->reader};
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_planned, planner);
    g_task_set_task_data(task, job, job_free);
    g_task_run_in_thread(task, work);
}

void planner_follow(struct planner *planner)
{
    struct snapshot *snapshot = planner->deck->snapshot;
    gint64 now_ms = when_mono_ms();
    if (!planner->works && snapshot && !is_planned(planner, snapshot) &&
        now_ms >= planner->rests_until_ms)
        start(planner, snapshot, now_ms);
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
    g_clear_pointer(&planner->reader, origins_reader_free);
}
