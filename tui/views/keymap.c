#include "tui/views/keymap.h"

#include "data/base/text.h"

#include <string.h>

#define CTRL_C 3

struct keymap {
    struct binding bindings[REQUEST_COUNT];
    char *own[REQUEST_COUNT]; /* keys that are no longer the table's; owned */
    bool by_word;
};

struct keymap *keymap_new(void)
{
    struct keymap *keymap = g_new0(struct keymap, 1);
    memcpy(keymap->bindings, request_bindings(), sizeof keymap->bindings);
    return keymap;
}

void keymap_free(struct keymap *keymap)
{
    if (!keymap)
        return;
    for (int i = 0; i < REQUEST_COUNT; i++)
        g_free(keymap->own[i]);
    g_free(keymap);
}

const struct binding *keymap_bindings(const struct keymap *keymap)
{
    return keymap->bindings;
}

char *keymap_shown(const struct keymap *keymap, enum request request)
{
    const char *keys = keymap->bindings[request].keys;
    if (keymap->by_word)
        return g_strdup_printf("`%s`", keymap->bindings[request].name);
    return g_strndup(keys, strcspn(keys, " "));
}

void keymap_by_word(struct keymap *keymap)
{
    keymap->by_word = true;
}

bool keymap_is_by_word(const struct keymap *keymap)
{
    return keymap->by_word;
}

static int request_named(const struct keymap *keymap, const char *name)
{
    for (int i = 0; i < REQUEST_COUNT; i++)
        if (strcmp(keymap->bindings[i].name, name) == 0)
            return i;
    return -1;
}

static char *unknown_request(const struct keymap *keymap, const char *name)
{
    const char *names[REQUEST_COUNT + 1] = {NULL};
    for (int i = 0; i < REQUEST_COUNT; i++)
        names[i] = keymap->bindings[i].name;
    const char *near = text_nearest(name, names);
    return g_strdup_printf("nothing is called %s; did you mean %s? (? lists them)", name,
                           near ? near : names[0]);
}

/* NULL: each is a key that may be given. */
static char *wrong_key(char *const *names)
{
    for (; *names; names++) {
        guint32 key = **names ? key_parse(*names) : ' ';
        if (key == KEY_CODE_NONE)
            return g_strdup_printf("%s is no key: a character, Ctrl-A to Ctrl-Z, Enter, Esc, Tab, "
                                   "Space, Up, PgDn and such",
                                   *names);
        if (key == CTRL_C)
            return g_strdup("Ctrl-C always leaves");
    }
    return NULL;
}

static void set_keys(struct keymap *keymap, int request, char *keys)
{
    g_free(keymap->own[request]);
    keymap->own[request] = keys;
    keymap->bindings[request].keys = keys;
}

static void take_away(struct keymap *keymap, int request, guint32 key)
{
    GString *left = g_string_new(NULL);
    g_auto(GStrv) names = g_strsplit(keymap->bindings[request].keys, " ", -1);
    bool had = false;
    for (char **name = names; *name; name++) {
        bool same = key_parse(*name) == key;
        had |= same;
        if (!same)
            g_string_append_printf(left, "%s%s", left->len ? " " : "", *name);
    }
    if (had)
        set_keys(keymap, request, g_strdup(left->str));
    g_string_free(left, TRUE);
}

char *keymap_bind(struct keymap *keymap, const char *name, const char *keys)
{
    int request = request_named(keymap, name);
    if (request < 0)
        return unknown_request(keymap, name);
    g_auto(GStrv) names = g_strsplit_set(keys, " \t", -1);
    char *wrong = wrong_key(names);
    if (wrong)
        return wrong;
    GString *own = g_string_new(NULL);
    for (char **key = names; *key; key++) {
        if (!**key)
            continue;
        g_string_append_printf(own, "%s%s", own->len ? " " : "", *key);
        for (int other = 0; other < REQUEST_COUNT; other++)
            if (other != request &&
                (keymap->bindings[other].places & keymap->bindings[request].places))
                take_away(keymap, other, key_parse(*key));
    }
    if (request == REQUEST_QUIT)
        g_string_append(own, own->len ? " Ctrl-C" : "Ctrl-C");
    set_keys(keymap, request, g_string_free(own, FALSE));
    return NULL;
}
