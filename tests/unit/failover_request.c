/* Opening failovers, moves and drills: what stands against them, and what is on record of it. */
#include "rollout/failover_request.h"

#include "data/base/error.h"
#include "data/history.h"
#include "rollout/failover_draft.h"
#include "rollout/lock.h"
#include "rollout/request.h"
#include "tests/unit/placement_stage.h"
#include "tests/unit/scratch.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <string.h>

enum { NOW = 1000000 };

static char *dir;
static struct journal *journal;
static struct evacuation *evacuation;
static const struct person alice = {"alice@10.0.0.7", NULL}, bob = {"bob", "arn:bob"};

static void open_desk(void)
{
    dir = scratch_new();
    journal = journal_open_file(dir, NULL);
    cr_assert(journal);
}

static void close_desk(void)
{
    g_clear_pointer(&evacuation, evacuation_unref);
    placing_clear();
    journal_close(journal);
    scratch_remove(dir);
}

TestSuite(failover_request, .init = open_desk, .fini = close_desk);

#define TWO    CELL_LINE("cell-2", "shared", "us-east-1", "US", 10000, "")
#define THREE  CELL_LINE("cell-3", "shared", "us-east-1", "US", 10000, "")
#define ONE    CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, "")
#define ONE_DR CELL_LINE("cell-1-dr", "dr", "us-west-2", "US", 10000, REPLICA("cell-1"))
#define DATA   (1u << PROOF_DATA)

static void shared_fleet(void)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 30, .updated = "2026-01-01T00:00:00Z");
    lives(.id = "b", .cell = "cell-2", .current_users = 20);
    lives(.id = "c", .cell = "cell-2", .current_users = 90, .environment = "test");
}

static char *open_as(enum failover_kind kind, const char *of, const char *to, unsigned acks,
                     const struct person *who, char **refused_id, GError **error)
{
    const struct snapshot *snapshot = placing_snapshot();
    g_clear_pointer(&evacuation, evacuation_unref);
    evacuation = kind == FAILOVER_MOVE ? evacuation_of_tenant(snapshot, NULL, of, to)
                                       : evacuation_of(snapshot, NULL, of, to);
    cr_assert(evacuation);
    const struct failover_ask ask = {kind, evacuation, acks, "it burns", "T-1", false};
    return failover_begin(journal, &ask, who, NOW, refused_id, error);
}

static void expect_opened(enum failover_kind kind, const char *of, unsigned acks, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *opened = open_as(kind, of, NULL, acks, &alice, NULL, &error);
    cr_assert(opened, "%s", error ? error->message : "");
    cr_expect_str_eq(opened, id);
}

static void expect_refused(enum failover_kind kind, const char *of, unsigned acks, int code,
                           const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *refused_id = NULL;
    g_autofree char *opened = open_as(kind, of, NULL, acks, &bob, &refused_id, &error);
    cr_assert_null(opened);
    cr_expect_eq(error->code, code, "%s", error->message);
    cr_expect(strstr(error->message, why), "%s", error->message);
    OWN(operation) operation = history_find(journal, refused_id, NULL);
    cr_assert(operation, "it is recorded");
    cr_expect_str_eq(operation->state, "refused");
    cr_expect_neq(operation->ended_ms, 0);
}

Test(failover_request, a_failover_is_opened_with_the_plan_of_everybody)
{
    shared_fleet();
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f1");
    g_autoptr(GError) error = NULL;
    OWN(failover) failover = failover_load(journal, "f1", &error);
    cr_assert(failover, "%s", error ? error->message : "");
    cr_expect_eq(failover->state, FAILOVER_PLANNED);
    cr_expect_str_eq(failover->reason, "it burns");
    cr_expect_str_eq(failover->ticket, "T-1");
    cr_expect_str_eq(failover->plan->acks[0], "data");
    cr_assert_eq(failover->plan->tenants->len, 3);
}

