/* Names of tenants in what leaves the house. */
#include "data/mask.h"

#include <criterion/criterion.h>
#include <string.h>

static struct mask *mask_of_three(void)
{
    static const struct {
        const char *id, *name, *subdomain;
    } tenants[] = {{"st-lukes", "St. Luke's Hospital", "lukes"},
                   {"lake", "Lake", NULL},
                   {"lake-side", "Klinik am Müggelsee", NULL}};
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(tenants); i++) {
        const struct tenant draft = {
            .id = tenants[i].id, .name = tenants[i].name, .subdomain = tenants[i].subdomain};
        g_ptr_array_add(all, tenant_new(&draft));
    }
    struct registry *registry = registry_new(all, 1000, true);
    struct mask *mask = mask_new(registry);
    registry_unref(registry);
    return mask;
}

static char *pseudonym(const struct mask *mask, const char *name)
{
    char *masked = mask_text(mask, name);
    cr_expect(g_str_has_prefix(masked, "tenant-"), "%s", masked);
    cr_expect_eq(strlen(masked), strlen("tenant-") + 10);
    return masked;
}

Test(mask, every_name_of_a_tenant_becomes_the_same_and_of_two_tenants_another)
{
    OWN(mask) mask = mask_of_three();
    g_autofree char *id = pseudonym(mask, "st-lukes"),
                    *name = pseudonym(mask, "st. luke's HOSPITAL"),
                    *subdomain = pseudonym(mask, "lukes"), *other = pseudonym(mask, "lake-side"),
                    *umlaut = pseudonym(mask, "klinik am MÜGGELSEE");
    cr_expect_str_eq(id, name);
    cr_expect_str_eq(id, subdomain);
    cr_expect_str_neq(id, other);
    cr_expect_str_eq(other, umlaut);
}

Test(mask, a_name_is_found_in_the_middle_of_a_text_and_only_as_a_word_of_its_own)
{
    OWN(mask) mask = mask_of_three();
    g_autofree char *lake = pseudonym(mask, "Lake");
    g_autofree char *expected = g_strdup_printf("for %s: lakes, lake_2 and (%s)", lake, lake);
    g_autofree char *masked = mask_text(mask, "for Lake: lakes, lake_2 and (lake)");
    cr_expect_str_eq(masked, expected);
    g_autofree char *none = mask_text(mask, "");
    cr_expect_str_eq(none, "");
    g_autofree char *broken = mask_text(mask, "\xff lake");
    cr_expect(g_str_has_suffix(broken, lake), "%s", broken);
}

static struct mask *mask_of_one(const char *id, const char *name)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    g_ptr_array_add(all, tenant_new(&(const struct tenant){.id = id, .name = name}));
    struct registry *registry = registry_new(all, 1000, true);
    struct mask *mask = mask_new(registry);
    registry_unref(registry);
    return mask;
}

Test(mask, a_name_of_several_words_is_found_within_an_id_and_a_single_word_is_not)
{
    OWN(mask) mask = mask_of_one("st-lukes", "Dev");
    g_autofree char *one = pseudonym(mask, "st-lukes");
    g_autofree char *expected =
        g_strdup_printf("cell-0-dev: db-%s-1, %s_old, st-lukesque", one, one);
    g_autofree char *masked =
        mask_text(mask, "cell-0-dev: db-st-lukes-1, ST-LUKES_old, st-lukesque");
    cr_expect_str_eq(masked, expected);
}

Test(mask, a_name_that_begins_with_no_letter_is_found_however_it_is_written)
{
    static const char *const same[] = {"„Kreis“ Klinik Süd", "„KREIS“ klinik SÜD",
                                       "„Kreis“ Klinik Su\xcc\x88"
                                       "d",
                                       "„Kreis“\n  Klinik\tSüd"};
    OWN(mask) mask = mask_of_one("k", "„Kreis“ Klinik  Süd");
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *text = g_strdup_printf("→ for %s → 5", same[i]);
        g_autofree char *masked = mask_text(mask, text), *one = pseudonym(mask, "k");
        g_autofree char *expected = g_strdup_printf("→ for %s → 5", one);
        cr_expect_str_eq(masked, expected);
    }
}

Test(mask, another_export_has_other_pseudonyms)
{
    OWN(mask) one = mask_of_three();
    OWN(mask) two = mask_of_three();
    g_autofree char *first = pseudonym(one, "lake"), *second = pseudonym(two, "lake");
    cr_expect_str_neq(first, second);
}

Test(mask, texts_within_json_are_masked_at_any_depth_and_all_else_stays)
{
    OWN(mask) mask = mask_of_three();
    OWN_JSON json =
        json_loads("{\"lake\": [1, {\"x\": \"at lake\"}], \"n\": null, \"b\": true}", 0, NULL);
    OWN_JSON masked = mask_json(mask, json);
    g_autofree char *lake = pseudonym(mask, "lake");
    g_autofree char *expected = g_strdup_printf("at %s", lake);
    const json_t *inner = json_array_get(json_object_get(masked, "lake"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(inner, "x")), expected);
    cr_expect(json_is_null(json_object_get(masked, "n")));
    cr_expect_eq(json_integer_value(json_array_get(json_object_get(masked, "lake"), 0)), 1);
    cr_expect_str_eq(
        json_string_value(json_object_get(json_array_get(json_object_get(json, "lake"), 1), "x")),
        "at lake", "what was given is not changed");
}
