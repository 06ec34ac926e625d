/* Commands of the user's own that must run once, whatever becomes of the conductor (rollout.md,
 * "exec"): each under a token and a supervisor of its own (supervisor.h). The token's files say,
 * to whoever comes later, whether the command was begun, runs, or how it ended; it is never run
 * twice. They lie on this host alone. */
#pragma once

#include "rollout/supervisor.h"

#include "data/base/own.h"

struct job_desk;
/* The files go to `state_dir`/exec: TOKEN.{lock,status,output,stop} and QUEUE.last. */
struct job_desk *job_desk_new(const char *state_dir, GError **error);
void job_desk_free(struct job_desk *desk);
OWNABLE(job_desk, job_desk_free);

struct job_variable {
    const char *name, *value;
};
/* This process's environment with these in it; one whose value is NULL is not in it. */
char **job_environment(const struct job_variable *variables, size_t n);

struct job {
    const char *token;
    const char *setting;        /* whose command it is, for errors: "deploy.exec.command" */
    char **argv, **environment; /* argv[0] is looked for in PATH */
    gint64 timeout_ms;          /* then it is killed, with its children */
    const char *begun;          /* what is kept of it from its start on (job_look.begun) */
    const char *queue;          /* only one of a queue runs at a time; NULL: of none */
    bool stops_earlier;         /* the earlier one of its queue is told to stop */
};
/* True: it is begun, now or before, and job_look() says how it fares. */
bool job_begin(const struct job_desk *desk, const struct job *job, GError **error);

enum job_state {
    JOB_UNBEGUN, /* no command was begun under this token here */
    JOB_WAITS,   /* for the earlier one of its queue */
    JOB_RUNS,
    JOB_ENDED, /* `ending` and `value` say how */
    JOB_LOST   /* begun, and gone without a word: the machine was restarted, say */
};
struct job_look {
    enum job_state state;
    enum ending ending;
    int value;
    char *begun;  /* or NULL */
    char *output; /* the end of what it printed, at most 8 KiB, valid UTF-8; never NULL */
};
void job_look(const struct job_desk *desk, const char *token, struct job_look *look);
void job_look_clear(struct job_look *look);
/* "the command ended with exit status 3"; of one that has ended. `limit_setting`: of its timeout.
 * Caller frees. */
char *job_ending_text(const struct job_look *look, gint64 timeout_ms, const char *limit_setting);
