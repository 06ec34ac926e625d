#include "tui/console/prompt.h"

#include "data/base/text.h"
#include "tui/console/keys.h"

#include <string.h>

#define LONGEST_LINE 400

void prompt_init(struct prompt *prompt)
{
    *prompt = (struct prompt){.text = g_string_new(NULL)};
}

void prompt_release(struct prompt *prompt)
{
    g_string_free(prompt->text, TRUE);
    prompt->text = NULL;
}

static int length(const struct prompt *prompt)
{
    return (int)g_utf8_strlen(prompt->text->str, -1);
}

void prompt_set(struct prompt *prompt, const char *text)
{
    g_string_assign(prompt->text, text ? text : "");
    prompt->cursor = length(prompt);
}

static gssize offset_of(const struct prompt *prompt, int at)
{
    return g_utf8_offset_to_pointer(prompt->text->str, at) - prompt->text->str;
}

static void erase(struct prompt *prompt, int from, int to)
{
    gssize start = offset_of(prompt, from), end = offset_of(prompt, to);
    g_string_erase(prompt->text, start, end - start);
    prompt->cursor = from;
}

static int word_before(const struct prompt *prompt)
{
    int at = prompt->cursor;
    while (at > 0 && prompt->text->str[offset_of(prompt, at - 1)] == ' ')
        at--;
    while (at > 0 && prompt->text->str[offset_of(prompt, at - 1)] != ' ')
        at--;
    return at;
}

static enum prompt_result insert(struct prompt *prompt, guint32 key)
{
    if (key >= KEY_CODE_NONE || !g_unichar_isprint(key) || prompt->text->len > LONGEST_LINE)
        return PROMPT_IGNORED;
    char bytes[7] = "";
    g_unichar_to_utf8(key, bytes);
    g_string_insert(prompt->text, offset_of(prompt, prompt->cursor), bytes);
    prompt->cursor++;
    return PROMPT_CHANGED;
}

enum prompt_result prompt_key(struct prompt *prompt, guint32 key)
{
    int end = length(prompt);
    switch (key) {
    case KEY_CODE_ENTER:
        return PROMPT_DONE;
    case KEY_CODE_ESCAPE:
    case 'C' - '@':
        return PROMPT_CANCELLED;
    case KEY_CODE_BACKSPACE:
        if (end == 0)
            return PROMPT_CANCELLED;
        if (prompt->cursor > 0)
            erase(prompt, prompt->cursor - 1, prompt->cursor);
        return PROMPT_CHANGED;
    case KEY_CODE_DELETE:
        if (prompt->cursor < end)
            erase(prompt, prompt->cursor, prompt->cursor + 1);
        return PROMPT_CHANGED;
    case 'U' - '@':
        erase(prompt, 0, prompt->cursor);
        return PROMPT_CHANGED;
    case 'W' - '@':
        erase(prompt, word_before(prompt), prompt->cursor);
        return PROMPT_CHANGED;
    case KEY_CODE_LEFT:
        prompt->cursor = MAX(0, prompt->cursor - 1);
        return PROMPT_CHANGED;
    case KEY_CODE_RIGHT:
        prompt->cursor = MIN(end, prompt->cursor + 1);
        return PROMPT_CHANGED;
    case KEY_CODE_HOME:
    case 'A' - '@':
        prompt->cursor = 0;
        return PROMPT_CHANGED;
    case KEY_CODE_END:
    case 'E' - '@':
        prompt->cursor = end;
        return PROMPT_CHANGED;
    default:
        return insert(prompt, key);
    }
}

/* A line's end keeps two words apart: it becomes a blank, as tabs do. */
bool prompt_paste(struct prompt *prompt, const char *text)
{
    g_autofree char *sound = g_strstrip(g_utf8_make_valid(text, -1));
    g_strdelimit(sound, "\t\r\n", '\n');
    bool whole = true;
    for (const char *at = sound; *at; at = g_utf8_next_char(at)) {
        if (*at == '\n' && at[1] == '\n')
            continue;
        whole = whole && prompt->text->len <= LONGEST_LINE;
        insert(prompt, *at == '\n' ? ' ' : g_utf8_get_char(at));
    }
    return whole;
}

bool prompt_complete(struct prompt *prompt, gsize word_start, const char *const *words)
{
    const char *begun = prompt->text->str + word_start;
    g_autofree char *common = NULL;
    guint matches = 0;
    for (; *words; words++) {
        if (!g_str_has_prefix(*words, begun))
            continue;
        matches++;
        if (!common) {
            common = g_strdup(*words);
            continue;
        }
        gsize same = 0;
        while (common[same] && common[same] == (*words)[same])
            same++;
        common[same] = '\0';
    }
    if (!common || (strlen(common) <= strlen(begun) && matches != 1))
        return false;
    g_autofree char *line = g_strdup_printf("%.*s%s%s", (int)word_start, prompt->text->str, common,
                                            matches == 1 ? " " : "");
    prompt_set(prompt, line);
    return true;
}

int prompt_draw(const struct prompt *prompt, struct canvas *canvas, int row, int col, int cols,
                const char *label)
{
    int used = canvas_text(canvas, row, col, cols, ROLE_KEY, label);
    int room = MAX(1, cols - used - 1);
    const char *from = prompt->text->str;
    g_autofree char *before = g_strndup(from, (gsize)offset_of(prompt, prompt->cursor));
    const char *start = before;
    while (text_width(start) > room) {
        start = g_utf8_next_char(start);
        from = g_utf8_next_char(from);
    }
    canvas_text(canvas, row, col + used, cols - used, ROLE_TITLE, from);
    return col + used + text_width(start);
}
