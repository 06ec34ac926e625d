#include "data/journal.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/journal_copy.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct journal *open_in(const char *dir)
{
    g_autoptr(GError) error = NULL;
    struct journal *journal = journal_open_file(dir, &error);
    cr_assert(journal, "%s", error ? error->message : "");
    return journal;
}

static bool append(struct journal *journal, const char *stream, gint64 seq, const char *id,
                   GError **error)
{
    OWN_JSON data = json_pack("{s:s, s:i}", "say", "naïve \"quote\"\n", "n", (int)seq);
    return journal_append(journal, stream, seq, id, 1000 + seq, "alice", "note", data, NULL, error);
}

static void fill(struct journal *journal)
{
    for (gint64 seq = 1; seq <= 3; seq++) {
        g_autofree char *id = journal_new_id();
        cr_assert(append(journal, "r1", seq, id, NULL));
    }
    cr_assert(append(journal, "lease/r1", 1, "lease-1", NULL));
}

static void run_sql(const char *dir, const char *sql)
{
    g_autofree char *path = g_build_filename(dir, "history.db", NULL);
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    char *message = NULL;
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK, "%s", message);
    sqlite3_close(db);
}

Test(journal, an_event_is_kept_as_it_was_appended_and_chained_to_the_one_before)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    fill(journal);
    g_autoptr(GPtrArray) events = journal_read(journal, "r1", 2, NULL);
    cr_assert_eq(events->len, 2);
    const struct event *second = g_ptr_array_index(events, 0);
    const struct event *third = g_ptr_array_index(events, 1);
    cr_expect_eq(second->seq, 2);
    cr_expect_eq(second->at_ms, 1002);
    cr_expect_str_eq(second->actor, "alice");
    cr_expect_str_eq(json_string_value(json_object_get(second->data, "say")), "naïve \"quote\"\n");
    cr_expect_str_eq(third->prev_hash, second->hash);

    OWN(event) last = journal_last(journal, "r1", NULL);
    cr_expect_str_eq(last->hash, third->hash);
    g_autoptr(GError) error = NULL;
    cr_expect(journal_last(journal, "r2", &error) == NULL && error == NULL);
    scratch_remove(dir);
}

Test(journal, the_hash_is_what_the_header_says)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    OWN_JSON data = json_pack("{s:i, s:i}", "b", 2, "a", 1);
    OWN(event) event = NULL;
    cr_assert(journal_append(journal, "r1", 1, "id-1", 42, "alice", "note", data, &event, NULL));
    /* printf '%064d\nr1\n1\nid-1\n42\nalice\nnote\n{"a":1,"b":2}' 0 | sha256sum */
    cr_expect_str_eq(event->hash,
                     "e11daf34e470ceca45227e24ec003effafc06a83954d7d9ba50f4303b1ddae19");
    scratch_remove(dir);
}

Test(journal, a_number_that_is_taken_is_a_conflict_and_one_too_far_a_gap)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    fill(journal);
    g_autoptr(GError) taken = NULL;
    cr_expect(!append(journal, "r1", 3, "another", &taken));
    cr_expect(g_error_matches(taken, CD_ERROR, CD_ERROR_CONFLICT));
    g_autoptr(GError) gap = NULL;
    cr_expect(!append(journal, "r1", 5, "another", &gap));
    cr_expect(g_error_matches(gap, CD_ERROR, CD_ERROR_FAILED));
    g_autoptr(GPtrArray) events = journal_read(journal, "r1", 1, NULL);
    cr_expect_eq(events->len, 3);
    scratch_remove(dir);
}

Test(journal, an_append_whose_answer_was_lost_is_found_to_be_ours)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    cr_assert(append(journal, "r1", 1, "mine", NULL));
    cr_assert(append(journal, "r1", 2, "next", NULL));
    cr_expect(append(journal, "r1", 1, "mine", NULL));
    cr_expect(!append(journal, "r1", 1, "not-mine", NULL));
    scratch_remove(dir);
}

