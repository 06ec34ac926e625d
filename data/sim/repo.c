#include "data/sim/repo.h"

#include "data/base/error.h"
#include "data/sim/value.h"

#include <git2.h>
#include <string.h>

/* The first commit's time: fixed, so that the ids are. Each later one is a working day on. */
#define FIRST_COMMIT_S 1762160400
#define STEP_S         (26 * 3600)

struct making {
    git_repository *repo;
    git_index *index;
    git_commit *parent;
};

static bool touch(struct making *making, const char *path, size_t number)
{
    g_autofree char *text = g_strdup_printf("// %s\n// Change %zu.\n", path, number);
    git_index_entry entry = {.mode = GIT_FILEMODE_BLOB, .path = path};
    git_oid blob;
    if (git_blob_create_from_buffer(&blob, making->repo, text, strlen(text)) < 0)
        return false;
    entry.id = blob;
    return git_index_add(making->index, &entry) == 0;
}

static bool commit(struct making *making, const json_t *said, size_t number)
{
    git_oid tree_id, id;
    git_tree *tree = NULL;
    git_signature *by = NULL;
    const char *name = sim_text(said, "by", "Release");
    g_autofree char *lower = g_ascii_strdown(name, -1);
    g_autofree char *email = g_strdup_printf("%s@example.com", g_strdelimit(lower, " ", '.'));
    const git_commit *parents[] = {making->parent};
    bool made =
        git_index_write_tree_to(&tree_id, making->index, making->repo) == 0 &&
        git_tree_lookup(&tree, making->repo, &tree_id) == 0 &&
        git_signature_new(&by, name, email, FIRST_COMMIT_S + (git_time_t)number * STEP_S, 0) == 0 &&
        git_commit_create(&id, making->repo, "refs/heads/main", by, by, NULL,
                          sim_text(said, "says", "Change"), tree, making->parent ? 1 : 0,
                          making->parent ? parents : NULL) == 0;
    git_commit_free(making->parent);
    making->parent = NULL;
    made = made && git_commit_lookup(&making->parent, making->repo, &id) == 0;
    const char *tag = sim_text(said, "tag", NULL);
    git_oid tag_id;
    if (made && tag)
        made = git_tag_create(&tag_id, making->repo, tag, (git_object *)making->parent, by,
                              sim_text(said, "says", tag), 0) == 0;
    git_signature_free(by);
    git_tree_free(tree);
    return made;
}

static bool make_all(struct making *making, const json_t *history)
{
    size_t i, p;
    const json_t *said, *path;
    json_array_foreach (history, i, said) {
        json_array_foreach (json_object_get(said, "touches"), p, path)
            if (!touch(making, json_string_value(path), i))
                return false;
        if (!commit(making, said, i))
            return false;
    }
    return true;
}

bool sim_repo_make(const json_t *scenario, const char *path, GError **error)
{
    git_libgit2_init();
    struct making making = {0};
    git_repository_init_options options;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags =
        GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
    options.initial_head = "main";
    bool made = git_repository_init_ext(&making.repo, path, &options) == 0 &&
                git_index_new(&making.index) == 0 &&
                make_all(&making, json_object_get(scenario, "history"));
    if (!made) {
        const git_error *fault = git_error_last();
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "can't make the repository %s: %s", path,
                    fault ? fault->message : "unknown");
    }
    git_commit_free(making.parent);
    git_index_free(making.index);
    git_repository_free(making.repo);
    git_libgit2_shutdown();
    return made;
}
