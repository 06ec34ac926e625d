/* What people choose beyond the ordinary, by the dialog's own keys. */
#include "tui/views/launch_inside.h"

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

static bool toggle_retry(struct launch *launch)
{
    if (!launch->choice.retry_failed && !has_way(launch, REFUSE_VERSION_HELD))
        return false;
    launch->choice.retry_failed = !launch->choice.retry_failed;
    return true;
}

/* Those that are unwell now come to those that were. */
static bool toggle_fixes(struct launch *launch)
{
    g_auto(GStrv) unwell = launch_unwell(json_object_get(launch->document, "refusals"));
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    char **before = launch->choice.fixes;
    if (!unwell && !before)
        return false;
    if (unwell && before)
        g_strv_builder_addv(all, (const char **)before);
    if (unwell)
        g_strv_builder_addv(all, (const char **)unwell);
    g_strfreev(before);
    launch->choice.fixes = unwell ? g_strv_builder_end(all) : NULL;
    return true;
}

static bool toggle_attended(struct launch *launch)
{
    launch->choice.attended = !launch->choice.attended;
    return true;
}

enum launch_chosen launch_choose(struct launch *launch, guint32 key)
{
    bool open = launch->stage == LAUNCH_READY || launch->stage == LAUNCH_REFUSED;
    enum launch_glass glass = open ? next_glass(launch) : launch->choice.glass;
    bool anew = open && ((key == KEY_RETRY_FAILED && toggle_retry(launch)) ||
                         (key == KEY_FIXES && toggle_fixes(launch)));
    bool words =
        open && ((key == KEY_ATTENDED && launch_attendance(launch) && toggle_attended(launch)) ||
                 (key == KEY_GLASS && glass != launch->choice.glass));
    if (!anew && !words)
        return LAUNCH_NO_CHOICE;
    g_clear_pointer(&launch->moved, g_free);
    if (anew) {
        launch_plan_anew(launch);
        return LAUNCH_PLANS_ANEW;
    }
    if (key == KEY_GLASS)
        launch->choice.glass = glass;
    launch_judge(launch);
    return LAUNCH_CHOSEN;
}
