/* Against real repositories, made by the real git in a temporary folder. */
#include "data/releases.h"
#include "data/base/error.h"
#include "data/glob.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#define RLO "\xe2\x80\xae" /* U+202E, right-to-left override */

static char *folder;

/* Runs git in the repository; the words of `command` have no blanks in them ('_' stands for one).
 */
static void git(const char *command)
{
    g_autofree char *line = g_strconcat("git -C ", folder, " ", command, NULL);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_auto(GStrv) env = g_get_environ();
    const char *const fixed[][2] = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                                    {"GIT_CONFIG_SYSTEM", "/dev/null"},
                                    {"GIT_AUTHOR_NAME", "Ada"},
                                    {"GIT_AUTHOR_EMAIL", "ada@example.com"},
                                    {"GIT_COMMITTER_NAME", "Ada"},
                                    {"GIT_COMMITTER_EMAIL", "ada@example.com"},
                                    {"GIT_AUTHOR_DATE", "1700000000 +0000"},
                                    {"GIT_COMMITTER_DATE", "1700000000 +0000"}};
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        env = g_environ_setenv(env, fixed[i][0], fixed[i][1], TRUE);
    int status = -1;
    g_autofree char *err = NULL;
    cr_assert(g_spawn_sync(NULL, argv, env, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                           NULL, NULL, &err, &status, NULL));
    cr_assert_eq(status, 0, "git %s: %s", command, err);
}

static void write_file(const char *path, const char *text)
{
    g_autofree char *whole = g_build_filename(folder, path, NULL);
    g_autofree char *parent = g_path_get_dirname(whole);
    cr_assert_eq(g_mkdir_with_parents(parent, 0700), 0);
    cr_assert(g_file_set_contents(whole, text, -1, NULL));
}

static void commit(const char *path, const char *text, const char *summary)
{
    write_file(path, text);
    git("add .");
    g_autofree char *command = g_strconcat("commit -qm ", summary, NULL);
    git(command);
}

static void make_repository(void)
{
    folder = scratch_new();
    git("init -q -b main");
    commit("server/api.c", "1", "first");
    git("tag v5.0.2");
    commit("server/api.c", "2", "second");
    commit("server/migrations/v51/0001.sql", "alter", "third" RLO);
    git("tag -a -m annotated v5.1.0");
    git("tag v5.1.0-rc.1 v5.0.2");
    git("tag latest");
    git("tag v5.9.9" RLO);
    git("tag v5.0.10 v5.0.2");
}

static void remove_repository(void)
{
    scratch_remove(folder);
}

static struct config *config_of(const char *repo)
{
    g_autofree char *path = g_strconcat(folder, ".yaml", NULL);
    g_autofree char *text = g_strdup_printf(
        "name: test\n"
        "cells: {dev: {class: dev, region: us-east-1, residency: US, max_users: 1,\n"
        "  max_patients: 1, endpoint: 'http://127.0.0.1:1'}}\n"
        "releases: {repo: '%s', migrations: ['**/migrations/**']}\n",
        repo);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
    GError *error = NULL;
    struct config *config = config_load(path, &error);
    cr_assert(config, "%s", error ? error->message : "");
    g_unlink(path);
    return config;
}

static struct releases *open_releases(void)
{
    OWN(config) config = config_of(folder);
    GError *error = NULL;
    struct releases *releases = releases_open(config, &error);
    cr_assert(releases, "%s", error ? error->message : "");
    return releases;
}

TestSuite(releases, .init = make_repository, .fini = remove_repository);

Test(releases, the_newest_version_comes_first_and_what_is_no_version_is_left_out)
{
    OWN(releases) releases = open_releases();
    g_autoptr(GPtrArray) list = releases_list(releases, NULL);
    const char *expected[] = {"5.1.0", "5.1.0-rc.1", "5.0.10", "5.0.2"};
    cr_assert_eq(list->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < list->len; i++)
        cr_expect_str_eq(((struct release *)list->pdata[i])->version, expected[i]);
}

Test(releases, a_version_is_found_with_and_without_its_v_and_an_annotated_tag_is_peeled)
{
    OWN(releases) releases = open_releases();
    OWN(release) with = releases_resolve(releases, "v5.1.0", NULL);
    OWN(release) without = releases_resolve(releases, "5.1.0", NULL);
    cr_assert(with && without);
    cr_expect_str_eq(with->version, "5.1.0");
    cr_expect_str_eq(with->tag, "v5.1.0");
    cr_expect_str_eq(with->commit, without->commit);
    cr_expect_eq(with->at_ms, G_GINT64_CONSTANT(1700000000000));
    cr_expect_str_eq(with->summary, "third" RLO, "kept as it is in git");
    g_autofree char *spec = g_strdup_printf("merge-base --is-ancestor %s main", with->commit);
    git(spec);
}

