import Glibc
import Platform
import Testing

@testable import MesosAgent

@Suite("The files API") final class SandboxFilesTests {
    private let root: String
    private let files: SandboxFiles

    init() throws {
        var template = Array("/tmp/agent-files-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        files = SandboxFiles(attached: [root + "/box": root + "/box", "/slave/log": root + "/log"])
        mkdir(root + "/box", 0o755)
        mkdir(root + "/box/sub", 0o755)
        mkdir(root + "/box2", 0o755)
        write("box/stdout", Array("0123456789".utf8))
        write("box2/secret", Array("secret".utf8))
        write("log", Array("a log\n".utf8))
    }

    deinit { DirectoryTree.remove(root) }

    private func write(_ name: String, _ bytes: [UInt8]) {
        let file = open(root + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        _ = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, bytes.count) }
        close(file)
    }

    private func read(_ path: String, _ offset: Int = -1, _ length: Int = -1) throws -> String {
        String(decoding: try files.read(root + path, offset: offset, length: length), as: UTF8.self)
    }

    @Test func `without an offset the answer is the size`() throws {
        #expect(try read("/box/stdout") == #"{"data":"","offset":10}"#)
        #expect(try read("/box/stdout", 10) == #"{"data":"","offset":10}"#)
        #expect(try read("/box/stdout", 99) == #"{"data":"","offset":10}"#)
    }

    @Test func `offset and length select bytes`() throws {
        #expect(try read("/box/stdout", 3, 4) == #"{"data":"3456","offset":3}"#)
        #expect(try read("/box/stdout", 8) == #"{"data":"89","offset":8}"#)
        #expect(try read("/box/stdout", 0, 0) == #"{"data":"","offset":0}"#)
    }

    @Test func `one answer holds 64 KiB`() throws {
        write("box/big", [UInt8](repeating: UInt8(ascii: "x"), count: 200_000))
        #expect(try read("/box/big") == #"{"data":"","offset":200000}"#)
        #expect(try read("/box/big", 0, 1_000_000).utf8.count == 65536 + #"{"data":"","offset":0}"#.utf8.count)
    }

    @Test func `bytes that are not UTF-8 leave the JSON valid`() throws {
        write("box/binary", [0x41, 0xff, 0x00, 0x22])
        #expect(try read("/box/binary", 0) == "{\"data\":\"A\u{fffd}\\u0000\\\"\",\"offset\":0}")
    }

    @Test func `negative numbers and directories are refused in the words of the contract`() {
        #expect(throws: SandboxFiles.Failure.bad("Negative length provided: -2.\n")) { try read("/box/stdout", 0, -2) }
        #expect(throws: SandboxFiles.Failure.bad("Cannot read a directory.\n")) { try read("/box/sub", 0) }
        #expect(throws: SandboxFiles.Failure.bad("Cannot download a directory.\n")) { try files.download(root + "/box") }
    }

    @Test func `what is not attached or not there is not found`() {
        for path in ["/box2/secret", "/box/nothing", "/box/stdout/x", "", "/"] {
            #expect(throws: SandboxFiles.Failure.notFound) { try read(path, 0) }
        }
        #expect(throws: SandboxFiles.Failure.notFound) { try files.read("/etc/passwd", offset: 0, length: -1) }
    }

    @Test func `no path and no link leads out of a sandbox`() {
        symlink(root + "/box2/secret", root + "/box/link")
        symlink("..", root + "/box/up")
        symlink("/etc", root + "/box/etc")
        for path in ["/box/link", "/box/up/box2/secret", "/box/etc/passwd", "/box/../box2/secret"] {
            #expect(throws: SandboxFiles.Failure.bad("'\(root + path)' is inaccessible.\n")) { try read(path, 0) }
        }
    }

    @Test func `a link inside the sandbox is followed`() throws {
        symlink("stdout", root + "/box/inside")
        #expect(try read("/box/inside", 0, 2) == #"{"data":"01","offset":0}"#)
    }

    @Test func `a pipe in a sandbox does not hold up the agent`() {
        mkfifo(root + "/box/pipe", 0o644)
        #expect(throws: SandboxFiles.Failure.bad("'\(root)/box/pipe' is inaccessible.\n")) { try read("/box/pipe", 0) }
    }

    @Test func `a directory is listed by full virtual path, a file is an empty list`() throws {
        let list = String(decoding: try files.browse(root + "/box/"), as: UTF8.self)
        #expect(list.contains(#""path":"\#(root)/box/stdout","nlink":1,"size":10,"#) && list.contains(#""mode":"-rw-r--r--""#))
        let file = try #require(list.firstRange(of: "box/stdout"))
        let directory = try #require(list.firstRange(of: "box/sub"))
        #expect(file.lowerBound < directory.lowerBound)
        #expect(String(decoding: try files.browse(root + "/box/stdout"), as: UTF8.self) == "[]")
    }

    @Test func `the agent's log has a virtual path`() throws {
        #expect(String(decoding: try files.read("/slave/log", offset: 2, length: 3), as: UTF8.self) == #"{"data":"log","offset":2}"#)
    }
}
