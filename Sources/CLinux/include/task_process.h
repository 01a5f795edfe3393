// What Swift cannot do itself: fork, and the calls between fork and exec.
#ifndef CLINUX_TASK_PROCESS_H
#define CLINUX_TASK_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

/// A command to run in its own session, with nothing inherited from the caller but what is named here.
struct clinux_task {
    /// A path, or a name that is looked up in the PATH of `environment`.
    const char *executable;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    /// Opened for appending with the task's own rights; NULL means /dev/null.
    const char *standard_output;
    const char *standard_error;
    int switches_user;
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t group_count;
    /// Files named `cgroup.procs` the task enters before it drops its rights.
    const char *const *cgroup_files;
    size_t cgroup_count;
    /// The task's main process is killed when the calling process dies.
    int dies_with_parent;
};

/// The step of a launch that failed.
enum clinux_step {
    clinux_step_none = 0,
    clinux_step_fork,
    clinux_step_session,
    clinux_step_cgroup,
    clinux_step_user,
    clinux_step_directory,
    clinux_step_output,
    clinux_step_execute,
};

struct clinux_failure {
    int step;
    int error;
};

/// Starts the task; returns once its program runs. -1: `failure` says which step failed and why. The caller must be
/// single-threaded.
pid_t clinux_task_start(const struct clinux_task *task, struct clinux_failure *failure);

/// Leaves the caller's process group and session: returns 0 in a new process whose parent is gone, -1 on failure.
int clinux_detach(void);

/// Orphaned descendants become children of the calling process.
int clinux_become_subreaper(void);

/// A descriptor that becomes readable when a child changes its state; SIGCHLD is blocked and SIGPIPE ignored from here on.
int clinux_child_events(void);

/// Takes what has arrived at such a descriptor.
void clinux_drain_child_events(int events);

/// Accepts a connection of a unix socket from root or from the caller's own user; -1 when there is none.
int clinux_accept_trusted(int listener);

/// Starts `path argument...` as a child with an empty environment: descriptor 0 is `control`, 3 is `lock` (when not
/// negative), 1 and 2 are /dev/null, nothing else stays open, signals are as after a fresh login.
/// Returns 0 and the process id, or an errno.
int clinux_spawn_shim(const char *path, const char *const *arguments, int control, int lock, pid_t *pid);

/// The exit status of a terminated process as the parts of waitpid(2)'s status word: 0 and the code, or 1 and the signal.
int clinux_status_is_signal(int status);
int clinux_status_value(int status);

#endif
