#include "rollout/lease.h"

#include "data/base/error.h"
#include "data/journal_store.h"
#include "rollout/lock.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEASE = 30000, GRACE = 20000, WALL = 1000000 };

struct place {
    char *dir;
    struct journal *journal;
    struct holder *here, *there;
};

static void put(struct journal *journal, const char *stream, gint64 seq, const char *type,
                json_t *data)
{
    g_autofree char *id = journal_new_id();
    cr_assert(journal_append(journal, stream, seq, id, WALL, "alice", type, data, NULL, NULL));
    json_decref(data);
}

static struct place place_new(void)
{
    struct place place = {.dir = scratch_new()};
    place.journal = journal_open_file(place.dir, NULL);
    cr_assert(place.journal);
    put(place.journal, "r1", 1, "opened", json_pack("{s:s}", "state", "planned"));
    place.here = holder_self();
    place.there = holder_self();
    g_free(place.there->host);
    place.there->host = g_strdup("bastion-2");
    return place;
}

static void place_remove(struct place *place)
{
    journal_close(place->journal);
    holder_free(place->here);
    holder_free(place->there);
    scratch_remove(place->dir);
}

static struct lease *lease_of(struct place *place, const struct holder *holder)
{
    return lease_new(place->journal, "r1", holder, LEASE, GRACE);
}

/* A store that writes, and then loses `lost` answers. */
struct forgetful {
    struct journal_store base;
    struct journal_store_ops ops;
    struct journal_store *inner;
    int lost;
};

static bool forgetful_append(struct journal_store *store, const struct journal_row *row,
                             gint64 head, char prev_hash[JOURNAL_HASH_SIZE],
                             char hash[JOURNAL_HASH_SIZE], GError **error)
{
    struct forgetful *forgetful = (struct forgetful *)store;
    if (!forgetful->inner->ops->append(forgetful->inner, row, head, prev_hash, hash, error))
        return false;
    if (forgetful->lost-- <= 0)
        return true;
    g_set_error_literal(error, CD_ERROR, CD_ERROR_FAILED, "no answer");
    return false;
}

static GPtrArray *forgetful_read(struct journal_store *store, const char *stream, gint64 from,
                                 int limit, GError **error)
{
    struct forgetful *forgetful = (struct forgetful *)store;
    return forgetful->inner->ops->read(forgetful->inner, stream, from, limit, error);
}

static struct event *forgetful_last(struct journal_store *store, const char *stream, GError **error)
{
    struct forgetful *forgetful = (struct forgetful *)store;
    return forgetful->inner->ops->last(forgetful->inner, stream, error);
}

static void forgetful_close(struct journal_store *store)
{
    (void)store;
}

static struct journal *forgetful_journal(struct forgetful *store, const struct place *place)
{
    *store = (struct forgetful){.ops = {.append = forgetful_append,
                                        .read = forgetful_read,
                                        .last = forgetful_last,
                                        .close = forgetful_close},
                                .inner = journal_store(place->journal)};
    store->base.ops = &store->ops;
    return journal_over(&store->base, NULL);
}

Test(lease, a_renewal_whose_answer_was_lost_is_ours_and_no_other_conductors)
{
    struct place place = place_new();
    struct forgetful store;
    OWN(journal) journal = forgetful_journal(&store, &place);
    OWN(lease) lease = lease_new(journal, "r1", place.here, LEASE, GRACE);
    cr_assert(lease_take(lease, WALL, 0, NULL));
    store.lost = 1;
    g_autoptr(GError) error = NULL;
    cr_assert_not(lease_renew(lease, WALL, 10000, &error));
    cr_expect_not(g_error_matches(error, CD_ERROR, CD_ERROR_BUSY));
    cr_expect_eq(lease_left_ms(lease, 10000), LEASE - 10000);
    cr_assert(lease_renew(lease, WALL, 11000, NULL));
    cr_expect_eq(lease_left_ms(lease, 11000), LEASE);
    cr_assert(lease_renew(lease, WALL, 21000, NULL));
    place_remove(&place);
}

Test(lease, a_lost_renewal_that_is_found_again_does_not_hide_who_took_over_since)
{
    struct place place = place_new();
    struct forgetful store;
    OWN(journal) journal = forgetful_journal(&store, &place);
    OWN(lease) lease = lease_new(journal, "r1", place.here, LEASE, GRACE);
    OWN(lease) other = lease_of(&place, place.there);
    cr_assert(lease_take(lease, WALL, 0, NULL));
    store.lost = 1;
    cr_assert_not(lease_renew(lease, WALL, 10000, NULL));
    cr_assert_not(lease_take(other, WALL, 10000, NULL));
    cr_assert(lease_take(other, WALL, 10000 + LEASE + GRACE, NULL));
    g_autoptr(GError) error = NULL;
    cr_assert_not(lease_renew(lease, WALL, 12000 + LEASE + GRACE, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_BUSY));
    place_remove(&place);
}

