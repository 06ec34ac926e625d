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

static struct probe *told(gint64 at_ms, bool answers)
{
    const char *body =
        "{\"ok\": true, \"version\": \"5.0.2\", \"postgres\": true, \"redis\": true}";
    return probe_parse(answers ? 200 : 503, answers ? body : "", NULL, at_ms, 1);
}

/* `up` probes of a cell that is well, and then `down` of one that is not, a millisecond each. */
static GPtrArray *up_then_down(int up, int down)
{
    GPtrArray *probes = NULL;
    for (int i = 0; i < up + down; i++) {
        GPtrArray *longer = probes_append(probes, told(i, i < up));
        g_clear_pointer(&probes, g_ptr_array_unref);
        probes = longer;
    }
    return probes;
}

static gint64 at_ms(const GPtrArray *probes, guint i)
{
    return ((const struct probe *)probes->pdata[i])->at_ms;
}

Test(probe, the_last_sixteen_are_kept_oldest_first)
{
    g_autoptr(GPtrArray) probes = up_then_down(20, 0);
    cr_assert_eq(probes->len, 16);
    cr_expect_eq(at_ms(probes, 0), 4);
    cr_expect_eq(at_ms(probes, 15), 19);
}

Test(probe, of_a_cell_that_is_down_for_long_the_last_that_it_told_and_the_first_miss_are_kept)
{
    g_autoptr(GPtrArray) probes = up_then_down(20, 500);
    cr_assert_eq(probes->len, 16);
    cr_expect_eq(at_ms(probes, 0), 19, "the last answer");
    cr_expect_str_eq(((const struct probe *)probes->pdata[0])->version, "5.0.2");
    cr_expect_eq(at_ms(probes, 1), 20, "the first miss");
    cr_expect_eq(at_ms(probes, 2), 506, "and the last fourteen");
    cr_expect_eq(at_ms(probes, 15), 519);
}

Test(probe, of_a_cell_that_never_answered_the_first_miss_is_kept)
{
    g_autoptr(GPtrArray) probes = up_then_down(0, 500);
    cr_assert_eq(probes->len, 16);
    cr_expect_eq(at_ms(probes, 0), 0);
    cr_expect_eq(at_ms(probes, 1), 485);
}

static GPtrArray *misses(gint64 from_ms, int n)
{
    GPtrArray *probes = NULL;
    for (int i = 0; i < n; i++) {
        GPtrArray *longer = probes_append(probes, told(from_ms + i, false));
        g_clear_pointer(&probes, g_ptr_array_unref);
        probes = longer;
    }
    return probes;
}

Test(probe, who_begins_on_a_dead_cell_knows_by_others_what_it_ran_and_since_when_it_is_dead)
{
    g_autoptr(GPtrArray) before = up_then_down(20, 500);
    g_autoptr(GPtrArray) own = misses(1000, 40);
    g_autoptr(GPtrArray) all = probes_after(before, own);
    cr_assert_eq(all->len, 16);
    cr_expect_eq(at_ms(all, 0), 19, "the last answer");
    cr_expect_eq(at_ms(all, 1), 20, "the first miss");
    cr_expect_eq(at_ms(all, 2), 1026, "and the last fourteen");
    cr_expect_eq(at_ms(all, 15), 1039);
}

Test(probe, what_others_read_later_than_ones_own_is_left_out)
{
    g_autoptr(GPtrArray) before = up_then_down(2, 5);
    g_autoptr(GPtrArray) own = misses(3, 2);
    g_autoptr(GPtrArray) all = probes_after(before, own);
    cr_assert_eq(all->len, 5);
    for (guint i = 0; i < all->len; i++)
        cr_expect_eq(at_ms(all, i), i);
    g_autoptr(GPtrArray) alone = probes_after(NULL, own);
    cr_expect_eq(alone->len, 2);
}
