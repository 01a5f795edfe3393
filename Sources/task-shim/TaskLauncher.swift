import CLinux
import Glibc
import TaskProcess

/// Turns a specification into a running process.
enum TaskLauncher {
    struct Failure: Error {
        var step: ShimMessage.Step
        var error: Int32
    }

    static func start(_ specification: ShimSpecification, diesWithShim: Bool) -> Result<ProcessEntry, Failure> {
        let arguments = CStrings(specification.arguments)
        let environment = CStrings(specification.environment)
        let cgroups = CStrings(specification.cgroupFiles)
        let texts = CStrings([
            specification.executable, specification.directory, specification.standardOutput ?? "", specification.standardError ?? "",
        ])
        defer {
            for strings in [arguments, environment, cgroups, texts] { strings.free() }
        }
        let groups = specification.identity?.groups ?? []
        var failure = clinux_failure()
        let pid = groups.withUnsafeBufferPointer { groups in
            var task = clinux_task()
            task.executable = UnsafePointer(texts[0])
            task.arguments = UnsafePointer(arguments.base)
            task.environment = UnsafePointer(environment.base)
            task.directory = UnsafePointer(texts[1])
            if specification.standardOutput != nil { task.standard_output = UnsafePointer(texts[2]) }
            if specification.standardError != nil { task.standard_error = UnsafePointer(texts[3]) }
            if let identity = specification.identity {
                task.switches_user = 1
                task.uid = identity.uid
                task.gid = identity.gid
                task.groups = groups.baseAddress
                task.group_count = groups.count
            }
            return cgroups.base.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: specification.cgroupFiles.count + 1) {
                task.cgroup_files = UnsafePointer($0)
                task.cgroup_count = specification.cgroupFiles.count
                task.dies_with_parent = diesWithShim ? 1 : 0
                return clinux_task_start(&task, &failure)
            }
        }
        guard pid > 0 else { return .failure(Failure(step: step(failure.step), error: failure.error)) }
        guard let entry = ProcessTable.entry(of: pid) else { return .failure(Failure(step: .execute, error: errno)) }
        return .success(entry)
    }

    private static func step(_ number: Int32) -> ShimMessage.Step {
        switch UInt32(number) {
        case clinux_step_session.rawValue: .session
        case clinux_step_cgroup.rawValue: .cgroup
        case clinux_step_user.rawValue: .user
        case clinux_step_directory.rawValue: .directory
        case clinux_step_output.rawValue: .output
        case clinux_step_execute.rawValue: .execute
        default: .fork
        }
    }
}

/// A NULL-terminated array of C strings.
private struct CStrings {
    let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        base = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { base[index] = strdup(string) }
        base[count] = nil
    }

    subscript(index: Int) -> UnsafeMutablePointer<CChar>? { base[index] }

    func free() {
        for index in 0..<count { Glibc.free(base[index]) }
        base.deallocate()
    }
}
