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
};

/* Takes key, kind, name and text. */
void news_put(struct news *news, const struct novelty *change);

/* What was there at the last look. */
struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *seen);
void seen_look(struct seen *seen, const struct deck *deck, struct news *news);