Test(failover_request, whoever_is_not_production_goes_first_then_the_smallest)
{
    shared_fleet();
    evacuation = evacuation_of(placing_snapshot(), NULL, "cell-2", NULL);
    OWN(failover_plan) plan = failover_plan_make(evacuation, FAILOVER_FAILOVER, DATA, false);
    const char *const order[] = {"c", "b", "a"};
    for (guint i = 0; i < G_N_ELEMENTS(order); i++)
        cr_expect_str_eq(((struct planned_tenant *)plan->tenants->pdata[i])->id, order[i]);
    const struct planned_tenant *a = plan->tenants->pdata[2];
    cr_expect_str_eq(a->updated_at, "2026-01-01T00:00:00Z");
    cr_expect_str_eq(a->record, "a.example.com");
    cr_expect_str_eq(a->to, "cell-3");
    cr_expect_not(a->data_proven);
    cr_expect_null(failover_plan_fault(plan));
}

Test(failover_request, what_is_not_proven_needs_its_acknowledgement_by_name)
{
    shared_fleet();
    expect_refused(FAILOVER_FAILOVER, "cell-2", 0, CD_ERROR_REFUSED,
                   "data not proven: not a replica (cell-3) (acknowledge it: --ack data)");
    expect_refused(FAILOVER_FAILOVER, "cell-2", 1u << PROOF_DNS, CD_ERROR_REFUSED, "--ack data");
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f3");
}

Test(failover_request, no_room_is_refused_and_recorded_with_every_reason)
{
    placing_fleet(CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, ", backups: [cell-2]")
                      TWO,
                  ALL_SET);
    lives(.id = "big", .cell = "cell-1", .current_users = 8000);
    lives(.id = "there", .cell = "cell-2", .current_users = 4000);
    expect_refused(FAILOVER_FAILOVER, "cell-1", DATA, CD_ERROR_REFUSED,
                   "big fits nowhere: no room: cell-2: 120 %, over by 2,000");
    OWN(failover) failover = failover_load(journal, "f1", NULL);
    cr_assert(failover);
    cr_expect_eq(g_strv_length(failover->refusals), 1);
}

Test(failover_request, half_a_registry_is_refused)
{
    shared_fleet();
    placing_registry(false, "page 2: no answer");
    expect_refused(FAILOVER_FAILOVER, "cell-2", DATA, CD_ERROR_REFUSED, "≥3 tenants, incomplete");
}

Test(failover_request, an_empty_cell_is_refused)
{
    shared_fleet();
    expect_refused(FAILOVER_FAILOVER, "cell-3", 0, CD_ERROR_REFUSED, "no tenant lives in cell-3");
}

Test(failover_request, of_two_that_share_a_cell_the_second_is_busy_and_told_of_the_first)
{
    shared_fleet();
    lives(.id = "d", .cell = "cell-3", .current_users = 5);
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f1");
    expect_refused(FAILOVER_FAILOVER, "cell-3", DATA, CD_ERROR_BUSY,
                   "cell-3 is to be changed by failover f1 (planned), asked for by alice@10.0.0.7");
    expect_refused(FAILOVER_MOVE, "a", DATA, CD_ERROR_BUSY, "failover f1");
}

Test(failover_request, a_drill_is_in_nobodys_way_and_nobody_in_its)
{
    shared_fleet();
    expect_opened(FAILOVER_DRILL, "cell-2", DATA, "d1");
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f1");
    expect_opened(FAILOVER_DRILL, "cell-2", DATA, "d2");
}

static void start_rollout(void)
{
    OWN(plan) plan = toy_plan();
    const struct start_request start = {.plan = plan, .reason = "a fix"};
    g_autofree char *id = request_start(journal, &start, &alice, NOW, NULL);
    cr_assert_str_eq(id, "r1");
}

static void put_end(const char *id)
{
    OWN(event) last = journal_last(journal, id, NULL);
    OWN_JSON data = json_pack("{s:s, s:b}", "state", "completed", "final", 1);
    g_autofree char *event_id = journal_new_id();
    cr_assert(journal_append(journal, id, last->seq + 1, event_id, NOW, "conductor", "state", data,
                             NULL, NULL));
}

static guint told(const char *cell)
{
    guint n = 0;
    g_autoptr(GPtrArray) events = journal_read(journal, "r1", 1, NULL);
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = events->pdata[i];
        n += strcmp(event->type, "evacuated") == 0 &&
             strcmp(json_string_value(json_object_get(event->data, "cell")), cell) == 0;
    }
    return n;
}

