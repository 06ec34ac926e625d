#include "tui/commands/follow.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/commands/out.h"

/* architecture.md, "Speed": no timer faster than 200 ms. */
#define LOOK_EVERY_MS 250
/* The first conductor, just spawned, needs a moment to take its lease. */
#define CONDUCTOR_GRACE_MS (5 * WHEN_SECOND)

struct following {
    const struct follow *follow;
    struct journal *journal;
    struct rollout *rollout;
    gint64 version; /* of the journal when last read */
    bool told_trouble;
    GMainLoop *loop;
    GError *error;
};

static bool has_ended(const struct following *following)
{
    const struct rollout *rollout = following->rollout;
    /* One that is not there never comes. */
    return rollout->seq == 0 || rollout_state_final(rollout->state) ||
           (following->follow->until_held && rollout->state == ROLLOUT_HELD);
}

/* Folds and tells what is new. False: an error is set. */
static bool read_news(struct following *following)
{
    gint64 version = journal_version(following->journal);
    if (version == following->version)
        return true;
    following->version = version;
    struct rollout *rollout = following->rollout;
    g_autoptr(GPtrArray) events =
        journal_read(following->journal, rollout->id, rollout->seq + 1, &following->error);
    for (guint i = 0; events && i < events->len; i++) {
        const struct event *event = events->pdata[i];
        if (!rollout_apply(rollout, event, &following->error))
            return false;
        if (event->seq >= following->follow->from && following->follow->fn)
            following->follow->fn(rollout, event, following->follow->data);
    }
    return events != NULL;
}

/* Meanwhile nothing new comes, which must not look as if nothing happened. */
static void tell_trouble(struct following *following)
{
    g_autofree char *trouble = journal_follower_trouble(following->follow->follower);
    if (trouble && !following->told_trouble)
        out_message("%s", trouble);
    following->told_trouble = trouble != NULL;
}

static gboolean look(gpointer data)
{
    struct following *following = data;
    const struct follow *follow = following->follow;
    tell_trouble(following);
    if (read_news(following) && !has_ended(following) &&
        (!follow->go_on || follow->go_on(following->rollout, follow->data)))
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(following->loop);
    return G_SOURCE_REMOVE;
}

struct rollout *follow_rollout(struct journal *journal, const char *id, const struct follow *follow,
                               GError **error)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    struct following following = {.follow = follow,
                                  .journal = journal,
                                  .rollout = rollout_new(id),
                                  .version = -1,
                                  .loop = loop};
    if (look(&following) == G_SOURCE_CONTINUE) {
        g_timeout_add(LOOK_EVERY_MS, look, &following);
        g_main_loop_run(loop);
    }
    if (!following.error && following.rollout->seq == 0)
        g_set_error(&following.error, CD_ERROR, CD_ERROR_USAGE,
                    "the journal has no rollout %s; see celldeck rollout list", id);
    if (!following.error)
        return following.rollout;
    rollout_free(following.rollout);
    g_propagate_error(error, following.error);
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
