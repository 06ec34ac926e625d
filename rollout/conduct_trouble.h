/* What keeps a conductor from its work and makes no event by itself: told to people once, again
 * where it gets worse, and when it is over, and noted in the operation, so that the next conductor
 * knows what was told. It changes nothing of what an engine decides. */
#pragma once

#include "rollout/conduct.h"

/* A trouble of an operation's as this process sees it. All zero: there is none. */
struct trouble_watch {
    gint64 since_mono_ms; /* 0: there is none */
    int told;             /* how bad it was when people were last told; 0: all is well */
    char *told_reason;    /* what the journal shall say, or NULL */
};

enum { TROUBLE_BADNESSES = 3 };
struct trouble_news {
    const char *name; /* in notes: "credentials" */
    struct {
        const char *state, *words; /* struct notice's; by how bad it is: 0 is well again */
    } by_badness[TROUBLE_BADNESSES];
    const char *well_again; /* the reason that is told when it is over */
};
/* Credentials that end soon, or have ended, and that only a person renews. */
extern const struct trouble_news credentials_news;

/* `noted`: the reason that the operation's notes have of it; NULL: none, or it is over. */
void trouble_take(struct trouble_watch *watch, const char *noted);
void trouble_forget(struct trouble_watch *watch);
/* `reason` NULL: there is none (now). Worse than what was told is news, better is not until it is
 * well again. It is told once it has lasted for `patience_ms`. */
void trouble_follow(struct conduct *conduct, struct trouble_watch *watch,
                    const struct trouble_news *news, int badness, const char *reason,
                    gint64 patience_ms);
/* The same of the conductor's own AWS credentials. */
void trouble_follow_keys(struct conduct *conduct, struct trouble_watch *watch);
/* Appends what was told, where `noted` is something else. */
void trouble_note(struct conduct *conduct, const struct trouble_watch *watch,
                  const struct trouble_news *news, const char *noted);
