#include "tui/console/terminal_facts.h"

#include <langinfo.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

static void ask_terminfo(struct terminal_facts *facts)
{
    char cup_name[] = "cup", colors_name[] = "colors"; /* terminfo takes no const */
    int status = 0;
    if (!facts->name || !*facts->name || setupterm(facts->name, STDOUT_FILENO, &status) == ERR)
        return;
    const char *cup = tigetstr(cup_name);
    facts->known = true;
    facts->places_cursor = cup && cup != (char *)-1;
    int colours = tigetnum(colors_name);
    facts->colours = colours > 0 ? colours : 0;
    del_curterm(cur_term);
}

void terminal_facts(struct terminal_facts *facts)
{
    struct winsize size;
    *facts = (struct terminal_facts){.terminal = isatty(STDOUT_FILENO),
                                     .name = getenv("TERM"),
                                     .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0};
    if (facts->terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        facts->rows = size.ws_row;
        facts->cols = size.ws_col;
    }
    ask_terminfo(facts);
}
