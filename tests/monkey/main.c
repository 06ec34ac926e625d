/* A monkey at the console's keys.
 *
 *   monkey BUILD [KEYS]   the seeds of every check, or so many keys a story */
#include "tests/monkey/monkey.h"
#include "tests/monkey/pen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "pen") == 0)
        return pen_run(argv[2], argv[3], atoi(argv[4]));
    if (argc > 1 && strcmp(argv[1], "rollout") == 0)
        _exit(EXIT_FAILURE); /* the pen's console wants a plan: there is none to be had, and no leak
                                in it to be looked for */
    const char *build = argc > 1 ? argv[1] : "build/san";
    guint keys = argc > 2 ? (guint)strtoul(argv[2], NULL, 10) : MONKEY_KEYS;
    a_monkey_in_a_world_that_stands(build, keys);
    a_monkey_at_the_program_itself(build, keys / 5);
    return check_report();
}
