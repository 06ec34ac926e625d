#include "data/journal_pack.h"

#include <gio/gio.h>
#include <string.h>

/* All of `input` through the converter, and a NUL after it; NULL where it can't be converted, or
 * comes to more than `max` bytes. */
static GByteArray *convert(GConverter *converter, const guint8 *input, gsize size, gsize max)
{
    g_autoptr(GByteArray) output = g_byte_array_new();
    for (;;) {
        guint8 part[16384];
        gsize taken = 0, made = 0;
        GConverterResult result =
            g_converter_convert(converter, input, size, part, sizeof part, G_CONVERTER_INPUT_AT_END,
                                &taken, &made, NULL);
        if (result == G_CONVERTER_ERROR || output->len + made > max)
            return NULL;
        g_byte_array_append(output, part, (guint)made);
        input += taken;
        size -= taken;
        if (result == G_CONVERTER_FINISHED)
            break;
    }
    g_byte_array_append(output, (const guint8 *)"", 1);
    return g_steal_pointer(&output);
}

char *journal_pack(const char *text)
{
    g_autoptr(GZlibCompressor) compressor = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
    g_autoptr(GByteArray) packed =
        convert(G_CONVERTER(compressor), (const guint8 *)text, strlen(text), G_MAXUINT / 2);
    return packed ? g_base64_encode(packed->data, packed->len - 1) : NULL;
}

char *journal_unpack(const char *packed, gsize max)
{
    gsize size = 0;
    g_autofree guint8 *bytes = g_base64_decode(packed, &size);
    g_autoptr(GZlibDecompressor) decompressor =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autoptr(GByteArray) text = convert(G_CONVERTER(decompressor), bytes, size, max);
    if (!text || memchr(text->data, '\0', text->len - 1))
        return NULL;
    return (char *)g_byte_array_free(g_steal_pointer(&text), FALSE);
}
