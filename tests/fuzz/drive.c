/* A fuzz target without libFuzzer: PROGRAM RUNS SEED FILE... Each run takes one of the files and
 * changes it here and there; the same numbers, the same runs. The bytes of a run that breaks off
 * are left in ./crash-SEED-RUN, which libFuzzer's program takes, too. */
#include "fuzz.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static guint64 state;

/* SplitMix64 */
static guint64 below(guint64 n)
{
    guint64 z = state += G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94D049BB133111EB);
    return (z ^ (z >> 31)) % n;
}

static const char *const words[] = {"NaN",
                                    "nan(1)",
                                    "inf",
                                    "-inf",
                                    "-1",
                                    "-0",
                                    "0",
                                    "1",
                                    "1e300",
                                    "-1e300",
                                    "1e-320",
                                    "1e9",
                                    "100",
                                    "100.0000001",
                                    "0x1p3",
                                    "",
                                    " ",
                                    "1.5",
                                    "99999999999999999999999",
                                    "29999999999999",
                                    "-29999999999999",
                                    "30000000000000",
                                    "1700000000",
                                    "1700000059.9",
                                    "a",
                                    "b",
                                    "\xc3\xa9",
                                    "\xff",
                                    "\x1b[2J",
                                    "cell_health_status",
                                    "cell_error_rate",
                                    "cell_request_count",
                                    "cell_latency_p95",
                                    "cell_unknown",
                                    ",",
                                    ",,",
                                    "\n",
                                    "\r\n",
                                    "\n\n",
                                    "\"",
                                    "timestamp,cell,metric,value"};

static void replace(GByteArray *bytes, guint at, guint n, const void *with, guint length)
{
    g_autofree guint8 *tail = NULL;
    guint rest = bytes->len - at - n;
    if (rest)
        tail = g_memdup2(bytes->data + at + n, rest);
    g_byte_array_set_size(bytes, at);
    g_byte_array_append(bytes, with, length);
    if (rest)
        g_byte_array_append(bytes, tail, rest);
}

/* The field around a random place: from after the comma or line end before it to the next one. */
static void change_field(GByteArray *bytes)
{
    guint from = (guint)below(bytes->len), to = from;
    while (from > 0 && !strchr(",\n", bytes->data[from - 1]))
        from--;
    while (to < bytes->len && !strchr(",\n", bytes->data[to]))
        to++;
    const char *word = words[below(G_N_ELEMENTS(words))];
    replace(bytes, from, to - from, word, (guint)strlen(word));
}

static void change_byte(GByteArray *bytes)
{
    bytes->data[below(bytes->len)] = (guint8)below(256);
}

static void cut_out(GByteArray *bytes)
{
    guint at = (guint)below(bytes->len);
    replace(bytes, at, (guint)below(MIN(bytes->len - at, 200)) + 1, "", 0);
}

static void repeat(GByteArray *bytes)
{
    guint at = (guint)below(bytes->len), n = (guint)below(MIN(bytes->len - at, 400)) + 1;
    g_autofree guint8 *copy = g_memdup2(bytes->data + at, n);
    replace(bytes, (guint)below(bytes->len), 0, copy, n);
}

static void cut_off(GByteArray *bytes)
{
    g_byte_array_set_size(bytes, (guint)below(bytes->len));
}

static void (*const changes[])(GByteArray *) = {change_field, change_field, change_field,
                                                change_field, change_field, change_byte,
                                                cut_out,      repeat,       cut_off};

static GByteArray *make(char **files, guint n_files)
{
    const char *file = files[below(n_files)];
    g_autoptr(GError) error = NULL;
    char *contents;
    gsize size;
    if (!g_file_get_contents(file, &contents, &size, &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(2);
    }
    GByteArray *bytes = g_byte_array_new_take((guint8 *)contents, size);
    /* fields mostly: what is no row at all is refused, and nothing more is learnt of it */
    for (guint64 left = below(12); left > 0 && bytes->len > 0; left--)
        changes[below(below(4) ? 5 : G_N_ELEMENTS(changes))](bytes);
    return bytes;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: %s RUNS SEED FILE...\n", argv[0]);
        return 2;
    }
    guint64 runs = g_ascii_strtoull(argv[1], NULL, 10), seed = g_ascii_strtoull(argv[2], NULL, 10);
    for (guint64 run = 0; run < runs; run++) {
        state = seed * 1000003 + run;
        g_autoptr(GByteArray) bytes = make(argv + 3, (guint)argc - 3);
        g_autofree char *kept =
            g_strdup_printf("crash-%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, seed, run);
        g_file_set_contents(kept, (const char *)bytes->data, bytes->len, NULL);
        LLVMFuzzerTestOneInput(bytes->data, bytes->len);
        unlink(kept);
    }
    printf("%" G_GUINT64_FORMAT " runs\n", runs);
    return 0;
}
