#include "tests/monkey/hostile.h"

#include <glib.h>

/* As YAML writes them between double quotes. */
static const char *const texts[] = {
    "\\e[2J\\e]0;owned\\a",
    "\\u202Elacipsoh\\u202C",
    "before\\0after",
    "\\u533b\\u9662\\u533b\\u9662\\u533b\\u9662",
    "e\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301",
    "\\uFEFF\\u200B\\u200D\\u2066",
    "\\U0001F3E5\\U0001F469\\u200D\\u2695\\uFE0F",
    "tab\\there\\r\\nnew line",
    "'; DROP TABLE event; --",
    "=cmd|' /C calc'!A0",
    "%s%n%p%1000000d",
    " ",
};
#define LONG_NAME 10000

char *hostile_scenario(void)
{
    GString *yaml = g_string_new("tenants:\n");
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_string_append_printf(yaml,
                               "  \"t%u %s\": {cell: cell-2-us-west, name: \"%s\", users: 9}\n", i,
                               texts[i], texts[i]);
        g_string_append_printf(yaml,
                               "  odd-%u: {cell: \"%s\", name: odd, users: 1, set: {status: {S: "
                               "\"%s\"}, capacity: {S: \"-1\"}, createdAt: {N: \"1e999\"}}}\n",
                               i, texts[i], texts[i]);
    }
    g_autofree char *name = g_strnfill(LONG_NAME, 'w');
    g_string_append_printf(yaml, "  long: {cell: cell-3-eu-west, name: %s, users: 1}\n", name);
    g_string_append_printf(yaml, "  l%s: {cell: cell-3-eu-west, name: long, users: 1}\n", name);
    return g_string_free(yaml, FALSE);
}
