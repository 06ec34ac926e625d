/* Tells people that an operation ended, failed, is held, or is not seen to (conduct.h): by
 * notify.command (works without AWS) and by SNS (notify.sns_topic). Nobody waits for it, and what
 * goes wrong is words for a log. At most once: a process that is killed after the event was
 * appended and before the notice was sent takes the notice with it; the journal has the event. */
#pragma once

#include "data/aws/client.h"
#include "data/config.h"

struct notice {
    const char *operation; /* "r17" */
    const char *kind;      /* "rollout" */
    const char *subject;   /* a version or a cell: "5.0.3" */
    const char *state;     /* "failed" */
    const char *words;     /* instead of "is STATE", for people: "is not seen"; may be NULL */
    const char *reason;    /* one line or several; may be NULL */
    const char *actor;     /* who asked for the operation; may be NULL */
    gint64 at_ms;
    const char *head_hash; /* of the journal, so that a rewritten file can be told; may be NULL */
};

struct notifier;

/* Both ways may be unconfigured: then nothing is ever sent. `client` is borrowed; NULL: no SNS.
 * `problem` gets one line for each notice that could not be delivered one way. */
typedef void (*notify_problem_fn)(const char *line, gpointer data);
struct notifier *notifier_new(struct config *config, struct aws_client *client,
                              notify_problem_fn problem, gpointer data);
/* Kills and cancels what is under way; no callback comes after this. */
void notifier_free(struct notifier *notifier);
OWNABLE(notifier, notifier_free);

/* Returns at once; everything is copied. notify.command gets the notice as one JSON document
 * ("schema": "celldeck.notice/1") on stdin and OPERATION, STATE, SUBJECT in its environment; it has
 * NOTIFY_DEADLINE_MS, its output is dropped. */
void notifier_send(struct notifier *notifier, const struct notice *notice);

/* Whether something is still under way: a process that ends waits for it. Bounded. */
bool notifier_busy(const struct notifier *notifier);

enum { NOTIFY_DEADLINE_MS = 20000 };

/* What SNS is sent. The subject is ASCII, at most 100 characters, without control characters; the
 * message at most 262,144 bytes of UTF-8 that end with the journal's head hash (aws.md, "Limits").
 * Callers free. */
char *notice_sns_subject(const struct notice *notice, const char *fleet);
char *notice_sns_message(const struct notice *notice, const char *fleet);
json_t *notice_json(const struct notice *notice, const char *fleet);

/* The region of a topic, which is the fourth part of its ARN; NULL: it names none. Caller frees. */
char *notify_topic_region(const char *arn);
