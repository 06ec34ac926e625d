/* The dialog that starts a rollout: what it says of a plan, and how it notices that the world has
 * moved. Its way through the screens is in tests/screen. */
#include "tui/views/launch.h"
#include "data/base/when.h"
#include "rollout/plan_make.h"
#include "tests/unit/small_fleet.h"
#include "tui/console/keys.h"
#include "tui/views/launch_lines.h"
#include "tui/views/launch_watch.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOON G_GINT64_CONSTANT(1795694400000) /* 2026-11-26T12:00:00Z */

static struct plan *plan_of(const char *from, gint64 users)
{
    struct plan *plan = plan_new();
    struct plan_wave *wave = plan_wave_new("dev");
    struct plan_cell *cell = g_new0(struct plan_cell, 1);
    plan->version = g_strdup("5.1.0");
    plan->tag = g_strdup("v5.1.0");
    plan->commit = g_strdup("c0ffee");
    plan->policy_hash = g_strdup("policy");
    plan->period_ms = WHEN_MINUTE;
    wave->bake_ms = WHEN_HOUR;
    cell->id = g_strdup("cell-1");
    cell->from = g_strdup(from);
    cell->from_ref = g_strdup("svc/1");
    cell->users = users;
    g_ptr_array_add(wave->cells, cell);
    g_ptr_array_add(plan->waves, wave);
    plan->hash = plan_hash(plan);
    return plan;
}

/* All lines in one text. */
static char *lines_of(const struct launch_sight *sight)
{
    g_autoptr(GPtrArray) lines = launch_lines(sight);
    g_ptr_array_set_free_func(lines, NULL);
    g_ptr_array_add(lines, NULL);
    char *text = g_strjoinv("\n", (char **)lines->pdata);
    for (guint i = 0; i + 1 < lines->len; i++)
        g_free(lines->pdata[i]);
    return text;
}

static char *told(const struct plan *plan, const char *refusals, const char *attendance,
                  const struct launch_choice *choice)
{
    OWN_JSON json = json_loads(refusals, 0, NULL);
    const struct launch_sight sight = {.plan = plan,
                                       .refusals = json,
                                       .attendance = attendance,
                                       .choice = choice,
                                       .names = &launch_by_keys,
                                       .terms = {.now_ms = NOON}};
    return lines_of(&sight);
}

static void expect_told(const char *text, const char *what)
{
    cr_expect(strstr(text, what), "%s: %s", what, text);
}

Test(launch, a_refusal_names_the_key_that_lifts_it_and_no_flag)
{
    static const struct {
        const char *refusals, *told;
    } cases[] = {
        {"[{\"kind\": \"version_held\", \"cell\": null, \"why\": \"5.1.0 failed in r1 and is held\"}]",
         "✖ 5.1.0 failed in r1 and is held; Ctrl-T tries it again, on record"},
        {"[{\"kind\": \"cell_unhealthy\", \"cell\": \"cell-1\", \"why\": \"cell-1 is unhealthy; cure "
         "it first\"}]",
         "✖ cell-1 is unhealthy; cure it first, or press Ctrl-X if this release does"},
        {"[{\"kind\": \"clock\", \"cell\": null, \"why\": \"this machine's clock is off\"}]",
         "✖ this machine's clock is off\n"},
        {"[{\"kind\": \"of a newer celldeck\", \"cell\": \"cell-1\", \"why\": \"it rains\"}]",
         "✖ cell-1: it rains\n"},
    };
    const struct launch_choice none = {0};
    OWN(plan) plan = plan_of("5.0.2", 10);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = told(plan, cases[i].refusals, NULL, &none);
        expect_told(text, cases[i].told);
        cr_expect(!strstr(text, "--"), "%s", text);
    }
}

