/* What console.yaml says of tables. */
#include "tests/unit/small_fleet.h"
#include "tui/views/commandline.h"
#include "tui/views/fleet_columns.h"
#include "tui/views/preferences.h"
#include "tui/views/sheet.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

/* Preferences of a console.yaml with this text. */
static struct preferences *preferences_of(const char *text)
{
    g_autofree char *home = g_dir_make_tmp("celldeck-console-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(home, "celldeck", NULL);
    g_autofree char *path = g_build_filename(folder, "console.yaml", NULL);
    cr_assert_eq(g_mkdir(folder, 0700), 0);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
    OWN(keymap) keymap = keymap_new();
    struct preferences *preferences = preferences_load_from(home, keymap);
    g_unlink(path);
    g_rmdir(folder);
    g_rmdir(home);
    return preferences;
}

static const char *column_at(const struct arrangement *arranged, size_t i)
{
    return fleet_sheet.columns[arranged->chosen[i].column].id;
}

Test(presets, columns_and_presets_arrange_the_screens_they_name)
{
    OWN(preferences)
    preferences = preferences_of("theme: night\n"
                                 "columns: {fleet: [state, cell=30]}\n"
                                 "presets:\n"
                                 "  eu: {filter: 'residency:EU', sort: -errors,\n"
                                 "       columns: [cell, used], faults: true}\n"
                                 "  new: {screen: history, sort: started}\n");
    cr_assert_null(preferences->wrong, "%s", preferences->wrong);
    cr_expect_str_eq(preferences->theme, "night");
    const struct arrangement *fleet = &preferences->arranged[VIEW_FLEET];
    cr_assert_eq(fleet->n, 2);
    cr_expect_str_eq(column_at(fleet, 0), "state");
    cr_expect_str_eq(column_at(fleet, 1), "cell");
    cr_expect_eq(fleet->chosen[1].cols, 30);
    cr_assert_eq(preferences->presets->len, 2);
    const struct preset *eu = g_ptr_array_index(preferences->presets, 0);
    cr_expect_str_eq(eu->filter, "residency:EU");
    cr_expect_eq(eu->view, VIEW_FLEET);
    cr_expect(eu->arranged.turned && eu->arranged.faults);
    cr_expect_str_eq(fleet_sheet.columns[eu->arranged.sort - 1].id, "errors");
    cr_expect_str_eq(column_at(&eu->arranged, 1), "used");
    const struct preset *new = g_ptr_array_index(preferences->presets, 1);
    cr_expect_eq(new->view, VIEW_HISTORY);
    cr_expect_str_eq(new->filter, "");
}

Test(presets, what_is_wrong_is_named_by_its_line_and_has_no_effect)
{
    static const struct {
        const char *text, *place, *what;
    } cases[] = {
        {"columns:\n  fleet: [cell, stat]\n", "yaml:2:", "did you mean state?"},
        {"columns:\n  help: [cell]\n",
         "yaml:2:", "expected one of fleet, tenants, releases, history, events, alarms, messages"},
        {"presets:\n  a:\n    filter: 'foo:x'\n", "yaml:3:", "no column foo"},
        {"presets:\n  a:\n    filter: '~['\n", "yaml:3:", "is no expression"},
        {"presets:\n  a:\n    sort: sice\n", "yaml:3:", "no column \"sice\""},
        {"presets:\n  a:\n    screen: cell\n", "yaml:3:", "no screen with a table"},
        {"presets:\n  a: {columns: [cell, cell]}\n", "yaml:2:", "there twice"},
        {"presets:\n  a: {colour: red}\n", "yaml:2:", "colour"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(preferences) preferences = preferences_of(cases[i].text);
        cr_assert_not_null(preferences->wrong, "%s", cases[i].text);
        cr_expect(strstr(preferences->wrong, cases[i].place), "%s", preferences->wrong);
        cr_expect(strstr(preferences->wrong, cases[i].what), "%s", preferences->wrong);
        cr_expect_eq(preferences->arranged[VIEW_FLEET].n, 0);
    }
}

Test(presets, a_preset_is_taken_by_name_and_completed)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    deck->preferences = preferences_of("presets: {eu: {filter: cell}}\n");
    struct command_line command;
    cr_assert(command_line_parse(deck, "preset eu", &command, NULL));
    cr_expect_eq(command.kind, COMMAND_PRESET);
    cr_expect_str_eq(command.subject, "eu");
    command_line_clear(&command);
    g_autoptr(GError) error = NULL;
    cr_expect_not(command_line_parse(deck, "preset uu", &command, &error));
    cr_expect(error && strstr(error->message, "no preset uu"), "%s", error ? error->message : "");
    struct prompt prompt;
    prompt_init(&prompt);
    static const char *const typed[][2] = {{"preset e", "preset eu"},
                                           {"columns cell,vers", "columns cell,version"},
                                           {"sort -vers", "sort -version"}};
    for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
        prompt_set(&prompt, typed[i][0]);
        command_line_complete(deck, &prompt);
        cr_expect_str_eq(g_strchomp(prompt.text->str), typed[i][1]);
    }
    static const char *const bare[] = {"start ",        "sort ",   "columns ",
                                       "columns cell,", "preset ", "sort -"};
    for (size_t i = 0; i < G_N_ELEMENTS(bare); i++) {
        prompt_set(&prompt, bare[i]);
        command_line_complete(deck, &prompt);
        g_autofree char *offers = command_line_offers(deck, &prompt);
        cr_expect(g_str_has_prefix(prompt.text->str, bare[i]), "%s%s", prompt.text->str, offers);
    }
    prompt_release(&prompt);
}
