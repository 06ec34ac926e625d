#include "tui/views/keymap.h"
#include "data/base/when.h"
#include "tui/views/preferences.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

static int finds(const struct keymap *keymap, unsigned place, const char *key)
{
    return keys_find(keymap_bindings(keymap), REQUEST_COUNT, place, key_parse(key));
}

Test(keymap, a_request_gets_other_keys_and_loses_those_it_had)
{
    OWN(keymap) keymap = keymap_new();
    cr_expect_null(keymap_bind(keymap, "page-down", "Ctrl-D  PgDn"));
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Ctrl-D"), REQUEST_PAGE_DOWN);
    cr_expect_eq(finds(keymap, PLACE_FLEET, "PgDn"), REQUEST_PAGE_DOWN);
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Ctrl-F"), -1);
    g_autofree char *shown = keymap_shown(keymap, REQUEST_PAGE_DOWN);
    cr_expect_str_eq(shown, "Ctrl-D", "the first is what hints show");
}

Test(keymap, a_key_is_taken_from_what_it_stood_for_on_the_same_screens)
{
    OWN(keymap) keymap = keymap_new();
    cr_expect_null(keymap_bind(keymap, "tenants", "j"));
    cr_expect_eq(finds(keymap, PLACE_FLEET, "j"), REQUEST_TENANTS);
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Down"), REQUEST_DOWN, "its other key stays");
    cr_expect_null(keymap_bind(keymap, "approve", "z"));
    cr_expect_eq(finds(keymap, PLACE_ROLLOUT, "z"), REQUEST_APPROVE);
    cr_expect_eq(finds(keymap, PLACE_CELL, "z"), REQUEST_SPAN, "not of another screen's");
}

Test(keymap, ctrl_c_always_leaves)
{
    OWN(keymap) keymap = keymap_new();
    g_autofree char *wrong = keymap_bind(keymap, "help", "Ctrl-C");
    cr_expect(wrong && strstr(wrong, "always leaves"));
    cr_expect_null(keymap_bind(keymap, "quit", "Q"));
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Ctrl-C"), REQUEST_QUIT);
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Q"), REQUEST_QUIT);
    cr_expect_eq(finds(keymap, PLACE_FLEET, "q"), -1);
    cr_expect_null(keymap_bind(keymap, "quit", ""));
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Ctrl-C"), REQUEST_QUIT);
}

Test(keymap, what_is_wrong_changes_nothing_and_says_what_there_is)
{
    OWN(keymap) keymap = keymap_new();
    g_autofree char *request = keymap_bind(keymap, "page-dwon", "x");
    cr_expect(request && strstr(request, "did you mean page-down"), "%s", request);
    g_autofree char *key = keymap_bind(keymap, "page-down", "Ctrl-D Hyper-X");
    cr_expect(key && strstr(key, "Hyper-X is no key"), "%s", key);
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Ctrl-F"), REQUEST_PAGE_DOWN);
}

static struct preferences *prefer(struct keymap *keymap, const char *text)
{
    g_autofree char *dir = g_dir_make_tmp("celldeck-prefer-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(dir, "celldeck", NULL);
    g_autofree char *path = g_build_filename(folder, "console.yaml", NULL);
    cr_assert(g_mkdir(folder, 0700) == 0 && g_file_set_contents(path, text, -1, NULL));
    struct preferences *preferences = preferences_load_from(dir, keymap);
    g_unlink(path);
    g_rmdir(folder);
    g_rmdir(dir);
    return preferences;
}

Test(preferences, console_yaml_has_the_theme_and_keys)
{
    OWN(keymap) keymap = keymap_new();
    OWN(preferences) own = prefer(keymap, "theme: night\nkeys: {quit: Q}\n");
    cr_expect_str_eq(own->theme, "night");
    cr_expect_not(own->no_mouse);
    cr_expect_null(own->wrong, "%s", own->wrong);
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Q"), REQUEST_QUIT);
}

Test(preferences, the_mouse_can_be_left_to_the_terminal_from_the_start)
{
    OWN(keymap) keymap = keymap_new();
    OWN(preferences) off = prefer(keymap, "mouse: off\n");
    cr_expect(off->no_mouse && !off->wrong, "%s", off->wrong);
    OWN(preferences) wrong = prefer(keymap, "mouse: maybe\n");
    cr_expect(!wrong->no_mouse && strstr(wrong->wrong, "console.yaml:1:"), "%s", wrong->wrong);
}

Test(preferences, clocks_go_on_as_often_as_one_likes_within_reason)
{
    OWN(keymap) keymap = keymap_new();
    OWN(preferences) usual = prefer(keymap, "theme: night\n");
    cr_expect_eq(usual->refresh_ms, WHEN_SECOND);
    OWN(preferences) slow = prefer(keymap, "refresh: 5s\n");
    cr_expect(slow->refresh_ms == 5 * WHEN_SECOND && !slow->wrong, "%s", slow->wrong);
    OWN(preferences) frantic = prefer(keymap, "theme: day\nrefresh: 10ms\n");
    cr_expect(frantic->refresh_ms == WHEN_SECOND && strstr(frantic->wrong, "console.yaml:2:"), "%s",
              frantic->wrong);
    OWN(preferences) never = prefer(keymap, "refresh: 2h\n");
    cr_expect(never->refresh_ms == WHEN_SECOND && strstr(never->wrong, "expected 500ms to 1m"),
              "%s", never->wrong);
}

Test(preferences, what_is_wrong_in_it_is_told_by_line_and_the_rest_counts)
{
    OWN(keymap) keymap = keymap_new();
    OWN(preferences)
    own = prefer(keymap, "theme: day\ncolour: red\nkeys: {up: Hyper-X, quit: Q}\n");
    cr_assert(own->wrong);
    cr_expect(strstr(own->wrong, "console.yaml:2:") && strstr(own->wrong, "colour"), "%s",
              own->wrong);
    cr_expect(strstr(own->wrong, "console.yaml:3:") && strstr(own->wrong, "Hyper-X"), "%s",
              own->wrong);
    cr_expect_str_eq(own->theme, "day");
    cr_expect_eq(finds(keymap, PLACE_FLEET, "Q"), REQUEST_QUIT);
}

Test(preferences, of_several_faults_the_first_is_seen_and_says_that_there_are_more)
{
    OWN(keymap) keymap = keymap_new();
    OWN(preferences) own = prefer(keymap, "mouse: maybe\ncolour: red\ntheme: [day]\n");
    g_autoptr(GPtrArray) told = preferences_faults(own, "no theme of that name");
    cr_assert_eq(told->len, 4);
    const char *seen = g_ptr_array_index(told, 3);
    cr_expect(strstr(seen, "console.yaml:1:") && strstr(seen, "mouse") &&
                  g_str_has_suffix(seen, " (and 3 more: `:messages`)"),
              "%s", seen);
    cr_expect_str_eq(g_ptr_array_index(told, 0), "no theme of that name");
}

Test(preferences, a_fault_that_is_alone_is_told_as_it_is)
{
    OWN(keymap) keymap = keymap_new();
    OWN(preferences) own = prefer(keymap, "colour: red\n");
    g_autoptr(GPtrArray) told = preferences_faults(own, NULL);
    cr_assert_eq(told->len, 1);
    cr_expect_not(strstr(g_ptr_array_index(told, 0), "more"));
    OWN(preferences) well = prefer(keymap, "theme: day\n");
    g_autoptr(GPtrArray) nothing = preferences_faults(well, NULL);
    cr_expect_eq(nothing->len, 0);
}
