/* The doctor's last check, of what only this floor knows: the terminal. */
#include "rollout/doctor_judge.h"
#include "tui/commands/doctor.h"
#include "tui/console/terminal_facts.h"

enum { ROWS_MIN = 10, COLUMNS_MIN = 40, COLOURS_ENOUGH = 8 }; /* product.md, "The console" */

static void add(GPtrArray *findings, const char *subject, struct judgement judgement)
{
    struct finding *finding = g_new(struct finding, 1);
    *finding = (struct finding){"terminal", g_strdup(subject), judgement.level, judgement.text,
                                judgement.fix};
    g_ptr_array_add(findings, finding);
}

static struct judgement judge_name(const struct terminal_facts *facts)
{
    static const char fix[] = "export TERM=xterm-256color (screen-256color inside tmux and screen)";
    if (!facts->name || !*facts->name)
        return judge_warning(fix, "not set: the console is shown as xterm-256color would be");
    if (!facts->known)
        return judge_warning(fix,
                             "%s is unknown here: the console is shown as xterm-256color "
                             "would be",
                             facts->name);
    if (!facts->places_cursor)
        return judge_failure(fix, "%s can't place its cursor: no console, commands only",
                             facts->name);
    if (facts->colours < COLOURS_ENOUGH)
        return judge_ok("%s, no colours: shapes and words say it all", facts->name);
    return judge_ok("%s, %d colours", facts->name, facts->colours);
}

static struct judgement judge_size(const struct terminal_facts *facts)
{
    if (facts->rows < ROWS_MIN || facts->cols < COLUMNS_MIN)
        return judge_warning("make the window larger", "%dx%d: the console wants %dx%d at least",
                             facts->cols, facts->rows, COLUMNS_MIN, ROWS_MIN);
    return judge_ok("%dx%d", facts->cols, facts->rows);
}

void doctor_check_terminal(GPtrArray *findings)
{
    struct terminal_facts facts;
    terminal_facts(&facts);
    if (!facts.terminal) {
        add(findings, "stdout", judge_skipped("no terminal, so its kind was not looked at"));
        return;
    }
    add(findings, "TERM", judge_name(&facts));
    if (facts.rows > 0)
        add(findings, "size", judge_size(&facts));
    add(findings, "locale",
        facts.utf8 ? judge_ok("UTF-8")
                   : judge_warning("export LC_ALL=C.UTF-8", "not UTF-8: shown in ASCII"));
}
