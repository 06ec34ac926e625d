#include "data/poller.h"

struct poller {
    struct feed *feed;
};

struct poller *poller_new(struct config *config, struct aws_client *client,
                          const struct poller_options *options, feed_fn fn, gpointer data)
{
    (void)options;
    struct poller *poller = g_new0(struct poller, 1);
    poller->feed = feed_new(config, client, fn, data);
    return poller;
}

void poller_free(struct poller *poller)
{
    if (!poller)
        return;
    feed_free(poller->feed);
    g_free(poller);
}

void poller_prime(struct poller *poller)
{
    (void)poller;
}

void poller_start(struct poller *poller)
{
    feed_start(poller->feed);
}

void poller_watch(struct poller *poller, const char *const *cells)
{
    feed_watch(poller->feed, cells);
}

void poller_refresh(struct poller *poller)
{
    feed_refresh(poller->feed);
}

void poller_want_since(struct poller *poller, const char *cell, gint64 since_ms)
{
    feed_want_since(poller->feed, cell, since_ms);
}

const char *poller_who(const struct poller *poller)
{
    (void)poller;
    return "this console alone";
}