Test(releases, a_miss_is_refused_and_names_the_repository_and_the_nearest_version)
{
    OWN(releases) releases = open_releases();
    struct {
        const char *asked, *nearest;
    } cases[] = {{"5.0.9", "is 5.0.2"}, {"v6.0.0", "is 5.1.0"}, {"1.0.0", "is 5.0.2"},
                 {"5.1.O", "is 5.1.0"}, {"v5.9.9" RLO, "is 5"}, {"", "is 5.1.0"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect(!releases_resolve(releases, cases[i].asked, &error));
        cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_REFUSED));
        cr_expect(strstr(error->message, folder) && strstr(error->message, cases[i].nearest), "%s",
                  error->message);
    }
}

Test(releases, two_tags_of_one_version_on_different_commits_are_refused)
{
    git("tag v5.2.0 v5.0.2");
    git("tag 5.2.0 v5.1.0");
    OWN(config) config = config_of(folder);
    g_free(config->releases.tags);
    config->releases.tags = g_strdup("*");
    OWN(releases) releases = releases_open(config, NULL);
    g_autoptr(GError) error = NULL;
    cr_expect(!releases_resolve(releases, "5.2.0", &error));
    cr_assert(error);
    cr_expect(strstr(error->message, "ambiguous"), "%s", error->message);
}

Test(releases, changes_are_commits_files_and_migrations_that_only_the_new_one_has)
{
    OWN(releases) releases = open_releases();
    OWN(changes) changes = releases_changes(releases, "5.0.2", "5.1.0", NULL);
    cr_assert(changes);
    cr_assert_eq(changes->commits->len, 2);
    const struct change *newest = changes->commits->pdata[0], *oldest = changes->commits->pdata[1];
    cr_expect_str_eq(newest->summary, "third" RLO);
    cr_expect_str_eq(newest->author, "Ada");
    cr_expect_str_eq(oldest->summary, "second");
    cr_expect_eq(changes->files, 2);
    cr_assert_eq(changes->migrations->len, 1);
    cr_expect_str_eq(changes->migrations->pdata[0], "server/migrations/v51/0001.sql");
    cr_expect(!changes->backwards);
}

Test(releases, going_to_an_ancestor_is_backwards_and_to_the_same_commit_is_not)
{
    OWN(releases) releases = open_releases();
    OWN(changes) back = releases_changes(releases, "5.1.0", "5.0.2", NULL);
    cr_assert(back);
    cr_expect(back->backwards);
    cr_expect_eq(back->commits->len, 0);
    cr_expect_eq(back->migrations->len, 1);
    OWN(changes) same = releases_changes(releases, "5.0.2", "5.0.10", NULL);
    cr_assert(same);
    cr_expect(!same->backwards);
    cr_expect_eq(same->files, 0);
}

Test(releases, a_moved_tag_resolves_to_where_it_is_now)
{
    OWN(releases) releases = open_releases();
    OWN(release) before = releases_resolve(releases, "5.0.2", NULL);
    git("tag -f v5.0.2 v5.1.0");
    OWN(release) after = releases_resolve(releases, "5.0.2", NULL);
    cr_assert(before && after);
    cr_expect_str_neq(before->commit, after->commit);
}

Test(releases, a_bare_clone_with_packed_tags_serves_as_well)
{
    git("clone -q --bare . bare.git");
    g_autofree char *bare = g_build_filename(folder, "bare.git", NULL);
    OWN(config) config = config_of(bare);
    OWN(releases) releases = releases_open(config, NULL);
    cr_assert(releases);
    OWN(release) release = releases_resolve(releases, "5.1.0", NULL);
    cr_expect(release);
}

Test(releases, a_folder_that_is_no_repository_is_named_and_its_parents_are_not_searched)
{
    write_file("sub/file", "");
    g_autofree char *sub = g_build_filename(folder, "sub", NULL);
    const char *const bad[] = {sub, "/nonexistent/repo.git"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        OWN(config) config = config_of(bad[i]);
        g_autoptr(GError) error = NULL;
        cr_expect(!releases_open(config, &error));
        cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_SOURCE));
        cr_expect(strstr(error->message, bad[i]), "%s", error->message);
    }
}

Test(releases, a_repository_of_somebody_else_is_not_read_and_the_way_to_trust_it_is_told)
{
    if (getuid() != 0)
        cr_skip_test("only root can give a folder away");
    git("clone -q --bare . other.git");
    g_autofree char *other = g_build_filename(folder, "other.git", NULL);
    cr_assert_eq(chown(other, 12345, 12345), 0);
    OWN(config) config = config_of(other);
    g_autoptr(GError) error = NULL;
    cr_expect(!releases_open(config, &error));
    cr_assert(error);
    cr_expect(strstr(error->message, "safe.directory"), "%s", error->message);
}