Test(launch, where_people_type_lines_a_refusal_names_the_word_that_lifts_it)
{
    static const struct {
        const char *refusals, *attendance, *told;
    } cases[] = {
        {"[{\"kind\": \"version_held\", \"cell\": null, \"why\": \"5.1.0 failed in r1\"}]", NULL,
         "✖ 5.1.0 failed in r1; `retry-failed` tries it again, on record"},
        {"[{\"kind\": \"cell_unhealthy\", \"cell\": \"cell-1\", \"why\": \"cell-1 is unhealthy\"}]",
         NULL, "✖ cell-1 is unhealthy, or type `fixes` if this release does"},
        {"[]", "the plan takes 11d", "✖ the plan takes 11d: type `attended` if you stay"},
    };
    const struct launch_choice none = {0};
    OWN(plan) plan = plan_of("5.0.2", 10);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN_JSON refusals = json_loads(cases[i].refusals, 0, NULL);
        const struct launch_sight sight = {.plan = plan,
                                           .refusals = refusals,
                                           .attendance = cases[i].attendance,
                                           .choice = &none,
                                           .names = &launch_by_words,
                                           .terms = {.now_ms = NOON}};
        g_autofree char *text = lines_of(&sight);
        expect_told(text, cases[i].told);
        expect_told(text, "`bakes` breaks the glass");
        cr_expect(!strstr(text, "Ctrl") && !strstr(text, "--"), "%s", text);
    }
}

Test(launch, what_is_said_of_many_cells_is_said_once)
{
    const struct launch_choice none = {0};
    OWN(plan) plan = plan_of("5.0.2", 10);
    g_autofree char *text =
        told(plan,
             "[{\"kind\": \"cell_busy\", \"cell\": \"cell-1\", \"why\": \"cell-1 belongs to r1\"},"
             " {\"kind\": \"cell_busy\", \"cell\": \"cell-2\", \"why\": \"cell-2 belongs to r1\"},"
             " {\"kind\": \"cell_busy\", \"cell\": \"cell-3\", \"why\": \"cell-3 belongs to r2\"}]",
             NULL, &none);
    expect_told(text, "✖ cell-1 belongs to r1; the same of cell-2\n✖ cell-3 belongs to r2\n");
}

Test(launch, credentials_that_end_before_the_plan_stand_first_with_what_lifts_that)
{
    const struct launch_choice nobody = {0}, stays = {.attended = true};
    OWN(plan) plan = plan_of("5.0.2", 10);
    g_autofree char *refused = told(plan, "[]", "the plan takes 11d", &nobody);
    cr_expect(g_str_has_prefix(refused, "✖ the plan takes 11d: press Ctrl-Y if you stay"), "%s",
              refused);
    g_autofree char *attended = told(plan, "[]", "the plan takes 11d", &stays);
    cr_expect(g_str_has_prefix(attended, "▲ the plan takes 11d: you stay"), "%s", attended);
    g_autofree char *well = told(plan, "[]", NULL, &nobody);
    cr_expect(g_str_has_prefix(well, "Blast radius: 1 cell, 0 tenants, 10 users. Takes 61m"), "%s",
              well);
}

Test(launch, what_is_chosen_beyond_the_ordinary_stands_before_the_blast_radius)
{
    char *cured[] = {(char *)"cell-1", NULL};
    const struct launch_choice all = {.retry_failed = true, .fixes = cured, .glass = GLASS_WINDOWS};
    OWN(plan) plan = plan_of("5.0.2", 10);
    g_autofree char *text = told(plan, "[]", NULL, &all);
    const char *const said[] = {"Tried again even if it failed before", "the cure of cell-1",
                                "BREAK-GLASS: no window or freeze holds it"};
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        expect_told(text, said[i]);
        cr_expect(strstr(text, said[i]) < strstr(text, "Blast radius"));
    }
}

Test(launch, glass_that_would_change_nothing_is_not_offered)
{
    const struct launch_choice none = {0};
    OWN(plan) plan = plan_of("5.0.2", 10);
    cr_expect(!launch_glass_breaks(plan, GLASS_WINDOWS));
    cr_expect(launch_glass_breaks(plan, GLASS_BAKES));
    g_autofree char *bakes = told(plan, "[]", NULL, &none);
    expect_told(bakes, "Ctrl-O breaks the glass: bakes shortened");
    struct plan_wave *wave = g_ptr_array_index(plan->waves, 0);
    wave->window = window_new("Mon-Tue 09:00-16:00 UTC");
    wave->bake_ms = plan->period_ms;
    cr_expect(launch_glass_breaks(plan, GLASS_WINDOWS));
    cr_expect(!launch_glass_breaks(plan, GLASS_BAKES));
    g_autofree char *windows = told(plan, "[]", NULL, &none);
    expect_told(windows, "not before Mon 2026-11-30 09:00Z");
}

static void expect_moved(struct plan *was, struct plan *is, const char *words)
{
    g_autofree char *moved = launch_moved(was, is);
    cr_expect(moved && strstr(moved, words), "%s: %s", words, moved ? moved : "nothing");
    plan_free(was);
    plan_free(is);
}

