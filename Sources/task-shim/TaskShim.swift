// The parent of one task. It outlives the agent that started it, so it keeps to the least: no threads, no Foundation,
// one poll loop.
//
//   task-shim run <directory>   detached; state files and control socket in the directory (see ShimFiles)
//   task-shim once              a child of the agent for a short command (fetching, health checks): ends with its caller
//
// Descriptor 0 is the first control connection: a specification comes in, then commands; messages go out.

import CLinux
import Glibc
import TaskProcess

@main
enum TaskShim {
    static func main() {
        // The task must not hold the lock that says the shim is alive.
        _ = fcntl(ShimFiles.lockDescriptor, F_SETFD, FD_CLOEXEC)
        let arguments = CommandLine.arguments
        let connection = ControlConnection(descriptor: 0)
        switch (arguments.dropFirst().first, arguments.count) {
        case ("run", 3):
            if clinux_detach() != 0 { fail(connection, .fork) }
            // Relative paths from here on: a socket's address holds 107 bytes, paths of runs are longer.
            if chdir(arguments[2]) != 0 { fail(connection, .state) }
            guard let listener = ControlListener(path: ShimFiles.socket) else { fail(connection, .state) }
            supervise(connection, listener)
        case ("once", 2):
            supervise(connection, nil)
        default:
            fail(connection, .specification, EINVAL)
        }
    }

    private static func supervise(_ connection: ControlConnection, _ listener: ControlListener?) -> Never {
        guard let specification = connection.readSpecification() else { fail(connection, .specification, EINVAL) }
        if clinux_become_subreaper() != 0 { fail(connection, .session) }
        let events = clinux_child_events()
        if events < 0 { fail(connection, .session) }

        let process: ProcessEntry
        switch TaskLauncher.start(specification, diesWithShim: listener == nil) {
        case .failure(let failure): fail(connection, failure.step, failure.error)
        case .success(let entry): process = entry
        }
        var loop = ShimLoop(process: process, childEvents: events, listener: listener, connection: connection)
        loop.run()
        exit(0)
    }

    private static func fail(_ connection: ControlConnection, _ step: ShimMessage.Step, _ error: Int32 = errno) -> Never {
        connection.send(.failed(step, error: error))
        exit(1)
    }
}
