/* The cells themselves: does each one's /healthcheck answer, and are its parts up? */
#include "data/base/when.h"
#include "data/probe.h"
#include "rollout/doctor_check.h"

#include <string.h>

struct asked {
    struct checkup *checkup;
    struct finding *finding;
};

static char *parts_down(const struct probe *probe)
{
    g_autoptr(GPtrArray) down = g_ptr_array_new();
    for (guint i = 0; i < probe->dependencies->len; i++) {
        const struct dependency *dependency = probe->dependencies->pdata[i];
        if (!dependency->up)
            g_ptr_array_add(down, dependency->name);
    }
    g_ptr_array_add(down, NULL);
    return g_strjoinv(", ", (char **)down->pdata);
}

static struct judgement judge_probe(const struct probe *probe)
{
    static const char fix[] = "curl -v ENDPOINT/healthcheck, from this machine";
    if (!probe->answered) {
        const char *colon = strstr(probe->error, ": "); /* past "GET URL" */
        return judge_failure(fix, "no health to be had: %s", colon ? colon + 2 : probe->error);
    }
    if (!probe_all_up(probe)) {
        g_autofree char *down = parts_down(probe);
        return judge_failure("this is the cell's own trouble: look there",
                             "answers, and is down: %s", down);
    }
    if (!probe->version)
        return judge_warning(fix, "answers without a version, so no deploy can be seen to arrive");
    return judge_ok("answering, all parts up, version %s", probe->version);
}

static void answered(int status, const char *body, const GError *error, gpointer data)
{
    struct asked *asked = data;
    struct probe *probe =
        probe_parse(status, body, error ? error->message : NULL, when_now_ms(), 0);
    finding_set(asked->finding, judge_probe(probe));
    probe_unref(probe);
    checkup_release(asked->checkup);
    g_free(asked);
}

void doctor_endpoints(struct checkup *checkup)
{
    const struct config *config = checkup->doctor->config;
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        g_autofree char *url = probe_url(cell);
        struct asked *asked = g_new(struct asked, 1);
        *asked = (struct asked){checkup, checkup_add(checkup, "%s", cell->id)};
        checkup_hold(checkup);
        aws_http_get(checkup->doctor->wish->client, url, DOCTOR_DEADLINE_MS, answered, asked);
    }
}
