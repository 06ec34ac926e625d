#include "data/probe.h"

#include "data/releases.h"

#include <string.h>

#define PROBES_KEPT 16

static void dependency_free(gpointer p)
{
    struct dependency *dependency = p;
    g_free(dependency->name);
    g_free(dependency);
}

struct probe *probe_new(gint64 at_ms)
{
    struct probe *probe = g_atomic_rc_box_new0(struct probe);
    probe->at_ms = at_ms;
    probe->dependencies = g_ptr_array_new_with_free_func(dependency_free);
    return probe;
}

static void probe_clear(gpointer p)
{
    struct probe *probe = p;
    g_free(probe->error);
    g_free(probe->version);
    g_free(probe->cell);
    g_ptr_array_unref(probe->dependencies);
}

struct probe *probe_ref(struct probe *probe)
{
    return g_atomic_rc_box_acquire(probe);
}

void probe_unref(struct probe *probe)
{
    if (probe)
        g_atomic_rc_box_release_full(probe, probe_clear);
}

void probe_add_dependency(struct probe *probe, const char *name, bool up)
{
    struct dependency *dependency = g_new(struct dependency, 1);
    *dependency = (struct dependency){g_strdup(name), up};
    g_ptr_array_add(probe->dependencies, dependency);
}

bool probe_all_up(const struct probe *probe)
{
    for (guint i = 0; i < probe->dependencies->len; i++)
        if (!((const struct dependency *)probe->dependencies->pdata[i])->up)
            return false;
    return probe->answered && probe->dependencies->len > 0;
}

char *probe_url(const struct cell_config *cell)
{
    size_t length = strlen(cell->endpoint);
    while (length > 0 && cell->endpoint[length - 1] == '/')
        length--;
    return g_strdup_printf("%.*s/healthcheck", (int)length, cell->endpoint);
}

static void read_dependencies(struct probe *probe, const json_t *doc)
{
    static const char *const always[] = {"postgres", "redis"};
    for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
        probe_add_dependency(probe, always[i], json_is_true(json_object_get(doc, always[i])));
    json_t *instances = json_object_get(doc, "redisInstances");
    if (instances && !json_is_object(instances))
        probe_add_dependency(probe, "redisInstances", json_is_true(instances));
    const char *key;
    json_t *value;
    json_object_foreach (instances, key, value) {
        g_autofree char *name = g_strconcat("redisInstances.", key, NULL);
        probe_add_dependency(probe, name, json_is_true(value));
    }
}

static void read_body(struct probe *probe, const char *body)
{
    json_error_t where;
    OWN_JSON doc = json_loads(body ? body : "", 0, &where);
    if (!json_is_object(doc)) {
        probe->error = g_strdup("HTTP 200, but the body is no JSON object");
        return;
    }
    probe->answered = true;
    const char *version = json_string_value(json_object_get(doc, "version"));
    if (version && *version)
        probe->version = version_plain(version);
    const char *cell = json_string_value(json_object_get(doc, "cell"));
    if (cell && *cell)
        probe->cell = g_strdup(cell);
    read_dependencies(probe, doc);
}

struct probe *probe_parse(int status, const char *body, const char *error, gint64 at_ms,
                          gint64 took_ms)
{
    struct probe *probe = probe_new(at_ms);
    probe->took_ms = took_ms;
    if (status == 200)
        read_body(probe, body);
    else if (status)
        probe->error = g_strdup_printf("HTTP %d", status);
    else
        probe->error = g_strdup(error ? error : "no answer");
    return probe;
}

static void release(gpointer probe)
{
    probe_unref(probe);
}

static bool tells_version(const struct probe *probe)
{
    return probe->answered && probe->version;
}

/* The newest before `end` that is so; `end` where none is. */
static guint newest_that(const GPtrArray *probes, guint end,
                         bool (*is_so)(const struct probe *probe))
{
    for (guint i = end; i > 0; i--)
        if (is_so(probes->pdata[i - 1]))
            return i - 1;
    return end;
}

/* The oldest that nothing is lost with. */
static guint least_telling(const GPtrArray *probes)
{
    guint up = newest_that(probes, probes->len, probe_all_up);
    guint told = newest_that(probes, probes->len, tells_version);
    guint bad = up < probes->len ? up + 1 : 0; /* since when it is bad */
    for (guint i = 0; i < probes->len; i++)
        if (i != up && i != told && i != bad)
            return i;
    return 0;
}

GPtrArray *probes_append(const GPtrArray *old, struct probe *probe)
{
    GPtrArray *probes = g_ptr_array_new_full(PROBES_KEPT + 1, release);
    for (guint i = 0; old && i < old->len; i++)
        g_ptr_array_add(probes, probe_ref(old->pdata[i]));
    g_ptr_array_add(probes, probe);
    while (probes->len > PROBES_KEPT)
        g_ptr_array_remove_index(probes, least_telling(probes));
    return probes;
}

GPtrArray *probes_after(const GPtrArray *before, const GPtrArray *probes)
{
    GPtrArray *all = g_ptr_array_new_full(PROBES_KEPT + 1, release);
    gint64 from_ms = ((const struct probe *)probes->pdata[0])->at_ms;
    for (guint i = 0; before && i < before->len; i++)
        if (((const struct probe *)before->pdata[i])->at_ms < from_ms)
            g_ptr_array_add(all, probe_ref(before->pdata[i]));
    for (guint i = 0; i < probes->len; i++)
        g_ptr_array_add(all, probe_ref(probes->pdata[i]));
    while (all->len > PROBES_KEPT)
        g_ptr_array_remove_index(all, least_telling(all));
    return all;
}

bool probe_tells_all(const struct probe *probe)
{
    return probe_all_up(probe) && tells_version(probe);
}
