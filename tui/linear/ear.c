#include "tui/linear/ear.h"

#include "data/base/text.h"

#include <string.h>

enum { ESC = 27, OUTSIDE = 0, AFTER_ESC, IN_SEQUENCE };

void ear_init(struct ear *ear, bool ascii)
{
    *ear = (struct ear){.text = g_string_new(NULL), .ascii = ascii};
}

void ear_release(struct ear *ear)
{
    g_string_free(ear->text, TRUE);
}

void ear_begin(struct ear *ear, const char *text)
{
    g_string_assign(ear->text, text ? text : "");
    ear->letter_n = 0;
}

/* One whole letter. What can't be seen is none. */
static void add_letter(struct ear *ear, const char *letter, GString *echo)
{
    g_autofree char *clean = text_clean(letter);
    if (strcmp(clean, letter) != 0 || ear->text->len + strlen(letter) > EAR_MOST)
        return;
    g_string_append(ear->text, letter);
    g_autofree char *shown = ear->ascii ? g_str_to_ascii(letter, "C") : g_strdup(letter);
    g_string_append(echo, shown);
}

void ear_add(struct ear *ear, const char *text, GString *echo)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        g_autofree char *letter = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
        add_letter(ear, letter, echo);
    }
}

/* Bytes of a letter come one by one; those that make none are dropped. */
static void add_byte(struct ear *ear, guchar byte, GString *echo)
{
    bool goes_on = (byte & 0xc0) == 0x80;
    if (!goes_on)
        ear->letter_n = 0; /* what was begun before it never ended */
    ear->letter[ear->letter_n++] = (char)byte;
    ear->letter[ear->letter_n] = '\0';
    gunichar c = g_utf8_get_char_validated(ear->letter, ear->letter_n);
    bool begun = c == (gunichar)-2 && ear->letter_n < 6;
    if (begun)
        return;
    ear->letter_n = 0;
    if (c != (gunichar)-1 && c != (gunichar)-2)
        add_letter(ear, ear->letter, echo);
}

static void erase_letter(struct ear *ear, GString *echo)
{
    char *last = g_utf8_find_prev_char(ear->text->str, ear->text->str + ear->text->len);
    if (!last)
        return;
    g_autofree char *shown = ear->ascii ? g_str_to_ascii(last, "C") : g_strdup(last);
    for (int i = text_width(shown); i > 0; i--)
        g_string_append(echo, "\b \b");
    g_string_truncate(ear->text, (gsize)(last - ear->text->str));
}

/* With the blanks after it. */
static void erase_word(struct ear *ear, GString *echo)
{
    while (g_str_has_suffix(ear->text->str, " "))
        erase_letter(ear, echo);
    while (ear->text->len && !g_str_has_suffix(ear->text->str, " "))
        erase_letter(ear, echo);
}

/* ESC [ ... letter, ESC O letter, ESC letter. */
static void follow_escape(struct ear *ear, guchar byte)
{
    if (ear->escape == AFTER_ESC)
        ear->escape = byte == '[' || byte == 'O' ? IN_SEQUENCE : OUTSIDE;
    else if (byte >= 0x40 && byte < 0x7f)
        ear->escape = OUTSIDE;
}

static enum heard control(struct ear *ear, guchar byte, GString *echo)
{
    static const enum heard meanings[32] = {
        ['C' - '@'] = HEARD_CANCEL, ['I' - '@'] = HEARD_TAB,  ['L' - '@'] = HEARD_AGAIN,
        ['R' - '@'] = HEARD_AGAIN,  ['Z' - '@'] = HEARD_STOP, ['J' - '@'] = HEARD_LINE,
        ['M' - '@'] = HEARD_LINE,
    };
    switch (byte) {
    case 127:
    case 'H' - '@':
        erase_letter(ear, echo);
        return HEARD_NOTHING;
    case 'U' - '@':
        while (ear->text->len)
            erase_letter(ear, echo);
        return HEARD_NOTHING;
    case 'W' - '@':
        erase_word(ear, echo);
        return HEARD_NOTHING;
    case 'D' - '@':
        return ear->text->len ? HEARD_NOTHING : HEARD_LEAVE;
    case ESC:
        ear->escape = AFTER_ESC;
        return HEARD_NOTHING;
    default:
        return meanings[byte];
    }
}

enum heard ear_hear(struct ear *ear, guchar byte, GString *echo)
{
    bool second = ear->returned && byte == '\n';
    ear->returned = byte == '\r';
    if (second)
        return HEARD_NOTHING;
    if (ear->escape && byte >= ' ') {
        follow_escape(ear, byte);
        return HEARD_NOTHING;
    }
    ear->escape = OUTSIDE;
    if (byte < ' ' || byte == 127) {
        ear->letter_n = 0;
        return control(ear, byte, echo);
    }
    add_byte(ear, byte, echo);
    return HEARD_NOTHING;
}
