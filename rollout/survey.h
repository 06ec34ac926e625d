/* The survey: everything that a plan is made from (struct survey, plan.h), gathered at one moment.
 * Used by `rollout plan`, by `rollout start`, and by the conductor before every forward step. */
#pragma once

#include "data/journal.h"
#include "rollout/deploy.h"
#include "rollout/plan.h"

/* Where it is gathered from. Strings are copied, config and snapshot are referenced; the others
 * are borrowed until `done`, after which the survey needs none of them. */
struct survey_sources {
    struct config *config;
    struct snapshot *snapshot; /* the fleet as just read; NULL: not read */
    struct journal *journal;   /* NULL: there is none yet, so no operation either */
    const char *version;       /* as asked for */
    /* Where one of these is NULL, its `_error` says why, and the plan is refused with it. */
    struct releases *releases;
    const char *releases_error;
    struct deployer *deployer;
    const char *deployer_error;
    const struct aws_client *client; /* whose credentials are used; NULL: nobody's */
    const char *state_dir; /* a conductor at work there carries on with its own; NULL: none does */
};

/* `survey` is the callee's, for survey_free. NULL exactly when `error` is set: the journal could
 * not be read. All that is missing otherwise is in the survey, with its reason. */
typedef void (*survey_fn)(struct survey *survey, const GError *error, gpointer data);

/* Asks the deployer of every cell at the same time; releases and journal are local and read at
 * once. Never calls `done` from within. Takes no longer than deployer_deadline_ms. There is no
 * taking it back but deployer_free (then `done` never comes). */
void survey_make(const struct survey_sources *sources, survey_fn done, gpointer data);

void survey_free(struct survey *survey);
OWNABLE(survey, survey_free);

/* What earlier rollouts say, from their events, oldest first: for each cell the last version that
 * was verified there (it passed, it was gone back to, or it is what a plan recorded) and is not
 * `version`, into `verified` (cell id -> struct running *); and the commit that each version was
 * first planned at, into `pinned` (version -> commit); and how long each deploy took from its
 * intent until it was seen complete, into `deploys_ms` (gint64; NULL: nobody asks). */
bool survey_history(struct journal *journal, const char *version, GHashTable *verified,
                    GHashTable *pinned, GArray *deploys_ms, GError **error);
