#include "tests/unit/feed_stage.h"

#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

struct stage stage;

void stage_fleet(const char *aws, const char *cells)
{
    g_autofree char *yaml = g_strdup_printf(
        "name: fed\naws: {region: us-east-1%s}\nmetrics: {period: 1s}\ncells:\n"
        "  us: {class: shared, residency: US, endpoint: '%s/us', max_users: 100, "
        "max_patients: 1}\n"
        "  eu: {class: shared, residency: EU, region: eu-west-1, endpoint: '%s/eu', "
        "max_users: 100, max_patients: 1}\n%s",
        aws, stage.url, stage.url, cells);
    if (stage.config)
        config_unref(stage.config);
    stage.config = config_of(yaml);
}

void stage_begin(void)
{
    stage.url = fake_start();
    stage_fleet("", "");
    stage.client = aws_client_new(NULL, "us-east-1");
    stage.loop = g_main_loop_new(NULL, FALSE);
}

void stage_end(void)
{
    feed_free(stage.feed);
    aws_client_free(stage.client);
    fake_stop();
    snapshot_unref(stage.latest);
    config_unref(stage.config);
    g_main_loop_unref(stage.loop);
}

static stage_condition awaited;

void stage_snapshot(struct snapshot *snapshot, gpointer data)
{
    (void)data;
    snapshot_unref(stage.latest);
    stage.latest = snapshot_ref(snapshot);
    if (awaited && awaited(snapshot))
        g_main_loop_quit(stage.loop);
}

static void on_done(struct snapshot *snapshot, gpointer data)
{
    cr_expect_eq(snapshot, stage.latest, "the last one went to everybody");
    *(bool *)data = true;
    g_main_loop_quit(stage.loop);
}

void stage_read_once(void)
{
    bool done = false;
    stage.feed = feed_new(stage.config, stage.client, stage_snapshot, NULL);
    feed_read_once(stage.feed, on_done, &done);
    g_main_loop_run(stage.loop);
    cr_assert(done);
}

void stage_poll_until(stage_condition condition)
{
    awaited = condition;
    if (!stage.feed) {
        stage.feed = feed_new(stage.config, stage.client, stage_snapshot, NULL);
        feed_start(stage.feed);
    }
    g_main_loop_run(stage.loop);
    awaited = NULL;
}

void stage_poll_watching(const char *const *cells, stage_condition condition)
{
    stage.feed = feed_new(stage.config, stage.client, stage_snapshot, NULL);
    feed_watch(stage.feed, cells);
    feed_start(stage.feed);
    stage_poll_until(condition);
}

const struct source *stage_source(const char *name)
{
    const struct source *source = snapshot_source(stage.latest, name);
    cr_assert(source, "there is no source %s", name);
    return source;
}

guint stage_times_asked(const char *cell)
{
    g_autoptr(GArray) ends = fake_ends(cell);
    return ends->len;
}

bool us_was_asked_three_times(const struct snapshot *snapshot)
{
    return stage_times_asked("us") >= 3 && snapshot->cells[0].health == HEALTH_HEALTHY;
}
