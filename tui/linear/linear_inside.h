/* What the parts of the linear console share; nobody else includes it. linear.c runs the loop and
 * says what has changed, linear_hear.c takes what is typed, linear_do.c answers it, linear_ask.c
 * asks before something is done and does it, linear_start.c starts rollouts, linear_depart.c takes
 * tenants elsewhere. */
#pragma once

#include "tui/linear/ear.h"
#include "tui/linear/linear.h"
#include "tui/linear/news.h"
#include "tui/linear/say.h"
#include "tui/linear/voice.h"
#include "tui/linear/word.h"
#include "tui/views/act.h"
#include "tui/views/departure.h"
#include "tui/views/launch_desk.h"
#include "tui/views/planner.h"

struct linear {
    struct deck *deck;
    const struct aws_client *client; /* NULL: there is none, and nothing is told of it */
    GMainLoop *loop;
    struct voice *voice;
    struct news *news;
    int fd; /* of the terminal; -1: there is none */

    struct ear ear; /* the terminal's line */
    GString *heard; /* without one: bytes that make no line yet */
    GQueue lines;   /* char *: lines that wait to be answered (without a terminal) */
    bool ended;     /* and no more will come */
    guint in_source, wake_source, look_source;
    gint64 key_ms; /* when the last key came, on the clock that never jumps */

    bool ready;               /* the fleet has been read once, and the brief said */
    gint64 began_ms, told_ms; /* when news was told last */

    struct speech *said; /* the last that had items */
    struct speech *page; /* what is being said; NULL: all is */
    guint page_at;       /* its next line */

    struct dialog *dialog; /* the question that is asked, about `act` or a launch */
    struct act *act;
    struct departure *departure; /* or this; NULL: none */
    struct launch_desk starts;
    struct planner planner;
    char **told;      /* of the launch: lines that were said, not to be said again; or NULL */
    bool reads_tags;  /* while its question is open */
    bool settles;     /* linear_settle() */
    bool dropped;     /* keys, meanwhile */
    bool asked_now;   /* by the line that is just being answered */
    const char *busy; /* what is waited for: "reading the releases"; NULL: nothing */
    char *release;    /* whose changes are wanted, with `busy`; NULL: the list */
    gint64 busy_ms;   /* since when, or when it was told last */
    GCancellable *leaving;
    guint under_way; /* threads and processes that will still call back */

    void (*refresh)(gpointer data);
    gpointer refresh_data;
    linear_watch_fn watch;
    gpointer watch_data;
    char **watched;
};

/* Says it, in pages where there is a terminal too small for it; takes `speech`. */
void linear_answer(struct linear *linear, struct speech *speech);
/* The next page, or none. */
void linear_turn_page(struct linear *linear, bool on);
/* Where something may be typed now, its question; nothing without a terminal. */
void linear_prompt(struct linear *linear);
/* For people to know, as news. */
void linear_tell(struct linear *linear, enum role role, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* News, if it may be said now; `after_line`: a line has just been typed, so it may. */
void linear_tell_news(struct linear *linear, bool after_line);

/* Listens; and, once it is ready, answers what has waited. */
void linear_listen(struct linear *linear);
void linear_take_lines(struct linear *linear);

/* Whatever was typed before a question is no answer to it: called before it is said. Nor is what
 * comes with it: lines that are pasted come over a thin link one by one (linear_settle()). */
void linear_forget_typed_ahead(struct linear *linear);
/* What is asked has come, or changed, by itself: keys that may have been meant for what stood there
 * before do not count, until none has come for half a second. linear_settled() is asked now and
 * then, and says so where some were not taken. */
void linear_settle(struct linear *linear);
void linear_settled(struct linear *linear);

/* What moment it is, how long the credentials last by now, and what the journal has that is new;
 * whether it has some. */
bool linear_read(struct linear *linear);

/* One line, with nothing asked: answered by what is on record as it comes. */
void linear_do(struct linear *linear, const char *line);
/* Completes what is being typed, or says what could stand there. */
void linear_complete(struct linear *linear);

/* Asks before an act is done, or a release is started; says why not. */
void linear_act(struct linear *linear, const struct word *word);
void linear_start(struct linear *linear, const char *version, const struct launch_choice *choice);
extern const struct launch_desk_ops linear_starts;
/* Asks before a failover, a drill or a move is begun; whether a request does that. */
void linear_depart(struct linear *linear, const struct word *word);
bool linear_departs(enum request request);
void linear_depart_confirmed(struct linear *linear, const struct dialog *dialog);
/* Its open question follows what is read. */
void linear_follow_departure(struct linear *linear);
/* What may be asked of these people at all; says so where it is nothing. */
bool linear_may_ask(struct linear *linear);
/* With a launch's question open: its own words. False: the line is none of them. */
bool linear_choose(struct linear *linear, const char *line);
/* What could be typed to lift what stands against it: "retry-failed, fixes"; "" for nothing. Caller
 * frees. */
char *linear_choices(const struct linear *linear);
/* All that the question says before it asks. */
void linear_say_question(struct linear *linear);
/* The question, as far as it has been answered. */
char *linear_question(const struct linear *linear);
/* A line in answer to it. */
void linear_answer_question(struct linear *linear, const char *line);
/* Ctrl-C: of the question, the pages, or what is waited for. */
void linear_cancel(struct linear *linear);
/* The open question follows the journal. */
void linear_follow_question(struct linear *linear);
