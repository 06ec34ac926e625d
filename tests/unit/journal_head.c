/* Appends that depend on all that was read (journal.h): of two operations that are opened at once
 * the second sees the first. The same of a shared journal: tests/peers/journal.test. */
#include "data/base/error.h"
#include "data/journal.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>

struct two { /* handles on one file */
    char *dir;
    struct journal *one, *other;
};

static struct two two_open(void)
{
    struct two two = {.dir = scratch_new()};
    two.one = journal_open_file(two.dir, NULL);
    two.other = journal_open_file(two.dir, NULL);
    cr_assert(two.one && two.other);
    return two;
}

static void two_close(struct two *two)
{
    journal_close(two->one);
    journal_close(two->other);
    scratch_remove(two->dir);
}

static bool append(struct journal *journal, const char *stream, gint64 seq, const char *id)
{
    OWN_JSON data = json_object();
    return journal_append(journal, stream, seq, id, 1, "alice", "note", data, NULL, NULL);
}

static bool append_at(struct journal *journal, gint64 head, const char *stream, gint64 seq,
                      const char *id, GError **error)
{
    OWN_JSON data = json_object();
    return journal_append_at_head(journal, head, stream, seq, id, 1, "alice", "note", data, NULL,
                                  error);
}

Test(journal_head, the_head_counts_the_events_of_all_streams)
{
    struct two two = two_open();
    cr_expect_eq(journal_head(two.one, NULL), 0);
    cr_assert(append(two.one, "r1", 1, "a"));
    cr_assert(append(two.other, "f1", 1, "b"));
    cr_expect_eq(journal_head(two.one, NULL), 2);
    two_close(&two);
}

Test(journal_head, where_nothing_was_appended_since_it_was_read_it_is_appended_to_any_stream)
{
    struct two two = two_open();
    cr_assert(append_at(two.one, 0, "r1", 1, "a", NULL));
    cr_assert(append_at(two.other, 1, "f1", 1, "b", NULL));
    cr_expect_eq(journal_head(two.one, NULL), 2);
    two_close(&two);
}

Test(journal_head,
     whatever_was_appended_since_to_another_stream_is_a_conflict_and_nothing_is_written)
{
    struct two two = two_open();
    g_autoptr(GError) error = NULL;
    gint64 head = journal_head(two.one, NULL);
    cr_assert(append(two.other, "f1", 1, "b"));
    cr_assert_not(append_at(two.one, head, "r1", 1, "a", &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_CONFLICT));
    cr_expect_eq(journal_head(two.one, NULL), 1);
    cr_expect(append_at(two.one, 1, "r1", 1, "a", NULL), "at the head as it is now");
    two_close(&two);
}

Test(journal_head, asked_again_with_the_same_id_it_is_found_to_be_ours)
{
    struct two two = two_open();
    cr_assert(append_at(two.one, 0, "r1", 1, "a", NULL));
    cr_assert(append(two.other, "f1", 1, "b"));
    cr_expect(append_at(two.one, 0, "r1", 1, "a", NULL));
    cr_expect_eq(journal_head(two.one, NULL), 2);
    two_close(&two);
}

Test(journal_head, a_number_that_is_taken_is_a_conflict_at_the_right_head_too)
{
    struct two two = two_open();
    g_autoptr(GError) error = NULL;
    cr_assert(append(two.one, "r1", 1, "a"));
    cr_assert_not(append_at(two.other, 1, "r1", 1, "b", &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_CONFLICT));
    two_close(&two);
}

Test(journal_head, a_head_that_could_not_be_read_is_no_permission)
{
    struct two two = two_open();
    cr_assert(append(two.one, "r1", 1, "a"));
    cr_expect_not(append_at(two.one, -1, "f1", 1, "b", NULL));
    two_close(&two);
}
