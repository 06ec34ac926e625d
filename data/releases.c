#include "data/releases.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/glob.h"

#include <git2.h>
#include <string.h>

struct releases {
    struct config *config;
    git_repository *repo;
    GRegex *migrations;
};

OWNABLE(git_tree, git_tree_free);
OWNABLE(git_diff, git_diff_free);
OWNABLE(git_commit, git_commit_free);
OWNABLE(git_object, git_object_free);
OWNABLE(git_revwalk, git_revwalk_free);

void release_free(struct release *release)
{
    g_free(release->version);
    g_free(release->tag);
    g_free(release->commit);
    g_free(release->summary);
    g_free(release);
}

static void change_free(struct change *change)
{
    g_free(change->commit);
    g_free(change->author);
    g_free(change->summary);
    g_free(change);
}

void changes_free(struct changes *changes)
{
    g_ptr_array_unref(changes->commits);
    g_ptr_array_unref(changes->migrations);
    g_free(changes);
}

/* libgit2's last error, told as what we tried. Always false, to be returned. */
static bool git_failed(const struct releases *releases, GError **error, const char *tried)
{
    const git_error *cause = git_error_last();
    g_set_error(error, CD_ERROR, CD_ERROR_SOURCE, "cannot %s in the git repository %s: %s", tried,
                releases->config->releases.repo,
                cause && cause->message ? cause->message : "unknown error");
    return false;
}

/* Owner validation stays on: a repository of somebody else's may be changed by them, and it says
 * what goes to production. Trusting it is the reader's decision. */
static bool open_repository(struct releases *releases, GError **error)
{
    const char *path = releases->config->releases.repo;
    int result =
        git_repository_open_ext(&releases->repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (result == 0)
        return true;
    if (result != GIT_EOWNER)
        return git_failed(releases, error, "read releases");
    g_set_error(error, CD_ERROR, CD_ERROR_SOURCE,
                "the git repository %s belongs to another user and is not read; if you trust it: "
                "git config --global --add safe.directory %s",
                path, path);
    return false;
}

/* Never shut down again: whoever is last to do that leaves behind what libgit2 keeps for each of
 * the other threads that read at the time. */
static void begin_git(void)
{
    static gsize begun;
    if (g_once_init_enter(&begun)) {
        git_libgit2_init();
        g_once_init_leave(&begun, 1);
    }
}

struct releases *releases_open(const struct config *config, GError **error)
{
    if (!config->releases.repo) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s names no releases.repo, so no version can be found; name a git repository "
                    "on this machine there",
                    config->path);
        return NULL;
    }
    begin_git();
    OWN(releases) releases = g_new0(struct releases, 1);
    releases->config = config_ref((struct config *)config);
    releases->migrations = glob_compile(config->releases.migrations, error);
    bool usable = releases->migrations && open_repository(releases, error);
    return usable ? g_steal_pointer(&releases) : NULL;
}

void releases_free(struct releases *releases)
{
    git_repository_free(releases->repo);
    g_clear_pointer(&releases->migrations, g_regex_unref);
    config_unref(releases->config);
    g_free(releases);
}

static char *commit_id(const git_commit *commit)
{
    char hex[GIT_OID_HEXSZ + 1];
    return g_strdup(git_oid_tostr(hex, sizeof hex, git_commit_id(commit)));
}

static char *commit_summary(git_commit *commit)
{
    const char *summary = git_commit_summary(commit);
    return g_strdup(summary ? summary : "");
}

static gint64 commit_at_ms(const git_commit *commit)
{
    return git_commit_time(commit) * WHEN_SECOND;
}

/* NULL for a tag that leads to no commit: no release, then. */
static struct release *release_of_tag(struct releases *releases, const char *tag)
{
    g_autofree char *ref = g_strconcat("refs/tags/", tag, NULL);
    git_oid id;
    OWN(git_object) object = NULL;
    OWN(git_object) commit = NULL;
    if (git_reference_name_to_id(&id, releases->repo, ref) != 0 ||
        git_object_lookup(&object, releases->repo, &id, GIT_OBJECT_ANY) != 0 ||
        git_object_peel(&commit, object, GIT_OBJECT_COMMIT) != 0)
        return NULL;
    git_commit *peeled = (git_commit *)commit;
    struct release *release = g_new(struct release, 1);
    *release = (struct release){.version = g_strdup(version_bare(tag)),
                                .tag = g_strdup(tag),
                                .commit = commit_id(peeled),
                                .at_ms = commit_at_ms(peeled),
                                .summary = commit_summary(peeled)};
    return release;
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const struct release *one = *(struct release *const *)a, *two = *(struct release *const *)b;
    int order = version_compare(two->version, one->version);
    return order ? order : strcmp(one->tag, two->tag);
}

GPtrArray *releases_list(struct releases *releases, GError **error)
{
    git_strarray tags = {0};
    if (git_tag_list_match(&tags, releases->config->releases.tags, releases->repo) != 0) {
        git_failed(releases, error, "list tags");
        return NULL;
    }
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)release_free);
    for (size_t i = 0; i < tags.count; i++) {
        struct release *release =
            version_is(tags.strings[i]) ? release_of_tag(releases, tags.strings[i]) : NULL;
        if (release)
            g_ptr_array_add(list, release);
    }
    git_strarray_dispose(&tags);
    g_ptr_array_sort(list, newest_first);
    return list;
}

