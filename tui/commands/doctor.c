/* `celldeck doctor`: prints what rollout/doctor.h finds, and what to do about it. */
#include "tui/commands/doctor.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"
#include "tui/console/terminal_facts.h"

#include <string.h>

/* One `level  check  ` before the text, at most; on a narrow terminal only its first line's. */
enum { INDENT = 26, SUBJECTS_NAMED = 3 };

struct report {
    const struct context *context;
    int columns;  /* lines are wrapped there; 0: not at all */
    json_t *json; /* or NULL */
    guint seen[DOCTOR_FAILURE + 1];
};

static const struct {
    const char *mark, *ascii;
    enum out_role role;
} looks[] = {[DOCTOR_OK] = {"✔", "+", OUT_PLAIN},
             [DOCTOR_SKIPPED] = {"–", "-", OUT_DIM},
             [DOCTOR_WARNING] = {"▲", "!", OUT_WARN},
             [DOCTOR_FAILURE] = {"✖", "x", OUT_BAD}};

static void add_json(json_t *checks, const struct finding *finding)
{
    json_array_append_new(
        checks, json_pack("{s:s, s:o, s:s, s:o, s:o}", "name", finding->check, "subject",
                          text_json(finding->subject), "level", doctor_level_name(finding->level),
                          "text", text_json(finding->text), "fix", text_json(finding->fix)));
}

/* `text` in lines of at most `columns`, the first after `start`, the others `indent` from the left.
 * A word is never broken, as half a path or an ARN can't be pasted: one that has no room there has
 * a line of its own, as far to the left as it takes. */
static void print_wrapped(const struct report *report, enum out_role role, const char *start,
                          int indent, const char *text)
{
    struct out_style style = report->context->style;
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autoptr(GString) line = g_string_new(start);
    int width = text_width(start);
    const char *gap = "";
    for (char **word = words; *word; word++) {
        int more = text_width(*word);
        if (width + (int)strlen(gap) + more > report->columns) {
            out_line(style, role, "%s", g_strchomp(line->str));
            width = CLAMP(report->columns - more, 0, indent);
            g_string_printf(line, "%*s", width, "");
            gap = "";
        }
        g_string_append_printf(line, "%s%s", gap, *word);
        width += (int)strlen(gap) + more;
        gap = " ";
    }
    out_line(style, role, "%s", line->str);
}

/* On a terminal a check is named once, and its other lines stand below. */
static void print_line(const struct report *report, enum doctor_level level, const char *check,
                       const char *text, const char *fix)
{
    struct out_style style = report->context->style;
    const char *mark = style.ascii ? looks[level].ascii : looks[level].mark;
    g_autofree char *start =
        g_strdup_printf("%s %-7s  %-13s  ", mark, doctor_level_name(level), check);
    if (report->columns) {
        int indent = MIN(INDENT, report->columns / 3);
        g_autofree char *below = g_strdup_printf("%*s%s ", indent, "", style.ascii ? "->" : "→");
        print_wrapped(report, looks[level].role, start, indent, text);
        if (fix)
            print_wrapped(report, OUT_BOLD, below, text_width(below), fix);
    } else {
        out_line(style, looks[level].role, "%s%s%s%s", start, text, fix ? "; fix: " : "",
                 fix ? fix : "");
    }
}

static bool says_the_same(const struct finding *a, const struct finding *b)
{
    return a->level == b->level && strcmp(a->text, b->text) == 0 && g_strcmp0(a->fix, b->fix) == 0;
}

/* The subjects of `finding` and of those after it that say the same; all of these are `told`. */
static char *subjects_of(const GPtrArray *findings, guint at, GHashTable *told)
{
    const struct finding *finding = findings->pdata[at];
    g_autoptr(GHashTable) subjects = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = at; i < findings->len; i++) {
        const struct finding *other = findings->pdata[i];
        if (!says_the_same(finding, other))
            continue;
        g_hash_table_add(told, (gpointer)other);
        if (!g_hash_table_contains(subjects, other->subject) &&
            g_hash_table_size(subjects) < SUBJECTS_NAMED)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", other->subject);
        g_hash_table_add(subjects, other->subject);
    }
    guint named = g_hash_table_size(subjects);
    if (named > SUBJECTS_NAMED)
        g_string_append_printf(text, " and %u more", named - SUBJECTS_NAMED);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Findings that say the same of several subjects are one line. */
