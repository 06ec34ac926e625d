#include "data/feed_source.h"

#include "data/base/when.h"
#include "data/probe.h"

struct turn {
    gint64 mono_ms;
    bool sent;
    struct probe *probe;
};

static void begin(struct feed_source *source)
{
    struct turn *turn = g_new0(struct turn, 1);
    turn->mono_ms = when_mono_ms();
    source->turn = turn;
}

static bool ask(struct feed_source *source)
{
    struct turn *turn = source->turn;
    if (turn->sent)
        return false;
    turn->sent = true;
    g_autofree char *url = probe_url(source->feed->config->cells->pdata[source->cell]);
    source_get(source, url);
    return true;
}

static void answer(struct feed_source *source, int status, const char *body, const GError *error)
{
    struct turn *turn = source->turn;
    turn->probe = probe_parse(status, body, error ? error->message : NULL, source->asked_ms,
                              when_mono_ms() - turn->mono_ms);
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    struct cell_reading *reading = &source->feed->readings[source->cell];
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

const struct source_kind probe_source = {
    .begin = begin, .ask = ask, .answer = answer, .end = end, .due_ms = metrics_next_settled_ms};
