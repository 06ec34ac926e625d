#include "data/journal_follow.h"

#include "data/base/when.h"
#include "data/journal_share.h"

/* Of one reading; a page more begins only within it. */
enum { READING_MS = 5000, WHILE_AWAY_MS = 5000 };

struct journal_follower {
    GThread *thread;
    struct config *config;
    char *dir;
    GMutex lock; /* of what follows */
    GCond wake;
    bool stop;
    struct journal_share *share; /* NULL: not opened yet; the thread's but for its link */
    char *trouble;
};

static void set_trouble(struct journal_follower *follower, const GError *error)
{
    g_mutex_lock(&follower->lock);
    g_free(follower->trouble);
    follower->trouble = error ? g_strdup(error->message) : NULL;
    g_mutex_unlock(&follower->lock);
}

static bool was_just_read(const struct journal_follower *follower)
{
    gint64 age_ms = journal_copy_age_ms(follower->dir);
    return age_ms >= 0 && age_ms < JOURNAL_FOLLOW_MS * 3 / 4;
}

static bool open_share(struct journal_follower *follower, GError **error)
{
    struct journal_share *share = journal_share_open(follower->config, follower->dir, error);
    g_mutex_lock(&follower->lock);
    follower->share = share;
    g_mutex_unlock(&follower->lock);
    return share;
}

/* False: it failed, and said so. Who may not write the copy is served by who does. */
static bool read_once(struct journal_follower *follower)
{
    g_autoptr(GError) error = NULL;
    bool good = was_just_read(follower) ||
                ((follower->share || open_share(follower, &error)) &&
                 journal_share_catch_up(follower->share, when_mono_ms() + READING_MS, &error));
    set_trouble(follower, error);
    return good;
}

/* False: it is over. */
static bool pause_for(struct journal_follower *follower, gint64 pause_ms)
{
    gint64 until_us = g_get_monotonic_time() + pause_ms * 1000;
    g_mutex_lock(&follower->lock);
    while (!follower->stop && g_cond_wait_until(&follower->wake, &follower->lock, until_us)) {
    }
    bool go_on = !follower->stop;
    g_mutex_unlock(&follower->lock);
    return go_on;
}

static gpointer follow(gpointer data)
{
    struct journal_follower *follower = data;
    gint64 pause_ms = 0;
    while (pause_for(follower, pause_ms))
        pause_ms = read_once(follower) ? JOURNAL_FOLLOW_MS : WHILE_AWAY_MS;
    return NULL;
}

struct journal_follower *journal_follow(const struct config *config, const char *dir)
{
    if (!config_journal_is_shared(config))
        return NULL;
    struct journal_follower *follower = g_new0(struct journal_follower, 1);
    follower->config = config_ref((struct config *)config);
    follower->dir = g_strdup(dir);
    g_mutex_init(&follower->lock);
    g_cond_init(&follower->wake);
    follower->thread = g_thread_new("journal", follow, follower);
    return follower;
}

void journal_unfollow(struct journal_follower *follower)
{
    if (!follower)
        return;
    g_mutex_lock(&follower->lock);
    follower->stop = true;
    if (follower->share)
        journal_link_cancel(follower->share->link);
    g_cond_signal(&follower->wake);
    g_mutex_unlock(&follower->lock);
    g_thread_join(follower->thread);
    journal_share_free(follower->share);
    g_mutex_clear(&follower->lock);
    g_cond_clear(&follower->wake);
    config_unref(follower->config);
    g_free(follower->dir);
    g_free(follower->trouble);
    g_free(follower);
}

char *journal_follower_trouble(struct journal_follower *follower)
{
    if (!follower)
        return NULL;
    g_mutex_lock(&follower->lock);
    g_autofree char *why = g_strdup(follower->trouble);
    g_mutex_unlock(&follower->lock);
    gint64 age_ms = journal_copy_age_ms(follower->dir);
    g_autofree char *age = age_ms < 0 ? NULL : duration_short(age_ms);
    return !why ? NULL
                : g_strdup_printf("the copy of the journal was last read %s%s: %s",
                                  age ? age : "never", age ? " ago" : "", why);
}