Test(failover_request, a_rollout_that_holds_the_source_is_told_once_that_the_cell_is_taken_over)
{
    shared_fleet();
    start_rollout();
    cr_assert(lock_take(journal, "cell-2", "r1", "conductor", NOW, NULL));
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f1");
    cr_expect_eq(told("cell-2"), 1);
    cr_expect(failover_take_over(journal, "f1", "cell-2", &alice, NOW, NULL));
    cr_expect_eq(told("cell-2"), 1);
    OWN(rollout) rollout = rollout_load(journal, "r1", NULL);
    cr_expect_str_eq(rollout_cell(rollout, "cell-2")->evacuated, "f1");
}

Test(failover_request, a_rollout_that_has_yet_to_come_to_the_source_is_left_alone)
{
    shared_fleet();
    start_rollout();
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f1");
    cr_expect_eq(told("cell-2"), 0);
}

Test(failover_request, a_target_that_a_rollout_holds_is_not_taken_over)
{
    shared_fleet();
    start_rollout();
    cr_assert(lock_take(journal, "cell-3", "r1", "conductor", NOW, NULL));
    expect_refused(FAILOVER_FAILOVER, "cell-2", DATA, CD_ERROR_BUSY,
                   "cell-3 is held by rollout r1");
}

Test(failover_request, a_rollout_begins_beside_a_drill_and_not_beside_a_failover)
{
    shared_fleet();
    expect_opened(FAILOVER_DRILL, "cell-2", DATA, "d1");
    start_rollout();
    OWN(plan) plan = toy_plan();
    const struct start_request start = {.plan = plan, .reason = "a fix"};
    put_end("r1");
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f1");
    g_autoptr(GError) error = NULL;
    cr_expect_null(request_start(journal, &start, &alice, NOW, &error));
    cr_expect_eq(error->code, CD_ERROR_BUSY);
    cr_expect(strstr(error->message, "failover f1") && strstr(error->message, "or revert it"), "%s",
              error->message);
}

Test(failover_request, a_move_takes_nothing_over_from_a_rollout_and_is_busy)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 30);
    start_rollout();
    cr_assert(lock_take(journal, "cell-2", "r1", "conductor", NOW, NULL));
    expect_refused(FAILOVER_MOVE, "a", DATA, CD_ERROR_BUSY, "cell-2 is held by rollout r1");
    cr_expect_eq(told("cell-2"), 0);
}

Test(failover_request, a_drill_takes_nothing_over)
{
    shared_fleet();
    start_rollout();
    cr_assert(lock_take(journal, "cell-2", "r1", "conductor", NOW, NULL));
    expect_opened(FAILOVER_DRILL, "cell-2", DATA, "d1");
    cr_expect_eq(told("cell-2"), 0);
}

Test(failover_request, a_move_fences_nobody_and_asks_for_its_data)
{
    placing_fleet(TWO THREE, "failover: {zone_id: Z1, record: '{subdomain}.example.com'}\n");
    lives(.id = "a", .cell = "cell-2", .current_users = 30);
    lives(.id = "b", .cell = "cell-2", .current_users = 30);
    expect_refused(FAILOVER_MOVE, "a", 0, CD_ERROR_REFUSED, "data not moved by celldeck");
    expect_opened(FAILOVER_MOVE, "a", DATA, "m2");
    OWN(failover) move = failover_load(journal, "m2", NULL);
    cr_assert_eq(move->plan->tenants->len, 1);
    cr_expect_eq(move->plan->fence_ms, 0);
    OWN(operation) operation = history_find(journal, "m2", NULL);
    cr_expect_str_eq(operation->subject, "a");
}

Test(failover_request, a_move_command_moves_the_data_and_nothing_is_to_be_acknowledged)
{
    placing_fleet(TWO THREE, "failover: {zone_id: Z1, record: '{subdomain}.example.com'}\n"
                             "move: {command: [mv], timeout: 3m}\n");
    lives(.id = "a", .cell = "cell-2", .current_users = 30);
    expect_opened(FAILOVER_MOVE, "a", 0, "m1");
    OWN(failover) move = failover_load(journal, "m1", NULL);
    cr_expect_eq(move->plan->move_ms, 180000);
}

Test(failover_request, a_replica_is_promoted_and_a_source_fenced_by_the_commands)
{
    placing_fleet(ONE ONE_DR, ALL_SET);
    lives(.id = "hospital", .cell = "cell-1", .current_users = 30);
    expect_opened(FAILOVER_FAILOVER, "cell-1", 0, "f1");
    OWN(failover) failover = failover_load(journal, "f1", NULL);
    cr_expect_eq(failover->plan->fence_ms, 600000);
    cr_expect(((struct planned_target *)failover->plan->targets->pdata[0])->promote);
}

