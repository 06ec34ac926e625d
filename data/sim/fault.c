#include "data/sim/fault.h"

#include "data/base/error.h"
#include "data/sim/value.h"

struct sim_faults {
    GPtrArray *all; /* struct sim_fault * */
};

static const char *const kinds[SIM_FAULT_KINDS + 1] = {
    [SIM_THROTTLE] = "throttle", [SIM_ERROR500] = "error500", [SIM_HANG] = "hang",
    [SIM_LATE] = "late",         [SIM_RESET] = "reset",       [SIM_MISSING] = "missing",
    [SIM_HALF] = "half",         [SIM_DEAD] = "dead",
};

static void fault_free(struct sim_fault *fault)
{
    g_free(fault->service);
    g_free(fault->region);
    g_free(fault->cell);
    g_free(fault);
}

struct sim_faults *sim_faults_new(const json_t *timetable, gint64 start_ms, GError **error)
{
    OWN(sim_faults) faults = g_new0(struct sim_faults, 1);
    faults->all = g_ptr_array_new_with_free_func((GDestroyNotify)fault_free);
    size_t i;
    const json_t *fault;
    json_array_foreach (timetable, i, fault)
        if (!sim_faults_add(faults, fault, start_ms, error))
            return NULL;
    return g_steal_pointer(&faults);
}

void sim_faults_free(struct sim_faults *faults)
{
    g_ptr_array_unref(faults->all);
    g_free(faults);
}

static bool find_kind(const char *name, enum sim_fault_kind *kind)
{
    for (*kind = 0; *kind < SIM_FAULT_KINDS; (*kind)++)
        if (g_strcmp0(name, kinds[*kind]) == 0)
            return true;
    return false;
}

bool sim_faults_add(struct sim_faults *faults, const json_t *fault, gint64 base_ms, GError **error)
{
    const char *name = sim_text(fault, "kind", "none");
    enum sim_fault_kind kind;
    if (!find_kind(name, &kind)) {
        g_autofree char *known = g_strjoinv(", ", (char **)kinds);
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "fault of kind %s: expected one of %s", name,
                    known);
        return false;
    }
    struct sim_fault *made = g_new0(struct sim_fault, 1);
    made->kind = kind;
    const char *service = sim_text(fault, "service", "any");
    made->service = g_str_equal(service, "any") ? NULL : g_strdup(service);
    made->region = g_strdup(sim_text(fault, "region", NULL));
    made->cell = g_strdup(sim_text(fault, "cell", NULL));
    made->from_ms = base_ms + sim_duration(fault, "at", 0);
    gint64 for_ms = sim_duration(fault, "for", -1);
    made->until_ms = for_ms < 0 ? G_MAXINT64 : made->from_ms + for_ms;
    made->delay_ms = sim_duration(fault, "delay", 2000);
    g_ptr_array_add(faults->all, made);
    return true;
}

void sim_faults_clear(struct sim_faults *faults, gint64 now_ms)
{
    for (guint i = faults->all->len; i-- > 0;) {
        struct sim_fault *fault = faults->all->pdata[i];
        if (fault->from_ms >= now_ms)
            g_ptr_array_remove_index(faults->all, i);
        else
            fault->until_ms = MIN(fault->until_ms, now_ms);
    }
}

/* A fault that names a region or a cell is about nothing else; an unnamed one about all. */
static bool about(const char *named, const char *what)
{
    return !named || g_strcmp0(named, what) == 0;
}

const struct sim_fault *sim_fault_on(const struct sim_faults *faults, enum sim_fault_kind kind,
                                     const char *service, const char *region, const char *cell,
                                     gint64 at_ms)
{
    for (guint i = 0; i < faults->all->len; i++) {
        const struct sim_fault *fault = faults->all->pdata[i];
        if (fault->kind == kind && fault->from_ms <= at_ms && at_ms < fault->until_ms &&
            about(fault->service, service) && about(fault->region, region) &&
            about(fault->cell, cell))
            return fault;
    }
    return NULL;
}
