/* What the doctor's checks are made of: private to rollout/doctor*.c. A check is a function that
 * adds findings and may ask AWS on the way; it is over when nothing holds it any more. */
#pragma once

#include "data/base/own.h"
#include "data/journal.h"
#include "rollout/doctor.h"
#include "rollout/doctor_judge.h"

enum { DOCTOR_DEADLINE_MS = 10000 };

struct doctor {
    const struct doctor_wish *wish;
    struct config *config; /* the wish's; never NULL in a check that needs it */
    char *state_dir;       /* NULL: could not be had */
    doctor_fn fn;
    gpointer data;
    struct checkup *checkups; /* one a check */
    guint told;               /* of these, how many fn was called for */
    GMainLoop *loop;
};

/* A check at work. */
struct checkup {
    struct doctor *doctor;
    const struct check *check;
    GPtrArray *findings;
    guint holds; /* answers that are still waited for */
};

struct check {
    const char *name;
    bool needs_config;
    bool acts; /* left out where the wish is read_only */
    void (*begin)(struct checkup *checkup);
};

/* A finding whose judgement follows: by now, or by the time nothing holds the check. */
struct finding *checkup_add(struct checkup *checkup, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Takes the judgement's texts. */
void finding_set(struct finding *finding, struct judgement judgement);
/* That an error ended the call: see judge_error. */
void finding_fail(struct finding *finding, const GError *error, const char *role_arn);

/* The check waits for one answer more, or one less. After the last, `checkup` may be gone. */
void checkup_hold(struct checkup *checkup);
void checkup_release(struct checkup *checkup);

/* One call to AWS for `finding`, its answer to `take`; `data` is for `take`. Steals `body`.
 * `reply` is NULL exactly when `error` is set. `take` may ask again. */
typedef void (*question_fn)(struct checkup *checkup, struct finding *finding,
                            const struct aws_target *target, json_t *reply, const GError *error,
                            gpointer data);
void checkup_ask(struct checkup *checkup, struct finding *finding, const struct aws_target *target,
                 const char *action, json_t *body, enum aws_call_flags flags, question_fn take,
                 gpointer data);

/* The regions of the cells with the roles they are asked under, each pair once. */
struct place {
    const char *region;   /* may be NULL: aws.region is not set */
    const char *role_arn; /* NULL: celldeck's own credentials */
};
GArray *doctor_places(const struct config *config); /* struct place; freed with the array */
bool place_has(const struct place *place, const struct cell_config *cell);
/* "us-east-1", "us-east-1 as arn:aws:iam::1:role/x". Caller frees. */
char *place_name(const struct place *place);

void doctor_configuration(struct checkup *checkup);
void doctor_state(struct checkup *checkup);
void doctor_journal(struct checkup *checkup);
void doctor_conductor(struct checkup *checkup);
void doctor_releases(struct checkup *checkup);
void doctor_credentials(struct checkup *checkup);
void doctor_clock(struct checkup *checkup);
void doctor_registry(struct checkup *checkup);
void doctor_metrics(struct checkup *checkup);
void doctor_alarms(struct checkup *checkup);
void doctor_endpoints(struct checkup *checkup);
void doctor_zone(struct checkup *checkup);
void doctor_deployer(struct checkup *checkup);
void doctor_deploying(struct checkup *checkup);
void doctor_failover(struct checkup *checkup);
void doctor_notices(struct checkup *checkup);
/* A part of doctor_failover. */
void doctor_backups(struct checkup *checkup);
/* A part of doctor_journal. */
void doctor_shared_journal(struct checkup *checkup);
/* Parts of doctor_notices. */
void doctor_ask_topic(struct checkup *checkup);
void doctor_ask_heartbeat(struct checkup *checkup);