Test(failover_request, resume_and_revert_are_asked_for_only_where_they_make_sense)
{
    shared_fleet();
    start_rollout();
    expect_opened(FAILOVER_FAILOVER, "cell-2", DATA, "f1");
    g_autoptr(GError) error = NULL;
    cr_expect_not(failover_request(journal, "f1", "resume", NULL, NULL, &bob, NOW, &error));
    cr_expect_eq(error->code, CD_ERROR_REFUSED, "%s", error->message);
    g_clear_error(&error);
    cr_expect_not(failover_request(journal, "r1", "revert", NULL, NULL, &bob, NOW, &error));
    cr_expect_str_eq(error->message, "r1 is a rollout, and no failover, move or drill");
}

Test(failover_request, a_plan_still_holds_while_its_targets_do)
{
    shared_fleet();
    evacuation = evacuation_of(placing_snapshot(), NULL, "cell-2", NULL);
    OWN(failover_plan) plan = failover_plan_make(evacuation, FAILOVER_FAILOVER, DATA, false);
    cr_expect_null(preflight_plan(plan, placing_snapshot()));
    lives(.id = "z", .cell = "cell-3", .current_users = 8861);
    g_autofree char *full = preflight_plan(plan, placing_snapshot());
    cr_expect_str_eq(full, "cell-3 no longer has room: over its limit by 1 user");
    placing_falls_silent("cell-3", 5);
    g_autofree char *stale = preflight_plan(plan, placing_snapshot());
    cr_expect_str_eq(stale, "cell-3 is stale");
    placing_registry(false, "page 2");
    g_autofree char *half = preflight_plan(plan, placing_snapshot());
    cr_expect_str_eq(half, "the registry was read in part: ≥4 tenants, incomplete");
}

/* What stands against going on with the plan of `before`, were the tenant this one by now. */
static char *against(const char *two, struct tenant before, struct tenant now)
{
    g_autofree char *cells = g_strconcat(two, THREE, NULL);
    before.id = now.id = "a";
    before.cell = now.cell = "cell-2";
    before.current_users = now.current_users = 30;
    placing_fleet(cells, ALL_SET);
    placing_tenant(before);
    g_clear_pointer(&evacuation, evacuation_unref);
    evacuation = evacuation_of(placing_snapshot(), NULL, "cell-2", NULL);
    OWN(failover_plan) plan = failover_plan_make(evacuation, FAILOVER_FAILOVER, DATA, false);
    cr_assert(plan, "%s", evacuation->why);
    placing_fleet(cells, ALL_SET);
    placing_tenant(now);
    return preflight_plan(plan, placing_snapshot());
}

Test(failover_request, who_may_not_be_there_by_now_is_not_sent_there_by_an_older_plan)
{
    static const char backed[] =
        CELL_LINE("cell-2", "shared", "us-east-1", "US", 10000, ", backups: [cell-3]");
    static const char barred[] = "cell-3 may no longer take a: its residency, its environment or "
                                 "its tier is another now";
    const struct tenant standard = {0}, enterprise = {.tier = TIER_ENTERPRISE};
    const struct tenant eu = {.residency = "EU"};
    g_autofree char *residency = against(TWO, standard, eu);
    g_autofree char *tier = against(TWO, standard, enterprise);
    g_autofree char *declared = against(backed, standard, enterprise);
    g_autofree char *same = against(TWO, standard, standard);
    cr_expect_str_eq(residency ? residency : "", barred);
    cr_expect_str_eq(tier ? tier : "", barred);
    cr_expect_null(declared, "%s", declared);
    cr_expect_null(same, "%s", same);
}

Test(failover_request, who_has_come_already_is_not_counted_twice)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 5000);
    lives(.id = "b", .cell = "cell-2", .current_users = 4000);
    evacuation = evacuation_of(placing_snapshot(), NULL, "cell-2", NULL);
    OWN(failover_plan) plan = failover_plan_make(evacuation, FAILOVER_FAILOVER, DATA, false);
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 5000);
    lives(.id = "b", .cell = "cell-3", .current_users = 4000);
    cr_expect_null(preflight_plan(plan, placing_snapshot()));
}
