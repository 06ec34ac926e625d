#include "data/probe.h"

#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

static bool up(const char *body)
{
    struct probe *probe = probe_parse(200, body, NULL, 0, 0);
    bool all = probe_all_up(probe);
    probe_unref(probe);
    return all;
}

Test(probe, ok_true_alone_proves_nothing_and_only_true_means_up)
{
    cr_expect(up("{\"postgres\":true,\"redis\":true}"));
    cr_expect(up("{\"postgres\":true,\"redis\":true,\"redisInstances\":{\"cache\":true}}"));
    const char *not_up[] = {
        "{\"ok\":true,\"version\":\"5.0.2\"}",
        "{\"ok\":true,\"postgres\":true}",
        "{\"postgres\":true,\"redis\":false}",
        "{\"postgres\":\"ok\",\"redis\":true}",
        "{\"postgres\":1,\"redis\":true}",
        "{\"postgres\":true,\"redis\":true,\"redisInstances\":{\"cache\":true,\"bg\":false}}",
        "{\"postgres\":true,\"redis\":true,\"redisInstances\":{\"cache\":{\"ok\":true}}}",
        "{\"postgres\":true,\"redis\":true,\"redisInstances\":[true]}",
        "[]",
        "<html>ok</html>",
        "",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(not_up); i++)
        cr_expect(!up(not_up[i]), "%s", not_up[i]);
}

Test(probe, every_dependency_is_named_and_the_build_suffix_dropped)
{
    struct probe *probe =
        probe_parse(200,
                    "{\"version\":\"5.0.3-a1b2c3\",\"postgres\":true,\"redis\":false,"
                    "\"redisInstances\":{\"cache\":true}}",
                    NULL, 1000, 12);
    cr_expect(probe->answered);
    cr_expect_str_eq(probe->version, "5.0.3");
    cr_expect_eq(probe->took_ms, 12);
    const struct {
        const char *name;
        bool up;
    } want[] = {{"postgres", true}, {"redis", false}, {"redisInstances.cache", true}};
    cr_assert_eq(probe->dependencies->len, 3);
    for (guint i = 0; i < 3; i++) {
        const struct dependency *dependency = probe->dependencies->pdata[i];
        cr_expect_str_eq(dependency->name, want[i].name);
        cr_expect_eq(dependency->up, want[i].up);
    }
    probe_unref(probe);
}

Test(probe, what_is_no_answer_says_what_came_instead)
{
    const struct {
        int status;
        const char *body, *error, *want;
    } cases[] = {
        {503, "{\"postgres\":true,\"redis\":true}", NULL, "HTTP 503"},
        {302, "", NULL, "HTTP 302"},
        {0, NULL, "connection refused", "connection refused"},
        {200, "ok", NULL, "HTTP 200, but the body is no JSON object"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct probe *probe = probe_parse(cases[i].status, cases[i].body, cases[i].error, 0, 0);
        cr_expect(!probe->answered);
        cr_expect_str_eq(probe->error, cases[i].want);
        probe_unref(probe);
    }
}

Test(probe, the_endpoints_path_is_kept)
{
    struct config *config = small_fleet(NULL);
    g_autofree char *slash = probe_url(config_cell(config, "cell-dev"));
    g_autofree char *plain = probe_url(config_cell(config, "cell-eu"));
    cr_expect_str_eq(slash, "http://127.0.0.1:1/dev/healthcheck");
    cr_expect_str_eq(plain, "http://127.0.0.1:1/eu/healthcheck");
    config_unref(config);
}

Test(probe, the_last_sixteen_are_kept_oldest_first)
{
    GPtrArray *probes = NULL;
    for (int i = 0; i < 20; i++) {
        GPtrArray *longer = probes_append(probes, probe_new(i));
        g_clear_pointer(&probes, g_ptr_array_unref);
        probes = longer;
    }
    cr_assert_eq(probes->len, 16);
    cr_expect_eq(((struct probe *)probes->pdata[0])->at_ms, 4);
    cr_expect_eq(((struct probe *)probes->pdata[15])->at_ms, 19);
    g_ptr_array_unref(probes);
}
