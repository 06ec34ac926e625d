#include "data/sqlite.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

Test(sqlite, migrations_go_forward_one_by_one_and_a_broken_one_leaves_the_file_as_it_was)
{
    char *dir = scratch_new();
    g_autofree char *path = g_build_filename(dir, "history.db", NULL);
    const char *const steps[] = {"CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (y)",
                                 "CREATE TABLE c (x)"};
    sqlite3 *db = sqlite_open(path, &(struct sqlite_schema){steps, 1, false}, false, NULL);
    cr_assert(db);
    sqlite3_close(db);
    g_autoptr(GError) error = NULL;
    cr_expect(!sqlite_open(path, &(struct sqlite_schema){steps, 3, false}, false, &error));
    cr_expect(error && strstr(error->message, "schema"));
    db = sqlite_open(path, &(struct sqlite_schema){steps, 1, false}, false, NULL);
    cr_assert(db, "still at version 1");
    cr_expect(sqlite_exec(db, "SELECT x FROM a", "look", NULL));
    cr_expect(!sqlite_exec(db, "SELECT x FROM b", "look", NULL));
    sqlite3_close(db);
    scratch_remove(dir);
}
