#include "tui/console/theme.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

static struct theme *load(const char *name, int colours)
{
    g_autofree char *wrong = NULL;
    const struct theme_choice choice = {.name = name, .colours = colours};
    struct theme *theme = theme_load(&choice, &wrong, NULL);
    cr_assert(theme && !wrong, "%s: %s", name, wrong);
    return theme;
}

static char **files(void)
{
    GDir *dir = g_dir_open("themes", 0, NULL);
    GStrvBuilder *names = g_strv_builder_new();
    for (const char *file; (file = g_dir_read_name(dir));)
        g_strv_builder_add(names, file);
    g_dir_close(dir);
    char **all = g_strv_builder_end(names);
    g_strv_builder_unref(names);
    return all;
}

Test(theme, every_file_of_themes_is_one_and_there_are_ten_at_least)
{
    g_auto(GStrv) on_disk = files(), names = theme_names(NULL);
    cr_expect_eq(g_strv_length(names), g_strv_length(on_disk));
    cr_expect_geq(g_strv_length(names), 10);
    for (char **name = names; *name; name++) {
        g_autofree char *plain = g_strdelimit(g_strconcat(*name, ".yaml", NULL), "-", '_');
        cr_expect(g_strv_contains((const char *const *)on_disk, plain), "%s", plain);
    }
}

Test(theme, bad_never_looks_like_good)
{
    static const int depths[] = {0, 8, 16, 256};
    g_auto(GStrv) names = theme_names(NULL);
    for (char **name = names; *name; name++)
        for (size_t i = 0; i < G_N_ELEMENTS(depths); i++) {
            g_autofree struct theme *theme = load(*name, depths[i]);
            const struct style *bad = &theme->roles[ROLE_BAD], *good = &theme->roles[ROLE_GOOD];
            cr_expect(bad->fg != good->fg || bad->bold != good->bold, "%s with %d colours", *name,
                      depths[i]);
        }
}

Test(theme, every_role_is_seen_with_eight_colours)
{
    g_auto(GStrv) names = theme_names(NULL);
    for (char **name = names; *name; name++) {
        g_autofree struct theme *theme = load(*name, 8);
        bool light = strstr(*name, "day") || strstr(*name, "light") || strstr(*name, "paper");
        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct style *style = &theme->roles[role];
            cr_expect_lt(style->fg, 8, "%s, role %d", *name, role);
            cr_expect(style->fg != 0 || style->bg > 0 || light,
                      "%s, role %d: black, which a dark terminal does not show", *name, role);
        }
    }
}

Test(theme, what_is_bright_is_bold_with_eight_colours_and_grey_is_dim)
{
    g_autofree struct theme *eight = load("dusk", 8), *sixteen = load("dusk", 16);
    cr_expect(eight->roles[ROLE_DIM].dim && eight->roles[ROLE_DIM].fg == -1);
    cr_expect(eight->roles[ROLE_BAD].bold && eight->roles[ROLE_BAD].fg == 1);
    cr_expect(!sixteen->roles[ROLE_DIM].dim && sixteen->roles[ROLE_DIM].fg == 8);
}

Test(theme, high_contrast_has_nothing_grey_or_dim)
{
    g_autofree struct theme *theme = load("contrast", 256);
    for (int role = 0; role < ROLE_COUNT; role++)
        cr_expect(!theme->roles[role].dim && (theme->roles[role].fg < 232), "role %d", role);
}

Test(theme, an_unknown_one_lists_those_there_are)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *wrong = NULL;
    const struct theme_choice choice = {.name = "nope", .colours = 256};
    cr_expect_null(theme_load(&choice, &wrong, &error));
    cr_expect_not_null(strstr(error->message, "dusk, day, clear-dark"), "%s", error->message);
}

static char *folder_with(const char *file, const char *text)
{
    char *folder = scratch_new();
    g_autofree char *path = g_build_filename(folder, file, NULL);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
    return folder;
}

