/* The way to the journal's table, for those who wait: a call returns when its answer is there, or
 * its deadline has passed. The calling thread does nothing else meanwhile: an append has to be
 * known to be durable, or refused, before anything else may be done about its operation.
 *
 * One link a thread; it has a main context of its own, so that nothing of its owner's runs in
 * between. */
#pragma once

#include "data/aws/client.h"
#include "data/base/own.h"
#include "data/config.h"

struct journal_link;

struct journal_link *journal_link_new(const struct config *config);
void journal_link_free(struct journal_link *link);
OWNABLE(journal_link, journal_link_free);

/* The table (journal.table). Borrowed. */
const char *journal_link_table(const struct journal_link *link);

/* A call to DynamoDB (idempotent: it may be sent again) that has to end by `until_ms` on the clock
 * of when_mono_ms(). New reference; NULL with an AWS_ERROR. */
json_t *journal_link_call(struct journal_link *link, const char *action, json_t *body,
                          gint64 until_ms, GError **error);

/* From any thread: ends the call that is under way, and all that follow, with AWS_ERROR_TIMEOUT. */
void journal_link_cancel(struct journal_link *link);

/* An AWS_ERROR in the journal's words, as CD_ERROR_FAILED: which table, what was tried, what AWS
 * said, what to do. Takes `error`. Always false, to be returned. */
bool journal_link_fail(const struct journal_link *link, const char *tried, GError *cause,
                       GError **error);
