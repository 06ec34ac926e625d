/* What people choose beyond the ordinary, by the dialog's own keys or by words. */
#include "tui/views/launch_inside.h"

#include <string.h>

#define CTRL(letter) ((letter) - '@')

static const struct {
    const char *name;
    guint32 key;
} options[OPTION_COUNT] = {
    [OPTION_RETRY_FAILED] = {"retry-failed", CTRL('T')},
    [OPTION_FIXES] = {"fixes", CTRL('X')},
    [OPTION_ATTENDED] = {"attended", CTRL('Y')},
    [OPTION_WINDOWS] = {.name = "windows"},
    [OPTION_BAKES] = {.name = "bakes"},
    [OPTION_GLASS] = {.key = CTRL('O')},
};
const guint32 launch_keys[] = {CTRL('T'), CTRL('X'), CTRL('Y'), CTRL('O'), 0};

enum launch_option launch_option_named(const char *word)
{
    int i = 0;
    while (i < OPTION_COUNT && g_strcmp0(options[i].name, word) != 0)
        i++;
    return (enum launch_option)i;
}

enum launch_option launch_option_of(guint32 key)
{
    int i = 0;
    while (i < OPTION_COUNT && options[i].key != key)
        i++;
    return (enum launch_option)i;
}

const char *launch_option_name(enum launch_option option)
{
    return options[option].name;
}

static bool take_fixes(struct launch_choice *choice, const struct config *config, const char *cells)
{
    g_auto(GStrv) ids = g_strsplit(cells, ",", -1);
    for (char **id = ids; *id; id++)
        if (!config_cell(config, *id))
            return false;
    g_strfreev(choice->fixes);
    choice->fixes = g_steal_pointer(&ids);
    return *cells != '\0';
}

bool launch_choice_take(struct launch_choice *choice, const struct config *config, const char *word)
{
    static const char fixes[] = "fixes=";
    if (g_str_has_prefix(word, fixes))
        return take_fixes(choice, config, word + strlen(fixes));
    enum launch_option option = launch_option_named(word);
    choice->attended |= option == OPTION_ATTENDED;
    choice->retry_failed |= option == OPTION_RETRY_FAILED;
    return option == OPTION_ATTENDED || option == OPTION_RETRY_FAILED;
}

static enum launch_glass next_glass(const struct launch *launch)
{
    enum launch_glass glass = launch->choice.glass;
    do
        glass = (glass + 1) % GLASS_COUNT;
    while (!launch_glass_breaks(launch->plan, glass));
    return glass;
}

static bool has_way(const struct launch *launch, enum refusal_kind wanted)
{
    const json_t *refusals = json_object_get(launch->document, "refusals");
    for (size_t i = 0; i < json_array_size(refusals); i++) {
        const json_t *name = json_object_get(json_array_get(refusals, i), "kind");
        if (g_strcmp0(json_string_value(name), refusal_kind_name(wanted)) == 0)
            return true;
    }
    return false;
}

static bool may_glass(const struct launch *launch, enum launch_glass glass)
{
    return launch->choice.glass == glass || launch_glass_breaks(launch->plan, glass);
}

static bool may_fix(const struct launch *launch)
{
    g_auto(GStrv) unwell = launch_unwell(json_object_get(launch->document, "refusals"));
    return unwell || launch->choice.fixes;
}

bool launch_may_choose(const struct launch *launch, enum launch_option option)
{
    if (launch->stage != LAUNCH_READY && launch->stage != LAUNCH_REFUSED)
        return false;
    switch (option) {
    case OPTION_RETRY_FAILED:
        return launch->choice.retry_failed || has_way(launch, REFUSE_VERSION_HELD);
    case OPTION_FIXES:
        return may_fix(launch);
    case OPTION_ATTENDED:
        return launch_attendance(launch) != NULL;
    case OPTION_WINDOWS:
        return may_glass(launch, GLASS_WINDOWS);
    case OPTION_BAKES:
        return may_glass(launch, GLASS_BAKES);
    case OPTION_GLASS:
        return launch->choice.glass != GLASS_WHOLE || next_glass(launch) != GLASS_WHOLE;
    case OPTION_COUNT:
        break;
    }
    return false;
}

/* Those that are unwell now come to those that were. */
static void toggle_fixes(struct launch *launch)
{
    g_auto(GStrv) unwell = launch_unwell(json_object_get(launch->document, "refusals"));
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    char **before = launch->choice.fixes;
    if (unwell && before)
        g_strv_builder_addv(all, (const char **)before);
    if (unwell)
        g_strv_builder_addv(all, (const char **)unwell);
    g_strfreev(before);
    launch->choice.fixes = unwell ? g_strv_builder_end(all) : NULL;
}

static void toggle_glass(struct launch *launch, enum launch_glass glass)
{
    launch->choice.glass = launch->choice.glass == glass ? GLASS_WHOLE : glass;
}

enum launch_chosen launch_choose(struct launch *launch, enum launch_option option)
{
    if (!launch_may_choose(launch, option))
        return LAUNCH_NO_CHOICE;
    g_clear_pointer(&launch->moved, g_free);
    switch (option) {
    case OPTION_RETRY_FAILED:
        launch->choice.retry_failed = !launch->choice.retry_failed;
        break;
    case OPTION_FIXES:
        toggle_fixes(launch);
        break;
    case OPTION_ATTENDED:
        launch->choice.attended = !launch->choice.attended;
        break;
    case OPTION_WINDOWS:
        toggle_glass(launch, GLASS_WINDOWS);
        break;
    case OPTION_BAKES:
        toggle_glass(launch, GLASS_BAKES);
        break;
    case OPTION_GLASS:
        launch->choice.glass = next_glass(launch);
        break;
    case OPTION_COUNT:
        break;
    }
    bool anew = option == OPTION_RETRY_FAILED || option == OPTION_FIXES;
    if (anew)
        launch_plan_anew(launch);
    else
        launch_judge(launch);
    return anew ? LAUNCH_PLANS_ANEW : LAUNCH_CHOSEN;
}
