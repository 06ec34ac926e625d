/* Where the file is looked for, and where a journal is kept. */
#include "tests/unit/config_stage.h"

#include "data/base/error.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(config_places, .init = make_folder, .fini = remove_folder);

Test(config_places, the_file_named_first_is_the_one_that_is_read)
{
    g_setenv("CELLDECK_CONFIG", "/from/environment.yaml", TRUE);
    g_autofree char *given = config_find("/given.yaml", NULL);
    cr_expect_str_eq(given, "/given.yaml");
    g_autofree char *environment = config_find(NULL, NULL);
    cr_expect_str_eq(environment, "/from/environment.yaml");
    g_unsetenv("CELLDECK_CONFIG");
    g_autofree char *here = g_get_current_dir();
    cr_assert_eq(g_chdir(folder), 0);
    cr_assert(g_file_set_contents("celldeck.yaml", "", 0, NULL));
    g_autofree char *local = config_find(NULL, NULL);
    cr_expect_str_eq(local, "./celldeck.yaml");
    cr_assert_eq(g_chdir(here), 0);
}

Test(config_places, where_there_is_no_file_every_place_looked_at_is_told)
{
    g_unsetenv("CELLDECK_CONFIG");
    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
    cr_assert_eq(g_chdir(folder), 0);
    if (g_file_test("/etc/celldeck/celldeck.yaml", G_FILE_TEST_EXISTS))
        cr_skip_test("this machine has an /etc/celldeck/celldeck.yaml");
    g_autoptr(GError) error = NULL;
    cr_expect(!config_find(NULL, &error));
    cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
    const char *const places[] = {"-c", "$CELLDECK_CONFIG", "./celldeck.yaml", folder, "/etc/"};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        cr_expect(strstr(error->message, places[i]), "%s", error->message);
}

static void expect_state(const struct config *config, const char *sub, bool personal)
{
    g_autofree char *expected = g_build_filename(folder, sub, NULL);
    bool told = !personal;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = state_dir(config, &told, &error);
    cr_assert(path, "%s", error ? error->message : "");
    cr_expect_str_eq(path, expected);
    cr_expect_eq(told, personal);
    struct stat info;
    cr_assert_eq(stat(path, &info), 0);
    cr_expect_eq(info.st_mode & 0777, 0700);
    cr_expect_eq(g_rmdir(path), 0);
}

Test(config_places, the_state_folder_is_the_environments_else_the_files_else_ones_own)
{
    OWN(config) config = load_good(BASE "journal: {path: from-file}\n");
    g_autofree char *from_environment = g_build_filename(folder, "from-environment", NULL);
    g_setenv("CELLDECK_STATE", from_environment, TRUE);
    expect_state(config, "from-environment", false);
    g_unsetenv("CELLDECK_STATE");
    expect_state(config, "from-file", false);
    if (g_file_test("/var/lib/celldeck", G_FILE_TEST_IS_DIR))
        return;
    g_setenv("XDG_STATE_HOME", folder, TRUE);
    OWN(config) plain = load_good(BASE);
    expect_state(plain, "celldeck", true);
}

Test(config_places, a_state_folder_that_cannot_be_made_is_named)
{
    OWN(config) config = load_good(BASE);
    g_autofree char *below_a_file = g_build_filename(file, "state", NULL);
    g_setenv("CELLDECK_STATE", below_a_file, TRUE);
    bool personal;
    g_autoptr(GError) error = NULL;
    cr_expect(!state_dir(config, &personal, &error));
    cr_assert(error);
    cr_expect(strstr(error->message, below_a_file), "%s", error->message);
}

Test(config_places, network_file_systems_are_told_from_local_ones)
{
    /* NFS, CIFS and FUSE's magic numbers are those of statfs(2)'s manual page. */
    cr_expect_str_eq(network_file_system(0x6969, "nfs4"), "NFS");
    cr_expect_str_eq(network_file_system((gint32)0xff534d42, "cifs"), "CIFS", "sign-extended");
    cr_expect_str_eq(network_file_system(0x65735546, "fuse.sshfs"), "FUSE");
    cr_expect(!network_file_system(0x65735546, "fuse.fuse-overlayfs"));
    cr_expect(!network_file_system(0xef53, "ext4"));
}
