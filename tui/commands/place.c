/* `celldeck place`: where would a new tenant go, and why. Nothing is created. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "rollout/placement_json.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"

#include <string.h>

struct wish {
    char *users, *tier, *residency, *region;
};

static bool is_given(const char *given, const char *option, const char *what, GError **error)
{
    if (given && *given)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "place: %s is missing: %s", option, what);
    return false;
}

static bool read_users(const char *given, gint64 *users, GError **error)
{
    guint64 n;
    if (!is_given(given, "--users N", "how many will the tenant register?", error))
        return false;
    if (!g_ascii_string_to_unsigned(given, 10, 1, PLACE_USERS_MOST, &n, NULL)) {
        g_autofree char *most = text_count(PLACE_USERS_MOST);
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "place: --users '%s' is no whole number from 1 to %s, such as 500", given,
                    most);
        return false;
    }
    *users = (gint64)n;
    return true;
}

static bool read_tier(const char *given, enum tenant_tier *tier, GError **error)
{
    static const char which[] = "STANDARD or ENTERPRISE?";
    static const enum tenant_tier tiers[] = {TIER_STANDARD, TIER_ENTERPRISE};
    if (!is_given(given, "--tier TIER", which, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(tiers); i++) {
        if (g_ascii_strcasecmp(given, tenant_tier_name(tiers[i])) != 0)
            continue;
        *tier = tiers[i];
        return true;
    }
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "place: --tier '%s' is none: %s", given, which);
    return false;
}

static bool read_wish(const struct wish *wish, struct place_ask *ask, GError **error)
{
    if (!read_users(wish->users, &ask->users, error) || !read_tier(wish->tier, &ask->tier, error) ||
        !is_given(wish->residency, "--residency R", "where has its data to stay, such as US?",
                  error))
        return false;
    ask->residency = wish->residency;
    ask->region = wish->region;
    return true;
}

static const char *residency_of(const struct cell_config *cell)
{
    return cell->residency;
}

static const char *region_of(const struct cell_config *cell)
{
    return cell->region;
}

/* "us" is "US", where cells have that. What no cell has may be one that has to be built, and may be
 * a slip: that is said, with those that there are. */
static void take_fleets_spelling(const struct context *context, const char *what,
                                 const char **given,
                                 const char *(*of)(const struct cell_config *cell))
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (guint i = 0; *given && i < context->config->cells->len; i++) {
        const char *one = of(context->config->cells->pdata[i]);
        if (one && g_ascii_strcasecmp(one, *given) == 0) {
            *given = one;
            return;
        }
        if (one && !g_ptr_array_find_with_equal_func(known, one, g_str_equal, NULL))
            g_ptr_array_add(known, (gpointer)one);
    }
    if (!*given)
        return;
    g_ptr_array_add(known, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)known->pdata);
    out_message("no cell has %s '%s'; there are: %s", what, *given, all);
}

static void print_candidates(const struct context *context, const struct place_answer *answer)
{
    static const struct out_column columns[] = {
        {"CELL", false}, {"REGION", false}, {"AFTER", true}, {"FITS", false}, {"WHY", false}};
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < answer->candidates->len; i++) {
        const struct place_candidate *candidate = answer->candidates->pdata[i];
        g_autofree char *after = g_strdup_printf("%.4g %%", candidate->used_pct_after);
        out_table_row(table, candidate->fits ? OUT_GOOD : OUT_PLAIN,
                      (const char *[]){candidate->cell->id, candidate->cell->region, after,
                                       candidate->fits ? "yes" : "no", candidate->why});
    }
    if (answer->candidates->len)
        out_table_print(table, context->style);
}

static void print_answer(const struct context *context, const struct place_answer *answer)
{
    print_candidates(context, answer);
    out_line(context->style, answer->to ? OUT_GOOD : OUT_BAD, "%s%s",
             answer->to ? "" : "Nowhere: ", answer->why);
    if (answer->build)
        out_line(context->style, OUT_PLAIN, "To build: %s", answer->build);
}

static int answer_wish(struct context *context, const struct place_ask *ask)
{
    OWN(snapshot) snapshot = context_read_fleet(context);
    OWN(origins) origins = context_read_origins(context);
    OWN(place_answer) answer = place_find(snapshot, origins, ask);
    if (context->json)
        out_json("place", place_answer_json(answer));
    else
        print_answer(context, answer);
    int unread = context_sources_exit_code(snapshot);
    if (!snapshot->registry || (!origins && !answer->to))
        return CD_ERROR_SOURCE;
    return answer->to ? unread : CD_ERROR_REFUSED;
}

static int run(int argc, char **argv, GError **error)
{
    struct wish wish = {0};
    const GOptionEntry options[] = {
        {"users", 0, 0, G_OPTION_ARG_STRING, &wish.users, "How many it will register", "N"},
        {"tier", 0, 0, G_OPTION_ARG_STRING, &wish.tier, "STANDARD or ENTERPRISE", "TIER"},
        {"residency", 0, 0, G_OPTION_ARG_STRING, &wish.residency, "Where its data has to stay",
         "US|EU|..."},
        {"region", 0, 0, G_OPTION_ARG_STRING, &wish.region, "Only in this region", "REGION"},
        {0}};
    struct context context = {.about = command_place.summary, .forms = FORM_JSON};
    struct place_ask ask;
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, options, "", 0, 0, error) &&
        read_wish(&wish, &ask, error) && context_open_config(&context, error)) {
        take_fleets_spelling(&context, "residency", &ask.residency, residency_of);
        take_fleets_spelling(&context, "region", &ask.region, region_of);
        code = answer_wish(&context, &ask);
    }
    context_clear(&context);
    g_free(wish.users);
    g_free(wish.tier);
    g_free(wish.residency);
    g_free(wish.region);
    return code;
}

const struct command command_place = {
    .name = "place",
    .usage = "--users N --tier T --residency R ...",
    .summary = "where a new tenant would go, and why; creates nothing",
    .run = run,
};
