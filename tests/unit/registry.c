#include "data/registry.h"

#include "data/base/error.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

#define CAPACITY                                                                                   \
    "\"capacity\":{\"M\":{\"maxUsers\":{\"N\":\"200\"},\"maxPatients\":{\"N\":\"5000\"},"          \
    "\"currentUsers\":{\"N\":\"42\"}}}"
#define REST                                                                                       \
    "\"region\":{\"S\":\"eu-west-1\"},\"tier\":{\"S\":\"STANDARD\"},"                              \
    "\"createdAt\":{\"S\":\"2026-01-02T03:04:05Z\"},"                                              \
    "\"updatedAt\":{\"S\":\"2026-01-02T03:04:05.250Z\"},\"status\":{\"S\":\"ACTIVE\"}"
#define GOOD "{\"tenantId\":{\"S\":\"t1\"},\"cellId\":{\"S\":\"cell-eu\"}," CAPACITY "," REST "}"

static struct config *config;
static GPtrArray *tenants;
static json_t *start_key;
static double units;

static void begin(void)
{
    config = small_fleet(NULL);
    tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
}

static void end(void)
{
    g_ptr_array_unref(tenants);
    json_decref(start_key);
    config_unref(config);
}

TestSuite(registry, .init = begin, .fini = end);

static bool take(const char *page, GError **error)
{
    struct registry_with with = {config, NULL};
    struct registry_page *read = registry_read(page, strlen(page), &with, error);
    if (!read)
        return false;
    for (guint i = 0; i < read->items->len; i++)
        g_ptr_array_add(tenants,
                        tenant_ref(g_array_index(read->items, struct registry_item, i).tenant));
    start_key = g_steal_pointer(&read->start_key);
    units += read->read_units;
    registry_page_free(read);
    return true;
}

static const struct tenant *only(const char *item)
{
    g_ptr_array_set_size(tenants, 0);
    g_autofree char *page = g_strdup_printf("{\"Items\":[%s]}", item);
    cr_assert(take(page, NULL));
    cr_assert_eq(tenants->len, 1);
    return tenants->pdata[0];
}

Test(registry, a_whole_item_is_a_tenant_without_fault)
{
    const struct tenant *tenant = only(GOOD);
    cr_expect(tenant->fault == NULL, "%s", tenant->fault);
    cr_expect_str_eq(tenant->id, "t1");
    cr_expect_str_eq(tenant->cell, "cell-eu");
    cr_expect_str_eq(tenant->region, "eu-west-1");
    cr_expect_eq(tenant->tier, TIER_STANDARD);
    cr_expect_eq(tenant->status, TENANT_ACTIVE);
    cr_expect_eq(tenant->max_users, 200);
    cr_expect_eq(tenant->max_patients, 5000);
    cr_expect_eq(tenant->current_users, 42);
    cr_expect_eq(tenant->created_ms, 1767323045000);
    cr_expect_eq(tenant->updated_ms, 1767323045250);
    cr_expect_str_eq(tenant->updated, "2026-01-02T03:04:05.250Z");
    cr_expect(tenant->subdomain == NULL);
}