Test(launch, what_has_moved_in_a_plan_is_named)
{
    OWN(plan) same = plan_of("5.0.2", 10);
    cr_expect_null(launch_moved(same, same));
    expect_moved(plan_of("5.0.2", 10), plan_of("5.0.3", 10), "cell-1 goes back to 5.0.3 now, not");
    expect_moved(plan_of("5.0.2", 10), plan_of("5.0.2", 4011), "serves 0 tenants, 4,011 users now");
    struct plan *tagged = plan_of("5.0.2", 10);
    g_free(tagged->commit);
    g_clear_pointer(&tagged->hash, g_free);
    tagged->commit = g_strdup("decade");
    tagged->hash = plan_hash(tagged);
    expect_moved(plan_of("5.0.2", 10), tagged, "tag v5.1.0 points to decade now, not to c0ffee");
    struct plan *deployed = plan_of("5.0.2", 10);
    struct plan_wave *wave = g_ptr_array_index(deployed->waves, 0);
    struct plan_cell *cell = g_ptr_array_index(wave->cells, 0);
    g_free(cell->from_ref);
    g_clear_pointer(&deployed->hash, g_free);
    cell->from_ref = g_strdup("svc/2");
    deployed->hash = plan_hash(deployed);
    expect_moved(plan_of("5.0.2", 10), deployed, "cell-1 was deployed to by somebody else (svc/2)");
}

Test(launch, the_deck_tells_when_an_operation_comes_or_a_tag_moves_and_is_silent_else)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    OWN(plan) plan = plan_of("5.0.2", 10);
    g_autofree char *before = launch_seen(deck, "5.1.0", plan);
    deck->now_ms += WHEN_HOUR;
    g_autofree char *later = launch_seen(deck, "5.1.0", plan);
    cr_expect_str_eq(before, later);
    struct operation *other = g_new0(struct operation, 1);
    other->id = g_strdup("r1");
    other->state = g_strdup("running");
    g_ptr_array_set_free_func(deck->operations, (GDestroyNotify)operation_free);
    g_ptr_array_add(deck->operations, other);
    g_autofree char *begun = launch_seen(deck, "5.1.0", plan);
    cr_expect(strcmp(before, begun) != 0);
    struct release release = {
        .version = (char *)"5.1.0", .tag = (char *)"v5.1.0", .commit = plan->commit};
    deck->releases = g_ptr_array_new();
    g_ptr_array_add(deck->releases, &release);
    g_autofree char *read = launch_seen(deck, "5.1.0", plan);
    cr_expect_str_eq(begun, read, "it points to the plan's commit");
    release.commit = (char *)"decade";
    g_autofree char *moved = launch_seen(deck, "5.1.0", plan);
    cr_expect(strcmp(begun, moved) != 0);
}

Test(launch, what_was_typed_is_asked_with_again_and_what_was_taken_out_is_not)
{
    OWN(plan) plan = plan_of("5.0.2", 10);
    g_autoptr(GHashTable) typed = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    struct launch launch = {.stage = LAUNCH_READY,
                            .version = (char *)"5.1.0",
                            .names = &launch_by_keys,
                            .plan = plan,
                            .typed = typed};
    g_hash_table_insert(typed, (gpointer) "Reason", g_strdup("it is due"));
    g_hash_table_insert(typed, (gpointer) "Ticket", g_strdup("CH-7"));
    g_hash_table_insert(typed, (gpointer) "Bake", g_strdup("30m"));
    struct dialog *dialog = launch_dialog(&launch);
    cr_assert_str_eq(dialog_typed(dialog, "Ticket"), "CH-7");
    dialog_key(dialog, KEY_CODE_ENTER);
    for (size_t i = 0; i < strlen("CH-7"); i++)
        dialog_key(dialog, KEY_CODE_BACKSPACE);
    launch_keep_typed(&launch, dialog);
    dialog_free(dialog);
    dialog = launch_dialog(&launch);
    cr_expect_str_eq(dialog_typed(dialog, "Reason"), "it is due");
    cr_expect_null(dialog_typed(dialog, "Ticket"));
    cr_expect_str_eq(g_hash_table_lookup(typed, "Bake"), "30m", "which this one does not ask for");
    dialog_free(dialog);
}