Test(lease, whoever_takes_it_holds_it_for_the_lease_and_no_longer)
{
    struct place place = place_new();
    OWN(lease) lease = lease_of(&place, place.here);
    cr_expect_eq(lease_left_ms(lease, 5000), 0);
    cr_assert(lease_take(lease, WALL, 5000, NULL));
    cr_expect_eq(lease_left_ms(lease, 5000), LEASE);
    cr_expect_eq(lease_renew_at_ms(lease), 5000 + LEASE / 3);
    cr_expect_eq(lease_left_ms(lease, 5000 + LEASE + 1), 0);
    cr_assert(lease_renew(lease, WALL, 15000, NULL));
    cr_expect_eq(lease_left_ms(lease, 15000), LEASE);
    place_remove(&place);
}

Test(lease, a_live_holder_is_left_alone_and_named)
{
    struct place place = place_new();
    OWN(lease) theirs = lease_of(&place, place.there);
    OWN(lease) ours = lease_of(&place, place.here);
    cr_assert(lease_take(theirs, WALL, 1, NULL));
    g_autoptr(GError) error = NULL;
    cr_expect(!lease_take(ours, WALL, 1, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_BUSY));
    cr_expect(error && strstr(error->message, "bastion-2"));
    place_remove(&place);
}

Test(lease, a_holder_elsewhere_is_replaced_only_after_lease_and_grace_without_a_change)
{
    struct place place = place_new();
    OWN(lease) theirs = lease_of(&place, place.there);
    OWN(lease) ours = lease_of(&place, place.here);
    cr_assert(lease_take(theirs, WALL, 1, NULL));
    gint64 began = 77;
    cr_expect(!lease_take(ours, WALL, began, NULL));
    /* Its wall clock may be years off: only ours, and only whether the record changed, counts. */
    cr_expect(!lease_take(ours, WALL * 1000, began + LEASE + GRACE - 1, NULL));
    cr_assert(lease_renew(theirs, WALL, 2, NULL));
    cr_expect(!lease_take(ours, WALL, began + LEASE + GRACE, NULL));
    cr_expect(!lease_take(ours, WALL, began + 2 * (LEASE + GRACE) - 1, NULL));
    cr_expect(lease_take(ours, WALL, began + 2 * (LEASE + GRACE), NULL));
    place_remove(&place);
}

static struct holder *dead_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    struct holder *dead = holder_self();
    dead->pid = child;
    dead->started++;
    waitpid(child, NULL, 0);
    return dead;
}

Test(lease, a_dead_process_of_this_host_is_replaced_at_once)
{
    struct place place = place_new();
    OWN(holder) dead = dead_process();
    OWN(lease) theirs = lease_of(&place, dead);
    OWN(lease) ours = lease_of(&place, place.here);
    cr_assert(lease_take(theirs, WALL, 1, NULL));
    cr_expect(lease_take(ours, WALL, 1, NULL));
    place_remove(&place);
}

Test(lease, a_process_is_dead_when_its_pid_is_another_process_by_now_or_the_host_was_booted)
{
    OWN(holder) self = holder_self();
    OWN(holder) other = holder_self();
    cr_expect(holder_may_live(other, self));
    other->started++;
    cr_expect(!holder_may_live(other, self));
    other->started--;
    g_free(other->pids);
    other->pids = g_strdup("pid:[1]");
    other->pid = 1 << 30;
    cr_expect(holder_may_live(other, self), "of another pid namespace nothing can be told");
    g_free(other->boot);
    other->boot = g_strdup("before");
    cr_expect(!holder_may_live(other, self));
}

Test(lease, a_stopped_process_of_this_host_is_replaced_after_lease_and_grace)
{
    struct place place = place_new();
    OWN(holder) parent = holder_self();
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)child);
    g_autofree char *stat = NULL;
    cr_assert(g_file_get_contents(path, &stat, NULL, NULL));
    g_auto(GStrv) fields = g_strsplit(strrchr(stat, ')') + 2, " ", -1);
    parent->pid = child;
    parent->started = g_ascii_strtoll(fields[19], NULL, 10);
    OWN(lease) theirs = lease_of(&place, parent);
    OWN(lease) ours = lease_of(&place, place.here);
    cr_assert(lease_take(theirs, WALL, 1, NULL));
    cr_expect(!lease_take(ours, WALL, 1, NULL));
    cr_expect(lease_take(ours, WALL, 1 + LEASE + GRACE, NULL));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    place_remove(&place);
}