Test(theme, people_bring_their_own_and_it_stands_before_ours)
{
    char *folder = folder_with("day.yaml", "bad: {fg: 1}\n");
    const struct theme_choice choice = {.name = "day", .folder = folder, .colours = 256};
    g_autofree char *wrong = NULL;
    g_autofree struct theme *theme = theme_load(&choice, &wrong, NULL), *dusk = load("dusk", 256);
    cr_assert(theme && !wrong);
    cr_expect_eq(theme->roles[ROLE_BAD].fg, 1);
    cr_expect_eq(theme->roles[ROLE_GOOD].fg, dusk->roles[ROLE_GOOD].fg,
                 "the rest is the default's");
    scratch_remove(folder);
}

Test(theme, a_bad_value_is_named_by_its_line_and_the_default_stands_there)
{
    static const char text[] = "good: {fg: 999, fg16: green}\n"
                               "bad: {fg: 9, fg16: purple}\n"
                               "worse: {fg: 1}\n"
                               "warn: {fg: 3}\n";
    char *folder = folder_with("mine.yaml", text);
    const struct theme_choice choice = {.name = "mine", .folder = folder, .colours = 256};
    g_autofree char *wrong = NULL;
    g_autofree struct theme *theme = theme_load(&choice, &wrong, NULL);
    cr_assert(theme && wrong);
    cr_expect(strstr(wrong, "mine.yaml:1:") && strstr(wrong, "0 to 255"), "%s", wrong);
    cr_expect(strstr(wrong, "mine.yaml:2:") && strstr(wrong, "bright-"), "%s", wrong);
    cr_expect(strstr(wrong, "mine.yaml:3:") && strstr(wrong, "worse"), "%s", wrong);
    cr_expect_eq(theme->roles[ROLE_WARN].fg, 3, "what is right counts");
    g_auto(GStrv) names = theme_names(folder);
    cr_expect(g_strv_contains((const char *const *)names, "mine"));
    scratch_remove(folder);
}

Test(theme, what_is_no_yaml_falls_back_whole)
{
    char *folder = folder_with("mine.yaml", "{{{");
    const struct theme_choice choice = {.name = "mine", .folder = folder, .colours = 256};
    g_autofree char *wrong = NULL;
    g_autofree struct theme *theme = theme_load(&choice, &wrong, NULL), *dusk = load("dusk", 256);
    cr_assert(theme && wrong);
    cr_expect_arr_eq(theme->roles, dusk->roles, sizeof theme->roles);
    scratch_remove(folder);
}

Test(theme, a_name_with_a_folder_in_it_is_no_file_of_theirs)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *wrong = NULL;
    const struct theme_choice choice = {.name = "../themes/day", .folder = "themes", .colours = 8};
    cr_expect_null(theme_load(&choice, &wrong, &error));
}

Test(theme, a_fleet_has_its_own_colour_and_always_the_same)
{
    for (const char *const *accent = theme_accents(); *accent; accent++) {
        g_autofree char *wrong = NULL;
        struct theme_choice choice = {.accent = *accent, .colours = 256};
        g_autofree struct theme *rich = theme_load(&choice, &wrong, NULL);
        choice.colours = 8;
        g_autofree struct theme *poor = theme_load(&choice, &wrong, NULL);
        cr_expect(rich->roles[ROLE_FLEET].bg > 0 && poor->roles[ROLE_FLEET].bg < 8, "%s", *accent);
        cr_expect_neq(rich->roles[ROLE_FLEET].bg, rich->roles[ROLE_FLEET].fg);
        cr_expect_neq(poor->roles[ROLE_FLEET].bg, poor->roles[ROLE_FLEET].fg);
    }
    cr_expect_str_eq(theme_accent_of("medplum-demo"), theme_accent_of("medplum-demo"));
    const char *const alarming[] = {"red", "orange", "yellow", NULL};
    for (int i = 0; i < 200; i++) {
        g_autofree char *name = g_strdup_printf("fleet-%d", i);
        cr_expect(!g_strv_contains(alarming, theme_accent_of(name)),
                  "red is for who asks for it: production");
    }
}
