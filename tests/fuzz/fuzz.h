/* What a fuzz target is: libFuzzer's one function (`make fuzz`), which tests/fuzz/drive.c calls
 * with bytes of its own making where there is no libFuzzer (`make check`: fixed seeds, a bounded
 * run). It aborts where a promise of the parser is broken; the sanitizers see the rest. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program with the broken promise. */
#define PROMISE(holds)                                                                             \
    do {                                                                                           \
        if (!(holds))                                                                              \
            fuzz_broken(#holds, __FILE__, __LINE__);                                               \
    } while (0)
_Noreturn void fuzz_broken(const char *promise, const char *file, int line);
