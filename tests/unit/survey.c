#include "rollout/survey.h"

#include "data/sim/repo.h"
#include "data/sim/scenario.h"
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

/* What runs: cell-dev 5.0.3, cell-eu can't be asked, the others 5.0.2. */
static const char deploy[] =
    "deploy: {driver: exec, exec: {command: [\"true\"], current: [sh, -c,"
    " \"case $CELL in cell-dev) echo 5.0.3;; cell-eu) echo no route >&2; exit 1;;"
    " *) echo 5.0.2;; esac\"]}}\n"
    "waves: [{name: dev, class: dev, bake: 1m}, {name: all, class: dedicated, bake: 1m}]\n";

struct bench {
    char *dir;
    struct config *config;
    struct journal *journal;
    gint64 seq, now_ms;
};

static void setup(struct bench *bench)
{
    g_autoptr(GError) error = NULL;
    bench->dir = scratch_new();
    OWN_JSON scenario = sim_scenario_load(NULL, &error);
    g_autofree char *repo = g_build_filename(bench->dir, "medplum.git", NULL);
    cr_assert(sim_repo_make(scenario, repo, &error), "%s", error ? error->message : "");
    g_autofree char *more = g_strdup_printf("%sreleases: {repo: '%s'}\n", deploy, repo);
    bench->config = small_fleet(more);
    bench->journal = journal_open_file(bench->dir, &error);
    cr_assert(bench->journal != NULL, "%s", error ? error->message : "");
    bench->seq = 0;
    bench->now_ms = 1000;
}

static void teardown(struct bench *bench)
{
    journal_close(bench->journal);
    config_unref(bench->config);
    scratch_remove(bench->dir);
}

static void append(struct bench *bench, const char *stream, const char *type, json_t *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = journal_new_id();
    cr_assert(journal_append(bench->journal, stream, ++bench->seq, id, bench->now_ms, "alice", type,
                             data, NULL, &error),
              "%s", error ? error->message : "");
    json_decref(data);
}

/* A rollout of `version` begins where every cell runs `from`. */
static void open_rollout(struct bench *bench, const char *id, const char *version, const char *from)
{
    struct release release = {.version = (char *)version,
                              .tag = (char *)"v",
                              .commit = g_strdup_printf("commit-of-%s", version)};
    struct running running = {.version = (char *)from, .reference = (char *)"recorded"};
    g_autoptr(GHashTable) runs = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < bench->config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(bench->config->cells, i);
        g_hash_table_insert(runs, cell->id, &running);
    }
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    struct survey survey = {.config = bench->config,
                            .release = &release,
                            .version = version,
                            .running = runs,
                            .operations = none};
    g_autoptr(GPtrArray) refusals = NULL;
    OWN(plan) plan = plan_make(&survey, NULL, &refusals);
    bench->seq = 0;
    append(bench, id, "opened",
           json_pack("{s:s, s:s, s:[], s:s, s:o}", "kind", "rollout", "subject", version, "cells",
                     "reason", "test", "plan", plan_json(plan)));
    g_free(release.commit);
}

static void deployed(struct bench *bench, const char *id, const char *cell, const char *reference)
{
    append(bench, id, "deploy.seen", json_pack("{s:s, s:s}", "cell", cell, "reference", reference));
}

static void passed(struct bench *bench, const char *id, const char *cell)
{
    append(bench, id, "cell.passed", json_pack("{s:s}", "cell", cell));
}

struct answer {
    GMainLoop *loop;
    struct survey *survey;
};

static void keep_survey(struct survey *survey, const GError *error, gpointer data)
{
    struct answer *answer = data;
    cr_assert(error == NULL, "%s", error ? error->message : "");
    answer->survey = survey;
    g_main_loop_quit(answer->loop);
}

static struct survey *make(struct bench *bench, const char *version, bool with_releases)
{
    g_autoptr(GError) error = NULL;
    OWN(releases) releases = with_releases ? releases_open(bench->config, &error) : NULL;
    struct deployer *deployer = deployer_new(bench->config, NULL, bench->dir, &error);
    cr_assert(deployer != NULL, "%s", error ? error->message : "");
    struct answer answer = {.loop = g_main_loop_new(NULL, FALSE)};
    struct survey_sources sources = {.config = bench->config,
                                     .journal = bench->journal,
                                     .version = version,
                                     .releases = releases,
                                     .releases_error = "releases.repo is not set",
                                     .deployer = deployer};
    survey_make(&sources, keep_survey, &answer);
    g_main_loop_run(answer.loop);
    g_main_loop_unref(answer.loop);
    deployer_free(deployer);
    return answer.survey;
}

