/* Taking tenants elsewhere from the console: what is asked first, and that it is void once the
 * world is another. */
#include "tui/views/departure.h"

#include "rollout/conductor.h"
#include "tests/unit/small_fleet.h"
#include "tui/console/keys.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

static const char with_zone[] =
    "failover: {zone_id: Z1, record: \"{tenant}.example.com\", max_used: 90%}\n";

/* What is read of a fleet: who lives in cell-1 besides `a`, and how its dr cell is. */
struct world {
    const char *config; /* more of it, or NULL */
    bool newcomer, target_is_ill;
};

static void read_world(struct deck *deck, const struct world *world)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant drafts[] = {
        {.id = "a", .cell = "cell-1", .current_users = 70, .max_users = 90, .max_patients = 10},
        {.id = "b", .cell = "cell-eu", .current_users = 30, .max_users = 40, .max_patients = 10},
        {.id = "c", .cell = "cell-1", .current_users = 5, .max_users = 9, .max_patients = 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(drafts) - !world->newcomer; i++)
        g_ptr_array_add(tenants, tenant_new(&drafts[i]));
    struct registry *registry = registry_new(tenants, NOW, true);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW, NULL));
    struct cell_reading readings[4];
    for (guint i = 0; i < G_N_ELEMENTS(readings); i++)
        readings[i] = well_reading(NOW);
    if (world->target_is_ill)
        set_series(&readings[2], METRIC_HEALTH, steady(0, 10, NOW));
    const struct fleet_input input = {
        .config = deck->config, .readings = readings, .registry = registry, .sources = sources};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    deck_take_evacuations(deck, evacuation_all(snapshot, NULL, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(readings); i++)
        cell_reading_clear(&readings[i]);
    registry_unref(registry);
}

static struct deck *deck_of(const struct world *world)
{
    OWN(config) config = small_fleet(world->config);
    struct deck *deck = deck_new(config, NULL);
    deck->write = true;
    read_world(deck, world);
    return deck;
}

/* An open question. */
struct asked {
    struct departure *departure;
    struct dialog *dialog;
};

static struct asked ask(const struct deck *deck, const struct departure_ask *ask)
{
    g_autoptr(GError) error = NULL;
    struct asked asked = {.departure = departure_new(deck, ask, &error)};
    cr_assert_not_null(asked.departure, "%s", error ? error->message : "");
    asked.dialog = departure_dialog(asked.departure);
    return asked;
}

static void asked_clear(struct asked *asked)
{
    dialog_free(asked->dialog);
    departure_free(asked->departure);
}

static void type(struct dialog *dialog, const char *text)
{
    prompt_set(&dialog->prompt, text);
    dialog_key(dialog, KEY_CODE_ENTER);
}

static bool says(const struct dialog *dialog, const char *what)
{
    for (guint i = 0; i < dialog->lines->len; i++)
        if (strstr(dialog->lines->pdata[i], what))
            return true;
    return false;
}

static bool asks_for(const struct dialog *dialog, const char *name)
{
    for (const struct dialog_ask *ask = dialog->asks; ask && ask->name; ask++)
        if (strcmp(ask->name, name) == 0)
            return true;
    return false;
}

static const struct departure_ask everybody = {.kind = FAILOVER_FAILOVER, .of = "cell-1"};

Test(departure, nothing_is_asked_of_who_only_looks)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    g_autoptr(GError) error = NULL;
    deck->write = false;
    cr_expect_null(departure_new(deck, &everybody, &error));
    cr_expect(strstr(error->message, "read-only"), "%s", error->message);
}

Test(departure, where_nobody_has_a_place_the_question_tells_that_and_asks_nothing)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    struct asked asked = ask(deck, &(const struct departure_ask){.of = "cell-eu"});
    cr_expect_null(asked.dialog->expected);
    cr_expect(says(asked.dialog, "✖ b "), "the tenant without a place is named");
    asked_clear(&asked);
}

Test(departure, what_is_not_proven_is_asked_for_one_by_one_before_the_reason_and_the_name)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    struct asked asked = ask(deck, &everybody);
    static const char *const names[] = {"fence", "promote", "dns", "Reason", "Ticket"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        cr_expect(asks_for(asked.dialog, names[i]), "%s", names[i]);
    cr_expect_str_eq(asked.dialog->expected, "cell-1");
    asked_clear(&asked);
}