Test(journal, text_that_would_make_the_hash_ambiguous_is_refused)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    OWN_JSON data = json_object();
    const char *const bad[] = {"", "two\nlines", "\xff"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect(!journal_append(journal, "r1", 1, "id", 1, bad[i], "note", data, NULL, NULL));
    OWN_JSON list = json_array();
    cr_expect(!journal_append(journal, "r1", 1, "id", 1, "alice", "note", list, NULL, NULL));
    scratch_remove(dir);
}

Test(journal, of_two_processes_that_race_for_one_number_exactly_one_wins)
{
    enum { RACERS = 4, ROUNDS = 20 };
    char *dir = scratch_new();
    int pipes[2];
    cr_assert_eq(pipe(pipes), 0);
    pid_t racers[RACERS];
    for (int i = 0; i < RACERS; i++) {
        racers[i] = fork();
        if (racers[i] == 0) {
            struct journal *journal = journal_open_file(dir, NULL);
            for (gint64 seq = 1; journal && seq <= ROUNDS; seq++) {
                g_autofree char *id = journal_new_id();
                if (append(journal, "r1", seq, id, NULL) && write(pipes[1], "x", 1) != 1)
                    _exit(1);
            }
            _exit(journal ? 0 : 1);
        }
    }
    close(pipes[1]);
    int won = 0;
    char byte;
    while (read(pipes[0], &byte, 1) == 1)
        won++;
    close(pipes[0]);
    for (int i = 0; i < RACERS; i++) {
        int status = -1;
        waitpid(racers[i], &status, 0);
        cr_expect_eq(status, 0);
    }
    cr_expect_eq(won, ROUNDS);
    OWN(journal) journal = open_in(dir);
    gint64 events = 0;
    cr_expect(journal_verify(journal, &events, NULL));
    cr_expect_eq(events, ROUNDS);
    scratch_remove(dir);
}

Test(journal, verify_names_the_row_whichever_column_was_changed)
{
    const char *const changes[] = {
        "id = 'x'",         "at_ms = at_ms + 1", "actor = 'mallory'",
        "type = 'Note'",    "data = '{}'",       "data = 'x'",
        "hash = prev_hash", "prev_hash = hash",  "data = data || char(0) || 'hidden'"};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        char *dir = scratch_new();
        OWN(journal) journal = open_in(dir);
        fill(journal);
        gint64 events = 0;
        cr_assert(journal_verify(journal, &events, NULL));
        cr_expect_eq(events, 4);
        g_autofree char *sql =
            g_strdup_printf("UPDATE event SET %s WHERE stream = 'r1' AND seq = 2", changes[i]);
        run_sql(dir, sql);
        g_autoptr(GError) error = NULL;
        cr_expect(!journal_verify(journal, NULL, &error), "%s", changes[i]);
        cr_expect(error && strstr(error->message, "r1, event 2"), "%s", changes[i]);
        scratch_remove(dir);
    }
}

Test(journal, verify_of_one_stream_finds_what_was_changed_in_it_and_looks_at_no_other)
{
    const char *const changes[] = {"at_ms = at_ms + 1", "actor = 'mallory'", "data = '{}'",
                                   "data = 'x'", "prev_hash = hash"};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        char *dir = scratch_new();
        OWN(journal) journal = open_in(dir);
        fill(journal);
        cr_assert(journal_verify_stream(journal, "r1", NULL));
        g_autofree char *sql =
            g_strdup_printf("UPDATE event SET %s WHERE stream = 'r1' AND seq = 2", changes[i]);
        run_sql(dir, sql);
        g_autoptr(GError) error = NULL;
        cr_expect(!journal_verify_stream(journal, "r1", &error), "%s", changes[i]);
        cr_expect(error && strstr(error->message, "r1, event 2"), "%s", changes[i]);
        cr_expect(journal_verify_stream(journal, "lease/r1", NULL));
        scratch_remove(dir);
    }
}

