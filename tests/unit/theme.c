#include "tui/console/theme.h"

#include <criterion/criterion.h>
#include <string.h>

Test(theme, every_role_is_seen_with_eight_colours)
{
    for (const char *const *name = theme_names(); *name; name++) {
        struct theme *theme = theme_load(*name, 8, NULL);
        cr_assert(theme, "%s", *name);
        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct style *style = &theme->roles[role];
            cr_expect_lt(style->fg, 8, "%s, role %d", *name, role);
            cr_expect(style->fg != 0 || style->bg > 0 || strstr(*name, "day") ||
                          strstr(*name, "light"),
                      "%s, role %d: black, which a dark terminal does not show", *name, role);
        }
        g_free(theme);
    }
}

Test(theme, what_is_bright_is_bold_with_eight_colours_and_grey_is_dim)
{
    struct theme *theme = theme_load("dusk", 8, NULL);
    cr_expect(theme->roles[ROLE_DIM].dim && theme->roles[ROLE_DIM].fg == -1);
    cr_expect(theme->roles[ROLE_BAD].bold && theme->roles[ROLE_BAD].fg == 1);
    g_free(theme);
    theme = theme_load("dusk", 16, NULL);
    cr_expect(!theme->roles[ROLE_DIM].dim && theme->roles[ROLE_DIM].fg == 8);
    g_free(theme);
}
