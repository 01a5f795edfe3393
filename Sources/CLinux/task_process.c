#define _GNU_SOURCE
#include "task_process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void report_and_exit(int report, int step) {
    struct clinux_failure failure = {step, errno};
    // Less than PIPE_BUF: written whole or not at all.
    ssize_t written = write(report, &failure, sizeof failure);
    (void)written;
    _exit(127);
}

static int enter_cgroup(const char *path) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t written = write(file, "0", 1);
    int error = errno;
    close(file);
    errno = error;
    return written == 1 ? 0 : -1;
}

static int open_output(const char *path) {
    if (path == NULL) return open("/dev/null", O_WRONLY | O_CLOEXEC);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0644);
}

/// Runs in the child; never returns.
static void become_task(const struct clinux_task *task, int report, pid_t parent) {
    if (setsid() < 0) report_and_exit(report, clinux_step_session);
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);

    for (size_t i = 0; i < task->cgroup_count; i++) {
        if (enter_cgroup(task->cgroup_files[i]) < 0) report_and_exit(report, clinux_step_cgroup);
    }
    if (task->switches_user) {
        if (setgroups(task->group_count, task->groups) < 0 || setgid(task->gid) < 0 || setuid(task->uid) < 0) {
            report_and_exit(report, clinux_step_user);
        }
    }
    // After the change of user, which would clear it.
    if (task->dies_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(127);
    }
    if (chdir(task->directory) < 0) report_and_exit(report, clinux_step_directory);

    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int output = open_output(task->standard_output);
    int errors = open_output(task->standard_error);
    if (input < 0 || output < 0 || errors < 0) report_and_exit(report, clinux_step_output);
    // The report pipe was moved above 2, the files were opened after it: none of them is in the way.
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) report_and_exit(report, clinux_step_output);

    environ = (char **)task->environment;
    execvp(task->executable, task->arguments);
    report_and_exit(report, clinux_step_execute);
}

pid_t clinux_task_start(const struct clinux_task *task, struct clinux_failure *failure) {
    failure->step = clinux_step_none;
    failure->error = 0;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        failure->step = clinux_step_fork;
        failure->error = errno;
        return -1;
    }
    int report = fcntl(ends[1], F_DUPFD_CLOEXEC, 16);
    close(ends[1]);
    pid_t parent = getpid();
    pid_t pid = report < 0 ? -1 : fork();
    if (pid == 0) become_task(task, report, parent);
    int error = errno;
    if (report >= 0) close(report);
    if (pid < 0) {
        close(ends[0]);
        failure->step = clinux_step_fork;
        failure->error = error;
        return -1;
    }
    // End of file: the pipe was closed by a successful exec (or the child was killed, which its exit status tells).
    ssize_t count;
    do {
        count = read(ends[0], failure, sizeof *failure);
    } while (count < 0 && errno == EINTR);
    close(ends[0]);
    if (count == (ssize_t)sizeof *failure) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        return -1;
    }
    failure->step = clinux_step_none;
    return pid;
}

int clinux_detach(void) {
    pid_t pid = fork();
    if (pid < 0) return -1;
    if (pid > 0) _exit(0);
    return setsid() < 0 ? -1 : 0;
}

int clinux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int clinux_child_events(void) {
    signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void clinux_drain_child_events(int events) {
    struct signalfd_siginfo information;
    while (read(events, &information, sizeof information) > 0) {}
}

int clinux_accept_trusted(int listener) {
    int caller = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (caller < 0) return -1;
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(caller, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0 ||
        (credentials.uid != 0 && credentials.uid != getuid())) {
        close(caller);
        return -1;
    }
    return caller;
}

int clinux_spawn_shim(const char *path, const char *const *arguments, int control, int lock, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    error = posix_spawn_file_actions_adddup2(&actions, control, 0);
    if (error == 0) {
        error = lock >= 0 ? posix_spawn_file_actions_adddup2(&actions, lock, 3)
                          : posix_spawn_file_actions_addopen(&actions, 3, "/dev/null", O_RDONLY, 0);
    }
    if (error == 0) error = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (error == 0) error = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 4);
    char *environment[] = {NULL};
    if (error == 0) error = posix_spawn(pid, path, &actions, &attributes, (char *const *)arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int clinux_status_is_signal(int status) { return WIFSIGNALED(status) ? 1 : 0; }
int clinux_status_value(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status); }
