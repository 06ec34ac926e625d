/* Keeps the copy of a shared journal fresh while a process shows it, or works by it: a thread that
 * reads what is new every JOURNAL_FOLLOW_MS. Several processes of a bastion share the reading:
 * whoever finds that another one has just read the table leaves it at that. */
#pragma once

#include "data/base/own.h"
#include "data/config.h"

enum { JOURNAL_FOLLOW_MS = 1000 };

struct journal_follower;
/* NULL where the journal is not shared. Its first reading is under way when this returns. */
struct journal_follower *journal_follow(const struct config *config, const char *dir);
/* Ends the thread, and a reading that is under way. */
void journal_unfollow(struct journal_follower *follower);
OWNABLE(journal_follower, journal_unfollow);

/* What ails it now, in a line with the copy's age: the last reading failed. NULL: nothing, or there
 * is no follower. Caller frees. */
char *journal_follower_trouble(struct journal_follower *follower);