Test(journal, verify_finds_rows_that_are_gone_or_moved)
{
    const struct {
        const char *sql, *named;
    } cases[] = {
        {"DELETE FROM event WHERE stream = 'r1' AND seq = 2", "r1, event 3"},
        {"DELETE FROM event WHERE stream = 'r1' AND seq = 1", "r1, event 2"},
        {"DELETE FROM event WHERE stream = 'r1' AND seq = 3", "lease/r1, event 1"},
        {"DELETE FROM event WHERE stream = 'r1'", "lease/r1, event 1"},
        {"UPDATE event SET stream = 'r9' WHERE stream = 'r1'", "r9, event 1"},
        {"UPDATE event SET seq = 4 WHERE stream = 'r1' AND seq = 3", "r1, event 4"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *dir = scratch_new();
        OWN(journal) journal = open_in(dir);
        fill(journal);
        run_sql(dir, cases[i].sql);
        g_autoptr(GError) error = NULL;
        cr_expect(!journal_verify(journal, NULL, &error), "%s", cases[i].sql);
        cr_expect(error && strstr(error->message, cases[i].named), "%s: %s", cases[i].sql,
                  error ? error->message : "");
        scratch_remove(dir);
    }
}

Test(journal, streams_come_in_the_order_of_their_first_event)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    cr_assert(append(journal, "r10", 1, "a", NULL));
    cr_assert(append(journal, "lease/r10", 1, "b", NULL));
    cr_assert(append(journal, "r9", 1, "c", NULL));
    cr_assert(append(journal, "r10", 2, "d", NULL));
    g_auto(GStrv) streams = journal_streams(journal, "r", NULL);
    cr_assert_eq(g_strv_length(streams), 2);
    cr_expect_str_eq(streams[0], "r10");
    cr_expect_str_eq(streams[1], "r9");
    scratch_remove(dir);
}

Test(journal, the_version_changes_with_every_append_of_anybody)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    OWN(journal) other = open_in(dir);
    gint64 before = journal_version(journal);
    cr_expect_eq(journal_version(journal), before);
    cr_assert(append(journal, "r1", 1, "a", NULL));
    gint64 own = journal_version(journal);
    cr_expect_neq(own, before);
    cr_assert(append(other, "r1", 2, "b", NULL));
    cr_expect_neq(journal_version(journal), own);
    scratch_remove(dir);
}

Test(journal, the_head_is_the_newest_events_hash)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    fill(journal);
    OWN(event) last = journal_last(journal, "lease/r1", NULL);
    g_autofree char *head = journal_head_hash(journal, NULL);
    cr_expect_str_eq(head, last->hash);
    scratch_remove(dir);
}

Test(journal, a_reader_needs_a_journal_and_may_not_append)
{
    char *dir = scratch_new();
    g_autoptr(GError) missing = NULL;
    cr_expect(journal_open_read_only(dir, &missing) == NULL);
    cr_expect(missing && strstr(missing->message, "history.db"));
    struct journal *writer = open_in(dir);
    fill(writer);
    journal_close(writer);
    OWN(journal) reader = journal_open_read_only(dir, NULL);
    cr_assert(reader);
    g_autoptr(GPtrArray) events = journal_read(reader, "r1", 1, NULL);
    cr_expect_eq(events->len, 3);
    g_autoptr(GError) refused = NULL;
    cr_expect(!append(reader, "r1", 4, "x", &refused));
    cr_expect(refused && strstr(refused->message, "may not be written"));
    scratch_remove(dir);
}