static void expect_verified(GHashTable *verified, const char *cell, const char *version,
                            const char *reference)
{
    const struct running *running = g_hash_table_lookup(verified, cell);
    cr_assert(running != NULL, "%s", cell);
    cr_expect_str_eq(running->version, version);
    cr_expect_str_eq(running->reference, reference);
}

Test(survey, every_cell_is_asked_and_fails_on_its_own)
{
    struct bench bench;
    setup(&bench);
    OWN(survey) survey = make(&bench, "v5.0.3", true);
    cr_assert(survey->release != NULL, "%s", survey->release_error);
    cr_expect_str_eq(survey->release->version, "5.0.3");
    const struct running *dev = g_hash_table_lookup(survey->running, "cell-dev");
    const struct running *eu = g_hash_table_lookup(survey->running, "cell-eu");
    cr_expect_str_eq(dev->version, "5.0.3");
    cr_expect_str_eq(dev->reference, "5.0.3");
    cr_assert(eu->version == NULL && eu->error != NULL);
    cr_expect(strstr(eu->error, "no route"), "%s", eu->error);
    const struct changes *changes = g_hash_table_lookup(survey->changes, "5.0.2");
    cr_assert(changes != NULL);
    cr_expect_gt(changes->commits->len, 0);
    cr_expect_eq(survey->operations->len, 0);
    teardown(&bench);
}

Test(survey, what_could_not_be_read_is_there_with_its_reason)
{
    struct bench bench;
    setup(&bench);
    OWN(survey) unset = make(&bench, "5.0.3", false);
    cr_expect(unset->release == NULL);
    cr_expect_str_eq(unset->release_error, "releases.repo is not set");
    OWN(survey) unknown = make(&bench, "5.0.4", true);
    cr_expect(unknown->release == NULL);
    cr_expect(strstr(unknown->release_error, "5.0.3"), "%s", unknown->release_error);
    teardown(&bench);
}

Test(survey, a_cell_goes_back_to_the_last_other_version_that_was_verified_there)
{
    struct bench bench;
    setup(&bench);
    open_rollout(&bench, "r1", "5.0.2", "5.0.1");
    deployed(&bench, "r1", "cell-dev", "ref-of-5.0.2");
    passed(&bench, "r1", "cell-dev");
    deployed(&bench, "r1", "cell-1", "never passed");
    open_rollout(&bench, "r2", "5.0.3", "5.0.2");
    deployed(&bench, "r2", "cell-dev", "ref-of-5.0.3");
    passed(&bench, "r2", "cell-dev");

    OWN(survey) again = make(&bench, "5.0.3", true);
    expect_verified(again->verified, "cell-dev", "5.0.2", "recorded");
    OWN(survey) next = make(&bench, "5.1.0", true);
    expect_verified(next->verified, "cell-dev", "5.0.3", "ref-of-5.0.3");
    expect_verified(next->verified, "cell-1", "5.0.2", "recorded");
    cr_expect_str_eq(g_hash_table_lookup(next->pinned, "5.0.2"), "commit-of-5.0.2");
    cr_expect_str_eq(g_hash_table_lookup(next->pinned, "5.0.3"), "commit-of-5.0.3");
    cr_expect_eq(next->operations->len, 2);
    teardown(&bench);
}

Test(survey, a_version_that_did_not_pass_is_not_verified_and_what_was_gone_back_to_is)
{
    struct bench bench;
    setup(&bench);
    open_rollout(&bench, "r1", "5.0.3", "5.0.2");
    deployed(&bench, "r1", "cell-dev", "ref-of-5.0.3");
    append(&bench, "r1", "rollback.done",
           json_pack("{s:s, s:s}", "cell", "cell-dev", "version", "5.0.2"));
    OWN(survey) next = make(&bench, "5.1.0", true);
    expect_verified(next->verified, "cell-dev", "5.0.2", "recorded");
    teardown(&bench);
}

Test(survey, deploys_on_record_took_from_their_intent_until_they_were_seen)
{
    struct bench bench;
    setup(&bench);
    open_rollout(&bench, "r1", "5.0.2", "5.0.1");
    append(&bench, "r1", "deploy.intent", json_pack("{s:s}", "cell", "cell-dev"));
    bench.now_ms += 45000;
    deployed(&bench, "r1", "cell-dev", "ref");
    deployed(&bench, "r1", "cell-1", "seen without an intent of its own");
    struct survey *survey = make(&bench, "5.0.3", false);
    cr_assert_eq(survey->deploys_ms->len, 1);
    cr_expect_eq(g_array_index(survey->deploys_ms, gint64, 0), 45000);
    survey_free(survey);
    teardown(&bench);
}
