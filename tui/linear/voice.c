#include "tui/linear/voice.h"

#include "data/base/text.h"
#include "tui/console/terminal.h"
#include "tui/views/wrap.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct voice {
    int fd; /* -1: stdout */
    bool ascii;
    GString *kept; /* what the terminal has not taken yet */
    guint source;  /* that waits for it to take more; 0: none */
    guint unsaid;  /* lines that had no room */
    void (*gone)(gpointer data);
    gpointer data;
};

struct voice *voice_new(int fd, bool ascii, void (*gone)(gpointer data), gpointer data)
{
    struct voice *voice = g_new0(struct voice, 1);
    *voice = (struct voice){
        .fd = fd, .ascii = ascii, .kept = g_string_new(NULL), .gone = gone, .data = data};
    return voice;
}

void voice_free(struct voice *voice)
{
    if (!voice)
        return;
    g_clear_handle_id(&voice->source, g_source_remove);
    g_string_free(voice->kept, TRUE);
    g_free(voice);
}

static gboolean on_room(gint fd, GIOCondition condition, gpointer data);

static void pump(struct voice *voice)
{
    while (voice->kept->len) {
        ssize_t n = write(voice->fd, voice->kept->str, voice->kept->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            g_string_truncate(voice->kept, 0);
            if (voice->gone)
                voice->gone(voice->data);
            return;
        }
        if (n <= 0)
            break;
        g_string_erase(voice->kept, 0, n);
    }
    if (voice->kept->len && !voice->source)
        voice->source = g_unix_fd_add(voice->fd, G_IO_OUT, on_room, voice);
}

static gboolean on_room(gint fd, GIOCondition condition, gpointer data)
{
    struct voice *voice = data;
    (void)fd, (void)condition;
    voice->source = 0;
    pump(voice);
    guint unsaid = voice->kept->len ? 0 : voice->unsaid;
    if (unsaid) {
        voice->unsaid = 0;
        voice_printf(voice, "(%u line%s could not be said: this terminal took nothing)", unsaid,
                     unsaid == 1 ? "" : "s");
    }
    return G_SOURCE_REMOVE;
}

static void put(struct voice *voice, const char *bytes)
{
    if (voice->fd >= 0) {
        g_string_append(voice->kept, bytes);
        pump(voice);
        return;
    }
    if ((fputs(bytes, stdout) < 0 || fflush(stdout) != 0) && voice->gone)
        voice->gone(voice->data);
}

static char *clean_text(const struct voice *voice, const char *text)
{
    g_autofree char *clean = text_clean(text);
    char *said = voice->ascii ? g_str_to_ascii(clean, "C") : g_steal_pointer(&clean);
    if (g_utf8_strlen(said, -1) <= VOICE_MOST)
        return said;
    GString *cut = g_string_new_len(said, g_utf8_offset_to_pointer(said, VOICE_MOST) - said);
    g_free(said);
    return g_string_free(g_string_append(cut, " ..."), FALSE);
}

/* One column less than there are: a letter in the last leaves some terminals between two lines. */
static GPtrArray *broken(const struct voice *voice, const char *text)
{
    int rows, cols;
    bool known = voice->fd >= 0 && terminal_size(&rows, &cols);
    g_autofree char *clean = clean_text(voice, text);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    wrap_text(clean, known ? MAX(20, cols - 1) : G_MAXINT, "  ", lines);
    return lines;
}

int voice_rows(const struct voice *voice, const char *text)
{
    g_autoptr(GPtrArray) lines = broken(voice, text);
    return (int)lines->len;
}

void voice_line(struct voice *voice, const char *text)
{
    if (voice->kept->len > VOICE_KEPT) {
        voice->unsaid++;
        return;
    }
    g_autoptr(GPtrArray) lines = broken(voice, text);
    g_autoptr(GString) bytes = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(bytes, "%s%s", (const char *)lines->pdata[i],
                               voice->fd >= 0 ? "\r\n" : "\n");
    put(voice, bytes->str);
}

void voice_printf(struct voice *voice, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    voice_line(voice, text);
}

void voice_raw(struct voice *voice, const char *bytes)
{
    if (voice->kept->len <= VOICE_KEPT)
        put(voice, bytes);
}

void voice_prompt(struct voice *voice, const char *text)
{
    g_autofree char *clean = clean_text(voice, text);
    voice_raw(voice, clean);
}

bool voice_idle(const struct voice *voice)
{
    return voice->kept->len == 0;
}

int voice_screen_rows(const struct voice *voice)
{
    int rows, cols;
    return voice->fd >= 0 && terminal_size(&rows, &cols) ? rows : 0;
}
