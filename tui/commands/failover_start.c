/* `celldeck failover start` and `celldeck tenant move`. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_draft.h"
#include "rollout/failover_request.h"
#include "tui/commands/failover.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHARED_OPTIONS                                                                             \
    {"ack",                                                                                        \
     0,                                                                                            \
     0,                                                                                            \
     G_OPTION_ARG_STRING_ARRAY,                                                                    \
     FAILOVER_OPTION(acks),                                                                        \
     "Acknowledge that this is not proven: data, version, fence, promote, dns; on record",         \
     "NAME"},                                                                                      \
        {"without-dns",                                                                            \
         0,                                                                                        \
         0,                                                                                        \
         G_OPTION_ARG_NONE,                                                                        \
         FAILOVER_OPTION(without_dns),                                                             \
         "The registry alone, where the zone can't be changed: you change the records",            \
         NULL},                                                                                    \
        {"ticket", 0, 0, G_OPTION_ARG_STRING, FAILOVER_OPTION(ticket), "The incident's ticket",    \
         "ID"},                                                                                    \
        FAILOVER_ACTS_OPTIONS

const GOptionEntry failover_start_options[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, FAILOVER_OPTION(to), "Only into this cell", "CELL"},
    {"drill", 0, 0, G_OPTION_ARG_NONE, FAILOVER_OPTION(drill),
     "Everything but the writes; recorded as a drill", NULL},
    SHARED_OPTIONS};
const GOptionEntry tenant_move_options[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, FAILOVER_OPTION(to), "Into this cell", "CELL"},
    SHARED_OPTIONS};

static bool read_acks(char *const *names, unsigned *acks, GError **error)
{
    for (; names && *names; names++) {
        enum proof proof;
        if (!proof_parse(*names, &proof)) {
            g_autofree char *all = proofs_text((1u << PROOFS) - 1);
            g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                        "--ack %s: nothing of that name can be acknowledged; there are: %s", *names,
                        all);
            return false;
        }
        *acks |= 1u << proof;
    }
    return true;
}

/* One acknowledgement, by its name. What else is typed acknowledges nothing. */
static bool ask_for_ack(const struct evacuation *evacuation, enum failover_kind kind,
                        enum proof proof)
{
    g_autofree char *words = failover_plan_ack_words(evacuation, kind, proof);
    g_autofree char *clean = text_clean(words);
    char typed[64] = "";
    fprintf(stderr, "%s\nType %s to go on without: ", clean, proof_name(proof));
    fflush(stderr);
    if (fgets(typed, sizeof typed, stdin))
        g_strchomp(typed);
    return strcmp(typed, proof_name(proof)) == 0;
}

static bool only_acks_lack(const struct failover_planned *planned, enum failover_kind kind)
{
    unsigned all = (1u << PROOFS) - 1;
    g_autoptr(GPtrArray) others = preflight_start(planned->evacuation, kind, all, planned->holders);
    return !others->len;
}

static bool somebody_is_there(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Only where a person is there to be asked, and nothing else is in the way. */
static unsigned ask_for_acks(const struct failover_planned *planned, enum failover_kind kind,
                             unsigned acks, bool yes)
{
    bool asked =
        !yes && kind != FAILOVER_DRILL && only_acks_lack(planned, kind) && somebody_is_there();
    unsigned needs = failover_plan_needs(planned->evacuation, kind) & ~acks;
    for (int i = 0; asked && i < PROOFS; i++) {
        if (!(needs & 1u << i))
            continue;
        if (!ask_for_ack(planned->evacuation, kind, (enum proof)i))
            break;
        acks |= 1u << i;
    }
    return acks;
}

static void print_blast_radius(const struct failover_planned *planned, enum failover_kind kind)
{
    const struct evacuation *evacuation = planned->evacuation;
    g_autofree char *tenants = text_counted(evacuation->tenants->len, "tenant");
    g_autofree char *users = text_counted(evacuation->users, "user");
    g_autofree char *patients = text_counted(evacuation->patients, "patient");
    out_message("blast radius: %u cells, %s, %s, at most %s%s", evacuation->targets->len + 1,
                tenants, users, patients,
                kind == FAILOVER_DRILL ? "; a drill: nothing is written" : "");
    for (guint i = 0; kind == FAILOVER_FAILOVER && i < planned->holders->len; i++) {
        const struct preflight_holder *holder = planned->holders->pdata[i];
        if (holder->yielded)
            out_message("%s is taken over from %s %s, which is at work there", holder->cell,
                        holder->kind, holder->operation);
    }
    if (planned->short_keys)
        out_message("warning: %s", planned->short_keys);
}

/* All that a script, or a person without a terminal, has to say, in one go. */
static bool nobody_to_ask(const struct context *context, const struct evacuation *evacuation,
                          enum failover_kind kind, unsigned acks, GError **error)
{
    unsigned needs = failover_plan_needs(evacuation, kind);
    const struct placed_tenant *first = evacuation->tenants->pdata[0];
    g_autofree char *line = failover_command_line(
        context, kind, kind == FAILOVER_MOVE ? first->tenant->id : evacuation->cell->id,
        needs | acks, true);
    g_autoptr(GString) lacks = g_string_new(NULL);
    for (int i = 0; i < PROOFS; i++) {
        if (!(needs & ~acks & 1u << i))
            continue;
        g_autofree char *words = failover_plan_ack_words(evacuation, kind, (enum proof)i);
        g_string_append_printf(lacks, "\n  %s (--ack %s)", words, proof_name((enum proof)i));
    }
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "nothing was done: there is no terminal to confirm on%s%s\nTo go ahead all the "
                "same: %s",
                lacks->len ? ", and to be acknowledged by name is:" : "", lacks->str, line);
    return false;
}

