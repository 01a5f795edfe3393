import ResourceModel

/// What a `CommandInfo` executes (contracts/mesos.md §15.2).
struct TaskCommand: Sendable, Hashable {
    var executable: String
    /// With `arguments[0]`.
    var arguments: [String]

    /// - Throws: `LaunchFailure.invalid`.
    init(_ command: CommandInfo?) throws {
        guard let command else { throw LaunchFailure.invalid("Task has neither a command nor an executor") }
        if command.shell {
            guard let value = command.value else { throw LaunchFailure.invalid("Shell command is not specified") }
            executable = "/bin/sh"
            arguments = ["sh", "-c", value]
        } else {
            guard let value = command.value, !value.isEmpty else { throw LaunchFailure.invalid("Executable is not specified") }
            executable = value
            arguments = command.arguments.isEmpty ? [value] : command.arguments
        }
        for text in [executable] + arguments + (command.environment?.variables ?? []).flatMap({ [$0.name, $0.value] })
        where text.utf8.contains(0) {
            throw LaunchFailure.invalid("Command or environment contains a NUL character")
        }
        for variable in command.environment?.variables ?? [] where variable.name.isEmpty || variable.name.contains("=") {
            throw LaunchFailure.invalid("Environment variable name '\(variable.name)' is invalid")
        }
    }

    /// The name of the command executor that the original would have started (contracts/mesos.md §15.1).
    static func executorName(of task: TaskInfo) -> String {
        let command = task.command
        let text: String
        if command?.shell ?? true {
            text = command?.value.map { "sh -c '\(cut($0))'" } ?? "NO COMMAND"
        } else {
            text =
                command?.value.map { "[\(cut(([$0] + (command?.arguments.dropFirst() ?? [])).joined(separator: ", ")))]" }
                ?? "NO EXECUTABLE"
        }
        return "Command Executor (Task: \(task.task_id)) (Command: \(text))"
    }

    private static func cut(_ text: String) -> String { text.count <= 15 ? text : text.prefix(12) + "..." }
}
