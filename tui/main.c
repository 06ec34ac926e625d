/* Finds the command and runs it; nothing else. */
#include "data/base/error.h"
#include "tui/commands/command.h"

#include <locale.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    fprintf(stderr, "%s: no commands yet\n", argc > 0 ? argv[0] : "celldeck");
    return CD_ERROR_USAGE;
}
