#include "tests/golden/shelf.h"

#include "tui/views/view.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_WHOLE 6 /* differences that are shown, not only named */

struct shelf {
    char *folder;
    bool write;
    GHashTable *put; /* names */
    bool seen[VIEW_COUNT];
    int same, differ, written;
};

struct shelf *shelf_new(const char *folder, bool write)
{
    struct shelf *shelf = g_new0(struct shelf, 1);
    shelf->folder = g_strdup(folder);
    shelf->write = write;
    shelf->put = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return shelf;
}

static void keep(struct shelf *shelf, const char *path, const char *text)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GError) error = NULL;
    if (g_mkdir_with_parents(folder, 0755) != 0 || !g_file_set_contents(path, text, -1, &error))
        g_error("can't write %s: %s", path, error ? error->message : "no folder");
    shelf->written++;
}

static void show_difference(const char *name, const char *path, const char *text)
{
    g_autofree char *now = g_strdup("now.txt");
    const char *const before = g_file_test(path, G_FILE_TEST_EXISTS) ? path : "/dev/null";
    if (!g_file_set_contents(now, text, -1, NULL))
        g_error("can't write %s", now);
    g_autofree char *label = g_strconcat("golden ", name, NULL);
    const char *const argv[] = {"diff", "-u",   "--label", label, "--label",
                                "now",  before, now,       NULL};
    g_autofree char *out = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL,
                 NULL);
    fputs(out ? out : "", stdout);
}

void shelf_put(struct shelf *shelf, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(shelf->folder, name, NULL);
    g_autofree char *golden = NULL;
    g_hash_table_add(shelf->put, g_strdup(name));
    if (g_file_get_contents(path, &golden, NULL, NULL) && strcmp(golden, text) == 0) {
        shelf->same++;
    } else if (shelf->write) {
        keep(shelf, path, text);
    } else {
        printf("  FAIL  %s looks another way\n", name);
        if (shelf->differ++ < SHOWN_WHOLE)
            show_difference(name, path, text);
    }
}

void shelf_saw(struct shelf *shelf, int view)
{
    shelf->seen[view] = true;
}

static void count_strays(struct shelf *shelf, const char *scene)
{
    g_autofree char *folder = g_build_filename(shelf->folder, scene, NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *file; dir && (file = g_dir_read_name(dir));) {
        g_autofree char *name = g_build_filename(scene, file, NULL);
        g_autofree char *path = g_build_filename(folder, file, NULL);
        if (g_hash_table_contains(shelf->put, name))
            continue;
        if (shelf->write) {
            g_unlink(path);
            continue;
        }
        printf("  FAIL  %s belongs to no scene\n", name);
        shelf->differ++;
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(folder); /* only where nothing is left in it */
}

static void count_all_strays(struct shelf *shelf)
{
    GDir *dir = g_dir_open(shelf->folder, 0, NULL);
    for (const char *scene; dir && (scene = g_dir_read_name(dir));)
        count_strays(shelf, scene);
    if (dir)
        g_dir_close(dir);
}

int shelf_close(struct shelf *shelf)
{
    count_all_strays(shelf);
    for (int view = 0; view < VIEW_COUNT; view++) {
        if (shelf->seen[view])
            continue;
        printf("  FAIL  no scene shows the screen %s\n", view_entry((enum view_id)view)->name);
        shelf->differ++;
    }
    if (shelf->write)
        printf("%d pictures made anew, %d as they were\n", shelf->written, shelf->same);
    else if (shelf->differ)
        printf(
            "  `make golden` makes them anew; look at what changed (git diff) before it lands\n");
    int failed = shelf->differ;
    printf("%d passed, %d failed\n", shelf->same + shelf->written, failed);
    g_hash_table_unref(shelf->put);
    g_free(shelf->folder);
    g_free(shelf);
    return failed > 0;
}