/* A drill touches nothing, so nothing has to be typed for it. */
static bool confirm(struct context *context, const struct failover_planned *planned,
                    enum failover_kind kind, unsigned acks, GError **error)
{
    const struct evacuation *evacuation = planned->evacuation;
    print_blast_radius(planned, kind);
    if (kind == FAILOVER_DRILL)
        return true;
    if (!failover_options(context)->yes && !somebody_is_there())
        return nobody_to_ask(context, evacuation, kind, acks, error);
    bool move = kind == FAILOVER_MOVE;
    const char *to = failover_options(context)->to;
    g_autofree char *what =
        move ? g_strdup_printf(
                   "move %s there from %s",
                   ((const struct placed_tenant *)evacuation->tenants->pdata[0])->tenant->id,
                   evacuation->cell->id)
             : g_strdup("move everybody out of that cell");
    return context_confirm(failover_options(context)->yes, what, move ? to : evacuation->cell->id,
                           error);
}

/* What is refused goes to the record by the same way. */
static char *begin(struct context *context, const struct failover_planned *planned,
                   enum failover_kind kind, unsigned acks, GError **error)
{
    const struct failover_options *asked = failover_options(context);
    const struct failover_ask ask = {.kind = kind,
                                     .evacuation = planned->evacuation,
                                     .acks = acks,
                                     .reason = asked->reason,
                                     .ticket = asked->ticket,
                                     .by_hand = asked->without_dns};
    g_autoptr(GPtrArray) refusals =
        preflight_start(planned->evacuation, kind, acks, planned->holders);
    bool unasked = only_acks_lack(planned, kind) && !asked->yes && !somebody_is_there();
    if ((!refusals->len || unasked) && !confirm(context, planned, kind, acks, error))
        return NULL;
    const struct person requester = context_person(context);
    g_autofree char *refused_id = NULL;
    char *id =
        failover_begin(context->journal, &ask, &requester, when_now_ms(), &refused_id, error);
    if (refused_id)
        out_message("nothing was done; the refusal is on record as %s", refused_id);
    return id;
}

int failover_start(struct context *context, enum failover_kind kind, const char *of, GError **error)
{
    unsigned acks = 0;
    struct failover_planned planned = {0};
    int code = CD_ERROR_FAILED;
    if (!read_acks(failover_options(context)->acks, &acks, error))
        return CD_ERROR_USAGE;
    if (failover_options(context)->without_dns)
        acks |= 1u << PROOF_DNS;
    if (failover_plan_read(context, kind, of, &planned, error)) {
        /* stdout carries the id alone: scripts read it. */
        g_autofree char *guests = guests_words(planned.evacuation, planned.guests);
        failover_plan_print(planned.evacuation, guests,
                            out_style_detect(stderr, context->no_color, context->ascii));
        context_sources_exit_code(planned.snapshot);
        acks = ask_for_acks(&planned, kind, acks, failover_options(context)->yes);
        g_autofree char *id = begin(context, &planned, kind, acks, error);
        if (id) {
            puts(id);
            fflush(stdout);
            code = failover_carry_on(context, id, FAILOVER_COMPLETED, error);
        }
    }
    failover_planned_clear(&planned);
    return code;
}

int failover_start_run(struct context *context, GError **error)
{
    return failover_start(context,
                          failover_options(context)->drill ? FAILOVER_DRILL : FAILOVER_FAILOVER,
                          context->args[0], error);
}
