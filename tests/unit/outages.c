/* Sources that could not be read, for people: each trouble told of once. */
#include "data/outages.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define NOW   G_GINT64_CONSTANT(1795489200000)
#define CALL  "CloudWatch GetMetricData in "
#define AGAIN "; get fresh credentials"

static struct snapshot *failed(const char *const (*sources)[2], size_t n)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading readings[4] = {0};
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(all, source_new(sources[i][0], SOURCE_ERROR, NOW - 5000, sources[i][1]));
    g_ptr_array_add(all, source_new("registry", SOURCE_OK, NOW, NULL));
    g_ptr_array_add(all, source_new("alarms x", SOURCE_WAITING, 0, NULL));
    const struct fleet_input input = {config, readings, NULL, all, 0, NULL};
    return fleet_fold(&input, NOW);
}

static const struct outage *nth(const GPtrArray *outages, guint at)
{
    return g_ptr_array_index(outages, at);
}

Test(outages, one_trouble_is_told_once_whatever_its_requests_were_and_another_one_by_itself)
{
    static const char *const sources[][2] = {
        {"metrics a", CALL "a: Expired (request 1f, attempt 3)" AGAIN},
        {"metrics b", CALL "b: no answer within 5 s (attempt 1: 2 s; attempt 2: 1 s); check it"},
        {"metrics c", CALL "c: Expired (request 2e, attempt 3)" AGAIN},
        {"metrics d", CALL "d: no answer within 5 s (attempt 1: 3 s; attempt 2: 1 s); check it"},
        {"metrics e", CALL "e: Throttling (request 3d)"},
        {"probe cell-1", "HTTP 500"}};
    OWN(snapshot) snapshot = failed(sources, G_N_ELEMENTS(sources));
    g_autoptr(GPtrArray) outages = outages_of(snapshot, false);
    cr_assert_eq(outages->len, 3);
    cr_expect_str_eq(nth(outages, 0)->names, "metrics a, metrics c");
    cr_expect_str_eq(nth(outages, 0)->why, "Expired (request 1f, attempt 3)" AGAIN);
    cr_expect_str_eq(nth(outages, 1)->names, "metrics b, metrics d");
    cr_expect_str_eq(nth(outages, 2)->names, "metrics e");
    cr_expect_str_eq(nth(outages, 2)->why, CALL "e: Throttling (request 3d)");
    cr_expect_str_eq(nth(outages, 2)->bare, "Throttling (request 3d)");
}

Test(outages, what_nobody_has_asked_yet_is_one_only_for_who_wants_an_answer_now)
{
    OWN(snapshot) snapshot = failed(NULL, 0);
    g_autoptr(GPtrArray) later = outages_of(snapshot, false);
    cr_expect_eq(later->len, 0);
    g_autoptr(GPtrArray) now = outages_of(snapshot, true);
    cr_assert_eq(now->len, 1);
    cr_expect_str_eq(nth(now, 0)->why, "no answer yet");
}
