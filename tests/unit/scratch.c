#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>

char *scratch_new(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = g_dir_make_tmp("celldeck-unit-XXXXXX", &error);
    cr_assert(dir, "%s", error ? error->message : "");
    return dir;
}

static void sweep(const char *path)
{
    g_chmod(path, 0700);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        bool folder =
            g_file_test(file, G_FILE_TEST_IS_DIR) && !g_file_test(file, G_FILE_TEST_IS_SYMLINK);
        if (folder)
            sweep(file);
        else
            g_unlink(file);
    }
    cr_expect_eq(g_rmdir(path), 0, "%s is left behind", path);
}

void scratch_remove(char *dir)
{
    sweep(dir);
    g_free(dir);
}
