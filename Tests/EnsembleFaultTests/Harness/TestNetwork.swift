import FoundationEssentials
import Glibc
import Platform
import Synchronization

/// Hosts of one test: network namespaces whose only way to each other is a bridge. Addresses are `198.18.<block>.<number>`,
/// from the block which RFC 2544 reserves for tests; the test process itself is `.254`.
///
/// Names carry the id of this process, so that what a killed test run left can be told from what is in use.
final class TestNetwork: Sendable {
    static let ip = (["/usr/sbin/ip", "/sbin/ip", "/bin/ip"] as [String]).first { path in access(path, X_OK) == 0 } ?? "/usr/sbin/ip"
    private static let prefix = "efault"
    private static let count = Atomic(0)
    /// A hardware address nobody has: packets to it vanish, as in a cut cable.
    private static let nowhere = "02:00:00:00:00:01"

    let block: Int
    let hosts: ClosedRange<Int>
    private let name: String

    private init(block: Int, hosts: ClosedRange<Int>, name: String) {
        self.block = block
        self.hosts = hosts
        self.name = name
    }

    func address(_ host: Int) -> String { "198.18.\(block).\(host)" }
    func namespace(_ host: Int) -> String { "\(name)n\(host)" }
    private var bridge: String { "\(name)b" }
    private func link(_ host: Int) -> String { "\(name)v\(host)" }

    /// Whether this process may make namespaces at all; tried once.
    static let isPermitted: Bool = {
        guard geteuid() == 0, access(ip, X_OK) == 0 else { return false }
        return unshareWorks()
    }()

    /// In a child: this process must stay where it is.
    private static func unshareWorks() -> Bool {
        let program = ProcessLauncher.Program(
            path: "/bin/sh",
            arguments: [
                "-c",
                "ip netns add \(prefix)$$ && ip netns del \(prefix)$$ && ip link add \(prefix)$$ type bridge && ip link del \(prefix)$$",
            ],
            environment: ProcessEnvironment.current, output: STDERR_FILENO)
        guard let process = try? ProcessLauncher.spawn(program) else { return false }
        while process.exit == nil { usleep(10_000) }
        return process.exit == .code(0)
    }

    static func make(hosts: ClosedRange<Int>) async throws -> TestNetwork {
        // Interface names have at most 15 characters.
        let name = "ef\(getpid())x\(letter(count.wrappingAdd(1, ordering: .relaxed).newValue))"
        let used = try await Command.shell("ip -o -4 addr show")
        guard let block = (1...250).shuffled().first(where: { !used.contains("198.18.\($0).") }) else {
            throw Failure(description: "no block of test addresses is free")
        }
        let network = TestNetwork(block: block, hosts: hosts, name: name)
        var script = [
            "ip link add \(network.bridge) type bridge forward_delay 0", "ip addr add 198.18.\(block).254/24 dev \(network.bridge)",
            "ip link set \(network.bridge) up",
        ]
        for host in hosts {
            let (space, link) = (network.namespace(host), network.link(host))
            script += [
                "ip netns add \(space)", "ip link add \(link) type veth peer name eth0 netns \(space)",
                "ip link set \(link) master \(network.bridge) up", "ip -n \(space) addr add \(network.address(host))/24 dev eth0",
                "ip -n \(space) link set lo up", "ip -n \(space) link set eth0 up",
            ]
        }
        do {
            try await Command.shell(script.joined(separator: "\n"))
        } catch {
            await network.remove()
            throw error
        }
        return network
    }

    private static func letter(_ number: Int) -> String { String(number % 36, radix: 36) }

    func remove() async {
        let script =
            hosts.map { "ip netns del \(namespace($0)) || true; ip link del \(link($0)) || true" } + ["ip link del \(bridge) || true"]
        _ = try? await Command.shell(script.joined(separator: "\n"))
    }

    // MARK: - Faults

    /// Hosts reach only those of their own group. The test process reaches all.
    func partition(_ groups: [[Int]]) async throws {
        var script: [String] = []
        for (index, group) in groups.enumerated() {
            for host in group {
                for other in groups.enumerated().filter({ $0.offset != index }).flatMap(\.element) {
                    script.append("ip -n \(namespace(host)) neigh replace \(address(other)) lladdr \(Self.nowhere) nud permanent dev eth0")
                }
            }
        }
        try await Command.shell(script.joined(separator: "\n"))
    }

    func heal() async throws {
        try await Command.shell(hosts.map { "ip -n \(namespace($0)) neigh flush dev eth0 nud permanent" }.joined(separator: "\n"))
    }

    // MARK: - Leftovers

    /// Removes what test processes left that are no more.
    static func sweep() async {
        let listing = (try? await Command.shell("ip netns list; ip -o link show type bridge | cut -d: -f2")) ?? ""
        for name in listing.split(whereSeparator: \.isNewline).compactMap({ $0.split(separator: " ").first.map(String.init) }) {
            guard name.hasPrefix("ef"), let pid = Int32(name.dropFirst(2).prefix { $0.isNumber }), isGone(pid) else { continue }
            _ = try? await Command.shell("ip netns del \(name) || ip link del \(name) || true")
        }
    }

    static func isGone(_ pid: Int32) -> Bool { kill(pid, 0) != 0 && errno == ESRCH }
}
