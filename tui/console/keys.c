#include "tui/console/keys.h"

#include <string.h>

static const struct {
    guint32 code;
    const char *name;
} named[] = {
    {KEY_CODE_UP, "Up"},
    {KEY_CODE_DOWN, "Down"},
    {KEY_CODE_LEFT, "Left"},
    {KEY_CODE_RIGHT, "Right"},
    {KEY_CODE_PAGE_UP, "PgUp"},
    {KEY_CODE_PAGE_DOWN, "PgDn"},
    {KEY_CODE_HOME, "Home"},
    {KEY_CODE_END, "End"},
    {KEY_CODE_ENTER, "Enter"},
    {KEY_CODE_ESCAPE, "Esc"},
    {KEY_CODE_TAB, "Tab"},
    {KEY_CODE_BACKTAB, "Shift-Tab"},
    {KEY_CODE_BACKSPACE, "Backspace"},
    {KEY_CODE_DELETE, "Del"},
    {' ', "Space"},
};

guint32 key_parse(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (strcmp(named[i].name, name) == 0)
            return named[i].code;
    if (g_str_has_prefix(name, "Ctrl-") && g_ascii_isalpha(name[5]) && !name[6])
        return (guint32)(g_ascii_toupper(name[5]) - '@');
    gunichar c = g_utf8_get_char_validated(name, -1);
    if (c > 0x10ffff || c < ' ' || *g_utf8_next_char(name))
        return KEY_CODE_NONE;
    return c;
}

char *key_text(guint32 key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (named[i].code == key)
            return g_strdup(named[i].name);
    if (key < ' ')
        return g_strdup_printf("Ctrl-%c", (char)(key + '@'));
    if (key >= KEY_CODE_NONE)
        return g_strdup("that key");
    char text[7] = "";
    g_unichar_to_utf8(key, text);
    return g_strdup(text);
}

static bool has_key(const struct binding *binding, guint32 key)
{
    g_auto(GStrv) names = g_strsplit(binding->keys, " ", -1);
    for (char **name = names; *name; name++)
        if (key_parse(*name) == key)
            return true;
    return false;
}

int keys_find(const struct binding *bindings, size_t n, unsigned place, guint32 key)
{
    const struct binding *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct binding *binding = &bindings[i];
        if (!(binding->places & place) || !has_key(binding, key))
            continue;
        if (!best || __builtin_popcount(binding->places) < __builtin_popcount(best->places))
            best = binding;
    }
    return best ? best->request : -1;
}