Test(releases, a_configuration_without_a_repository_is_a_usage_error)
{
    OWN(config) config = config_of(folder);
    g_clear_pointer(&config->releases.repo, g_free);
    g_autoptr(GError) error = NULL;
    cr_expect(!releases_open(config, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
}

Test(version, versions_sort_as_semantic_versioning_has_it)
{
    /* The order of semver.org 2.0.0, section 11, and numbers larger than an integer. */
    const char *const rising[] = {"1.0.0-alpha",
                                  "1.0.0-alpha.1",
                                  "1.0.0-alpha.beta",
                                  "1.0.0-beta",
                                  "1.0.0-beta.2",
                                  "1.0.0-beta.11",
                                  "1.0.0-rc.1",
                                  "1.0.0",
                                  "v1.0.1",
                                  "1.0.10",
                                  "1.2.0",
                                  "v2.0.0-0",
                                  "2.0.0",
                                  "10.0.0",
                                  "10.0.99999999999999999999",
                                  "10.0.100000000000000000000"};
    for (size_t i = 0; i < G_N_ELEMENTS(rising); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(rising); j++) {
            int order = version_compare(rising[i], rising[j]);
            cr_expect_eq((order > 0) - (order < 0), (i > j) - (i < j), "%s %s", rising[i],
                         rising[j]);
        }
    cr_expect_eq(version_compare("v1.0.0+a", "1.0.0+b"), 0);
    cr_expect_lt(version_compare("", "1.0.0"), 0);
}

Test(version, a_builds_suffix_is_dropped_and_a_pre_releases_is_not)
{
    struct {
        const char *from, *to;
    } cases[] = {{"5.0.3-a1b2c3", "5.0.3"},
                 {"v5.0.3", "5.0.3"},
                 {"5.0.3", "5.0.3"},
                 {"5.0.3-12-ga1b2c3d", "5.0.3"},
                 {"5.0.3+build.7", "5.0.3"},
                 {"5.1.0-rc.1", "5.1.0-rc.1"},
                 {"5.1.0-rc.1-a1b2c3", "5.1.0-rc.1"},
                 {"5.1.0-beta", "5.1.0-beta"},
                 {"", ""},
                 {"unknown", "unknown"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *plain = version_plain(cases[i].from);
        cr_expect_str_eq(plain, cases[i].to);
    }
}

Test(version, only_three_numbers_with_a_harmless_suffix_are_a_version)
{
    const char *const good[] = {"1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2.3+b.1", "1.2.3-a1-b2+c"};
    const char *const bad[] = {"",       "v",      "1.2",      "1.2.3.4",     "vv1.2.3",
                               "1.2.3-", "1.2.3 ", "1.2.3\n",  "1.2.3-a" RLO, "1.2.3-$(id)",
                               "latest", "-1.2.3", "1.2.3-a/b"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        cr_expect(version_is(good[i]), "%s", good[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect(!version_is(bad[i]), "%s", bad[i]);
}

Test(glob, stars_stay_in_a_folder_and_double_stars_cross_any_number)
{
    struct {
        const char *glob, *path;
        bool matches;
    } cases[] = {{"a/**", "a/b/c.sql", true},
                 {"a/**", "b/a/c.sql", false},
                 {"a/*.sql", "a/b.sql", true},
                 {"a/*.sql", "a/b/c.sql", false},
                 {"**/migrations/**", "migrations/1.sql", true},
                 {"**/migrations/**", "x/y/migrations/z/1.sql", true},
                 {"a/**/b.sql", "a/b.sql", true},
                 {"a/**/b.sql", "a/x/y/b.sql", true},
                 {"a/?.sql", "a/b.sql", true},
                 {"a/?.sql", "a//.sql", false},
                 {"server/migrations", "server/migrations/1.sql", true},
                 {"server/migrations/", "server/migrations/1.sql", true},
                 {"server/migrations", "server/migrations2/1.sql", false},
                 {"a.b(c)+[d]", "a.b(c)+[d]", true},
                 {"a.b", "axb", false},
                 {"a/**", "a/\xff\n", true}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *const globs[] = {(char *)"never/this", (char *)cases[i].glob, NULL};
        g_autoptr(GRegex) compiled = glob_compile(globs, NULL);
        cr_assert(compiled);
        cr_expect_eq(glob_matches(compiled, cases[i].path), cases[i].matches, "%s %s",
                     cases[i].glob, cases[i].path);
    }
    char *const none[] = {NULL};
    g_autoptr(GRegex) nothing = glob_compile(none, NULL);
    cr_expect(!glob_matches(nothing, "a") && !glob_matches(nothing, ""));
}
