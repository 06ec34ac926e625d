#include "data/alarms.h"

#include "data/base/error.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

static struct config *config;
static GPtrArray *alarms;
static char *token;

static void begin(void)
{
    config = small_fleet(NULL);
    alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
}

static void end(void)
{
    g_ptr_array_unref(alarms);
    g_free(token);
    config_unref(config);
}

TestSuite(alarms, .init = begin, .fini = end);

static bool take(const char *page, GError **error)
{
    OWN_JSON reply = json_loads(page, 0, NULL);
    cr_assert(reply);
    return alarms_take(config, reply, alarms, &token, error);
}

Test(alarms, metric_and_composite_alarms_are_read_with_state_time_and_reason)
{
    cr_assert(take("{\"MetricAlarms\":[{\"AlarmName\":\"errors\",\"StateValue\":\"ALARM\","
                   "\"StateReason\":\"too many\",\"StateUpdatedTimestamp\":1764000000.5,"
                   "\"Dimensions\":[{\"Name\":\"Other\",\"Value\":\"cell-dev\"},"
                   "{\"Name\":\"CellId\",\"Value\":\"cell-eu\"}]}],"
                   "\"CompositeAlarms\":[{\"AlarmName\":\"cell-1-dr.all\",\"StateValue\":\"OK\","
                   "\"StateUpdatedTimestamp\":\"2025-11-24T16:00:00Z\"}],\"NextToken\":\"more\"}",
                   NULL));
    cr_assert_eq(alarms->len, 2);
    const struct alarm *metric = alarms->pdata[0], *composite = alarms->pdata[1];
    cr_expect_str_eq(metric->cell, "cell-eu");
    cr_expect_eq(metric->state, ALARM_ALARM);
    cr_expect_eq(metric->since_ms, 1764000000500);
    cr_expect_str_eq(metric->reason, "too many");
    cr_expect_str_eq(composite->cell, "cell-1-dr");
    cr_expect_eq(composite->since_ms, 1764000000000);
    cr_expect_str_eq(token, "more");
}

Test(alarms, the_dimension_names_the_cell_else_the_longest_id_the_name_starts_with)
{
    const struct {
        const char *name, *alarm, *cell;
    } cases[] = {
        {"cell-1-dr-lag", "{}", "cell-1-dr"},
        {"cell-1-lag", "{}", "cell-1"},
        {"cell-2-lag", "{}", NULL},
        {"cell-1-lag", "{\"Dimensions\":[{\"Name\":\"CellId\",\"Value\":\"cell-eu\"}]}", "cell-eu"},
        {"cell-1-lag", "{\"Dimensions\":[{\"Name\":\"CellId\",\"Value\":\"unknown\"}]}", "cell-1"},
        {"math",
         "{\"Metrics\":[{\"Expression\":\"a/b\"},{\"MetricStat\":{\"Metric\":{"
         "\"Dimensions\":[{\"Name\":\"CellId\",\"Value\":\"cell-dev\"}]}}}]}",
         "cell-dev"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN_JSON alarm = json_loads(cases[i].alarm, 0, NULL);
        const char *cell = alarm_cell(config, cases[i].name, alarm);
        cr_expect_str_eq(cell ? cell : "", cases[i].cell ? cases[i].cell : "");
    }
}

Test(alarms, a_state_we_do_not_know_is_never_ok)
{
    cr_assert(take("{\"MetricAlarms\":[{\"AlarmName\":\"a\"},"
                   "{\"AlarmName\":\"b\",\"StateValue\":\"FINE\"},{\"StateValue\":\"OK\"}, 3]}",
                   NULL));
    cr_assert_eq(alarms->len, 2);
    for (guint i = 0; i < alarms->len; i++)
        cr_expect_eq(((struct alarm *)alarms->pdata[i])->state, ALARM_INSUFFICIENT_DATA);
    cr_expect(token == NULL);
}

Test(alarms, an_answer_without_a_list_is_an_error_of_the_source)
{
    g_autoptr(GError) error = NULL;
    cr_expect(!take("{}", &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_SOURCE));
}

Test(alarms, both_kinds_are_asked_for_a_hundred_a_page)
{
    OWN_JSON request = alarms_request(false, "more");
    cr_expect_eq(json_integer_value(json_object_get(request, "MaxRecords")), 100);
    cr_expect_eq(json_array_size(json_object_get(request, "AlarmTypes")), 2);
    cr_expect_str_eq(json_string_value(json_object_get(request, "NextToken")), "more");
}