static void print_findings(const struct report *report, const GPtrArray *findings)
{
    g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
    const char *check = NULL;
    for (guint i = 0; i < findings->len; i++) {
        const struct finding *finding = findings->pdata[i];
        if (g_hash_table_contains(told, finding))
            continue;
        g_autofree char *subjects = subjects_of(findings, i, told);
        g_autofree char *text = g_strconcat(subjects, ": ", finding->text, NULL);
        g_autofree char *clean = text_clean(text);
        g_autofree char *fix = finding->fix ? text_clean(finding->fix) : NULL;
        print_line(report, finding->level, check && report->columns ? "" : finding->check, clean,
                   fix);
        check = finding->check;
    }
}

static void on_findings(const GPtrArray *findings, gpointer data)
{
    struct report *report = data;
    for (guint i = 0; i < findings->len; i++) {
        const struct finding *finding = findings->pdata[i];
        report->seen[finding->level]++;
        if (report->json)
            add_json(report->json, finding);
    }
    if (!report->json)
        print_findings(report, findings);
}

static void release(gpointer finding)
{
    finding_free(finding);
}

static void check_terminal(struct report *report)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(release);
    doctor_check_terminal(findings);
    on_findings(findings, report);
}

static void print_end(const struct report *report)
{
    guint failures = report->seen[DOCTOR_FAILURE], warnings = report->seen[DOCTOR_WARNING];
    if (!failures && !warnings)
        out_line(report->context->style, OUT_GOOD, "All is well.");
    else
        out_line(report->context->style, failures ? OUT_BAD : OUT_WARN,
                 "%u failure%s, %u warning%s.", failures, failures == 1 ? "" : "s", warnings,
                 warnings == 1 ? "" : "s");
}

/* 2 where there is no configuration to go by, and what needs none was looked at all the same. */
static int examine(struct context *context, bool read_only)
{
    struct terminal_facts facts;
    terminal_facts(&facts);
    struct report report = {
        .context = context, .columns = facts.cols, .json = context->json ? json_array() : NULL};
    g_autoptr(GError) error = NULL;
    bool readable = context_open_config(context, &error);
    if (!readable)
        context->client = aws_client_new(NULL, NULL);
    struct doctor_wish wish = {.config = context->config,
                               .config_error = error ? error->message : NULL,
                               .client = context_client(context),
                               .read_only = read_only};
    doctor_run(&wish, on_findings, &report);
    check_terminal(&report);
    bool failed = report.seen[DOCTOR_FAILURE] > 0;
    if (report.json)
        out_json("doctor", json_pack("{s:b, s:i, s:i, s:o}", "ok", !failed, "failures",
                                     (int)report.seen[DOCTOR_FAILURE], "warnings",
                                     (int)report.seen[DOCTOR_WARNING], "checks", report.json));
    else
        print_end(&report);
    if (!readable)
        return CD_ERROR_USAGE;
    return failed ? CD_ERROR_FAILED : 0;
}

static int run(int argc, char **argv, GError **error)
{
    gboolean read_only = FALSE, drift = FALSE, everybody = FALSE;
    const GOptionEntry options[] = {
        {"read-only", 0, 0, G_OPTION_ARG_NONE, &read_only, "Only what console and status need",
         NULL},
        {"drift", 0, 0, G_OPTION_ARG_NONE, &drift,
         "Instead: does everybody say the same of where tenants live?", NULL},
        {"all", 0, 0, G_OPTION_ARG_NONE, &everybody,
         "With --drift: ask DNS and the cells of every tenant, ten a second", NULL},
        {0}};
    struct context context = {.about = command_doctor.summary, .forms = FORM_JSON};
    int code = CD_ERROR_FAILED;
    if (!context_parse(&context, argc, argv, options, "", 0, 0, error))
        code = CD_ERROR_USAGE;
    else if (everybody && !drift)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "doctor: --all is for --drift");
    else
        code = drift ? doctor_drift(&context, everybody, error) : examine(&context, read_only);
    context_clear(&context);
    return code;
}

const struct command command_doctor = {
    .name = "doctor",
    .usage = "[--read-only] [--drift [--all]] [--json]",
    .summary = "is everything there that celldeck leans on, and what to do where it is not",
    .run = run,
};
