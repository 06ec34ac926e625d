/* What stands against a release, or against the waves that it is to go through. */
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "rollout/refusals.h"

#include <stdlib.h>
#include <string.h>

void release_is_known(struct asking *asking)
{
    const struct survey *survey = asking->survey;
    if (!survey->release)
        refuse(asking, REFUSE_UNKNOWN_RELEASE, NULL, "%s is no known release: %s", survey->version,
               survey->release_error ? survey->release_error
                                     : "`celldeck releases` lists those there are");
}

void tag_is_where_it_was(struct asking *asking)
{
    const struct survey *survey = asking->survey;
    if (!survey->release || !survey->pinned)
        return;
    const char *pinned = g_hash_table_lookup(survey->pinned, survey->release->version);
    if (pinned && strcmp(pinned, survey->release->commit) != 0)
        refuse(asking, REFUSE_TAG_MOVED, NULL,
               "tag %s moved: an earlier rollout had it at %.12s, now it points to %.12s; tag the "
               "new commit as a release of its own",
               survey->release->tag, pinned, survey->release->commit);
}

/* A version that failed stays held, whatever went well before or after (invariant 13). */
void version_is_not_held(struct asking *asking)
{
    const GPtrArray *operations = asking->survey->operations;
    if (FAULT_SWITCH(HELD_VERSION_FORGOTTEN))
        return;
    for (guint i = 0; operations && !asking->plan->retry_failed && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        bool failed = operation->state && (strcmp(operation->state, "failed") == 0 ||
                                           strcmp(operation->state, "failing") == 0);
        if (!failed || g_strcmp0(operation->kind, "rollout") != 0 ||
            g_strcmp0(operation->id, asking->own) == 0 ||
            !versions_alike(operation->subject, asking->plan->version))
            continue;
        g_autofree char *when = when_rfc3339(operation->started_ms / WHEN_SECOND * WHEN_SECOND);
        refuse(asking, REFUSE_VERSION_HELD, NULL, "%s failed in %s (%s, %s) and is held fleet-wide",
               asking->plan->version, operation->id, operation->actor ? operation->actor : "?",
               when);
        return;
    }
}

static bool major_minor(const char *version, long *major, long *minor)
{
    char *end = NULL;
    *major = strtol(version + (*version == 'v'), &end, 10);
    if (*end != '.')
        return false;
    *minor = strtol(end + 1, &end, 10);
    return true;
}

static void no_minor_is_skipped(struct asking *asking, const struct plan_cell *cell)
{
    long from_major, from_minor, to_major, to_minor;
    if (!asking->survey->config->releases.no_skip_minor || !cell->from ||
        !major_minor(cell->from, &from_major, &from_minor) ||
        !major_minor(asking->plan->version, &to_major, &to_minor))
        return;
    bool skips = to_major == from_major
                     ? to_minor > from_minor + 1
                     : to_major > from_major + 1 || (to_major == from_major + 1 && to_minor > 0);
    if (skips)
        refuse(asking, REFUSE_SKIPS_MINOR, cell->id,
               "%s runs %s, and %s skips a minor version (releases.no_skip: minor); roll out the "
               "one in between first",
               cell->id, cell->from, asking->plan->version);
}

void minors_are_not_skipped(struct asking *asking)
{
    each_cell(asking, no_minor_is_skipped);
}

void there_are_waves(struct asking *asking)
{
    if (asking->plan->waves->len == 0)
        refuse(asking, REFUSE_NO_WAVES, NULL,
               "celldeck.yaml has no waves; add `waves:` with at least one");
    for (guint i = 0; i < asking->plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(asking->plan->waves, i);
        if (wave->cells->len == 0)
            refuse(asking, REFUSE_NO_WAVES, NULL,
                   "wave %s has no cells; give it some or take it out of celldeck.yaml",
                   wave->name);
    }
}

void every_cell_has_one_wave(struct asking *asking)
{
    const struct config *config = asking->survey->config;
    for (guint i = 0; config->waves->len > 0 && i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        bool excluded;
        int n = waves_of_cell(config, cell, &excluded);
        if (n > 1)
            refuse(asking, REFUSE_CELL_TWICE, cell->id,
                   "%s is in %d waves; `exclude` it from all but one", cell->id, n);
        else if (n == 0 && !excluded)
            refuse(asking, REFUSE_CELL_NOWHERE, cell->id,
                   "%s is in no wave; put it into one, or `exclude` it by name", cell->id);
    }
}

void every_wave_opens(struct asking *asking)
{
    for (guint i = 0; i < asking->plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(asking->plan->waves, i);
        const struct calendar calendar = plan_calendar(asking->plan, wave);
        if (wave->window && calendar_opens_ms(&calendar, asking->survey->now_ms) == 0)
            refuse(asking, REFUSE_WINDOW, NULL,
                   "wave %s never opens (`window: %s`): is its time zone known on this machine "
                   "(package tzdata)?",
                   wave->name, window_text(wave->window));
    }
}

void commit_is_the_plans(struct asking *asking)
{
    const struct release *release = asking->survey->release;
    if (release && g_strcmp0(release->commit, asking->plan->commit) != 0)
        refuse(asking, REFUSE_TAG_MOVED, NULL,
               "tag %s moved: the plan has commit %.12s, it points to %.12s now; abort, and plan "
               "the release anew",
               asking->plan->tag, asking->plan->commit, release->commit);
}
