import Glibc
import Logging
import ResourceModel
import Testing

@testable import MesosAgent

@Suite("Removing sandboxes") struct SandboxCollectorTests {
    @Test func `directories of former agent ids go by their age, those of the present one stay`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let store = TaskStore(paths: AgentPaths(work: scratch.path))
        try store.prepare()
        for id in ["old", "young", "now"] {
            try DirectoryTree.create("\(scratch.path)/slaves/\(id)/frameworks/f/executors/e/runs/r", mode: 0o755)
            try DirectoryTree.create("\(scratch.path)/meta/slaves/\(id)/frameworks/f/executors/e/runs/r", mode: 0o755)
        }
        for root in ["slaves", "meta/slaves"] {
            for id in ["old", "now"] { try age("\(scratch.path)/\(root)/\(id)", by: 10_000) }
        }
        let collector = SandboxCollector(
            store: store, io: BlockingIO(threads: 1), delay: .seconds(5000), headroom: 0, interval: .seconds(1), logger: Logger(label: "t"))
        collector.collectFormerAgents(than: "now")
        #expect(DirectoryTree.names(scratch.path + "/slaves") == ["now", "young"])
        #expect(DirectoryTree.names(scratch.path + "/meta/slaves") == ["now", "young"])
    }

    private func age(_ path: String, by seconds: Int) throws {
        for name in DirectoryTree.names(path) { try age(path + "/" + name, by: seconds) }
        var times = [timespec(tv_sec: time(nil) - seconds, tv_nsec: 0), timespec(tv_sec: time(nil) - seconds, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, path, &times, 0) == 0)
    }

    @Test func `links are removed, what they point to stays`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try DirectoryTree.create(scratch.path + "/kept", mode: 0o755)
        try scratch.write("kept/file", "x")
        try DirectoryTree.create(scratch.path + "/sandbox/deep", mode: 0o755)
        try #require(symlink(scratch.path + "/kept", scratch.path + "/sandbox/deep/link") == 0)
        DirectoryTree.remove(scratch.path + "/sandbox")
        #expect(DirectoryTree.names(scratch.path) == ["kept"] && DirectoryTree.names(scratch.path + "/kept") == ["file"])
    }

    @Test(.enabled(if: getuid() == 0)) func `a volume of the same disk that is mounted in a sandbox is not emptied`() throws {
        let scratch = try Scratch()
        try DirectoryTree.create(scratch.path + "/volume", mode: 0o755)
        try scratch.write("volume/precious", "x")
        try DirectoryTree.create(scratch.path + "/sandbox/data", mode: 0o755)
        // A sandbox of the tests' machine may forbid mounts.
        guard mount(scratch.path + "/volume", scratch.path + "/sandbox/data", nil, 4096, nil) == 0 else {
            scratch.remove()
            return
        }
        #expect(MountPoints.below(scratch.path) == [scratch.path + "/sandbox/data"])
        #expect(DirectoryTree.size(scratch.path + "/sandbox", excluding: MountPoints.below(scratch.path)) < 12288)
        DirectoryTree.remove(scratch.path + "/sandbox")
        #expect(DirectoryTree.names(scratch.path + "/volume") == ["precious"])
        #expect(MountPoints.detach(below: scratch.path).isEmpty)
        DirectoryTree.remove(scratch.path + "/sandbox")
        #expect(DirectoryTree.names(scratch.path) == ["volume"])
        scratch.remove()
    }

    @Test func `mount points with blanks in their names are read`() {
        let table = "36 35 98:0 /m /w/a\\040b rw - ext3 /dev/root rw\n37 35 98:0 /m /other rw - ext3 /dev/root rw\n"
        #expect(MountPoints.below("/w", table: table) == ["/w/a b"])
    }

    @Test func `disk use beyond the share is told in whole megabytes`() {
        #expect(DiskWatch.Usage(used: 12_582_912 + 5, limit: 10_485_760).violation == "Disk usage (12MB) exceeds quota (10MB)")
        #expect(DiskWatch.Usage(used: 10_485_760, limit: 10_485_760).violation == nil)
        #expect(DiskWatch.Usage(used: 1 << 40, limit: nil).violation == nil)
        #expect(DiskWatch.limit([.scalar("cpus", 1)]) == nil && DiskWatch.limit([.scalar("disk", 10)]) == 10_485_760)
    }
}
