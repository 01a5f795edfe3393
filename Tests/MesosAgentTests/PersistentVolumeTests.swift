import FoundationEssentials
import Glibc
import ResourceModel
import Testing

@testable import MesosAgent

@Suite("Reservations and volumes on an agent") struct PersistentVolumeTests {
    private func volume(_ id: String, path: String = "data", source: Resource.Disk.Source? = nil) -> Resource {
        var resource = Resource.scalar("disk", 10, role: "r")
        resource.reservation = .init(principal: "p")
        resource.disk = .init(
            persistence: .init(id: id), volume: Volume(container_path: path, mode: "RW"), source: source)
        return resource
    }

    private func withStore(_ body: (ResourceStore, String) throws -> Void) throws {
        var template = Array("/tmp/mesos-volumes-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let work = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { DirectoryTree.remove(work) }
        let paths = AgentPaths(work: work)
        try DirectoryTree.create(paths.meta, mode: 0o700)
        try body(ResourceStore(paths: paths), work)
    }

    private func touch(_ path: String) { close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)) }

    @Test func `a volume's directory comes with the volume, survives other changes and goes with its contents`() throws {
        try withStore { store, work in
            let directory = work + "/volumes/roles/r/v1"
            try store.store([volume("v1")])
            #expect(DirectoryTree.isDirectory(directory))
            touch(directory + "/file")
            try store.store([volume("v1"), volume("v2")])
            #expect(DirectoryTree.information(directory + "/file") != nil)
            #expect(try store.load() == [volume("v1"), volume("v2")])
            try store.store([volume("v2")])
            #expect(DirectoryTree.information(directory) == nil)
            #expect(try store.load() == [volume("v2")])
            try store.store([volume("v2")])
        }
    }

    @Test func `destroying a volume follows no link and leaves the root of a mount`() throws {
        try withStore { store, work in
            let mount = work + "/mount"
            try DirectoryTree.create(mount, mode: 0o755)
            touch(work + "/precious")
            let resource = volume("m", source: .init(type: .mount, root: mount))
            try store.store([resource])
            touch(mount + "/file")
            #expect(symlink(work, mount + "/link") == 0)
            try store.store([])
            #expect(DirectoryTree.isDirectory(mount) && DirectoryTree.names(mount).isEmpty)
            #expect(DirectoryTree.information(work + "/precious") != nil)
        }
    }

    @Test func `an interrupted change is completed at the next start`() throws {
        try withStore { store, work in
            try store.store([volume("old")])
            let stored = try #require(FileText.bytes(store.paths.resourcesInfo))
            try store.store([volume("new")])
            // As it was just after the target had been written.
            try DirectoryTree.create(work + "/volumes/roles/r/old", mode: 0o755)
            let target = try #require(FileText.bytes(store.paths.resourcesInfo))
            for (path, bytes) in [(store.paths.resourcesInfo, stored), (store.paths.resourcesTarget, target)] {
                let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
                try SandboxFile.write(bytes, to: file)
                close(file)
            }
            #expect(try store.load() == [volume("new")])
            #expect(DirectoryTree.information(work + "/volumes/roles/r/old") == nil)
            #expect(DirectoryTree.information(store.paths.resourcesTarget) == nil)
        }
    }

    @Test func `a volume is linked into the sandbox, not through links and not out of it`() throws {
        try withStore { store, work in
            let sandbox = work + "/sandbox"
            try DirectoryTree.create(sandbox, mode: 0o755)
            try store.store([volume("v")])
            try store.link([volume("v", path: "a/b/data")], into: sandbox, owner: nil)
            try store.link([volume("v", path: "a/b/data")], into: sandbox, owner: nil)
            touch(sandbox + "/a/b/data/file")
            #expect(DirectoryTree.information(work + "/volumes/roles/r/v/file") != nil)
            #expect(symlink(work, sandbox + "/out") == 0)
            #expect(throws: (any Error).self) { try store.link([volume("v", path: "out/data")], into: sandbox, owner: nil) }
            for path in ["/absolute", "../up", "a/../../up", ""] {
                #expect(throws: LaunchFailure.self) { try store.link([volume("v", path: path)], into: sandbox, owner: nil) }
            }
        }
    }

    @Test func `names that lead elsewhere are no volumes`() {
        #expect(PersistentVolume(volume("../x"), work: "/w") == nil)
        #expect(PersistentVolume(volume("x", source: .init(type: .path, root: "/a/../b")), work: "/w") == nil)
        #expect(PersistentVolume(volume("x", source: .init(type: .path, root: "/a")), work: "/w")?.directory == "/a/volumes/roles/r/x")
    }
}
