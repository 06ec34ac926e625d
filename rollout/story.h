/* An event as a sentence for people: the console's log, `rollout watch`, `history show`, the
 * conductor's log and the demo all tell the same story in the same words. */
#pragma once

#include "data/journal.h"

/* "gate limits FAIL: error rate 6.8 %, 7.1 % (2 of 3 over 5 %)". Not cleaned: whoever prints does
 * that. An event of a type unknown here is told by its type and data. Caller frees. */
char *story_sentence(const struct event *event);

/* The cell it is about, or NULL. Borrowed from the event. */
const char *story_cell(const struct event *event);

/* False: newer figures of what is known, kept for the record; a log that people follow has no line
 * for it. */
bool story_is_news(const struct event *event);

enum story_tone { STORY_PLAIN, STORY_GOOD, STORY_WARN, STORY_BAD };
enum story_tone story_tone(const struct event *event);
