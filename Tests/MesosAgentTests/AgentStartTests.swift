import Glibc
import ResourceModel
import Testing

@testable import MesosAgent

@Suite("Starting on a work directory") struct AgentStartTests {
    private func configuration(_ work: String, resources: String = "cpus:4;mem:1024;disk:1000", attributes: String = "")
        -> AgentConfiguration
    {
        var configuration = AgentConfiguration(
            master: "zk://127.0.0.1:2181/mesos", ip: "127.0.0.1", port: 0, workDirectory: work, taskShim: Scratch.shim)
        configuration.resources = resources
        configuration.attributes = attributes
        configuration.fetcherCacheDirectory = work + "/fetch"
        return configuration
    }

    /// A first start that was given an id.
    private func register(_ configuration: AgentConfiguration) throws {
        let start = try AgentStart(configuration)
        try start.store.adopt(start.info, id: "m-S7")
        close(start.lock)
    }

    @Test func `the id outlives a reboot`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try register(configuration(scratch.path))
        try scratch.write("meta/boot_id", "another boot\n")
        let start = try AgentStart(configuration(scratch.path))
        defer { close(start.lock) }
        #expect(start.agentID == "m-S7" && start.isRebooted)
    }

    @Test func `more resources and attributes are taken over`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try register(configuration(scratch.path, attributes: "rack:a"))
        let start = try AgentStart(configuration(scratch.path, resources: "cpus:8;mem:1024;disk:1000", attributes: "rack:a;zone:b"))
        close(start.lock)
        #expect(start.agentID == "m-S7" && Resources(start.info.resources).cpus == 8 && start.info.attributes.count == 2)
        let stored = try start.store.currentAgent()
        #expect(stored == start.info)
    }

    @Test(arguments: [("cpus:2;mem:1024;disk:1000", "rack:a"), ("cpus:4;mem:1024;disk:1000", "rack:b"), ("cpus:4;mem:1024;disk:1000", "")])
    func `less is refused with what differs`(resources: String, attributes: String) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try register(configuration(scratch.path, attributes: "rack:a"))
        #expect(throws: MesosAgentService.Failure.self) {
            close(try AgentStart(configuration(scratch.path, resources: resources, attributes: attributes)).lock)
        }
    }

    @Test func `the policy equal takes nothing more`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try register(configuration(scratch.path))
        var other = configuration(scratch.path, attributes: "zone:b")
        other.reconfigurationPolicy = .equal
        #expect(throws: MesosAgentService.Failure.self) { close(try AgentStart(other).lock) }
    }

    @Test func `the fetcher's cache begins empty`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try register(configuration(scratch.path))
        try DirectoryTree.create(scratch.path + "/fetch/m-S7", mode: 0o700)
        try scratch.write("fetch/m-S7/c1", "old")
        close(try AgentStart(configuration(scratch.path)).lock)
        #expect(DirectoryTree.names(scratch.path + "/fetch").isEmpty)
    }

    @Test func `sizes are read and shown with the original's units`() {
        #expect(MesosBytes(text: "2GB")?.value == 2 << 30 && MesosBytes(2 << 30).description == "2GB")
        #expect(MesosBytes(text: "2") == nil && MesosBytes(text: "x") == nil && MesosBytes(1025).description == "1025B")
    }
}