Test(lease, who_wakes_up_after_being_replaced_can_neither_renew_nor_append)
{
    struct place place = place_new();
    OWN(lease) stale = lease_of(&place, place.there);
    OWN(lease) ours = lease_of(&place, place.here);
    cr_assert(lease_take(stale, WALL, 1, NULL));
    OWN(event) believed = journal_last(place.journal, "r1", NULL);
    cr_expect(!lease_take(ours, WALL, 1, NULL));
    cr_assert(lease_take(ours, WALL, 1 + LEASE + GRACE, NULL));

    OWN_JSON data = json_object();
    g_autoptr(GError) refused = NULL;
    cr_expect(!journal_append(place.journal, "r1", believed->seq + 1, "stale", WALL, "stale",
                              "deploy.intent", data, NULL, &refused));
    cr_expect(g_error_matches(refused, CD_ERROR, CD_ERROR_CONFLICT));
    g_autoptr(GError) lost = NULL;
    cr_expect(!lease_renew(stale, WALL, 2, &lost));
    cr_expect(g_error_matches(lost, CD_ERROR, CD_ERROR_BUSY));
    cr_expect_eq(lease_left_ms(stale, 2), 0);
    cr_expect(lease_renew(ours, WALL, 2 + LEASE + GRACE, NULL));
    place_remove(&place);
}

Test(lease, what_was_given_back_is_free_at_once)
{
    struct place place = place_new();
    OWN(lease) theirs = lease_of(&place, place.there);
    OWN(lease) ours = lease_of(&place, place.here);
    cr_assert(lease_take(theirs, WALL, 1, NULL));
    cr_assert(lease_release(theirs, WALL, NULL));
    cr_expect_eq(lease_left_ms(theirs, 1), 0);
    cr_expect(lease_take(ours, WALL, 1, NULL));
    struct lease_record record;
    cr_assert(lease_read(place.journal, "r1", &record, NULL));
    cr_expect(record.held);
    cr_expect_str_eq(record.holder->host, place.here->host);
    cr_expect_eq(record.at_ms, WALL);
    lease_record_clear(&record);
    place_remove(&place);
}

Test(lock, one_operation_has_a_cell_until_it_gives_it_back)
{
    struct place place = place_new();
    put(place.journal, "r2", 1, "opened", json_pack("{s:s}", "state", "planned"));
    cr_assert(lock_take(place.journal, "cell-2", "r1", "c", WALL, NULL));
    cr_expect(lock_take(place.journal, "cell-2", "r1", "c", WALL, NULL), "again is no harm");
    g_autoptr(GError) error = NULL;
    cr_expect(!lock_take(place.journal, "cell-2", "r2", "c", WALL, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_BUSY));
    cr_expect(error && strstr(error->message, "r1"));
    gint64 seq = 0;
    g_autofree char *holder = lock_holder(place.journal, "cell-2", &seq, NULL);
    cr_expect_str_eq(holder, "r1");
    cr_assert(lock_release(place.journal, "cell-2", "r1", seq, "c", WALL, NULL));
    cr_expect(lock_take(place.journal, "cell-2", "r2", "c", WALL, NULL));
    place_remove(&place);
}

Test(lock, of_two_conductors_of_one_operation_the_late_one_does_not_release_what_the_other_took)
{
    struct place place = place_new();
    gint64 seq = 0;
    cr_assert(lock_take(place.journal, "cell-2", "r1", "c", WALL, NULL));
    g_autofree char *holder = lock_holder(place.journal, "cell-2", &seq, NULL);
    cr_assert(lock_take(place.journal, "cell-2", "r1", "another", WALL, NULL));
    g_autoptr(GError) error = NULL;
    cr_assert_not(lock_release(place.journal, "cell-2", "r1", seq, "c", WALL, &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_CONFLICT));
    g_autofree char *still = lock_holder(place.journal, "cell-2", NULL, NULL);
    cr_expect_str_eq(still, "r1");
    place_remove(&place);
}

Test(lock, what_an_ended_operation_forgot_is_free)
{
    struct place place = place_new();
    cr_assert(lock_take(place.journal, "cell-2", "r1", "c", WALL, NULL));
    put(place.journal, "r1", 2, "state", json_pack("{s:s, s:b}", "state", "failed", "final", 1));
    cr_expect(lock_holder(place.journal, "cell-2", NULL, NULL) == NULL);
    put(place.journal, "r2", 1, "opened", json_pack("{s:s}", "state", "planned"));
    cr_expect(lock_take(place.journal, "cell-2", "r2", "c", WALL, NULL));
    place_remove(&place);
}
