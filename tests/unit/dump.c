/* Screens as files: what they are called, and what is never done to other files. */
#include "tui/shell/dump.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

Test(dump, a_file_of_our_naming_tells_when_and_of_what_it_is)
{
    g_autofree char *path = dump_default_path("fleet", G_GINT64_CONSTANT(1795783501000));
    cr_expect(g_str_has_prefix(path, g_get_user_state_dir()));
    cr_expect(g_str_has_suffix(path, "/celldeck/screens/20261127T124501Z-fleet.txt"), "%s", path);
}

Test(dump, a_name_may_begin_at_home)
{
    g_autofree char *home = dump_path("~/x.txt");
    g_autofree char *expected = g_build_filename(g_get_home_dir(), "x.txt", NULL);
    cr_expect_str_eq(home, expected);
    g_autofree char *absolute = dump_path("x.txt");
    cr_expect(g_path_is_absolute(absolute));
}

Test(dump, two_of_one_second_are_two_files_in_folders_that_are_made)
{
    char *folder = scratch_new();
    g_autofree char *wanted = g_build_filename(folder, "a", "b", "1-fleet.txt", NULL);
    g_autofree char *first = dump_write(wanted, true, "first\n", NULL);
    g_autofree char *second = dump_write(wanted, true, "second\n", NULL);
    g_autofree char *text = NULL;
    cr_expect_str_eq(first, wanted);
    cr_assert(g_str_has_suffix(second, "/1-fleet-2.txt"));
    cr_assert(g_file_get_contents(first, &text, NULL, NULL));
    cr_expect_str_eq(text, "first\n");
    GStatBuf facts;
    cr_expect(g_stat(second, &facts) == 0 && (facts.st_mode & 0777) == 0600);
    scratch_remove(folder);
}

Test(dump, a_file_that_is_there_is_left_alone_and_so_is_where_a_link_leads)
{
    char *folder = scratch_new();
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    g_autofree char *behind = g_build_filename(folder, "behind", NULL);
    g_autoptr(GError) error = NULL;
    cr_assert(symlink(behind, link) == 0);
    cr_expect_null(dump_write(link, false, "text\n", &error));
    cr_expect(strstr(error->message, "it is there already"), "%s", error->message);
    cr_expect_not(g_file_test(behind, G_FILE_TEST_EXISTS));
    scratch_remove(folder);
}

Test(dump, without_room_no_part_of_it_is_left)
{
    char *folder = scratch_new();
    g_autofree char *path = g_build_filename(folder, "x", NULL);
    g_autofree char *text = g_strnfill(10000, 'x');
    g_autoptr(GError) error = NULL;
    const struct rlimit limit = {4096, 4096};
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    cr_expect_null(dump_write(path, false, text, &error));
    cr_expect(strstr(error->message, path) && strstr(error->message, "too large"), "%s",
              error->message);
    cr_expect_not(g_file_test(path, G_FILE_TEST_EXISTS));
    scratch_remove(folder);
}
