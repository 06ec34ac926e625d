#include "data/aws/tool_cache.h"

#include "data/aws/keys.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What tools keep of a sign-in is a few KB. */
enum { LONGEST_DOCUMENT = 1024 * 1024 };

char *tool_cache_path(char **env, const char *folder, const char *about)
{
    const char *home = g_environ_getenv(env, "HOME");
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA1, about, -1);
    g_autofree char *name = g_strconcat(hash, ".json", NULL);
    return g_build_filename(home && *home ? home : g_get_home_dir(), ".aws", folder, name, NULL);
}

/* Nobody waits for a pipe's other end here. */
static json_t *read_document(const char *path)
{
    struct stat file;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool fit = fd >= 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode) &&
               file.st_size <= LONGEST_DOCUMENT;
    json_t *document = fit ? json_loadfd(fd, 0, NULL) : NULL;
    if (fd >= 0)
        close(fd);
    return document;
}

json_t *tool_cache_read(const char *path)
{
    json_t *document = read_document(path);
    if (json_is_object(document))
        return document;
    json_decref(document);
    return NULL;
}

bool tool_cache_write(const char *path, const json_t *document, GError **error)
{
    char *text = json_dumps(document, JSON_ENSURE_ASCII);
    bool written = text && g_file_set_contents_full(path, text, -1,
                                                    G_FILE_SET_CONTENTS_CONSISTENT |
                                                        G_FILE_SET_CONTENTS_DURABLE,
                                                    0600, error);
    keys_wipe(text);
    return written;
}

bool tool_cache_is_writable(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    return access(folder, W_OK) == 0;
}
