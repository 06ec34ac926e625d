#include "tui/views/place_question.h"

#include <string.h>

static bool take_users(struct place_ask *ask, const char *word)
{
    g_autofree char *bare = g_strdelimit(g_strdup(word), ",", '_');
    GString *digits = g_string_new(NULL);
    for (const char *p = bare; *p; p++)
        if (*p != '_')
            g_string_append_c(digits, *p);
    guint64 users = 0;
    bool taken =
        g_ascii_string_to_unsigned(digits->str, 10, 1, (guint64)PLACE_USERS_MOST, &users, NULL);
    g_string_free(digits, TRUE);
    if (taken)
        ask->users = (gint64)users;
    return taken;
}

static bool take_tier(struct place_ask *ask, const char *word)
{
    static const enum tenant_tier tiers[] = {TIER_STANDARD, TIER_ENTERPRISE};
    for (size_t i = 0; i < G_N_ELEMENTS(tiers); i++)
        if (g_ascii_strcasecmp(word, tenant_tier_name(tiers[i])) == 0) {
            ask->tier = tiers[i];
            return true;
        }
    return false;
}

/* A residency or a region is one that a cell of the fleet has. */
static bool take_place(struct place_ask *ask, const struct config *config, const char *word)
{
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        bool residency = cell->residency && g_ascii_strcasecmp(word, cell->residency) == 0;
        bool region = cell->region && g_ascii_strcasecmp(word, cell->region) == 0;
        if (residency)
            ask->residency = cell->residency;
        else if (region)
            ask->region = cell->region;
        if (residency || region)
            return true;
    }
    return false;
}

GPtrArray *place_residencies(const struct config *config)
{
    GPtrArray *all = g_ptr_array_new();
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        if (cell->residency &&
            !g_ptr_array_find_with_equal_func(all, cell->residency, g_str_equal, NULL))
            g_ptr_array_add(all, cell->residency);
    }
    return all;
}

struct place_question place_question_parse(const struct config *config, const char *text)
{
    struct place_question question = {.ask.tier = TIER_STANDARD};
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word && !question.wrong; word++) {
        if (!**word || take_users(&question.ask, *word) || take_tier(&question.ask, *word) ||
            take_place(&question.ask, config, *word))
            continue;
        question.wrong =
            g_strdup_printf("%s is no number of users, no tier (STANDARD, ENTERPRISE), "
                            "and no residency or region of this fleet",
                            *word);
    }
    return question;
}

void place_question_clear(struct place_question *question)
{
    g_clear_pointer(&question->wrong, g_free);
}
