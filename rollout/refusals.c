/* Why a plan may not start (rollout.md, "Plan"): one function a rule, in the order in which people
 * would want to hear of them. */
#include "rollout/refusals.h"

#include "data/base/error.h"

#include <string.h>

static const char *const kind_names[] = {
    [REFUSE_UNKNOWN_RELEASE] = "unknown_release",
    [REFUSE_TAG_MOVED] = "tag_moved",
    [REFUSE_CELL_TWICE] = "cell_twice",
    [REFUSE_CELL_NOWHERE] = "cell_nowhere",
    [REFUSE_PRODUCTION_FIRST] = "production_first",
    [REFUSE_CELL_UNHEALTHY] = "cell_unhealthy",
    [REFUSE_CELL_ALARM] = "cell_alarm",
    [REFUSE_CELL_BUSY] = "cell_busy",
    [REFUSE_SKIPS_MINOR] = "skips_minor",
    [REFUSE_VERSION_HELD] = "version_held",
    [REFUSE_NOT_READ] = "not_read",
    [REFUSE_NO_WAVES] = "no_waves",
    [REFUSE_CLOCK] = "clock",
    [REFUSE_CREDENTIALS] = "credentials",
    [REFUSE_WINDOW] = "window",
};

const char *refusal_kind_name(enum refusal_kind kind)
{
    return kind_names[kind];
}

bool refusal_kind_parse(const char *name, enum refusal_kind *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kind_names); i++) {
        if (strcmp(kind_names[i], name) != 0)
            continue;
        *kind = (enum refusal_kind)i;
        return true;
    }
    return false;
}

enum way_out refusal_way_out(enum refusal_kind kind)
{
    static const enum way_out ways[] = {
        [REFUSE_CELL_UNHEALTHY] = WAY_FIXES,
        [REFUSE_CELL_ALARM] = WAY_FIXES,
        [REFUSE_VERSION_HELD] = WAY_RETRY_FAILED,
        [REFUSE_CREDENTIALS] = WAY_ATTENDED,
    };
    return (size_t)kind < G_N_ELEMENTS(ways) ? ways[kind] : WAY_NONE;
}

void refuse(struct asking *asking, enum refusal_kind kind, const char *cell, const char *format,
            ...)
{
    va_list args;
    va_start(args, format);
    struct refusal *refusal = g_new0(struct refusal, 1);
    refusal->kind = kind;
    refusal->cell = g_strdup(cell);
    refusal->why = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(asking->refusals, refusal);
}

void each_cell(struct asking *asking, cell_fn fn)
{
    for (guint i = 0; i < asking->plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(asking->plan->waves, i);
        for (guint j = 0; j < wave->cells->len; j++)
            fn(asking, g_ptr_array_index(wave->cells, j));
    }
}

typedef void (*check_fn)(struct asking *asking);

static const check_fn at_planning[] = {
    release_is_known,        tag_is_where_it_was, version_is_not_held, there_are_waves,
    every_cell_has_one_wave, every_wave_opens,    everything_was_read, first_wave_is_no_production,
    minors_are_not_skipped,  cells_are_well,      cells_are_free,      clock_is_right,
    credentials_last,
};

void refusals_find(const struct plan *plan, const struct survey *survey,
                   const struct plan_options *options, GPtrArray *refusals)
{
    struct asking asking = {plan, survey, options, NULL, refusals};
    for (size_t i = 0; i < G_N_ELEMENTS(at_planning); i++)
        at_planning[i](&asking);
}

static const check_fn when_running[] = {
    release_is_known,
    commit_is_the_plans,
    version_is_not_held,
    registry_is_whole,
    first_wave_is_no_production,
    minors_are_not_skipped,
    cells_are_in_no_rollout,
    clock_is_right,
};

char *plan_check_again(const struct plan *plan, const struct survey *survey, const char *own,
                       bool *unread)
{
    g_autoptr(GPtrArray) refusals = g_ptr_array_new();
    struct asking asking = {plan, survey, NULL, own, refusals};
    g_ptr_array_set_free_func(refusals, (GDestroyNotify)refusal_free);
    for (size_t i = 0; i < G_N_ELEMENTS(when_running); i++)
        when_running[i](&asking);
    const struct refusal *worst = NULL;
    for (guint i = 0; i < refusals->len; i++) {
        const struct refusal *refusal = g_ptr_array_index(refusals, i);
        if (!worst || (worst->kind == REFUSE_NOT_READ && refusal->kind != REFUSE_NOT_READ))
            worst = refusal;
    }
    *unread = worst && worst->kind == REFUSE_NOT_READ;
    return worst ? g_strdup(worst->why) : NULL;
}

int refusals_exit_code(const GPtrArray *refusals)
{
    for (guint i = 0; i < refusals->len; i++)
        if (((const struct refusal *)g_ptr_array_index(refusals, i))->kind != REFUSE_CELL_BUSY)
            return CD_ERROR_REFUSED;
    return refusals->len > 0 ? CD_ERROR_BUSY : 0;
}
