#ifndef CLINUX_SPAWN_H
#define CLINUX_SPAWN_H

#include <sys/types.h>

/// What a new process starts with. Everything not named here is reset: signal mask and dispositions to their defaults,
/// standard input to /dev/null, every other descriptor closed.
struct clinux_spawn_options {
    /// Path of the program; not searched for in PATH.
    const char *path;
    /// NULL-terminated.
    char *const *argv;
    /// NULL-terminated "NAME=value" strings.
    char *const *envp;
    /// Working directory, or NULL to keep the caller's.
    const char *directory;
    /// Descriptors which become 1 and 2.
    int stdout_fd;
    int stderr_fd;
    /// Not 0: the process leads a session of its own, so no signal to our group or terminal reaches it.
    int new_session;
    /// Not 0: the signal the kernel sends to the process when the *thread* that called clinux_spawn ends.
    int parent_death_signal;
};

/// Starts a process. Returns 0 and its id, or the errno of the step that failed (also when exec itself failed).
int clinux_spawn(const struct clinux_spawn_options *options, pid_t *pid);

/// A pollable descriptor (close-on-exec) of a process that is readable once it has ended, or -1 with errno.
int clinux_pidfd_open(pid_t pid);

/// Sends a signal to exactly the process behind the descriptor, never to a later one with the same id. 0, or -1 with errno.
int clinux_pidfd_send_signal(int pidfd, int signal);

/// Blocks until the process behind the descriptor has ended; reaps it when it is a child of ours.
/// Returns 0 with the wait status in *status, or 1 when it was not our child (status unknown), or -1 with errno.
int clinux_pidfd_wait(int pidfd, pid_t pid, int *status);

#endif
