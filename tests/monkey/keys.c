#include "tests/monkey/keys.h"

#include <string.h>

void monkey_init(struct monkey *monkey, guint32 seed)
{
    *monkey = (struct monkey){.rand = g_rand_new_with_seed(seed), .rows = 24, .rows_before = 24};
}

void monkey_release(struct monkey *monkey)
{
    g_rand_free(monkey->rand);
}

static guint below(struct monkey *monkey, guint n)
{
    return (guint)g_rand_int_range(monkey->rand, 0, (gint32)n);
}

static const char *const named[] = {
    "\x1b[A", "\x1b[B", "\x1b[C",  "\x1b[D",  "\x1bOA",  "\x1bOB", "\x1bOC",   "\x1bOD",
    "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~", "\x1b[3~", "\x1b[Z", "\x1bOH",   "\x1bOF",
    "\r",     "\n",     "\t",      "\x7f",    "\b",      "\x1b",   "\x1b\x1b", "\x0c",
    "\x12",   "\x15",   "\x17",    "\x01",    "\x05",    "\x1bOP", "\x1b[24~", "\x1b[1;5C",
};

/* Whole commands, so that it gets somewhere. */
static const char *const commands[] = {
    ":cell cell-2\t\r",
    ":cell cell-1-dr\r",
    ":tenants cell:cell-2\r",
    ":tenant bay\t\r",
    ":rollout r1\r",
    ":events r3\r",
    ":history\r",
    ":start 5.1.0\r",
    ":start 9.9.9\r",
    ":fleet us\r",
    ":nosuch thing\r",
    ":\t\t\t\r",
    ":themes\r",
    ":help\r",
    "/region:us\r",
    "/!state:healthy\r",
    "/((((\r",
    "t\xc3\xa9\r",
    "rA",
    "ra",
    "rb",
    "rp",
    "raeiou because\r",
    "rAno reason\rr1\r",
};

/* What other programs and other terminals send: mouse reports, focus, answers, colours, truncated
 * and overlong sequences. */
static const char *const rubbish[] = {
    "\x1b[M !!",
    "\x1b[<0;10;1",
    "\x1b[<0;;10M",
    "\x1b[<0;10;10m",
    "\x1b[<64;200;3M",
    "\x1b[I",
    "\x1b[O",
    "\x1b[?62;22c",
    "\x1b[12;34R",
    "\x1b]11;rgb:0000/0000/0000\x1b\\",
    "\x1b[",
    "\x1b[999999999999999999;1H",
    "\x1b[200~",
    "\x1b[201~",
    "\xff\xfe",
    "\xc3",
    "\xe2\x80\xae",
    "\xf0\x9f\x8f\xa5",
    "\xcc\x81\xcc\x81\xcc\x81",
    "\xef\xbf\xbf",
    "\xed\xa0\x80",
    "\x9b"
    "31m",
    "\x7f\x7f\x7f\x7f\x7f\x7f",
};

static const char *const pasted[] = {
    "q\rA\r",
    "because\r",
    "\x1b[2J\x1b]0;x\x07",
    "\xe2\x80\xae"
    "evil\xe2\x80\xac",
    "one\ntwo\n\n",
    "cell-3-eu-west",
    "\t\t\t",
    "\xe5\x8c\xbb\xe9\x99\xa2\xe5\x8c\xbb\xe9\x99\xa2",
};

static void a_letter(struct monkey *monkey, GString *into)
{
    static const char left_out[] = "q5";
    char letter;
    do
        letter = (char)(' ' + (int)below(monkey, '~' - ' ' + 1));
    while (strchr(left_out, letter));
    g_string_append_c(into, letter);
}

static void a_control(struct monkey *monkey, GString *into)
{
    static const char left_out[] = {'C' - '@', 'Z' - '@', 'Q' - '@', 'S' - '@'};
    char control = (char)below(monkey, ' ');
    if (!memchr(left_out, control, sizeof left_out))
        g_string_append_c(into, control);
}

/* Anywhere above the hints, whichever of the two frames is seen. */
static void a_click(struct monkey *monkey, GString *into)
{
    static const int buttons[] = {0, 0, 0, 0, 64, 65, 2, 16, 35};
    guint above = (guint)MAX(1, MIN(monkey->rows, monkey->rows_before)) - 1;
    int button = buttons[below(monkey, G_N_ELEMENTS(buttons))];
    guint row = 1 + below(monkey, 100), col = 1 + below(monkey, 120);
    if (row <= above)
        g_string_append_printf(into, "\x1b[<%d;%u;%uM\x1b[<%d;%u;%um", button, col, row, button,
                               col, row);
}

static void a_paste(struct monkey *monkey, GString *into)
{
    g_string_append(into, "\x1b[200~");
    g_string_append(into, pasted[below(monkey, G_N_ELEMENTS(pasted))]);
    if (below(monkey, 8) == 0)
        for (guint i = below(monkey, 3000); i > 0; i--)
            g_string_append_c(into, 'x');
    g_string_append(into, "\x1b[201~");
}

GString *monkey_types(struct monkey *monkey)
{
    GString *typed = g_string_new(NULL);
    guint kind = below(monkey, 100);
    monkey->keys++;
    if (kind < 45)
        a_letter(monkey, typed);
    else if (kind < 75)
        g_string_append(typed, named[below(monkey, G_N_ELEMENTS(named))]);
    else if (kind < 82)
        a_control(monkey, typed);
    else if (kind < 90)
        g_string_append(typed, commands[below(monkey, G_N_ELEMENTS(commands))]);
    else if (kind < 93)
        a_click(monkey, typed);
    else if (kind < 96)
        g_string_append(typed, rubbish[below(monkey, G_N_ELEMENTS(rubbish))]);
    else
        a_paste(monkey, typed);
    return typed;
}

/* Never to one column: a frame that comes late may have a wide character, and libvterm 0.1.4 falls
 * over one that has no room in a whole row. */
void monkey_pulls(struct monkey *monkey, int *rows, int *cols)
{
    static const int usual[][2] = {{10, 40}, {24, 80}, {40, 120}, {60, 250}, {1, 3}, {3, 8}};
    guint one = below(monkey, G_N_ELEMENTS(usual) + 3);
    *rows = one < G_N_ELEMENTS(usual) ? usual[one][0] : 1 + (int)below(monkey, 100);
    *cols = one < G_N_ELEMENTS(usual) ? usual[one][1] : 2 + (int)below(monkey, 299);
    monkey->rows_before = monkey->rows;
    monkey->rows = *rows;
}
