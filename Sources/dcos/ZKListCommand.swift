import ArgumentParser
import FoundationEssentials
import ZooKeeper

/// `dcos zk ls [-R] [-l] PATH`
struct ZKListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List the children of a znode.")

    @OptionGroup var ensemble: EnsembleOptions
    @Flag(name: .customShort("R"), help: "The whole subtree, as paths.")
    var recursive = false
    @Flag(name: .customShort("l"), help: "EPHEMERAL VERSION CHILDREN SIZE MTIME NAME")
    var long = false
    @Argument(help: "The znode.") var path: String = "/"

    func run() async throws {
        try await ensemble.withClient { client, chroot in
            let top = try absolute(path, below: chroot)
            var rows: [(name: String, stat: Stat?)] = []
            // Depth first, in the order of the names.
            var open = try await children(client, top).reversed().map { $0 }
            while let next = open.popLast() {
                let stat = long ? try await client.exists(next) : nil
                // Gone since it was listed.
                if long, stat == nil { continue }
                rows.append((recursive ? String(next.dropFirst(chroot.count)) : name(next), stat))
                if recursive, let below = try? await children(client, next) { open += below.reversed() }
            }
            if long {
                printTable(rows)
            } else {
                for row in rows { print(row.name) }
            }
        }
    }

    private func children(_ client: ZooKeeperClient, _ path: String) async throws -> [String] {
        try await client.children(path).names.sorted().map { path == "/" ? "/\($0)" : "\(path)/\($0)" }
    }

    private func name(_ path: String) -> String { String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...]) }

    private func printTable(_ rows: [(name: String, stat: Stat?)]) {
        var table = [["EPHEMERAL", "VERSION", "CHILDREN", "SIZE", "MTIME", "NAME"]]
        for row in rows {
            guard let stat = row.stat else { continue }
            let changed = Date(timeIntervalSince1970: Double(stat.mtime) / 1000).formatted(.iso8601)
            table.append([
                stat.ephemeralOwner == 0 ? "-" : "0x" + String(stat.ephemeralOwner, radix: 16), "\(stat.version)", "\(stat.numChildren)",
                "\(stat.dataLength)", changed, row.name,
            ])
        }
        let widths = (0..<6).map { column in table.map { $0[column].count }.max() ?? 0 }
        for row in table {
            print(
                row.enumerated().map { column, cell in
                    column == 5 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
                }
                .joined())
        }
    }
}
