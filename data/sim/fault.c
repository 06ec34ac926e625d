#include "data/sim/fault.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/sim/value.h"

struct sim_faults {
    GPtrArray *all; /* struct sim_fault * */
};

static const char *const kinds[SIM_FAULT_KINDS + 1] = {
    [SIM_THROTTLE] = "throttle", [SIM_ERROR500] = "error500",   [SIM_ERROR503] = "error503",
    [SIM_DENIED] = "denied",     [SIM_EXPIRED] = "expired",     [SIM_SKEW] = "skew",
    [SIM_HANG] = "hang",         [SIM_LATE] = "late",           [SIM_RESET] = "reset",
    [SIM_LOST] = "lost",         [SIM_SLOW_BODY] = "slow_body", [SIM_HALF_BODY] = "half_body",
    [SIM_CUT_BODY] = "cut_body", [SIM_MISSING] = "missing",     [SIM_HALF] = "half",
    [SIM_DEAD] = "dead",         [SIM_BUSY] = "busy",           [SIM_MEDDLE] = "meddle",
};

/* Where a fault's texts go; the rest are durations and counts. */
static const struct {
    const char *key;
    size_t offset;
} texts[] = {
    {"service", G_STRUCT_OFFSET(struct sim_fault, about.service)},
    {"action", G_STRUCT_OFFSET(struct sim_fault, about.action)},
    {"region", G_STRUCT_OFFSET(struct sim_fault, about.region)},
    {"cell", G_STRUCT_OFFSET(struct sim_fault, about.cell)},
    {"account", G_STRUCT_OFFSET(struct sim_fault, about.account)},
    {"role", G_STRUCT_OFFSET(struct sim_fault, about.role)},
    {"tenant", G_STRUCT_OFFSET(struct sim_fault, tenant)},
};
static const char *const others[] = {"kind",   "at",   "for",   "delay", "by",
                                     "one_in", "skip", "calls", "set",   NULL};

static void fault_free(struct sim_fault *fault)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(G_STRUCT_MEMBER(char *, fault, texts[i].offset));
    json_decref(fault->set);
    g_free(fault);
}

struct sim_faults *sim_faults_new(const json_t *timetable, gint64 start_ms, GError **error)
{
    OWN(sim_faults) faults = g_new0(struct sim_faults, 1);
    faults->all = g_ptr_array_new_with_free_func((GDestroyNotify)fault_free);
    if (timetable && !sim_faults_add(faults, timetable, start_ms, error))
        return NULL;
    return g_steal_pointer(&faults);
}

void sim_faults_free(struct sim_faults *faults)
{
    g_ptr_array_unref(faults->all);
    g_free(faults);
}

const char *sim_fault_name(enum sim_fault_kind kind)
{
    return kinds[kind];
}

static bool find_kind(const json_t *fault, enum sim_fault_kind *kind, GError **error)
{
    const char *name = sim_text(fault, "kind", "none");
    for (*kind = 0; *kind < SIM_FAULT_KINDS; (*kind)++)
        if (g_str_equal(name, kinds[*kind]))
            return true;
    g_autofree char *known = g_strjoinv(", ", (char **)kinds);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "fault of kind %s: expected one of %s", name,
                known);
    return false;
}

/* A misspelt key would make a fault about everything. */
static bool keys_known(const json_t *fault, GError **error)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)fault, key, value) {
        bool known = g_strv_contains(others, key);
        for (size_t i = 0; i < G_N_ELEMENTS(texts) && !known; i++) {
            known = g_str_equal(texts[i].key, key);
            if (known && !json_is_string(value)) {
                g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                            "fault: %s must be text (quote an account's digits)", key);
                return false;
            }
        }
        if (!known) {
            g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "fault: unknown key %s", key);
            return false;
        }
    }
    return true;
}

/* "-10m" is ten minutes behind. */
static gint64 signed_duration(const json_t *fault, const char *key, gint64 otherwise_ms)
{
    const char *text = sim_text(fault, key, "");
    gint64 ms;
    if (*text == '-' && duration_parse(text + 1, &ms))
        return -ms;
    return sim_duration(fault, key, otherwise_ms);
}

static bool add_one(struct sim_faults *faults, const json_t *fault, gint64 base_ms, GError **error)
{
    enum sim_fault_kind kind;
    if (!find_kind(fault, &kind, error) || !keys_known(fault, error))
        return false;
    if (kind == SIM_MEDDLE &&
        (!sim_text(fault, "tenant", NULL) || !json_is_object(json_object_get(fault, "set")))) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "fault: meddle takes tenant and a map `set` of its attributes");
        return false;
    }
    struct sim_fault *made = g_new0(struct sim_fault, 1);
    made->kind = kind;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = sim_text(fault, texts[i].key, NULL);
        if (g_strcmp0(text, "any") != 0)
            G_STRUCT_MEMBER(char *, made, texts[i].offset) = g_strdup(text);
    }
    made->from_ms = base_ms + sim_duration(fault, "at", 0);
    gint64 for_ms = sim_duration(fault, "for", -1);
    made->until_ms = for_ms < 0 ? G_MAXINT64 : made->from_ms + for_ms;
    made->delay_ms = sim_duration(fault, "delay", 2 * WHEN_SECOND);
    made->skew_ms = signed_duration(fault, "by", 10 * WHEN_MINUTE);
    made->skip = (gint64)sim_number(fault, "skip", 0);
    made->set = json_incref(json_object_get(fault, "set"));
    made->one_in = MAX(1, (gint64)sim_number(fault, "one_in", 1));
    made->calls = (gint64)sim_number(fault, "calls", (double)G_MAXINT32);
    g_ptr_array_add(faults->all, made);
    return true;
}

bool sim_faults_add(struct sim_faults *faults, const json_t *fault, gint64 base_ms, GError **error)
{
    if (!json_is_array(fault))
        return add_one(faults, fault, base_ms, error);
    size_t i;
    const json_t *one;
    json_array_foreach (fault, i, one)
        if (!add_one(faults, one, base_ms, error))
            return false;
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
static bool names(const char *named, const char *what)
{
    return !named || g_strcmp0(named, what) == 0;
}

static bool is_on(const struct sim_fault *fault, enum sim_fault_kind kind,
                  const struct sim_subject *subject, gint64 at_ms)
{
    return fault->kind == kind && fault->from_ms <= at_ms && at_ms < fault->until_ms &&
           fault->struck < fault->calls && names(fault->about.service, subject->service) &&
           names(fault->about.action, subject->action) &&
           names(fault->about.region, subject->region) && names(fault->about.cell, subject->cell) &&
           names(fault->about.account, subject->account) && names(fault->about.role, subject->role);
}

const struct sim_fault *sim_fault_on(const struct sim_faults *faults, enum sim_fault_kind kind,
                                     const struct sim_subject *subject, gint64 at_ms)
{
    for (guint i = 0; i < faults->all->len; i++)
        if (is_on(faults->all->pdata[i], kind, subject, at_ms))
            return faults->all->pdata[i];
    return NULL;
}

const struct sim_fault *sim_fault_strikes(struct sim_faults *faults, enum sim_fault_kind kind,
                                          const struct sim_subject *subject, gint64 now_ms)
{
    for (guint i = 0; i < faults->all->len; i++) {
        struct sim_fault *fault = faults->all->pdata[i];
        if (!is_on(fault, kind, subject, now_ms))
            continue;
        gint64 place = fault->seen++ - fault->skip;
        if (place < 0 || place % fault->one_in != 0)
            continue;
        fault->struck++;
        return fault;
    }
    return NULL;
}
