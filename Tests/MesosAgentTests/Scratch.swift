import Glibc
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

    func remove() { DirectoryTree.remove(path) }

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