Test(registry, what_is_wrong_with_an_item_is_kept_in_words)
{
    const struct {
        const char *item, *fault;
    } cases[] = {
        {"{\"tenantId\":{\"S\":\"t\"},\"cellId\":{\"S\":\"cell-9\"}," CAPACITY "," REST "}",
         "unknown cellId \"cell-9\""},
        {"{\"tenantId\":{\"S\":\"t\"}," CAPACITY "," REST "}", "cellId is missing"},
        {"{\"tenantId\":{\"S\":\"t\"},\"cellId\":{\"N\":\"7\"}," CAPACITY "," REST "}",
         "cellId is no string"},
        {"{\"tenantId\":{\"S\":\"t\"},\"cellId\":{\"S\":\"cell-1\"}," REST "}",
         "capacity is missing"},
        {"{\"tenantId\":{\"S\":\"t\"},\"cellId\":{\"S\":\"cell-1\"},\"capacity\":{\"M\":{"
         "\"maxUsers\":{\"N\":\"-1\"},\"maxPatients\":{\"S\":\"5\"}}}," REST "}",
         "capacity.maxUsers is negative (-1); capacity.maxPatients is no number; "
         "capacity.currentUsers is missing"},
        {"{\"tenantId\":{\"S\":\"t\"},\"cellId\":{\"S\":\"cell-1\"}," CAPACITY
         ",\"region\":{\"S\":\"x\"},\"tier\":{\"S\":\"GOLD\"},\"createdAt\":{\"S\":\"soon\"},"
         "\"status\":{\"S\":\"active\"}}",
         "unknown tier \"GOLD\"; unknown status \"active\"; createdAt is no time; "
         "updatedAt is missing"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_str_eq(only(cases[i].item)->fault, cases[i].fault);
}

Test(registry, a_residency_that_can_not_be_read_is_that_of_no_cell)
{
#define RESIDENT(residency)                                                                        \
    "{\"tenantId\":{\"S\":\"t\"},\"cellId\":{\"S\":\"cell-1\"},\"dataResidency\":" residency       \
    "," CAPACITY "," REST "}"
    const struct tenant *tenant = only(RESIDENT("{\"SS\":[\"EU\"]}"));
    cr_expect_str_eq(tenant->residency, RESIDENCY_UNREADABLE);
    cr_expect_str_eq(tenant->fault, "dataResidency is no string");
    cr_expect_str_eq(only(RESIDENT("{\"S\":\"EU\"}"))->residency, "EU");
    cr_expect(only(RESIDENT("{\"NULL\":true}"))->residency == NULL, "its cell's");
    cr_expect(only(RESIDENT("{\"S\":\"\"}"))->residency == NULL, "its cell's");
}

Test(registry, an_item_of_nothing_is_still_a_tenant_and_others_are_read)
{
    cr_assert(take("{\"Items\":[{}, 7, {\"tenantId\":[]}, " GOOD "]}", NULL));
    cr_assert_eq(tenants->len, 4);
    const struct tenant *nothing = tenants->pdata[0], *good = tenants->pdata[3];
    cr_expect_str_eq(nothing->id, "");
    cr_expect(nothing->fault != NULL);
    cr_expect_eq(nothing->current_users, -1);
    cr_expect_eq(nothing->status, TENANT_DOWN);
    cr_expect(good->fault == NULL);
}

Test(registry, pages_follow_the_last_evaluated_key_and_their_cost_is_counted)
{
    cr_assert(take("{\"Items\":[" GOOD "],\"LastEvaluatedKey\":{\"tenantId\":{\"S\":\"t1\"}},"
                   "\"ConsumedCapacity\":{\"CapacityUnits\":128.5}}",
                   NULL));
    cr_expect_float_eq(units, 128.5, 1e-9);
    OWN_JSON request = registry_request(config, 1, 4, start_key);
    cr_expect_str_eq(json_string_value(json_object_get(request, "TableName")), "cell-registry");
    cr_expect(json_equal(json_object_get(request, "ExclusiveStartKey"), start_key));
    g_clear_pointer(&start_key, json_decref);
    cr_assert(take("{\"Items\":[]}", NULL));
    cr_expect(start_key == NULL);
    OWN_JSON first = registry_request(config, 0, 1, NULL);
    cr_expect(json_object_get(first, "ExclusiveStartKey") == NULL);
}

#define NAMED(id, users)                                                                           \
    "{\"tenantId\":{\"S\":\"" id "\"},\"cellId\":{\"S\":\"cell-eu\"},"                             \
    "\"capacity\":{\"M\":{\"maxUsers\":{\"N\":\"200\"},\"maxPatients\":{\"N\":\"5000\"},"          \
    "\"currentUsers\":{\"N\":\"" users "\"}}}," REST "}"

static struct registry_page *read_knowing(const char *page, struct registry_known *known)
{
    struct registry_with with = {config, known};
    struct registry_page *read = registry_read(page, strlen(page), &with, NULL);
    cr_assert(read != NULL);
    return read;
}

static const struct registry_item *item_at(const struct registry_page *page, guint i)
{
    return &g_array_index(page->items, struct registry_item, i);
}

/* What a Scan knows that found t1, t2 and t3 on one page. */
static struct registry_known *know_three(void)
{
    struct registry_known *none = registry_known_new();
    struct registry_page *page =
        read_knowing("{\"Items\":[" NAMED("t1", "1") "," NAMED("t2", "2") "," NAMED(
                         "t3", "3") "],"
                                    "\"ConsumedCapacity\":{\"CapacityUnits\":1}}",
                     none);
    for (guint i = 0; i < 3; i++)
        g_ptr_array_add(tenants, tenant_ref(item_at(page, i)->tenant));
    struct registry *registry = registry_new(g_ptr_array_ref(tenants), 1, true);
    struct registry_known *known = registry_known_next(none, g_array_ref(page->items), registry);
    cr_expect(registry_known_is_of(known, registry));
    registry_unref(registry);
    registry_page_free(page);
    registry_known_unref(none);
    return known;
}

Test(registry, an_item_that_came_before_is_the_tenant_it_was_whatever_page_it_comes_on)
{
    struct registry_known *known = know_three();
    struct registry_page *page =
        read_knowing("{\"LastEvaluatedKey\":{\"tenantId\":{\"S\":\"t0\"}},\"Items\": [ " NAMED(
                         "t3", "3") " ," NAMED("t0", "0") ",\n" NAMED("t1", "1") "]}",
                     known);
    cr_assert_eq(page->items->len, 3, "and t2 is no longer there");
    cr_expect_eq(item_at(page, 0)->tenant, tenants->pdata[2]);
    cr_expect_eq(item_at(page, 0)->place, 2);
    cr_expect_str_eq(item_at(page, 1)->tenant->id, "t0");
    cr_expect_eq(item_at(page, 1)->place, -1, "it is new");
    cr_expect_eq(item_at(page, 2)->tenant, tenants->pdata[0]);
    cr_expect(page->start_key != NULL, "what varies from answer to answer is read each time");
    registry_page_free(page);
    registry_known_unref(known);
}

Test(registry, any_change_of_an_item_makes_it_one_that_has_to_be_read)
{
    struct registry_known *known = know_three();
    struct registry_page *page =
        read_knowing("{\"Items\":[" NAMED("t1", "1") "," NAMED("t2", "7") "]}", known);
    cr_assert_eq(page->items->len, 2);
    cr_expect_eq(item_at(page, 0)->tenant, tenants->pdata[0]);
    cr_expect_eq(item_at(page, 1)->place, -1);
    cr_expect_eq(item_at(page, 1)->tenant->current_users, 7);
    registry_page_free(page);
    registry_known_unref(known);
}

Test(registry, a_page_that_is_cut_off_is_an_error_however_well_its_items_are_known)
{
    static const char page[] = "{\"Items\":[" NAMED("t1", "1") "," NAMED("t2", "2") "]}";
    struct registry_known *known = know_three();
    struct registry_with with = {config, known};
    for (size_t n = 0; n < sizeof page - 1; n++) {
        g_autofree char *cut = g_memdup2(page, MAX(n, 1));
        cr_expect_null(registry_read(cut, n, &with, NULL), "%zu bytes", n);
    }
    registry_known_unref(known);
}

Test(registry, an_answer_without_items_is_an_error_of_the_source)
{
    g_autoptr(GError) error = NULL;
    cr_expect(!take("{\"message\":\"hm\"}", &error));
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_SOURCE));
}

Test(registry, a_table_is_scanned_in_as_many_segments_as_it_has_pages_to_spare)
{
    cr_expect_eq(registry_segments(0), 4, "nobody knows yet");
    cr_expect_eq(registry_segments(registry_pages(4, 4, 2)), 1, "four times next to nothing");
    cr_expect_eq(registry_segments(registry_pages(4, 4, 300)), 3);
    cr_expect_eq(registry_segments(registry_pages(4, 4, 0)), 4, "it was not told");
    cr_expect_eq(registry_segments(registry_pages(2, 1, 130)), 2, "it grows");
    cr_expect_eq(registry_segments(registry_pages(40, 1, 5000)), 8);
    cr_expect_eq(registry_segments(registry_pages(8, 8, 0.5 * 8)), 1, "it shrinks");
}