Test(journal, a_disk_without_room_refuses_the_append_and_keeps_the_rest)
{
    char *dir = scratch_new();
    struct journal *journal = open_in(dir);
    cr_assert(append(journal, "r1", 1, "a", NULL));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, tight = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &old);
    tight.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &tight);
    g_autoptr(GError) error = NULL;
    bool appended = append(journal, "r1", 2, "b", &error);
    setrlimit(RLIMIT_FSIZE, &old);
    cr_expect(!appended);
    cr_expect(error && strstr(error->message, "make room"), "%s", error ? error->message : "");
    cr_expect(append(journal, "r1", 2, "c", NULL));
    cr_expect(journal_verify(journal, NULL, NULL));
    journal_close(journal);
    scratch_remove(dir);
}

Test(journal, nothing_is_appended_to_a_file_that_nobody_finds_any_more)
{
    char *dir = scratch_new();
    OWN(journal) journal = open_in(dir);
    fill(journal);
    g_autofree char *path = g_build_filename(dir, "history.db", NULL);
    g_autofree char *away = g_strconcat(path, "-away", NULL);
    cr_assert_eq(g_rename(path, away), 0);
    g_autoptr(GError) error = NULL;
    cr_expect(!append(journal, "r1", 4, "an-event", &error));
    cr_expect(error && strstr(error->message, "moved or removed"), "%s",
              error ? error->message : "taken");
    cr_assert_eq(g_rename(away, path), 0);
    cr_expect(append(journal, "r1", 4, "an-event", NULL));
    scratch_remove(dir);
}

Test(journal, a_newer_schema_is_refused_and_says_so)
{
    char *dir = scratch_new();
    journal_close(open_in(dir));
    run_sql(dir, "PRAGMA user_version = 99");
    g_autoptr(GError) error = NULL;
    cr_expect(journal_open_file(dir, &error) == NULL);
    cr_expect(error && strstr(error->message, "schema 99"));
    scratch_remove(dir);
}

Test(journal, what_is_no_database_is_refused_and_left_as_it_is)
{
    char *dir = scratch_new();
    g_autofree char *path = g_build_filename(dir, "history.db", NULL);
    g_autofree char *junk = g_strnfill(5000, 'x');
    g_file_set_contents(path, junk, -1, NULL);
    g_autoptr(GError) error = NULL;
    cr_expect(journal_open_file(dir, &error) == NULL);
    cr_expect(error && strstr(error->message, "no SQLite file"));
    g_autofree char *after = NULL;
    cr_expect(g_file_get_contents(path, &after, NULL, NULL));
    cr_expect_str_eq(after, junk);
    scratch_remove(dir);
}

static mode_t mode_of(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    struct stat st;
    cr_assert_eq(stat(path, &st), 0);
    return st.st_mode & 0777;
}

Test(journal, a_shared_folder_makes_files_for_its_group_and_a_personal_one_does_not)
{
    char *own = scratch_new();
    OWN(journal) mine = open_in(own);
    cr_expect_eq(mode_of(own, "history.db"), 0600);
    char *shared = scratch_new();
    g_chmod(shared, 02770);
    OWN(journal) ours = open_in(shared);
    fill(ours);
    cr_expect_eq(mode_of(shared, "history.db"), 0660);
    cr_expect_eq(mode_of(shared, "history.db-wal"), 0660);
    scratch_remove(own);
    scratch_remove(shared);
}

/* Nobody would read the table until then. */
Test(journal, a_copy_that_was_read_at_a_time_to_come_is_as_old_as_that_is_far)
{
    char *dir = scratch_new();
    cr_assert_eq(journal_copy_age_ms(dir), -1, "never read");
    journal_copy_touch(dir);
    g_autofree char *path = g_build_filename(dir, "history.read", NULL);
    struct timespec day_on[2] = {{.tv_sec = time(NULL) + 24 * 3600}};
    day_on[1] = day_on[0];
    cr_assert_eq(utimensat(AT_FDCWD, path, day_on, 0), 0);
    cr_assert_gt(journal_copy_age_ms(dir), 23 * WHEN_HOUR);
    scratch_remove(dir);
}
