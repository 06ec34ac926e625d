/* What has changed since the last look, for people who see no screen: a cell's state, version or
 * cause, a source that can't be read any more, an event of the journal, a rollout that nobody
 * conducts. Figures and ages that merely move are no news.
 *
 * News waits until it is taken. Where more has come than is to be said at once, changes of one kind
 * are said in one line, and what still has no room is counted: the most urgent is never what is
 * left out. What was overtaken before anybody heard of it (a cell that flaps) is said once, as it
 * stands now. */
#pragma once

#include "tui/views/deck.h"

struct news;

/* Nothing is known: the first look only remembers. */
struct news *news_new(void);
void news_free(struct news *news);
OWNABLE(news, news_free);

/* As of deck->now_ms. */
void news_look(struct news *news, const struct deck *deck);
/* Something else that people have to know. */
void news_add(struct news *news, gint64 at_ms, enum role role, const char *text);
/* How much waits. */
guint news_waiting(const struct news *news);

struct news_line {
    enum role role;
    char *text; /* "12:04:31Z cell-2-us-west unhealthy for 2s: ..." */
};
/* All that waits, in at most `most` (> 1) lines, oldest first: struct news_line *, freed with the
 * array. */
GPtrArray *news_take(struct news *news, guint most);
