#define _GNU_SOURCE
#include "files.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int clinux_open_unnamed(const char *directory, mode_t mode) {
    return open(directory, O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
}

int clinux_rename_new(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int clinux_exchange(const char *one, const char *other) {
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

int clinux_sync_file_system(int descriptor) {
    return syncfs(descriptor);
}
