/* Where people are asked about a launch, whoever asks them: the screen in a dialog, the linear
 * console in lines. It sees each launch to its end, the open one and those that were left; follows
 * the world while the question is open; and plans anew what was refused as it was confirmed. */
#pragma once

#include "tui/views/launch.h"

struct launch_desk_ops {
    /* launch_dialog() of the open launch takes the place of what is shown; `by_itself`: nobody has
     * asked for that, and what is being typed is meant for what stood there. */
    void (*show)(bool by_itself, gpointer data);
    /* launch_shown() is another; `moved`: it is another plan, and what was typed is void. */
    void (*reword)(bool moved, gpointer data);
    /* It is on record, and no question any more. */
    void (*started)(const char *operation, gpointer data);
    /* What people have to know of one that is over, or was left. */
    void (*tell)(enum role role, const char *text, gpointer data);
    void (*read_journal)(gpointer data);
    void (*read_releases)(gpointer data);
};

struct launch_desk {
    struct deck *deck;
    const struct launch_desk_ops *ops;
    gpointer data;         /* of ops */
    guint *under_way;      /* counts processes that will still call back: no less lives the desk */
    struct launch *launch; /* the open one, or NULL */
    guint looks;           /* of launch_desk_follow() */
};

/* Plans it and shows that it does; `choice` may be NULL. None must be open. */
void launch_desk_plan(struct launch_desk *desk, const char *version,
                      const struct launch_choice *choice);
/* Its dialog was confirmed. */
void launch_desk_start(struct launch_desk *desk, const struct dialog *dialog);
/* One of its options was; false: that changes nothing of this plan, and nothing was done. */
bool launch_desk_choose(struct launch_desk *desk, enum launch_option option);
/* Now and again, at every look at the journal. */
void launch_desk_follow(struct launch_desk *desk);
/* The question is left, if there is one; a start that was confirmed goes on. */
void launch_desk_leave(struct launch_desk *desk);
