#include "data/base/json_list.h"

#include <criterion/criterion.h>
#include <string.h>

static json_t *seen;

static void begin(void)
{
    seen = json_array();
}

static void end(void)
{
    json_decref(seen);
}

TestSuite(json_list, .init = begin, .fini = end);

static void see(json_t *element, const char *text, size_t length, gpointer data)
{
    OWN_JSON again = json_loadb(text, length, JSON_DECODE_ANY, NULL);
    cr_assert(json_equal(again, element), "the very text of it");
    json_array_append(data, element);
}

static const struct json_list_reader reader = {.element = see};

/* What jansson reads at once has to come out of it, list and rest alike. */
static void cr_same_as_whole(const char *text)
{
    OWN_JSON whole = json_loads(text, 0, NULL);
    OWN_JSON rest = json_list_read(text, strlen(text), "Items", &reader, seen);
    cr_assert(whole && rest, "%s", text);
    if (json_is_array(json_object_get(whole, "Items")))
        json_object_set(rest, "Items", seen);
    cr_expect(json_equal(whole, rest), "%s", text);
}

Test(json_list, elements_and_the_rest_are_what_jansson_reads_at_once)
{
    const char *const texts[] = {
        "{}",
        " { } ",
        "{\"Items\":[]}",
        "{\"Items\":[{\"a\":{\"S\":\"x,]}\\\"\"}},{\"b\":[1,2]}],\"Count\":2}",
        "{\"Count\": 2 ,\n \"Items\" : [ 1 , -2.5e3 , \"]\" , null , true , [ ] ] , \"Last\" : {} }",
        "{\"Items\":null,\"Other\":[1]}",
        "{\"Items\":{\"Items\":[1]},\"n\":12}",
        "{\"It\\u0065ms\":[7,8]}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        json_array_clear(seen);
        cr_same_as_whole(texts[i]);
    }
}

Test(json_list, a_text_that_jansson_refuses_is_none)
{
    const char *const texts[] = {
        "",
        "[1]",
        "7",
        "{\"Items\":[1,]}",
        "{\"Items\":[1 2]}",
        "{\"a\":1,}",
        "{\"Items\":[1}",
        "{\"a\"}",
        "{\"a\":1} x",
        "{\"Items\":[1]",
        "{1:2}",
        "{\"a\":}",
        "{\"a\" 1}",
        "{\"Items\":[{]}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"Items\":[nul]}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        OWN_JSON whole = json_loads(texts[i], 0, NULL);
        cr_assert(!json_is_object(whole), "%s", texts[i]);
        cr_expect(!json_list_read(texts[i], strlen(texts[i]), "Items", &reader, seen), "%s",
                  texts[i]);
    }
}

Test(json_list, every_cut_of_an_answer_is_refused_without_a_look_behind_its_end)
{
    static const char text[] =
        "{\"Count\":12,\"Items\":[{\"a\":[1.5]},null],\"Last\":{\"k\":\"v\"}}";
    for (size_t n = 0; n < strlen(text); n++) {
        g_autofree char *cut = g_memdup2(text, MAX(n, 1));
        cr_expect(!json_list_read(cut, n, "Items", &reader, seen), "%zu bytes", n);
    }
}

static bool is_seven(const char *text, size_t length, gpointer data)
{
    static const char seven[] = "{\"a\":\"}]\\\"{\",\"n\":[7]}";
    (void)data;
    return length == strlen(seven) && strncmp(text, seven, length) == 0;
}

Test(json_list, what_is_known_is_passed_over_and_everything_else_read)
{
    static const struct json_list_reader knowing = {is_seven, see};
    static const char text[] =
        "{\"Items\":[ {\"a\":\"}]\\\"{\",\"n\":[7]} ,{\"n\":8},9,{\"a\":\"}]\\\"{\",\"n\":[7]}],\"k\":1}";
    OWN_JSON rest = json_list_read(text, strlen(text), "Items", &knowing, seen);
    OWN_JSON others = json_loads("[{\"n\":8},9]", 0, NULL);
    cr_expect(json_equal(seen, others));
    cr_expect_eq(json_integer_value(json_object_get(rest, "k")), 1);
    for (size_t n = 0; n < strlen(text); n++) {
        g_autofree char *cut = g_memdup2(text, MAX(n, 1));
        cr_expect(!json_list_read(cut, n, "Items", &knowing, seen), "%zu bytes", n);
    }
}
