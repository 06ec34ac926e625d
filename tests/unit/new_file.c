/* Files that are written once. */
#include "data/base/new_file.h"

#include "data/base/error.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;

static void begin(void)
{
    folder = scratch_new();
}

static void end(void)
{
    scratch_remove(folder);
}

static guint files(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint n = 0;
    while (g_dir_read_name(dir))
        n++;
    return n;
}

TestSuite(new_file, .init = begin, .fini = end);

Test(new_file, it_has_its_name_only_once_it_is_whole_and_is_ours_alone)
{
    g_autofree char *path = g_build_filename(folder, "export", NULL);
    OWN(new_file) file = new_file_begin(path, NULL);
    cr_assert(new_file_write(file, "one\n", NULL));
    cr_expect_not(g_file_test(path, G_FILE_TEST_EXISTS));
    cr_assert(new_file_write(file, "two\n", NULL) && new_file_finish(file, NULL));
    g_autofree char *text = NULL;
    struct stat facts;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL));
    cr_expect_str_eq(text, "one\ntwo\n");
    cr_expect(stat(path, &facts) == 0 && (facts.st_mode & 07777) == 0600);
}

/* Of whoever is killed in the middle of it, too: it may tell of people. */
Test(new_file, nothing_is_seen_of_it_before_it_is_whole)
{
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        cr_skip_test("this file system has no files without a name");
    close(fd);
    g_autofree char *path = g_build_filename(folder, "export", NULL);
    OWN(new_file) file = new_file_begin(path, NULL);
    cr_assert(file && new_file_write(file, "half", NULL));
    cr_expect_eq(files(), 0);
    cr_expect(new_file_finish(file, NULL));
    cr_expect_eq(files(), 1);
}

Test(new_file, nothing_is_left_of_one_that_was_not_finished)
{
    g_autofree char *path = g_build_filename(folder, "export", NULL);
    struct new_file *file = new_file_begin(path, NULL);
    new_file_write(file, "half", NULL);
    new_file_free(file);
    cr_expect_eq(files(), 0);
}

Test(new_file, what_is_there_is_never_written_over_even_if_it_came_meanwhile)
{
    g_autofree char *path = g_build_filename(folder, "export", NULL);
    g_autoptr(GError) error = NULL, at_once = NULL;
    struct new_file *file = new_file_begin(path, NULL);
    cr_assert(g_file_set_contents(path, "others'", -1, NULL));
    cr_expect_not(new_file_finish(file, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
    new_file_free(file);
    cr_expect_null(new_file_begin(path, &at_once));
    cr_expect_not_null(strstr(at_once->message, "is there already"));
    g_autofree char *text = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL));
    cr_expect_str_eq(text, "others'");
    cr_expect_eq(files(), 1);
}
