import Glibc
import TaskProcess
import Testing

@testable import MesosAgent

/// A directory of a test's own, and the program that parents tasks.
struct Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/mesos-agent-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { Self.remove(path) }

    /// Ends what tasks of an agent still run in its work directory (they are made to outlive it), then removes the directory.
    static func remove(_ work: String) {
        let supervised = runs(below: work + "/meta")
        for run in supervised { _ = ShimProcess.killRemains(directory: run) }
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline, supervised.contains(where: ShimProcess.isAlive) { usleep(10_000) }
        DirectoryTree.remove(work)
    }

    private static func runs(below path: String) -> [String] {
        if DirectoryTree.information(path + "/" + ShimFiles.lock) != nil { return [path] }
        return DirectoryTree.names(path).map { path + "/" + $0 }.filter(DirectoryTree.isDirectory).flatMap(runs)
    }

    func write(_ name: String, _ text: String) throws {
        let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try #require(file >= 0)
        defer { close(file) }
        try SandboxFile.write(Array(text.utf8), to: file)
    }

    static var shim: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/task-shim"
    }
}
