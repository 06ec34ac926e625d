#include "data/base/when.h"
#include "data/feed_source.h"
#include "data/probe.h"

struct turn {
    gint64 mono_ms;
    struct probe *probe;
};

static guint cell_of(const struct feed_source *source)
{
    return g_array_index(source->cells, guint, 0);
}

static void take(struct feed_source *source, int status, const char *body, const GError *error)
{
    struct turn *turn = source->turn;
    turn->probe = probe_parse(status, body, error ? error->message : NULL, source->asked_ms,
                              when_mono_ms() - turn->mono_ms);
}

static void begin(struct feed_source *source)
{
    struct turn *turn = g_new0(struct turn, 1);
    turn->mono_ms = when_mono_ms();
    source->turn = turn;
    g_autofree char *url = probe_url(source->feed->config->cells->pdata[cell_of(source)]);
    source_get(source, url, take);
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    struct cell_reading *reading = &source->feed->readings[cell_of(source)];
    char *error = NULL;
    if (keep && turn->probe) {
        error = turn->probe->answered ? NULL : g_strdup(turn->probe->error);
        GPtrArray *probes = probes_append(reading->probes, g_steal_pointer(&turn->probe));
        g_clear_pointer(&reading->probes, g_ptr_array_unref);
        reading->probes = probes;
    }
    probe_unref(turn->probe);
    g_free(turn);
    return error;
}

static gint64 due_ms(const struct feed *feed, gint64 asked_ms)
{
    return metrics_next_settled_ms(feed->config, asked_ms);
}

const struct source_kind probe_source = {.begin = begin, .end = end, .due_ms = due_ms};