/* The newest below what was asked for, else the oldest; of what is no version, the likest. */
static const char *nearest_version(const GPtrArray *list, const char *version)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < list->len; i++) {
        const struct release *release = list->pdata[i];
        if (version_is(version) && version_compare(release->version, version) < 0)
            return release->version;
        g_ptr_array_add(names, release->version);
    }
    if (version_is(version))
        return list->len ? names->pdata[list->len - 1] : NULL;
    g_ptr_array_add(names, NULL);
    const char *likest = text_nearest(version, (const char *const *)names->pdata);
    return likest ? likest : names->pdata[0];
}

static void say_unknown(const struct releases *releases, const GPtrArray *list, const char *version,
                        GError **error)
{
    const struct releases_config *config = &releases->config->releases;
    const char *near = nearest_version(list, version);
    if (near)
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "there is no release '%s' in %s (tags %s); the nearest known version is %s",
                    version, config->repo, config->tags, near);
    else
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "there is no release '%s': %s has no version among its tags %s; fetch them",
                    version, config->repo, config->tags);
}

struct release *releases_resolve(struct releases *releases, const char *version, GError **error)
{
    g_autoptr(GPtrArray) list = releases_list(releases, error);
    if (!list)
        return NULL;
    const char *bare = version_bare(version);
    struct release *found = NULL;
    for (guint i = 0; i < list->len; i++) {
        struct release *release = list->pdata[i];
        if (strcmp(release->version, bare) != 0)
            continue;
        if (found && strcmp(found->commit, release->commit) != 0) {
            g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                        "release '%s' is ambiguous in %s: tags %s and %s are different commits; "
                        "remove one, or narrow releases.tags",
                        bare, releases->config->releases.repo, found->tag, release->tag);
            return NULL;
        }
        found = release;
    }
    if (!found) {
        say_unknown(releases, list, version, error);
        return NULL;
    }
    guint place = 0;
    g_ptr_array_find(list, found, &place);
    return g_ptr_array_steal_index(list, place);
}

static git_commit *commit_of(struct releases *releases, const struct release *release,
                             GError **error)
{
    git_oid id;
    git_commit *commit = NULL;
    if (git_oid_fromstr(&id, release->commit) != 0 ||
        git_commit_lookup(&commit, releases->repo, &id) != 0)
        git_failed(releases, error, "read a release's commit");
    return commit;
}

static struct change *change_of(git_commit *commit)
{
    const git_signature *author = git_commit_author(commit);
    struct change *change = g_new(struct change, 1);
    *change = (struct change){.commit = commit_id(commit),
                              .at_ms = commit_at_ms(commit),
                              .author = g_strdup(author && author->name ? author->name : ""),
                              .summary = commit_summary(commit)};
    return change;
}

static bool walk_commits(struct releases *releases, const git_commit *from, const git_commit *to,
                         struct changes *changes, GError **error)
{
    OWN(git_revwalk) walk = NULL;
    git_oid id;
    int result = git_revwalk_new(&walk, releases->repo);
    if (result == 0)
        result = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
    if (result == 0)
        result = git_revwalk_push(walk, git_commit_id(to));
    if (result == 0)
        result = git_revwalk_hide(walk, git_commit_id(from));
    while (result == 0 && (result = git_revwalk_next(&id, walk)) == 0) {
        OWN(git_commit) commit = NULL;
        result = git_commit_lookup(&commit, releases->repo, &id);
        if (result == 0)
            g_ptr_array_add(changes->commits, change_of(commit));
    }
    return result == GIT_ITEROVER || git_failed(releases, error, "walk the commits");
}

static bool compare_trees(struct releases *releases, const git_commit *from, const git_commit *to,
                          struct changes *changes, GError **error)
{
    OWN(git_tree) from_tree = NULL;
    OWN(git_tree) to_tree = NULL;
    OWN(git_diff) diff = NULL;
    if (git_commit_tree(&from_tree, from) != 0 || git_commit_tree(&to_tree, to) != 0 ||
        git_diff_tree_to_tree(&diff, releases->repo, from_tree, to_tree, NULL) != 0)
        return git_failed(releases, error, "compare two releases");
    changes->files = git_diff_num_deltas(diff);
    for (size_t i = 0; i < changes->files; i++) {
        const char *path = git_diff_get_delta(diff, i)->new_file.path;
        if (glob_matches(releases->migrations, path))
            g_ptr_array_add(changes->migrations, g_strdup(path));
    }
    return true;
}

struct changes *releases_changes_between(struct releases *releases, const struct release *from,
                                         const struct release *to, GError **error)
{
    OWN(git_commit) from_commit = commit_of(releases, from, error);
    OWN(git_commit) to_commit = from_commit ? commit_of(releases, to, error) : NULL;
    if (!to_commit)
        return NULL;
    OWN(changes) changes = g_new0(struct changes, 1);
    changes->commits = g_ptr_array_new_with_free_func((GDestroyNotify)change_free);
    changes->migrations = g_ptr_array_new_with_free_func(g_free);
    if (!walk_commits(releases, from_commit, to_commit, changes, error) ||
        !compare_trees(releases, from_commit, to_commit, changes, error))
        return NULL;
    /* What leads to `to` and not to `from` has `to` itself first, unless `from` comes after it. */
    changes->backwards = changes->commits->len == 0 && strcmp(from->commit, to->commit) != 0;
    return g_steal_pointer(&changes);
}

struct changes *releases_changes(struct releases *releases, const char *from, const char *to,
                                 GError **error)
{
    OWN(release) older = releases_resolve(releases, from, error);
    OWN(release) newer = older ? releases_resolve(releases, to, error) : NULL;
    return newer ? releases_changes_between(releases, older, newer, error) : NULL;
}
