/* The parts of `celldeck failover` and `celldeck tenant move`, a file each; failover.c has the
 * table.
 */
#pragma once

#include "rollout/failover.h"
#include "rollout/failover_preflight.h"
#include "rollout/guests.h"
#include "tui/commands/subcommand.h"

/* What can be given to a subcommand of failover, or to tenant move; each takes some of it. */
struct failover_options {
    char *to, *reason, *ticket;
    char **acks;
    gboolean drill, yes, wait, without_dns;
};
#define FAILOVER_OPTION(member) OPTION_AT(struct failover_options, member)

/* Whatever acts has these, last in its table: begin, resume, revert, move. */
#define FAILOVER_ACTS_OPTIONS                                                                      \
    {"yes", 0, 0, G_OPTION_ARG_NONE, FAILOVER_OPTION(yes), "Do not ask for a confirmation", NULL}, \
        {"wait", 0, 0, G_OPTION_ARG_NONE, FAILOVER_OPTION(wait), "Until it has ended, or is held", \
         NULL},                                                                                    \
        {"reason", 0, 0, G_OPTION_ARG_STRING, FAILOVER_OPTION(reason), "Why; kept in the history", \
         "TEXT"},                                                                                  \
    {                                                                                              \
        0                                                                                          \
    }

static inline const struct failover_options *failover_options(const struct context *context)
{
    return context->options;
}

/* failover_print.c: a plan for people. What it comes to is the first line and the last ones, so
 * that it is on screen after a long list. `guests`: guests_words(), or NULL. */
void failover_plan_print(const struct evacuation *evacuation, const char *guests,
                         struct out_style style);

/* failover_plan.c */
struct failover_planned {
    struct snapshot *snapshot;
    struct evacuation *evacuation;
    struct origins *origins; /* by the journal; NULL: it was not read */
    GPtrArray *guests;       /* struct guests *, of a cell's plan; of a tenant's, none */
    GPtrArray *holders;      /* struct preflight_holder *; NULL: the journal was not read */
    char *short_keys;        /* the credentials may end before it does, in words; NULL: they last */
};
/* Reads the fleet, plans for a cell, or a tenant (FAILOVER_MOVE), and asks the journal who else is
 * at work there, where it is open. False with CD_ERROR_USAGE where the fleet has no such cell,
 * CD_ERROR_FAILED where the registry has no such tenant. Release with failover_planned_clear either
 * way. */
bool failover_plan_read(struct context *context, enum failover_kind kind, const char *of,
                        struct failover_planned *planned, GError **error);
void failover_planned_clear(struct failover_planned *planned);
int failover_plan_run(struct context *context, GError **error);
extern const GOptionEntry failover_plan_options[];

/* failover_command.c: "celldeck failover start cell-2 --ack data --yes": what was asked for as a
 * line that can be copied, with these acknowledgements (1u << proof). Caller frees. */
char *failover_command_line(const struct context *context, enum failover_kind kind, const char *of,
                            unsigned acks, bool yes);

/* failover_start.c: the whole of it, from what was read to the exit code: plan and blast radius,
 * acknowledgements one by one, the word typed, and with --wait its end. */
int failover_start(struct context *context, enum failover_kind kind, const char *of,
                   GError **error);
int failover_start_run(struct context *context, GError **error);
extern const GOptionEntry failover_start_options[], tenant_move_options[];

/* failover_follow.c: sees to it that somebody conducts it (with --wait as long as that waits) and,
 * with --wait, follows it to its end, or until it is held, telling what happens on stderr. The exit
 * code: 0 where it ended as it was to
 * (`wanted`), CD_ERROR_REFUSED where nothing was done, CD_ERROR_FAILED where it ended otherwise,
 * CD_ERROR_HELD where a person has to decide, or somebody was left alone or still lives in the
 * source. */
int failover_carry_on(struct context *context, const char *id, enum failover_state wanted,
                      GError **error);
/* The following alone: events from number `from` on are told. */
int failover_follow(struct context *context, const char *id, enum failover_state wanted,
                    gint64 from, GError **error);

/* failover_show.c, failover_ask.c. What --wait waits for: that it is reverted where that was asked
 * for, else that it is completed. */
enum failover_state failover_wanted(const struct failover *failover);
/* "9s (failover.rto 5m)": how long it took, or has taken; the time to restore is compared where it
 * was to restore anything. Caller frees. */
char *failover_time_words(const struct failover *failover);
int failover_status_run(struct context *context, GError **error);
extern const GOptionEntry failover_status_options[];
int failover_resume_run(struct context *context, GError **error);
int failover_revert_run(struct context *context, GError **error);
extern const GOptionEntry failover_resume_options[], failover_revert_options[];
