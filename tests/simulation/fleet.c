/* celldeck.yaml of a seed's fleet, written and read by the product's own reader. */
#include "tests/simulation/sim.h"

#include <glib/gstdio.h>

static const char *class_of(const struct sim *sim, int i)
{
    if (i == 0)
        return "dev";
    if (sim->n_cells >= 4 && i == sim->n_cells - 1)
        return "dr";
    return sim->n_cells >= 4 && i == sim->n_cells - 2 ? "dedicated" : "shared";
}

static void add_cells(const struct sim *sim, GRand *dice, GString *text)
{
    g_string_append(text, "cells:\n");
    for (int i = 0; i < sim->n_cells; i++) {
        const char *class = class_of(sim, i);
        bool closed = sim_between(dice, 0, 9) == 0, dr = g_str_equal(class, "dr");
        if (!sim->cells[i].in_config)
            continue;
        g_string_append_printf(text,
                               "  c%d: {class: %s, residency: US, endpoint: 'http://c%d.example', "
                               "max_users: 1000, max_patients: 10%s}\n",
                               i, class, i, closed ? ", rollback_window: closed" : "");
        if (dr) {
            g_string_truncate(text, text->len - 2);
            g_string_append_printf(text, ", stands_by_for: c%d}\n", i - 1);
        }
    }
}

/* For some waves, one that is shut for half an hour of the next two. It has dice of its own: the
 * fleet is the same with it and without. */
static char *window(const struct sim *sim, const char *class)
{
    GRand *dice = g_rand_new_with_seed(sim->run.options.seed ^ g_str_hash(class));
    gint64 minute = sim->began_ms / WHEN_MINUTE + sim_between(dice, 0, 90);
    bool any = sim_between(dice, 0, 3) == 0;
    int shut = (int)(minute % (24 * 60)), open = (int)((minute + 30) % (24 * 60));
    g_rand_free(dice);
    return any ? g_strdup_printf(", window: 'Mon-Sun %02d:%02d-%02d:%02d UTC'", open / 60,
                                 open % 60, shut / 60, shut % 60)
               : g_strdup("");
}

static void add_wave(const struct sim *sim, GRand *dice, GString *text, const char *class,
                     int least_minutes)
{
    static const char *const on_fail[] = {"rollback_cell", "rollback_cell", "rollback_cell",
                                          "rollback_wave", "rollback_all"};
    static const char *const approval[] = {"", "", ", approval: {by: 1}",
                                           ", approval: {by: 1, not_requester: true, expires: 40m}",
                                           ", approval: {by: 2, not_requester: true}"};
    g_autofree char *times = window(sim, class);
    int in_flight = (int)sim_between(dice, 1, 2), failed = sim_between(dice, 0, 3) == 0;
    g_string_append_printf(
        text,
        "  - {name: %s, class: %s, bake: %dm, max_in_flight: %d, max_failed: %d, on_fail: %s%s%s%s}\n",
        class, class, least_minutes + (int)sim_between(dice, 0, 4), in_flight, failed,
        on_fail[sim_between(dice, 0, 4)],
        approval[g_str_equal(class, "dev") ? 0 : sim_between(dice, 0, 4)],
        g_str_equal(class, "dev") ? ", low_traffic: pass, production: true" : "", times);
}

/* The dice fall for a wave that has lost its cells too, so that the others stay as they are. */
static void add_wave_of(const struct sim *sim, GRand *dice, GString *text, const char *class,
                        int least_minutes)
{
    g_autoptr(GString) wave = g_string_new(NULL);
    bool any = false;
    add_wave(sim, dice, wave, class, least_minutes);
    for (int i = 0; i < sim->n_cells; i++)
        any = any || (sim->cells[i].in_config && g_str_equal(class_of(sim, i), class));
    if (any)
        g_string_append(text, wave->str);
}

static char *yaml(const struct sim *sim)
{
    GRand *dice = g_rand_new_with_seed(sim->run.options.seed ^ 0x5eed);
    bool shared = sim->run.options.own[OWN_STORE] == STORE_DYNAMODB;
    GString *text = g_string_new("name: simulated\naws: {region: us-east-1}\n");
    g_string_append(text, "releases: {repo: /nowhere}\n"
                          "deploy: {driver: exec, exec: {command: ['true'], timeout: 6m}}\n"
                          "gates: {warmup: 1m, min_requests: 300, deadline: 6m}\n");
    g_string_append_printf(text, "journal: {lease: 30s%s}\n",
                           shared ? ", store: dynamodb, table: celldeck-journal" : "");
    add_cells(sim, dice, text);
    g_string_append(text, "waves:\n");
    add_wave_of(sim, dice, text, "dev", 7);
    add_wave_of(sim, dice, text, "shared", 7);
    add_wave_of(sim, dice, text, "dedicated", 8);
    g_rand_free(dice);
    return g_string_free(text, FALSE);
}

void fleet_configure(struct sim *sim)
{
    g_autofree char *text = yaml(sim);
    g_autofree char *path = g_build_filename(sim->dir, "celldeck.yaml", NULL);
    g_autoptr(GError) error = NULL;
    g_unlink(path); /* what is written over keeps its old end */
    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error))
        g_error("%s", error->message);
    struct config *config = config_load(path, &error);
    if (!config)
        g_error("the simulated fleet's file is refused: %s\n%s", error->message, text);
    if (sim->config)
        config_unref(sim->config);
    sim->config = config;
    if (!sim->whole)
        sim->whole = config_ref(config);
}

void fleet_begin(struct sim *sim)
{
    if (sim->n_cells < 3 || sim->run.options.seed % 5 || sim->run.options.most[ON_FLEET] == 0)
        return;
    sim->cells[1].in_config = false;
    fleet_configure(sim);
}
