/* The state folder of config.h. */
#include "data/base/error.h"
#include "data/config.h"

#include <errno.h>
#include <gio/gunixmounts.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SYSTEM_STATE "/var/lib/celldeck"
#define FUSE_MAGIC   0x65735546

/* f_type of statfs(2), from linux/magic.h and the file systems' own sources. */
static const struct {
    guint32 type;
    const char *name;
} network[] = {
    {0x00006969, "NFS"},    {0x0000517b, "SMB"},  {0xff534d42, "CIFS"},  {0xfe534d42, "SMB2"},
    {0x5346414f, "AFS"},    {0x6b414653, "AFS"},  {0x73757245, "Coda"},  {0x0000564c, "NCP"},
    {0x01021997, "9P"},     {0x00c36400, "Ceph"}, {0x7461636f, "OCFS2"}, {0x01161970, "GFS2"},
    {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"},
};

/* FUSE tells nothing of what is behind it but a name; of these it is known to be local. */
static const char *const local_fuse[] = {
    "fuseblk",    "fuse.fuse-overlayfs", "fuse.bindfs", "fuse.gocryptfs",
    "fuse.encfs", "fuse.ntfs-3g",        NULL};

const char *network_file_system(gint64 type, const char *mounted_as)
{
    if ((guint32)type == FUSE_MAGIC)
        return g_strv_contains(local_fuse, mounted_as) ? NULL : "FUSE";
    for (size_t i = 0; i < G_N_ELEMENTS(network); i++)
        if ((guint32)type == network[i].type)
            return network[i].name;
    return NULL;
}

static bool is_local(const char *path, GError **error)
{
    struct statfs fs;
    if (statfs(path, &fs) != 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "cannot look at the state folder %s: %s", path,
                    g_strerror(errno));
        return false;
    }
    GUnixMountEntry *mount = g_unix_mount_for(path, NULL);
    const char *name = network_file_system(fs.f_type, mount ? g_unix_mount_get_fs_type(mount) : "");
    if (name)
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "the state folder %s lies on a network file system (%s), where SQLite's locks "
                    "can't be trusted; name a local folder with $CELLDECK_STATE or journal.path",
                    path, name);
    g_clear_pointer(&mount, g_unix_mount_free);
    return !name;
}

char *state_dir(const struct config *config, bool *personal, GError **error)
{
    const char *named = g_getenv("CELLDECK_STATE");
    if (!named || !*named)
        named = config->journal_path;
    if (!named && g_file_test(SYSTEM_STATE, G_FILE_TEST_IS_DIR))
        named = SYSTEM_STATE;
    /* What is only a copy is nobody's own journal. */
    *personal = !named && !config_journal_is_shared(config);
    g_autofree char *path = named ? g_canonicalize_filename(named, NULL)
                                  : g_build_filename(g_get_user_state_dir(), "celldeck", NULL);
    if (g_mkdir_with_parents(path, 0700) != 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "cannot make the state folder %s: %s; name another with $CELLDECK_STATE or "
                    "journal.path",
                    path, g_strerror(errno));
        return NULL;
    }
    return is_local(path, error) ? g_steal_pointer(&path) : NULL;
}

/* NULL: it may be written, or is not there (yet). */
static char *may_not_write(const char *path)
{
    if (access(path, W_OK) == 0 || errno == ENOENT)
        return NULL;
    return g_strdup_printf("%s can't be written by you (%s): nothing that you do could be put on "
                           "record, so nothing will be done",
                           path, g_strerror(errno));
}

char *state_dir_trouble(const char *dir, bool acts, bool *able)
{
    struct statvfs disk;
    g_autofree char *file = g_build_filename(dir, "history.db", NULL);
    char *why = acts ? may_not_write(dir) : NULL;
    if (acts && !why)
        why = may_not_write(file);
    *able = !why;
    if (why || statvfs(dir, &disk) != 0)
        return why;
    guint64 room = (guint64)disk.f_bavail * disk.f_frsize;
    *able = room >= STATE_DIR_FULL;
    g_autofree char *little = g_format_size(STATE_DIR_ROOM);
    return !*able ? g_strdup_printf("the disk of %s is full: nothing can be put on record, so "
                                    "nothing will be done; make room",
                                    dir)
           : room < STATE_DIR_ROOM
               ? g_strdup_printf("less than %s free on the disk of %s: what is done will soon not "
                                 "be put on record any more; make room",
                                 little, dir)
               : NULL;
}
