/* What all operations of one conductor share: opened before the first, closed after the last. */
#include "rollout/conduct.h"

#include "data/base/when.h"

static void on_snapshot(struct snapshot *snapshot, gpointer data)
{
    struct world *world = data;
    if (world->snapshot)
        snapshot_unref(world->snapshot);
    world->snapshot = snapshot_ref(snapshot);
    if (world->observer && poller_leads(world->poller))
        observer_see(world->observer, snapshot);
    world->wake(world->conductor);
}

static void on_unshared(const char *line, gpointer data)
{
    conductor_log(data, LOG_LEVEL_WARN, "%s", line);
}

static void on_observed(const char *line, gpointer data)
{
    conductor_log(data, LOG_LEVEL_WARN, "%s", line);
}

static void on_notify_problem(const char *line, gpointer data)
{
    conductor_log(data, LOG_LEVEL_ERROR, "%s", line);
}

bool world_open(struct world *world, struct config *config, const char *dir, GError **error)
{
    g_autoptr(GError) no_releases = NULL;
    world->config = config;
    world->log_path = g_build_filename(dir, "conductor.log", NULL);
    world->self = holder_self();
    world->actor = holder_actor(world->self);
    world->journal = journal_open(config, dir, error);
    if (!world->journal)
        return false;
    world->follower = journal_follow(config, dir);
    world->client = aws_client_new(config->aws_profile, config->aws_region);
    world->deployer = deployer_new(config, world->client, dir, error);
    world->jobs = world->deployer ? job_desk_new(dir, error) : NULL;
    if (!world->jobs)
        return false;
    world->releases = releases_open(config, &no_releases);
    world->releases_error = g_strdup(no_releases ? no_releases->message : NULL);
    world->notifier = notifier_new(config, world->client, on_notify_problem, world);
    world->heartbeat = heartbeat_new(config, world->client, on_notify_problem, world);
    const struct poller_options sharing = {POLLER_CONDUCTOR, dir, world->actor, on_unshared};
    world->observer = observer_new(config, dir, on_observed, world);
    world->poller = poller_new(config, world->client, &sharing, on_snapshot, world);
    return true;
}

void world_stop(struct world *world)
{
    if (world->poller)
        poller_free(world->poller);
    observer_free(world->observer);
    if (world->deployer)
        deployer_free(world->deployer);
}

void world_close(struct world *world)
{
    while (world->notifier && notifier_busy(world->notifier))
        g_main_context_iteration(NULL, TRUE);
    if (world->heartbeat)
        heartbeat_free(world->heartbeat);
    if (world->notifier)
        notifier_free(world->notifier);
    job_desk_free(world->jobs);
    if (world->releases)
        releases_free(world->releases);
    if (world->client)
        aws_client_free(world->client);
    if (world->snapshot)
        snapshot_unref(world->snapshot);
    journal_unfollow(world->follower);
    journal_close(world->journal);
    holder_free(world->self);
    g_free(world->actor);
    g_free(world->log_path);
    g_free(world->keys_origin);
    g_free(world->releases_error);
}

const struct aws_tenure *world_keys(struct world *world)
{
    struct aws_tenure now;
    aws_client_tenure(world->client, &now);
    if (!now.origin)
        return &world->keys;
    if (g_strcmp0(now.origin, world->keys_origin) != 0) {
        g_free(world->keys_origin);
        world->keys_origin = g_strdup(now.origin);
    }
    world->keys = now;
    world->keys.origin = world->keys_origin;
    return &world->keys;
}
