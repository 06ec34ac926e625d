/* What the linker puts in place of the outside (Makefile, SEAMS): clocks, names of processes, tags,
 * notices, the log, and the deployer's driver. Everything else is the product as it is built. */
#include "data/releases.h"
#include "data/sqlite.h"
#include "tests/simulation/sim.h"

#include <string.h>
#include <time.h>

/* One thread, and a process's turn ends before another's goes on: so whose turn it is can be kept
 * here, for functions that are not told. */
static struct {
    struct sim *sim;
    struct process *process;
} seat;

struct process *seat_take(struct sim *sim, struct process *process)
{
    struct process *before = seat.process;
    seat.sim = sim;
    seat.process = process;
    return before;
}

struct process *seat_process(void)
{
    return seat.process;
}

struct sim *seat_sim(void)
{
    return seat.sim;
}

gint64 __wrap_when_now_ms(void);
gint64 __wrap_when_boot_ms(void);
gint64 __wrap_when_mono_ms(void);
char *__wrap_journal_new_id(void);
bool __wrap_holder_may_live(const struct holder *holder, const struct holder *self);
struct release *__wrap_releases_resolve(struct releases *releases, const char *version,
                                        GError **error);
void __wrap_poller_want_since(struct poller *poller, const char *cell, gint64 since_ms);
void __wrap_poller_want_only_since(struct poller *poller, const char *cell, gint64 since_ms);
void __wrap_notifier_send(struct notifier *notifier, const struct notice *notice);
void __wrap_aws_client_tenure(const struct aws_client *client, struct aws_tenure *tenure);
void __wrap_conductor_log(const struct world *world, enum log_level level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void __wrap_conductor_log_event(const struct world *world, const struct event *event);
struct decision __wrap_engine_decide(const struct rollout *rollout, const struct observation *seen);
struct decision __real_engine_decide(const struct rollout *rollout, const struct observation *seen);

sqlite3 *__wrap_sqlite_open(const char *path, const struct sqlite_schema *schema, bool read_only,
                            GError **error);
sqlite3 *__real_sqlite_open(const char *path, const struct sqlite_schema *schema, bool read_only,
                            GError **error);

/* Nobody pulls a plug here: what a process that is killed has written, the system keeps. */
sqlite3 *__wrap_sqlite_open(const char *path, const struct sqlite_schema *schema, bool read_only,
                            GError **error)
{
    sqlite3 *db = __real_sqlite_open(path, schema, read_only, error);
    if (db)
        sqlite3_exec(db, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
    return db;
}

gint64 __wrap_when_now_ms(void)
{
    return seat.sim->now_ms + (seat.process ? seat.process->host->wall_offset_ms : 0);
}

gint64 __wrap_when_boot_ms(void)
{
    return seat.sim->now_ms + (seat.process ? seat.process->host->boot_offset_ms : 0);
}

gint64 __wrap_when_mono_ms(void)
{
    return __wrap_when_boot_ms();
}

char *__wrap_journal_new_id(void)
{
    return g_strdup_printf("%032" G_GINT64_MODIFIER "x", ++seat.sim->next_event_id);
}

bool __wrap_holder_may_live(const struct holder *holder, const struct holder *self)
{
    if (strcmp(holder->host, self->host) != 0)
        return true;
    for (int i = 0; i < seat.sim->n_processes; i++)
        if (seat.sim->processes[i].alive && seat.sim->processes[i].pid == holder->pid)
            return true;
    return false;
}

struct release *__wrap_releases_resolve(struct releases *releases, const char *version,
                                        GError **error)
{
    (void)releases, (void)error;
    struct release *release = g_new0(struct release, 1);
    release->version = g_strdup(version);
    release->tag = g_strconcat("v", version, NULL);
    release->commit = g_strdup(seat.sim->commit_now);
    release->summary = g_strdup("a release");
    return release;
}

void __wrap_poller_want_since(struct poller *poller, const char *cell, gint64 since_ms)
{
    (void)poller, (void)cell, (void)since_ms;
}

void __wrap_poller_want_only_since(struct poller *poller, const char *cell, gint64 since_ms)
{
    (void)poller, (void)cell, (void)since_ms;
}

void __wrap_notifier_send(struct notifier *notifier, const struct notice *notice)
{
    (void)notifier;
    if (seat.process && !seat.process->dying)
        sim_tell(seat.sim, "people are told: %s %s%s%s", notice->operation, notice->state,
                 notice->reason ? ": " : "", notice->reason ? notice->reason : "");
}

void __wrap_aws_client_tenure(const struct aws_client *client, struct aws_tenure *tenure)
{
    (void)client;
    *tenure = (struct aws_tenure){0};
}

void __wrap_conductor_log(const struct world *world, enum log_level level, const char *format, ...)
{
    (void)world;
    if (!seat.sim->run.options.told || level == LOG_LEVEL_INFO)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    sim_tell(seat.sim, "    p%d logs: %s", seat.process ? seat.process->number : -1, text);
}

void __wrap_conductor_log_event(const struct world *world, const struct event *event)
{
    (void)world, (void)event;
}

/* That this thread has had of a CPU: a busy machine makes no engine slower. */
static gint64 cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Asked again and again what it is asked anyway: the clock itself takes as long as one answer. */
static void measure(struct pace *pace, const struct rollout *rollout,
                    const struct observation *seen)
{
    enum { TIMES = 64 };
    bool any = false;
    gint64 began_ns = cpu_ns();
    for (int i = 0; i < TIMES; i++) {
        struct decision decision = __real_engine_decide(rollout, seen);
        any = decision.type != NULL;
        json_decref(decision.data);
    }
    pace->took_ns[any] += cpu_ns() - began_ns;
    pace->asked[any] += TIMES;
}

struct decision __wrap_engine_decide(const struct rollout *rollout, const struct observation *seen)
{
    seat.sim->run.decisions++;
    if (seat.sim->pace)
        measure(seat.sim->pace, rollout, seen);
    return __real_engine_decide(rollout, seen);
}
