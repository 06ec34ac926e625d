/* `celldeck doctor`: is everything there that celldeck leans on? Configuration, state folder and
 * journal, releases, credentials, each permission, clocks, the registry's table, metrics and their
 * units, alarms, cells, deployer. It asks, and changes nothing: a write is asked for only in a form
 * that AWS must refuse for its content; what can't be asked so is said to be not tried.
 *
 * Checks are a table (doctor.c); each gives findings. What asks AWS is asked all at once, each call
 * with a deadline of its own, so that a region that hangs costs its own findings only. */
#pragma once

#include "data/aws/client.h"
#include "data/config.h"

enum doctor_level {
    DOCTOR_OK,
    DOCTOR_SKIPPED, /* not tried, and the text says why */
    DOCTOR_WARNING, /* celldeck works, and something will surprise somebody */
    DOCTOR_FAILURE  /* something does not work until the fix is done */
};
const char *doctor_level_name(enum doctor_level level); /* "ok", "skipped", "warning", "failure" */

struct finding {
    const char *check; /* "metrics": which check of the table it is of */
    char *subject;     /* what was looked at: "cell-0-dev", "us-east-1", "/srv/git/medplum.git" */
    enum doctor_level level;
    char *text; /* what was found */
    char *fix;  /* what to do about it; NULL where there is nothing to do */
};
void finding_free(struct finding *finding);

struct doctor_wish {
    struct config *config;    /* NULL: there is none that can be read, and config_error says why */
    const char *config_error; /* several lines where there are several faults */
    struct aws_client *client;
    bool read_only; /* only what console and status need: no deployer, no notices */
};

/* One check's findings (struct finding *, borrowed), the worst first: in the table's order, once
 * they and those before them are complete. */
typedef void (*doctor_fn)(const GPtrArray *findings, gpointer data);

/* Runs every check, turning the main context until the last answer or deadline. */
void doctor_run(const struct doctor_wish *wish, doctor_fn fn, gpointer data);
