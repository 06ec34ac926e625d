/* What every command begins with: its options, celldeck.yaml, the journal, one reading of the
 * fleet. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"
#include "data/journal.h"
#include "data/poller.h"
#include "rollout/failover_origins.h"
#include "rollout/person.h"
#include "tui/commands/out.h"

/* The forms beside plain text that a command's answer may take; it knows no option for others. */
enum context_forms { FORM_TEXT = 0, FORM_JSON = 1, FORM_CSV = 2 };

struct context {
    /* Set by the command before context_parse. */
    const char *about;        /* what it does, a line of its --help */
    enum context_forms forms; /* or'ed */
    /* From the command line. */
    char *config_path;
    gboolean json, csv, no_color, ascii;
    gconstpointer options; /* a subcommand's own (subcommand.h), or NULL */
    char **args;           /* what is left: arguments without a dash; never NULL */
    /* Opened on demand. */
    struct out_style style;
    struct config *config;
    char *state_dir;
    bool personal;
    struct journal *journal;
    struct journal_follower *follower; /* of a shared journal, or NULL */
    struct aws_client *client;
    bool consistent;         /* set by a command that acts on what context_read_fleet reads */
    struct poller_seen seen; /* by context_read_fleet */
    struct person person;    /* by context_person */
};

/* Parses `own` options (may be NULL) and the common ones -c, --no-color, --ascii, and --json and
 * --csv where the command has such an answer.
 * `usage` is what follows the command's name in --help. Prints help and exits for --help.
 * False with CD_ERROR_USAGE where the command line is wrong: fewer than `min_args` or more than
 * `max_args` arguments too. Release with context_clear either way. */
bool context_parse(struct context *context, int argc, char **argv, const GOptionEntry *own,
                   const char *usage, int min_args, int max_args, GError **error);
void context_clear(struct context *context);

bool context_open_config(struct context *context, GError **error);
/* Opens celldeck.yaml too, where it isn't open yet. */
bool context_open_journal(struct context *context, GError **error);
/* Where moved tenants came from, by the journal, which is opened where it isn't yet. NULL, having
 * said why on stderr, where it can't be read: what is then said of where tenants may go is not all
 * of it, and the exit code CD_ERROR_SOURCE. New reference. */
struct origins *context_read_origins(struct context *context);
/* Refuses (CD_ERROR_REFUSED) on a host that may look but not act: journal.host. */
bool context_may_act(struct context *context, GError **error);
struct aws_client *context_client(struct context *context);
/* Whom AWS takes us for; waits for a few seconds at most. Both NULL, with an error, where it can't
 * be told. Caller frees `arn` and `account`, either of which may be NULL if it is not wanted. */
bool context_whoami(struct context *context, char **arn, char **account, GError **error);
/* Who acts: login, SSH address and, where AWS can be asked, ARN. Borrowed from the context. */
struct person context_person(struct context *context);

/* Asks every source once, for no more of the past than judging needs (feed_brief), and waits for
 * the answers. Never NULL. New reference. */
struct snapshot *context_read_fleet(struct context *context);

/* 7 if a source of the snapshot could not be read, else 0; says on stderr which and why, sources
 * with one trouble in one message. */
int context_sources_exit_code(const struct snapshot *snapshot);

/* Lets the person type `word` after the blast radius has been printed; `what` is what that does:
 * "abort r7". True at once where `yes`.
 * CD_ERROR_USAGE without a terminal, CD_ERROR_REFUSED if something else was typed. */
bool context_confirm(bool yes, const char *what, const char *word, GError **error);
