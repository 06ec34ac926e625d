#include "tui/console/pointer.h"

#include "tui/console/keys.h"

#include <stdlib.h>
#include <string.h>

/* A report whose rest did not come in this time never had one: what comes is a key again. */
#define REST_MS 2000
/* Nobody presses Esc and then [ as fast; both are ways back, so that little would be lost. */
#define FASTEST_MS 200

/* Bits of a button's number; the lower two say which it is. */
enum { SHIFT_META_CTRL = 4 | 8 | 16, MOTION = 32, WHEEL = 64, OTHERS = 128 };

static bool understood(int button, struct pointer *pointer)
{
    static const enum pointer_what wheel[] = {POINTER_WHEEL_UP, POINTER_WHEEL_DOWN};
    if (button & (SHIFT_META_CTRL | MOTION | OTHERS))
        return false;
    if (button & WHEEL ? (button & 3) > 1 : (button & 3) > 0)
        return false;
    pointer->what = button & WHEEL ? wheel[button & 3] : POINTER_CLICK;
    return pointer->row >= 0 && pointer->col >= 0;
}

static enum pointer_result end(struct pointer_reader *reader, int button, int col, int row,
                               struct pointer *pointer)
{
    reader->state = POINTER_NOTHING;
    *pointer = (struct pointer){.row = row - 1, .col = col - 1};
    return understood(button, pointer) ? POINTER_COMPLETE : POINTER_TAKEN;
}

static void begin(struct pointer_reader *reader, enum pointer_state state, gint64 mono_ms)
{
    *reader = (struct pointer_reader){.state = state, .since_ms = mono_ms};
}

static bool three_numbers(const char *text, int numbers[3])
{
    for (int i = 0; i < 3; i++) {
        size_t digits = strspn(text, "0123456789");
        if (digits < 1 || digits > 4)
            return false;
        numbers[i] = (int)strtol(text, NULL, 10);
        text += digits;
        if (i < 2 && *text++ != ';')
            return false;
    }
    return !*text;
}

/* "0;12;5M": pressed; with an m: let go, which nobody waits for. What else stands in it, or is more
 * than there is room for, makes it no report, and is taken all the same. */
static enum pointer_result take_sgr(struct pointer_reader *reader, guint32 key,
                                    struct pointer *pointer)
{
    if (key != 'M' && key != 'm') {
        if (reader->n < sizeof reader->text - 1)
            reader->text[reader->n++] = (char)MIN(key, 0x7f);
        return POINTER_TAKEN;
    }
    reader->state = POINTER_NOTHING;
    int numbers[3];
    reader->text[reader->n] = '\0';
    return key == 'M' && three_numbers(reader->text, numbers)
               ? end(reader, numbers[0], numbers[1], numbers[2], pointer)
               : POINTER_TAKEN;
}

/* Button, column and row, each 32 more than it is, and so never beyond column 95 where they are to
 * be characters. */
static enum pointer_result take_first(struct pointer_reader *reader, guint32 key,
                                      struct pointer *pointer)
{
    reader->text[reader->n++] = (char)CLAMP(key, ' ', 0x7f);
    if (reader->n < 3)
        return POINTER_TAKEN;
    const char *text = reader->text;
    return end(reader, text[0] - ' ', text[1] - ' ', text[2] - ' ', pointer);
}

/* After "ESC [": the end of a function key is a character from @ to ~ (ECMA-48, 5.4). */
static enum pointer_result take_csi(struct pointer_reader *reader, guint32 key, gint64 mono_ms)
{
    if (key == '[' && reader->n++ == 0)
        return POINTER_TAKEN; /* its own, where Esc and it came together */
    if (key == '<' || key == 'M') {
        begin(reader, key == '<' ? POINTER_SGR : POINTER_FIRST, mono_ms);
        return POINTER_TAKEN;
    }
    if (key >= ' ' && key < '@')
        return POINTER_TAKEN;
    reader->state = POINTER_NOTHING;
    return POINTER_UNKNOWN;
}

static enum pointer_result take_key(struct pointer_reader *reader, guint32 key, guint32 next,
                                    gint64 mono_ms)
{
    bool after_escape = reader->state == POINTER_ESCAPE && mono_ms - reader->since_ms < FASTEST_MS;
    reader->state = POINTER_NOTHING;
    if ((key == KEY_CODE_ESCAPE && next == '[') || (key == '[' && after_escape)) {
        begin(reader, POINTER_CSI, mono_ms);
        return POINTER_TAKEN;
    }
    if (key == KEY_CODE_ESCAPE)
        begin(reader, POINTER_ESCAPE, mono_ms);
    return POINTER_IS_KEY;
}

enum pointer_result pointer_take(struct pointer_reader *reader, guint32 key, guint32 next,
                                 gint64 mono_ms, struct pointer *pointer)
{
    if (key == KEY_CODE_POINTER || key == KEY_CODE_POINTER_FIRST) {
        begin(reader, key == KEY_CODE_POINTER ? POINTER_SGR : POINTER_FIRST, mono_ms);
        return POINTER_TAKEN;
    }
    if (mono_ms - reader->since_ms >= REST_MS)
        reader->state = POINTER_NOTHING;
    if (reader->state == POINTER_FIRST && key != KEY_CODE_ESCAPE)
        return take_first(reader, key, pointer);
    if (key < ' ' || key >= KEY_CODE_NONE)
        return take_key(reader, key, next, mono_ms);
    if (reader->state == POINTER_SGR)
        return take_sgr(reader, key, pointer);
    if (reader->state == POINTER_CSI)
        return take_csi(reader, key, mono_ms);
    return take_key(reader, key, next, mono_ms);
}
