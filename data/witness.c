#include "data/witness.h"

#include "data/base/text.h"
#include "data/base/when.h"

#include <string.h>

void witness_set(struct witness *witness, enum witness_state state, gint64 at_ms, char *cell,
                 char *told)
{
    witness_clear(witness);
    *witness = (struct witness){.state = state, .at_ms = at_ms, .cell = cell, .told = told};
}

void witness_clear(struct witness *witness)
{
    g_clear_pointer(&witness->cell, g_free);
    g_clear_pointer(&witness->told, g_free);
    witness->state = WITNESS_NOT_ASKED;
    witness->at_ms = 0;
    witness->old = false;
}

/* How each says where a tenant is: what comes before the cell, and after it. */
static const struct {
    const char *name, *before, *after, *who;
} kinds[WITNESSES] = {
    [WITNESS_REGISTRY] = {"registry", "the registry says ", "", "the registry"},
    [WITNESS_ZONE] = {"zone", "Route 53 has ", "", "Route 53"},
    [WITNESS_DNS] = {"dns", "DNS sends it to ", "", "DNS"},
    [WITNESS_ANSWER] = {"answer", "", " answers", "the cell that answers"},
};

const char *witness_name(enum witness_kind kind)
{
    return kinds[kind].name;
}

static bool names(const struct witness *witness)
{
    return witness->state == WITNESS_NAMES || witness->state == WITNESS_FOREIGN;
}

/* Adds one to a list in words: "a", "a and b", "a, b and c". */
static void add_to(GPtrArray *list, const char *item)
{
    g_ptr_array_add(list, (gpointer)item);
}

static char *listed(const GPtrArray *list)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++)
        g_string_append_printf(text, "%s%s",
                               i == 0               ? ""
                               : i + 1 == list->len ? " and "
                                                    : ", ",
                               (const char *)list->pdata[i]);
    return g_string_free(text, FALSE);
}

static char *each_says(const struct witness *witnesses)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < WITNESSES; i++)
        if (names(&witnesses[i]))
            g_string_append_printf(
                text, "%s%s%s%s%s", text->len ? ", " : "", kinds[i].before, witnesses[i].cell,
                kinds[i].after, witnesses[i].state == WITNESS_FOREIGN ? " (no cell of ours)" : "");
    return g_string_free(text, FALSE);
}

/* Those in `state`, in words; NULL: none is. */
static char *those(const struct witness *witnesses, enum witness_state state)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (int i = 0; i < WITNESSES; i++)
        if (witnesses[i].state == state)
            add_to(list, kinds[i].who);
    return list->len ? listed(list) : NULL;
}

/* Those whose word is old; NULL: nobody's is. */
static char *those_old(const struct witness *witnesses)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (int i = 0; i < WITNESSES; i++)
        if (names(&witnesses[i]) && witnesses[i].old)
            add_to(list, kinds[i].who);
    return list->len ? listed(list) : NULL;
}

static bool differ(const struct witness *witnesses, const char **cell)
{
    bool broken = false;
    *cell = NULL;
    for (int i = 0; i < WITNESSES; i++) {
        if (!names(&witnesses[i]))
            continue;
        broken = broken || witnesses[i].state == WITNESS_FOREIGN ||
                 (*cell && strcmp(*cell, witnesses[i].cell) != 0);
        *cell = witnesses[i].cell;
    }
    return broken;
}

static guint count(const struct witness *witnesses, enum witness_state state)
{
    guint n = 0;
    for (int i = 0; i < WITNESSES; i++)
        n += witnesses[i].state == state;
    return n;
}

char *witness_verdict(const struct witness *witnesses, enum agreement *agreement)
{
    const char *cell;
    *agreement = AGREEMENT_BROKEN;
    if (differ(witnesses, &cell))
        return each_says(witnesses);
    guint naming = count(witnesses, WITNESS_NAMES);
    bool open = count(witnesses, WITNESS_ASKED) || count(witnesses, WITNESS_FAILED);
    g_autofree char *old = those_old(witnesses);
    *agreement = naming >= 2 && !open && !old ? AGREEMENT_FULL : AGREEMENT_NONE;
    g_autofree char *who = those(witnesses, WITNESS_NAMES);
    g_autofree char *failed = those(witnesses, WITNESS_FAILED);
    g_autofree char *asked = those(witnesses, WITNESS_ASKED);
    g_autofree char *silent = those(witnesses, WITNESS_SILENT);
    GString *text = g_string_new(NULL);
    if (naming >= 2)
        g_string_append_printf(text, "%s agree on %s", who, cell);
    else if (naming == 1)
        g_string_append_printf(text, "%s alone names it: %s", who, cell);
    else
        g_string_append(text, "nobody names its cell");
    if (silent)
        g_string_append_printf(text, "; %s names none", silent);
    if (old)
        g_string_append_printf(text, "; could not be read again: %s", old);
    if (failed)
        g_string_append_printf(text, "; could not be asked: %s", failed);
    if (asked)
        g_string_append_printf(text, "; asking %s …", asked);
    return g_string_free(text, FALSE);
}

static json_t *one_json(const struct witness *witness, gint64 now_ms)
{
    static const char *const states[] = {
        [WITNESS_NOT_ASKED] = "not_asked", [WITNESS_ASKED] = "asked",
        [WITNESS_FAILED] = "failed",       [WITNESS_SILENT] = "names_no_cell",
        [WITNESS_NAMES] = "names",         [WITNESS_FOREIGN] = "foreign"};
    g_autofree char *at = witness->at_ms > 0 ? when_rfc3339(witness->at_ms) : NULL;
    return json_pack("{s:s, s:o, s:o, s:b, s:o, s:o}", "state", states[witness->state], "cell",
                     text_json(witness->cell), "told", text_json(witness->told), "old",
                     witness->old, "at", text_json(at), "age_s",
                     witness->at_ms > 0 ? json_real((double)(now_ms - witness->at_ms) / WHEN_SECOND)
                                        : json_null());
}

json_t *witness_json(const struct witness *witnesses, gint64 now_ms)
{
    json_t *all = json_object();
    for (int i = 0; i < WITNESSES; i++)
        json_object_set_new(all, kinds[i].name, one_json(&witnesses[i], now_ms));
    return all;
}
