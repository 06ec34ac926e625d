/* celldeck-sim: AWS on loopback, played from a scenario file. */
#include <stdio.h>

int main(void)
{
    fputs("celldeck-sim: no services yet\n", stderr);
    return 2;
}
