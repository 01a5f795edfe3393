#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

#include <sys/types.h>

/// A file without a name in a directory, open for reading and writing (close-on-exec); -1 with errno. It vanishes with
/// its last descriptor unless it is given a name with linkat.
int clinux_open_unnamed(const char *directory, mode_t mode);

/// Gives a file or directory a name that must be free. 0, or -1 with errno.
int clinux_rename_new(const char *from, const char *to);

/// Two files or directories of one file system change places in one step. 0, or -1 with errno.
int clinux_exchange(const char *one, const char *other);

/// Writes everything of the file system of an open file to disk. 0, or -1 with errno.
int clinux_sync_file_system(int descriptor);

#endif
