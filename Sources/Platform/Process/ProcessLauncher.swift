import CLinux
import Glibc

/// Starts processes that lead sessions of their own, so that no signal to our group or terminal reaches them.
public enum ProcessLauncher {
    public struct Program: Sendable {
        /// Not searched for in PATH.
        public var path: String
        /// Without the program's own name.
        public var arguments: [String]
        /// The whole environment.
        public var environment: [String: String]
        /// Nil: ours.
        public var directory: String?
        /// Descriptor that becomes standard output and standard error.
        public var output: Int32
        /// Sent by the kernel when the *thread* that started it ends; 0: it lives on.
        public var parentDeathSignal: Int32

        public init(
            path: String, arguments: [String], environment: [String: String], directory: String? = nil, output: Int32,
            parentDeathSignal: Int32 = 0
        ) {
            self.path = path
            self.arguments = arguments
            self.environment = environment
            self.directory = directory
            self.output = output
            self.parentDeathSignal = parentDeathSignal
        }
    }

    /// Blocks for the time of a fork and an exec: not for the cooperative pool.
    /// - Throws: the error of the step that failed, that of `exec` too.
    public static func spawn(_ program: Program) throws(SystemError) -> ProcessHandle {
        var pid: pid_t = 0
        let error = CStringArray.withStrings([program.path] + program.arguments) { arguments in
            CStringArray.withStrings(program.environment.map { "\($0.key)=\($0.value)" }) { environment in
                program.path.withCString { path in
                    func spawn(_ directory: UnsafePointer<CChar>?) -> Int32 {
                        var options = clinux_spawn_options(
                            path: path, argv: arguments, envp: environment, directory: directory, stdout_fd: program.output,
                            stderr_fd: program.output, new_session: 1, parent_death_signal: program.parentDeathSignal)
                        return clinux_spawn(&options, &pid)
                    }
                    return program.directory?.withCString(spawn) ?? spawn(nil)
                }
            }
        }
        guard error == 0 else { throw SystemError(code: error) }
        return try ProcessHandle(pid: pid)
    }
}