Test(departure, a_wrong_word_acknowledges_nothing)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    struct asked asked = ask(deck, &everybody);
    const char *first = dialog_asked(asked.dialog)->name;
    type(asked.dialog, "yes");
    cr_expect_str_eq(dialog_asked(asked.dialog)->name, first, "it is asked for again");
    cr_expect(strstr(asked.dialog->wrong, first), "%s", asked.dialog->wrong);
    asked_clear(&asked);
}

Test(departure, route_53_is_spoken_of_only_where_there_is_a_zone_that_is_changed)
{
    OWN(deck) none = deck_of(&(const struct world){0});
    OWN(deck) zone = deck_of(&(const struct world){.config = with_zone});
    struct asked without = ask(none, &everybody), with = ask(zone, &everybody);
    cr_expect_not(says(without.dialog, "Route 53"));
    cr_expect(says(without.dialog, "the registry alone; there is no zone in celldeck.yaml"));
    cr_expect(says(with.dialog, "registry, then Route 53"));
    cr_expect_not(asks_for(with.dialog, "dns"));
    asked_clear(&without);
    asked_clear(&with);
}

Test(departure, what_the_users_own_commands_will_do_is_said_before_it_is_asked)
{
    OWN(deck) none = deck_of(&(const struct world){0});
    OWN(deck)
    deck = deck_of(&(const struct world){
        .config = "failover: {fence: {command: [fence]}, promote: {command: [promote]}}\n"});
    struct asked without = ask(none, &everybody), with = ask(deck, &everybody);
    cr_expect_not(says(without.dialog, "fence.command: "));
    cr_expect(says(with.dialog, "First failover.fence.command: cell-1 takes no more writes, then "
                                "failover.promote.command: cell-1-dr becomes writable"));
    struct asked drill =
        ask(deck, &(const struct departure_ask){.kind = FAILOVER_DRILL, .of = "cell-1"});
    cr_expect_not(says(drill.dialog, "fence.command"), "a drill runs none");
    asked_clear(&without);
    asked_clear(&with);
    asked_clear(&drill);
}

Test(departure, a_zone_can_be_left_alone_and_that_is_acknowledged_by_its_name)
{
    OWN(deck) deck = deck_of(&(const struct world){.config = with_zone});
    struct asked asked = ask(deck, &(const struct departure_ask){.of = "cell-1", .by_hand = true});
    cr_expect(says(asked.dialog, "the zone is left alone"));
    cr_expect_not(says(asked.dialog, "Route 53"));
    cr_expect(asks_for(asked.dialog, "dns"));
    asked_clear(&asked);
}

Test(departure, where_there_is_no_zone_none_can_be_left_alone)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    g_autoptr(GError) error = NULL;
    const struct departure_ask by_hand = {.of = "cell-1", .by_hand = true};
    cr_expect_null(departure_new(deck, &by_hand, &error));
    cr_expect(strstr(error->message, "failover.zone_id"), "%s", error->message);
}

Test(departure, what_stands_against_it_comes_before_what_would_happen)
{
    OWN(deck) deck = deck_of(&(const struct world){.target_is_ill = true});
    struct asked asked = ask(deck, &everybody);
    cr_expect(g_str_has_prefix(asked.dialog->lines->pdata[0], "✖ "), "%s",
              (char *)asked.dialog->lines->pdata[0]);
    asked_clear(&asked);
}

Test(departure, one_target_alone_is_planned_for_and_named)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    struct asked dr = ask(deck, &(const struct departure_ask){.of = "cell-1", .to = "cell-1-dr"});
    struct asked eu = ask(deck, &(const struct departure_ask){.of = "cell-1", .to = "cell-eu"});
    cr_expect(says(dr.dialog, "Everybody leaves cell-1 for cell-1-dr alone"));
    cr_expect_str_eq(dr.dialog->expected, "cell-1");
    cr_expect_null(eu.dialog->expected, "no flag sends anybody out of the US");
    asked_clear(&dr);
    asked_clear(&eu);
}

