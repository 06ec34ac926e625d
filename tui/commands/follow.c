#include "tui/commands/follow.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/commands/out.h"

/* architecture.md, "Speed": no timer faster than 200 ms. */
#define LOOK_EVERY_MS 250
/* The first conductor, just spawned, needs a moment to take its lease. */
#define CONDUCTOR_GRACE_MS (5 * WHEN_SECOND)

struct watching {
    const struct follow_watch *watch;
    gint64 seq;     /* of the last event that was taken */
    gint64 version; /* of the journal when last read */
    bool told_trouble;
    GMainLoop *loop;
    GError *error;
};

/* Takes what is new. False: an error is set. */
static bool read_news(struct watching *watching)
{
    const struct follow_watch *watch = watching->watch;
    gint64 version = journal_version(watch->journal);
    if (version == watching->version)
        return true;
    watching->version = version;
    g_autoptr(GPtrArray) events =
        journal_read(watch->journal, watch->id, watching->seq + 1, &watching->error);
    for (guint i = 0; events && i < events->len; i++) {
        const struct event *event = events->pdata[i];
        if (!watch->take(event, watch->data, &watching->error))
            return false;
        watching->seq = event->seq;
    }
    return events != NULL;
}

/* Meanwhile nothing new comes, which must not look as if nothing happened. */
static void tell_trouble(struct watching *watching)
{
    g_autofree char *trouble = journal_follower_trouble(watching->watch->follower);
    if (trouble && !watching->told_trouble)
        out_message("%s", trouble);
    watching->told_trouble = trouble != NULL;
}

static gboolean look(gpointer data)
{
    struct watching *watching = data;
    tell_trouble(watching);
    if (read_news(watching) && !watching->watch->has_ended(watching->watch->data))
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(watching->loop);
    return G_SOURCE_REMOVE;
}

bool follow_watch(const struct follow_watch *watch, GError **error)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    struct watching watching = {.watch = watch, .version = -1, .loop = loop};
    if (look(&watching) == G_SOURCE_CONTINUE) {
        g_timeout_add(LOOK_EVERY_MS, look, &watching);
        g_main_loop_run(loop);
    }
    if (watching.error)
        g_propagate_error(error, watching.error);
    return !watching.error;
}

struct following {
    const struct follow *follow;
    struct rollout *rollout;
};

static bool take(const struct event *event, gpointer data, GError **error)
{
    const struct following *following = data;
    const struct follow *follow = following->follow;
    if (!rollout_apply(following->rollout, event, error))
        return false;
    if (event->seq >= follow->from && follow->fn)
        follow->fn(following->rollout, event, follow->data);
    return true;
}

static bool has_ended(gpointer data)
{
    const struct following *following = data;
    const struct follow *follow = following->follow;
    const struct rollout *rollout = following->rollout;
    /* One that is not there never comes. */
    return rollout->seq == 0 || rollout_state_final(rollout->state) ||
           (follow->until_held && rollout->state == ROLLOUT_HELD) ||
           (follow->go_on && !follow->go_on(rollout, follow->data));
}

struct rollout *follow_rollout(struct journal *journal, const char *id, const struct follow *follow,
                               GError **error)
{
    OWN(rollout) rollout = rollout_new(id);
    struct following following = {follow, rollout};
    const struct follow_watch watch = {.journal = journal,
                                       .follower = follow->follower,
                                       .id = id,
                                       .take = take,
                                       .has_ended = has_ended,
                                       .data = &following};
    if (!follow_watch(&watch, error))
        return NULL;
    if (rollout->seq > 0)
        return g_steal_pointer(&rollout);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "the journal has no rollout %s; see celldeck rollout list", id);
    return NULL;
}

int follow_exit_code(const struct rollout *rollout)
{
    switch (rollout->state) {
    case ROLLOUT_FAILED:
    case ROLLOUT_FAILING:
        return CD_ERROR_GATE;
    case ROLLOUT_HELD:
        return CD_ERROR_HELD;
    case ROLLOUT_ABORTED:
        return CD_ERROR_FAILED;
    default:
        return 0;
    }
}

void follow_check_conductor(struct follow_watchdog *watchdog, struct journal *journal,
                            const char *operation, gint64 opened_ms)
{
    struct conductor_info info = {0};
    bool found = conductor_find(journal, operation, &info) && info.alive;
    gint64 now_ms = when_now_ms();
    if (found && !info.silent) {
        watchdog->told = false;
    } else if (found && !watchdog->told) {
        g_autofree char *silence = duration_short(now_ms - info.heartbeat_ms);
        watchdog->told = true;
        out_message("the conductor of %s (process %" G_GINT64_FORMAT
                    " on %s) has been silent for %s: it is stopped, or has no journal; see "
                    "conductor.log",
                    operation, info.pid, info.host, silence);
    } else if (!watchdog->told && (info.host || now_ms - opened_ms > CONDUCTOR_GRACE_MS)) {
        watchdog->told = true;
        out_message("nobody conducts %s now%s%s; celldeck conductor --until-idle carries it on",
                    operation, info.host ? ", last seen on " : "", info.host ? info.host : "");
    }
    conductor_info_clear(&info);
}
