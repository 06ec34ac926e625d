/* What the parts of the news share; nobody else includes it. news.c keeps and says what has
 * changed, news_look.c finds it. */
#pragma once

#include "tui/linear/news.h"

/* One change that nobody has heard of yet. */
struct novelty {
    gint64 at_ms;
    enum role role;
    char *key;  /* what it is a change of: a newer one of the same takes its place; NULL: of nothing
                   that can be overtaken */
    char *kind; /* "are STALE": changes of one kind go in one line; NULL: of no kind */
    char *name; /* what it is said of there */
    char *text;
    char *was; /* what people know of it; NULL: that does not matter */
};

/* Takes key, kind, name, text and was. */
void news_put(struct news *news, const struct novelty *change);
/* Of the change of `key` that waits, its `was`; NULL: nothing waits. Valid until the next change.
 */
const char *news_was(const struct news *news, const char *key);
/* It is again as people know it: nothing is to be told of it. */
void news_take_back(struct news *news, const char *key);

/* What was there at the last look. */
struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *seen);
void seen_look(struct seen *seen, const struct deck *deck, struct news *news);
