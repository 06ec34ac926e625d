#include "tests/unit/deploy_bench.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

static const char yaml[] = "name: bench\n"
                           "cells:\n"
                           "  cell-2: {class: shared, region: us-west-2, residency: US,"
                           " endpoint: \"https://cell2.example.com\", max_users: 10,"
                           " max_patients: 10}\n";

void bench_open(struct bench *bench, const char *deploy, struct aws_client *client)
{
    bench->dir = scratch_new();
    g_autofree char *path = g_build_filename(bench->dir, "celldeck.yaml", NULL);
    GString *text = g_string_new(yaml);
    g_string_append(text, deploy);
    g_string_replace(text, "$D", bench->dir, 0);
    cr_assert(g_file_set_contents(path, text->str, -1, NULL));
    g_string_free(text, TRUE);
    g_autoptr(GError) error = NULL;
    bench->config = config_load(path, &error);
    cr_assert(bench->config != NULL, "%s", error ? error->message : "");
    bench->cell = config_cell(bench->config, "cell-2");
    bench->deployer = deployer_new(bench->config, client, bench->dir, &error);
    cr_assert(bench->deployer != NULL, "%s", error ? error->message : "");
}

void bench_close(struct bench *bench)
{
    deployer_free(bench->deployer);
    config_unref(bench->config);
    scratch_remove(bench->dir);
}

char *bench_file(const struct bench *bench, const char *name)
{
    g_autofree char *path = g_build_filename(bench->dir, name, NULL);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

struct waiting {
    GMainLoop *loop;
    struct reply reply;
};

static void keep(const struct deploy_answer *answer, const GError *error, gpointer data)
{
    struct waiting *waiting = data;
    if (error)
        waiting->reply.error = g_strdup(error->message);
    else
        waiting->reply = (struct reply){.version = g_strdup(answer->version),
                                        .reference = g_strdup(answer->reference),
                                        .note = g_strdup(answer->note),
                                        .progress = answer->progress};
    g_main_loop_quit(waiting->loop);
}

static struct reply wait_for(struct waiting *waiting)
{
    g_main_loop_run(waiting->loop);
    g_main_loop_unref(waiting->loop);
    return waiting->reply;
}

void reply_clear(struct reply *reply)
{
    g_free(reply->version);
    g_free(reply->reference);
    g_free(reply->note);
    g_free(reply->error);
}

struct reply bench_current(const struct bench *bench)
{
    struct waiting waiting = {.loop = g_main_loop_new(NULL, FALSE)};
    deployer_current(bench->deployer, bench->cell, keep, &waiting);
    return wait_for(&waiting);
}

struct reply bench_deploy(const struct bench *bench, const char *version, const char *token)
{
    struct waiting waiting = {.loop = g_main_loop_new(NULL, FALSE)};
    deployer_deploy(bench->deployer, bench->cell, version, "5.0.2", token, keep, &waiting);
    return wait_for(&waiting);
}

struct reply bench_rollback(const struct bench *bench, const char *reference, const char *version,
                            const char *token)
{
    struct waiting waiting = {.loop = g_main_loop_new(NULL, FALSE)};
    deployer_rollback(bench->deployer, bench->cell, reference, version, token, keep, &waiting);
    return wait_for(&waiting);
}

struct reply bench_progress(const struct bench *bench, const char *reference)
{
    struct waiting waiting = {.loop = g_main_loop_new(NULL, FALSE)};
    deployer_progress(bench->deployer, bench->cell, reference, keep, &waiting);
    return wait_for(&waiting);
}

struct reply bench_settle(const struct bench *bench, const char *reference)
{
    for (;;) {
        struct reply reply = bench_progress(bench, reference);
        if (reply.error || reply.progress != DEPLOY_GOING)
            return reply;
        reply_clear(&reply);
        g_usleep(20000);
    }
}
