#include "tui/views/launch_desk.h"

/* "5.0.3 is started as r7", and what went wrong after that. */
static void tell_started(const struct launch_desk *desk, const struct launch *launch)
{
    const char *trouble = launch->trouble;
    g_autofree char *text =
        g_strdup_printf("%s is started as %s%s%s", launch->version, launch->operation,
                        trouble ? ": " : "", trouble ? trouble : "");
    desk->ops->tell(trouble ? ROLE_BAD : ROLE_GOOD, text, desk->data);
}

/* People have left it meanwhile: what came of it is said, and takes nothing from under them. */
static void tell_left(const struct launch_desk *desk, const struct launch *launch)
{
    if (launch->stage == LAUNCH_STARTED) {
        tell_started(desk, launch);
    } else if (launch->stage == LAUNCH_FAILED && launch->plan) {
        g_autofree char *text =
            g_strdup_printf("%s was not started: %s", launch->version, launch->trouble);
        desk->ops->tell(ROLE_BAD, text, desk->data);
    }
}

static void started(struct launch_desk *desk)
{
    struct launch *launch = g_steal_pointer(&desk->launch);
    desk->ops->read_journal(desk->data);
    desk->ops->started(launch->operation, desk->data);
    tell_started(desk, launch);
    launch_free(launch);
}

/* What was refused as it was confirmed is shown as it is now. */
static void next_stage(struct launch_desk *desk)
{
    struct launch *launch = desk->launch;
    if (launch->stage == LAUNCH_STARTED) {
        started(desk);
    } else if (launch->stage == LAUNCH_FAILED && launch->refused) {
        desk->ops->read_journal(desk->data);
        launch_again(launch, desk->deck);
        ++*desk->under_way;
        desk->ops->show(false, desk->data);
    } else {
        desk->ops->show(true, desk->data);
    }
}

static void on_news(struct launch *launch, enum launch_news news, gpointer data)
{
    struct launch_desk *desk = data;
    --*desk->under_way;
    if (launch != desk->launch) {
        if (news != LAUNCH_NOTHING_NEW)
            tell_left(desk, launch);
        if (launch->pending == 0)
            launch_free(launch);
        desk->ops->read_journal(desk->data);
    } else if (news == LAUNCH_NEXT) {
        next_stage(desk);
    } else if (news != LAUNCH_NOTHING_NEW) {
        desk->ops->reword(news == LAUNCH_MOVED, desk->data);
    }
}

void launch_desk_plan(struct launch_desk *desk, const char *version,
                      const struct launch_choice *choice)
{
    desk->launch = launch_new(desk->deck, version, choice, on_news, desk);
    ++*desk->under_way;
    desk->ops->show(false, desk->data);
}

void launch_desk_start(struct launch_desk *desk, const struct dialog *dialog)
{
    launch_start(desk->launch, dialog);
    ++*desk->under_way;
    desk->ops->show(false, desk->data);
}

bool launch_desk_choose(struct launch_desk *desk, enum launch_option option)
{
    enum launch_chosen chosen = launch_choose(desk->launch, option);
    if (chosen == LAUNCH_PLANS_ANEW)
        ++*desk->under_way;
    if (chosen != LAUNCH_NO_CHOICE)
        desk->ops->show(false, desk->data);
    return chosen != LAUNCH_NO_CHOICE;
}

/* Of looks: how often the tags are read while a plan is open, and its moments said as of now. */
enum { LOOKS_A_TAG = 10, LOOKS_A_WORD = 2 };

void launch_desk_follow(struct launch_desk *desk)
{
    if (!desk->launch)
        return;
    if (++desk->looks % LOOKS_A_TAG == 0)
        desk->ops->read_releases(desk->data);
    if (launch_follow(desk->launch, desk->deck))
        ++*desk->under_way;
    if (!launch_works(desk->launch) && desk->looks % LOOKS_A_WORD == 0)
        desk->ops->reword(false, desk->data);
}

void launch_desk_leave(struct launch_desk *desk)
{
    struct launch *launch = g_steal_pointer(&desk->launch);
    if (!launch)
        return;
    g_autofree char *text = launch->stage == LAUNCH_STARTING
                                ? g_strdup_printf("%s goes on being started", launch->version)
                                : g_strdup("nothing was done");
    if (launch->stage != LAUNCH_FAILED)
        desk->ops->tell(ROLE_NORMAL, text, desk->data);
    launch_cancel(launch);
    if (launch->pending == 0)
        launch_free(launch);
}
