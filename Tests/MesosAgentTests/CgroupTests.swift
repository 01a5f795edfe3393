import Glibc
import ResourceModel
import Testing

@testable import MesosAgent

@Suite("Control groups") struct CgroupTests {
    private func layout(_ version: CgroupLayout.Version, quota: Bool = false, swap: Bool = false) -> CgroupLayout {
        CgroupLayout(
            version: version, hierarchy: "/cg", root: "mesos", enablesQuota: quota, limitsSwap: swap,
            controllers: [.cpu, .cpuacct, .memory])
    }
    private let limits = CgroupLayout.Limits(cpus: 1.5, memory: 64 << 20)

    @Test func `version 1 has a group per controller`() {
        #expect(layout(.v1).directories("c") == ["/cg/cpu/mesos/c", "/cg/cpuacct/mesos/c", "/cg/memory/mesos/c"])
        #expect(layout(.v1).processGroups("c") == layout(.v1).directories("c") && layout(.v1).delegations.isEmpty)
        #expect(layout(.v1).agentGroups(["cpu"]) == ["/cg/cpu/mesos/slave"])
    }

    @Test func `version 2 has one group, processes only in its leaf`() {
        #expect(layout(.v2).directories("c") == ["/cg/mesos/c", "/cg/mesos/c/leaf"])
        #expect(layout(.v2).processGroups("c") == ["/cg/mesos/c/leaf"] && layout(.v2).group(.memory, "c") == "/cg/mesos/c")
        #expect(layout(.v2).delegations.map(\.directory) == ["/cg", "/cg/mesos"])
        #expect(layout(.v2).delegations.map(\.value) == ["+cpu +memory", "+cpu +memory"])
        #expect(layout(.v2).agentGroups(["cpu"]) == ["/cg/mesos/agent/leaf"])
    }

    @Test func `cpus become shares or a weight, and a quota where it is wanted`() {
        #expect(layout(.v1).settings(.cpu, limits) == [.init("cpu.shares", 1536)])
        #expect(
            layout(.v1, quota: true).settings(.cpu, limits)
                == [.init("cpu.shares", 1536), .init("cpu.cfs_period_us", 100_000), .init("cpu.cfs_quota_us", 150_000)])
        #expect(layout(.v2, quota: true).settings(.cpu, limits) == [.init("cpu.weight", 150), .init("cpu.max", "150000 100000")])
    }

    @Test func `the least of cpu is 2 shares, a weight of 1 and a millisecond`() {
        let least = CgroupLayout.Limits(cpus: 0.001, memory: 0)
        #expect(layout(.v1, quota: true).settings(.cpu, least).map(\.value) == ["2", "100000", "1000"])
        #expect(layout(.v2, quota: true).settings(.cpu, least).map(\.value) == ["1", "1000 100000"])
    }

    @Test func `revocable cpus weigh next to nothing`() {
        let limits = CgroupLayout.Limits(cpus: 3, revocableCPUs: 2, memory: 0)
        #expect(layout(.v1).settings(.cpu, limits) == [.init("cpu.shares", 1044)])
        #expect(layout(.v2).settings(.cpu, limits) == [.init("cpu.weight", 102)])
    }

    @Test func `memory is at least 32 MB and its hard limit only raised`() {
        let small = CgroupLayout.Limits(cpus: 1, memory: 1)
        #expect(layout(.v1).settings(.memory, small).map(\.value) == ["33554432", "33554432"])
        #expect(layout(.v2).settings(.memory, small) == [.init("memory.low", 32 << 20), .init("memory.max", 32 << 20)])
        #expect(layout(.v1).settings(.memory, limits, raising: 128 << 20) == [.init("memory.soft_limit_in_bytes", 64 << 20)])
        #expect(layout(.v2).settings(.memory, limits, raising: 128 << 20) == [.init("memory.low", 64 << 20)])
        #expect(layout(.v2).settings(.memory, limits, raising: 32 << 20).count == 2)
    }

    @Test func `swap is limited after memory at the start and before it when raised`() {
        let names = { (settings: [CgroupLayout.Setting]) in settings.map(\.file) }
        #expect(
            names(layout(.v1, swap: true).settings(.memory, limits))
                == ["memory.soft_limit_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"])
        #expect(
            names(layout(.v1, swap: true).settings(.memory, limits, raising: 1))
                == ["memory.soft_limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.limit_in_bytes"])
        #expect(layout(.v2, swap: true).settings(.memory, limits).last == .init("memory.swap.max", 0))
    }

    private func detect(v1: Set<String>, unified: [String: Set<String>]) -> (version: CgroupLayout.Version, hierarchy: String)? {
        CgroupLayout.detect(
            hierarchy: "/cg", controllers: [.cpu, .cpuacct, .memory], isUnified: { unified[$0] != nil },
            unifiedControllers: { unified[$0] ?? [] }, exists: { v1.contains($0) })
    }

    @Test func `version 1, version 2 and both together are told apart`() throws {
        let all: Set<String> = ["/cg/cpu", "/cg/cpuacct", "/cg/memory"]
        let old = try #require(detect(v1: all, unified: [:]))
        #expect(old.version == .v1 && old.hierarchy == "/cg")
        let new = try #require(detect(v1: [], unified: ["/cg": ["cpu", "memory"]]))
        #expect(new.version == .v2 && new.hierarchy == "/cg")
        let both = try #require(detect(v1: all, unified: ["/cg/unified": []]))
        #expect(both.version == .v1)
        let moved = try #require(detect(v1: [], unified: ["/cg/unified": ["cpu", "memory"]]))
        #expect(moved.version == .v2 && moved.hierarchy == "/cg/unified")
        #expect(detect(v1: ["/cg/cpu"], unified: ["/cg/unified": ["memory"]]) == nil)
        #expect(detect(v1: [], unified: ["/cg": ["cpu"]]) == nil)
    }

    private static let unified = "/sys/fs/cgroup/unified"

    @Test(.enabled(if: access(CgroupTests.unified + "/cgroup.procs", W_OK) == 0))
    func `a container of version 2 holds its processes in the leaf`() throws {
        let groups = Cgroups(
            layout: CgroupLayout(version: .v2, hierarchy: Self.unified, root: "mesos-test-\(getpid())", controllers: []))
        try groups.prepare()
        defer { rmdir("\(Self.unified)/mesos-test-\(getpid())") }
        let files = try groups.create("c", .init(cpus: 1, memory: 0))
        #expect(groups.containers() == ["c"])
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1000"), nil]
        defer { for argument in arguments { free(argument) } }
        try #require(posix_spawn(&pid, "/bin/sleep", nil, nil, &arguments, nil) == 0)
        let file = open(files[0], O_WRONLY | O_CLOEXEC)
        try SandboxFile.write(Array("\(pid)".utf8), to: file)
        close(file)
        #expect(!groups.remove("c"), "a group with a process stays")
        groups.killAll("c")
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        #expect(status & 0x7f == SIGKILL)
        #expect(groups.remove("c") && groups.containers().isEmpty)
    }
}