static bool warns(struct deck *deck, gint64 lasts_until_ms)
{
    deck->keys = (struct aws_tenure){.origin = "profile ops", .lasts_until_ms = lasts_until_ms};
    struct asked asked = ask(deck, &everybody);
    bool said = says(asked.dialog, "▲ the AWS credentials end in 9m");
    cr_expect_str_eq(asked.dialog->expected, "cell-1", "a warning is no refusal");
    asked_clear(&asked);
    return said;
}

Test(departure, credentials_that_may_end_before_it_does_are_told_before_anything_is_written)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    cr_expect(warns(deck, NOW + 9 * G_GINT64_CONSTANT(60000)));
    cr_expect_not(warns(deck, NOW + 9 * G_GINT64_CONSTANT(3600000)));
}

Test(departure, credentials_that_are_renewed_while_it_is_asked_void_nothing_of_what_was_typed)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    deck->keys = (struct aws_tenure){.origin = "profile ops", .lasts_until_ms = NOW + 60000};
    struct asked asked = ask(deck, &everybody);
    type(asked.dialog, "fence");
    deck->keys.lasts_until_ms = 0;
    read_world(deck, &(const struct world){0});
    cr_expect_not(departure_follow(asked.departure, deck, &asked.dialog));
    cr_expect_not(says(asked.dialog, "AWS credentials"));
    cr_expect_str_eq(dialog_typed(asked.dialog, "fence"), "fence");
    asked_clear(&asked);
}

/* Types what is asked for up to the cell's name. */
static void answer(struct asked *asked, const char *reason)
{
    for (const struct dialog_ask *ask; (ask = dialog_asked(asked->dialog));)
        type(asked->dialog, ask->optional                      ? ""
                            : strcmp(ask->name, "Reason") == 0 ? reason
                                                               : ask->name);
}

Test(departure, who_comes_into_the_cell_while_it_is_asked_makes_what_was_typed_void)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    struct asked asked = ask(deck, &everybody);
    answer(&asked, "the storm");
    cr_expect_not(departure_follow(asked.departure, deck, &asked.dialog), "nothing has changed");
    read_world(deck, &(const struct world){.newcomer = true});
    cr_expect(departure_follow(asked.departure, deck, &asked.dialog));
    cr_expect(strstr(asked.dialog->wrong, "it has changed since you were asked"));
    cr_expect(says(asked.dialog, "2 tenants, 75 users"));
    cr_expect_eq(asked.dialog->at, 0u, "the first acknowledgement is asked for again");
    cr_expect_null(dialog_typed(asked.dialog, "fence"));
    cr_expect_str_eq(dialog_typed(asked.dialog, "Reason"), "the storm", "which did not change");
    asked_clear(&asked);
}

Test(departure, a_target_that_falls_ill_while_it_is_asked_leaves_nothing_to_confirm)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    struct asked asked = ask(deck, &everybody);
    answer(&asked, "the storm");
    read_world(deck, &(const struct world){.target_is_ill = true});
    cr_expect(departure_follow(asked.departure, deck, &asked.dialog));
    cr_expect_null(asked.dialog->expected);
    cr_expect(says(asked.dialog, "✖ "), "why is told");
    asked_clear(&asked);
}

struct outcome_seen {
    bool called;
    char *id, *error;
};

static void on_begun(const char *id, const GError *error, gpointer data)
{
    struct outcome_seen *seen = data;
    seen->called = true;
    seen->id = g_strdup(id);
    seen->error = g_strdup(error ? error->message : NULL);
}

/* Between the last look and the last key there may be a moment. */
Test(departure, what_has_changed_at_the_last_moment_is_not_begun)
{
    OWN(deck) deck = deck_of(&(const struct world){0});
    struct asked asked = ask(deck, &everybody);
    struct outcome_seen seen = {0};
    answer(&asked, "the storm");
    read_world(deck, &(const struct world){.newcomer = true});
    departure_begin(asked.departure, deck, asked.dialog, on_begun, &seen);
    while (!seen.called)
        g_main_context_iteration(NULL, TRUE);
    cr_expect_null(seen.id);
    cr_expect(strstr(seen.error, "has changed since you were asked; nothing was done"), "%s",
              seen.error);
    g_free(seen.error);
    dialog_free(asked.dialog);
}
